package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
)

// TestRestates changes rows of an interval that was delivered. The file goes out again as revision 2
// and is skipped as that ever after; files without a change keep theirs. Where the product takes no
// second version, the change is told and the file left alone.
func TestRestates(t *testing.T) {
	const changed, column = "verint_call_stats_report_2025_06_10_09.30.txt", 74
	for _, c := range []struct {
		name, action, revision, later string
		args                          []string
	}{
		{"accepted", "restated", "2", "skipped", nil},
		{"reported", "withheld", "1", "withheld", []string{"-set", "restatement=reported"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			path, out := filepath.Join(dir, "cic.db"), filepath.Join(dir, "out")
			makeDB(t, path, read(t, "testdata/verint-30m-foreign-views/cic.sql"))
			args := append(good(path, out), c.args...)
			code, stdout, stderr := try(t, args...)
			require.Zero(t, code, stderr)
			before := folder(t, out)
			checkStdout(t, stdout, before, "1", "delivered")

			db, err := sql.Open("sqlite", path)
			require.NoError(t, err)
			_, err = db.Exec("UPDATE stat_wg SET NENTEREDACD = NENTEREDACD + 1, NABANDONEDACD = NABANDONEDACD + 1 WHERE CNAME = 'Sales' AND DINTERVALSTART = '2025-06-10T09:30:00'")
			require.NoError(t, errors.Join(err, db.Close()))
			want := folder(t, out)
			// Sales 09:30 had 5 entered and 1 abandoned: now 6 and 2, and the service level is 2/6 = 33 %.
			text := strings.Replace(before[changed], "    5    40    11     130     1", "    6    33    11     130     2", 1)
			require.NotEqual(t, before[changed], text)
			if c.action == "restated" {
				want[changed] = text
			}
			for _, action := range []string{c.action, c.later} {
				code, stdout, stderr = try(t, args...)
				require.Zero(t, code, stderr)
				require.Equal(t, want, folder(t, out))
				var lines []string
				for name, content := range before {
					if name != changed {
						lines = append(lines, fmt.Sprintf("%s\t%d\t%x\t1\tskipped", name, len(content), sha256.Sum256([]byte(content))))
					}
				}
				lines = append(lines, fmt.Sprintf("%s\t%d\t%x\t%s\t%s", changed, len(text), sha256.Sum256([]byte(text)), c.revision, action))
				require.ElementsMatch(t, lines, words(stdout))
			}
		})
	}
}

// TestSameFolder writes the folder in several ways: it is one target with one ledger.
func TestSameFolder(t *testing.T) {
	views := read(t, "testdata/verint-30m-foreign-views/cic.sql")
	dir := t.TempDir()
	t.Chdir(dir)
	makeDB(t, "cic.db", views)
	for i, out := range []string{"out", "./out/", filepath.Join(dir, "out"), "x/../out"} {
		code, stdout, stderr := try(t, good("cic.db", out)...)
		require.Zero(t, code, stderr)
		want := "skipped"
		if i == 0 {
			want = "delivered"
		}
		checkStdout(t, stdout, folder(t, "out"), "1", want)
	}
	t.Chdir("out")
	code, stdout, stderr := try(t, good("../cic.db", ".")...)
	require.Zero(t, code, stderr)
	checkStdout(t, stdout, folder(t, "."), "1", "skipped")
	beside, err := filepath.Glob("../*")
	require.NoError(t, err)
	require.Equal(t, []string{"../cic.db", "../out", "../out.ledger.db"}, beside, "nothing else lies beside the folder")
}

// TestOneAtATime starts the program on a folder that another one is filling: both would write the same
// partial files.
func TestOneAtATime(t *testing.T) {
	dir := t.TempDir()
	path, out := filepath.Join(dir, "cic.db"), filepath.Join(dir, "out")
	makeDB(t, path, read(t, "testdata/verint-30m-foreign-views/cic.sql"))
	require.NoError(t, os.Mkdir(out, 0o755))
	release, ok := lock(out)
	require.True(t, ok)
	if again, ok := lock(out); ok {
		again()
		release()
		t.Skip("this file system has no locks")
	}
	code, stdout, stderr := try(t, good(path, out)...)
	require.Equal(t, cli.Failed, code)
	require.Empty(t, stdout)
	require.Contains(t, stderr, "is being filled by another backfill; wait")
	require.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
	release()
	code, _, stderr = try(t, good(path, out)...)
	require.Zero(t, code, stderr)
}

// TestInterrupted ends a run as Ctrl-C does after its third file, and goes on.
func TestInterrupted(t *testing.T) {
	dir := t.TempDir()
	path, out := filepath.Join(dir, "cic.db"), filepath.Join(dir, "out")
	makeDB(t, path, read(t, "testdata/verint-30m-foreign-views/cic.sql"))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var errs bytes.Buffer
	stdout := &countdown{n: 3, cancel: cancel}
	code := run(ctx, good(path, out), stdout, &errs)
	require.Equal(t, cli.Failed, code)
	require.Len(t, words(stdout.String()), 3)
	require.Contains(t, errs.String(), "\nbackfill: interrupted; give the same command again to finish\n")
	code, text, stderr := try(t, good(path, out)...)
	require.Zero(t, code, stderr)
	require.Contains(t, stderr, " 5 delivered, 3 skipped,")
	require.True(t, strings.HasPrefix(text, strings.ReplaceAll(stdout.String(), "delivered", "skipped")), text)
	require.Len(t, folder(t, out), 8)
}

// countdown cancels after n writes.
type countdown struct {
	bytes.Buffer
	n      int
	cancel func()
}

func (c *countdown) Write(b []byte) (int, error) {
	if c.n--; c.n == 0 {
		c.cancel()
	}
	return c.Buffer.Write(b)
}
