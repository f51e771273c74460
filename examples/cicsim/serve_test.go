package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
)

// program is the server as a process of its own.
type program struct {
	t *testing.T
	greeting
	http *http.Client
	wait func() error
	errs func() string // to be read after wait
	stop func()
}

func launch(t *testing.T, args ...string) *program {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "cicsim")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput()
	require.NoError(t, err, "%s", out)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, binary, append([]string{"-user", "svc", "-password", "pa55word"}, args...)...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	p := &program{t: t, wait: cmd.Wait, errs: errs.String}
	p.stop = func() {
		if runtime.GOOS == "windows" {
			require.NoError(t, cmd.Process.Kill()) // has no interrupt for other processes
			return
		}
		require.NoError(t, cmd.Process.Signal(os.Interrupt))
	}
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err != nil {
		_ = cmd.Wait() // what it wrote says why
		require.FailNow(t, "no greeting: "+errs.String())
	}
	require.NoError(t, json.Unmarshal(line, &p.greeting))
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	if p.CA != "" {
		pem, err := os.ReadFile(p.CA)
		require.NoError(t, err)
		require.True(t, pool.AppendCertsFromPEM(pem))
	}
	p.http = &http.Client{Jar: jar, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	t.Cleanup(p.http.CloseIdleConnections)
	return p
}

func (p *program) do(method, url, csrf, body string) (*http.Response, []byte) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, url, strings.NewReader(body))
	require.NoError(p.t, err)
	r.Header.Set("Accept-Language", "en-us")
	r.Header.Set("ININ-ICWS-CSRF-Token", csrf)
	resp, err := p.http.Do(r)
	require.NoError(p.t, err)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	require.NoError(p.t, err)
	return resp, data
}

// session logs on and returns the base of the session's addresses, and its token.
func (p *program) session(url string) (base, csrf string) {
	p.t.Helper()
	resp, data := p.do("POST", url+"/icws/connection", "",
		`{"__type":"urn:inin.com:connection:icAuthConnectionRequestSettings","applicationName":"test","userID":"svc","password":"pa55word"}`)
	require.Equal(p.t, http.StatusCreated, resp.StatusCode, "%s", data)
	return url + "/icws/" + resp.Header.Get("ININ-ICWS-Session-ID"), resp.Header.Get("ININ-ICWS-CSRF-Token")
}

