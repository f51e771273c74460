package main

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // makes the databases
)

// TestGolden runs the program once for each folder of testdata. A case is
//
//	cic.sql   makes the reporting database; its comment derives the expected figures
//	args      the flags, one word a line; -driver, -dsn, -out and -license come with it
//	expected  a folder: exactly the files that must lie in the target
//	stderr    what standard error must be; without it: no warning and no gap
//
// The program runs in the folder of the case. Standard output must name exactly the files, with
// their true sizes and digests. A second run must skip every one of them.
func TestGolden(t *testing.T) {
	t.Setenv("TZ", "Asia/Kolkata") // the machine's own zone must not matter
	folders, err := filepath.Glob("testdata/*/cic.sql")
	require.NoError(t, err)
	require.NotEmpty(t, folders)
	here, err := os.Getwd()
	require.NoError(t, err)
	for _, sqlFile := range folders {
		dir := filepath.Join(here, filepath.Dir(sqlFile))
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Chdir(dir)
			work := t.TempDir()
			db, out := filepath.Join(work, "cic.db"), filepath.Join(work, "out")
			makeDB(t, db, read(t, "cic.sql"))
			args := []string{"-driver", "sqlite", "-dsn", db, "-out", out, "-license", "I3_FEATURE_WFM_HISTORICAL"}
			args = append(args, words(read(t, "args"))...)
			code, stdout, stderr := try(t, args...)
			require.Zero(t, code, stderr)
			want := folder(t, "expected")
			require.NotEmpty(t, want)
			if diff := cmp.Diff(want, folder(t, out)); diff != "" {
				t.Errorf("files (-want +got):\n%s\n%s", diff, stderr)
			}
			checkStdout(t, stdout, want, "1", "delivered")
			if text, err := os.ReadFile("stderr"); err == nil {
				require.Equal(t, string(text), strings.ReplaceAll(strings.ReplaceAll(stderr, db, "{db}"), out, "{out}"))
			} else {
				require.NotContains(t, stderr, "WARN")
				require.NotContains(t, stderr, "gap\t")
			}

			code, stdout, stderr = try(t, args...)
			require.Zero(t, code, stderr)
			require.Equal(t, want, folder(t, out))
			checkStdout(t, stdout, want, "1", "skipped")
		})
	}
}

// try runs the program in this process.
func try(t testing.TB, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, &out, &errs)
	return code, out.String(), errs.String()
}

func makeDB(t testing.TB, path, script string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	_, err = db.Exec(script)
	require.NoError(t, err)
	require.NoError(t, db.Close())
}

func read(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(b)
}

// words are the lines of a file without empty ones and comments.
func words(text string) (list []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			list = append(list, line)
		}
	}
	return list
}

// folder reads all files of a folder; one that is not there has none.
func folder(t testing.TB, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	entries, err := os.ReadDir(dir)
	if !os.IsNotExist(err) {
		require.NoError(t, err)
	}
	for _, e := range entries {
		files[e.Name()] = read(t, filepath.Join(dir, e.Name()))
	}
	return files
}

// checkStdout holds standard output to its format: one line per file, and nothing else.
func checkStdout(t testing.TB, stdout string, files map[string]string, revision, action string) {
	t.Helper()
	var want []string
	for name, content := range files {
		want = append(want, fmt.Sprintf("%s\t%d\t%x\t%s\t%s", name, len(content), sha256.Sum256([]byte(content)), revision, action))
	}
	got := words(stdout)
	slices.Sort(want)
	slices.Sort(got)
	require.Equal(t, want, got)
	require.True(t, stdout == "" || strings.HasSuffix(stdout, "\n"))
}
