package layout

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
)

// mostProblems limits how many bad values of one file are reported.
const mostProblems = 10

// Append appends the file of a period to dst: of one report, or of all reports of a day. It
// returns the number of data rows. It allocates nothing once its memory is warm, save in
// formulas with functions or joined texts and for growing dst. The error joins the first ten bad values.
func (k *Codec) Append(dst []byte, period wfm.Window, reports []wfm.Report) ([]byte, int, error) {
	s := k.scratch.Get().(*scratch)
	defer k.scratch.Put(s)
	return k.appendFile(dst, s, period, reports)
}

func (k *Codec) appendFile(dst []byte, s *scratch, period wfm.Window, reports []wfm.Report) ([]byte, int, error) {
	from, count := len(dst), 0
	file := row{interval: period, period: period}
	var problems []error
	dst = k.head.appendTo(dst, &file)
	for _, sec := range k.sections {
		for i := range sec.head {
			dst = append(sec.head[i].append(dst, &file), k.lineEnd...)
		}
		var rows int
		dst, rows = k.writeRows(dst, s, sec, reports, period, func(row int, err error) bool {
			problems = append(problems, wfm.Problem{Where: fmt.Sprintf("section %s, row %d", sec.name, row), Reason: err.Error()})
			return len(problems) < mostProblems
		})
		count += rows
		if len(problems) >= mostProblems {
			break
		}
		for i := range sec.foot {
			dst = append(sec.foot[i].append(dst, &file), k.lineEnd...)
		}
	}
	dst, err := k.charset.encode(k.foot.appendTo(dst, &file), from, s)
	if err != nil {
		problems = append(problems, err)
	}
	if len(problems) > 0 {
		return dst[:from], 0, &wfm.Error{Op: "write layout " + k.layout.spec.name, Kind: wfm.BadData, Err: errors.Join(problems...),
			Remedy: "correct the name in CIC, or change the rule in the layout"}
	}
	return dst, count, nil
}

// writeRows writes the rows of a section in order and tells fail of those that cannot be written, until it returns false.
func (k *Codec) writeRows(dst []byte, s *scratch, sec *section, reports []wfm.Report, period wfm.Window, fail func(row int, err error) bool) (out []byte, count int) {
	if sec.grain == grainSignOns {
		reports = latest(reports)
	}
	r := &s.row
	r.period = period
	prepared := int32(-1) // the report whose runs are prepared
	write := func(at rowPlace) bool {
		sec.fill(r, reports, at)
		if prepared != at.report {
			prepared = at.report
			k.prepare(s, sec, r)
		}
		if count++; k.rows.json && count > 1 {
			dst = append(dst, recordSeparator)
		}
		var err error
		if dst, err = k.appendRow(dst, s, sec, r); err != nil {
			return fail(count, err)
		}
		return true
	}
	if len(sec.sort) == 0 || s.inOrder(sec, reports) {
		sec.each(reports, write)
	} else {
		for _, next := range s.sorted(sec, reports) {
			if !write(next.rowPlace) {
				break
			}
		}
	}
	s.row, s.other = row{}, row{} // a pool must not keep the reports alive
	return dst, count
}

// appendColumns writes a row in the general way, column by column. It stands for appendRow where that meets an error in a run.
func (k *Codec) appendColumns(dst []byte, s *scratch, sec *section, r *row) ([]byte, error) {
	start := len(dst)
	for i, c := range sec.columns {
		dst = append(dst, sec.lead(k, i)...)
		mark := len(dst)
		var err error
		if dst, err = k.appendColumn(dst, s, sec, c, r); err != nil {
			return dst[:start], columnProblem(c, dst[mark:], err)
		}
	}
	return k.endRow(sec.close(dst), start), nil
}

// appendColumn writes the field of a column in the general way. Beside an error it returns what was written of it.
func (k *Codec) appendColumn(dst []byte, s *scratch, sec *section, c *column, r *row) ([]byte, error) {
	mark := len(dst)
	dst, err := c.write(dst, s, r)
	if err != nil {
		return dst, err
	}
	return k.finish(dst, mark, sec, c, s)
}

// finish makes the raw value at dst[mark:] a field.
func (k *Codec) finish(dst []byte, mark int, sec *section, c *column, s *scratch) ([]byte, error) {
	if sec.keys != nil {
		return finishJSON(dst, mark, c, s)
	}
	return k.writer.finish(dst, mark, c, s)
}

func columnProblem(c *column, value []byte, err error) error {
	return wfm.Problem{Field: "column " + c.name, Value: string(value), Reason: err.Error()}
}

// endRow ends the row that starts at start.
func (k *Codec) endRow(dst []byte, start int) []byte {
	if k.rows.trailing {
		dst = append(dst, k.rows.delimiter...)
	}
	if len(dst) == start && k.rows.quoting {
		dst = append(dst, `""`...) // an empty line is no row
	}
	return append(dst, k.lineEnd...)
}

// FileName makes the name of the file of a period.
func (k *Codec) FileName(period wfm.Window) (string, error) {
	r := row{interval: period, period: period}
	second := false
	if !k.file.day {
		_, second = k.secondOf(period)
	}
	if second && k.repeat == vendors.RepeatTwo {
		r.repeat = "_2"
	}
	name := string(k.name.append(nil, &r))
	if r.repeat != "" && !k.name.hasRepeat {
		name = insertBeforeExtension(name, r.repeat)
	} else if !second && k.endsAlike(period, name) {
		name = insertBeforeExtension(name, "_2")
	}
	if strings.TrimSpace(name) == "" {
		return "", wfm.Problem{Where: k.layout.file, Field: "file.name", Value: k.file.name, Reason: "makes an empty name",
			Remedy: "put more into the template"}
	}
	return name, nil
}

// endsAlike tells whether a clock change has cut an interval so that it ends at the wall-clock time at which
// an earlier one ended, and whose name shows its end. It is no repeated interval, since its start
// is its own, so it has a name of its own under every policy.
func (k *Codec) endsAlike(w wfm.Window, name string) bool {
	const reach = 3 * time.Hour // more than any clock change
	offset := func(t time.Time) int {
		_, seconds := t.In(k.grid.Location).Zone()
		return seconds
	}
	if k.file.day || offset(w.Start.Add(-reach)) == offset(w.End) {
		return false
	}
	for s := k.grid.Slot(w.Start.Add(-time.Second)); s.End.After(w.Start.Add(-reach)); s = k.grid.Slot(s.Start.Add(-time.Second)) {
		if offset(s.Start) != offset(w.End) && string(k.name.append(nil, &row{interval: s, period: s})) == name {
			return true
		}
	}
	return false
}

// secondOf tells whether an interval repeats the wall-clock time of an earlier one, and of which.
func (k *Codec) secondOf(w wfm.Window) (first wfm.Window, ok bool) {
	first, second, repeats := k.grid.Repeat(w)
	return first, repeats && second.Start.Equal(w.Start)
}

func insertBeforeExtension(name, s string) string {
	dot := strings.LastIndexByte(name, '.')
	if dot <= 0 || strings.ContainsAny(name[dot:], `/\`) {
		return name + s
	}
	return name[:dot] + s + name[dot:]
}
