package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim/icwsserver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const secret = "s3cret-pw"

type sim struct {
	cic   *icwsserver.CIC
	pair  *icwsserver.Pair
	hosts [2]*httptest.Server
	dir   string
}

func newSim(t *testing.T, start func(http.Handler) *httptest.Server) *sim {
	cic, err := icwsserver.NewCIC(icwsserver.Plain(6, 2))
	require.NoError(t, err)
	pair, err := icwsserver.NewPair(cic, icwsserver.Options{User: "svc", Password: wfm.NewSecret(secret)})
	require.NoError(t, err)
	s := &sim{cic: cic, pair: pair, dir: t.TempDir(), hosts: [2]*httptest.Server{start(pair.Primary), start(pair.Backup)}}
	for i, server := range []*icwsserver.Server{pair.Primary, pair.Backup} {
		server.SetAddress(s.hosts[i].Listener.Addr().String())
	}
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, "pw"), []byte(secret+"\n"), 0o600))
	t.Cleanup(func() {
		pair.Close()
		for _, h := range s.hosts {
			h.CloseClientConnections()
			h.Close()
		}
	})
	return s
}

// startTLS keeps refused handshakes, which a test is about, out of the log.
func startTLS(h http.Handler) *httptest.Server {
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	return s
}

func (s *sim) args(more ...string) []string {
	return append([]string{"-url", s.hosts[0].URL + "," + s.hosts[1].URL, "-user", "svc", "-password-file", filepath.Join(s.dir, "pw"),
		"-workgroups", string(icwsserver.MasterWorkgroup)}, more...)
}

// lines runs the program with -json and yields its lines.
func lines(t *testing.T, args []string) (next func(match string) map[string]any, stop func() int) {
	r, w := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	code := make(chan int, 1)
	var stderr bytes.Buffer
	go func() {
		code <- run(ctx, args, w, &stderr)
		w.Close()
	}()
	in := bufio.NewScanner(r)
	next = func(match string) map[string]any {
		t.Helper()
		for in.Scan() {
			if strings.Contains(in.Text(), match) {
				var m map[string]any
				require.NoError(t, json.Unmarshal(in.Bytes(), &m), in.Text())
				return m
			}
		}
		require.FailNow(t, "no such line", "%s; %s", match, stderr.String())
		return nil
	}
	return next, func() int {
		cancel()
		_, _ = io.Copy(io.Discard, r)
		c := <-code
		require.NotContains(t, stderr.String(), secret)
		return c
	}
}

func TestJSON(t *testing.T) {
	s := newSim(t, httptest.NewServer)
	next, stop := lines(t, s.args("-json", "-levels", "verbose"))
	require.Equal(t, "up", next(`"state":"up"`)["state"])
	for i := 1; i <= 6; i++ {
		m := next(`"event":"snapshot"`)
		require.Equal(t, fmt.Sprintf("agent%04d", i), m["agent"])
		require.Equal(t, true, m["loggedIn"])
		require.Equal(t, "available", m["activity"])
		require.Equal(t, []any{string(icwsserver.MasterWorkgroup)}, m["workgroups"])
		_, err := time.Parse(time.RFC3339, m["since"].(string))
		require.NoError(t, err)
		require.True(t, strings.HasSuffix(m["since"].(string), "Z"))
	}
	require.NoError(t, s.cic.SetStatus("agent0002", "At lunch", time.Now()))
	m := next(`"event":"change"`)
	require.Equal(t, []any{"agent0002", "At lunch", "unavailable", "change"}, []any{m["agent"], m["status"], m["activity"], m["what"]})
	require.NoError(t, s.cic.PutInteraction("agent0003", icwsserver.Interaction{ID: "9", State: "C", Workgroup: "Team 01"}))
	m = next(`"event":"change"`)
	require.Equal(t, []any{"agent0003", "acd talk", "Team 01"}, []any{m["agent"], m["activity"], m["workgroup"]})

	s.pair.Switchover()
	next(`"state":"switching over"`)
	require.Equal(t, s.hosts[1].Listener.Addr().String(), next(`"state":"up"`)["host"])
	require.NoError(t, s.cic.RemoveMember(icwsserver.MasterWorkgroup, "agent0001"))
	m = next(`"event":"change"`)
	require.Equal(t, []any{"agent0001", "left", []any{}}, []any{m["agent"], m["what"], m["workgroups"]}, "nothing else has changed by the switchover")
	require.Equal(t, cli.OK, stop())
}

func TestTLSAndLines(t *testing.T) {
	s := newSim(t, startTLS)
	ca := filepath.Join(s.dir, "ca.pem")
	require.NoError(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.hosts[0].Certificate().Raw}), 0o600))
	var out, stderr bytes.Buffer
	require.Equal(t, cli.OK, run(t.Context(), s.args("-ca", ca, "-for", "1500ms"), &out, &stderr), stderr.String())
	require.Contains(t, out.String(), "agent0006")
	require.Contains(t, out.String(), " up at 127.0.0.1")
	require.NotContains(t, out.String(), "\x1b")

	out.Reset()
	require.Equal(t, cli.Failed, run(t.Context(), s.args("-for", "500ms"), &out, &stderr))
	require.Contains(t, stderr.String(), "no server was reached")
	require.Contains(t, stderr.String(), "certificate")
}

func TestTable(t *testing.T) {
	var out bytes.Buffer
	v := &tableView{out: &out, size: func() (int, int) { return 100, 8 }}
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	var all []wfm.AgentState
	for i := range 9 {
		all = append(all, wfm.AgentState{Agent: wfm.AgentID(fmt.Sprintf("a%d\x1b[2J", i)), Status: wfm.StatusDefinition{Key: "Available"}, Since: now.Add(-time.Minute), Workgroups: []wfm.Workgroup{"Sales"}})
	}
	require.NoError(t, v.health(rta.ServerHealth{Server: "cic", State: rta.ServerUp}))
	require.NoError(t, v.snapshot(all))
	left := all[3]
	left.Workgroups = nil
	require.NoError(t, v.change(&wfm.StatusChange{Before: all[3], Now: left}))
	require.NoError(t, v.draw(now))
	text := out.String()
	for _, part := range []string{"cic up", "8 agents, 1 changes", "1m0s", "… and 5 more"} {
		require.Contains(t, text, part)
	}
	require.Equal(t, 1, strings.Count(text, "\x1b[2J"), "a name does not steer the terminal")
	for line := range strings.Lines(text) {
		require.LessOrEqual(t, len([]rune(strings.NewReplacer("\x1b[K", "", "\x1b[H", "", "\x1b[2J", "", "\x1b[J", "", "\n", "").Replace(line))), 100)
	}
}

func TestUsage(t *testing.T) {
	var stderr bytes.Buffer
	require.Equal(t, cli.Usage, run(t.Context(), []string{"-url", "ftp://x", "-workgroups", "*", "-levels", "loud", "-for", "-1s", "-ca", "/none", "extra"}, io.Discard, &stderr))
	for _, part := range []string{"ftp://x", "-workgroups", "-levels", "-for", "-ca", "extra", "user is missing", "-password is missing"} {
		require.Contains(t, stderr.String(), part)
	}
	stderr.Reset()
	require.Equal(t, cli.OK, run(t.Context(), []string{"-h"}, io.Discard, &stderr))
	require.Contains(t, stderr.String(), "usage: rtamonitor")
}
