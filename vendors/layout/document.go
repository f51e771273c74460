package layout

import (
	"errors"
	"fmt"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// Document is a file as read back: its sections in the order of the layout.
type Document struct {
	Sections []Section
}

// Section is one table of a document.
type Section struct {
	Name string
	// Head and Foot are the lines before and after the rows, as they stand; of a JSON document the texts around the records.
	Head, Foot []string
	Rows       []Row
}

// Row is one data row. Its fields stand in the order of the layout's columns.
type Row struct {
	Line   int // in the file, from 1; of a JSON document the number of the record
	Fields []Field
}

// Field returns the field of a column.
func (r Row) Field(name string) (Field, bool) {
	for _, f := range r.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// Kind says what a column holds.
type Kind uint8

// The kinds of columns.
const (
	TextField Kind = iota
	NumberField
	TimeField
)

// Field is one value of a row.
type Field struct {
	Name string
	Kind Kind
	// Text is the field without quotes and padding.
	Text string
	// Absent says that a number column says there is no number: it is blank, or holds the text
	// that the layout writes for an undefined or missing value. Of a time column it says that the time, such as the
	// log-off of an agent who is still on, is not there: Time is zero.
	Absent bool
	// Number times 10^-Decimals is the value of a number column, in the unit of the column.
	Number   int64
	Decimals int
	// Time is the value of a time column. A wall-clock time without an offset is read in the zone
	// of the column; of two that look alike it is the first. Parts that the pattern does not show
	// are those of 1 January of year 1.
	Time time.Time
}

// AppendDocument writes a document as the layout writes reports: with its delimiter, widths,
// quoting and encoding. A decoded file gives the same bytes again, unless it was written by other
// rules (needless quotes, other padding) or a text that shifted its row ended in blanks.
func (k *Codec) AppendDocument(dst []byte, d Document) ([]byte, error) {
	if len(d.Sections) != len(k.sections) {
		return dst, wfm.Problem{Field: "document", Reason: fmt.Sprintf("has %d sections instead of %d", len(d.Sections), len(k.sections)),
			Remedy: "use the layout that the document was read with"}
	}
	s := k.scratch.Get().(*scratch)
	defer k.scratch.Put(s)
	from := len(dst)
	if k.rows.json && len(k.sections) > 0 {
		dst, err := k.appendRecords(dst, s, d)
		if err != nil {
			return dst[:from], err
		}
		return dst, nil
	}
	for i, sec := range k.sections {
		for _, l := range d.Sections[i].Head {
			dst = append(append(dst, l...), k.lineEnd...)
		}
		for _, r := range d.Sections[i].Rows {
			var err error
			if dst, err = k.appendFields(dst, s, sec, r); err != nil {
				return dst[:from], k.documentProblem(sec.name, "line", r.Line, err)
			}
		}
		for _, l := range d.Sections[i].Foot {
			dst = append(append(dst, l...), k.lineEnd...)
		}
	}
	return k.charset.encode(dst, from, s)
}

func (k *Codec) documentProblem(section, unit string, n int, err error) error {
	return &wfm.Error{Op: "write layout " + k.layout.spec.name, Kind: wfm.BadData, Err: fmt.Errorf("section %s, %s %d: %w", section, unit, n, err)}
}

func (k *Codec) appendFields(dst []byte, s *scratch, sec *section, r Row) ([]byte, error) {
	if len(r.Fields) != len(sec.columns) {
		return dst, errors.New("has another number of fields than the layout")
	}
	start := len(dst)
	for i, c := range sec.columns {
		dst = append(dst, sec.lead(k, i)...)
		mark := len(dst)
		dst = append(dst, r.Fields[i].Text...)
		var err error
		if dst, err = k.finish(dst, mark, sec, c, s); err != nil {
			return dst, wfm.Problem{Field: "column " + c.name, Value: r.Fields[i].Text, Reason: err.Error()}
		}
	}
	return k.endRow(sec.close(dst), start), nil
}
