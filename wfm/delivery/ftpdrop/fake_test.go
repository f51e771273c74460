package ftpdrop_test

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery/ftpdrop"
)

// What a script may do besides answering.
const (
	stall = "\x00stall" // say nothing until the client hangs up
	hang  = "\x00hang"  // hang up
)

// fake is an FTP server whose every answer a test can replace. It keeps files in memory.
type fake struct {
	listener net.Listener
	// script returns what the server answers to a command, or "" for what it would answer itself. For a transfer it
	// replaces the closing answer, under the name "done STOR".
	script script

	mu       sync.Mutex
	files    map[string]string
	commands []string
	features []string
	open     map[net.Conn]bool
	running  sync.WaitGroup
}

// script is called under the fake's lock.
type script func(f *fake, command, argument string) string

func newFake(t testing.TB, answers script) (*fake, ftpdrop.Options) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	if answers == nil {
		answers = func(*fake, string, string) string { return "" }
	}
	f := &fake{listener: l, script: answers, files: map[string]string{}, open: map[net.Conn]bool{}, features: []string{"UTF8", "SIZE", "MDTM"}}
	f.running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			f.running.Go(func() { f.serve(conn) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		f.mu.Lock()
		for c := range f.open {
			_ = c.Close()
		}
		f.mu.Unlock()
		f.running.Wait()
	})
	return f, ftpdrop.Options{Address: l.Addr().String(), User: "wfm", Password: wfm.NewSecret(password), Security: ftpdrop.Plain}
}

// keep closes a connection with the test.
func (f *fake) keep(c net.Conn) func() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open[c] = true
	return func() {
		_ = c.Close()
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.open, c)
	}
}

// set changes the script.
func (f *fake) set(answers script) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.script = answers
}

func (f *fake) put(files map[string]string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	maps.Copy(f.files, files)
}

func (f *fake) names() map[string]string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.files)
}

func (f *fake) log() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.commands)
}

func (f *fake) serve(conn net.Conn) {
	defer f.keep(conn)()
	in := bufio.NewReader(conn)
	var data net.Listener
	defer func() {
		if data != nil {
			_ = data.Close()
		}
	}()
	var from string
	say := func(text string) bool {
		switch text {
		case stall:
			_, _ = io.Copy(io.Discard, in)
			return false
		case hang:
			return false
		}
		_, err := io.WriteString(conn, strings.TrimSuffix(text, "\r\n")+"\r\n")
		return err == nil
	}
	ask := func(command, argument string) string {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.script(f, command, argument)
	}
	if greeting := ask("greeting", ""); !say(either(greeting, "220 ready")) {
		return
	}
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSuffix(line, "\r\n")
		command, argument, _ := strings.Cut(line, " ")
		f.mu.Lock()
		f.commands = append(f.commands, line)
		f.mu.Unlock()
		if scripted := ask(command, argument); scripted != "" {
			if !say(scripted) {
				return
			}
			continue
		}
		if command == "EPSV" || command == "PASV" {
			if data, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
				return
			}
			port := data.Addr().(*net.TCPAddr).Port
			text := fmt.Sprintf("229 ok (|||%d|)", port)
			if command == "PASV" {
				text = fmt.Sprintf("227 ok (10,0,0,1,%d,%d)", port>>8, port&255) // an address that must not be believed
			}
			if !say(text) {
				return
			}
			continue
		}
		if command == "STOR" || command == "RETR" || command == "LIST" || command == "NLST" {
			first, last := f.transfer(command, argument, data, say)
			if !first || !say(either(ask("done "+command, argument), last)) {
				return
			}
			continue
		}
		if !say(f.answer(command, argument, &from)) || command == "QUIT" {
			return
		}
	}
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (f *fake) answer(command, argument string, from *string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	content, there := f.files[argument]
	switch command {
	case "USER":
		return "331 password"
	case "PASS":
		return "230 welcome"
	case "FEAT":
		return "211-features\r\n " + strings.Join(f.features, "\r\n ") + "\r\n211 end"
	case "CWD", "DELE", "RNTO":
		switch {
		case command == "DELE" && !there:
			return "550 no such file"
		case command == "DELE":
			delete(f.files, argument)
		case command == "RNTO":
			f.files[argument] = f.files[*from]
			delete(f.files, *from)
		}
		return "250 ok"
	case "SIZE":
		if !there {
			return "550 no such file"
		}
		return fmt.Sprintf("213 %d", len(content))
	case "MDTM":
		return "213 " + time.Now().UTC().Format("20060102150405")
	case "RNFR":
		*from = argument
		if !there {
			return "550 no such file"
		}
		return "350 to what"
	case "TYPE", "OPTS", "NOOP", "PBSZ", "PROT":
		return "200 ok"
	case "QUIT":
		return "221 bye"
	}
	return "502 unknown"
}

// transfer does what goes over a data connection, and returns the last answer.
func (f *fake) transfer(command, argument string, listener net.Listener, say func(string) bool) (goOn bool, last string) {
	f.mu.Lock()
	content, there := f.files[argument]
	var list strings.Builder
	for name, c := range f.files {
		if command == "LIST" {
			fmt.Fprintf(&list, "-rw-r--r--   1 wfm  wfm  %d Jan  2 2020 %s\r\n", len(c), name)
		} else {
			list.WriteString(name + "\r\n")
		}
	}
	f.mu.Unlock()
	if command == "RETR" && !there {
		return true, "550 no such file"
	}
	if listener == nil {
		return true, "425 no data connection"
	}
	defer listener.Close()
	if !say("150 go on") {
		return false, ""
	}
	_ = listener.(*net.TCPListener).SetDeadline(time.Now().Add(30 * time.Second))
	data, err := listener.Accept()
	if err != nil {
		return true, "425 no data connection"
	}
	defer f.keep(data)()
	switch command {
	case "STOR":
		received, _ := io.ReadAll(data)
		f.mu.Lock()
		f.files[argument] = string(received)
		f.mu.Unlock()
	case "RETR":
		_, _ = io.WriteString(data, content)
	default:
		_, _ = io.WriteString(data, list.String())
	}
	return true, "226 done"
}
