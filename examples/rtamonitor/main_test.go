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
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

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

// requireKeys checks what every line has, whatever its event.
func requireKeys(t *testing.T, line map[string]any) {
	t.Helper()
	for _, key := range []string{"event", "server", "agent", "status", "loggedIn", "activity", "since", "workgroups"} {
		require.Contains(t, line, key)
	}
	require.NotNil(t, line["workgroups"])
}

func TestJSON(t *testing.T) {
	s := newSim(t, httptest.NewServer)
	next, stop := lines(t, s.args("-json", "-levels", "verbose"))
	first := next(`"event":"health"`)
	require.Equal(t, "connecting", first["status"])
	requireKeys(t, first)
	since, err := time.Parse(time.RFC3339, first["since"].(string))
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), since, time.Minute, "connecting since the start")
	requireKeys(t, next(`"status":"up"`))
	for i := 1; i <= 6; i++ {
		m := next(`"event":"snapshot"`)
		requireKeys(t, m)
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
	requireKeys(t, m)
	require.Equal(t, []any{"agent0002", "At lunch", "unavailable", "change"}, []any{m["agent"], m["status"], m["activity"], m["what"]})
	require.NoError(t, s.cic.PutInteraction("agent0003", icwsserver.Interaction{ID: "9", State: "C", Workgroup: "Team 01"}))
	m = next(`"event":"change"`)
	require.Equal(t, []any{"agent0003", "acd talk", "Team 01"}, []any{m["agent"], m["activity"], m["workgroup"]})

	s.pair.Switchover()
	next(`"status":"switching over"`)
	require.Equal(t, s.hosts[1].Listener.Addr().String(), next(`"status":"up"`)["host"])
	require.NoError(t, s.cic.RemoveMember(icwsserver.MasterWorkgroup, "agent0001"))
	m = next(`"event":"change"`)
	require.Equal(t, []any{"agent0001", "left", []any{}}, []any{m["agent"], m["what"], m["workgroups"]}, "nothing else has changed by the switchover")
	require.Equal(t, cli.OK, stop())
}

// said ends a context when all texts were written.
type said struct {
	text  bytes.Buffer
	texts []string
	end   context.CancelFunc
}

func untilSaid(t *testing.T, texts ...string) (context.Context, *said) {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	return ctx, &said{texts: texts, end: cancel}
}

func (s *said) Write(p []byte) (int, error) {
	s.text.Write(p)
	if !slices.ContainsFunc(s.texts, func(text string) bool { return !strings.Contains(s.text.String(), text) }) {
		s.end()
	}
	return len(p), nil
}

func TestTLSAndLines(t *testing.T) {
	s := newSim(t, startTLS)
	ca := filepath.Join(s.dir, "ca.pem")
	require.NoError(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.hosts[0].Certificate().Raw}), 0o600))
	var stderr bytes.Buffer
	ctx, out := untilSaid(t, "agent0006", " up at 127.0.0.1")
	require.Equal(t, cli.OK, run(ctx, s.args("-ca", ca, "-for", "1m"), out, &stderr), stderr.String())
	require.Contains(t, out.text.String(), "agent0006")
	require.Contains(t, out.text.String(), " up at 127.0.0.1")
	require.NotContains(t, out.text.String(), "\x1b")

	ctx, out = untilSaid(t, "certificate")
	require.Equal(t, cli.Failed, run(ctx, s.args("-for", "1m"), out, &stderr))
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
		require.LessOrEqual(t, len([]rune(strings.NewReplacer("\x1b[K", "", "\x1b[H", "", "\x1b[2J", "", "\x1b[J", "", "\x1b[?7l", "", "\x1b[?7h", "", "\n", "").Replace(line))), 100)
	}
}

