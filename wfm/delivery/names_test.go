package delivery_test

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
)

func TestSafeName(t *testing.T) {
	for name, want := range map[string]string{
		"call_20181028_0100.txt":    "call_20181028_0100.txt",
		"Kundenservice München":     "Kundenservice München",
		"Sales/Support.txt":         "Sales%2FSupport.txt",
		`Sales\Support.txt`:         "Sales%5CSupport.txt",
		"Q&A: why?.txt":             "Q&A%3A why%3F.txt",
		`<"a"|*>`:                   "%3C%22a%22%7C%2A%3E",
		"100%.txt":                  "100%25.txt",
		"a%2Fb":                     "a%252Fb",
		"C:x":                       "C%3Ax",
		"../../etc/passwd":          "%2E%2E%2F..%2Fetc%2Fpasswd",
		`\\server\share`:            "%5C%5Cserver%5Cshare",
		".hidden":                   "%2Ehidden",
		" a ":                       "%20a%20",
		"a. .":                      "a%2E%20%2E",
		"...":                       "%2E%2E%2E",
		"   ":                       "%20%20%20",
		"a.b.c":                     "a.b.c",
		"CON":                       "%43ON",
		"con.txt":                   "%63on.txt",
		"Aux .tar.gz":               "%41ux .tar.gz",
		"nul:stream":                "nul%3Astream",
		"LPT1.log":                  "%4CPT1.log",
		"com¹":                      "%63om¹",
		"CONOUT$":                   "%43ONOUT$",
		"COM10.txt":                 "COM10.txt",
		"CONSUMER.txt":              "CONSUMER.txt",
		"COMa":                      "COMa",
		strings.Repeat("a", 255):    strings.Repeat("a", 255),
		strings.Repeat("ü", 127):    strings.Repeat("ü", 127),
		"東京 \U0001F4DE support.txt": "東京 \U0001F4DE support.txt",
	} {
		got, err := delivery.SafeName(name)
		require.NoError(t, err, "%q", name)
		require.Equal(t, want, got)
	}
}

func TestSafeNameRefuses(t *testing.T) {
	for name, want := range map[string]string{
		"": "is empty", ".": "names a folder", "..": "names a folder",
		"a\x00b": "control character", "a\nb": "control character", "a\x7f": "control character", "a\u0085b": "control character",
		"a\xff": "UTF-8", strings.Repeat("a", 256): "255 bytes", strings.Repeat("/", 86): "255 bytes",
		strings.Repeat("ü", 128): "255 bytes",
	} {
		safe, err := delivery.SafeName(name)
		require.ErrorContains(t, err, want, "%q", name)
		require.Empty(t, safe)
		require.Equal(t, wfm.BadConfig, wfm.KindOf(err))
		require.NotContains(t, err.Error(), "\n")
	}
	_, err := delivery.SafeName(strings.Repeat("\x01", 300))
	require.ErrorContains(t, err, "control character")
	require.ErrorContains(t, err, "255 bytes", "every problem is named")
}

// FuzzSafeName holds what is accepted to the rules of both systems, written down a second time.
func FuzzSafeName(f *testing.F) {
	for _, seed := range []string{"call.txt", "../x", "CON.txt", "a%2Fb", " . ", "a\x00", "\xff", "com¹.x", "nul ", "COM0:", ".x.12345678.12345678.part"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		safe, err := delivery.SafeName(name)
		if err != nil {
			return
		}
		back, err := url.PathUnescape(safe)
		require.NoError(t, err)
		require.Equal(t, name, back, "no two names may become one")
		require.LessOrEqual(t, len(safe), 255)
		require.LessOrEqual(t, len(utf16.Encode([]rune(safe))), 255)
		require.True(t, utf8.ValidString(safe))
		require.True(t, filepath.IsLocal(safe))
		require.Equal(t, safe, filepath.Base(safe))
		require.False(t, strings.ContainsAny(safe, `/\:*?"<>|`), safe)
		require.Equal(t, strings.Trim(safe, ". "), safe)
		for _, r := range safe {
			require.False(t, r < 0x20 || (r >= 0x7f && r < 0xa0))
		}
		base := strings.ToLower(strings.TrimSpace(strings.Split(safe, ".")[0]))
		require.NotContains(t, []string{"con", "prn", "aux", "nul", "conin$", "conout$", "com0", "com1", "com9", "lpt1", "lpt9", "com²", "lpt³"}, base)
		require.False(t, delivery.IsPartialName(safe))
		partial := delivery.PartialName(safe, wfm.DigestOf([]byte(name)))
		require.True(t, delivery.IsPartialName(partial), partial)
		require.LessOrEqual(t, len(partial), 255)
		require.True(t, utf8.ValidString(partial))
		require.True(t, filepath.IsLocal(partial))
	})
}

func TestPartialName(t *testing.T) {
	one, two := wfm.DigestOf([]byte("1")), wfm.DigestOf([]byte("2"))
	require.Equal(t, delivery.PartialName("call.txt", one), delivery.PartialName("call.txt", one))
	require.NotEqual(t, delivery.PartialName("call.txt", one), delivery.PartialName("call.txt", two))
	require.NotEqual(t, delivery.PartialName("call.txt", one), delivery.PartialName("call.tx", one))
	long := strings.Repeat("ü", 120)
	require.NotEqual(t, delivery.PartialName(long+"a", one), delivery.PartialName(long+"b", one))
	require.NotEqual(t, ".txt", filepath.Ext(delivery.PartialName("call.txt", one)))
	for _, foreign := range []string{"", ".part", ".a.part", "call.txt.part", ".call.txt.6b86b273.00000000.part", "call.txt", ".12345678.part"} {
		require.False(t, delivery.IsPartialName(foreign), foreign)
	}
	mine := delivery.PartialName("call.txt", one)
	require.False(t, delivery.IsPartialName(mine[1:]))
	require.False(t, delivery.IsPartialName(strings.Replace(mine, "call", "cali", 1)))
}

func ExampleSafeName() {
	name, err := delivery.SafeName("Sales/Support 50%.txt")
	fmt.Println(name, err)
	_, err = delivery.SafeName("..")
	fmt.Println(err)
	// Output:
	// Sales%2FSupport 50%25.txt <nil>
	// file name ".." names a folder; correct the file name in the layout
}
