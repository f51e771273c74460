package ftpdrop_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/ftpdrop"
)

// TestExpelWhereTheListHides removes what it can compute, and does not mistake a refusal for a file that is not there.
func TestExpelWhereTheListHides(t *testing.T) {
	f, o := newFake(t, func(f *fake, c, a string) string {
		return on("LIST", "550 no files")(f, c, a) + on("NLST", "550 no files")(f, c, a)
	})
	a := call("content")
	d := open(t, o)
	put := func(token int64) string {
		name := delivery.Fence{Token: token}.PartialName("call.txt", a.Digest())
		f.put(map[string]string{name: "x"})
		return name
	}
	for _, token := range []int64{0, 3, 10, 11, 12} {
		put(token)
	}
	far := delivery.Fence{Token: 3}.PartialName("call.txt", a.Digest())
	mine := delivery.Fence{Token: 12}.PartialName("call.txt", a.Digest())
	n, err := d.Expel(t.Context(), a, 12)
	require.NoError(t, err)
	require.Equal(t, 3, n)
	require.Equal(t, map[string]string{far: "x", mine: "x"}, f.names(), "what is too far back cannot be computed")
	f.set(func(*fake, string, string) string { return "" })
	n, err = d.Expel(t.Context(), a, 12)
	require.NoError(t, err)
	require.Equal(t, 1, n, "a list that shows it finds it")
	put(11)
	f.set(on("DELE", "550 denied"))
	_, err = d.Expel(t.Context(), a, 12)
	require.Equal(t, wfm.NoPermission, wfm.KindOf(err))
}

// TestCleanPartialsByTheServersClock: the ages are right whatever zone or time the server lives in.
func TestCleanPartialsByTheServersClock(t *testing.T) {
	for _, ahead := range []time.Duration{0, 7 * time.Hour, -7 * time.Hour} {
		t.Run(ahead.String(), func(t *testing.T) {
			old, fresh := delivery.PartialName("old.txt", wfm.DigestOf(nil)), delivery.PartialName("fresh.txt", wfm.DigestOf(nil))
			f, o := newFake(t, func(_ *fake, c, a string) string {
				if c != "MDTM" {
					return ""
				}
				at := time.Now().UTC().Add(ahead)
				if a == old {
					at = at.Add(-2 * time.Hour)
				}
				return "213 " + at.Format("20060102150405")
			})
			f.put(map[string]string{old: "o", fresh: "f", "call.txt": "c", ".foreign.part": "p"})
			n, err := open(t, o).CleanPartials(t.Context(), time.Hour)
			require.NoError(t, err)
			require.Equal(t, 1, n)
			require.Equal(t, map[string]string{fresh: "f", "call.txt": "c", ".foreign.part": "p"}, f.names())
		})
	}
	t.Run("it does not tell", func(t *testing.T) {
		old := delivery.PartialName("old.txt", wfm.DigestOf(nil))
		f, o := newFake(t, on("MDTM", "213 yesterday"))
		f.put(map[string]string{old: "o"})
		n, err := open(t, o).CleanPartials(t.Context(), time.Hour)
		require.NoError(t, err)
		require.Zero(t, n)
		require.Equal(t, map[string]string{old: "o"}, f.names())
	})
}

func TestNewRefuses(t *testing.T) {
	_, err := ftpdrop.New(ftpdrop.Options{Security: 9, Folder: " in", Timeout: -1, ConnectTimeout: -1, Sessions: -1, MinTLS: 772, MaxTLS: 771,
		TLS: &delivery.TLSOptions{CertFile: "x"}})
	for _, want := range []string{"security", "address", "folder", "user is missing", "timeout", "connect timeout", "sessions", "above the newest", "no key"} {
		require.ErrorContains(t, err, want)
	}
	_, err = ftpdrop.New(ftpdrop.Options{Address: "h", User: "u", MinTLS: 769, MaxTLS: 770})
	require.ErrorContains(t, err, "TLS 1.0")
	require.ErrorContains(t, err, "TLS 1.1")
	_, err = ftpdrop.New(ftpdrop.Options{Address: "h", User: "u", Security: ftpdrop.Plain, MaxTLS: 772})
	require.ErrorContains(t, err, "no meaning for plain FTP")
	_, err = ftpdrop.New(ftpdrop.Options{Address: "h", User: "u", Credentials: func(context.Context) (string, wfm.Secret, error) { return "", wfm.Secret{}, nil }})
	require.ErrorContains(t, err, "given twice")
}

func TestPlainPasswordsAreWarnedOf(t *testing.T) {
	for address, warned := range map[string]bool{"ftp.example.com": true, "192.0.2.1:2121": true, "2001:db8::1": true, "127.0.0.1": false, "[::1]:21": false, "localhost": false} {
		for _, security := range []ftpdrop.Security{ftpdrop.Plain, ftpdrop.Explicit} {
			log := &lockedText{}
			d, err := ftpdrop.New(ftpdrop.Options{Address: address, User: "wfm", Password: wfm.NewSecret(password), Security: security, Logger: logTo(log)})
			require.NoError(t, err, address)
			want := 0
			if warned && security == ftpdrop.Plain {
				want = 1
			}
			require.Len(t, d.Notes(), want, address)
			require.Equal(t, want, strings.Count(log.String(), "without encryption"), address)
			require.NotContains(t, fmt.Sprint(d.Notes(), log), password)
		}
	}
}

// FuzzAnswers plays a server that answers every command with foreign bytes: each call ends, with an error of one short
// line.
func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{"220 ok\r\n", "227 )1,2,3,4,5,6(\r\n", "229 (|||99999|)\r\n", "250-a\r\n type=file;size=-1; x\r\n250 b\r\n", "213 -5\r\n", "\x00\xff",
		"220-\r\n220 x\r\n331 x\r\n230 x\r\n211-\r\n MLST\r\n211 e\r\n200 x\r\n", "220 a\r\n331 a\r\n230 a\r\n500 a\r\n200 a\r\n550 a\r\n550 a\r\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, answers []byte) {
		lines := strings.SplitAfter(string(answers), "\n")
		next := 0
		_, o := newFake(t, func(*fake, string, string) string {
			if next == len(lines) {
				return hang
			}
			next++
			// A line end is always there: what lacks it is a stall, which other tests try.
			return strings.TrimSuffix(strings.TrimSuffix(lines[next-1], "\n"), "\r") + "\r\n"
		})
		o.Timeout, o.Idle = 500*time.Millisecond, -1
		_, err := open(t, o).Deliver(t.Context(), call("content"))
		if err != nil {
			require.Less(t, len(err.Error()), 1000)
			require.NotContains(t, err.Error(), "\n")
			require.NotContains(t, err.Error(), password)
		}
	})
}
