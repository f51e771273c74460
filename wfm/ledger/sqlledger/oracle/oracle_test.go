package oracle_test

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/ledger"
	"github.com/cicwfm/cicwfm/wfm/ledger/ledgertest"
	"github.com/cicwfm/cicwfm/wfm/ledger/sqlledger"
	"github.com/cicwfm/cicwfm/wfm/ledger/sqlledger/internal/standin"
	"github.com/cicwfm/cicwfm/wfm/ledger/sqlledger/oracle"
	"github.com/cicwfm/cicwfm/wfm/sqlconn/sqlconntest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server imitates what Oracle does otherwise: an empty text is NULL.
func server(t testing.TB) *standin.Server {
	t.Helper()
	placeholder := regexp.MustCompile(`:(\d+)`)
	limit := regexp.MustCompile(`(?s)SELECT \* FROM \((.*)\) WHERE ROWNUM <= (\d+)`)
	after := regexp.MustCompile(`TO_CHAR\(SYS_EXTRACT_UTC\(SYSTIMESTAMP \+ NUMTODSINTERVAL\((\?\d+) / 1000, 'SECOND'\)\), 'YYYY-MM-DD"T"HH24:MI:SS\.FF9"Z"'\)`)
	words := strings.NewReplacer(`"WFM".`, "", "ALTER SESSION SET NLS_COMP = BINARY NLS_SORT = BINARY", "SELECT 1",
		`TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF9"Z"')`, "(strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000000Z')")
	message := map[sqlledger.Object]string{sqlledger.RowExists: "ORA-00001: unique constraint violated",
		sqlledger.ObjectExists: "ORA-00955: name is already used by an existing object", sqlledger.ObjectMissing: "ORA-00942: table or view does not exist"}
	s, err := (&standin.Server{
		Rewrite: func(q string) string {
			q = limit.ReplaceAllString(placeholder.ReplaceAllString(q, "?$1"), "$1 LIMIT $2")
			return words.Replace(after.ReplaceAllString(q, "(strftime('%Y-%m-%dT%H:%M:%f', 'now', ($1 / 1000.0) || ' seconds') || '000000Z')"))
		},
		Argument: func(a any) any {
			if a == "" {
				return nil
			}
			return a
		},
		Refuse: func(o sqlledger.Object, _ string) error {
			if o == sqlledger.NoObject {
				return nil
			}
			return errors.New(message[o])
		},
	}).Open(t.TempDir())
	require.NoError(t, err)
	return s
}

func kit() standin.Kit {
	return standin.Kit{Dialect: oracle.Dialect(), New: server, Schema: "wfm"}
}

func TestConformsOnAStandIn(t *testing.T) {
	s := server(t)
	ledgertest.Run(t, ledgertest.Subject{Durable: true, Open: func(ctx context.Context) (ledger.Ledger, error) {
		return sqlledger.New(ctx, sql.OpenDB(oracle.Binary(s)), oracle.Dialect(), sqlledger.Options{OwnDB: true})
	}})
	first := s.Log()[0].Text
	require.Equal(t, "ALTER SESSION SET NLS_COMP = BINARY NLS_SORT = BINARY", first)
}

func TestStatements(t *testing.T) { kit().Golden(t, "testdata/want.sql") }
func TestMigrations(t *testing.T) { kit().Migrations(t) }
func TestRights(t *testing.T)     { kit().Rights(t, errors.New("ORA-01031: insufficient privileges")) }
func TestSchemas(t *testing.T)    { kit().Schemas(t, `""`, `"a`, `"a"b"`) }

