package layout

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cicwfm/cicwfm/wfm"
)

// duration tells whether a number column shows a length of time, and whether that is an average.
func (t *table) duration(s columnSpec) (is, average bool) {
	if id, ok := wfm.CounterByColumn(s.value); ok {
		return id.Info().Unit == wfm.Seconds, false
	}
	if d, ok := wfm.DerivedByName(s.value); ok {
		info := d.Info()
		return info.Unit == wfm.Seconds, len(info.Den) > 0
	}
	if src, ok := sourceFor(s.value, t.section.grain); ok {
		return src.number != nil && !src.count, false
	}
	return s.unit != unitNone && s.unit != unitShare && s.unit != unitPercent, false
}

// perSecond is how many of a unit make a second, times 3600.
func perSecond(u unit) float64 {
	switch u {
	case unitMilliseconds:
		return 3600 * 1000
	case unitMinutes:
		return 60
	case unitHours:
		return 1
	}
	return 3600
}

// otherNumber looks at the figures of a column as a whole: their marks, decimals and magnitude.
func (p *proof) otherNumber(t *table, i int, c *column) {
	spec, facts := t.specs[i], &t.columns[i]
	figures, decimals, mark := figuresOf(facts.values, c)
	if len(figures) == 0 {
		return
	}
	where := "column " + c.name
	if facts.shape == FoundDecimal && mark != c.mark {
		p.set(spec.node, "decimal-mark", mark, where+".decimal-mark")
	}
	is, average := t.duration(spec)
	unitNow := spec.unit
	if unitNow == unitNone {
		unitNow = unitSeconds
	}
	switch {
	case is:
		if u, ok := p.likelyUnit(figures, decimals, unitNow, t.section.grain, average); !ok {
			p.found(Finding{Kind: FoundUnit, Section: t.name, Column: c.name, Expected: string(unitNow), Found: string(u),
				Text: fmt.Sprintf("figures such as %s are of a magnitude that suits another unit, in intervals of %s", shorten(facts.values), p.settings.Length)})
			p.set(spec.node, "unit", string(u), where+".unit")
		}
	case spec.unit == unitPercent && decimals > 0 && slices.Max(figures) <= 1:
		p.found(Finding{Kind: FoundUnit, Section: t.name, Column: c.name, Expected: string(unitPercent), Found: string(unitShare),
			Text: fmt.Sprintf("figures such as %s are shares of one, and the layout has percent", shorten(facts.values))})
		p.set(spec.node, "unit", string(unitShare), where+".unit")
	case spec.unit == unitShare && slices.Max(figures) > 1:
		p.found(Finding{Kind: FoundUnit, Section: t.name, Column: c.name, Expected: string(unitShare), Found: string(unitPercent),
			Text: fmt.Sprintf("figures such as %s are percent, and the layout has shares of one", shorten(facts.values))})
		p.set(spec.node, "unit", string(unitPercent), where+".unit")
	}
	if decimals > c.precision && (facts.shape == FoundNumber || facts.shape == FoundDecimal) {
		p.set(spec.node, "precision", strconv.Itoa(min(decimals, 9)), where+".precision")
	}
}

// figuresOf reads the numbers of a column, with whatever decimal mark they have.
func figuresOf(values []string, c *column) (figures []float64, decimals int, mark string) {
	mark = c.mark
	for _, v := range values {
		if f, _ := c.decode(v); f.Absent {
			continue
		}
		if whole, fraction, ok := strings.Cut(v, "."); ok {
			mark, decimals = ".", max(decimals, len(fraction))
			v = whole + "." + fraction
		} else if whole, fraction, ok := strings.Cut(v, ","); ok {
			mark, decimals = ",", max(decimals, len(fraction))
			v = whole + "." + fraction
		}
		if f, err := strconv.ParseFloat(strings.TrimSpace(v), 64); err == nil && f >= 0 {
			figures = append(figures, f)
		}
	}
	return figures, decimals, mark
}

// likelyUnit judges durations by their magnitude against the interval: what one agent does, and an average of one contact,
// lie between a second and a few intervals; a queue's total is that of at most some hundred agents. ok is false where the
// median suits another unit only.
func (p *proof) likelyUnit(figures []float64, decimals int, now unit, g grain, average bool) (likely unit, ok bool) {
	figures = slices.DeleteFunc(slices.Clone(figures), func(f float64) bool { return f == 0 })
	if len(figures) == 0 || g.realTime() {
		return now, true
	}
	slices.Sort(figures)
	median := figures[len(figures)/2]
	length := p.settings.Length.Duration().Seconds()
	least, most := 1.0, 4*max(length, 1800)
	if g == grainQueue && !average {
		most = 300 * length
	}
	suits := func(u unit) bool {
		seconds := median * 3600 / perSecond(u)
		return seconds >= least && seconds <= most
	}
	if suits(now) && !(decimals > 0 && now == unitSeconds && figures[len(figures)-1] <= length/60) {
		return now, true
	}
	order := []unit{unitSeconds, unitMilliseconds, unitMinutes, unitHours}
	if decimals > 0 {
		order = []unit{unitMinutes, unitHours, unitSeconds}
	}
	for _, u := range order {
		if u != now && suits(u) {
			return u, false
		}
	}
	return now, true
}

// shorten shows a few values.
func shorten(values []string) string {
	return strings.Join(values[:min(len(values), 3)], ", ")
}
