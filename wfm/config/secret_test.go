package config_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm/config"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

const liveOnly = `version: 1
licences: {real-time-feature: I3_FEATURE_OUR_RTA}
servers:
  - name: cic
    icws: {hosts: [cic.example.com], user: wfm, password: {file: secrets/icws}}
destinations:
  - {name: web, kind: http-push, urls: ['https://wfm.example.com/x'], token: {file: secrets/token}}
real-time:
  - {name: live, vendor: verint, workgroups: [Sales], status-map: {unmapped: skip}, destination: web}
`

// folder writes the files of a configuration and returns the path of it.
func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	return filepath.Join(dir, "config.yaml")
}

func build(t testing.TB, path string, previous *config.Built) (*config.Config, *config.Built) {
	t.Helper()
	c, err := config.Load(path)
	require.NoError(t, err)
	b, err := registries(t).Build(t.Context(), c, config.BuildOptions{Env: environment, Ledger: ledger.NewMemory(nil), Previous: previous})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	return c, b
}

// TestSecretsShowNowhere: not in what was built, nor in what is written.
func TestSecretsShowNowhere(t *testing.T) {
	path := folder(t, map[string]string{"config.yaml": liveOnly, "secrets/icws": "geheim\r\n", "secrets/token": "geheim2"})
	c, b := build(t, path, nil)
	text, err := json.Marshal(c)
	require.NoError(t, err)
	for _, out := range []string{string(c.YAML()), string(c.Commented()), string(text), fmt.Sprintf("%+v %#v", c, c), fmt.Sprintf("%+v", b.Feeds), fmt.Sprintf("%+v", b.Servers)} {
		require.NotContains(t, out, "geheim")
	}
	require.Contains(t, string(c.YAML()), "password: {file: secrets/icws}")
	require.Empty(t, b.Notes)
}

func TestSecretFileOfEverybody(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files have no mode on Windows")
	}
	path := folder(t, map[string]string{"config.yaml": liveOnly, "secrets/icws": "geheim", "secrets/token": "geheim2"})
	file := filepath.Join(filepath.Dir(path), "secrets", "icws")
	require.NoError(t, os.Chmod(file, 0o644))
	_, b := build(t, path, nil)
	require.Len(t, b.Notes, 1)
	require.Equal(t, path+`:5: servers[0].icws.password.file "secrets/icws" is open to every account of the machine (mode 0644); give it mode 0600 or 0640`,
		b.Notes[0].Error())
}

// TestSecretsOfTheWrongKind: folders, empty and large files are told apart from missing ones.
func TestSecretsOfTheWrongKind(t *testing.T) {
	for want, text := range map[string]string{"is empty": "\n", "holds one secret": strings.Repeat("x", 65<<10)} {
		path := folder(t, map[string]string{"config.yaml": liveOnly, "secrets/icws": text, "secrets/token": "t"})
		c, err := config.Load(path)
		require.NoError(t, err)
		_, err = registries(t).Build(t.Context(), c, config.BuildOptions{})
		require.ErrorContains(t, err, want)
		require.Len(t, flat(err), 1)
	}
}
