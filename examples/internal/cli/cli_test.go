package cli

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
)

func TestZone(t *testing.T) {
	loc, err := Zone("-tz", "Europe/Berlin")
	require.NoError(t, err)
	require.Equal(t, "Europe/Berlin", loc.String())
	for _, name := range []string{"", "Local", "local", "Berlin", "../etc/passwd", "CEST"} {
		_, err := Zone("-tz", name)
		require.ErrorContains(t, err, "-tz", name)
	}
}

func TestTime(t *testing.T) {
	berlin, err := Zone("", "Europe/Berlin")
	require.NoError(t, err)
	havana, err := Zone("", "America/Havana") // clocks change at midnight
	require.NoError(t, err)
	for _, c := range []struct {
		text string
		zone *time.Location
		want string // or a part of the error
	}{
		{"2025-06-10T09:00", berlin, "2025-06-10T07:00:00Z"},
		{"2025-06-10 09:00", berlin, "2025-06-10T07:00:00Z"},
		{"2025-06-10 09:00:30", berlin, "2025-06-10T07:00:30Z"},
		{"2025-06-10", berlin, "2025-06-09T22:00:00Z"},
		{"2025-06-10T09:00:00Z", berlin, "2025-06-10T09:00:00Z"},
		{"2025-06-10T09:00:00+05:30", berlin, "2025-06-10T03:30:00Z"},
		{"2025-10-26T02:59", berlin, "occurs twice"},
		{"2025-10-26T02:59:00+02:00", berlin, "2025-10-26T00:59:00Z"},
		{"2025-10-26T03:00", berlin, "2025-10-26T02:00:00Z"},
		{"2025-03-30T02:00", berlin, "does not occur"},
		{"2025-03-30T03:00", berlin, "2025-03-30T01:00:00Z"},
		{"2025-03-09", havana, "2025-03-09T05:00:00Z"}, // begins at 01:00
		{"2025-11-02", havana, "2025-11-02T04:00:00Z"}, // its first midnight
		{"2025-11-02T00:00", havana, "occurs twice"},
		{"2025-02-29", berlin, "is not a time"},
		{"10.06.2025", berlin, "is not a time"},
		{"now", berlin, "is not a time"},
		{"2025-06-10T09:00+02:00", berlin, "2025-06-10T07:00:00Z"},
		{"2025-06-10T09:00Z", berlin, "2025-06-10T09:00:00Z"},
	} {
		got, err := Time("-from", c.text, c.zone)
		if err != nil {
			require.ErrorContains(t, err, c.want, c.text)
			require.ErrorContains(t, err, "-from")
			continue
		}
		require.Equal(t, c.want, got.Format(time.RFC3339), c.text)
	}
}

func TestWorkgroups(t *testing.T) {
	file := filepath.Join(t.TempDir(), "names.txt")
	require.NoError(t, os.WriteFile(file, []byte("\uFEFFSales, North\r\n\r\n  \"quoted\" \n@home"), 0o644))
	for _, c := range []struct {
		text string
		want []wfm.Workgroup
	}{
		{"*", nil},
		{"A", []wfm.Workgroup{"A"}},
		{" A , B,,", []wfm.Workgroup{"A", "B"}},
		{`"Sales, North",B`, []wfm.Workgroup{"Sales, North", "B"}},
		{`"say ""hi""",B`, []wfm.Workgroup{`say "hi"`, "B"}},
		{`Say "hi",O'Brien;x`, []wfm.Workgroup{`Say "hi"`, "O'Brien;x"}},
		{"A\nB,C\n", []wfm.Workgroup{"A", "B", "C"}},
		{"@" + file, []wfm.Workgroup{"Sales, North", `"quoted"`, "@home"}},
	} {
		got, err := Workgroups("-workgroups", c.text)
		require.NoError(t, err, c.text)
		require.Equal(t, c.want, got, c.text)
	}
	for _, text := range []string{"", ",", `"A`, `"A"B`, "@", "@" + t.TempDir()} {
		_, err := Workgroups("-workgroups", text)
		require.ErrorContains(t, err, "-workgroups", text)
		require.NotErrorIs(t, err, os.ErrNotExist, "a problem, not a raw error")
	}
}

func TestSecret(t *testing.T) {
	file := filepath.Join(t.TempDir(), "dsn.txt")
	require.NoError(t, os.WriteFile(file, []byte("  sqlserver://sa:geheim@host\r\n"), 0o600))
	s, err := Secret("-dsn", "", file)
	require.NoError(t, err)
	require.Equal(t, "sqlserver://sa:geheim@host", s.Reveal())
	s, err = Secret("-dsn", "plain", "")
	require.NoError(t, err)
	require.Equal(t, "plain", s.Reveal())
	for _, args := range [][2]string{{"geheim", "geheim"}, {"", ""}, {"", "sqlserver://sa:geheim@host"}, {"", "password=geheim"}} {
		_, err := Secret("-dsn", args[0], args[1])
		require.ErrorContains(t, err, "-dsn")
		require.NotContains(t, err.Error(), "geheim")
	}
	empty := filepath.Join(t.TempDir(), "empty.txt")
	require.NoError(t, os.WriteFile(empty, []byte("\n"), 0o600))
	_, err = Secret("-dsn", "", empty)
	require.ErrorContains(t, err, "is empty")
}

func TestErrors(t *testing.T) {
	var b bytes.Buffer
	joined := errors.Join(wfm.Problem{Field: "a", Reason: "is bad"}, errors.Join(errors.New("two\nlines"), wfm.Problem{Field: "c", Reason: "is bad"}))
	Errors(&b, "prog", errors.Join(errors.New("first"), &wfm.Error{Op: "prepare", Feed: "f", Err: joined, Remedy: "help"}))
	require.Equal(t, "prog: first\nprog: feed \"f\": prepare: a is bad; help\nprog: feed \"f\": prepare: two lines; help\nprog: feed \"f\": prepare: c is bad; help\n", b.String())
	b.Reset()
	Errors(&b, "prog", &wfm.Error{Op: "read", Kind: wfm.NotFound})
	require.Equal(t, "prog: read: not found\n", b.String())
}

func TestParse(t *testing.T) {
	var b bytes.Buffer
	fs := func() *flag.FlagSet {
		fs := flag.NewFlagSet("prog", flag.ContinueOnError)
		fs.Int("n", 1, "a `number`")
		return fs
	}
	require.NoError(t, Parse(fs(), []string{"-n", "2"}, "usage\n", &b))
	require.ErrorContains(t, Parse(fs(), []string{"-n", "x"}, "usage\n", &b), "-n")
	require.Empty(t, b.String())
	require.ErrorIs(t, Parse(fs(), []string{"-h"}, "usage\n", &b), flag.ErrHelp)
	require.Equal(t, "usage\n  -n number\n    \ta number (default 1)\n", b.String())
}

func TestProgress(t *testing.T) {
	var b bytes.Buffer
	start := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	w := wfm.Window{Start: start, End: start.Add(20 * time.Hour)}
	p := NewProgress(&b)
	for h := range 20 {
		p.Show(start.Add(time.Duration(h+1)*time.Hour), w)
	}
	p.Done()
	require.Equal(t, 10, bytes.Count(b.Bytes(), []byte("\n")), "a line for each tenth")
	require.Contains(t, b.String(), " 10 %  up to 2026-03-02T02:00:00Z\n")
	require.Contains(t, b.String(), "100 %  up to 2026-03-02T20:00:00Z\n")
}
