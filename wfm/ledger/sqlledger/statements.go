package sqlledger

import (
	"strings"
	"time"
)

// stampLayout has a fixed width, so that text sorts as time does.
const stampLayout = "2006-01-02T15:04:05.000000000Z"

// stamp writes an instant. Bounds of windows may lie anywhere; they are held to the years that the
// layout can write, which are those that a key may have.
func stamp(t time.Time) string {
	t = t.UTC()
	switch y := t.Year(); {
	case y < 1:
		t = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	case y > 9999:
		t = time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC)
	}
	return t.Format(stampLayout)
}

// statement is a SQL text in a dialect's spelling, and the names of its arguments in order.
type statement struct {
	text string
	args []string
}

// values are arguments by name. "now" and "after" come from the clock, the latter with "ttl".
type values map[string]any

const entryColumns = `id, kind, period_start, period_end, part, revision, name, digest, status,
	receipt_where, receipt_bytes, begun_at, delivered_at`

type statements struct {
	lookUp, insert, commit, firstPage, nextPage, prune    statement
	watermark, firstWatermark, moveWatermark, watermarks  statement
	acquire, firstLease, recount, release, lease, holders statement
	fence, unfenced                                       statement
	version                                               statement
	tables                                                map[string]string // by bare name, with the schema
}

func newStatements(d Dialect, prefix string) statements {
	compile := func(query string) statement { return compile(d, query) }
	entries, progress, leases, schema := prefix+EntriesTable, prefix+ProgressTable, prefix+LeasesTable, prefix+SchemaTable
	const order = ` ORDER BY period_start, kind, part, revision, id`
	page := `SELECT ` + entryColumns + ` FROM ` + entries + ` WHERE feed = {feed} AND period_start >= {from} AND period_start < {to}`
	return statements{
		lookUp: compile(`SELECT ` + entryColumns + ` FROM ` + entries + ` WHERE id = {id}`),
		insert: compile(`INSERT INTO ` + entries + ` (id, feed, kind, period_start, period_end, part, revision, name,
	digest, status, begun_at) VALUES ({id}, {feed}, {kind}, {start}, {end}, {part}, {revision}, {name}, {digest}, {status}, {at})`),
		commit: compile(`UPDATE ` + entries + ` SET status = {status}, receipt_where = {where}, receipt_bytes = {bytes}, delivered_at = {at}
	WHERE id = {id} AND status = {begun}`),
		firstPage: compile(d.Limit(page+order, pageRows)),
		// The cursor is spelled out, since not every database compares rows of values. Its start is
		// also the lower bound, so that an index is read from there.
		nextPage: compile(d.Limit(page+` AND (period_start > {from} OR (period_start = {from}
	AND (kind > {kind} OR (kind = {kind} AND (part > {part} OR (part = {part} AND (revision > {revision} OR (revision = {revision} AND id > {id}))))))))`+order, pageRows)),
		prune: compile(`DELETE FROM ` + entries + ` WHERE id IN (` + d.Limit(`SELECT id FROM `+entries+
			` WHERE feed = {feed} AND status = {status} AND period_end < {before} ORDER BY period_end, id`, pruneRows) + `)`),

		watermark:      compile(`SELECT done_through FROM ` + progress + ` WHERE feed = {feed}`),
		firstWatermark: compile(`INSERT INTO ` + progress + ` (feed, done_through) VALUES ({feed}, {through})`),
		moveWatermark:  compile(`UPDATE ` + progress + ` SET done_through = {through} WHERE feed = {feed} AND done_through < {through}`),
		watermarks:     compile(`SELECT feed, done_through FROM ` + progress),

		// One statement looks and takes, so that of two that ask for a lease that ended the second
		// finds it taken.
		acquire: compile(`UPDATE ` + leases + ` SET token = CASE WHEN holder = {holder} THEN token ELSE token + 1 END,
	holder = {holder}, granted_at = {now}, ttl_ms = {ttl}, ends_at = {after}
	WHERE feed = {feed} AND (holder = {holder} OR ends_at <= {now})`),
		firstLease: compile(`INSERT INTO ` + leases + ` (feed, holder, token, granted_at, ttl_ms, ends_at)
	VALUES ({feed}, {holder}, 1, {now}, {ttl}, {after})`),
		recount: compile(`UPDATE ` + leases + ` SET granted_at = {now}, ends_at = {after} WHERE feed = {feed} AND token = {token} AND granted_at > {now}`),
		release: compile(`UPDATE ` + leases + ` SET ends_at = {now}, ttl_ms = 0 WHERE feed = {feed} AND token = {token} AND holder = {holder} AND ends_at > {now}`),
		lease: compile(`SELECT holder, token, ends_at, ttl_ms, CASE WHEN granted_at > {now} THEN 1 ELSE 0 END, CASE WHEN ends_at > {now} THEN 1 ELSE 0 END
	FROM ` + leases + ` WHERE feed = {feed}`),
		holders: compile(`SELECT feed, holder, token, ends_at FROM ` + leases),
		// An update that changes nothing locks the row until the end of the transaction, in every
		// database alike: whoever would take the lease waits.
		fence:    compile(`UPDATE ` + leases + ` SET token = token WHERE feed = {feed} AND token = {token} AND holder = {holder}`),
		unfenced: compile(`SELECT COUNT(*) FROM ` + leases + ` WHERE feed = {feed} AND token = {token} AND holder = {holder}`),

		version: compile(`SELECT MAX(version) FROM ` + schema),
		tables:  map[string]string{EntriesTable: entries, ProgressTable: progress, LeasesTable: leases, SchemaTable: schema},
	}
}

// compile replaces each {name} by the dialect's placeholder, and {now} and {after} by its clock
// where it has one.
func compile(d Dialect, query string) statement {
	var s statement
	var b strings.Builder
	bind := func(name string) string {
		s.args = append(s.args, name)
		return d.Placeholder(len(s.args))
	}
	for {
		before, rest, found := strings.Cut(query, "{")
		b.WriteString(before)
		if !found {
			s.text = b.String()
			return s
		}
		var name string
		name, query, _ = strings.Cut(rest, "}")
		switch {
		case name == "now" && d.Now() != "":
			b.WriteString(d.Now())
		case name == "after" && d.Now() != "":
			b.WriteString(d.After(bind("ttl")))
		default:
			b.WriteString(bind(name))
		}
	}
}
