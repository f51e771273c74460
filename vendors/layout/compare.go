package layout

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"go.yaml.in/yaml/v3"
)

// FindingKind says what kind of thing does not fit.
type FindingKind string

// The kinds of findings.
const (
	FoundEncoding   FindingKind = "encoding"           // the bytes are text in another encoding
	FoundBOM        FindingKind = "byte-order mark"    // there is one too many or too few
	FoundLineEnd    FindingKind = "line end"           // LF, CRLF or CR; of frames also other terminators
	FoundDelimiter  FindingKind = "delimiter"          // another character parts the columns
	FoundTrailing   FindingKind = "trailing delimiter" // rows end in the delimiter, or do not
	FoundQuoting    FindingKind = "quoting"            // quotes where none are meant, or none where they are
	FoundCount      FindingKind = "column count"       // a row has another number of columns
	FoundWidth      FindingKind = "width"              // fixed columns stand elsewhere
	FoundHeader     FindingKind = "header"             // a title line reads otherwise
	FoundTitleLines FindingKind = "title lines"        // a title line is missing or too many
	FoundOrder      FindingKind = "section order"      // sections stand in another order, or are missing
	FoundDate       FindingKind = "date form"          // a date or time is written otherwise
	FoundDecimal    FindingKind = "decimal mark"       // a comma for a point, or the reverse
	FoundNumber     FindingKind = "number"             // no number, or more decimals than the column has
	FoundUnit       FindingKind = "unit"               // the figures look like another unit
	FoundValue      FindingKind = "value"              // a text that the column never holds
	FoundInterval   FindingKind = "interval"           // times off the feed's intervals
	FoundFraming    FindingKind = "framing"            // frames do not end as the layout says
	FoundStructure  FindingKind = "structure"          // anything else that keeps the sample from being read
	FoundRewritten  FindingKind = "written otherwise"  // reads well, but the layout would write other bytes
)

// Finding is one thing that does not fit, with every line that has it.
type Finding struct {
	Kind FindingKind `json:"kind"`
	// Section is the section of the file, or the record of a frame; empty where the finding is about the whole.
	Section string `json:"section,omitempty"`
	Column  string `json:"column,omitempty"` // by its name in the layout; empty where the finding is about no single column
	// Lines are the first lines that have it, from 1, at most ten; of frames their numbers, of a JSON document those of its records. Count is how many have it.
	// Findings about the whole have none.
	Lines []int `json:"lines,omitempty"`
	Count int   `json:"count"`
	// Text says in a sentence what is wrong. Expected is what the layout says, Found what the first of the lines has.
	Text     string `json:"text"`
	Expected string `json:"expected,omitempty"`
	Found    string `json:"found,omitempty"`
	// Remark marks what deserves a look and does not keep the sample from fitting.
	Remark bool `json:"remark,omitempty"`
}

// Line is the first line of the finding; 0 for none.
func (f Finding) Line() int {
	if len(f.Lines) == 0 {
		return 0
	}
	return f.Lines[0]
}

// String returns the finding as one line.
func (f Finding) String() string {
	var b strings.Builder
	if len(f.Lines) > 0 {
		b.WriteString("line " + strconv.Itoa(f.Lines[0]))
		if f.Count > 1 {
			fmt.Fprintf(&b, " and %d more", f.Count-1)
		}
		b.WriteString(": ")
	}
	b.WriteString(string(f.Kind))
	if f.Column != "" {
		b.WriteString(" of column " + f.Column)
	}
	b.WriteString(": " + f.Text)
	if f.Expected != "" {
		b.WriteString("; expected " + wfm.Quote(f.Expected))
	}
	if f.Found != "" {
		b.WriteString("; found " + wfm.Quote(f.Found))
	}
	return wfm.OneLine(b.String())
}

// Report is the result of a comparison.
type Report struct {
	Layout string `json:"layout"`
	Bytes  int    `json:"bytes"`
	// Records are the rows of the sample, or the records of its frames; Fitting how many of them could be read to the last column.
	Records int `json:"records"`
	Fitting int `json:"fitting"`
	// Findings stand in the order of the sample, those about the whole first; at most a hundred. More is how many were left out.
	Findings []Finding `json:"findings,omitempty"`
	More     int       `json:"more,omitempty"`
}

