package standin

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/conform"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/ledger"
	"github.com/cicwfm/cicwfm/wfm/ledger/sqlledger"
)

// Kit holds the tests that the dialects of servers share.
type Kit struct {
	Dialect sqlledger.Dialect
	// New makes a server without tables; each call another one.
	New    func(t testing.TB) *Server
	Schema string // one that Prefix takes
}

func (k Kit) open(t testing.TB, s *Server, o sqlledger.Options) (*sqlledger.Ledger, error) {
	t.Helper()
	o.OwnDB = true
	db := sql.OpenDB(s)
	l, err := sqlledger.New(t.Context(), db, k.Dialect, o)
	if err != nil {
		require.NoError(t, db.Close())
		return nil, err
	}
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l, nil
}

// Golden compares every statement of every operation with a file. Write it anew with
// CICWFM_UPDATE_GOLDEN=1.
func (k Kit) Golden(t *testing.T, file string) {
	s := k.New(t)
	at := time.Date(2018, 10, 28, 1, 20, 0, 0, time.UTC)
	l, err := k.open(t, s, sqlledger.Options{Schema: k.Schema, Now: func() time.Time { return at }})
	require.NoError(t, err)
	made := s.Log()

	var b strings.Builder
	section := func(name string, log []Statement) {
		fmt.Fprintf(&b, "-- == %s\n", name)
		for _, st := range log {
			b.WriteString(st.Text + ";\n")
			for i, a := range st.Args {
				if text, ok := a.(string); ok && strings.HasPrefix(text, "20") && !strings.HasPrefix(text, "2018") {
					a = "a time of now"
				}
				fmt.Fprintf(&b, "-- %d %T %v\n", i+1, a, a)
			}
		}
		b.WriteString("\n")
	}
	key := ledger.Key{Feed: "sales", Kind: "call", Period: wfm.Window{Start: at.Add(-20 * time.Minute), End: at.Add(-5 * time.Minute)}, Revision: 1, Name: "call.txt"}
	digest := wfm.DigestOf([]byte("x"))
	ctx := t.Context()
	var lease ledger.Lease
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"acquire a lease that nobody has", func() (err error) {
			lease, err = l.Acquire(ctx, "sales", "host-a 1", time.Minute)
			return err
		}},
		{"is it held", func() error { return l.Held(ctx, lease) }},
		{"begin", func() error { _, err := l.Begin(ctx, key, digest); return err }},
		{"commit", func() error { return l.Commit(ctx, key, delivery.Receipt{Bytes: 1}) }},
		{"set the watermark twice", func() error {
			return errors.Join(l.SetWatermark(ctx, "sales", at.Add(-time.Hour)), l.SetWatermark(ctx, "sales", at))
		}},
		{"begin what is delivered, under the lease", func() error { _, err := l.Fenced(lease).Begin(ctx, key, digest); return err }},
		{"set the watermark, under the lease", func() error { return l.Fenced(lease).SetWatermark(ctx, "sales", at.Add(time.Hour)) }},
		{"read entries", func() error {
			for _, err := range l.Entries(ctx, "sales", wfm.Window{Start: at.Add(-time.Hour), End: at}) {
				if err != nil {
					return err
				}
			}
			return nil
		}},
		{"prune", func() error { _, err := l.Prune(ctx, "sales", at); return err }},
		{"who has the feeds", func() error { _, err := l.Holders(ctx); return err }},
		{"how far all feeds are", func() error { _, err := l.Watermarks(ctx); return err }},
		{"release", func() error { return l.Release(ctx, lease) }},
		{"try the rights", func() error { return l.CheckRights(ctx) }},
	} {
		require.NoError(t, step.do(), step.name)
		log := s.Log()
		if step.name == "try the rights" {
			require.Len(t, log, 11)
			continue
		}
		section(step.name, log)
	}
	section("open", made)

	got := b.String()
	if os.Getenv("CICWFM_UPDATE_GOLDEN") != "" {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), got))

	// One source: what was run to make the tables is the script, statement by statement.
	script, err := sqlledger.Script(k.Dialect, k.Schema)
	require.NoError(t, err)
	require.NotContains(t, script, "/*schema*/")
	require.NotRegexp(t, `/\*schema\*/[^w]`, k.Dialect.Script(), "a mark that stands before no table leaves a hole in the text")
	var ran []string
	for _, st := range made {
		if strings.HasPrefix(st.Text, "CREATE ") || strings.HasPrefix(st.Text, "INSERT ") {
			ran = append(ran, st.Text+";")
		}
	}
	text := regexp.MustCompile(`(?m)^--.*\n|^\s*\n`).ReplaceAllString(script, "")
	require.Equal(t, strings.TrimSpace(text), strings.Join(ran, "\n"))
}

