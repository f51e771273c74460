package layout

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/cicwfm/cicwfm/wfm"
)

// mostDecoded is the size of the largest file that Decode reads. A file with a day of quarter
// hours of a thousand workgroups is a tenth of it.
const mostDecoded = 64 << 20

// Decode reads a file that the layout wrote. Lines may end in LF or CRLF, and a JSON document may
// have blanks around its records. The error names line or record, and column; bad values of rows are joined, up to ten, and a broken structure ends the reading. Decode
// never panics, and uses memory in proportion to the file, which may have up to 64 MiB.
func (k *Codec) Decode(data []byte) (Document, error) {
	fail := func(err error) (Document, error) {
		return Document{}, &wfm.Error{Op: "read layout " + k.layout.spec.name, Kind: wfm.BadData, Err: err,
			Remedy: "check that the file was written with this layout and these settings"}
	}
	if len(data) > mostDecoded {
		return fail(wfm.Problem{Field: "file", Reason: fmt.Sprintf("has %d bytes, more than %d", len(data), mostDecoded)})
	}
	text, badLine, err := k.charset.decode(data)
	if err != nil {
		return fail(wfm.Problem{Where: "line " + strconv.Itoa(badLine), Field: "file", Reason: err.Error(), Remedy: "expected " + k.charset.name})
	}
	d := &decoder{codec: k, rest: text, line: 1}
	var doc Document
	if k.rows.json && len(k.sections) > 0 {
		part, err := d.document()
		if err := errors.Join(append(d.problems, err)...); err != nil {
			return fail(err)
		}
		return Document{Sections: []Section{part}}, nil
	}
	for i, sec := range k.sections {
		part, err := d.section(i, sec)
		if err != nil {
			return fail(errors.Join(append(d.problems, err)...))
		}
		doc.Sections = append(doc.Sections, part)
	}
	if d.rest != "" {
		d.problem("", d.peek(), "stands behind the end of the file's last section")
	}
	if len(d.problems) > 0 {
		return fail(errors.Join(d.problems...))
	}
	return doc, nil
}

var errTooManyBad = errors.New("too many bad values: reading ends here")

// decoder is the state of reading one file.
type decoder struct {
	codec    *Codec
	rest     string
	line     int
	problems []error
}

func (d *decoder) problem(column, value, reason string) error {
	err := wfm.Problem{Where: "line " + strconv.Itoa(d.line), Field: column, Value: value, Reason: reason}
	if len(d.problems) < mostProblems {
		d.problems = append(d.problems, err)
	}
	return err
}

// peek returns the next line without its end.
func (d *decoder) peek() string {
	s, _, _ := strings.Cut(d.rest, "\n")
	return strings.TrimSuffix(s, "\r")
}

// next consumes a line.
func (d *decoder) next() string {
	s := d.peek()
	if _, rest, ok := strings.Cut(d.rest, "\n"); ok {
		d.rest = rest
	} else {
		d.rest = ""
	}
	d.line++
	return s
}

func (d *decoder) section(i int, sec *section) (Section, error) {
	s := Section{Name: sec.name}
	var err error
	if s.Head, err = d.lines(sec, sec.head, "head"); err != nil {
		return s, err
	}
	for d.rest != "" && !d.atEnd(i, sec) {
		row := Row{Line: d.line}
		texts, err := d.fields(sec)
		if err != nil {
			return s, err
		}
		row.Fields = make([]Field, len(texts))
		for j, text := range texts {
			f, reason := sec.columns[j].decode(text)
			if reason != "" {
				problem := wfm.Problem{Where: "line " + strconv.Itoa(row.Line), Field: "column " + f.Name, Value: text, Reason: reason}
				if d.problems = append(d.problems, problem); len(d.problems) >= mostProblems {
					return s, errTooManyBad
				}
			}
			row.Fields[j] = f
		}
		s.Rows = append(s.Rows, row)
	}
	s.Foot, err = d.lines(sec, sec.foot, "foot")
	return s, err
}

// atEnd tells whether the next line is the first that follows the rows.
func (d *decoder) atEnd(i int, sec *section) bool {
	switch {
	case len(sec.foot) > 0:
		return sec.foot[0].match(d.peek())
	case i+1 < len(d.codec.sections) && len(d.codec.sections[i+1].head) > 0:
		return d.codec.sections[i+1].head[0].match(d.peek())
	}
	return false
}

