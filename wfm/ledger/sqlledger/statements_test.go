package sqlledger

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// numbered spells as SQL Server does.
type numbered struct{ Dialect }

func (numbered) Placeholder(n int) string { return fmt.Sprintf("@p%d", n) }
func (numbered) Limit(n int) string {
	return fmt.Sprintf(" OFFSET 0 ROWS FETCH NEXT %d ROWS ONLY", n)
}
func (numbered) HasTable(context.Context, *sql.Tx, string) (bool, error) { return false, nil }

func TestStatementsInAnotherSpelling(t *testing.T) {
	s := newStatements(numbered{})
	require.Equal(t, "UPDATE wfm_ledger_progress SET done_through = @p1 WHERE feed = @p2 AND done_through < @p3", s.moveWatermark)
	require.True(t, strings.HasSuffix(s.page, "ORDER BY period_start, kind, part, revision, id OFFSET 0 ROWS FETCH NEXT 500 ROWS ONLY"), s.page)
	require.Contains(t, s.page, "id > @p12")
	require.NotContains(t, s.page, "@p13")
	for _, q := range []string{s.lookUp, s.insert, s.commit, s.page, s.watermark, s.firstWatermark, s.moveWatermark, s.version, s.reached} {
		require.NotContains(t, q, "?")
	}
}

func TestStampSortsAsTimeDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) time.Time {
			return time.Unix(rapid.Int64Range(-62135596800, 253402300799).Draw(t, name), rapid.Int64Range(0, 999_999_999).Draw(t, name+" ns"))
		}
		a, b := draw("a"), draw("b")
		if a.Before(b) != (stamp(a) < stamp(b)) {
			t.Fatalf("%s and %s sort wrong", stamp(a), stamp(b))
		}
		if back, err := time.Parse(stampLayout, stamp(a)); err != nil || !back.Equal(a) {
			t.Fatalf("%v came back as %v, %v", a, back, err)
		}
	})
	require.Equal(t, "0001-01-01T00:00:00.000000000Z", stamp(time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC)))
	require.Equal(t, "9999-12-31T23:59:59.999999999Z", stamp(time.Date(12018, 1, 1, 0, 0, 0, 0, time.UTC)))
}