// Migrations opens one store in every state that it can be found in.
func (k Kit) Migrations(t *testing.T) {
	t.Run("by an administrator", func(t *testing.T) {
		s := k.New(t)
		_, err := k.open(t, s, sqlledger.Options{NoMigrate: true})
		require.Equal(t, wfm.NotFound, wfm.KindOf(err), "%v", err)
		for _, want := range []string{"its tables are not there", sqlledger.EntriesTable, sqlledger.LeasesTable, sqlledger.ProgressTable, sqlledger.SchemaTable} {
			require.ErrorContains(t, err, want)
		}
		script, err := sqlledger.Script(k.Dialect, "")
		require.NoError(t, err)
		first, second, found := strings.Cut(script, "-- version 2")
		require.True(t, found)
		s.runScript(t, first)
		_, err = k.open(t, s, sqlledger.Options{NoMigrate: true})
		require.ErrorContains(t, err, "its schema is version 1, this release needs 2")
		require.ErrorContains(t, err, `table "wfm_ledger_leases" is not there`)
		s.runScript(t, second)
		l, err := k.open(t, s, sqlledger.Options{NoMigrate: true})
		require.NoError(t, err)
		require.NoError(t, l.CheckRights(t.Context()))
	})
	t.Run("a column lacks", func(t *testing.T) {
		s := k.New(t)
		_, err := k.open(t, s, sqlledger.Options{})
		require.NoError(t, err)
		s.runScript(t, "ALTER TABLE wfm_ledger_entries DROP COLUMN receipt_bytes;\nALTER TABLE wfm_ledger_leases DROP COLUMN ttl_ms;\n")
		_, err = k.open(t, s, sqlledger.Options{})
		require.ErrorContains(t, err, `table "wfm_ledger_entries" lacks receipt_bytes`)
		require.ErrorContains(t, err, `table "wfm_ledger_leases" lacks ttl_ms`)
	})
	t.Run("a newer version", func(t *testing.T) {
		s := k.New(t)
		_, err := k.open(t, s, sqlledger.Options{})
		require.NoError(t, err)
		s.runScript(t, "INSERT INTO wfm_ledger_schema (version, reached_at) VALUES (3, 'x');\n")
		s.Log()
		_, err = k.open(t, s, sqlledger.Options{})
		require.Equal(t, wfm.Unsupported, wfm.KindOf(err), "%v", err)
		for _, st := range s.Log() {
			require.True(t, strings.HasPrefix(st.Text, "SELECT "), st.Text)
		}
	})
	t.Run("a table of something else", func(t *testing.T) {
		s := k.New(t)
		s.runScript(t, "CREATE TABLE wfm_ledger_progress (\n\tnumber int\n);\n")
		_, err := k.open(t, s, sqlledger.Options{})
		require.Error(t, err)
		require.Contains(t, []wfm.Kind{wfm.BadConfig, wfm.NotFound}, wfm.KindOf(err), "%v", err)
	})
	t.Run("many at once", func(t *testing.T) {
		s := k.New(t)
		errs := conform.Parallel(6, func(int) error {
			_, err := k.open(t, s, sqlledger.Options{})
			return err
		})
		require.NoError(t, errors.Join(errs...))
	})
	t.Run("cut off after each statement", func(t *testing.T) {
		for cut := 1; ; cut++ {
			s := k.New(t)
			n, refuse := 0, s.Refuse
			s.Refuse = func(o sqlledger.Object, query string) error {
				if o == sqlledger.NoObject && (strings.HasPrefix(query, "CREATE ") || strings.HasPrefix(query, "INSERT ")) {
					if n++; n >= cut {
						return net.ErrClosed
					}
				}
				return refuse(o, query)
			}
			_, err := k.open(t, s, sqlledger.Options{})
			if err == nil {
				require.Greater(t, cut, 8)
				return
			}
			s.Refuse = refuse
			l, err := k.open(t, s, sqlledger.Options{})
			require.NoError(t, err, "after %d statements", cut-1)
			require.NoError(t, l.CheckRights(t.Context()))
		}
	})
}

// Rights refuses one right after the other, by the error that the server gives.
func (k Kit) Rights(t *testing.T, denied error) {
	s := k.New(t)
	l, err := k.open(t, s, sqlledger.Options{})
	require.NoError(t, err)
	require.NoError(t, l.CheckRights(t.Context()))
	refuse := s.Refuse
	s.Refuse = func(o sqlledger.Object, query string) error {
		if strings.HasPrefix(query, "DELETE ") || strings.HasPrefix(query, "UPDATE wfm_ledger_leases") {
			return denied
		}
		return refuse(o, query)
	}
	err = l.CheckRights(t.Context())
	require.Equal(t, wfm.NoPermission, wfm.KindOf(err))
	require.ErrorContains(t, err, "DELETE on wfm_ledger_entries")
	require.ErrorContains(t, err, "UPDATE on wfm_ledger_leases")
	require.Len(t, strings.Split(err.Error(), "\n"), 2, "the other rights are there")
}

