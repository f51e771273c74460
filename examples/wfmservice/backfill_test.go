package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestBackfillIsFinishedByTheSameCommand(t *testing.T) {
	s := newCheckSite(t, nil)
	s.replace("destinations: [share]", "destinations: [share, second]")
	s.replace("  - {name: live", "  - {name: second, kind: folder, path: out2}\n  - {name: live")
	from := time.Now().UTC().Add(-6 * time.Hour).Truncate(time.Hour)
	window := []string{"-from", from.Format(time.RFC3339), "-to", from.Add(2 * time.Hour).Format(time.RFC3339)}
	code, out, errs := s.run("backfill", append(window, "-feed", "files", "-destination", "second")...)
	require.Equal(t, exitOK, code, errs)
	require.Contains(t, out, "files: 4 intervals: ")
	require.Contains(t, errs, "100 %")
	require.Empty(t, listing(t, s.path("out")))
	first := listing(t, s.path("out2"))
	require.NotEmpty(t, first)
	code, _, errs = s.run("backfill", append(window, "-q")...) // all feeds and destinations
	require.Equal(t, exitOK, code, errs)
	require.Empty(t, errs)
	require.Equal(t, first, listing(t, s.path("out")))
	require.Equal(t, first, listing(t, s.path("out2")))
	_, out, _ = s.run("backfill", append(window, "-q")...)
	require.Contains(t, out, " 0 files delivered")
}

func TestBackfillRefuses(t *testing.T) {
	s := newCheckSite(t, nil)
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, `-from is missing; give a day such as 2026-03-01`},
		{[]string{"-from", "yesterday", "-to", "2026-03-01"}, "the wall clock of the feed's zone"},
		{[]string{"-from", "2026-03-02", "-to", "2026-03-01"}, "window"},
		{[]string{"-from", "2026-03-01", "-to", "2026-03-02", "-feed", "states"}, `-feed "states" is no historical feed; the configuration has ["files"]`},
		{[]string{"-from", "2026-03-01", "-to", "2026-03-02", "-destination", "live"}, `-destination "live" is no destination of the feed`},
		{[]string{"-from", "2026-03-01", "-to", "2026-03-02", "-connections", "0"}, `-connections "0" is out of range`},
		{[]string{"-from", "2026-03-01", "-to", "2090-03-02"}, "future"},
		{[]string{"extra"}, `argument "extra" is not expected`},
	} {
		code, _, errs := s.run("backfill", c.args...)
		require.Equal(t, exitWrong, code, c.want)
		require.Contains(t, errs, c.want)
	}
}

// TestGapsAreJoined: a month without rows is one line, and what holds for every destination is said once.
func TestGapsAreJoined(t *testing.T) {
	s := newCheckSite(t, nil)
	s.replace("destinations: [share]", "destinations: [share, second]")
	s.replace("  - {name: live", "  - {name: second, kind: folder, path: out2}\n  - {name: live")
	from := time.Now().UTC().AddDate(0, -3, 0).Truncate(24 * time.Hour)
	code, out, errs := s.run("backfill", "-q", "-from", from.Format(time.RFC3339), "-to", from.Add(24*time.Hour).Format(time.RFC3339))
	require.Equal(t, exitAttention, code, errs)
	require.Equal(t, 1, strings.Count(out, ": gap "), out)
	require.Contains(t, out, "(48 intervals)")
	code, _, errs = s.run("backfill", "-q", "-from", from.Format(time.RFC3339), "-to", "2090-01-01")
	require.Equal(t, exitWrong, code)
	require.Equal(t, 1, strings.Count(errs, "reaches into the future"), errs)
}

func TestTables(t *testing.T) {
	s := newCheckSite(t, nil)
	for _, kind := range []string{"sqlserver", "oracle", "sqlite"} {
		code, out, errs := s.runHere("", "tables", "-kind", kind)
		require.Equal(t, exitOK, code, errs)
		require.Contains(t, out, "wfm_ledger_entries")
		require.Contains(t, out, "rights")
	}
	code, out, _ := s.runHere("", "tables", "-kind", "sqlserver", "-schema", "wfm")
	require.Equal(t, exitOK, code)
	require.Contains(t, out, "[wfm].")
	code, out, _ = s.run("tables") // as the configuration says
	require.Equal(t, exitOK, code)
	require.Contains(t, out, "for SQLite")
	code, _, errs := s.runHere("", "tables", "-kind", "mysql")
	require.Equal(t, exitWrong, code)
	require.Contains(t, errs, "use oracle, sqlite, sqlserver")
	code, _, errs = s.runHere("", "tables", "-kind", "oracle", "-schema", "a\"b\x00c")
	require.Equal(t, exitWrong, code, errs)
}
