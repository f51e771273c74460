package verint_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestColumns checks the golden files against the published column positions (1-based), apart from
// the layouts that made them.
func TestColumns(t *testing.T) {
	for kind, fields := range map[string][]struct {
		title    string
		from, to int
		value    string
	}{
		"call":  {{"Calls", 76, 80, "15"}, {"SL", 82, 86, "80"}, {"ASA", 88, 92, "12"}, {"AHT", 94, 100, "230"}, {"Abd", 102, 106, "1"}},
		"chat":  {{"Chats", 76, 80, "8"}, {"Replied", 82, 88, "6"}, {"SL", 90, 94, "13"}, {"ASA", 96, 100, "8"}, {"AHT", 102, 108, "501"}, {"Abd", 110, 114, "2"}},
		"email": {{"Emails", 76, 81, "123456"}, {"Replied", 83, 89, "3"}, {"SL", 91, 95, "0"}, {"ASA", 97, 101, "2"}, {"AHT", 103, 109, "500"}, {"Abd", 111, 115, "0"}},
	} {
		data, err := os.ReadFile(filepath.Join("testdata", "usual", "expected", "verint_"+kind+"_stats_report_2020_05_25_08.00.txt"))
		require.NoError(t, err)
		lines := strings.Split(string(data), "\n")
		require.Len(t, lines, 3, "title, one row, end of the last line")
		require.Equal(t, "ReportDate TimeInterval Queue", strings.TrimSpace(lines[0][:74]))
		require.Equal(t, "25/05/2020 08:00-08:30", strings.TrimRight(lines[1][:24], " "))
		require.NotEqual(t, " ", lines[1][24:25], "the queue starts in column 25")
		for _, f := range fields {
			require.Equal(t, f.title, strings.TrimLeft(lines[0][f.from-1:f.to], " "), kind)
			require.Equal(t, f.value, strings.TrimLeft(lines[1][f.from-1:f.to], " "), "%s %s", kind, f.title)
		}
		last := fields[len(fields)-1].to
		require.Equal(t, " ", lines[1][last:], "one blank at the end of the row")
		require.Len(t, lines[0], last, "none at the end of the title line")
	}
}
