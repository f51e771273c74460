package config_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/config"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/deliverytest"
	"github.com/cicwfm/cicwfm/wfm/integration"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

func TestExampleGolden(t *testing.T) { golden(t, "testdata/example.yaml", config.Example()) }

// TestExampleBuilds: with its secrets in place the example is a working configuration, ledger included.
func TestExampleBuilds(t *testing.T) {
	path := folder(t, map[string]string{"config.yaml": string(config.Example()), "secrets/database": "geheim\n", "secrets/ftp": "geheim"})
	c, err := config.Load(path)
	require.NoError(t, err)
	b, err := registries(t).Build(t.Context(), c, config.BuildOptions{Env: environment})
	require.NoError(t, err)
	_, err = integration.New(b.Options)
	require.NoError(t, err)
	require.FileExists(t, filepath.Join(filepath.Dir(path), "ledger.db"))
	require.NoError(t, b.Close())
	require.NoError(t, b.Close(), "a second time does nothing")
}

// TestExampleShowsWhatCanBeRead: every key that is commented out has an example of its type.
func TestExampleShowsWhatCanBeRead(t *testing.T) {
	commented := regexp.MustCompile(`(?m)^( *)#((  +)?(- )?[a-z-]+:( .*)?)$`)
	text := commented.ReplaceAllString(string(config.Example()), "$1$2")
	require.Greater(t, strings.Count(text, "\n"), 200)
	c, err := config.Parse("example.yaml", []byte(text))
	require.NotNil(t, c, "%v", err)
	require.NotNil(t, c.Destinations[1].TLS)
	require.NotEmpty(t, c.Layouts)
	for _, e := range flat(err) {
		p := e.(wfm.Problem)
		for _, wrong := range []string{"not a known key", "has no meaning for kind", "is not a", "has no value", "is not one of the choices", "is missing"} {
			if strings.Contains(p.Field, "layouts") || strings.Contains(p.Field, "host-keys") {
				continue // only the form of the reference is shown
			}
			require.NotContains(t, p.Reason, wrong, "%v", e)
		}
	}
}

func TestLoad(t *testing.T) {
	_, err := config.Load(filepath.Join(t.TempDir(), "none.yaml"))
	require.ErrorContains(t, err, "cannot be read")
	_, err = config.Load(t.TempDir())
	require.ErrorContains(t, err, "is not a file")
	large := filepath.Join(t.TempDir(), "large.yaml")
	require.NoError(t, os.WriteFile(large, make([]byte, 1<<20+1), 0o600))
	_, err = config.Load(large)
	require.ErrorContains(t, err, "larger than 1 MiB")
	_, err = config.Parse("large.yaml", []byte("version: "+strings.Repeat("x", 10<<20)))
	require.ErrorContains(t, err, "larger than 1 MiB")
	require.Len(t, flat(err), 1)
}

// TestMadeInGo: a Config that no file holds is checked all the same, and written to a file that reads to the same.
func TestMadeInGo(t *testing.T) {
	_, err := registries(t).Build(t.Context(), &config.Config{Version: 1, Historical: []config.HistoricalFeed{{Name: "calls", Vendor: "verrint"}}}, config.BuildOptions{})
	require.ErrorContains(t, err, `historical[0].vendor "verrint" is not a known product; did you mean verint?`)
	require.ErrorContains(t, err, "servers is missing")
	require.ErrorContains(t, err, "historical[0].zone is missing")

	site := 7
	c := &config.Config{Version: 1, Ledger: &config.Ledger{Kind: "memory"}, Licences: config.Licences{From: "declared", Features: []string{"I3_FEATURE_WFM_HISTORICAL"}},
		Servers: []config.Server{{Name: "cic", Site: &site, Database: &config.Database{Kind: "sqlserver", Connection: config.Connection{Host: "h", Database: "d",
			User: "u", Password: config.Secret{Env: "CICWFM_TEST_PASSWORD"}}}}},
		Destinations: []config.Destination{{Name: "out", Kind: "folder", Path: `out`}},
		Historical: []config.HistoricalFeed{{Name: "calls: all", Vendor: "verint", Workgroups: config.Workgroups{Names: []string{"Sales, North", "#1", "no"}}, Interval: "15m",
			Zone: "UTC", Destinations: []string{"out"}}}}
	b, err := registries(t).Build(t.Context(), c, config.BuildOptions{Env: environment})
	require.NoError(t, err)
	require.Equal(t, []wfm.Workgroup{"Sales, North", "#1", "no"}, b.Options.Historical[0].Workgroups)
	require.NoError(t, b.Close())
	again, err := config.Parse("again.yaml", c.YAML())
	require.NoError(t, err)
	require.Equal(t, c.Historical, again.Historical)
	require.Equal(t, c.Servers, again.Servers)
}

// closing counts what was closed.
type closing struct {
	delivery.Transport
	closed *int
}

func (c closing) Close() error { *c.closed++; return nil }

// TestNothingStaysOpen: where one part cannot be made, the others are closed.
func TestNothingStaysOpen(t *testing.T) {
	r := registries(t)
	closed := 0
	r.Destinations["mine"] = config.DestinationKind{Files: func(config.Target) (delivery.Transport, error) {
		return closing{&deliverytest.Memory{}, &closed}, nil
	}}
	text := string(readCase(t, "good-minimal"))
	text = strings.Replace(text, "kind: folder, path: out", "kind: mine, settings: {a: b}", 1)
	c, err := config.Parse("config.yaml", []byte(text))
	require.NoError(t, err)
	b, err := r.Build(context.Background(), c, config.BuildOptions{Env: environment, Ledger: ledger.NewMemory(nil)})
	require.NoError(t, err)
	require.Zero(t, closed)
	require.NoError(t, b.Close())
	require.Equal(t, 1, closed)

	_, err = r.Build(context.Background(), c, config.BuildOptions{Env: func(name string) (string, bool) { return "x", name == "CICWFM_TEST_PASSWORD" },
		Ledger: ledger.NewMemory(nil)})
	require.ErrorContains(t, err, "CICWFM_ICWS_PASSWORD")
	require.Equal(t, 2, closed)
}

func readCase(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "cases", name, "config.yaml"))
	require.NoError(t, err)
	return text
}

// TestLicencesAreAskedOrDeclared: a server's own features come before its licence.
func TestLicencesAreAskedOrDeclared(t *testing.T) {
	c, err := config.Parse("config.yaml", readCase(t, "good-historical-only"))
	require.NoError(t, err)
	b, err := registries(t).Build(t.Context(), c, config.BuildOptions{Env: environment, Ledger: ledger.NewMemory(nil)})
	require.NoError(t, err)
	defer func() { require.NoError(t, b.Close()) }()
	r := b.Options.Licence.Check(t.Context(), "historical", []string{"cic"})
	require.NoError(t, r.Err())

	c, err = config.Parse("config.yaml", readCase(t, "good-two-servers"))
	require.NoError(t, err)
	two, err := registries(t).Build(t.Context(), c, config.BuildOptions{Env: environment, Ledger: ledger.NewMemory(nil)})
	require.NoError(t, err)
	defer func() { require.NoError(t, two.Close()) }()
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // nobody is asked
	r = two.Options.Licence.Check(ctx, "historical", []string{"west"})
	require.NotContains(t, r.Decisions[0].Reason, "source")
	r = two.Options.Licence.Check(t.Context(), "historical", []string{"west"})
	require.NoError(t, r.Err(), "declared at the server")
}
