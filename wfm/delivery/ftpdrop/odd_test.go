package ftpdrop_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/ftpdrop"
)

// TestOddServers deliver all the same: a file, a replacement of it, a probe of both and a check.
func TestOddServers(t *testing.T) {
	for name, c := range map[string]struct {
		script   script
		features []string
		options  func(*ftpdrop.Options)
		replaces bool // it refuses to rename over a file
	}{
		"as the RFC says": {},
		"250 for 226":     {script: func(f *fake, c, a string) string { return on("done STOR", "250 done")(f, c, a) }},
		"200 for 250": {script: func(f *fake, c, a string) string {
			if c == "DELE" && f.files[a] != "" {
				delete(f.files, a)
				return "200 ok"
			}
			if c == "RNTO" {
				from := strings.TrimPrefix(f.commands[len(f.commands)-2], "RNFR ")
				f.files[a] = f.files[from]
				delete(f.files, from)
				return "200 ok"
			}
			return on("CWD", "200 ok")(f, c, a)
		}},
		"no SIZE, MLST": {features: []string{"MLST size*;type*;"}, script: func(f *fake, c, a string) string {
			if content, there := f.files[a]; c == "MLST" && there {
				return fmt.Sprintf("250-entry\r\n type=file;size=%d; %s\r\n250 end", len(content), a)
			} else if c == "MLST" {
				return "550 no"
			}
			return on("SIZE", "502 no")(f, c, a)
		}},
		"no SIZE, LIST": {features: []string{}, script: func(f *fake, c, a string) string { return on("SIZE", "500 no")(f, c, a) }},
		"no SIZE, NLST": {features: []string{}, script: func(f *fake, c, a string) string {
			return on("LIST", "502 no")(f, c, a) + on("SIZE", "502 no")(f, c, a)
		}},
		"no SIZE, and an empty list": {features: []string{}, script: func(f *fake, c, a string) string {
			return on("LIST", "502 no")(f, c, a) + on("NLST", "550 no files")(f, c, a) + on("SIZE", "502 no")(f, c, a)
		}},
		"SIZE in words": {script: func(f *fake, c, a string) string { return on("SIZE", "213 seven bytes")(f, c, a) }},
		"no FEAT":       {script: func(f *fake, c, a string) string { return on("FEAT", "500 what")(f, c, a) }},
		"no UTF8":       {script: func(f *fake, c, a string) string { return on("OPTS", "501 no")(f, c, a) }},
		"no EPSV":       {script: func(f *fake, c, a string) string { return on("EPSV", "500 no")(f, c, a) }},
		"PASV alone": {script: func(f *fake, c, a string) string { return on("EPSV", hang)(f, c, a) },
			options: func(o *ftpdrop.Options) { o.NoEPSV = true }},
		"no overwriting": {replaces: true, script: func(f *fake, c, a string) string {
			if _, there := f.files[a]; there && (c == "STOR" || c == "RNTO") {
				return "550 File exists"
			}
			return ""
		}},
		"reads back": {options: func(o *ftpdrop.Options) { o.ReadBack = true }},
		"no idle":    {options: func(o *ftpdrop.Options) { o.Idle = -1 }},
	} {
		t.Run(name, func(t *testing.T) {
			f, o := newFake(t, c.script)
			if c.features != nil {
				f.mu.Lock()
				f.features = c.features
				f.mu.Unlock()
			}
			o.Folder = "in"
			if c.options != nil {
				c.options(&o)
			}
			d := open(t, o)
			require.NoError(t, d.Check(t.Context()))
			require.Empty(t, f.names())
			for _, content := range []string{"old content", "new", ""} {
				a := call(content)
				// Debris of an attempt that was cut off.
				f.put(map[string]string{delivery.PartialName("call.txt", a.Digest()): "debr"})
				_, err := d.Deliver(t.Context(), a)
				require.NoError(t, err)
				require.Equal(t, map[string]string{"call.txt": content}, f.names())
				_, landed, err := d.Probe(t.Context(), a)
				require.NoError(t, err)
				require.True(t, landed)
				_, landed, err = d.Probe(t.Context(), call("other"))
				require.NoError(t, err)
				require.False(t, landed)
			}
			_, landed, err := d.Probe(t.Context(), wfm.Artifact{Name: "missing"})
			require.NoError(t, err)
			require.False(t, landed)
			deletes := 0
			for _, line := range f.log() {
				if line == "DELE call.txt" {
					deletes++
				}
			}
			require.Zero(t, deletes, "a finished file is never deleted")
		})
	}
}