func (d *decoder) lines(sec *section, list []line, what string) ([]string, error) {
	var texts []string
	for i := range list {
		if d.rest == "" {
			return texts, wfm.Problem{Where: "line " + strconv.Itoa(d.line), Field: what + " of section " + sec.name,
				Reason: fmt.Sprintf("ends after %d of %d lines", i, len(list))}
		}
		if !list[i].match(d.peek()) {
			want := strconv.Quote(list[i].fixed)
			if list[i].template != nil {
				want = list[i].template.sample()
			}
			return texts, wfm.Problem{Where: "line " + strconv.Itoa(d.line), Field: what + " of section " + sec.name, Value: d.peek(),
				Reason: "is not the expected line", Remedy: "expected " + want}
		}
		texts = append(texts, d.next())
	}
	return texts, nil
}

// fields reads one row and cuts it.
func (d *decoder) fields(sec *section) ([]string, error) {
	var texts []string
	var reason string
	start := d.line
	switch {
	case d.codec.rows.fixed:
		texts, reason = cutFixed(d.next(), sec.columns, d.codec.rows)
	case d.codec.rows.quoting:
		texts, reason = d.quotedRecord()
	default:
		texts = strings.Split(d.next(), d.codec.rows.delimiter)
	}
	if reason == "" && !d.codec.rows.fixed {
		if d.codec.rows.trailing {
			if texts[len(texts)-1] != "" {
				reason = "does not end in the delimiter"
			}
			texts = texts[:len(texts)-1]
		}
		if reason == "" && len(texts) != len(sec.columns) {
			reason = fmt.Sprintf("has %d columns instead of %d", len(texts), len(sec.columns))
		}
	}
	if reason != "" {
		return nil, wfm.Problem{Where: "line " + strconv.Itoa(start), Field: "row of section " + sec.name, Reason: reason}
	}
	if !d.codec.rows.fixed {
		for i, c := range sec.columns {
			texts[i] = c.trim(texts[i])
		}
	}
	return texts, nil
}

// quotedRecord reads a record of RFC 4180, which may span lines.
func (d *decoder) quotedRecord() (texts []string, reason string) {
	delimiter := d.codec.rows.delimiter
	for {
		if strings.HasPrefix(d.rest, `"`) {
			text, n := unquote(d.rest)
			if n < 0 {
				return nil, "has a quote that is not closed"
			}
			d.line += strings.Count(d.rest[:n], "\n")
			d.rest = d.rest[n:]
			texts = append(texts, text)
		} else {
			text := bareField(d.rest, delimiter)
			if strings.Contains(text, `"`) {
				return nil, "has a quote inside a field that is not quoted"
			}
			d.rest = d.rest[len(text):]
			texts = append(texts, text)
		}
		rest, more := strings.CutPrefix(d.rest, delimiter)
		if !more {
			if d.peek() != "" {
				return nil, "has text behind a closing quote"
			}
			d.next()
			return texts, ""
		}
		d.rest = rest
	}
}

// bareField returns the field at the start of s that is not quoted: it ends at the delimiter or the end of the line. It looks no
// further, so that a long line costs no more than its length.
func bareField(s, delimiter string) string {
	for i := 0; ; {
		n := strings.IndexAny(s[i:], delimiter+"\n")
		if n < 0 {
			return strings.TrimSuffix(s, "\r")
		}
		switch i += n; {
		case strings.HasPrefix(s[i:], delimiter):
			return s[:i]
		case s[i] == '\n':
			return strings.TrimSuffix(s[:i], "\r")
		}
		i++
	}
}

// unquote reads a quoted field from the start of s and returns how long it was; -1 where it does
// not end.
func unquote(s string) (string, int) {
	var b strings.Builder
	for i := 1; ; {
		end := strings.IndexByte(s[i:], '"')
		if end < 0 {
			return "", -1
		}
		b.WriteString(s[i : i+end])
		i += end + 1
		if i >= len(s) || s[i] != '"' {
			return b.String(), i
		}
		b.WriteByte('"')
		i++
	}
}
