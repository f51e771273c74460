package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm/cicsim/icwsserver"
	"github.com/cicwfm/cicwfm/wfm/config/standard"
)

// typed are answers, one a line.
func typed(lines ...string) string { return strings.Join(lines, "\n") + "\n" }

// TestInitPassesCheck: from a few answers to a configuration that is in order, against the simulated CIC.
func TestInitPassesCheck(t *testing.T) {
	s := newCheckSite(t, nil)
	require.NoError(t, os.RemoveAll(s.path("secrets")))
	target := s.path("wfmservice.yaml")
	answers := typed(
		"",              // name of the server: cic
		"mysql",         // refused, and asked again
		"sqlite",        // database
		"reporting.db",  // its file
		"127.0.0.1",     // ICWS
		"",              // user: wfm
		sitePassword,    // typed, and kept in a file
		"Europe/Berlin", // zone
		"",              // site, as found
		"",              // vendor: verint
		"",              // both feeds
		"",              // workgroups, as found
		"",              // interval, as found
		"",              // folder: out
		"",              // licence feature, as found
		"",              // members: the workgroup without a queue
		"listen:127.0.0.1:"+freePort(t),
		"", // ledger
	)
	code, out, errs := s.runHere(answers, "init", "-o", target, "-icws-port", s.port, "-icws-ca", "ca.pem")
	require.Empty(t, errs)
	require.Equal(t, exitOK, code)
	require.Contains(t, out, `-db-kind "mysql" is not one of the choices; use sqlserver, oracle, sqlite, none`)
	require.Contains(t, out, "[I3_FEATURE_WFM_RTA_TEST]")
	require.NotContains(t, out, sitePassword)
	text, err := os.ReadFile(target)
	require.NoError(t, err)
	require.NotContains(t, string(text), sitePassword)
	require.Contains(t, string(text), "password: {file: secrets/icws}")
	require.Contains(t, string(text), "# SiteId of the server's rows.", "it is commented")
	info, err := os.Stat(s.path("secrets/icws"))
	require.NoError(t, err)
	if runtime.GOOS != "windows" {
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
	s.config = string(text)
	s.replace("#service:\n", "service:\n  listen: 127.0.0.1:"+freePort(t)+"\n") // whatever has the usual port on this host
	code, _, errs = s.run("check")
	require.Empty(t, errs)
	require.Equal(t, exitOK, code)

	code, _, errs = s.runHere(answers, "init", "-o", target)
	require.Equal(t, exitWrong, code)
	require.Contains(t, errs, "is there already; choose another with -o, or overwrite it with -force")
}

// TestInitByFlags: every answer is a flag, and secrets are references.
func TestInitByFlags(t *testing.T) {
	s := newCheckSite(t, func(_ *icwsserver.Config, o *icwsserver.Options) { o.NoLicenceRights = true })
	s.env["ICWS_PASSWORD"] = sitePassword
	target := s.path("new.yaml")
	flags := []string{"init", "-yes", "-o", target, "-server", "east", "-db-kind", "sqlite", "-db-path", "reporting.db", "-icws-host", "127.0.0.1", "-icws-port", s.port,
		"-icws-user", "wfm", "-icws-password", "env:ICWS_PASSWORD", "-icws-ca", "ca.pem", "-zone", "Europe/Berlin", "-site", "1", "-vendor", "verint", "-feeds", "both",
		"-interval", "30m", "-workgroups", "Sales", "-members", "WFM RTA", "-real-time-feature", "I3_FEATURE_X", "-out", "out", "-receiver", "127.0.0.1:" + freePort(t), "-ledger", "ledger.db"}
	code, out, errs := s.runHere("", flags...)
	require.Empty(t, errs)
	require.Equal(t, exitAttention, code)
	require.Contains(t, out, "To do: the licence could not be read")
	text, err := os.ReadFile(target)
	require.NoError(t, err)
	for _, want := range []string{"password: {env: ICWS_PASSWORD}", "workgroups: [Sales]", "features: [I3_FEATURE_WFM_HISTORICAL, I3_FEATURE_X]", "real-time-feature: I3_FEATURE_X", "#   - the licence could not be read"} {
		require.Contains(t, string(text), want)
	}
	code, _, errs = s.runHere("", append(flags, "-force")...)
	require.Equal(t, exitAttention, code, errs)
}

// TestInitOfEveryProduct: what init writes can be used, or says what is missing.
func TestInitOfEveryProduct(t *testing.T) {
	s := newCheckSite(t, nil)
	for _, vendor := range []string{"aspect", "gmt", "injixo", "nice", "pipkins", "verint"} {
		target := s.path(vendor + ".yaml")
		code, out, errs := s.runHere("", "init", "-yes", "-o", target, "-db-kind", "sqlite", "-db-path", "reporting.db", "-icws-host", "127.0.0.1", "-icws-port", s.port,
			"-icws-password", "file:secrets/icws", "-icws-ca", "ca.pem", "-zone", "Europe/Berlin", "-vendor", vendor, "-members", "WFM RTA", "-receiver", "listen:127.0.0.1:"+freePort(t))
		t.Log(vendor, code, out)
		require.Empty(t, errs)
		text, err := os.ReadFile(target)
		require.NoError(t, err)
		s.config = strings.Replace(string(text), "#listen: 127.0.0.1:9464", "listen: 127.0.0.1:"+freePort(t), 1)
		checked, out, errs := s.run("check")
		t.Log(out)
		require.Empty(t, errs)
		if code == exitOK {
			require.Equal(t, exitOK, checked, "%s: %s", vendor, out)
		}
	}
}

// TestInitOfWhatCannotBeReached leaves notes, and what is known.
func TestInitOfWhatCannotBeReached(t *testing.T) {
	s := newCheckSite(t, nil)
	target := s.path("new.yaml")
	code, out, errs := s.runHere("", "init", "-yes", "-o", target, "-db-kind", "sqlite", "-db-path", "nothing.db", "-icws-host", "localhost", "-icws-port", freePort(t),
		"-icws-password", "file:secrets/icws", "-zone", "Europe/Berlin", "-icws-ca", "ca.pem")
	require.Empty(t, errs)
	require.Equal(t, exitAttention, code)
	require.Contains(t, out, "To do: servers[0].database: open ")
	require.Contains(t, out, "To do: the CIC server could not be asked")
	require.Contains(t, out, "the real-time feed stays a commented example")
	text, err := os.ReadFile(target)
	require.NoError(t, err)
	require.Contains(t, string(text), "\n#real-time:\n")

	other := s.path("example.yaml")
	code, out, _ = s.runHere("", "init", "-yes", "-o", other, "-db-kind", "none")
	require.Equal(t, exitAttention, code)
	require.Contains(t, out, "Wrote the commented example")

	for _, c := range []struct{ name, value, want string }{
		{"-icws-password", otherSecret, "-icws-password is not a reference; write file:PATH or env:NAME"},
		{"-zone", "Berlin", `-zone "Berlin" is not a time zone`},
		{"-vendor", "acme", `-vendor "acme" is not one of the choices`},
		{"-icws-port", "http", `-icws-port "http" is not a port`},
		{"-site", "x", `-site "x" is not a SiteId`},
	} {
		flags := []string{"init", "-yes", "-o", s.path("none.yaml"), "-db-kind", "sqlite", "-db-path", "reporting.db", "-icws-host", "localhost", "-icws-port", freePort(t), c.name, c.value}
		code, out, errs := s.runHere("", flags...)
		require.Equal(t, exitWrong, code, c.name)
		require.Contains(t, errs, c.want)
		require.NotContains(t, out+errs, otherSecret)
		require.NoFileExists(t, s.path("none.yaml"))
	}
}

// TestInitTakesHostAndPort: hosts may have their port behind them; what is no host is asked for again.
func TestInitTakesHostAndPort(t *testing.T) {
	for _, c := range []struct {
		text, port, want string
		number           int
	}{
		{"cic1,cic2", "", "[cic1 cic2]", 0}, {"cic1:8019,cic2:8019", "", "[cic1 cic2]", 8019}, {"cic1:8019,cic2", "", "[cic1 cic2]", 8019}, {"[::1]:8019", "", "[::1]", 8019},
		{"::1", "8019", "[::1]", 8019}, {"cic1", "8019", "[cic1]", 8019},
		{"cic1:8018,cic2:8019", "", "[cic1:8018 cic2:8019]", 0}, {"cic1:8018,cic2", "8019", "[cic1:8018 cic2]", 8019}, {"cic1:8018,[::1]:8019", "8018", "[cic1:8018 [::1]:8019]", 8018},
	} {
		hosts, port, err := icwsHosts(c.text, c.port)
		require.NoError(t, err, c.text)
		require.Equal(t, c.want, fmt.Sprint(hosts))
		require.Equal(t, c.number, port)
	}
	for text, want := range map[string]string{"https://cic1": "is not a host name", "user:pw@cic1": "is not a host name", "cic1:x": "is not a port", "cic1:": "is not a port", ":8019": "is not a host name"} {
		_, _, err := icwsHosts(text, "")
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "user:pw")
	}
	s := newCheckSite(t, nil)
	code, out, errs := s.runHere(typed("", "sqlite", "reporting.db", "http://127.0.0.1", "127.0.0.1:"+s.port, "", "file:secrets/icws"), "init", "-o", s.path("new.yaml"), "-icws-ca", "ca.pem", "-zone", "Europe/Berlin", "-out", "files/new",
		"-members", "WFM RTA,Nobody")
	require.Equal(t, exitAttention, code, out+errs)
	require.Contains(t, out, "is not a host name; write cic1.example.com, or cic1.example.com:8019")
	require.Contains(t, out, "Made the folder "+s.path("files/new"))
	require.DirExists(t, s.path("files/new"))
	require.Contains(t, out, "To do: workgroup \"Nobody\" was not found; correct -members")
}

// TestInitEndsAtAnInterrupt: Ctrl-C at a question ends the program, and nothing is written.
func TestInitEndsAtAnInterrupt(t *testing.T) {
	s := newCheckSite(t, nil)
	in, typing := io.Pipe()
	t.Cleanup(func() { _ = typing.Close() })
	registries, err := standard.Registries()
	require.NoError(t, err)
	var out buffer
	a := &app{out: &out, err: &out, in: in, registries: registries, env: func(string) (string, bool) { return "", false }}
	ctx, interrupt := context.WithCancel(t.Context())
	code := make(chan int, 1)
	go func() { code <- a.run(ctx, []string{"init", "-o", s.path("new.yaml")}) }()
	_, err = typing.Write([]byte("cic\n"))
	require.NoError(t, err)
	require.Eventually(t, func() bool { return strings.Contains(out.String(), "Reporting database") }, time.Minute, time.Millisecond)
	interrupt()
	require.Equal(t, exitWrong, <-code)
	require.Contains(t, out.String(), "wfmservice init: interrupted; nothing was written")
	require.NoFileExists(t, s.path("new.yaml"))
}
