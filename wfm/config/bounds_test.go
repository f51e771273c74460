package config_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm/config"
)

// TestProblemsAreBounded: a file that is no configuration does not fill the log.
func TestProblemsAreBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("version: 1\n")
	for i := range 5000 {
		fmt.Fprintf(&b, "key%d: 1\n", i)
	}
	_, err := config.Parse("many.yaml", []byte(b.String()))
	require.Error(t, err)
	require.Less(t, strings.Count(err.Error(), "\n"), 210)
	require.Contains(t, err.Error(), "more problems")
	require.Contains(t, err.Error(), "many.yaml:2: key0 is not a known key")
}

// TestLoadOfNothing says how to get a file.
func TestLoadOfNothing(t *testing.T) {
	_, err := config.Load(filepath.Join(t.TempDir(), "config.yaml"))
	require.ErrorContains(t, err, "cannot be read: it is not there; check the path, or let the program write one")
}

// TestOddSecretsAreNoted: what a file holds beside the secret is part of it, and hardly meant.
func TestOddSecretsAreNoted(t *testing.T) {
	for content, want := range map[string]string{"geheim\nmore\n": "holds more than one line", "geheim \n": "begins or ends with a blank", "geheim\r\n": "", "ge heim": ""} {
		_, b := build(t, folder(t, map[string]string{"config.yaml": liveOnly, "secrets/icws": content, "secrets/token": "x"}), nil)
		said := ""
		for _, n := range b.Notes {
			said += n.Error() + "\n"
		}
		require.NotContains(t, said, "geheim")
		if want == "" {
			require.NotContains(t, said, "secrets/icws", content)
			continue
		}
		require.Contains(t, said, want)
	}
}

// TestPlainICWSOnThisMachine is no remark: nobody is on the way.
func TestPlainICWSOnThisMachine(t *testing.T) {
	for hosts, remark := range map[string]bool{"127.0.0.1, localhost": false, "127.0.0.1, cic.example.com": true} {
		_, b := build(t, folder(t, map[string]string{"config.yaml": strings.Replace(liveOnly, "hosts: [cic.example.com]", "no-tls: true, hosts: ["+hosts+"]", 1),
			"secrets/icws": "x", "secrets/token": "x"}), nil)
		said := fmt.Sprint(b.Notes)
		require.Equal(t, remark, strings.Contains(said, "readable for anyone"), hosts)
	}
}
