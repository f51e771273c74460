package config_test

import (
	"flag"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cicwfm/cicwfm/wfm/config"
	"github.com/cicwfm/cicwfm/wfm/config/standard"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

func registries(t testing.TB) config.Registries {
	t.Helper()
	r, err := standard.Registries()
	require.NoError(t, err)
	return r
}

// environment has the variables that cases name.
func environment(name string) (string, bool) {
	value, ok := map[string]string{"CICWFM_TEST_PASSWORD": "geheim", "CICWFM_ICWS_PASSWORD": "geheim", "SSH_AUTH_SOCK": "/run/agent", "EMPTY": ""}[name]
	return value, ok
}
