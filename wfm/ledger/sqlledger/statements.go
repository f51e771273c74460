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

const entryColumns = `id, kind, period_start, period_end, part, revision, name, digest, status,
	receipt_where, receipt_bytes, begun_at, delivered_at`

// statements are the SQL texts in a dialect's spelling.
type statements struct {
	lookUp, insert, commit, page             string
	watermark, firstWatermark, moveWatermark string
	version, reached                         string
}

func newStatements(d Dialect) statements {
	return statements{
		lookUp: bind(d, `SELECT `+entryColumns+` FROM `+EntriesTable+` WHERE id = ?`),
		insert: bind(d, `INSERT INTO `+EntriesTable+` (id, feed, kind, period_start, period_end, part, revision, name,
			digest, status, begun_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
		commit: bind(d, `UPDATE `+EntriesTable+` SET status = ?, receipt_where = ?, receipt_bytes = ?, delivered_at = ?
			WHERE id = ? AND status = ?`),
		// The cursor is spelled out, since not every database compares rows of values. Its start is
		// also the lower bound, so that an index is read from there.
		page: bind(d, `SELECT `+entryColumns+` FROM `+EntriesTable+`
			WHERE feed = ? AND period_start >= ? AND period_start < ? AND (period_start > ? OR (period_start = ?
				AND (kind > ? OR (kind = ? AND (part > ? OR (part = ? AND (revision > ? OR (revision = ? AND id > ?))))))))
			ORDER BY period_start, kind, part, revision, id`+d.Limit(pageRows)),
		watermark:      bind(d, `SELECT done_through FROM `+ProgressTable+` WHERE feed = ?`),
		firstWatermark: bind(d, `INSERT INTO `+ProgressTable+` (feed, done_through) VALUES (?, ?)`),
		moveWatermark:  bind(d, `UPDATE `+ProgressTable+` SET done_through = ? WHERE feed = ? AND done_through < ?`),
		version:        `SELECT MAX(version) FROM ` + SchemaTable,
		reached:        bind(d, `INSERT INTO `+SchemaTable+` (version, reached_at) VALUES (?, ?)`),
	}
}

// bind replaces each question mark by the dialect's placeholder.
func bind(d Dialect, query string) string {
	var b strings.Builder
	n := 0
	for _, r := range query {
		if r == '?' {
			n++
			b.WriteString(d.Placeholder(n))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
