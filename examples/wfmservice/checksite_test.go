package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/pem"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim"
	"github.com/cicwfm/cicwfm/wfm/cicsim/icwsserver"
	"github.com/cicwfm/cicwfm/wfm/config/standard"
)

// The secrets of the simulated site. None of them may ever be printed.
const (
	sitePassword = "geheim-4711"
	otherSecret  = "streng-geheim-0815"
)

// reporting are bytes of a reporting database that has rows up to now; made once.
var reporting = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "wfmservice-test-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	now := time.Now().UTC()
	return madeReporting(folder, cicsim.Config{Seed: 7, Start: now.Add(-24 * time.Hour), Days: 2, Workgroups: 2, Agents: 6, Contacts: 200}, now)
})

func madeReporting(folder string, c cicsim.Config, asOf time.Time) ([]byte, error) {
	file := filepath.Join(folder, "reporting.db")
	centre, err := cicsim.New(c)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", file)
	if err != nil {
		return nil, err
	}
	if _, err = centre.NewWriter(db).WriteThrough(context.Background(), asOf); err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
}

// checkSite is a whole site that is in order, for a test to break.
type checkSite struct {
	t      *testing.T
	dir    string
	config string // the text of the configuration
	env    map[string]string
	cic    *icwsserver.CIC
	pair   *icwsserver.Pair
	port   string // of ICWS
}

// newCheckSite makes a site. options may change the CIC server; nil leaves it as it is.
func newCheckSite(t *testing.T, options func(*icwsserver.Config, *icwsserver.Options)) *checkSite {
	t.Helper()
	s := &checkSite{t: t, dir: t.TempDir(), env: map[string]string{}}
	text, err := reporting()
	require.NoError(t, err)
	s.write("reporting.db", string(text))
	s.write("secrets/icws", sitePassword+"\n")
	require.NoError(t, os.Mkdir(s.path("out"), 0o755))
	require.NoError(t, os.Mkdir(s.path("out2"), 0o755))
	c := icwsserver.Plain(4, 2)
	o := icwsserver.Options{User: "wfm", Password: wfm.NewSecret(sitePassword), Licences: []string{"I3_FEATURE_WFM_HISTORICAL", "I3_FEATURE_WFM_RTA_TEST", "I3_FEATURE_ICWS_SDK"}}
	if options != nil {
		options(&c, &o)
	}
	s.cic, err = icwsserver.NewCIC(c)
	require.NoError(t, err)
	s.pair, err = icwsserver.New(s.cic, o)
	require.NoError(t, err)
	server := httptest.NewTLSServer(s.pair.Primary)
	s.write("ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})))
	t.Cleanup(func() { s.pair.Close(); server.Close() })
	_, s.port, err = net.SplitHostPort(server.Listener.Addr().String())
	require.NoError(t, err)
	s.config = s.template()
	return s
}

func (s *checkSite) template() string {
	return `version: 1
service: {listen: "127.0.0.1:` + freePort(s.t) + `"}
ledger: {kind: sqlite, path: ledger.db}
licences: {from: icws, real-time-feature: I3_FEATURE_WFM_RTA_TEST}
servers:
  - name: east
    site: 1
    zone: Europe/Berlin
    database: {kind: sqlite, path: reporting.db}
    icws: {hosts: [127.0.0.1], port: ` + s.port + `, ca-file: ca.pem, user: wfm, password: {file: secrets/icws}}
destinations:
  - {name: share, kind: folder, path: out}
  - {name: live, kind: tcp-listen, listen: "127.0.0.1:` + freePort(s.t) + `"}
historical:
  - name: files
    vendor: verint
    servers: [east]
    workgroups: [` + strings.Join(simWorkgroups(s.t), ", ") + `]
    interval: 30m
    zone: Europe/Berlin
    destinations: [share]
real-time:
  - name: states
    vendor: verint
    servers: [east]
    workgroups: [WFM RTA]
    level: "off"
    status-map: {unmapped: code, default: "99"}
    destination: live
`
}

// simWorkgroups are those of the simulated reporting database.
func simWorkgroups(t *testing.T) (names []string) {
	text, err := reporting()
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "look.db")
	require.NoError(t, os.WriteFile(file, text, 0o600))
	db, err := sql.Open("sqlite", file)
	require.NoError(t, err)
	defer db.Close()
	rows, err := db.Query("SELECT DISTINCT cName FROM IWrkgrpQueueStats ORDER BY 1")
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var name string
		require.NoError(t, rows.Scan(&name))
		names = append(names, fmt.Sprintf("%q", name))
	}
	require.NoError(t, rows.Err())
	return names
}

func freePort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	return port
}

func (s *checkSite) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

func (s *checkSite) write(name, text string) {
	s.t.Helper()
	require.NoError(s.t, os.MkdirAll(filepath.Dir(s.path(name)), 0o700))
	require.NoError(s.t, os.WriteFile(s.path(name), []byte(text), 0o600))
}

// replace changes the text of the configuration, in which old must stand.
func (s *checkSite) replace(old, with string) {
	s.t.Helper()
	require.Contains(s.t, s.config, old)
	s.config = strings.Replace(s.config, old, with, 1)
}

// sql changes the reporting database.
func (s *checkSite) sql(file string, statements ...string) {
	s.t.Helper()
	db, err := sql.Open("sqlite", s.path(file))
	require.NoError(s.t, err)
	for _, text := range statements {
		_, err := db.Exec(text)
		require.NoError(s.t, err, text)
	}
	require.NoError(s.t, db.Close())
}

// run runs a command of the program with the site's configuration.
func (s *checkSite) run(command string, args ...string) (code int, out, errs string) {
	s.t.Helper()
	s.write("wfmservice.yaml", s.config)
	return s.runHere("", append([]string{command, "-config", s.path("wfmservice.yaml")}, args...)...)
}

// runHere runs a command as it is given, with what a person types.
func (s *checkSite) runHere(typed string, args ...string) (code int, out, errs string) {
	s.t.Helper()
	registries, err := standard.Registries()
	require.NoError(s.t, err)
	var stdout, stderr bytes.Buffer
	a := &app{out: &stdout, err: &stderr, in: strings.NewReader(typed), registries: registries,
		env: func(name string) (string, bool) { v, ok := s.env[name]; return v, ok }}
	code = a.run(s.t.Context(), args)
	return code, stdout.String(), stderr.String()
}
