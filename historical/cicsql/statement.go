package cicsql

import (
	"strings"
	"time"
)

const day = 24 * 60 * 60

// statement is a query under construction: its text, and its parameters in the order in which they
// stand in the text. Every value goes through bind.
type statement struct {
	d    Dialect
	text strings.Builder
	args []any
}

func (s *statement) add(parts ...string) {
	for _, p := range parts {
		s.text.WriteString(p)
	}
}

// column adds an expression to the select list, of which n stand there already, and returns its place.
func (s *statement) column(n *int, expression string) int {
	if *n > 0 {
		s.add(", ")
	}
	s.add(expression)
	*n++
	return *n - 1
}

// bind adds a parameter and returns its placeholder, which must enter the text before the next one.
func (s *statement) bind(v any) string {
	s.args = append(s.args, v)
	return s.d.placeholder(len(s.args))
}

// bindTime binds a time, given as seconds of a wall clock (or of UTC) since 1970.
func (s *statement) bindTime(wall int64) string {
	p := s.bind(s.d.timeText(wall))
	if s.d.kind == oracle {
		return "TO_DATE(" + p + ", 'YYYY-MM-DD HH24:MI:SS')"
	}
	return p
}

// isNull tells whether a time column has no value. In SQLite, where times are text, that may be the
// empty text.
func (s *statement) isNull(column string) string {
	if s.d.kind == sqlite {
		return "(" + column + " IS NULL OR " + s.plain(column) + " = '')"
	}
	return column + " IS NULL"
}

// plain keeps SQLite from trying, in each row, whether a text compared with a DATETIME column is a
// number. No index serves a plain column.
func (s *statement) plain(column string) string {
	if s.d.kind == sqlite {
		return "+" + column
	}
	return column
}

// atLeast compares a time column with a lower bound, in a way that an index can serve.
func (s *statement) atLeast(column string, wall int64) string {
	if s.d.kind != sqlite {
		return column + " >= " + s.bindTime(wall)
	}
	// Text: the date alone is the start of every way to write a time on that day.
	text := column + " >= " + s.bind(textDate(wall))
	if wall%day != 0 {
		text += " AND " + textMinute(column) + " >= " + s.bind(textClock(wall))
	}
	return text
}

// before compares a time column with an upper bound that is not included.
func (s *statement) before(column string, wall int64) string {
	if s.d.kind != sqlite {
		return column + " < " + s.bindTime(wall)
	}
	if wall%day == 0 {
		return column + " < " + s.bind(textDate(wall))
	}
	text := column + " < " + s.bind(textDate(wall+day))
	return text + " AND " + textMinute(column) + " < " + s.bind(textClock(wall+59))
}

func textDate(wall int64) string  { return time.Unix(wall, 0).UTC().Format(time.DateOnly) }
func textClock(wall int64) string { return time.Unix(wall, 0).UTC().Format("2006-01-02 15:04") }

// textMinute makes one form of the ways to write a time, to the minute.
func textMinute(column string) string { return "REPLACE(SUBSTR(" + column + ", 1, 16), 'T', ' ')" }

// in compares a column with names, without case. The caller has seen to it that the list is not empty
// and fits.
func (s *statement) in(column string, names []string) string {
	var b strings.Builder
	b.WriteString("LOWER(" + column + ") IN (")
	for i, n := range names {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("LOWER(" + s.bind(n) + ")")
	}
	b.WriteString(")")
	return b.String()
}
