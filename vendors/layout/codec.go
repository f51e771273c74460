package layout

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/expr-lang/expr/vm"
)

// Codec is a layout bound to the settings of one feed: it writes files and reads them back. It is
// immutable and safe for concurrent use.
type Codec struct {
	layout   *Layout
	file     fileSpec
	name     template
	charset  charset
	lineEnd  string
	rows     rowSpec
	writer   *fieldWriter
	sections []*section
	grid     wfm.Grid
	repeat   vendors.RepeatPolicy
	restate  vendors.Restatement
	needs    wfm.Needs
	runs     int // of all sections
	scratch  sync.Pool
	// head and foot stand around the records of a JSON document; nil of other files.
	head, foot *template
}

// section is one table of a file, compiled.
type section struct {
	name       string
	grain      grain
	filler     func(r *row, report *wfm.Report, at rowPlace)
	media      []wfm.MediaType
	zero       zeroRows
	sort       []sortKey
	head, foot []line
	columns    []*column
	counters   []wfm.Counter
	steps      []rowStep
	// keys holds, for rows of kind json, what stands before each column and behind the last.
	keys []string
}

// line is a line before or after the rows.
type line struct {
	template *template
	fixed    string // the text of a column, dash or blank line
}

func (l *line) append(dst []byte, r *row) []byte {
	if l.template != nil {
		return l.template.append(dst, r)
	}
	return append(dst, l.fixed...)
}

func (l *line) match(s string) bool {
	if l.template != nil {
		return l.template.match(s)
	}
	return l.fixed == s
}

// scratch is the memory of one call, kept between calls.
type scratch struct {
	text  []byte
	file  []byte      // what is written before its size is known
	row   row         // the row that is written
	other row         // one to compare with
	order []sortedRow // the rows of a section,
	spare []sortedRow // and memory to sort them
	runs  []run       // by step.run
	vm    vm.VM
	env   map[string]any
	// times holds, per time column, the last time and its text: the rows of a day show the same date, and so on.
	times []timeText
}

// compile makes a codec; the reader's problems say whether it is of use.
func (c *compiler) compile(l *Layout, s vendors.Settings) *Codec {
	k := &Codec{layout: l, file: c.spec.file, charset: newCharset(c.spec.file), lineEnd: c.spec.file.lineEnd, rows: c.spec.rows,
		writer: newFieldWriter(c.spec.rows), grid: wfm.Grid{Length: s.Length, Location: c.loc}, repeat: c.spec.repeat,
		restate: c.spec.restatement}
	if k.rows.json {
		k.lineEnd = "" // a document is one line, and has no end
	}
	k.scratch.New = func() any { return new(scratch) }
	media := c.mediaOf(c.spec.media)
	name, err := compileTemplate(c.spec.file.name, templateScope{kind: c.spec.name, loc: c.loc, media: mediaName(media), inName: true})
	if c.spec.file.nameNode != nil && (err != nil || len(name.parts) == 0) {
		reason := "is empty"
		if err != nil {
			reason = err.Error()
		}
		c.problem(c.spec.file.nameNode, "file.name", c.spec.file.name, reason, "use a template such as calls_{start:YYYYMMDD_HHmm}.csv")
	}
	k.name = name
	names := map[string]bool{}
	for i := range c.spec.sections {
		spec := &c.spec.sections[i]
		what := fmt.Sprintf("sections[%d]", i+1)
		if names[spec.name] {
			c.problem(spec.node, what+".name", spec.name, "stands twice", "give each section a name of its own")
		}
		names[spec.name] = true
		if spec.left {
			continue
		}
		if sec := c.section(spec, what, media); sec != nil {
			k.makeSteps(sec)
			k.sections = append(k.sections, sec)
			k.needs = k.needs.Union(sec.needs())
		}
	}
	switch {
	case len(c.spec.sections) == 0:
		c.problem(c.spec.node, "sections", "", "is empty", "describe at least one section")
	case !slices.ContainsFunc(c.spec.sections, func(s sectionSpec) bool { return !s.left }):
		c.problem(c.spec.node, "sections", "", "are all left out under these settings", "choose settings under which one is written")
	}
	k.needs.WholeDays = c.spec.file.day
	if k.rows.json {
		c.document(k, mediaName(media))
	} else {
		c.checkOrder(k)
	}
	c.repeatPolicy(k, s.RepeatedHour)
	return k
}

