package vendortest_test

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/vendortest"
	"github.com/cicwfm/cicwfm/wfm"
)

// good is an adapter that keeps every rule; the broken ones replace parts of it.
type good struct {
	settings vendors.Settings
	policy   vendors.RepeatPolicy

	info     func() vendors.Info
	needs    func() wfm.Needs
	encode   func(ctx context.Context, reports []wfm.Report) ([]wfm.Artifact, error)
	name     func(r wfm.Report) string
	escape   func(string) string
	row      func(w *csv.Writer, r wfm.Record) error
	unwrap   func() vendors.Vendor
	finished func(a *wfm.Artifact, r wfm.Report)
}

func newGood(s vendors.Settings) (*good, error) {
	if s.Location == nil {
		s.Location = time.UTC
	}
	if s.Length == wfm.Day {
		return nil, wfm.Problem{Field: "interval", Value: "day", Reason: "is not taken by this product", Remedy: "use 15m, 30m or 1h"}
	}
	g := &good{settings: s, policy: vendors.RepeatTwo}
	if s.RepeatedHour != "" {
		g.policy = s.RepeatedHour
	}
	g.needs = func() wfm.Needs {
		return wfm.Needs{Queue: wfm.Columns{Counters: wfm.NewCounterSet(append(wfm.AHT.Needs(), wfm.NEnteredAcd)...)}, Activity: true}
	}
	g.escape = func(name string) string {
		if name != "" && strings.ContainsRune("=+-@\t\r", rune(name[0])) {
			name = "'" + name
		}
		return strings.ReplaceAll(strings.ToValidUTF8(name, "?"), "\x00", "?")
	}
	g.row = func(w *csv.Writer, r wfm.Record) error {
		aht := ""
		if seconds, ok := wfm.AHT.Of(r.Counts).Scaled(0); ok {
			aht = strconv.FormatInt(seconds, 10)
		}
		offered := ""
		if n := r.Counts.Get(wfm.NEnteredAcd); n != wfm.Missing {
			offered = strconv.FormatInt(n, 10)
		}
		return w.Write([]string{g.escape(string(r.Workgroup)), offered, aht})
	}
	g.name = func(r wfm.Report) string {
		name := "good_" + r.Interval.Start.In(s.Location).Format("20060102_1504")
		if _, second, repeats := (wfm.Grid{Length: s.Length, Location: s.Location}).Repeat(r.Interval); repeats && second.Start.Equal(r.Interval.Start) {
			name += "_2"
		}
		return name + ".csv"
	}
	g.encode = g.interval
	return g, nil
}