// Fits tells whether the sample is what the layout describes. Remarks do not count.
func (r Report) Fits() bool {
	return r.More == 0 && !slices.ContainsFunc(r.Findings, func(f Finding) bool { return !f.Remark })
}

// String returns the report as lines of text.
func (r Report) String() string {
	var b strings.Builder
	verdict := "does not fit"
	if r.Fits() {
		verdict = "fits"
	}
	fmt.Fprintf(&b, "the sample %s layout %s\n%d of %d records can be read\n", verdict, r.Layout, r.Fitting, r.Records)
	for _, f := range r.Findings {
		if f.Remark {
			b.WriteString("remark: ")
		}
		b.WriteString(f.String() + "\n")
	}
	if r.More > 0 {
		fmt.Fprintf(&b, "and %d more findings\n", r.More)
	}
	return b.String()
}

const (
	mostFindings = 100 // of a report
	mostLines    = 10  // that a finding names
	mostValues   = 500 // of a column that are looked at together
	mostColumns  = 500 // of rows that are described anew
)

// Compare holds a sample of a site's own product against a layout: a file, or captured bytes of one connection. It
// says what fits and what does not, in the words of an administrator.
//
// Of the settings, Location, Length (the intervals of the sample, by which units are judged), Media and Values count. The
// error says that the layout cannot be bound to them; a sample is never an error. Compare never panics, and uses
// memory in proportion to the sample, which may have up to 64 MiB.
//
// A sample that was damaged in several ways is read as it was meant where that can be told: behind another delimiter the
// date form is still looked at. [Propose] builds on that.
func Compare(l *Layout, s vendors.Settings, sample []byte) (Report, error) {
	p, err := examine(l, s, sample)
	if err != nil {
		return Report{}, err
	}
	return p.report, nil
}

// proof is one comparison: what was found, and the edits of the layout that would make each finding go away.
type proof struct {
	layout    *Layout
	settings  vendors.Settings
	codec     *Codec // of frames: of single records
	wire      *wire  // of module rta; nil otherwise
	file      fileSpec
	rows      rowSpec // as found: what parts and quotes the columns of the sample
	tables    []*table
	report    Report
	byKey     map[findingKey]int // the place of a finding
	edits     []edit
	text      string // of the sample, its lines or frames ended by line feeds
	blind     bool   // propose columns without guessing what they show
	inColumns bool   // edits are about what single columns hold
}

type findingKey struct {
	kind            FindingKind
	section, column string
	text            string
}

// table is a section of a file or a record of frames, with what was found in it.
type table struct {
	name       string
	section    *section
	node       *yaml.Node
	specs      []columnSpec
	head, foot []lineSpec
	columns    []columnFacts
	// lines are the rows of the sample that belong to the table.
	lines []sampleLine
	// misfits are rows that cannot be cut; trailing counts those that end otherwise than the layout says.
	misfits  []sampleLine
	trailing int
	// titles is the column line of the sample, where there is one; titleLine is which line of the head it is, or -1.
	titles    []string
	titleText string
	titleLine int
}

func examine(l *Layout, s vendors.Settings, sample []byte) (*proof, error) {
	p := &proof{layout: l, settings: s, byKey: map[findingKey]int{}, report: Report{Layout: l.Name(), Bytes: len(sample)}}
	if err := p.bind(); err != nil {
		return nil, err
	}
	switch {
	case len(sample) > mostDecoded:
		p.found(Finding{Kind: FoundStructure, Text: fmt.Sprintf("the sample has %d bytes, more than %d; cut it", len(sample), mostDecoded)})
	case len(sample) == 0:
		p.found(Finding{Kind: FoundStructure, Text: "the sample is empty"})
	case p.wire != nil:
		p.frames(sample)
	default:
		p.historical(sample)
	}
	p.finish(sample)
	return p, nil
}

