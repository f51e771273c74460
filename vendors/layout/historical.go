package layout

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
)

// Historical is an encoder made of layouts. It implements [vendors.HistoricalEncoder],
// [vendors.Repeater], [vendors.Restater] and [vendors.Advisor], and is safe for concurrent use.
type Historical struct {
	info    vendors.Info
	codecs  []*Codec
	needs   wfm.Needs
	repeat  vendors.RepeatPolicy
	restate vendors.Restatement
	advice  []string
	grid    wfm.Grid
}

// NewHistorical binds layouts to the settings of a feed. Layouts that are about another medium
// than the feed are left out. The error joins every problem.
func NewHistorical(info vendors.Info, s vendors.Settings, layouts ...*Layout) (*Historical, error) {
	if s.Location == nil {
		s.Location = time.UTC
	}
	h := &Historical{info: info, grid: wfm.Grid{Length: s.Length, Location: s.Location}, restate: vendors.Restates}
	problems := checkValues(s.Values, layouts)
	kinds := map[string]bool{}
	for _, l := range layouts {
		if kinds[l.Name()] {
			problems = append(problems, wfm.Problem{Where: l.file, Field: "layout", Value: l.Name(), Reason: "stands twice",
				Remedy: "give each layout of a feed a name of its own"})
		}
		kinds[l.Name()] = true
		k, err := l.Bind(s)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		if len(k.sections) > 0 {
			h.codecs = append(h.codecs, k)
			h.needs = h.needs.Union(k.needs)
		}
	}
	if len(problems) == 0 && len(h.codecs) == 0 {
		problems = append(problems, wfm.Problem{Field: "media", Value: string(s.Media), Reason: "is the medium of no chosen layout",
			Remedy: "choose another medium or other layouts"})
	}
	if len(problems) == 0 {
		problems = h.agree()
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	h.advise(s)
	return h, nil
}

// checkValues finds settings that no layout has.
func checkValues(values map[string]string, layouts []*Layout) []error {
	known := map[string]bool{}
	for _, l := range layouts {
		for _, s := range l.settings {
			known[s.Name] = true
		}
	}
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !known[name] {
			remedy := "remove it: the layouts of this feed have no settings"
			if len(known) > 0 {
				remedy = "use one of " + strings.Join(slices.Sorted(maps.Keys(known)), ", ")
			}
			problems = append(problems, wfm.Problem{Field: "setting " + name, Reason: "is in no layout of this feed", Remedy: remedy})
		}
	}
	return problems
}

// agree checks that the layouts can share a feed: one policy for the repeated hour, because the
// host sums for all of them, and no file name in common.
func (h *Historical) agree() []error {
	var problems []error
	first := ""
	for _, k := range h.codecs {
		if h.repeat == "" && k.repeat != "" {
			h.repeat, first = k.repeat, k.layout.Name()
		}
	}
	h.repeat = cmp.Or(h.repeat, vendors.RepeatDistinct)
	at := h.grid.Slot(time.Date(2021, 2, 3, 13, 0, 0, 0, time.UTC))
	names := map[string]string{}
	for _, k := range h.codecs {
		kind := k.layout.Name()
		if k.repeat != "" && k.repeat != h.repeat {
			problems = append(problems, wfm.Problem{Field: "repeated hour", Value: string(k.repeat),
				Reason: fmt.Sprintf("is what layout %s wants, but layout %s wants %s", kind, first, h.repeat),
				Remedy: "set the policy for the feed, or put the layouts into feeds of their own"})
		}
		k.repeat = h.repeat
		if k.restate == vendors.Reports {
			h.restate = vendors.Reports
		}
		name, err := k.FileName(k.period(at))
		if err != nil {
			problems = append(problems, err)
		} else if other, taken := names[name]; taken {
			problems = append(problems, wfm.Problem{Where: k.layout.file, Field: "file.name", Value: name,
				Reason: fmt.Sprintf("is the name of layout %s too, so that one file would replace the other", other),
				Remedy: "put {kind} into the names"})
		}
		names[name] = kind
	}
	return problems
}

func (h *Historical) advise(s vendors.Settings) {
	if h.repeat == vendors.RepeatSum && s.RepeatedHour == "" && repeatsHours(s.Location) {
		h.advice = append(h.advice, "the hour that the autumn clock change repeats is summed into one interval, "+
			"because the files hold local times without an offset; set the policy to two for a product that adds, or to refuse")
	}
	told := map[string]bool{}
	for _, k := range h.codecs {
		if !k.name.hasTime {
			h.advice = append(h.advice, "file name "+k.name.sample()+" of layout "+k.layout.Name()+
				" holds no time: each file replaces the one before it")
		}
		h.advice = settingAdvice(h.advice, k.layout, s.Values, told)
	}
}

