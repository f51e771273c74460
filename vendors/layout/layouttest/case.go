package layouttest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"go.yaml.in/yaml/v3"
)

// caseFile is case.yaml.
type caseFile struct {
	About    string       `yaml:"about"`
	Settings settingsFile `yaml:"settings"`
	Reports  []reportFile `yaml:"reports"`
	// Error lists parts of the message where the case must fail.
	Error []string `yaml:"error"`
	// Repeat and Advice check the capabilities; empty does not look.
	Repeat string   `yaml:"repeat"`
	Advice []string `yaml:"advice"`
	// Rewrite false leaves out the comparison of the file that is written again, for the few texts
	// that cannot be told apart, such as blanks at the end of a name that shifted its row.
	Rewrite *bool `yaml:"rewrite"`
}

type settingsFile struct {
	Location     string            `yaml:"location"`
	Length       string            `yaml:"length"`
	Media        string            `yaml:"media"`
	Presets      []string          `yaml:"presets"`
	Values       map[string]string `yaml:"values"`
	RepeatedHour string            `yaml:"repeated-hour"`
}

type reportFile struct {
	Start       time.Time      `yaml:"start"`
	End         time.Time      `yaml:"end"`
	Repeated    time.Time      `yaml:"repeated"` // start of the second occurrence
	Revision    int            `yaml:"revision"`
	Gaps        []wfm.Site     `yaml:"gaps"`
	Queues      []recordFile   `yaml:"queues"`
	Agents      []recordFile   `yaml:"agents"`
	AgentQueues []recordFile   `yaml:"agent-queues"`
	Activity    []activityFile `yaml:"activity"`
	SignOns     []signOnFile   `yaml:"sign-ons"`
	Begun       []contactFile  `yaml:"contacts-begun"`
	Ended       []contactFile  `yaml:"contacts-ended"`
}

type recordFile struct {
	Workgroup string           `yaml:"workgroup"`
	Agent     string           `yaml:"agent"`
	Media     string           `yaml:"media"`
	Zero      bool             `yaml:"zero"`
	Counts    map[string]int64 `yaml:"counts"`  // by CIC column; those not named are zero
	Missing   []string         `yaml:"missing"` // columns that the database lacks
}

type activityFile struct {
	Agent   string      `yaml:"agent"`
	States  []stateFile `yaml:"states"`
	LogOns  []time.Time `yaml:"log-ons"`
	LogOffs []time.Time `yaml:"log-offs"`
}

// signOnFile is a span of being logged in; an end that it leaves out is not known.
type signOnFile struct {
	Agent  string    `yaml:"agent"`
	In     time.Time `yaml:"in"`
	Out    time.Time `yaml:"out"`
	Reason string    `yaml:"reason"`
}

type stateFile struct {
	Start    time.Time `yaml:"start"`
	End      time.Time `yaml:"end"`
	Began    time.Time `yaml:"began"`
	Status   string    `yaml:"status"`
	Group    string    `yaml:"group"`
	LoggedIn bool      `yaml:"logged-in"`
}

func readCase(dir string) (caseFile, error) {
	var c caseFile
	data, err := os.ReadFile(filepath.Join(dir, "case.yaml"))
	if err != nil {
		return c, err
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	return c, dec.Decode(&c)
}

func (s settingsFile) settings(dir string) (vendors.Settings, error) {
	out := vendors.Settings{Media: wfm.MediaType(s.Media), Presets: s.Presets, Values: s.Values, RepeatedHour: vendors.RepeatPolicy(s.RepeatedHour)}
	var err error
	if s.Location != "" {
		if out.Location, err = time.LoadLocation(s.Location); err != nil {
			return out, err
		}
	}
	if s.Length != "" {
		if out.Length, err = wfm.ParseLength(s.Length); err != nil {
			return out, err
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "layouts", "*.yaml"))
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			return out, err
		}
		out.Layouts = append(out.Layouts, vendors.File{Name: filepath.Base(f), Data: data})
	}
	return out, err
}