func TestSchemaIsFoldedAsOracleDoes(t *testing.T) {
	for name, want := range map[string]string{"wfm": `"WFM".`, "WFM": `"WFM".`, `"wfm"`: `"wfm".`} {
		got, err := oracle.Dialect().Prefix(name)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

// TestIdentifiers: Oracle before 12.2 takes no name of more than 30 bytes.
func TestIdentifiers(t *testing.T) {
	script := regexp.MustCompile(`(?m)--.*$|'[^']*'`).ReplaceAllString(oracle.Dialect().Script(), "")
	names := regexp.MustCompile(`\w+`).FindAllString(script, -1)
	require.Greater(t, len(names), 50)
	for _, name := range names {
		require.LessOrEqual(t, len(name), 30, name)
	}
}

func TestErrorsAreClassed(t *testing.T) {
	ora := func(text string) error { return errors.New("ORA-" + text) }
	kit().Errors(t,
		standin.Class{Err: ora("00942: table or view does not exist"), Kind: wfm.NotFound},
		standin.Class{Err: ora("00904: invalid identifier"), Kind: wfm.NotFound},
		standin.Class{Err: ora("01918: user does not exist"), Kind: wfm.NotFound},
		standin.Class{Err: ora("01031: insufficient privileges"), Kind: wfm.NoPermission},
		standin.Class{Err: ora("01017: invalid username/password"), Kind: wfm.NoPermission},
		standin.Class{Err: ora("16000: database open for read-only access"), Kind: wfm.NoPermission},
		standin.Class{Err: ora("00955: name is already used"), Kind: wfm.BadConfig},
		standin.Class{Err: ora("00001: unique constraint violated"), Kind: wfm.Unavailable, Retry: true},
		standin.Class{Err: ora("01653: unable to extend table"), Kind: wfm.Unavailable, Retry: true},
		standin.Class{Err: ora("01950: no privileges on tablespace"), Kind: wfm.Unavailable, Retry: true},
		standin.Class{Err: ora("00060: deadlock detected"), Kind: wfm.Unavailable, Retry: true},
		standin.Class{Err: ora("12514: listener does not currently know of service"), Kind: wfm.Unavailable, Retry: true},
		standin.Class{Err: ora("03113: end-of-file on communication channel"), Kind: wfm.Unavailable, Retry: true},
		standin.Class{Err: ora("99999: something new"), Kind: wfm.Unclassified, Retry: true})
}

func TestErrorsHideThePassword(t *testing.T) {
	for _, dsn := range []string{"", "oracle://sa:geheim%zz@host/x", "sqlserver://sa:geheim@host", "oracle://sa:geheim@host:port/x", "oracle://sa:geheim@host/x?a=%zz", "geheim"} {
		_, err := oracle.Open(t.Context(), oracle.Options{DSN: wfm.NewSecret(dsn)})
		require.Equal(t, wfm.BadConfig, wfm.KindOf(err), dsn)
		require.NotContains(t, err.Error(), "geheim")
	}
}

func TestRefusingServer(t *testing.T) {
	// Nothing listens on the discard port of the loopback.
	_, err := oracle.Open(t.Context(), oracle.Options{DSN: wfm.NewSecret("oracle://sa:geheim@127.0.0.1:9/service")})
	require.Equal(t, wfm.Unavailable, wfm.KindOf(err), "%v", err)
	retry, _ := wfm.ShouldRetry(err)
	require.True(t, retry)
	require.NotContains(t, err.Error(), "geheim")
}

func TestSilentServer(t *testing.T) {
	accept := []byte{0, 40, 0, 0, 2, 0, 0, 0, 1, 0x39} // ten bytes of a packet of 40
	for name, talk := range map[string]func(net.Conn){
		"nothing":        sqlconntest.Silent,
		"half an answer": sqlconntest.Says(accept),
	} {
		t.Run(name, func(t *testing.T) {
			s := sqlconntest.Listen(t, talk)
			sqlconntest.EndsClassed(t, func(ctx context.Context) error {
				_, err := oracle.Open(ctx, oracle.Options{DSN: wfm.NewSecret("oracle://sa:geheim@" + s.Address + "/service")})
				return err
			})
			s.Left(t)
		})
	}
}

// TestIntegration makes the tables in the schema that CICWFM_TEST_SCHEMA names, and leaves them there.
func TestIntegration(t *testing.T) {
	dsn := os.Getenv("CICWFM_TEST_ORACLE_DSN")
	if dsn == "" {
		t.Skip("CICWFM_TEST_ORACLE_DSN is not set: no Oracle database to make tables in")
	}
	open := func(ctx context.Context) (*sqlledger.Ledger, error) {
		return oracle.Open(ctx, oracle.Options{DSN: wfm.NewSecret(dsn), Schema: os.Getenv("CICWFM_TEST_SCHEMA")})
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	l, err := open(ctx)
	require.NoError(t, err)
	require.NoError(t, l.CheckRights(ctx))
	require.NoError(t, l.Close())
	ledgertest.Run(t, ledgertest.Subject{Durable: true, Open: func(ctx context.Context) (ledger.Ledger, error) { return open(ctx) }})
}