// settingAdvice appends what a layout leaves to the site: settings at their defaults, once each, and what must be confirmed.
func settingAdvice(advice []string, l *Layout, values map[string]string, told map[string]bool) []string {
	for _, setting := range l.settings {
		if _, given := values[setting.Name]; given || setting.Required || told[setting.Name] {
			continue
		}
		told[setting.Name] = true
		advice = append(advice, fmt.Sprintf("setting %s is left at its default %q: %s", setting.Name, setting.Default, wfm.OneLine(setting.Remark)))
	}
	for _, open := range l.spec.siteDefined {
		advice = append(advice, "layout "+l.Name()+", to be confirmed by the site: "+wfm.OneLine(open))
	}
	return advice
}

// Info implements [vendors.Vendor].
func (h *Historical) Info() vendors.Info { return h.info }

// Needs implements [vendors.HistoricalEncoder]: the union of what the layouts show.
func (h *Historical) Needs() wfm.Needs { return h.needs }

// RepeatPolicy implements [vendors.Repeater].
func (h *Historical) RepeatPolicy() vendors.RepeatPolicy { return h.repeat }

// Restatement implements [vendors.Restater]. One layout that must not be sent again decides.
func (h *Historical) Restatement() vendors.Restatement { return h.restate }

// Advice implements [vendors.Advisor].
func (h *Historical) Advice() []string { return slices.Clone(h.advice) }

// Codecs returns the bound layouts, for tools that read files back.
func (h *Historical) Codecs() []*Codec { return slices.Clone(h.codecs) }

// EncodeHistorical implements [vendors.HistoricalEncoder]. Layouts of one file per interval write
// one per report, in order; layouts of one file per day write one for all reports, which must be of
// one calendar day. A day's revision is one plus what its intervals were restated, so that it rises
// with each of them.
func (h *Historical) EncodeHistorical(ctx context.Context, reports []wfm.Report) ([]wfm.Artifact, error) {
	if len(reports) == 0 {
		return nil, nil
	}
	if err := h.checkReports(reports); err != nil {
		return nil, err
	}
	var files []wfm.Artifact
	add := func(k *Codec, period wfm.Window, revision int, reports []wfm.Report) error {
		if err := ctx.Err(); err != nil {
			return &wfm.Error{Op: "write layout " + k.layout.Name(), Kind: wfm.LossOfInterest, Err: err}
		}
		a, ok, err := k.artifact(period, revision, reports)
		if ok && err == nil {
			files = append(files, a)
		}
		return err
	}
	for _, k := range h.codecs {
		if k.file.day {
			revision := 1
			for i := range reports {
				revision += max(reports[i].Revision-1, 0)
			}
			if err := add(k, k.period(reports[0].Interval), revision, reports); err != nil {
				return nil, err
			}
			continue
		}
		for i := range reports {
			if err := add(k, reports[i].Interval, reports[i].Revision, reports[i:i+1]); err != nil {
				return nil, err
			}
		}
	}
	return files, nil
}

// period returns what a file covers that holds the interval.
func (k *Codec) period(interval wfm.Window) wfm.Window {
	if k.file.day {
		return wfm.Grid{Length: wfm.Day, Location: k.grid.Location}.Slot(interval.Start)
	}
	return interval
}

// artifact makes the file of a period; ok is false where there is nothing to say.
func (k *Codec) artifact(period wfm.Window, revision int, reports []wfm.Report) (a wfm.Artifact, ok bool, err error) {
	name, err := k.FileName(period)
	if err != nil {
		return a, false, err
	}
	// Written into memory that is kept, and copied: a file takes one allocation, of its own size.
	s := k.scratch.Get().(*scratch)
	defer k.scratch.Put(s)
	file, rows, err := k.appendFile(s.file[:0], s, period, reports)
	if s.file = file[:0]; err != nil {
		return a, false, err
	}
	if rows == 0 {
		silent := slices.IndexFunc(reports, func(r wfm.Report) bool { return len(r.Gaps) == 0 }) < 0
		if silent || k.file.whenEmpty == omitEmpty {
			return a, false, nil
		}
	}
	return wfm.Artifact{Kind: k.layout.Name(), Name: name, Interval: period, Revision: max(revision, 1), Bytes: append([]byte(nil), file...), Rows: rows}, true, nil
}

// checkReports refuses what would lose data: a day of several dates, or a repeated hour that
// was neither summed nor told apart.
func (h *Historical) checkReports(reports []wfm.Report) error {
	fail := func(reason, remedy string) error {
		return &wfm.Error{Op: "write files", Kind: wfm.BadData, Err: errors.New(reason), Remedy: remedy}
	}
	day := wfm.Grid{Length: wfm.Day, Location: h.grid.Location}.Slot(reports[0].Interval.Start)
	for i := range reports {
		w := reports[i].Interval
		if h.needs.WholeDays && !day.Contains(w.Start) {
			return fail("the reports of one file are of two calendar days", "hand over one day at a time, in the feed's time zone")
		}
		_, second := h.codecs[0].secondOf(w)
		switch {
		case second && h.repeat == vendors.RepeatRefuse:
			return fail("the clock change repeats this interval, and the feed's policy is to refuse it",
				"set the policy for the repeated hour to sum or two")
		case second && h.repeat == vendors.RepeatSum:
			return fail("the clock change repeats this interval, and its figures were not summed with the first",
				"sum the two intervals, or set the policy for the repeated hour to two")
		}
	}
	return nil
}
