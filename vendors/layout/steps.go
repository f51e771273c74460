package layout

import (
	"slices"
	"strconv"

	"github.com/cicwfm/cicwfm/wfm"
)

// A row is written in steps. Most columns of most layouts are of two kinds that need less than the general way of
// column.write and fieldWriter.finish, and files are large only because they have many rows of such columns:
//
//   - what is the same in all rows of an interval, such as its start, is written once per interval with all that surrounds it;
//   - numbers are computed in 64 bits and written digit by digit, for no digit needs a quote or stands for the delimiter, and
//     texts are written as they are where no character needs more;
//   - of times only the digits that differ from the row before are written anew (see timeText).
//
// A step that meets anything else, such as a missing counter, an overflow or a quote, leaves the column to the general way, which
// alone knows the rules. So both ways give the same bytes and the same errors.
type rowStep struct {
	lead   string // the delimiter or the JSON key before it
	kind   stepKind
	column *column // of a run: the first
	run    int     // its number in the memory of a call
	from   int     // the columns of a run in the section
	to     int
	// Of numbers.
	counter        wfm.Counter
	zero           bool // a zero is written as such
	pow, div       int64
	limit, divisor int64 // the largest numerator and denominator whose products fit
}

type stepKind uint8

const (
	stepGeneral stepKind = iota
	stepRun              // columns that are the same in all rows of an interval
	stepCounter
	stepWhole // column.whole
	stepRatio // column.ratio
	stepText  // column.text
	stepTime  // column.at
)

// run is the text of a run's columns for one interval.
type run struct {
	text []byte
	ok   bool // no column has an error
}

// makeSteps compiles the columns of a section whose layout is otherwise complete.
func (k *Codec) makeSteps(sec *section) {
	sec.steps = nil
	for i, c := range sec.columns {
		st := rowStep{kind: stepGeneral, column: c, from: i, to: i + 1}
		switch {
		case sec.keys != nil:
			st.lead = sec.keys[i]
		case i > 0:
			st.lead = k.rows.delimiter
		}
		c.plain = k.isPlain(sec, c)
		switch {
		case c.still:
			if n := len(sec.steps); n > 0 && sec.steps[n-1].kind == stepRun {
				sec.steps[n-1].to++
				continue
			}
			st.kind, st.run = stepRun, k.runs
			k.runs++
		case c.text != nil:
			st.kind = stepText
		case c.max > 0 || !c.plain:
		case c.at != nil:
			st.kind = stepTime
		case c.ratio != nil:
			st.kind = stepRatio
			st.setScale(c)
		case c.whole == nil || c.scale != (scale{0, 1}) || c.precision > 0:
		case c.single != nil:
			st.kind, st.counter = stepCounter, *c.single
		default:
			st.kind = stepWhole
		}
		st.zero = !slices.Contains([]ruleKind{ruleBlank, ruleText, ruleRefuse}, c.zero.kind)
		sec.steps = append(sec.steps, st)
	}
}

// setScale precomputes the unit and the decimals.
func (st *rowStep) setScale(c *column) {
	st.pow, st.div = 1, c.scale.div
	for range c.precision + c.scale.pow10 {
		st.pow *= 10
	}
	st.limit, st.divisor = 1<<61/st.pow, 1<<61/st.div
}

// scaled is number.scaled in 64 bits; ok is false where they may not do.
func (st *rowStep) scaled(n wfm.Ratio) (value int64, ok bool) {
	if n.Num < 0 || n.Den <= 0 || n.Num > st.limit || n.Den > st.divisor {
		return 0, false
	}
	den := n.Den * st.div
	return (2*n.Num*st.pow + den) / (2 * den), true
}

// isPlain tells whether nothing that a column of numbers or times writes needs quotes or replacement, so that nobody need look.
func (k *Codec) isPlain(sec *section, c *column) bool {
	all := "0123456789-" + c.mark
	switch {
	case sec.keys != nil && c.kind == TimeField:
		return c.literal == jsonString && c.pattern != nil && !slices.ContainsFunc(c.pattern.ops, func(op patternOp) bool { return !isPlainJSON(op.literal) })
	case sec.keys != nil && c.literal != jsonNumber || c.kind == TextField:
		return false
	case c.kind == TimeField:
		all += "+:ZAPM"
		for _, op := range c.pattern.ops {
			all += op.literal
		}
	}
	for _, r := range []rule{c.zero, c.undef, c.absent} {
		if r.kind == ruleText && c.kind == NumberField {
			all += r.text
		}
	}
	for i := range len(all) {
		if sec.keys == nil && k.writer.class[all[i]] != plainByte {
			return false
		}
	}
	return true
}

// prepare writes the runs of a section for the interval of a row.
func (k *Codec) prepare(s *scratch, sec *section, r *row) {
	for len(s.runs) < k.runs {
		s.runs = append(s.runs, run{})
	}
	for i := range sec.steps {
		st := &sec.steps[i]
		if st.kind != stepRun {
			continue
		}
		now := &s.runs[st.run]
		now.text, now.ok = now.text[:0], true
		for j := st.from; j < st.to && now.ok; j++ {
			if j > st.from {
				now.text = append(now.text, sec.lead(k, j)...)
			}
			var err error
			now.text, err = k.appendColumn(now.text, s, sec, sec.columns[j], r)
			now.ok = err == nil
		}
	}
}

