package mssql_test

import (
	"net"
	"testing"

	"go.uber.org/goleak"

	"github.com/cicwfm/cicwfm/historical/cicsql/internal/leaftest"
	"github.com/cicwfm/cicwfm/historical/cicsql/mssql"
	"github.com/cicwfm/cicwfm/wfm/sqlconn/sqlconntest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestErrorsHideThePassword(t *testing.T) {
	leaftest.HidesPassword(t, mssql.Open, "sqlserver://sa:geheim%zz@host", "sqlserver://sa:geheim@host?encrypt=sometimes",
		"sqlserver://sa:geheim@host:port", "geheim", "host/geheim")
}

func TestRefusingServer(t *testing.T) {
	// Nothing listens on the discard port of the loopback.
	leaftest.RefusingServer(t, mssql.Open, "sqlserver://sa:geheim@127.0.0.1:9?dial+timeout=2")
}

func TestSilentServer(t *testing.T) {
	leaftest.SilentServer(t, mssql.Open, func(address string) string { return "sqlserver://sa:geheim@" + address + "?encrypt=disable" }, map[string]func(net.Conn){
		"nothing":        sqlconntest.Silent,
		"half an answer": sqlconntest.Says(sqlconntest.Prelogin()[:12]),
		"in a query":     sqlconntest.SQLServer(0),
	})
}

func TestIntegration(t *testing.T) { leaftest.RealServer(t, mssql.Open, "CICWFM_TEST_SQLSERVER_DSN") }