func TestServedPairOverTLS(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and runs the program; -short leaves that out")
	}
	p := launch(t, "-icws", ":0", "-backup", "127.0.0.1:0", "-control", ":0", "-tls", "-certs", t.TempDir(), "-agents", "30", "-speed", "0")
	require.Len(t, p.URLs, 2)
	require.Equal(t, 30, p.Agents)
	require.Contains(t, p.Workgroups, p.Master)
	for _, url := range p.URLs {
		require.True(t, strings.HasPrefix(url, "https://127.0.0.1:"), url)
	}
	resp, data := p.do("POST", p.URLs[1]+"/icws/connection", "", "{}")
	require.Equal(t, http.StatusServiceUnavailable, resp.StatusCode)
	require.Contains(t, string(data), strings.TrimPrefix(p.URLs[0], "https://"))

	base, csrf := p.session(p.URLs[0])
	_, data = p.do("GET", base+"/configuration/workgroups/"+strings.ReplaceAll(string(p.Master), " ", "%20")+"?rightsFilter=view&select=members,hasQueue", csrf, "")
	var group struct {
		HasQueue bool
		Members  []struct{ ID string }
	}
	require.NoError(t, json.Unmarshal(data, &group))
	require.False(t, group.HasQueue)
	require.Len(t, group.Members, 30)
	user := group.Members[0].ID
	resp, _ = p.do("PUT", base+"/messaging/subscriptions/status/user-statuses", csrf, `{"userIds":["`+user+`"]}`)
	require.Equal(t, http.StatusOK, resp.StatusCode)

	r, err := http.NewRequestWithContext(t.Context(), "GET", base+"/messaging/messages", nil)
	require.NoError(t, err)
	r.Header.Set("Accept", "text/event-stream")
	stream, err := p.http.Do(r)
	require.NoError(t, err)
	defer stream.Body.Close()
	lines := bufio.NewReader(stream.Body)
	event := func() string {
		for {
			line, err := lines.ReadString('\n')
			require.NoError(t, err)
			if strings.HasPrefix(line, "data: ") {
				return line
			}
		}
	}
	require.Contains(t, event(), `"isDelta":false`)
	resp, data = p.do("POST", p.Control+"/status?user="+user+"&status=Do%20not%20disturb", "", "")
	require.Equal(t, http.StatusOK, resp.StatusCode, "%s", data)
	require.Contains(t, event(), `"statusId":"Do not disturb"`)
	resp, data = p.do("POST", p.Control+"/silence", "", "")
	require.Equal(t, http.StatusBadRequest, resp.StatusCode)
	require.Contains(t, string(data), "for")
	p.do("POST", p.Control+"/switchover", "", "")
	require.Contains(t, event(), "connectionStateChangeMessage")
	p.session(p.URLs[1])
	stranger := &http.Client{Transport: &http.Transport{}}
	_, err = stranger.Get(p.URLs[1] + "/icws/connection/version")
	require.ErrorContains(t, err, "certificate")
	p.stop()
	if err := p.wait(); runtime.GOOS != "windows" {
		require.NoError(t, err, "an interrupt is no failure")
	}
	require.Contains(t, p.errs(), "TLS handshake error", "a client without the CA is told of")
	require.NotContains(t, p.errs(), "pa55word")
}

func TestInterruptedBeforeItListens(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	require.Equal(t, cli.OK, run(ctx, []string{"-icws", ":0", "-user", "svc", "-password", "x", "-agents", "2", "-contacts", "20"}, &out, &errs))
	require.Empty(t, out.String()+errs.String())
}

func TestServedDayGoesOn(t *testing.T) {
	var out lineWriter
	out.line = make(chan string, 1)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan int)
	var errs bytes.Buffer
	go func() {
		done <- run(ctx, []string{"-icws", ":0", "-control", ":0", "-user", "svc", "-password", "unsaid-word", "-agents", "60", "-speed", "600", "-seed", "5"}, &out, &errs)
	}()
	var hello greeting
	require.NoError(t, json.Unmarshal([]byte(<-out.line), &hello))
	truth := func() string {
		resp, err := http.Get(hello.Control + "/agents")
		require.NoError(t, err)
		defer resp.Body.Close()
		data, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return string(data)
	}
	first := truth()
	require.Contains(t, first, `"loggedIn":true`)
	require.Eventually(t, func() bool { return truth() != first }, time.Minute, 50*time.Millisecond)
	cancel()
	require.Equal(t, cli.OK, <-done, errs.String())
	require.NotContains(t, errs.String(), "unsaid-word")
}

type lineWriter struct{ line chan string }

func (w *lineWriter) Write(b []byte) (int, error) { w.line <- string(b); return len(b), nil }