// runScript runs a script behind the ledger's back.
func (s *Server) runScript(t *testing.T, script string) {
	t.Helper()
	db := sql.OpenDB(s)
	defer db.Close()
	text := regexp.MustCompile(`(?m)^\s*--.*\n`).ReplaceAllString(script, "")
	for _, statement := range strings.Split(text, ";\n") {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		_, err := db.ExecContext(t.Context(), statement)
		require.NoError(t, err, statement)
	}
}

// Schemas checks which names are refused, before they come near a statement.
func (k Kit) Schemas(t *testing.T, refused ...string) {
	for _, name := range append(refused, "a\x00b", "a\nb", `a"b`, "a;b", "a'b", "a.b", "a*/b", strings.Repeat("s", 129)) {
		_, err := k.Dialect.Prefix(name)
		require.Equal(t, wfm.BadConfig, wfm.KindOf(err), "%q: %v", name, err)
		require.NotContains(t, err.Error(), "\n")
		_, err = sqlledger.Script(k.Dialect, name)
		require.Error(t, err)
		_, err = sqlledger.New(t.Context(), nil, k.Dialect, sqlledger.Options{Schema: name})
		require.Error(t, err)
	}
	prefix, err := k.Dialect.Prefix("")
	require.NoError(t, err)
	require.Empty(t, prefix)
}

// Class is an error of the server and what must be made of it.
type Class struct {
	Err   error
	Kind  wfm.Kind
	Retry bool
}

// Errors checks the decision about errors, when connecting and when working.
func (k Kit) Errors(t *testing.T, classes ...Class) {
	classes = append(classes,
		Class{&net.OpError{Op: "dial", Err: errors.New("refused")}, wfm.Unavailable, true},
		Class{fmt.Errorf("dial: %w", context.DeadlineExceeded), wfm.Unavailable, true},
		Class{driver.ErrBadConn, wfm.Unavailable, true},
		Class{errors.New("something new"), wfm.Unclassified, true})
	for _, c := range classes {
		t.Run(c.Err.Error(), func(t *testing.T) {
			check := func(err error) {
				t.Helper()
				var e *wfm.Error
				require.ErrorAs(t, err, &e)
				require.Equal(t, c.Kind, e.Kind)
				require.Equal(t, c.Retry, e.Retry)
				require.ErrorContains(t, err, c.Err.Error())
				require.NotEmpty(t, e.Op)
				if c.Kind != wfm.Unclassified {
					require.NotEmpty(t, e.Remedy)
				}
			}
			s := k.New(t)
			s.ConnectError = c.Err
			_, err := k.open(t, s, sqlledger.Options{})
			if c.Kind != wfm.NotFound { // which could be the answer to the question for tables
				check(err)
			}
			s = k.New(t)
			l, err := k.open(t, s, sqlledger.Options{})
			require.NoError(t, err)
			s.Refuse = func(sqlledger.Object, string) error { return c.Err }
			at := time.Unix(1540688400, 0)
			key := ledger.Key{Feed: "sales", Kind: "call", Period: wfm.Window{Start: at, End: at.Add(time.Hour)}, Revision: 1, Name: "n"}
			_, err = l.Begin(t.Context(), key, wfm.Digest{})
			check(err)
			check(l.Commit(t.Context(), key, delivery.Receipt{}))
			check(l.SetWatermark(t.Context(), "sales", at))
			_, _, err = l.Watermark(t.Context(), "sales")
			check(err)
			_, err = l.Acquire(t.Context(), "sales", "a", time.Minute)
			check(err)
			check(l.Held(t.Context(), ledger.Lease{Feed: "sales"}))
			check(l.Release(t.Context(), ledger.Lease{Feed: "sales"}))
			_, err = l.Holders(t.Context())
			check(err)
			_, err = l.Watermarks(t.Context())
			check(err)
			_, err = l.Prune(t.Context(), "sales", at)
			check(err)
			for _, err := range l.Entries(t.Context(), "sales", key.Period) {
				check(err)
			}
			ended, cancel := context.WithCancel(t.Context())
			cancel()
			_, err = l.Acquire(ended, "sales", "a", time.Minute)
			require.Equal(t, wfm.LossOfInterest, wfm.KindOf(err))
		})
	}
}
