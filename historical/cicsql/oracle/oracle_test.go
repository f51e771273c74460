package oracle_test

import (
	"testing"

	"github.com/cicwfm/cicwfm/historical/cicsql/internal/leaftest"
	"github.com/cicwfm/cicwfm/historical/cicsql/oracle"
)

func TestErrorsHideThePassword(t *testing.T) {
	leaftest.HidesPassword(t, oracle.Open, "oracle://sa:geheim%zz@host/x", "sqlserver://sa:geheim@host",
		"oracle://sa:geheim@host:port/x", "oracle://sa:geheim@host/x?a=%zz", "geheim")
}

func TestSilentServer(t *testing.T) {
	// Nothing listens on the discard port of the loopback.
	leaftest.SilentServer(t, oracle.Open, "oracle://sa:geheim@127.0.0.1:9/service")
}

func TestIntegration(t *testing.T) { leaftest.RealServer(t, oracle.Open, "CICWFM_TEST_ORACLE_DSN") }
