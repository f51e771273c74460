package vendortest

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/conform"
)

// plainName is what the hostile names take the place of.
const plainName = "vtplai"

// hostileNames are texts that an administrator of CIC can type, or a script import.
func hostileNames() []string {
	return []string{
		"a,b", "a;b", "a|b", "a\tb", "a^b~c", // what parts fields
		`a"b`, `"`, `""`, `"a`, `a"`, `a","b`, "'", `\`, "`",
		"a\nb", "a\r\nb", "a\rb", "\n", "a\vb\fc", "a\u0085b", "a\u2028b\u2029c", // what ends lines
		"a\x00b", "\x1b[31ma", "\x02a\x03", "\x7f",
		"\u202Ea\u202C", "\u05D0\u05D1", "\uFEFFa", "e\u0301\u0301\u0301", // direction, order and marks
		"\U0001F600", "\U0001F469\u200D\U0001F4BB", "\xff\xfe", "\xf0\x9f", "\xed\xa0\x80",
		"%s%n%d", "${a}", "{a}", "</a>&amp;", `{"a":1}`, `a"}],`, "../a", " a", "a ", "END",
		strings.Repeat("a", 10_000), strings.Repeat("\U0001F600", 2_500), strings.Repeat(`",`, 5_000),
	}
}

// formulaNames are what a spreadsheet takes for a formula.
func formulaNames() []string {
	return []string{"=1+1", "+1", "-1", "@A1", "=HYPERLINK(\"http://a\")", "\t=1", "\r=1"}
}

// hostile is a subject whose workgroup and agent, or status, have the name.
func hostile(name string, status bool) subject {
	if status {
		s := plain(1)
		s.status, s.group = wfm.StatusKey(name), wfm.StatusGroup(name)
		return s
	}
	return subject{wfm.Workgroup(name), wfm.AgentID(name), "Available", "Available"}
}

// hostileFiles writes files about one subject, so that neither order nor neighbours matter.
func (k *kit) hostileFiles(ctx context.Context, enc vendors.HistoricalEncoder) error {
	var problems []error
	for _, status := range []bool{false, true} {
		if status && !enc.Needs().Wants(wfm.GrainActivity) {
			continue
		}
		want, err := enc.EncodeHistorical(ctx, k.sampleOf(enc.Needs(), usual, hostile(plainName, status)))
		if err != nil {
			return err
		}
		left := make([][]reading, len(want))
		for i := range want {
			left[i] = readings(decodeText(want[i].Bytes), plainName)
		}
		for _, name := range hostileNames() {
			files, err := enc.EncodeHistorical(ctx, k.sampleOf(enc.Needs(), usual, hostile(name, status)))
			if err != nil {
				continue // refused: nothing is delivered that is broken
			}
			if err := k.unharmed(enc, want, files, left); err != nil {
				problems = append(problems, fmt.Errorf("with the name %s: %w", wfm.Quote(name), err))
			}
		}
	}
	return some(problems)
}

// unharmed compares files with those of a plain name. It takes the readings away that see another structure.
func (k *kit) unharmed(enc vendors.HistoricalEncoder, want, got []wfm.Artifact, left [][]reading) error {
	if len(want) != len(got) {
		return fmt.Errorf("%d artifacts, with a plain name %d", len(got), len(want))
	}
	for i := range want {
		w, g := want[i], got[i]
		if err := deliverable(g.Name); err != nil {
			return fmt.Errorf("the file name %s %w", wfm.Quote(g.Name), err)
		}
		if w.Rows != g.Rows {
			return fmt.Errorf("artifact %s counts %d rows, with a plain name %d", wfm.Quote(w.Name), g.Rows, w.Rows)
		}
		if err := k.sameRows(enc, w, g); err != nil {
			return fmt.Errorf("artifact %s read back: %w", wfm.Quote(w.Name), err)
		}
		remaining, err := survivors(left[i], decodeText(w.Bytes), decodeText(g.Bytes))
		if err != nil {
			return fmt.Errorf("artifact %s %w", wfm.Quote(w.Name), err)
		}
		left[i] = remaining
	}
	return nil
}