// TestHostileNames: whatever a server calls its things, a terminal shows them and obeys none.
func TestHostileNames(t *testing.T) {
	const evil = "a\x1b]0;owned\a\x1b[2Jb\r\n\x9b31mc\u009b2Jd\x7f\u202ee\u2028f\U000e0041"
	state := wfm.AgentState{Agent: evil, Extension: evil, Server: evil, Status: wfm.StatusDefinition{Key: evil}, Workgroup: evil, Workgroups: []wfm.Workgroup{evil},
		Since: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}
	change := wfm.StatusChange{Before: state, Now: state}
	change.Now.LoggedIn = true
	health := rta.ServerHealth{Server: evil, Host: evil, Reason: evil, Remarks: []string{evil}}
	var out bytes.Buffer
	for _, v := range []view{&jsonView{out: &out}, &lineView{out: &out}, &tableView{out: &out, size: func() (int, int) { return 400, 24 }}} {
		out.Reset()
		require.NoError(t, v.health(health))
		require.NoError(t, v.snapshot([]wfm.AgentState{state}))
		require.NoError(t, v.change(&change))
		require.NoError(t, v.draw(time.Now()))
		require.NoError(t, v.end())
		text := strings.NewReplacer("\x1b[?7l", "", "\x1b[?7h", "", "\x1b[H", "", "\x1b[K", "", "\x1b[J", "").Replace(out.String())
		require.Equal(t, 0, strings.Count(strings.TrimPrefix(text, "\x1b[2J"), "\x1b"), "%T: %q", v, text)
		require.False(t, strings.ContainsFunc(strings.ReplaceAll(strings.TrimPrefix(text, "\x1b[2J"), "\n", ""), func(r rune) bool {
			return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028'
		}), "%T: %q", v, text)
		if _, is := v.(*jsonView); is {
			for line := range strings.Lines(text) {
				var m map[string]any
				require.NoError(t, json.Unmarshal([]byte(line), &m))
				require.Equal(t, strings.ToValidUTF8(evil, "\uFFFD"), m["server"], "nothing is lost")
				_, err := time.Parse(time.RFC3339, m["since"].(string))
				require.NoError(t, err)
			}
		}
	}
}

// TestRemarks: what the administrator should know is in every view, and in a log of lines once.
func TestRemarks(t *testing.T) {
	health := rta.ServerHealth{Server: "cic", State: rta.ServerUp, Remarks: []string{"workgroup Nope does not exist"}}
	var out bytes.Buffer
	table := &tableView{out: &out, size: func() (int, int) { return 100, 9 }}
	require.NoError(t, table.health(health))
	require.NoError(t, table.snapshot(make([]wfm.AgentState, 20)))
	require.NoError(t, table.draw(time.Now()))
	require.Contains(t, out.String(), health.Remarks[0])
	require.Equal(t, 8, strings.Count(out.String(), "\n"), "the table fits its height")

	out.Reset()
	lines := &lineView{out: &out}
	for _, more := range []string{"", "another"} {
		if more != "" {
			health.Remarks = append(health.Remarks, more)
		}
		require.NoError(t, lines.health(health))
	}
	require.Equal(t, 1, strings.Count(out.String(), health.Remarks[0]))
	require.Equal(t, 1, strings.Count(out.String(), "remark: another"))
}

func TestTerminalWithoutSize(t *testing.T) {
	for _, c := range []struct {
		width, height int
		err           error
		want          [2]int
	}{{100, 30, nil, [2]int{100, 30}}, {0, 0, nil, [2]int{80, 24}}, {5, 5, io.EOF, [2]int{80, 24}}} {
		w, h := sizeOr80x24(c.width, c.height, c.err)
		require.Equal(t, c.want, [2]int{w, h})
	}
}

func TestNamesOfServers(t *testing.T) {
	var stderr bytes.Buffer
	args := []string{"-user", "svc", "-password", secret, "-workgroups", "A", "-url", "http://{host}:8018", "-hosts", "cic-a,cic-b"}
	o, err := parse(args, &stderr)
	require.NoError(t, err)
	defer o.close()
	require.Equal(t, "cic-a:8018", o.servers[0].Name)
	require.Equal(t, cli.Usage, run(t.Context(), append(args, "-url", "http://{host}:8018,http://cic-c:8018"), io.Discard, &stderr))
	require.Contains(t, stderr.String(), `-url "cic-a:8018" begins the list of two servers`)
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
