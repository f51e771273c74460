package config

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{"0": 0, "0s": 0, "90s": 90 * time.Second, "10m": 10 * time.Minute, "48h": 48 * time.Hour,
		"400d": 400 * 24 * time.Hour, "1d12h30m": 36*time.Hour + 30*time.Minute, "1.5h": 90 * time.Minute} {
		got, ok := ParseDuration(text)
		require.True(t, ok, text)
		require.Equal(t, want, got.D(), text)
	}
	for _, text := range []string{"", "d", "10", "-1h", "+1h", "1d-1h", "1d+1h", "5days", "1h1d", "70000d", "1 h", "∞", "9223372036s9223372036s", "1e3s"} {
		_, ok := ParseDuration(text)
		require.False(t, ok, text)
	}
	for d, want := range map[time.Duration]string{0: "0s", 10 * time.Minute: "10m", time.Hour: "1h", 90 * time.Minute: "1h30m", 48 * time.Hour: "48h", 72 * time.Hour: "3d",
		100 * time.Second: "1m40s", 20 * time.Hour: "20h", 10 * time.Second: "10s", time.Hour + 10*time.Second: "1h0m10s"} {
		require.Equal(t, want, Duration(d).String())
	}
}

func TestDurationsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Duration(rapid.Int64Range(0, int64(65535*24*time.Hour)).Draw(t, "d"))
		got, ok := ParseDuration(d.String())
		if !ok || got != d {
			t.Fatalf("%d is written %q and read as %d", d, d, got)
		}
	})
}

func TestScalarsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		if text == "" {
			return
		}
		f := &findings{source: &source{name: "x", lines: map[string]int{}}}
		root := f.tree([]byte("version: " + scalar(text) + "\nlist: " + list([]string{text, "b"}) + "\n"))
		if root == nil {
			t.Fatalf("%q is written %s, which is refused: %v", text, scalar(text), sorted(f.list))
		}
		if root.Content[1].Value != text || root.Content[3].Content[0].Value != text || len(root.Content[3].Content) != 2 {
			t.Fatalf("%q is written %s", text, scalar(text))
		}
	})
}

func TestPaths(t *testing.T) {
	for _, c := range []struct{ system, path, want, reason string }{
		{"linux", "a/b", "/etc/wfm/a/b", ""},
		{"linux", "../b", "/etc/b", ""},
		{"linux", "/a/../b", "/a/../b", ""}, // as the administrator wrote it: a may be a link
		{"linux", `C:\wfm`, "", "is a Windows path"},
		{"linux", `\\files\wfm`, "", "is a Windows path"},
		{"linux", "", "", ""},
		{"windows", `C:\wfm\out`, `C:\wfm\out`, ""},
		{"windows", `c:/wfm/out`, `c:/wfm/out`, ""},
		{"windows", `\\files\wfm`, `\\files\wfm`, ""},
		{"windows", `//files/wfm`, `//files/wfm`, ""},
		{"windows", `\wfm`, "", "has no drive letter"},
		{"windows", `/wfm`, "", "has no drive letter"},
		{"windows", `C:wfm`, "", "depends on the present folder"},
		{"windows", `C:`, "", "depends on the present folder"},
	} {
		if runtime.GOOS == "windows" && c.system != "windows" {
			continue // filepath.Join writes backslashes there
		}
		whole, reason := resolve(c.system, "/etc/wfm", c.path)
		require.Equal(t, c.want, whole, "%+v", c)
		require.Contains(t, reason, c.reason)
		require.Equal(t, c.reason == "", reason == "")
	}
}

func TestNearest(t *testing.T) {
	names := []string{"look-back", "delay", "destinations", "zone"}
	for word, want := range map[string]string{"lookback": "look-back", "look_back": "look-back", "Delay": "delay", "destination": "destinations", "zoen": "zone",
		"colour": "", "x": "", "15m": ""} {
		require.Equal(t, want, nearest(word, names), word)
	}
	require.Equal(t, 1, distance("ab", "ba"))
	require.Equal(t, 3, distance("", "abc"))
	require.Equal(t, "add one", meant("x", nil, "add one"))
}

// TestDefaultsAreOfTheirType: every default and bound in a tag can be read as a value of its field.
func TestDefaultsAreOfTheirType(t *testing.T) {
	require.Equal(t, Duration(30*time.Second), filled(Instance{}).Lease)
	require.Equal(t, "127.0.0.1:9464", filled(Service{}).Listen)
	l := filled(Log{})
	require.Equal(t, Log{Level: "info", Format: "text", Size: 50, Keep: 10, MaxAge: Duration(90 * 24 * time.Hour)}, l)
	require.Equal(t, "true", filled(Database{Kind: "sqlserver"}).Encrypt)
	require.Empty(t, filled(Database{Kind: "oracle"}).Encrypt)
	require.Equal(t, 256, filled(Destination{Kind: "tcp-listen"}).MaxReceivers)
	require.Zero(t, filled(Destination{Kind: "tcp"}).MaxReceivers)
	require.Equal(t, "explicit", filled(Destination{Kind: "ftp"}).Security)
}
