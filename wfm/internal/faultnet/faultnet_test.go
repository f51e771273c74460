package faultnet_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cicwfm/cicwfm/wfm/internal/faultnet"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// echo is a server that answers each line, and keeps what it heard.
type echo struct {
	address string

	mu    sync.Mutex
	heard []string
	ends  []error // of its connections
}

func newEcho(t *testing.T, answer func(line string) string) *echo {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	e := &echo{address: l.Addr().String()}
	var work sync.WaitGroup
	work.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			work.Go(func() {
				defer conn.Close()
				in := bufio.NewReader(conn)
				for {
					line, err := in.ReadString('\n')
					if line != "" {
						e.hear(line, nil)
						_, _ = io.WriteString(conn, answer(line))
					}
					if err != nil {
						e.hear("", err)
						return
					}
				}
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		work.Wait()
	})
	return e
}

func (e *echo) hear(line string, end error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if end != nil {
		e.ends = append(e.ends, end)
		return
	}
	e.heard = append(e.heard, strings.TrimSpace(line))
}

func (e *echo) state() (heard []string, ends []error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]string(nil), e.heard...), append([]error(nil), e.ends...)
}

func same(line string) string { return "answer to " + line }

func newProxy(t *testing.T, o faultnet.Options, plan faultnet.Plan) *faultnet.Proxy {
	t.Helper()
	p, err := faultnet.New(o)
	require.NoError(t, err)
	p.Arm(plan)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	return p
}

