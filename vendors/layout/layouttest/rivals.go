package layouttest

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/vendors/layout"
)

// part is a piece of a file or a frame as the rivals write it: a row, or, without values, bytes that are ready.
type part struct {
	raw    []byte
	values []any // int64, decimal, moment or string
	texts  []string
	// The formats for fmt, of values and of texts, and the boxed texts.
	format, plain string
	boxed         []any
}

// decimal is a number that shows decimals.
type decimal struct {
	value    float64
	decimals int
}

// moment is a time and how it is shown.
type moment struct {
	at     time.Time
	layout string // empty: seconds since 1970
}

// fieldValue is what a program would have that writes a field. A hoisted value is the one of the row before.
func fieldValue(f layout.Field, hoisted bool) any {
	switch {
	case f.Kind == layout.NumberField && !f.Absent && f.Decimals == 0 && f.Text == strconv.FormatInt(f.Number, 10):
		return f.Number
	case f.Kind == layout.NumberField && !f.Absent:
		if v, err := strconv.ParseFloat(f.Text, 64); err == nil && strconv.FormatFloat(v, 'f', f.Decimals, 64) == f.Text {
			return decimal{v, f.Decimals}
		}
	case f.Kind == layout.TimeField && !hoisted:
		return timeOr(f.Text)
	}
	return f.Text
}

// timeOr is the time that a text shows in a usual form, or the text.
func timeOr(text string) any {
	for _, l := range []string{time.DateOnly, time.TimeOnly, time.DateTime, time.RFC3339, "15:04", "01/02/2006", "02/01/2006", "01/02/06",
		"20060102", "20060102150405", "20060102 150405", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05Z"} {
		if t, err := time.Parse(l, text); err == nil && t.Format(l) == text {
			return moment{t, l}
		}
	}
	if v, err := strconv.ParseInt(text, 10, 64); err == nil && len(text) == 10 && text[0] == '1' {
		return moment{at: time.Unix(v, 0).UTC()}
	}
	return text
}

// learn makes the formats for fmt of what stands between the values; false where the bytes do not show them.
func (p *part) learn() bool {
	var format, plain strings.Builder
	rest := string(p.raw)
	for i, text := range p.texts {
		at := strings.Index(rest, text)
		if at < 0 {
			return false
		}
		gap := rest[:at]
		rest = rest[at+len(text):]
		width := ""
		if blanks := len(gap) - len(strings.TrimRight(gap, " ")); blanks > 1 { // padding
			width, gap = strconv.Itoa(blanks+len(text)), gap[:len(gap)-blanks]
		}
		gap = strings.ReplaceAll(gap, "%", "%%")
		verb := "s"
		switch v := p.values[i].(type) {
		case int64:
			verb = "d"
		case moment:
			if v.layout == "" {
				verb = "d"
			}
		case decimal:
			verb = "." + strconv.Itoa(v.decimals) + "f"
		}
		format.WriteString(gap + "%" + width + verb)
		plain.WriteString(gap + "%" + width + "s")
		p.boxed = append(p.boxed, text)
	}
	rest = strings.ReplaceAll(rest, "%", "%%")
	p.format, p.plain = format.String()+rest, plain.String()+rest
	return true
}

// rivalsFor makes the rivals that write the wanted bytes.
func rivalsFor(parts []part, want []byte) []rival {
	var out bytes.Buffer
	var list []rival
	add := func(name string, write func()) bool {
		write()
		ok := bytes.Equal(out.Bytes(), want)
		if ok {
			list = append(list, rival{name, write})
		}
		return ok
	}
	for _, c := range csvForms() {
		c.out = &out
		if add("csv-values", func() { c.write(parts, false) }) {
			add("csv-ready", func() { c.write(parts, true) })
			break
		}
	}
	add("fmt-values", func() {
		out.Reset()
		var args []any
		for i := range parts {
			p := &parts[i]
			if p.values == nil {
				out.Write(p.raw)
				continue
			}
			args = args[:0]
			for _, v := range p.values {
				args = append(args, argument(v))
			}
			fmt.Fprintf(&out, p.format, args...)
		}
	})
	add("fmt-ready", func() {
		out.Reset()
		for i := range parts {
			if p := &parts[i]; p.values == nil {
				out.Write(p.raw)
			} else {
				fmt.Fprintf(&out, p.plain, p.boxed...)
			}
		}
	})
	return list
}

// argument boxes a value for fmt, as a call of Fprintf does.
func argument(v any) any {
	switch v := v.(type) {
	case int64:
		return v
	case string:
		return v
	case decimal:
		return v.value
	case moment:
		if v.layout == "" {
			return v.at.Unix()
		}
		return v.at.Format(v.layout)
	}
	return nil
}

// csvForm is a form of file that encoding/csv knows.
type csvForm struct {
	comma    rune
	crlf     bool
	trailing bool // a last field that is empty
	out      *bytes.Buffer
	record   []string
}

func csvForms() []*csvForm {
	var list []*csvForm
	for _, comma := range []rune{',', ';', '\t', ' ', '|'} {
		for i := range 4 {
			list = append(list, &csvForm{comma: comma, crlf: i&1 > 0, trailing: i&2 > 0})
		}
	}
	return list
}

func (c *csvForm) write(parts []part, ready bool) {
	c.out.Reset()
	w := csv.NewWriter(c.out)
	w.Comma, w.UseCRLF = c.comma, c.crlf
	for i := range parts {
		p := &parts[i]
		if p.values == nil {
			w.Flush()
			c.out.Write(p.raw)
			continue
		}
		c.record = c.record[:0]
		if ready {
			c.record = append(c.record, p.texts...)
		} else {
			for _, v := range p.values {
				c.record = append(c.record, textOf(v))
			}
		}
		if c.trailing {
			c.record = append(c.record, "")
		}
		_ = w.Write(c.record) // into memory
	}
	w.Flush()
}

func textOf(v any) string {
	switch v := v.(type) {
	case int64:
		return strconv.FormatInt(v, 10)
	case decimal:
		return strconv.FormatFloat(v.value, 'f', v.decimals, 64)
	case moment:
		if v.layout == "" {
			return strconv.FormatInt(v.at.Unix(), 10)
		}
		return v.at.Format(v.layout)
	case string:
		return v
	}
	return ""
}
