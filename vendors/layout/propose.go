package layout

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cicwfm/cicwfm/vendors"
)

// Proposal is a changed layout that a sample fits.
type Proposal struct {
	// Changes say in words what was changed, one each.
	Changes []string
	// Layout is the text of the changed layout, with the comments of the old one. It was parsed, and the sample compared with it.
	Layout []byte
	// Unknown are columns of the sample whose meaning is not known. They are empty texts in the layout, each
	// with a comment, until somebody fills in what they show.
	Unknown []string
	// Report is that of the sample and the changed layout: it fits, perhaps with remarks.
	Report Report
}

// Propose looks for the smallest change of a layout that makes a sample fit. ok is false where there is nothing to
// change, or where no change is found that was proven by comparing the sample with the changed layout.
//
// It takes the changes that the findings of [Compare] suggest, drops those without which the sample fits too, and looks
// again, up to a few times. Where that does not help, no record fits and the rows of the sample are regular, all with the same number of
// columns or the same width, it describes them anew: columns are known again by their titles.
func Propose(l *Layout, s vendors.Settings, sample []byte) (proposal Proposal, ok bool, err error) {
	p, err := examine(l, s, sample)
	if err != nil || p.report.Fits() || len(sample) == 0 || len(sample) > mostDecoded {
		return Proposal{}, false, err
	}
	const rounds = 5
	first := p
	for range rounds {
		shape := p.reshape()
		edits := slices.Clone(p.edits)
		if len(shape) > 0 { // what is said of columns is of those at other places
			edits = append(slices.DeleteFunc(edits, func(e edit) bool { return e.column }), shape...)
		}
		if len(edits) == 0 {
			break
		}
		next, text := p.try(edits, sample)
		if next == nil {
			break
		}
		if next.report.Fits() && next.proven(edits) {
			edits, next, text = p.smallest(edits, next, text, sample)
			return finished(proposal, edits, next, text), true, nil
		}
		proposal.note(edits)
		p = next
	}
	for _, edits := range first.anew() {
		if next, text := first.try(edits, sample); next != nil && next.report.Fits() && next.proven(edits) {
			return finished(Proposal{}, edits, next, text), true, nil
		}
	}
	return Proposal{}, false, nil
}

// proven tells whether the sample says anything of the edits: a sample without records says nothing of how they are written, and
// of no title line that it is none of them.
func (p *proof) proven(edits []edit) bool {
	return p.report.Records > 0 || !slices.ContainsFunc(edits, func(e edit) bool { return !e.whole })
}

func (r *Proposal) note(edits []edit) {
	for _, e := range edits {
		r.Changes = append(r.Changes, e.words)
	}
}

func finished(r Proposal, edits []edit, p *proof, text []byte) Proposal {
	r.note(edits)
	r.Layout, r.Report = text, p.report
	for _, t := range p.tables {
		for _, s := range t.specs {
			if unknownColumn(s.expr) {
				r.Unknown = append(r.Unknown, s.name)
			}
		}
	}
	return r
}

// try changes the layout and compares the sample with it; nil where the changed layout is none.
func (p *proof) try(edits []edit, sample []byte) (*proof, []byte) {
	c := copyNodes(p.layout.node)
	for _, e := range edits {
		e.apply(c)
	}
	text, err := c.text()
	if err != nil {
		return nil, nil
	}
	changed, err := Parse(vendors.File{Name: p.layout.file, Data: text})
	if err != nil {
		return nil, nil
	}
	s := p.settings
	s.Values = map[string]string{}
	for _, setting := range changed.settings {
		if v, ok := p.settings.Values[setting.Name]; ok {
			s.Values[setting.Name] = v
		}
	}
	next, err := examine(changed, s, sample)
	if err != nil {
		return nil, nil
	}
	return next, text
}

// smallest drops the edits that are not needed.
func (p *proof) smallest(edits []edit, next *proof, text, sample []byte) ([]edit, *proof, []byte) {
	const mostTried, largest = 24, 1 << 20
	if len(edits) > mostTried || len(sample) > largest {
		return edits, next, text
	}
	for i := 0; i < len(edits) && len(edits) > 1; {
		fewer := slices.Delete(slices.Clone(edits), i, i+1)
		if without, changed := p.try(fewer, sample); without != nil && without.report.Fits() && without.proven(fewer) && len(without.report.Findings) <= len(next.report.Findings) {
			edits, next, text = fewer, without, changed
			continue
		}
		i++
	}
	return edits, next, text
}

// String returns the changes as lines of text.
func (r Proposal) String() string {
	var b strings.Builder
	b.WriteString("a changed layout makes the sample fit:\n")
	for _, c := range r.Changes {
		b.WriteString("- " + c + "\n")
	}
	if len(r.Unknown) > 0 {
		fmt.Fprintf(&b, "to be filled in, because their meaning is not known: %s\n", strings.Join(r.Unknown, ", "))
	}
	return b.String()
}
