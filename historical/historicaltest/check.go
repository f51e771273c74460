package historicaltest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/wfm"
)

// Check proves that a source answers a query by the contract of historical.Source: rows in their window, in the promised order,
// each once, also where two disjoint windows are read, and single contacts as Row describes them. It joins every
// rule that was broken, each with an explanation; nil means none was. It reads the query three
// times: whole, in two halves, and stopped early.
func Check(ctx context.Context, src historical.Source, q historical.Query) error {
	c := checker{q: q}
	whole := c.read(ctx, src, q.Window)
	c.order(src, whole)
	c.unique(whole)
	mid := q.Window.Start.Add(q.Window.Duration() / 2).Truncate(time.Second)
	first, second := q, q
	first.Window.End, second.Window.Start = mid, mid
	halves := append(c.read(ctx, src, first.Window), c.read(ctx, src, second.Window)...)
	c.disjoint(whole, halves)
	c.stop(ctx, src)
	return errors.Join(c.broken...)
}

type checker struct {
	q      historical.Query
	broken []error
}

func (c *checker) rule(format string, args ...any) {
	if len(c.broken) < 50 {
		c.broken = append(c.broken, fmt.Errorf(format, args...))
	}
}

func (c *checker) read(ctx context.Context, src historical.Source, w wfm.Window) []historical.Row {
	q := c.q
	q.Window = w
	var rows []historical.Row
	for r, err := range src.Rows(ctx, q) {
		if err != nil {
			c.rule("the query failed: %w", err)
			return rows
		}
		c.row(&r, w)
		r.Values = slices.Clone(r.Values)
		if r.Contact != nil {
			kept := *r.Contact
			r.Contact = &kept
		}
		rows = append(rows, r)
	}
	return rows
}

// row checks what holds for every row alone.
func (c *checker) row(r *historical.Row, w wfm.Window) {
	name := fmt.Sprintf("%s row of site %d at %s", r.Grain, r.Site, r.Start)
	if r.Start.Location() != time.UTC {
		c.rule("%s: Start is not in UTC; the library works in UTC throughout", name)
	}
	if r.Duration < 0 {
		c.rule("%s: negative duration", name)
	}
	if r.Grain == wfm.GrainActivity {
		q := c.q
		q.Window = w
		if states := q.States(); !r.Start.Before(states.End) || r.End().Before(states.Start) {
			c.rule("%s: the state does not touch the window %s; only states that reach into it belong to it", name, states)
		}
		if !q.Needs.Wants(wfm.GrainActivity) {
			c.rule("%s: activity was not asked for", name)
		}
		return
	}
	if !w.Contains(r.Start) {
		c.rule("%s: starts outside the window %s; windows are half-open and rows belong by their start", name, w)
	}
	if r.Grain == wfm.GrainPresence {
		return
	}
	if r.Grain == wfm.GrainBegun || r.Grain == wfm.GrainEnded {
		c.contact(name, r)
		return
	}
	if !c.q.Needs.Wants(r.Grain) {
		c.rule("%s: this grain was not asked for; reading it costs time for nothing", name)
	}
	if want := c.q.Needs.For(r.Grain).Counters.Len(); len(r.Values) != want {
		c.rule("%s: %d values for %d counters; values stand in the order of the query's counter set", name, len(r.Values), want)
	}
	if !slices.Contains(c.q.Needs.For(r.Grain).MediaList(), r.Media) {
		c.rule("%s: medium %q is not spelled as the query spells it", name, r.Media)
	}
}

