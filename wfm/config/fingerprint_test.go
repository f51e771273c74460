package config_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const twoParts = `version: 1
ledger: {kind: sqlite, path: ledger.db}
licences: {from: declared, features: [I3_FEATURE_WFM_HISTORICAL], real-time-feature: I3_FEATURE_WFM_HISTORICAL}
servers:
  - name: east
    database: {kind: sqlserver, host: a, database: d, user: u, password: {file: secrets/east}}
  - name: west
    icws: {hosts: [b], user: u, password: {file: secrets/west}}
status-maps:
  - {name: codes, file: codes.yaml}
layouts:
  - {name: calls, file: calls.yaml}
destinations:
  - {name: share, kind: folder, path: out}
  - {name: socket, kind: tcp, addresses: ['c:1']}
historical:
  - {name: files, vendor: gmt, layouts: [calls], workgroups: [Sales], interval: 15m, zone: UTC, destinations: [share]}
real-time:
  - {name: live, vendor: gmt, workgroups: [Sales], status-map: codes, destination: socket}
`

// TestFingerprints: each change changes the fingerprints of what must be started anew, and no others.
func TestFingerprints(t *testing.T) {
	layout, err := os.ReadFile("../../vendors/gmt/layouts/queue.yaml")
	require.NoError(t, err)
	files := map[string]string{"config.yaml": twoParts, "secrets/east": "e", "secrets/west": "w", "codes.yaml": "unmapped: skip\n", "calls.yaml": string(layout)}
	path := folder(t, files)
	_, first := build(t, path, nil)
	_, other := build(t, path, nil)
	require.NotEqual(t, first.Feeds, other.Feeds, "without a common key nothing can be compared")

	edit := func(name, old, now string) map[string]string {
		all := maps.Clone(files)
		require.Contains(t, all[name], old)
		all[name] = strings.Replace(all[name], old, now, 1)
		return all
	}
	for name, test := range map[string]struct {
		files map[string]string
		want  string
	}{
		"nothing":               {files, ""},
		"a comment":             {edit("config.yaml", "version: 1", "version: 1 # one"), ""},
		"a default written out": {edit("config.yaml", "zone: UTC", "zone: UTC, delay: 10m, look-back: 2d"), ""},
		"the service":           {edit("config.yaml", "version: 1", "version: 1\nservice: {log: {level: debug}}"), ""},
		"name of a layout":      {edit("config.yaml", "layouts: [calls]", "layouts: [other]"), ""},
		"workgroups":            {edit("config.yaml", "workgroups: [Sales]", "workgroups: [Support]"), "files"},
		"a setting":             {edit("config.yaml", "zone: UTC", "zone: UTC, settings: {lineEnd: LF}"), "files"},
		"password of east":      {edit("secrets/east", "e", "e2"), "files east"},
		"line end of a secret":  {edit("secrets/east", "e", "e\n"), ""},
		"password of west":      {edit("secrets/west", "w", "w2"), "live west"},
		"a status map":          {edit("codes.yaml", "unmapped: skip", "statuses: {A: 1}\nunmapped: skip"), "live"},
		"comment in the map":    {edit("codes.yaml", "unmapped: skip", "unmapped: skip # all"), ""},
		"a layout":              {edit("calls.yaml", "title:", "title: new"), "files"},
		"an address":            {edit("config.yaml", "c:1", "c:2"), "live"},
		"the folder":            {edit("config.yaml", "path: out", "path: out2"), "files"},
		"the site":              {edit("config.yaml", "name: east", "name: east\n    site: 1"), "files east"},
		"the ledger":            {edit("config.yaml", "ledger.db", "other.db"), "shared"},
		"a licence":             {edit("config.yaml", "from: declared, features: [", "from: declared, features: [X, "), "shared"},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "name of a layout" {
				test.files["config.yaml"] = strings.Replace(test.files["config.yaml"], "name: calls", "name: other", 1)
			}
			for file, text := range test.files {
				require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(path), filepath.FromSlash(file)), []byte(text), 0o600))
			}
			_, now := build(t, path, first)
			var changed []string
			for _, pair := range []struct{ a, b map[string]string }{{first.Feeds, now.Feeds}, {first.Servers, now.Servers},
				{map[string]string{"shared": first.Shared}, map[string]string{"shared": now.Shared}}} {
				for _, k := range slices.Sorted(maps.Keys(pair.a)) {
					if pair.a[k] != pair.b[k] {
						changed = append(changed, k)
					}
				}
			}
			require.Equal(t, test.want, strings.Join(changed, " "))
		})
	}
}
