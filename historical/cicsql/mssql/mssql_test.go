package mssql_test

import (
	"testing"

	"github.com/cicwfm/cicwfm/historical/cicsql/internal/leaftest"
	"github.com/cicwfm/cicwfm/historical/cicsql/mssql"
)

func TestErrorsHideThePassword(t *testing.T) {
	leaftest.HidesPassword(t, mssql.Open, "sqlserver://sa:geheim%zz@host", "sqlserver://sa:geheim@host?encrypt=sometimes",
		"sqlserver://sa:geheim@host:port", "geheim", "host/geheim")
}

func TestSilentServer(t *testing.T) {
	// Nothing listens on the discard port of the loopback.
	leaftest.SilentServer(t, mssql.Open, "sqlserver://sa:geheim@127.0.0.1:9?dial+timeout=2")
}

func TestIntegration(t *testing.T) { leaftest.RealServer(t, mssql.Open, "CICWFM_TEST_SQLSERVER_DSN") }
