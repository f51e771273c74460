package layout

import (
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// A source is what a column can show by name, beside counters and derived values: an identity, a
// time or a number of seconds. The same names are identifiers in expressions, where times are
// seconds since 1970.
type source struct {
	name   string
	grains []grain
	text   func(r *row) string
	flag   func(r *row) bool // shown as true or false
	time   func(r *row, loc *time.Location) time.Time
	at     func(r *row) time.Time // the same, of a time whose location is any, before it is set
	number func(r *row) int64     // seconds
	millis bool                   // number is milliseconds, and wfm.Missing where the database has none
	count  bool                   // number counts, and is no duration
	still  bool                   // the same in all rows of an interval
	open   bool                   // time may be the zero time: the column is blank then
}

// sources is the table of named sources.
func sources() []source {
	statisticsGrains := []grain{grainQueue, grainAgent, grainAgentQueue, grainAgentBoth}
	mediaGrains := append(slices.Clone(statisticsGrains), grainBegun, grainEnded)
	queueGrains := []grain{grainQueue, grainAgentQueue, grainAgentBoth, grainBegun, grainEnded}
	agentGrains := []grain{grainAgent, grainAgentQueue, grainAgentBoth, grainStates, grainEvents, grainStatus, grainGroup, grainSignOns, grainBegun, grainEnded}
	statesGrain, eventsGrain := []grain{grainStates}, []grain{grainEvents}
	files := append(slices.Clone(mediaGrains), grainStates, grainEvents, grainStatus, grainGroup, grainSignOns)
	return append([]source{
		{name: "workgroup", grains: queueGrains, text: func(r *row) string { return r.workgroup }},
		{name: "agent", grains: agentGrains, text: func(r *row) string { return r.agent }},
		{name: "media", grains: mediaGrains, text: func(r *row) string { return r.media }},
		{name: "statusKey", grains: []grain{grainStates, grainStatus}, text: func(r *row) string { return r.key }},
		{name: "statusGroup", grains: []grain{grainStates, grainStatus, grainGroup}, text: func(r *row) string { return r.group }},
		{name: "loggedIn", grains: statesGrain, flag: func(r *row) bool { return r.loggedIn }},
		{name: "carriedIn", grains: statesGrain, flag: func(r *row) bool { return r.carriedIn }},
		{name: "event", grains: eventsGrain, text: func(r *row) string { return r.event }},

		instant(source{name: "intervalStart", grains: files, still: true, at: func(r *row) time.Time { return r.interval.Start }}),
		{name: "intervalEnd", grains: files, still: true, time: func(r *row, loc *time.Location) time.Time { return endIn(r.interval, loc) }},
		instant(source{name: "fileStart", grains: files, still: true, at: func(r *row) time.Time { return r.period.Start }}),
		{name: "fileEnd", grains: files, still: true, time: func(r *row, loc *time.Location) time.Time { return endIn(r.period, loc) }},
		instant(source{name: "stateStart", grains: statesGrain, at: func(r *row) time.Time { return r.window.Start }}),
		instant(source{name: "stateEnd", grains: statesGrain, at: func(r *row) time.Time { return r.window.End }}),
		instant(source{name: "stateBegan", grains: statesGrain, at: func(r *row) time.Time { return r.at }}),
		instant(source{name: "eventTime", grains: eventsGrain, at: func(r *row) time.Time { return r.at }}),

		{name: "intervalSeconds", grains: files, still: true, number: func(r *row) int64 { return int64(r.interval.Duration() / time.Second) }},
		{name: "statusSeconds", grains: statesGrain, number: func(r *row) int64 { return int64(r.window.Duration() / time.Second) }},
		{name: "statusSeconds", grains: []grain{grainStatus, grainGroup}, number: func(r *row) int64 { return r.seconds }},
	}, slices.Concat(signOnSources(), contactSources(), realTimeSources())...)
}

// instant completes a source that is an instant, shown in any location.
func instant(s source) source {
	s.time = func(r *row, loc *time.Location) time.Time { return s.at(r).In(loc) }
	return s
}

// timeFor finds what a time placeholder shows.
func timeFor(name string, g grain) (source, bool) {
	if g.realTime() {
		src, ok := sourceFor(name, g)
		return src, ok && src.time != nil
	}
	switch name {
	case "start":
		return sourceFor("intervalStart", grainQueue)
	case "end":
		return sourceFor("intervalEnd", grainQueue)
	}
	return source{}, false
}

// endIn returns the end of a window with the offset that was in force just before it, so that an
// interval that ends at a clock change shows 02:00-03:00 and not 02:00-02:00.
func endIn(w wfm.Window, loc *time.Location) time.Time {
	name, offset := w.End.Add(-time.Second).In(loc).Zone()
	end := w.End.In(loc)
	if _, now := end.Zone(); now == offset {
		return end
	}
	return w.End.In(time.FixedZone(name, offset))
}

// shown returns the text of a text or flag source.
func (s source) shown() func(r *row) string {
	if s.flag == nil {
		return s.text // nil of a time or number
	}
	return func(r *row) string {
		if s.flag(r) {
			return "true"
		}
		return "false"
	}
}

func isSource(name string) bool {
	return slices.ContainsFunc(sources(), func(s source) bool { return s.name == name })
}

// sourceFor finds a source by name for a grain.
func sourceFor(name string, g grain) (source, bool) {
	for _, s := range sources() {
		if s.name == name && slices.Contains(s.grains, g) {
			return s, true
		}
	}
	return source{}, false
}

// sourceNames lists what a column of a grain may name, for messages.
func sourceNames(g grain) string {
	var names []string
	for _, s := range sources() {
		if slices.Contains(s.grains, g) {
			names = append(names, s.name)
		}
	}
	if _, ok := g.statistics(); ok {
		names = append(names, "a CIC column such as nEnteredAcd", "a derived value such as offered")
	}
	return strings.Join(names, ", ")
}

// wrongView finds a counter that the view behind a grain does not have.
func wrongView(list []wfm.Counter, g grain) (wfm.Counter, bool) {
	for _, c := range list {
		if g == grainQueue && c.Info().Views == wfm.InAgentView {
			return c, true
		}
	}
	return 0, false
}
