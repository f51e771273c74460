package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestPreviewDeliversNothing(t *testing.T) {
	s := newCheckSite(t, nil)
	code, out, errs := s.run("preview", "-for", "1s", "-lines", "3", "-out", s.path("shown"))
	require.Empty(t, errs)
	require.Equal(t, exitOK, code, out)
	t.Log(out)
	require.Contains(t, out, "=== feed files, interval ")
	require.Contains(t, out, " rows, ")
	require.Contains(t, out, "=== feed states, the next 1s")
	require.Contains(t, out, "agent0001")
	require.Empty(t, listing(t, s.path("out")), "nothing is delivered")
	require.NoFileExists(t, s.path("ledger.db"))
	require.NotEmpty(t, listing(t, s.path("shown/files")))
	for _, name := range listing(t, s.path("shown/files")) {
		text, err := os.ReadFile(s.path("shown/files/" + name))
		require.NoError(t, err)
		require.Contains(t, out, "--- "+name)
		require.Contains(t, out, strings.TrimRight(strings.SplitN(string(text), "\n", 2)[0], "\r"))
	}
}

// TestPreviewOfAGap: it says so, and how to see something else.
func TestPreviewOfAGap(t *testing.T) {
	s := newCheckSite(t, nil)
	s.sql("reporting.db", "DELETE FROM IWrkgrpQueueStats WHERE dIntervalStartUTC > '"+time.Now().UTC().Add(-7*time.Hour).Format(time.DateTime)+"'")
	s.sql("reporting.db", "DELETE FROM IAgentQueueStats WHERE dIntervalStartUTC > '"+time.Now().UTC().Add(-7*time.Hour).Format(time.DateTime)+"'")
	code, out, errs := s.run("preview", "-feed", "files")
	require.Empty(t, errs)
	require.Equal(t, exitAttention, code, out)
	require.Contains(t, out, "nothing would be sent; -at shows another interval")
	code, out, errs = s.run("preview", "-feed", "files", "-at", time.Now().UTC().Add(-10*time.Hour).Format(time.RFC3339))
	require.Empty(t, errs)
	require.Zero(t, code, out)
}

// TestPreviewOfNothing: where the contacts of an interval are none there is no file, which it says.
func TestPreviewOfNothing(t *testing.T) {
	s := newCheckSite(t, nil)
	s.sql("reporting.db", "DELETE FROM InteractionSummary")
	s.replace("vendor: verint\n    servers", "vendor: injixo\n    presets: [contact-single]\n    servers")
	code, out, errs := s.run("preview", "-feed", "files")
	require.Empty(t, errs)
	require.Zero(t, code, out)
	require.Contains(t, out, "no file: there is nothing to write in this interval")
}

func TestPreviewOfWhatCannotBeShown(t *testing.T) {
	s := newCheckSite(t, nil)
	code, _, errs := s.run("preview", "-feed", "nothing")
	require.Equal(t, exitWrong, code)
	require.Contains(t, errs, `-feed "nothing" is no feed that can be shown`)
	s.sql("reporting.db", "DROP TABLE IWrkgrpQueueStats")
	code, _, errs = s.run("preview", "-feed", "files")
	require.Equal(t, exitWrong, code)
	require.Contains(t, errs, "IWrkgrpQueueStats")
	code, _, errs = s.run("preview", "-feed", "files", "-at", "25:00")
	require.Equal(t, exitWrong, code)
	require.Contains(t, errs, `-at "25:00" is not a time`)
}
