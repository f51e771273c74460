package all_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/vendors/all"
)

var update = flag.Bool("update", false, "write the README's table of vendors anew")

const (
	readme = "../../README.md"
	begin  = "<!-- vendors: made from the presets by go test ./vendors/all -update -->\n"
	end    = "<!-- end of vendors -->\n"
)

// table is what the README says of each preset.
func table(t *testing.T) string {
	registry, err := all.Registry()
	require.NoError(t, err)
	var b strings.Builder
	b.WriteString("| vendor | module | preset | evidence | to be confirmed by the site |\n|---|---|---|---|---|\n")
	for _, name := range registry.Names() {
		entry, err := registry.Entry(name)
		require.NoError(t, err)
		for _, p := range entry.Info.Presets {
			open := "–"
			if len(p.SiteDefined) > 0 {
				open = strings.Join(p.SiteDefined, "; ")
			}
			fmt.Fprintf(&b, "| %s | %s | `%s`: %s | %s | %s |\n", entry.Info.Title, p.Module, p.Name, p.Title, p.Evidence, open)
		}
	}
	return b.String()
}

func TestTheReadmeHasTheTableOfPresets(t *testing.T) {
	b, err := os.ReadFile(readme)
	require.NoError(t, err)
	head, rest, ok := strings.Cut(string(b), begin)
	require.True(t, ok, "README.md lacks the line %q", begin)
	_, tail, ok := strings.Cut(rest, end)
	require.True(t, ok, "README.md lacks the line %q", end)
	want := head + begin + table(t) + end + tail
	if *update {
		require.NoError(t, os.WriteFile(readme, []byte(want), 0o644))
		return
	}
	require.Equal(t, want, string(b), "run go test ./vendors/all -update")
}