// mediaOf decides which media a section is about: what the layout says, limited to the feed's.
// An empty result means that the section is about another medium.
func (c *compiler) mediaOf(layout []wfm.MediaType) []wfm.MediaType {
	switch {
	case layout == nil && c.media == nil:
		return []wfm.MediaType{wfm.AllMedia}
	case layout == nil:
		return c.media
	case c.media == nil:
		return layout
	}
	var both []wfm.MediaType
	for _, m := range layout {
		if slices.ContainsFunc(c.media, m.Is) || m == wfm.AllMedia {
			both = append(both, m)
		}
	}
	return both
}

func mediaName(list []wfm.MediaType) string {
	switch {
	case len(list) == 1 && list[0] != wfm.AllMedia:
		return string(list[0])
	case len(list) > 1:
		return "several"
	}
	return "all"
}

// section compiles one section; nil where the feed is about another medium.
func (c *compiler) section(spec *sectionSpec, what string, media []wfm.MediaType) *section {
	s := &section{name: spec.name, grain: spec.grain, filler: spec.grain.filler(), media: media, zero: spec.zero}
	if spec.mediaSet {
		s.media = c.mediaOf(spec.media)
	}
	_, statistics := s.grain.statistics()
	names := map[string]bool{}
	for i, col := range spec.columns {
		where := fmt.Sprintf("%s.columns[%d]", what, i+1)
		if names[col.name] {
			c.problem(col.node, where+".name", col.name, "stands twice", "give each column a name of its own, and a title where the file repeats one")
		}
		names[col.name] = true
		compiled := c.column(col, spec, where)
		s.columns = append(s.columns, compiled)
		s.counters = append(s.counters, compiled.counters...)
	}
	slices.Sort(s.counters)
	s.counters = slices.Compact(s.counters)
	switch {
	case len(spec.columns) == 0:
		c.problem(spec.node, what+".columns", "", "is empty", "describe at least one column")
	case statistics && len(s.counters) == 0:
		c.problem(spec.node, what+".columns", "", "show no counter, so nothing would be read", "add a column with a counter or a derived value")
	case !s.grain.hasMedia() && (spec.mediaSet || spec.zero != writeZeroRows):
		c.problem(spec.node, what, string(spec.grain), "is no grain of statistics, which alone has media and zero-rows", "remove them")
	case !statistics && spec.zero != writeZeroRows:
		c.problem(spec.node, what+".zero-rows", string(spec.grain), "is no grain of statistics, which alone has zero-rows", "remove it")
	}
	for _, name := range spec.sort {
		key, ok := newSortKey(name)
		if !ok {
			c.problem(spec.sortNode, what+".sort", name, "is not a sort key", "use start, end, workgroup, agent, media, status or group, with - for descending")
			continue
		}
		s.sort = append(s.sort, key)
	}
	s.head = c.lines(spec.head, s, what+".head")
	s.foot = c.lines(spec.foot, s, what+".foot")
	if c.spec.rows.json {
		s.keys = c.jsonKeys(spec.columns, what)
	}
	if s.grain.hasMedia() && len(s.media) == 0 {
		return nil
	}
	return s
}

func (c *compiler) lines(specs []lineSpec, s *section, what string) []line {
	var list []line
	for i, spec := range specs {
		where := fmt.Sprintf("%s[%d]", what, i+1)
		var l line
		switch {
		case spec.hasText:
			t, err := compileTemplate(spec.text, templateScope{kind: c.spec.name, loc: c.loc, media: mediaName(s.media)})
			if err != nil {
				c.problem(spec.node, where+".text", spec.text, err.Error(), "correct the template")
			}
			l.template = &t
		case spec.columns, spec.dashes:
			l.fixed = c.columnLine(spec, s)
		}
		list = append(list, l)
	}
	return list
}