// TestTruncatingServer confirms what it did not keep: nothing gets the name.
func TestTruncatingServer(t *testing.T) {
	for name, reason := range map[string]string{"cut": "has 4 bytes of 7", "gone": "does not have it", "changed": "other content"} {
		t.Run(name, func(t *testing.T) {
			f, o := newFake(t, func(f *fake, command, argument string) string {
				if command == "done STOR" {
					switch name {
					case "cut":
						f.files[argument] = f.files[argument][:4]
					case "gone":
						delete(f.files, argument)
					case "changed":
						f.files[argument] = strings.ToUpper(f.files[argument])
					}
				}
				return ""
			})
			f.put(map[string]string{"call.txt": "old"})
			o.ReadBack = name == "changed"
			_, err := open(t, o).Deliver(t.Context(), call("content"))
			require.ErrorContains(t, err, reason)
			retry, _ := wfm.ShouldRetry(err)
			require.True(t, retry)
			require.Equal(t, map[string]string{"call.txt": "old"}, f.names())
		})
	}
}

// TestReplacingFails: where the server refuses both to replace the file and to take the new one, the old one is back.
func TestReplacingFails(t *testing.T) {
	tries := 0
	f, o := newFake(t, func(_ *fake, command, argument string) string {
		if command == "RNTO" && argument == "call.txt" {
			tries++
			if tries <= 2 {
				return "553 no"
			}
		}
		return ""
	})
	f.put(map[string]string{"call.txt": "old"})
	_, err := open(t, o).Deliver(t.Context(), call("new"))
	require.Equal(t, wfm.NoPermission, wfm.KindOf(err))
	f.mu.Lock()
	require.Equal(t, 3, tries)
	f.mu.Unlock()
	require.Equal(t, map[string]string{"call.txt": "old"}, f.names())
}

// TestPartialFileTakenAwayWhileReplacing: the same in the middle of a rename in two steps. The old file is put back.
func TestPartialFileTakenAwayWhileReplacing(t *testing.T) {
	f, o := newFake(t, func(f *fake, command, argument string) string {
		_, there := f.files[argument]
		switch {
		case command == "RNTO" && there:
			return "550 File exists"
		case command == "RNTO" && delivery.IsPartialName(argument): // the old file steps aside
			for name := range f.files {
				if delivery.IsPartialName(name) {
					delete(f.files, name)
				}
			}
		}
		return ""
	})
	f.put(map[string]string{"call.txt": "old"})
	_, err := open(t, o).Deliver(t.Context(), call("new"))
	require.ErrorContains(t, err, "the partial file is gone")
	require.Equal(t, wfm.Unavailable, wfm.KindOf(err))
	require.Equal(t, map[string]string{"call.txt": "old"}, f.names())
}

// TestPartialFileTakenAway between the comparison and the rename, as the next holder of a lease does.
func TestPartialFileTakenAway(t *testing.T) {
	f, o := newFake(t, nil)
	a := call("content")
	_, err := open(t, o).DeliverFenced(t.Context(), a, delivery.Fence{Token: 7, Held: func(context.Context) error {
		f.mu.Lock()
		defer f.mu.Unlock()
		clear(f.files)
		return nil
	}})
	require.ErrorContains(t, err, "the partial file is gone")
	require.Equal(t, wfm.Unavailable, wfm.KindOf(err))
	require.Empty(t, f.names())
}

// TestRenameThatOnlyClaims: a success that is not the expected one is looked at.
func TestRenameThatOnlyClaims(t *testing.T) {
	f, o := newFake(t, on("RNFR", "250 done"))
	_, err := open(t, o).Deliver(t.Context(), call("content"))
	require.Error(t, err)
	require.Empty(t, f.names())
}

// TestStallsEndWithTheContext: whatever the server leaves unanswered, the call ends soon after its context, nothing stands
// under the name, and the next attempt leaves the file alone.
func TestStallsEndWithTheContext(t *testing.T) {
	for _, command := range []string{"greeting", "USER", "PASS", "FEAT", "TYPE", "OPTS", "CWD", "EPSV", "STOR", "done STOR", "SIZE", "RNFR", "RNTO"} {
		t.Run(command, func(t *testing.T) {
			reached := make(chan struct{}, 1)
			stalled := false
			f, o := newFake(t, func(_ *fake, c, _ string) string {
				if c != command || stalled {
					return ""
				}
				stalled = true
				reached <- struct{}{}
				return stall
			})
			o.Folder = "in"
			d := open(t, o)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			ended := make(chan error, 1)
			go func() {
				_, err := d.Deliver(ctx, call("content"))
				ended <- err
			}()
			<-reached
			time.Sleep(10 * time.Millisecond)
			cancel()
			began := time.Now()
			err := <-ended
			require.Less(t, time.Since(began), 30*time.Second, "far less than the time limit of a delivery")
			require.ErrorIs(t, err, context.Canceled)
			require.Equal(t, wfm.LossOfInterest, wfm.KindOf(err))
			require.NotContains(t, f.names(), "call.txt")
			_, err = d.Deliver(t.Context(), call("content"))
			require.NoError(t, err, "the next attempt works")
			require.Equal(t, map[string]string{"call.txt": "content"}, f.names())
		})
	}
}