// report builds the report with the counters that the encoder needs.
func (r reportFile) report(s vendors.Settings, needs wfm.Needs) (wfm.Report, error) {
	grid := wfm.Grid{Length: s.Length, Location: s.Location}
	out := wfm.Report{Interval: grid.Slot(r.Start), Revision: max(r.Revision, 1), Gaps: r.Gaps}
	if !r.End.IsZero() {
		out.Interval = wfm.Window{Start: r.Start.UTC(), End: r.End.UTC()}
	}
	if !out.Interval.Start.Equal(r.Start) {
		return out, fmt.Errorf("start %s is not on the grid", r.Start)
	}
	if !r.Repeated.IsZero() {
		out.Repeated = grid.Slot(r.Repeated)
	}
	for _, part := range []struct {
		dst  *[]wfm.Record
		from []recordFile
		set  *wfm.CounterSet
	}{
		{&out.Queues, r.Queues, needs.Queue.Counters},
		{&out.Agents, r.Agents, needs.Agent.Counters},
		{&out.AgentQueues, r.AgentQueues, needs.AgentQueue.Counters},
	} {
		for _, rec := range part.from {
			record, err := rec.record(part.set)
			if err != nil {
				return out, err
			}
			*part.dst = append(*part.dst, record)
		}
		wfm.SortRecords(*part.dst)
	}
	for _, a := range r.Activity {
		out.Activity = append(out.Activity, a.activity())
	}
	for _, s := range r.SignOns {
		out.SignOns = append(out.SignOns, wfm.SignOn{Agent: wfm.AgentID(s.Agent), In: s.In, Out: s.Out, Reason: wfm.StatusKey(s.Reason)})
	}
	var err error
	if out.Begun, err = contacts(r.Begun, &out, contactStart); err != nil {
		return out, err
	}
	out.Ended, err = contacts(r.Ended, &out, contactEnd)
	return out, err
}

func (r recordFile) record(set *wfm.CounterSet) (wfm.Record, error) {
	values := make([]int64, set.Len())
	for column, v := range r.Counts {
		c, ok := wfm.CounterByColumn(column)
		if !ok {
			return wfm.Record{}, fmt.Errorf("%q is no CIC column", column)
		}
		if i := set.Index(c); i >= 0 {
			values[i] = v
		}
	}
	for _, column := range r.Missing {
		c, ok := wfm.CounterByColumn(column)
		if !ok {
			return wfm.Record{}, fmt.Errorf("%q is no CIC column", column)
		}
		if i := set.Index(c); i >= 0 {
			values[i] = wfm.Missing
		}
	}
	return wfm.Record{Workgroup: wfm.Workgroup(r.Workgroup), Agent: wfm.AgentID(r.Agent), Media: wfm.MediaType(r.Media),
		Zero: r.Zero, Counts: wfm.NewCounts(set, values)}, nil
}

// activity fills the sums of an agent from the states.
func (a activityFile) activity() wfm.Activity {
	out := wfm.Activity{Agent: wfm.AgentID(a.Agent), LogOns: a.LogOns, LogOffs: a.LogOffs}
	keys, groups := map[wfm.StatusKey]int{}, map[wfm.StatusGroup]int{}
	for _, st := range a.States {
		span := wfm.StateSpan{Window: wfm.Window{Start: st.Start, End: st.End}, Status: wfm.StatusKey(st.Status),
			Group: wfm.StatusGroup(st.Group), LoggedIn: st.LoggedIn, Began: st.Start}
		if !st.Began.IsZero() {
			span.Began, span.CarriedIn = st.Began, true
		}
		out.States = append(out.States, span)
		if !st.LoggedIn {
			continue
		}
		seconds := int64(span.Window.Duration() / time.Second)
		out.LoggedIn += seconds
		if _, ok := keys[span.Status]; !ok {
			keys[span.Status] = len(out.Keys)
			out.Keys = append(out.Keys, wfm.StatusTime{Key: span.Status, Group: span.Group})
		}
		out.Keys[keys[span.Status]].Seconds += seconds
		if _, ok := groups[span.Group]; !ok {
			groups[span.Group] = len(out.Groups)
			out.Groups = append(out.Groups, wfm.StatusGroupTime{Group: span.Group})
		}
		out.Groups[groups[span.Group]].Seconds += seconds
	}
	return out
}