// bind compiles the layout with the settings.
func (p *proof) bind() error {
	l, s := p.layout, p.settings
	if l.module == moduleRealTime {
		values, problems := settingValues(l.file, l.settings, s.Values)
		if err := errors.Join(append(problems, checkValues(s.Values, []*Layout{l})...)...); err != nil {
			return err
		}
		spec, w, err := l.bindRealTime(values, s.Location)
		if err != nil {
			return err
		}
		p.wire, p.codec, p.rows = w, w.codec, spec.rows
		p.file = fileSpec{node: spec.realTime.frame.node, encoding: spec.realTime.frame.encoding, unmappable: spec.realTime.frame.unmappable}
		for _, r := range w.records {
			i := slices.IndexFunc(spec.realTime.records, func(s recordSpec) bool { return s.name == r.name })
			if len(r.section.columns) > 0 {
				p.addTable(&table{name: r.name, section: r.section, node: spec.realTime.records[i].node, specs: spec.realTime.records[i].columns})
			}
		}
		return nil
	}
	values, problems := settingValues(l.file, l.settings, s.Values)
	if err := errors.Join(append(problems, checkValues(s.Values, []*Layout{l})...)...); err != nil {
		return err
	}
	spec, k, err := l.bind(values, s)
	if err != nil {
		return err
	}
	if len(k.sections) == 0 {
		return wfm.Problem{Where: l.file, Field: "media", Value: string(s.Media), Reason: "is not the medium of the layout",
			Remedy: "leave it open, or choose another layout"}
	}
	p.codec, p.rows, p.file = k, spec.rows, spec.file
	for _, sec := range k.sections {
		i := slices.IndexFunc(spec.sections, func(s sectionSpec) bool { return s.name == sec.name })
		of := spec.sections[i]
		p.addTable(&table{name: sec.name, section: sec, node: of.node, specs: of.columns, head: of.head, foot: of.foot})
	}
	return nil
}

func (p *proof) addTable(t *table) {
	t.columns, t.titleLine = make([]columnFacts, len(t.specs)), -1
	p.tables = append(p.tables, t)
}

// found notes a finding. Findings that differ in their line alone are one.
func (p *proof) found(f Finding, lines ...int) {
	key := findingKey{f.Kind, f.Section, f.Column, f.Text}
	i, ok := p.byKey[key]
	if !ok {
		if len(p.report.Findings) >= mostFindings {
			p.report.More++
			return
		}
		i = len(p.report.Findings)
		p.byKey[key] = i
		f.Expected, f.Found, f.Text = shown(f.Expected), shown(f.Found), shown(f.Text)
		p.report.Findings = append(p.report.Findings, f)
	}
	at := &p.report.Findings[i]
	at.Count += max(len(lines), btoi(len(lines) == 0 && !ok))
	for _, line := range lines {
		if len(at.Lines) < mostLines {
			at.Lines = append(at.Lines, line)
		}
	}
}

// shown cuts a text of the sample that would fill the report.
func shown(s string) string {
	const most = 400
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// finish sorts the findings, and makes sure that a sample is called fitting only if it can be read.
func (p *proof) finish(sample []byte) {
	if p.wire == nil && p.report.Fits() {
		p.rewrite(sample)
	}
	slices.SortStableFunc(p.report.Findings, func(a, b Finding) int { return a.Line() - b.Line() })
}

// rewrite reads the sample as a whole and writes it again.
func (p *proof) rewrite(sample []byte) {
	doc, err := p.codec.Decode(sample)
	if err != nil {
		p.found(Finding{Kind: FoundStructure, Text: wfm.OneLine(err.Error())})
		return
	}
	again, err := p.codec.AppendDocument(nil, doc)
	if err != nil {
		p.found(Finding{Kind: FoundRewritten, Remark: true, Text: wfm.OneLine(err.Error())})
		return
	}
	ours, theirs := strings.Split(p.readable(again), "\n"), strings.Split(p.readable(sample), "\n")
	for i := range min(len(ours), len(theirs)) {
		if ours[i] != theirs[i] && !(i == len(theirs)-1 && strings.TrimSuffix(ours[i], "\r") == theirs[i]) {
			p.found(Finding{Kind: FoundRewritten, Remark: true, Text: "the sample reads well, but the layout would write this line otherwise",
				Expected: strings.TrimSuffix(ours[i], "\r"), Found: strings.TrimSuffix(theirs[i], "\r")}, i+1)
		}
	}
}

func (p *proof) readable(data []byte) string {
	text, _, err := p.codec.charset.decode(data)
	if err != nil {
		return ""
	}
	return text
}