// TestStallEndsWithTheTimeout: the same by the drop's own limit, which asks for another attempt.
func TestStallEndsWithTheTimeout(t *testing.T) {
	_, o := newFake(t, on("SIZE", stall))
	o.Timeout = 50 * time.Millisecond
	_, err := open(t, o).Deliver(t.Context(), call("content"))
	require.Equal(t, wfm.Unavailable, wfm.KindOf(err))
	retry, _ := wfm.ShouldRetry(err)
	require.True(t, retry)
	require.ErrorContains(t, err, "did not answer in 50ms")
}

// TestUploadThatIsNotTaken is cancelled while the server reads nothing: the buffers of both sides are full.
func TestUploadThatIsNotTaken(t *testing.T) {
	for name, security := range securities {
		t.Run(name, func(t *testing.T) {
			o, dir, _ := serve(t, security, func(d *inProcess) { d.fs = blocked{d.fs, t.Context()} })
			d := open(t, o)
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			began := time.Now()
			_, err := d.Deliver(ctx, wfm.Artifact{Name: "big", Bytes: make([]byte, 64<<20)})
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.Less(t, time.Since(began), 30*time.Second)
			_, err = os.Stat(filepath.Join(dir, "big"))
			require.ErrorIs(t, err, os.ErrNotExist)
		})
	}
}

// TestNoCommandIsSmuggled: what could end a command's line comes no further than New, or the log-in.
func TestNoCommandIsSmuggled(t *testing.T) {
	f, o := newFake(t, nil)
	for _, bad := range []string{"a\r\nDELE b", "a\nDELE b", "a\rb", "a\x00b", "\xff\xf4", "a\u0085b", strings.Repeat("a", 1001)} {
		for name, change := range map[string]func(*ftpdrop.Options){
			"folder":   func(o *ftpdrop.Options) { o.Folder = bad },
			"user":     func(o *ftpdrop.Options) { o.User = bad },
			"password": func(o *ftpdrop.Options) { o.Password = wfm.NewSecret(bad) },
		} {
			changed := o
			change(&changed)
			_, err := ftpdrop.New(changed)
			require.ErrorContains(t, err, name)
			require.NotContains(t, err.Error(), "\n")
		}
		changed := o
		changed.User, changed.Password = "", wfm.Secret{}
		changed.Credentials = func(context.Context) (string, wfm.Secret, error) { return "wfm", wfm.NewSecret(bad), nil }
		_, err := open(t, changed).Deliver(t.Context(), call("x"))
		require.ErrorContains(t, err, "password")
		_, err = open(t, o).Deliver(t.Context(), wfm.Artifact{Name: bad, Bytes: []byte("x")})
		if len(bad) < 255 {
			require.Error(t, err, "%q", bad)
		}
	}
	require.Empty(t, f.log())
	for _, odd := range []string{"-rf", "~root", "a  b", "#x", "'q'", "$(x)", "東京 ü", "[a]", "%s %d", "{}"} {
		_, err := open(t, o).Deliver(t.Context(), wfm.Artifact{Name: odd, Bytes: []byte(odd)})
		require.NoError(t, err, odd)
	}
	for _, line := range f.log() {
		require.NotContains(t, line, "\r")
		require.Contains(t, []string{"USER", "PASS", "FEAT", "TYPE", "OPTS", "EPSV", "STOR", "SIZE", "RNFR", "RNTO", "NOOP", "QUIT"}, strings.Fields(line)[0])
	}
}

func TestCredentialsAreAskedAtEachLogin(t *testing.T) {
	f, o := newFake(t, nil)
	asked := 0
	o.User, o.Password, o.Idle = "", wfm.Secret{}, -1
	o.Credentials = func(context.Context) (string, wfm.Secret, error) {
		asked++
		if asked == 3 {
			return "", wfm.Secret{}, errors.New("the vault is shut")
		}
		return fmt.Sprintf("user %d", asked), wfm.NewSecret(fmt.Sprintf("secret %d", asked)), nil
	}
	d := open(t, o)
	for range 2 {
		_, err := d.Deliver(t.Context(), call("x"))
		require.NoError(t, err)
	}
	require.Contains(t, f.log(), "USER user 1")
	require.Contains(t, f.log(), "PASS secret 2")
	_, err := d.Deliver(t.Context(), call("x"))
	require.ErrorContains(t, err, "the vault is shut")
	require.Equal(t, wfm.NoPermission, wfm.KindOf(err))
	o.Credentials = func(context.Context) (string, wfm.Secret, error) { return "", wfm.Secret{}, nil }
	require.ErrorContains(t, open(t, o).Check(t.Context()), "user is missing")
}