func TestWrongServerCommandLines(t *testing.T) {
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"-icws", ":0"}, []string{"-user is missing", "-password is missing"}},
		{[]string{"-icws", "nowhere", "-backup", "x:y:z", "-control", "q", "-user", "u", "-password", "p", "-speed", "-1", "-load", "NaN", "-from", "noon", "-certs", "d", "-db", "f"},
			[]string{"-icws", "-backup", "-control", "-speed", "-load", "-from", "-certs", "-db"}},
		{[]string{"-db", "f", "-backup", ":1", "-tls", "-load", "3"}, []string{"-backup", "-tls", "-load"}},
		{[]string{"-icws", ":0", "-user", "u", "-password", "p", "-agents", "6000"}, []string{"-load"}},
		{[]string{"-icws", ":0", "-user", "u", "-password", "p", "-agents", "5", "-contacts", "20", "-from", "23:59"}, []string{"-from", "23:59"}},
		{[]string{"-icws", ":0", "-user", "u", "-password", "p", "-speed", "0.0000001"}, []string{"-speed", "0.001"}},
	} {
		var out, errs bytes.Buffer
		require.Equal(t, cli.Usage, run(t.Context(), c.args, &out, &errs), errs.String())
		require.Empty(t, out.String(), "no greeting of a server that does not start")
		for _, part := range c.want {
			require.Contains(t, errs.String(), part)
		}
	}
	var out, errs bytes.Buffer
	require.Equal(t, cli.Failed, run(t.Context(), []string{"-icws", "192.0.2.1:1", "-user", "u", "-password", "p", "-agents", "2"}, &out, &errs))
	require.Empty(t, out.String())

	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	for _, flag := range []string{"-icws", "-backup", "-control"} {
		errs.Reset()
		args := []string{"-icws", ":0", "-backup", ":0", "-user", "u", "-password", "p", "-agents", "2", flag, l.Addr().String()}
		require.Equal(t, cli.Failed, run(t.Context(), args, &out, &errs))
		require.Regexp(t, `^cicsim: `+flag+` "`+l.Addr().String()+`" cannot be listened at: .+; give a free port`, errs.String())
	}
}

// TestBeginsAtTheHourOfItsZone: also on the days on which the clocks change.
func TestBeginsAtTheHourOfItsZone(t *testing.T) {
	for day, want := range map[string]string{"2026-03-02": "09:00", "2026-03-29": "08:00", "2026-10-25": "09:00"} {
		opt, err := parse([]string{"-icws", ":0", "-user", "u", "-password", "p", "-agents", "2", "-contacts", "20", "-start", day, "-from", "10:00"}, io.Discard)
		require.NoError(t, err)
		_, play, err := simulate(opt)
		require.NoError(t, err)
		require.Equal(t, day+" "+want, startOf(opt, play).UTC().Format("2006-01-02 15:04"))
	}
}

// TestAMemberCanLeaveWhileTheDayGoesOn: the history of who left is passed over, and does not end the server.
func TestAMemberCanLeaveWhileTheDayGoesOn(t *testing.T) {
	var out lineWriter
	out.line = make(chan string, 1)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan int, 1)
	var errs bytes.Buffer
	go func() {
		done <- run(ctx, []string{"-icws", ":0", "-control", ":0", "-user", "svc", "-password", "x", "-agents", "12", "-seed", "3", "-speed", "100000"}, &out, &errs)
	}()
	var hello greeting
	require.NoError(t, json.Unmarshal([]byte(<-out.line), &hello))
	var agents []struct {
		Agent      string
		Workgroups []string
	}
	resp, err := http.Get(hello.Control + "/agents")
	require.NoError(t, err)
	defer resp.Body.Close()
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&agents))
	for _, a := range agents {
		resp, err := http.Post(hello.Control+"/member?"+url.Values{"workgroup": {a.Workgroups[0]}, "user": {a.Agent}, "remove": {"true"}}.Encode(), "", nil)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, http.StatusOK, resp.StatusCode)
	}
	select {
	case code := <-done:
		require.FailNow(t, "the server ended", "%d: %s", code, errs.String())
	case <-time.After(2 * time.Second): // more than two days of the centre
	}
	cancel()
	require.Equal(t, cli.OK, <-done, errs.String())
}

func TestManyAgentsAreServedWithoutADay(t *testing.T) {
	var out lineWriter
	out.line = make(chan string, 1)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan int)
	var errs bytes.Buffer
	go func() {
		done <- run(ctx, []string{"-icws", ":0", "-user", "svc", "-password", "x", "-agents", "5001", "-load", "100"}, &out, &errs)
	}()
	var hello greeting
	require.NoError(t, json.Unmarshal([]byte(<-out.line), &hello))
	require.Equal(t, 5001, hello.Agents)
	cancel()
	require.Equal(t, cli.OK, <-done, errs.String())
}
