package oracle_test

import (
	"net"
	"testing"

	"go.uber.org/goleak"

	"github.com/cicwfm/cicwfm/historical/cicsql/internal/leaftest"
	"github.com/cicwfm/cicwfm/historical/cicsql/oracle"
	"github.com/cicwfm/cicwfm/wfm/sqlconn/sqlconntest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestErrorsHideThePassword(t *testing.T) {
	leaftest.HidesPassword(t, oracle.Open, "oracle://sa:geheim%zz@host/x", "sqlserver://sa:geheim@host",
		"oracle://sa:geheim@host:port/x", "oracle://sa:geheim@host/x?a=%zz", "geheim")
}

func TestRefusingServer(t *testing.T) {
	// Nothing listens on the discard port of the loopback.
	leaftest.RefusingServer(t, oracle.Open, "oracle://sa:geheim@127.0.0.1:9/service")
}

func TestSilentServer(t *testing.T) {
	accept := []byte{0, 40, 0, 0, 2, 0, 0, 0, 1, 0x39} // ten bytes of a packet of 40
	leaftest.SilentServer(t, oracle.Open, func(address string) string { return "oracle://sa:geheim@" + address + "/service" }, map[string]func(net.Conn){
		"nothing":        sqlconntest.Silent,
		"half an answer": sqlconntest.Says(accept),
	})
}

func TestIntegration(t *testing.T) { leaftest.RealServer(t, oracle.Open, "CICWFM_TEST_ORACLE_DSN") }
