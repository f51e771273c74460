package config_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/pem"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical/cicsql"
	"github.com/cicwfm/cicwfm/wfm/config"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/deliverytest"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

const carried = `version: 1
ledger: {kind: counted, path: ledger.db}
licences: {from: declared, features: [I3_FEATURE_WFM_HISTORICAL], real-time-feature: X}
servers:
  - name: east
    database: {kind: counted, path: east.db}
  - name: west
    database: {kind: counted, path: west.db}
    icws: {hosts: [b], user: u, password: {env: CICWFM_ICWS_PASSWORD}}
destinations:
  - {name: share, kind: counted}
  - {name: socket, kind: tcp, addresses: ['c:1']}
historical:
  - {name: a, vendor: gmt, servers: [east], workgroups: all, interval: 15m, zone: UTC, destinations: [share]}
  - {name: b, vendor: gmt, servers: [east, west], workgroups: all, interval: 15m, zone: UTC, destinations: [share]}
real-time:
  - {name: live, vendor: verint, workgroups: [Sales], status-map: {unmapped: skip}, destination: socket}
`

// counting notes what is open.
type counting struct {
	transports, ledgers int
	databases           []*sql.DB
}

type counted struct {
	delivery.Transport
	of *counting
}

func (c *counted) Close() error { c.of.transports--; return nil }

func (c *counting) registries(t *testing.T) config.Registries {
	r := registries(t)
	return config.Registries{Vendors: r.Vendors,
		Databases: map[string]config.DatabaseOpener{"counted": func(a config.Access) (*sql.DB, cicsql.Dialect, error) {
			db := sql.OpenDB(nowhere{})
			c.databases = append(c.databases, db)
			return db, cicsql.SQLite(), nil
		}},
		Ledgers: map[string]config.LedgerOpener{"counted": func(context.Context, config.Access, string, bool) (ledger.Ledger, func() error, error) {
			c.ledgers++
			return ledger.NewMemory(nil), func() error { c.ledgers--; return nil }, nil
		}},
		Destinations: map[string]config.DestinationKind{"tcp": r.Destinations["tcp"], "counted": {Files: func(config.Target) (delivery.Transport, error) {
			c.transports++
			return &counted{&deliverytest.Memory{}, c}, nil
		}}}}
}

// nowhere is a database that cannot be reached.
type nowhere struct{}

func (nowhere) Connect(context.Context) (driver.Conn, error) {
	return nil, errors.New("no such database")
}

func (nowhere) Driver() driver.Driver { return nil }

// open is how many pools are not closed.
func (c *counting) open() (n int) {
	for _, db := range c.databases {
		if err := db.Ping(); err != nil && !strings.Contains(err.Error(), "database is closed") {
			n++
		}
	}
	return n
}

// TestCarry: what is the same is the same object, and each thing is closed once, when nobody uses it any more.
func TestCarry(t *testing.T) {
	c := &counting{}
	r := c.registries(t)
	path := filepath.Join(t.TempDir(), "config.yaml")
	built := func(text string, previous *config.Built) (*config.Built, error) {
		t.Helper()
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		conf, err := config.Load(path)
		require.NoError(t, err)
		return r.Build(t.Context(), conf, config.BuildOptions{Env: environment, Previous: previous})
	}
	one, err := built(carried, nil)
	require.NoError(t, err)
	require.Equal(t, []int{2, 1, 2}, []int{c.transports, c.ledgers, c.open()})
	for _, f := range one.Options.Historical {
		require.Equal(t, one.Feeds[f.Name], f.Version)
	}
	require.Equal(t, one.Servers["west"], one.Options.RealTimeServers[0].Version)

	// Nothing changed.
	same, err := built(carried+"# a comment\n", one)
	require.NoError(t, err)
	require.Equal(t, []int{2, 1, 2}, []int{c.transports, c.ledgers, c.open()})
	require.NoError(t, one.Close())
	require.Equal(t, []int{2, 1, 2}, []int{c.transports, c.ledgers, c.open()}, "all of it is used")
	require.Empty(t, same.Restart(one))

	// A feed and a server change.
	two, err := built(strings.NewReplacer("servers: [east]", "servers: [east], delay: 11m", "hosts: [b]", "hosts: [bb]").Replace(carried), same)
	require.NoError(t, err)
	was, now := same.Options, two.Options
	require.NotSame(t, was.Historical[0].Destinations[0].Transport, now.Historical[0].Destinations[0].Transport)
	require.Same(t, was.Historical[0].Servers[0].Source, now.Historical[0].Servers[0].Source, "east did not change")
	require.NotSame(t, was.Historical[1].Servers[1].Source, now.Historical[1].Servers[1].Source, "west did")
	require.Same(t, now.Historical[0].Servers[0].Source, now.Historical[1].Servers[0].Source)
	require.NotSame(t, was.RealTimeServers[0].Source, now.RealTimeServers[0].Source)
	require.NotEqual(t, was.RealTime[0].Version, now.RealTime[0].Version)
	require.Same(t, was.Ledger, now.Ledger)
	require.Equal(t, []int{4, 1, 3}, []int{c.transports, c.ledgers, c.open()}, "old and new side by side")
	require.NoError(t, same.Close())
	require.Equal(t, []int{2, 1, 2}, []int{c.transports, c.ledgers, c.open()})

	// What cannot be built, or is built and not used, takes nothing along.
	_, err = built(strings.Replace(carried, "kind: tcp, addresses: ['c:1']", "kind: tcp, addresses: ['c:1'], tls: {ca-file: none.pem}", 1), two)
	require.ErrorContains(t, err, "none.pem")
	unused, err := built(strings.Replace(carried, "  - {name: b, vendor", "  - {name: bb, vendor", 1), two)
	require.NoError(t, err)
	require.NoError(t, unused.Close())
	require.Equal(t, []int{2, 1, 2}, []int{c.transports, c.ledgers, c.open()})

	// The ledger of a running service stays; another one is for the next start.
	three, err := built(strings.NewReplacer("ledger.db", "other.db", "version: 1\n", "version: 1\ninstance: {name: x}\nservice: {listen: off, log: {level: debug}}\n").Replace(carried), two)
	require.NoError(t, err)
	require.Same(t, now.Ledger, three.Options.Ledger)
	require.Equal(t, []string{"instance", "ledger", "service.listen"}, three.Restart(one))
	require.NoError(t, two.Close())
	require.NoError(t, three.Close())
	require.Equal(t, []int{0, 0, 0}, []int{c.transports, c.ledgers, c.open()})
}