// survivors are the readings under which both texts have one structure; at least one must be left.
func survivors(list []reading, plain, hostile string) ([]reading, error) {
	if strings.Contains(hostile, "\x00") && !strings.Contains(plain, "\x00") {
		return nil, errors.New("holds a NUL, at which many readers stop")
	}
	var remaining []reading
	var names []string
	for _, r := range list {
		names = append(names, r.name)
		want, err := r.parse(plain)
		if err != nil {
			return nil, err
		}
		if got, err := r.parse(hostile); err == nil && sameStructure(want, got) {
			remaining = append(remaining, r)
		}
	}
	if len(remaining) == 0 {
		return nil, fmt.Errorf("has other records or fields than with a plain name, read as %s", strings.Join(names, " or "))
	}
	return remaining, nil
}

// sameRows compares what the adapter's reader makes of both files: as many rows and fields, and the same
// figures beside the name.
func (k *kit) sameRows(enc vendors.HistoricalEncoder, plain, hostile wfm.Artifact) error {
	if k.Decode == nil {
		return nil
	}
	want, err := k.Decode(enc, plain)
	if err != nil {
		return fmt.Errorf("with a plain name: %w", err)
	}
	got, err := k.Decode(enc, hostile)
	if err != nil {
		return err
	}
	if len(want) != len(got) {
		return fmt.Errorf("%d rows, with a plain name %d", len(got), len(want))
	}
	for i := range want {
		if len(want[i].Fields) != len(got[i].Fields) {
			return fmt.Errorf("row %d has %d fields, with a plain name %d", i+1, len(got[i].Fields), len(want[i].Fields))
		}
		for j, f := range want[i].Fields {
			if !strings.Contains(f.Text, plainName) && f.Text != got[i].Fields[j].Text {
				return fmt.Errorf("row %d, field %s holds %s, with a plain name %s", i+1, wfm.Quote(f.Name), wfm.Quote(got[i].Fields[j].Text), wfm.Quote(f.Text))
			}
		}
	}
	return nil
}

// formulas looks at files that a double click opens in a spreadsheet.
func (k *kit) formulas(ctx context.Context, enc vendors.HistoricalEncoder) error {
	want, err := enc.EncodeHistorical(ctx, k.sampleOf(enc.Needs(), usual, hostile(plainName, false)))
	if err != nil {
		return err
	}
	isCSV := func(f wfm.Artifact) bool { return strings.EqualFold(path.Ext(f.Name), ".csv") }
	if !slices.ContainsFunc(want, isCSV) {
		return conform.Skip{Reason: "no file is named .csv, so none is likely to be opened by a spreadsheet"}
	}
	var problems []error
	for _, name := range formulaNames() {
		files, err := enc.EncodeHistorical(ctx, k.sampleOf(enc.Needs(), usual, hostile(name, false)))
		if err != nil || len(files) != len(want) {
			continue // refused, or told by the case of hostile names
		}
		for i, f := range files {
			if !isCSV(f) {
				continue
			}
			for _, r := range readings(decodeText(want[i].Bytes), plainName) {
				plain, err := r.parse(decodeText(want[i].Bytes))
				if err != nil {
					return err
				}
				records, err := r.parse(decodeText(f.Bytes))
				if err == nil && sameStructure(plain, records) && slices.ContainsFunc(slices.Concat(records...), func(field string) bool { return formula(field, name) }) {
					problems = append(problems, fmt.Errorf("artifact %s holds the name %s as a formula; write an apostrophe before it, or replace its first character",
						wfm.Quote(f.Name), wfm.Quote(name)))
					break
				}
			}
		}
	}
	return errors.Join(problems...)
}

// formula tells whether a field is the name and a spreadsheet would calculate it: blanks before it do not help.
func formula(field, name string) bool {
	field = strings.TrimLeft(field, " \t\r\n")
	name = strings.TrimLeft(name, " \t\r\n")
	return field != "" && strings.ContainsRune("=+-@", rune(field[0])) && strings.HasPrefix(field, name[:1]) && strings.HasPrefix(field, name)
}
