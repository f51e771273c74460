package config_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm/config"
)

const trialText = `version: 1
ledger: {kind: sqlite, path: ledger.db}
licences: {from: declared, features: [I3_FEATURE_WFM_HISTORICAL, I3_FEATURE_X], real-time-feature: I3_FEATURE_X}
servers:
  - {name: good, site: 1, database: {kind: sqlite, path: good.db}}
  - {name: bad, icws: {hosts: [localhost], user: u, password: {file: missing}}}
destinations:
  - {name: folder, kind: folder, path: .}
  - {name: ftp, kind: ftp, host: h, user: u, password: {env: NOT_SET}}
  - {name: live, kind: tcp, addresses: ["localhost:1"]}
historical:
  - {name: files, vendor: verint, workgroups: all, interval: 30m, zone: UTC, destinations: [folder, ftp]}
  - {name: wrong, vendor: verint, workgroups: all, interval: 30m, zone: Nowhere, destinations: [folder]}
real-time:
  - {name: states, vendor: verint, servers: [bad], workgroups: [Sales], destination: live}
`

// TestTryMakesWhatCanBeMade: one broken part hides no other, and nothing is left behind.
func TestTryMakesWhatCanBeMade(t *testing.T) {
	path := folder(t, map[string]string{"config.yaml": trialText, "good.db": ""})
	c, err := config.Load(path)
	require.ErrorContains(t, err, "Nowhere")
	trial, err := registries(t).Try(c, config.BuildOptions{Env: environment})
	for _, want := range []string{"Nowhere", `"missing" cannot be read`, `"NOT_SET" is not set`} {
		require.ErrorContains(t, err, want)
	}
	require.Contains(t, trial.Databases, "good")
	require.Empty(t, trial.Clients)
	require.Contains(t, trial.Files, "folder")
	require.NotContains(t, trial.Files, "ftp")
	require.Contains(t, trial.Live, "live")
	require.Len(t, trial.Options.Historical, 1)
	require.Equal(t, "files", trial.Options.Historical[0].Name)
	require.Len(t, trial.Options.Historical[0].Destinations, 1)
	require.Len(t, trial.Options.RealTime, 1)
	l, done, err := trial.OpenLedger(t.Context())
	require.ErrorIs(t, err, config.ErrNoLedgerYet)
	require.Nil(t, l)
	require.NoError(t, done())
	require.NoFileExists(t, filepath.Join(filepath.Dir(path), "ledger.db"))
	require.NoError(t, trial.Close())

	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(path), "ledger.db"), nil, 0o600)) // an empty file becomes a ledger
	trial, _ = registries(t).Try(c, config.BuildOptions{Env: environment})
	l, done, err = trial.OpenLedger(t.Context())
	require.NoError(t, err)
	require.NotNil(t, l)
	require.NoError(t, done())
	require.NoError(t, trial.Close())
}
