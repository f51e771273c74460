package sqlledger

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// numbered spells as a server with a clock does.
type numbered struct{ Dialect }

func (numbered) Placeholder(n int) string         { return fmt.Sprintf("@p%d", n) }
func (numbered) Limit(query string, n int) string { return fmt.Sprintf("TOP %d OF (%s)", n, query) }
func (numbered) Now() string                      { return "NOW()" }
func (numbered) After(milliseconds string) string { return "LATER(" + milliseconds + ")" }

// clockless has no clock.
type clockless struct{ numbered }

func (clockless) Now() string { return "" }

func TestArgumentsByName(t *testing.T) {
	const query = "SET a = {a}, b = {now}, c = {after} WHERE a = {a}"
	s := compile(numbered{}, query)
	require.Equal(t, "SET a = @p1, b = NOW(), c = LATER(@p2) WHERE a = @p3", s.text)
	require.Equal(t, []string{"a", "ttl", "a"}, s.args)
	s = compile(clockless{}, query)
	require.Equal(t, "SET a = @p1, b = @p2, c = @p3 WHERE a = @p4", s.text)

	at := time.Date(2018, 10, 28, 1, 0, 0, 0, time.UTC)
	l := &Ledger{options: Options{Now: func() time.Time { return at }}}
	require.Equal(t, []any{7, "2018-10-28T01:00:00.000000000Z", "2018-10-28T01:00:01.500000000Z", 7},
		l.arguments(s, values{"a": 7, "ttl": int64(1500)}))
}

func TestStatementsInAnotherSpelling(t *testing.T) {
	s := newStatements(numbered{}, "[x].")
	require.Equal(t, "UPDATE [x].wfm_ledger_progress SET done_through = @p1 WHERE feed = @p2 AND done_through < @p3", s.moveWatermark.text)
	require.True(t, strings.HasPrefix(s.firstPage.text, "TOP 500 OF (SELECT id, "), s.firstPage.text)
	require.Contains(t, s.nextPage.text, "id > @p")
	for _, q := range []statement{s.lookUp, s.insert, s.commit, s.firstPage, s.nextPage, s.prune, s.watermark, s.firstWatermark, s.moveWatermark, s.watermarks,
		s.acquire, s.firstLease, s.recount, s.release, s.lease, s.holders, s.fence, s.unfenced, s.version} {
		require.NotContains(t, q.text, "{")
		require.NotContains(t, q.text, "?")
		require.Contains(t, q.text, "[x].wfm_ledger_")
		require.Equal(t, len(q.args), strings.Count(q.text, "@p"))
	}
}

func TestVersionsOfAScript(t *testing.T) {
	list, err := versions("-- head; with a semicolon\n\n-- version 1\n-- why\nCREATE TABLE a (\n\tb int\n);\nINSERT 1;\n-- version 2\nINSERT 2;\n")
	require.NoError(t, err)
	require.Equal(t, [][]string{{"CREATE TABLE a (\n\tb int\n)", "INSERT 1"}, {"INSERT 2"}}, list)
	for script, want := range map[string]string{
		"CREATE TABLE a;\n":                  "line 1: a statement stands before the first version",
		"-- version 2\n":                     "line 1: version 2 is out of place",
		"-- version 1\nA;\n-- version 1\nA;": "line 3: version 1 is out of place",
		"-- version 1\nA\n-- version 2\nB;":  "line 3: version 2 is out of place",
		"-- version 1\nA\n":                  "the last statement has no semicolon",
	} {
		_, err := versions(script)
		require.ErrorContains(t, err, want)
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