func (g *good) interval(ctx context.Context, reports []wfm.Report) ([]wfm.Artifact, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r := reports[0]
	if _, second, repeats := (wfm.Grid{Length: g.settings.Length, Location: g.settings.Location}).Repeat(r.Interval); repeats &&
		g.policy == vendors.RepeatRefuse && second.Start.Equal(r.Interval.Start) {
		return nil, errors.New("the repeated hour is refused")
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	rows := 0
	for _, q := range r.Queues {
		if err := g.row(w, q); err != nil {
			return nil, err
		}
		rows++
	}
	activity := r.Activity
	if !g.needs().Activity {
		activity = nil
	}
	for _, a := range activity {
		for _, k := range a.Keys {
			if err := w.Write([]string{g.escape(string(a.Agent)), g.escape(string(k.Key)), strconv.FormatInt(k.Seconds, 10)}); err != nil {
				return nil, err
			}
			rows++
		}
	}
	w.Flush()
	if rows == 0 {
		return nil, nil
	}
	a := wfm.Artifact{Kind: "good", Name: g.name(r), Interval: r.Interval, Revision: r.Revision, Bytes: []byte(b.String()), Rows: rows}
	if g.finished != nil {
		g.finished(&a, r)
	}
	return []wfm.Artifact{a}, nil
}

func (g *good) Info() vendors.Info {
	if g.info != nil {
		return g.info()
	}
	return goodInfo()
}

func goodInfo() vendors.Info {
	return vendors.Info{Name: "good", Title: "Good", Presets: []vendors.Preset{
		{Name: "good", Title: "Files", Module: "historical", Evidence: vendors.Documented, Sources: []string{"the maker's manual"}},
		{Name: "lines", Title: "Lines", Module: "rta", Evidence: vendors.SiteDefined, SiteDefined: []string{"everything"}}}}
}

func (g *good) Needs() wfm.Needs                   { return g.needs() }
func (g *good) RepeatPolicy() vendors.RepeatPolicy { return g.policy }
func (g *good) EncodeHistorical(ctx context.Context, reports []wfm.Report) ([]wfm.Artifact, error) {
	return g.encode(ctx, reports)
}

// decodeGood reads files of good. Rows of statuses are about no record.
func decodeGood(_ vendors.HistoricalEncoder, a wfm.Artifact) ([]vendortest.Row, error) {
	records, err := csv.NewReader(strings.NewReader(string(a.Bytes))).ReadAll()
	if err != nil {
		return nil, err
	}
	var rows []vendortest.Row
	for _, fields := range records {
		if !strings.HasPrefix(fields[0], "vt") {
			rows = append(rows, vendortest.Row{Workgroup: wfm.Workgroup(fields[0]),
				Fields: []vendortest.Field{{Name: "queue", Text: fields[0]}, {Name: "offered", Text: fields[1]}, {Name: "aht", Text: fields[2]}}})
			continue
		}
		rows = append(rows, vendortest.Row{Agent: wfm.AgentID(fields[0]),
			Fields: []vendortest.Field{{Name: "agent", Text: fields[0]}, {Name: "status", Text: fields[1]}, {Name: "seconds", Text: fields[2]}}})
	}
	return rows, nil
}

func goodFigures() map[string]func(wfm.Record) string {
	return map[string]func(wfm.Record) string{"offered": func(r wfm.Record) string { return strconv.FormatInt(r.Counts.Get(wfm.NEnteredAcd), 10) }}
}

// lines is a real-time adapter that keeps every rule: a line per state.
type lines struct {
	codes  *vendors.StatusCodes
	traits func() vendors.Traits
	line   func(f *wfm.Frames, now time.Time, s *wfm.AgentState, code string)
	change func(l *line, f *wfm.Frames, now time.Time, c *wfm.StatusChange) error
	start  func(l *line) vendors.Session
	check  func(list []wfm.StatusKey) []wfm.StatusKey
}

func newLines(s vendors.RTASettings) (*lines, error) {
	levels := []wfm.QueueLevel{wfm.LevelOff, wfm.LevelMinimal}
	level, err := vendors.ChooseLevel(s.Level, levels)
	codes, mapErr := vendors.NewStatusCodes(nil, s.Statuses)
	if err := errors.Join(err, mapErr); err != nil {
		return nil, err
	}
	l := &lines{codes: codes}
	l.traits = func() vendors.Traits {
		return vendors.Traits{FanOut: vendors.PerUser, Heartbeat: 10 * time.Second, Level: level, Levels: levels}
	}
	l.line = func(f *wfm.Frames, now time.Time, s *wfm.AgentState, code string) {
		f.Bytes = fmt.Appendf(f.Bytes, "%q;%s;%d\n", s.Agent, code, max(now.Sub(s.Since), 0)/time.Second)
		f.End()
	}
	l.change = func(one *line, f *wfm.Frames, now time.Time, c *wfm.StatusChange) error {
		if c.Event() == wfm.EventLeft {
			return nil
		}
		return one.append(f, now, &c.Now)
	}
	l.start = func(one *line) vendors.Session { return one }
	l.check = func(list []wfm.StatusKey) []wfm.StatusKey { return list }
	return l, nil
}

func (l *lines) Info() vendors.Info          { return goodInfo() }
func (l *lines) Traits() vendors.Traits      { return l.traits() }
func (l *lines) NewSession() vendors.Session { return l.start(&line{lines: l}) }
func (l *lines) CheckStatuses(d []wfm.StatusDefinition) ([]wfm.StatusKey, error) {
	list, err := l.codes.Check(d)
	return l.check(list), err
}

// line is a session of lines.
type line struct {
	lines *lines
	kept  []wfm.AgentState // for broken ones
}

func (l *line) AppendSnapshot(f *wfm.Frames, now time.Time, all []wfm.AgentState) error {
	var skipped []error
	for i := range all {
		if all[i].InAdherence() {
			skipped = append(skipped, l.append(f, now, &all[i]))
		}
	}
	return errors.Join(skipped...)
}

func (l *line) AppendChanges(f *wfm.Frames, now time.Time, changes []wfm.StatusChange) error {
	var skipped []error
	for i := range changes {
		skipped = append(skipped, l.lines.change(l, f, now, &changes[i]))
	}
	return errors.Join(skipped...)
}

func (l *line) append(f *wfm.Frames, now time.Time, s *wfm.AgentState) error {
	code, ok := l.lines.codes.Of(s)
	if !ok {
		return &vendors.Skipped{Agent: s.Agent, Status: s.Status.Key, Unmapped: true, Reason: "has no code"}
	}
	l.lines.line(f, now, s, code.Code)
	return nil
}

func (l *line) AppendHeartbeat(f *wfm.Frames, _ time.Time) error {
	f.Bytes = append(f.Bytes, "alive\n"...)
	f.End()
	return nil
}
