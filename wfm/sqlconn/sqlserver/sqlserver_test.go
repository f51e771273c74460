package sqlserver

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/sqlconn"
	"github.com/cicwfm/cicwfm/wfm/sqlconn/sqlconntest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, s *sqlconntest.Server, l sqlconn.Limits) *sql.DB {
	t.Helper()
	c, err := connector(wfm.NewSecret("sqlserver://sa:geheim@"+s.Address+"?encrypt=disable"), l)
	require.NoError(t, err)
	db := sql.OpenDB(c)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func TestSilentLogOn(t *testing.T) {
	prelogin := sqlconntest.Prelogin()
	for name, answer := range map[string][]byte{"nothing": nil, "half of PRELOGIN": prelogin[:12], "after PRELOGIN": prelogin} {
		t.Run(name, func(t *testing.T) {
			s := sqlconntest.Listen(t, sqlconntest.Says(answer))
			db := open(t, s, sqlconn.Limits{})
			sqlconntest.Ends(t, db.PingContext)
			s.Left(t)
			sqlconntest.Limited(t, open(t, s, sqlconn.Limits{LogOn: 100 * time.Millisecond}).PingContext(t.Context()))
			s.Left(t)
		})
	}
}

func TestSilentInTheMiddle(t *testing.T) {
	operations := map[string]func(context.Context, *sql.DB) error{
		"ping": func(ctx context.Context, db *sql.DB) error { return db.PingContext(ctx) },
		"exec": func(ctx context.Context, db *sql.DB) error {
			_, err := db.ExecContext(ctx, "DELETE x WHERE y = @p1", 1)
			return err
		},
		"query": func(ctx context.Context, db *sql.DB) error {
			rows, err := db.QueryContext(ctx, "SELECT x")
			if err != nil {
				return err
			}
			for rows.Next() {
			}
			return errors.Join(rows.Err(), rows.Close())
		},
		"begin": func(ctx context.Context, db *sql.DB) error {
			tx, err := db.BeginTx(ctx, nil)
			if err != nil {
				return err
			}
			return tx.Rollback()
		},
	}
	for name, operation := range operations {
		t.Run(name, func(t *testing.T) {
			s := sqlconntest.Listen(t, sqlconntest.SQLServer(0))
			db := open(t, s, sqlconn.Limits{Grace: 100 * time.Millisecond})
			sqlconntest.Ends(t, func(ctx context.Context) error { return operation(ctx, db) })
			s.Left(t)
		})
	}
}

func TestAnsweringServer(t *testing.T) {
	s := sqlconntest.Listen(t, sqlconntest.SQLServer(100))
	db := open(t, s, sqlconn.Limits{})
	for range 20 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		require.NoError(t, db.PingContext(ctx))
		_, err := db.ExecContext(ctx, "x", 1, "text", time.Now())
		require.NoError(t, err)
		cancel() // must not touch the connection any more
	}
	require.EqualValues(t, 1, s.Accepted.Load(), "the connection is kept")
	require.NoError(t, db.Close())
	s.Left(t)
}

func TestDSNs(t *testing.T) {
	for _, dsn := range []string{"", "geheim", "host/geheim", "sqlserver://sa:geheim%zz@host", "sqlserver://sa:geheim@host:port"} {
		_, err := Connector(wfm.NewSecret(dsn))
		require.Equal(t, wfm.BadConfig, wfm.KindOf(err), dsn)
		require.NotContains(t, err.Error(), "geheim")
	}
	for _, dsn := range []string{"server=host;user id=sa;password=x", "sqlserver://host"} {
		_, err := Connector(wfm.NewSecret(dsn))
		require.NoError(t, err)
	}
}
