package mssql_test

import (
	"context"
	"database/sql"
	"net"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	driver "github.com/microsoft/go-mssqldb"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/ledger"
	"github.com/cicwfm/cicwfm/wfm/ledger/ledgertest"
	"github.com/cicwfm/cicwfm/wfm/ledger/sqlledger"
	"github.com/cicwfm/cicwfm/wfm/ledger/sqlledger/internal/standin"
	"github.com/cicwfm/cicwfm/wfm/ledger/sqlledger/mssql"
	"github.com/cicwfm/cicwfm/wfm/sqlconn/sqlconntest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server imitates what SQL Server does otherwise: it takes texts that differ only in trailing blanks
// for the same, as SQLite's collation RTRIM does.
func server(t testing.TB) *standin.Server {
	t.Helper()
	placeholder := regexp.MustCompile(`@p(\d+)`)
	limit := regexp.MustCompile(`OFFSET 0 ROWS FETCH NEXT (\d+) ROWS ONLY`)
	after := regexp.MustCompile(`REPLACE\(CONVERT\(nvarchar\(27\), DATEADD\(millisecond, CAST\((\?\d+) AS int\), SYSUTCDATETIME\(\)\), 121\), N' ', N'T'\) \+ N'00Z'`)
	words := strings.NewReplacer("[wfm].", "", "Latin1_General_BIN2", "RTRIM",
		"REPLACE(CONVERT(nvarchar(27), SYSUTCDATETIME(), 121), N' ', N'T') + N'00Z'", "(strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000000Z')")
	number := map[sqlledger.Object]int32{sqlledger.RowExists: 2627, sqlledger.ObjectExists: 2714, sqlledger.ObjectMissing: 208}
	s, err := (&standin.Server{
		Rewrite: func(q string) string {
			q = limit.ReplaceAllString(placeholder.ReplaceAllString(q, "?$1"), "LIMIT $1")
			return words.Replace(after.ReplaceAllString(q, "(strftime('%Y-%m-%dT%H:%M:%f', 'now', ($1 / 1000.0) || ' seconds') || '000000Z')"))
		},
		Refuse: func(o sqlledger.Object, _ string) error {
			if o == sqlledger.NoObject {
				return nil
			}
			return driver.Error{Number: number[o], Message: "stand-in"}
		},
	}).Open(t.TempDir())
	require.NoError(t, err)
	return s
}

func kit() standin.Kit {
	return standin.Kit{Dialect: mssql.Dialect(), New: server, Schema: "wfm"}
}

func TestConformsOnAStandIn(t *testing.T) {
	s := server(t)
	ledgertest.Run(t, ledgertest.Subject{Durable: true, Open: func(ctx context.Context) (ledger.Ledger, error) {
		return sqlledger.New(ctx, sql.OpenDB(s), mssql.Dialect(), sqlledger.Options{OwnDB: true})
	}})
}

func TestStatements(t *testing.T) { kit().Golden(t, "testdata/want.sql") }
func TestMigrations(t *testing.T) { kit().Migrations(t) }
func TestRights(t *testing.T)     { kit().Rights(t, driver.Error{Number: 229, Message: "stand-in"}) }
func TestSchemas(t *testing.T)    { kit().Schemas(t, "a]b", "[dbo]") }

func TestErrorsAreClassed(t *testing.T) {
	number := func(n int32) error { return driver.Error{Number: n, Message: "stand-in"} }
	kit().Errors(t,
		standin.Class{Err: number(208), Kind: wfm.NotFound},
		standin.Class{Err: number(207), Kind: wfm.NotFound},
		standin.Class{Err: number(2760), Kind: wfm.NotFound},
		standin.Class{Err: number(4060), Kind: wfm.NotFound},
		standin.Class{Err: number(229), Kind: wfm.NoPermission},
		standin.Class{Err: number(262), Kind: wfm.NoPermission},
		standin.Class{Err: number(18456), Kind: wfm.NoPermission},
		standin.Class{Err: number(3906), Kind: wfm.NoPermission},
		standin.Class{Err: number(2714), Kind: wfm.BadConfig},
		standin.Class{Err: number(2627), Kind: wfm.Unavailable, Retry: true},
		standin.Class{Err: number(9002), Kind: wfm.Unavailable, Retry: true},
		standin.Class{Err: number(1205), Kind: wfm.Unavailable, Retry: true},
		standin.Class{Err: number(10054), Kind: wfm.Unavailable, Retry: true},
		standin.Class{Err: number(99999), Kind: wfm.Unclassified, Retry: true})
}

func TestErrorsHideThePassword(t *testing.T) {
	for _, dsn := range []string{"", "sqlserver://sa:geheim%zz@host", "sqlserver://sa:geheim@host?encrypt=sometimes", "sqlserver://sa:geheim@host:port", "geheim", "host/geheim"} {
		_, err := mssql.Open(t.Context(), mssql.Options{DSN: wfm.NewSecret(dsn)})
		require.Equal(t, wfm.BadConfig, wfm.KindOf(err), dsn)
		require.NotContains(t, err.Error(), "geheim")
	}
}

func TestRefusingServer(t *testing.T) {
	// Nothing listens on the discard port of the loopback.
	_, err := mssql.Open(t.Context(), mssql.Options{DSN: wfm.NewSecret("sqlserver://sa:geheim@127.0.0.1:9?dial+timeout=2")})
	require.Equal(t, wfm.Unavailable, wfm.KindOf(err), "%v", err)
	retry, _ := wfm.ShouldRetry(err)
	require.True(t, retry)
	require.NotContains(t, err.Error(), "geheim")
}

func TestSilentServer(t *testing.T) {
	for name, talk := range map[string]func(net.Conn){
		"nothing":        sqlconntest.Silent,
		"half an answer": sqlconntest.Says(sqlconntest.Prelogin()[:12]),
		"in a query":     sqlconntest.SQLServer(0),
	} {
		t.Run(name, func(t *testing.T) {
			s := sqlconntest.Listen(t, talk)
			sqlconntest.EndsClassed(t, func(ctx context.Context) error {
				_, err := mssql.Open(ctx, mssql.Options{DSN: wfm.NewSecret("sqlserver://sa:geheim@" + s.Address + "?encrypt=disable")})
				return err
			})
			s.Left(t)
		})
	}
}

// TestIntegration makes the tables in the schema that CICWFM_TEST_SCHEMA names, and leaves them there.
func TestIntegration(t *testing.T) {
	dsn := os.Getenv("CICWFM_TEST_SQLSERVER_DSN")
	if dsn == "" {
		t.Skip("CICWFM_TEST_SQLSERVER_DSN is not set: no SQL Server to make tables in")
	}
	open := func(ctx context.Context) (*sqlledger.Ledger, error) {
		return mssql.Open(ctx, mssql.Options{DSN: wfm.NewSecret(dsn), Schema: os.Getenv("CICWFM_TEST_SCHEMA")})
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	l, err := open(ctx)
	require.NoError(t, err)
	require.NoError(t, l.CheckRights(ctx))
	require.NoError(t, l.Close())
	ledgertest.Run(t, ledgertest.Subject{Durable: true, Open: func(ctx context.Context) (ledger.Ledger, error) { return open(ctx) }})
}
