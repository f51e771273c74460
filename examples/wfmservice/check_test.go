package main

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestCheckOfASoundSite(t *testing.T) {
	s := newCheckSite(t, nil)
	before := listing(t, s.dir)
	code, _, errs := s.run("check")
	require.Empty(t, errs)
	require.Equal(t, exitOK, code)
	after := listing(t, s.dir)
	require.Equal(t, append(before, "wfmservice.yaml"), after, "nothing is left behind")
	code, out, _ := s.run("check", "-json")
	var r checkReport
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.Equal(t, r.Result.code(), code)
}

func TestCheckWithoutFile(t *testing.T) {
	s := newCheckSite(t, nil)
	code, out, errs := s.runHere("", "check", "-config", s.path("nothing.yaml"))
	require.Empty(t, errs)
	require.Equal(t, exitWrong, code)
	require.Contains(t, out, "nothing.yaml")
	require.Contains(t, out, "wfmservice init writes a configuration")
	code, _, errs = s.run("check", "-timeout", "1ms")
	require.Equal(t, exitWrong, code)
	require.Contains(t, errs, `-timeout "1ms" is too short`)
}

// TestCheckOfWhatStandsInNoLine: what is missing has no line, and is not said to have one.
func TestCheckOfWhatStandsInNoLine(t *testing.T) {
	s := newCheckSite(t, nil)
	s.write("wfmservice.yaml", "version: 1\nhistorical:\n  - {name: f, vendor: injixo, workgroups: all, interval: 30m, zone: UTC, destinations: [out]}\ndestinations: [{name: out, kind: folder, path: out, tokn: x}]\n")
	code, out, _ := s.runHere("", "check", "-config", s.path("wfmservice.yaml"))
	require.Equal(t, exitWrong, code)
	require.Contains(t, out, "ledger is missing")
	require.NotContains(t, out, "line ledger")
	require.Contains(t, out, "line 4: destinations[0].tokn is not a known key")
}

// TestCheckWhileTheServiceRuns: its own ports are no problem.
func TestCheckWhileTheServiceRuns(t *testing.T) {
	s := newCheckSite(t, nil)
	l, err := net.Listen("tcp", between(s.config, `service: {listen: "`, `"`))
	require.NoError(t, err)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte("{}")) })}
	served := make(chan struct{})
	go func() { defer close(served); _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close(); <-served })
	take(t, between(s.config, `tcp-listen, listen: "`, `"`))
	code, out, _ := s.run("check")
	require.Equal(t, exitOK, code, out)
	require.Equal(t, 2, strings.Count(out, "this service seems to be running"))
	code, _, errs := s.run("backfill", "-from", "2026-03-01", "-to", "2026-03-02")
	require.Equal(t, exitWrong, code)
	require.Contains(t, errs, "service is running, and without instance.shared only one may work with the ledger")
}

// TestCheckOfWhatPanicsOrHangs: an installer gets a row for it, in time.
func TestCheckOfWhatPanicsOrHangs(t *testing.T) {
	synctest.Test(t, checkOfWhatPanicsOrHangs)
}

func checkOfWhatPanicsOrHangs(t *testing.T) {
	free := make(chan struct{})
	began := time.Now()
	rows := runTasks(t.Context(), 20*time.Millisecond, []task{
		{group: inHost, item: "a", do: func(context.Context) []row { panic("oh") }},
		{group: inHost, item: "b", do: func(context.Context) []row { <-free; return nil }, after: func() { t.Error("came too late") }},
		{group: inHost, item: "c", do: func(ctx context.Context) []row { <-ctx.Done(); return failures(inHost, "c", markFail, ctx.Err()) }},
		{group: inHost, item: "d", do: func(context.Context) []row { return []row{newRow(inHost, "d", markOK, "fine", "")} }},
	})
	close(free)
	require.Equal(t, 20*time.Millisecond+grace, time.Since(began))
	var texts []string
	for _, r := range rows {
		texts = append(texts, r.Item+" "+string(r.Mark)+" "+r.Text)
	}
	require.Equal(t, []string{"a FAIL could not be tried: oh", "b FAIL did not answer within 20ms", "c FAIL did not answer within 20ms", "d OK fine"}, texts)
}

// listing are the names in a folder and below.
func listing(t *testing.T, dir string) (names []string) {
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
		if e.IsDir() {
			for _, n := range listing(t, dir+"/"+e.Name()) {
				names = append(names, e.Name()+"/"+n)
			}
		}
	}
	return names
}