// columnLine is the line of titles, or the dashes below it.
func (c *compiler) columnLine(spec lineSpec, s *section) string {
	delimiter := c.spec.rows.delimiter
	if spec.delimiter != nil {
		delimiter = *spec.delimiter
	}
	var b []byte
	var sc scratch
	for i, col := range s.columns {
		if i > 0 {
			b = append(b, delimiter...)
		}
		mark := len(b)
		b = append(b, col.title...)
		if spec.dashes {
			b = append(b[:mark], strings.Repeat("-", max(col.width, len([]rune(col.title))*btoi(col.width == 0)))...)
		}
		if c.spec.rows.fixed {
			title := *col
			title.pad, title.overflow = ' ', overflowShift
			b, _ = title.fit(b, mark)
		} else if delimiter == c.spec.rows.delimiter && c.spec.rows.quoting {
			b = newFieldWriter(c.spec.rows).quote(b, mark, &sc)
		}
	}
	if spec.trailing {
		b = append(b, delimiter...)
	}
	return string(b)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// checkOrder makes sure that a reader can tell where the rows of a section end.
func (c *compiler) checkOrder(k *Codec) {
	for i, s := range k.sections {
		if i+1 < len(k.sections) && len(s.foot) == 0 && len(k.sections[i+1].head) == 0 {
			c.problem(c.spec.node, "sections", s.name, "has no end: it has no foot and the next section has no head",
				"add a foot line, or a head line to the next section")
		}
	}
}

func (s *section) needs() wfm.Needs {
	columns := wfm.Columns{Counters: wfm.NewCounterSet(s.counters...), Media: s.media}
	switch s.grain {
	case grainQueue:
		return wfm.Needs{Queue: columns}
	case grainAgent:
		return wfm.Needs{Agent: columns}
	case grainAgentQueue:
		return wfm.Needs{AgentQueue: columns}
	case grainAgentBoth:
		return wfm.Needs{Agent: columns, AgentQueue: columns}
	case grainSignOns:
		return wfm.Needs{SignOns: signOnSpan}
	case grainBegun:
		return wfm.Needs{Begun: true}
	case grainEnded:
		return wfm.Needs{Ended: true}
	}
	return wfm.Needs{Activity: true}
}

// clocks tells whether any name, line or row shows a local time of day without an offset, and
// whether any shows one that is unambiguous.
func (k *Codec) clocks() (local, instant bool) {
	look := func(l, i bool) { local, instant = local || l, instant || i }
	look(k.name.local, k.name.instant)
	for _, t := range []*template{k.head, k.foot} {
		if t != nil {
			look(t.local, t.instant)
		}
	}
	for _, s := range k.sections {
		for _, l := range slices.Concat(s.head, s.foot) {
			if l.template != nil {
				look(l.template.local, l.template.instant)
			}
		}
		for _, c := range s.columns {
			look(c.local, c.instant)
		}
	}
	return local, instant
}

// repeatPolicy settles what happens in the repeated hour: the feed's choice, the layout's, or
// what the times in the file suggest. A layout that shows no time of day leaves
// it to the layouts beside it.
func (c *compiler) repeatPolicy(k *Codec, feed vendors.RepeatPolicy) {
	policies := []vendors.RepeatPolicy{"", vendors.RepeatSum, vendors.RepeatTwo, vendors.RepeatRefuse, vendors.RepeatDistinct}
	if !slices.Contains(policies, feed) {
		c.problem(nil, "repeated hour", string(feed), "is not a policy", "use sum, two, refuse or distinct")
	}
	if feed != "" {
		k.repeat = feed
	}
	local, instant := k.clocks()
	switch {
	case k.repeat == "" && local:
		k.repeat = vendors.RepeatSum
	case k.repeat == "" && instant:
		k.repeat = vendors.RepeatDistinct
	}
	if k.repeat == vendors.RepeatDistinct && (feed == "" || repeatsHours(c.loc)) && k.name.local && !k.name.instant && !k.name.hasRepeat && !k.file.day {
		c.problem(c.spec.file.nameNode, "repeated-hour", string(k.repeat), "does not suit the file name, which is the same in both hours",
			"use sum or two, or put the offset or the time in UTC into the name")
	}
}

// repeatsHours tells whether the clocks of a location are still put back.
func repeatsHours(loc *time.Location) bool {
	_, change := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).In(loc).ZoneBounds()
	return !change.IsZero()
}

// Layout returns the layout that the codec was made from.
func (k *Codec) Layout() *Layout { return k.layout }

// Needs says what the codec reads.
func (k *Codec) Needs() wfm.Needs { return k.needs }