// lead is what stands before a column.
func (s *section) lead(k *Codec, i int) string {
	switch {
	case s.keys != nil:
		return s.keys[i]
	case i > 0:
		return k.rows.delimiter
	}
	return ""
}

// close writes what stands behind the last column.
func (s *section) close(dst []byte) []byte {
	if s.keys == nil {
		return dst
	}
	return append(dst, s.keys[len(s.columns)]...)
}

// appendRow writes a row in steps. The runs of the section must be prepared for the row's interval.
func (k *Codec) appendRow(dst []byte, s *scratch, sec *section, r *row) ([]byte, error) {
	start := len(dst)
	for i := range sec.steps {
		st := &sec.steps[i]
		if len(st.lead) == 1 {
			dst = append(dst, st.lead[0])
		} else {
			dst = append(dst, st.lead...)
		}
		c, value, ok := st.column, int64(0), false
		switch st.kind {
		case stepRun:
			now := &s.runs[st.run]
			if !now.ok {
				return k.appendColumns(dst[:start], s, sec, r)
			}
			dst = append(dst, now.text...)
			continue
		case stepCounter:
			value, ok = r.counts.Get(st.counter), true
		case stepWhole:
			value, ok = c.whole(r)
		case stepRatio:
			n := c.ratio(r)
			value, ok = st.scaled(n)
			if ok = ok && (n.Num != 0 || st.zero); ok && c.width == 0 {
				dst = appendDecimal(dst, value, c.precision, c.mark)
				continue
			}
			ok = ok && c.precision == 0
		case stepTime:
			text := s.timeText(c.clock, c.pattern, c.at(r), c.loc)
			switch {
			case sec.keys != nil:
				dst = append(append(append(dst, '"'), text...), '"')
				continue
			case c.width == 0:
				dst = append(dst, text...)
				continue
			}
			if dst, ok = c.appendWide(dst, text); ok {
				continue
			}
		case stepText:
			var text string
			if text, ok = c.text(r); ok {
				if dst, ok = k.appendText(dst, sec, c, text); ok {
					continue
				}
			}
		}
		if ok && value != wfm.Missing && (value != 0 || st.zero || st.kind == stepRatio) {
			if c.width == 0 {
				dst = appendWhole(dst, value)
				continue
			}
			var digits [20]byte
			if dst, ok = c.appendWide(dst, appendWhole(digits[:0], value)); ok {
				continue
			}
		}
		mark := len(dst)
		var err error
		if dst, err = k.appendColumn(dst, s, sec, c, r); err != nil {
			return dst[:start], columnProblem(c, dst[mark:], err)
		}
	}
	return k.endRow(sec.close(dst), start), nil
}

// appendWide writes a text of ASCII into a column with a width; ok is false where that is no plain matter.
func (c *column) appendWide(dst, text []byte) (out []byte, ok bool) {
	missing := c.width - len(text)
	switch {
	case missing < 0 || c.pad != ' ':
		return dst, false
	case c.right:
		return append(appendBlanks(dst, missing), text...), true
	}
	return appendBlanks(append(dst, text...), missing), true
}

// appendText writes a text that stands in the field as it is; ok is false for any other.
func (k *Codec) appendText(dst []byte, sec *section, c *column, text string) (out []byte, ok bool) {
	if c.max > 0 && len(text) > c.max || c.width > 0 && (len(text) > c.width && c.overflow != overflowShift || c.pad != ' ') {
		return dst, false
	}
	if sec.keys != nil {
		if c.literal != jsonString || !isPlainJSON(text) {
			return dst, false
		}
		return append(append(append(dst, '"'), text...), '"'), true
	}
	w, has := k.writer, plainByte
	for i := range len(text) {
		has |= w.class[text[i]]
	}
	if has&^badByte != plainByte || has == badByte && w.swap == 0 || w.formulas != keep && isFormula(text) {
		return dst, false
	}
	mark := len(dst)
	switch {
	case c.width <= len(text):
		dst = append(dst, text...)
	case c.right:
		dst = appendBlanks(dst, c.width-len(text))
		mark = len(dst)
		dst = append(dst, text...)
	default:
		dst = appendBlanks(append(dst, text...), c.width-len(text))
	}
	if has == badByte { // in place: all are of one byte
		for i, b := range dst[mark : mark+len(text)] {
			if w.class[b] == badByte {
				dst[mark+i] = w.swap
			}
		}
	}
	return dst, true
}

// appendWhole is strconv.AppendInt, faster for the small numbers that most are.
func appendWhole(dst []byte, v int64) []byte {
	switch u := uint64(v); {
	case u < 10:
		return append(dst, '0'+byte(u))
	case u < 100:
		return append(dst, '0'+byte(u/10), '0'+byte(u%10))
	case u < 1000:
		return append(dst, '0'+byte(u/100), '0'+byte(u/10%10), '0'+byte(u%10))
	case u < 10000:
		return append(dst, '0'+byte(u/1000), '0'+byte(u/100%10), '0'+byte(u/10%10), '0'+byte(u%10))
	}
	return strconv.AppendInt(dst, v, 10)
}

const blanks = "                                                                "

func appendBlanks(dst []byte, n int) []byte {
	for ; n > len(blanks); n -= len(blanks) {
		dst = append(dst, blanks...)
	}
	return append(dst, blanks[:n]...)
}