func dial(t *testing.T, address string) (net.Conn, *bufio.Reader) {
	t.Helper()
	c, err := net.Dial("tcp", address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c, bufio.NewReader(c)
}

// talk sends lines and returns the answers until something fails, or no answer comes for a while.
func talk(c net.Conn, in *bufio.Reader, lines int) (answers []string, err error) {
	for i := range lines {
		if _, err := fmt.Fprintf(c, "line %d\n", i+1); err != nil {
			return answers, err
		}
		_ = c.SetReadDeadline(time.Now().Add(150 * time.Millisecond))
		answer, err := in.ReadString('\n')
		if err != nil {
			return answers, err
		}
		answers = append(answers, strings.TrimSpace(answer))
	}
	return answers, nil
}

func TestNothingIsDisturbed(t *testing.T) {
	e := newEcho(t, same)
	p := newProxy(t, faultnet.Options{Target: e.address, Framing: faultnet.FTP}, faultnet.Plan{})
	c, in := dial(t, p.Address())
	answers, err := talk(c, in, 3)
	require.NoError(t, err)
	require.Equal(t, []string{"answer to line 1", "answer to line 2", "answer to line 3"}, answers)
	require.Equal(t, 6, p.Steps())
	require.False(t, p.Struck())
	require.NoError(t, c.Close())
	require.Eventually(t, func() bool { _, ends := e.state(); return len(ends) == 1 && errors.Is(ends[0], io.EOF) }, time.Second, time.Millisecond,
		"an end passes too")
}

// TestFaults strikes before the third line, and before the third answer.
func TestFaults(t *testing.T) {
	isTimeout := func(err error) bool {
		var n net.Error
		return errors.As(err, &n) && n.Timeout()
	}
	for _, c := range []struct {
		fault          faultnet.Fault
		at             int
		heard, answers int
		client         func(error) bool
		serverKnows    bool // of the end of the client's connection
	}{
		{faultnet.Cut, 5, 2, 2, func(err error) bool { return errors.Is(err, io.EOF) }, true},
		{faultnet.Cut, 6, 3, 2, func(err error) bool { return errors.Is(err, io.EOF) }, true},
		{faultnet.Reset, 5, 2, 2, func(err error) bool { return errors.Is(err, syscall.ECONNRESET) }, true},
		{faultnet.Reset, 6, 3, 2, func(err error) bool { return errors.Is(err, syscall.ECONNRESET) }, true},
		{faultnet.Stall, 5, 2, 2, isTimeout, false},
		{faultnet.Stall, 6, 3, 2, isTimeout, false},
		{faultnet.Deaf, 5, 2, 2, isTimeout, false},
		{faultnet.Deaf, 6, 3, 3, isTimeout, false}, // the answer that is on its way still arrives
		{faultnet.Mute, 5, 3, 2, isTimeout, true},
		{faultnet.Mute, 6, 3, 2, isTimeout, true},
	} {
		t.Run(fmt.Sprint(c.fault, " at ", c.at), func(t *testing.T) {
			e := newEcho(t, same)
			struck := 0
			p := newProxy(t, faultnet.Options{Target: e.address, Framing: faultnet.FTP}, faultnet.Plan{At: c.at, Fault: c.fault, Struck: func() { struck++ }})
			conn, in := dial(t, p.Address())
			answers, err := talk(conn, in, 4)
			require.Len(t, answers, c.answers)
			require.True(t, c.client(err), "%v", err)
			require.True(t, p.Struck())
			require.Equal(t, 1, struck)
			require.NoError(t, conn.Close())
			knows := func() bool { _, ends := e.state(); return len(ends) == 1 }
			if c.serverKnows {
				require.Eventually(t, knows, time.Second, time.Millisecond)
			} else {
				time.Sleep(50 * time.Millisecond)
				require.False(t, knows(), "the server must not learn that the client is gone")
			}
			heard, _ := e.state()
			require.Len(t, heard, c.heard, "%v", heard)

			again, in := dial(t, p.Address())
			_, err = talk(again, in, 1)
			require.NoError(t, err, "new connections pass")
			p.Heal()
			require.Eventually(t, knows, time.Second, time.Millisecond, "now the server knows")
		})
	}
}

func TestOutage(t *testing.T) {
	for _, fault := range []faultnet.Fault{faultnet.Cut, faultnet.Reset, faultnet.Stall, faultnet.Deaf, faultnet.Mute} {
		t.Run(fault.String(), func(t *testing.T) {
			e := newEcho(t, same)
			p := newProxy(t, faultnet.Options{Target: e.address, Framing: faultnet.FTP}, faultnet.Plan{At: 1, Fault: fault, Outage: true})
			first, in := dial(t, p.Address())
			_, err := talk(first, in, 2)
			require.Error(t, err)
			// A reset may come before the client knows that it is connected.
			if second, err := net.Dial("tcp", p.Address()); err == nil {
				_, err = talk(second, bufio.NewReader(second), 2)
				require.Error(t, err)
				require.NoError(t, second.Close())
			}
			p.Heal()
			c, in := dial(t, p.Address())
			answers, err := talk(c, in, 2)
			require.NoError(t, err)
			require.Len(t, answers, 2)
		})
	}
}

func TestSlow(t *testing.T) {
	e := newEcho(t, same)
	p := newProxy(t, faultnet.Options{Target: e.address, Framing: faultnet.FTP}, faultnet.Plan{At: 1, Fault: faultnet.Slow, Rate: 200})
	c, in := dial(t, p.Address())
	began := time.Now()
	_, err := io.WriteString(c, strings.Repeat("0123456789abcdefghi\n", 3)) // a tenth of a second each
	require.NoError(t, err)
	for range 3 {
		_, err = in.ReadString('\n')
		require.NoError(t, err)
	}
	require.Greater(t, time.Since(began), 200*time.Millisecond)
	p.Relent()
	began = time.Now()
	_, err = io.WriteString(c, strings.Repeat("x", 1000)+"\n")
	require.NoError(t, err)
	_, err = in.ReadString('\n')
	require.NoError(t, err)
	require.Less(t, time.Since(began), 4*time.Second)
}

// TestPassive: the client is led to a port of the proxy, and from there to the server's.
func TestPassive(t *testing.T) {
	for name, form := range map[string]func(port int) string{
		"EPSV": func(port int) string { return fmt.Sprintf("229 Entering (|||%d|)\r\n", port) },
		"PASV": func(port int) string { return fmt.Sprintf("227 Entering (127,0,0,1,%d,%d).\r\n", port>>8, port&0xff) },
	} {
		t.Run(name, func(t *testing.T) {
			data := newEcho(t, same)
			_, text, err := net.SplitHostPort(data.address)
			require.NoError(t, err)
			var port int
			_, err = fmt.Sscan(text, &port)
			require.NoError(t, err)
			e := newEcho(t, func(string) string { return form(port) })
			p := newProxy(t, faultnet.Options{Target: e.address, Framing: faultnet.FTP}, faultnet.Plan{})
			c, in := dial(t, p.Address())
			answers, err := talk(c, in, 1)
			require.NoError(t, err)
			var led int
			if name == "EPSV" {
				_, err = fmt.Sscanf(answers[0], "229 Entering (|||%d|)", &led)
			} else {
				var high, low int
				_, err = fmt.Sscanf(answers[0], "227 Entering (127,0,0,1,%d,%d).", &high, &low)
				led = high<<8 | low
			}
			require.NoError(t, err, answers[0])
			require.NotEqual(t, port, led)
			d, dataIn := dial(t, fmt.Sprintf("127.0.0.1:%d", led))
			_, err = talk(d, dataIn, 1)
			require.NoError(t, err)
			require.Equal(t, 4, p.Steps(), "data count too")
			_, err = net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", led))
			require.Error(t, err, "it was for one connection")
		})
	}
}

// TestDataPorts: each port of the server is found on the proxy's own address.
func TestDataPorts(t *testing.T) {
	e, data := newEcho(t, same), newEcho(t, func(line string) string { return line })
	_, text, err := net.SplitHostPort(data.address)
	require.NoError(t, err)
	var port int
	_, err = fmt.Sscan(text, &port)
	require.NoError(t, err)
	p, err := faultnet.New(faultnet.Options{Target: e.address, Host: "127.0.0.2", FirstData: port, LastData: port})
	if err != nil {
		t.Skipf("this system has no address 127.0.0.2: %v", err)
	}
	defer func() { require.NoError(t, p.Close()) }()
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.2:%d", port))
	require.NoError(t, err)
	defer c.Close()
	_, err = c.Write([]byte{23, 3, 3, 0, 2, 'a'}) // a record of TLS comes in two parts, and passes whole
	require.NoError(t, err)
	time.Sleep(20 * time.Millisecond)
	require.Zero(t, p.Steps())
	_, err = c.Write([]byte{'\n'})
	require.NoError(t, err)
	_, err = bufio.NewReader(c).ReadByte()
	require.NoError(t, err)
	require.Equal(t, 2, p.Steps())
}

// TestMessages: units as SMB has them, long ones in parts.
func TestMessages(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := newProxy(t, faultnet.Options{Target: l.Addr().String(), Framing: faultnet.Messages}, faultnet.Plan{})
	const long = 3<<20 + 5
	sent := append([]byte{0, 0, 0, 2, 'a', 'b', 0, 0, 0, 0, 0, byte(long >> 16), byte(long >> 8 & 0xff), byte(long & 0xff)}, make([]byte, long)...)
	done := make(chan []byte)
	go func() {
		defer close(done)
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		all, _ := io.ReadAll(c)
		done <- all
	}()
	c, _ := dial(t, p.Address())
	_, err = c.Write(sent)
	require.NoError(t, err)
	require.NoError(t, c.Close())
	require.Equal(t, sent, <-done)
	require.Equal(t, 2+4, p.Steps())
	require.NoError(t, l.Close())
}

func TestTargetThatIsNone(t *testing.T) {
	_, err := faultnet.New(faultnet.Options{Target: "nowhere"})
	require.ErrorContains(t, err, "target")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	p := newProxy(t, faultnet.Options{Target: l.Addr().String()}, faultnet.Plan{})
	c, err := net.Dial("tcp", p.Address())
	if err == nil { // the reset may come sooner
		_, err = c.Read(make([]byte, 1))
		_ = c.Close()
	}
	require.Error(t, err)
}