// contact checks what holds for the row of a contact.
func (c *checker) contact(name string, r *historical.Row) {
	if !c.q.Needs.Wants(r.Grain) {
		c.rule("%s: this grain was not asked for; reading it costs time for nothing", name)
	}
	if r.Contact == nil {
		c.rule("%s: has no contact; it is all that such a row holds", name)
		return
	}
	at, what := r.Contact.Start, "begins"
	if r.Grain == wfm.GrainEnded {
		at, what = r.Contact.End, "ends"
	}
	if !at.Equal(r.Start) {
		c.rule("%s: the contact %s at %s; Start is the instant that puts a contact into an interval", name, what, at)
	}
	if r.Contact.Start.Location() != time.UTC || r.Contact.End.Location() != time.UTC {
		c.rule("%s: the contact's times are not in UTC; the library works in UTC throughout", name)
	}
	if r.Contact.End.Before(r.Contact.Start) {
		c.rule("%s: the contact ends before it begins; such rows are bad and left out", name)
	}
	if r.Duration != 0 {
		c.rule("%s: has a duration; that of a contact is zero", name)
	}
	if r.Site != r.Contact.Site || r.Workgroup != "" || r.Agent != "" || r.Media != "" {
		c.rule("%s: the row repeats fields of the contact, or has another site; they stand in the contact alone, and the site in both", name)
	}
	if g := r.Contact.Workgroup; g == "" || (c.q.Workgroups != nil && !slices.ContainsFunc(c.q.Workgroups, func(w wfm.Workgroup) bool {
		return strings.EqualFold(string(w), string(g))
	})) {
		c.rule("%s: is of workgroup %q, which was not asked for", name, g)
	}
}

// order checks the promise of historical.Ordered.
func (c *checker) order(src historical.Source, rows []historical.Row) {
	o, ok := src.(historical.Ordered)
	if !ok {
		return
	}
	var latest time.Time
	for i := range rows {
		start := clamped(&rows[i], c.q)
		if start.Before(latest.Add(-o.Slack())) {
			c.rule("a %s row at %s comes after one at %s, more than the promised slack of %s; intervals closed meanwhile would lose it",
				rows[i].Grain, start, latest, o.Slack())
			return
		}
		if start.After(latest) {
			latest = start
		}
	}
}

// unique checks that no contact comes twice: site, ID and Seq are the key of its table.
func (c *checker) unique(rows []historical.Row) {
	type key struct {
		grain wfm.Grain
		site  wfm.Site
		id    string
		seq   int
	}
	seen := map[key]bool{}
	for i := range rows {
		if rows[i].Contact == nil {
			continue
		}
		k := key{rows[i].Grain, rows[i].Contact.Site, rows[i].Contact.ID, rows[i].Contact.Seq}
		if seen[k] {
			c.rule("%s: the contact %q (Seq %d) of site %d came twice; it would be counted once and remarked upon", k.grain, k.id, k.seq, k.site)
		}
		seen[k] = true
	}
}

// disjoint checks that two halves hold the statistics rows and the contacts of the whole, each once.
func (c *checker) disjoint(whole, halves []historical.Row) {
	text := func(rows []historical.Row) []string {
		var list []string
		for _, r := range rows {
			if r.Grain != wfm.GrainActivity && r.Grain != wfm.GrainPresence {
				line := fmt.Sprintf("%s site %d %s %q %q %q %v", r.Grain, r.Site, r.Start, r.Workgroup, r.Agent, r.Media, r.Values)
				if r.Contact != nil {
					line += fmt.Sprintf(" %+v", *r.Contact)
				}
				list = append(list, line)
			}
		}
		slices.SortFunc(list, cmp.Compare[string])
		return list
	}
	a, b := text(whole), text(halves)
	if !slices.Equal(a, b) {
		c.rule("two disjoint windows gave %d rows, the whole gave %d, or their content differs; a backfill may read parts at the same time", len(b), len(a))
	}
}

// stop checks that a consumer may leave early.
func (c *checker) stop(ctx context.Context, src historical.Source) {
	for range src.Rows(ctx, c.q) {
		break
	}
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	var last error
	n := 0
	for _, err := range src.Rows(ctx, c.q) {
		if last = err; err == nil {
			n++
		}
	}
	if last == nil && n > 0 {
		c.rule("a cancelled context did not end the query with an error: %d rows came", n)
	}
}