// TestFiles: what Build reads is listed, and what it writes or sends is not.
func TestFiles(t *testing.T) {
	text := `version: 1
service: {log: {file: logs/x.log}}
ledger: {kind: sqlite, path: ledger.db}
licences: {from: declared, features: [X], real-time-feature: X}
servers:
  - name: east
    database: {kind: sqlserver, host: a, database: d, user: u, password: {file: secrets/east}, ca-file: certs/sql.pem}
    icws: {hosts: [b], user: u, password: {env: X}, ca-file: certs/cic.pem}
status-maps: [{name: codes, file: codes.yaml}]
layouts: [{name: calls, file: ../calls.yaml}]
vendors: [{name: acme, folder: acme}]
destinations:
  - {name: share, kind: folder, path: out}
  - {name: sftp, kind: sftp, host: h, user: u, key-file: keys/id, known-hosts: keys/known}
  - {name: socket, kind: tcp, addresses: ['c:1'], tls: {ca-file: certs/wfm.pem}}
real-time:
  - {name: live, vendor: verint, workgroups: [Sales], status-map: {file: own.yaml}, destination: socket}
`
	dir := t.TempDir()
	c, err := config.Parse(filepath.Join(dir, "config.yaml"), []byte(text))
	require.NoError(t, err)
	var want []string
	for _, name := range []string{"../calls.yaml", "acme", "certs/cic.pem", "certs/sql.pem", "certs/wfm.pem", "codes.yaml", "config.yaml", "keys/id", "keys/known", "own.yaml", "secrets/east"} {
		want = append(want, filepath.Join(dir, filepath.FromSlash(name)))
	}
	require.ElementsMatch(t, want, c.Files())
	require.Equal(t, filepath.Join(dir, "logs", "x.log"), c.Whole(c.Service.Log.File))
	require.Equal(t, "text", c.Service.Filled().Log.Format)
	require.Empty(t, new(config.Config).Files())
}

// TestContentsOfKeysCount: a renewed certificate or list of host keys makes another destination.
func TestContentsOfKeysCount(t *testing.T) {
	text := `version: 1
ledger: {kind: memory}
licences: {from: declared, features: [I3_FEATURE_WFM_HISTORICAL]}
servers:
  - {name: east, database: {kind: sqlserver, host: a, database: d, user: u, password: {env: CICWFM_TEST_PASSWORD}}}
destinations:
  - {name: sftp, kind: sftp, host: h, user: u, password: {env: CICWFM_TEST_PASSWORD}, known-hosts: known}
  - {name: web, kind: http, url: 'https://h/x', token: {env: CICWFM_TEST_PASSWORD}, tls: {server-name: x, ca-file: ca.pem}}
historical:
  - {name: a, vendor: gmt, workgroups: all, interval: 15m, zone: UTC, destinations: [sftp]}
  - {name: b, vendor: gmt, workgroups: all, interval: 15m, zone: UTC, destinations: [web]}
`
	host := "h ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ2Ge5QHb1hKnBdK9CXa4vXxT8GvKBh3tBLQyHw0KcYx\n"
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	ca := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	path := folder(t, map[string]string{"config.yaml": text, "known": host, "ca.pem": ca})
	_, first := build(t, path, nil)
	rewrite := func(name, content string) *config.Built {
		require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(path), name), []byte(content), 0o600))
		_, b := build(t, path, first)
		return b
	}
	now := rewrite("known", "# renewed\n"+host)
	require.NotEqual(t, first.Feeds["a"], now.Feeds["a"])
	require.Equal(t, first.Feeds["b"], now.Feeds["b"])
	again := rewrite("ca.pem", ca+ca)
	require.Equal(t, now.Feeds["a"], again.Feeds["a"])
	require.NotEqual(t, now.Feeds["b"], again.Feeds["b"])
}
