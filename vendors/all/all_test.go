package all_test

import (
	"fmt"
	"testing"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/all"
	"github.com/stretchr/testify/require"
)

func Example() {
	registry, err := all.Registry()
	if err != nil {
		fmt.Println(err)
		return
	}
	enc, err := registry.Historical("injixo", vendors.Settings{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(registry.Names(), enc.Info().Title)
	// Output: [injixo verint] injixo
}

// TestEveryAdapter holds what every adapter of the registry must keep: it says what it is and how
// well that is known, and each of its presets can be chosen.
func TestEveryAdapter(t *testing.T) {
	registry, err := all.Registry()
	require.NoError(t, err)
	for _, name := range registry.Names() {
		e, err := registry.Entry(name)
		require.NoError(t, err)
		require.NotEmpty(t, e.Info.Title)
		require.NotEmpty(t, e.Info.Products)
		require.NotEmpty(t, e.Info.Presets)
		for _, p := range e.Info.Presets {
			require.NotEmpty(t, p.Title, "%s %s", name, p.Name)
			require.NotEmpty(t, p.Sources, "%s %s", name, p.Name)
			require.NotEmpty(t, p.SiteDefined, "%s %s", name, p.Name)
			enc, err := registry.Historical(name, vendors.Settings{Presets: []string{p.Name}})
			require.NoError(t, err, "%s %s", name, p.Name)
			require.Equal(t, e.Info, enc.Info())
		}
		_, err = registry.Historical(name, vendors.Settings{})
		require.NoError(t, err)
	}
}
