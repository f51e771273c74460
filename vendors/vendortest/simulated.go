package vendortest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim"
)

// Simulated returns the reports of a simulated day, 2 March 2026 in UTC, with everything that the needs name: real
// proportions, quiet hours, names with umlauts and quotes. The same needs and length give the same reports.
func Simulated(needs wfm.Needs, length wfm.Length) ([]wfm.Report, error) {
	centre, err := cicsim.New(cicsim.Config{Seed: 11, Workgroups: 3, Agents: 8, Contacts: 150, OddNames: true})
	if err != nil {
		return nil, err
	}
	truth, states := centre.Truth(), centre.States()
	var list []wfm.Report
	for slot := range (wfm.Grid{Length: length}).Slots(centre.Window()) {
		r := wfm.Report{Interval: slot, Revision: 1, Sites: []wfm.Site{1}}
		for _, media := range needs.Queue.MediaList() {
			for _, w := range centre.Workgroups() {
				r.Queues = appendRecord(r.Queues, needs.Queue, wfm.Record{Workgroup: w, Media: media, Counts: truth.Queue(w, media, slot)})
			}
		}
		for _, a := range centre.Agents() {
			for _, media := range needs.Agent.MediaList() {
				r.Agents = appendRecord(r.Agents, needs.Agent, wfm.Record{Agent: a.ID, Media: media, Counts: truth.Agent(a.ID, media, slot)})
			}
			for _, media := range needs.AgentQueue.MediaList() {
				for _, w := range a.Workgroups {
					r.AgentQueues = appendRecord(r.AgentQueues, needs.AgentQueue,
						wfm.Record{Agent: a.ID, Workgroup: w, Media: media, Counts: truth.AgentQueue(a.ID, w, media, slot)})
				}
			}
		}
		if needs.Activity {
			r.Activity = simulatedActivity(centre.Agents(), truth, states, slot)
		}
		if needs.SignOns > 0 {
			r.SignOns = truth.SignOns(wfm.Window{Start: slot.End.Add(-needs.SignOns), End: slot.End})
		}
		if needs.Begun {
			r.Begun = truth.Begun(slot)
		}
		if needs.Ended {
			r.Ended = truth.Ended(slot)
		}
		for _, records := range [][]wfm.Record{r.Queues, r.Agents, r.AgentQueues} {
			wfm.SortRecords(records)
		}
		list = append(list, r)
	}
	return list, nil
}

// appendRecord keeps the counters that are needed; where none is, the record is not.
func appendRecord(list []wfm.Record, needs wfm.Columns, r wfm.Record) []wfm.Record {
	if needs.Counters.Len() == 0 {
		return list
	}
	counts := r.Counts
	r.Counts = makeCounts(needs.Counters, func(c wfm.Counter, _ int) int64 { return counts.Get(c) }, 0)
	return append(list, r)
}

// simulatedActivity cuts the states of the centre to an interval.
func simulatedActivity(agents []cicsim.Agent, truth *cicsim.Truth, states []cicsim.State, slot wfm.Window) []wfm.Activity {
	var list []wfm.Activity
	for _, a := range agents {
		t := truth.Activity(a.ID, slot)
		activity := wfm.Activity{Agent: a.ID, LoggedIn: t.LoggedIn, LogOns: t.LogOns, LogOffs: t.LogOffs}
		groups := map[wfm.StatusKey]wfm.StatusGroup{}
		for _, s := range states {
			end := s.Span.End.Time()
			if s.Span.End == 0 {
				end = slot.End
			}
			part, ok := wfm.Window{Start: s.Span.Start.Time(), End: end}.Intersect(slot)
			if s.Agent != a.ID || !ok {
				continue
			}
			groups[s.Status.Key] = s.Status.Group
			activity.States = append(activity.States, wfm.StateSpan{Window: part, Status: s.Status.Key, Group: s.Status.Group, LoggedIn: s.LoggedIn,
				CarriedIn: s.Span.Start.Time().Before(slot.Start), Began: s.Span.Start.Time()})
		}
		for key, seconds := range t.Keys {
			activity.Keys = append(activity.Keys, wfm.StatusTime{Key: key, Group: groups[key], Seconds: seconds})
		}
		for group, seconds := range t.Groups {
			activity.Groups = append(activity.Groups, wfm.StatusGroupTime{Group: group, Seconds: seconds})
		}
		slices.SortFunc(activity.Keys, func(a, b wfm.StatusTime) int { return cmp.Compare(a.Key, b.Key) })
		slices.SortFunc(activity.Groups, func(a, b wfm.StatusGroupTime) int { return cmp.Compare(a.Group, b.Group) })
		list = append(list, activity)
	}
	return list
}

// simulatedDay writes a day forwards and then, as catching up and restating do, backwards.
func (k *kit) simulatedDay(ctx context.Context) error {
	s := k.Settings
	s.Location = time.UTC // the day of the simulation
	enc, err := k.Historical(s)
	if err != nil {
		return err
	}
	reports, err := Simulated(enc.Needs(), s.Length)
	if err != nil {
		return err
	}
	write := func(backwards bool) (map[string][]byte, error) {
		handovers := [][]wfm.Report{reports}
		if !enc.Needs().WholeDays {
			handovers = nil
			for i := range reports {
				handovers = append(handovers, reports[i:i+1])
			}
		}
		if backwards {
			slices.Reverse(handovers)
		}
		files := map[string][]byte{}
		for _, h := range handovers {
			list, err := enc.EncodeHistorical(ctx, h)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", h[0].Interval, err)
			}
			for _, f := range list {
				if _, taken := files[f.Name]; taken {
					return nil, fmt.Errorf("%s: a second file has the name %s", h[0].Interval, wfm.Quote(f.Name))
				}
				files[f.Name] = f.Bytes
				if k.Decode == nil {
					continue
				}
				rows, err := k.Decode(enc, f)
				if err != nil {
					return nil, fmt.Errorf("artifact %s: %w", wfm.Quote(f.Name), err)
				}
				if len(rows) != f.Rows {
					return nil, fmt.Errorf("artifact %s counts %d rows, and %d are read", wfm.Quote(f.Name), f.Rows, len(rows))
				}
			}
		}
		return files, nil
	}
	forwards, err := write(false)
	if err != nil {
		return err
	}
	backwards, err := write(true)
	if err != nil {
		return err
	}
	if len(forwards) == 0 {
		return fmt.Errorf("%d intervals give no file", len(reports))
	}
	for name, b := range forwards {
		other, ok := backwards[name]
		if !ok {
			return fmt.Errorf("file %s is not written in the other order", wfm.Quote(name))
		}
		if err := sameBytes(b, other); err != nil {
			return fmt.Errorf("file %s in the other order: %w", wfm.Quote(name), err)
		}
	}
	return nil
}
