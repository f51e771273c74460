package vendortest

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
)

// subject is who a sample's records are about.
type subject struct {
	workgroup wfm.Workgroup
	agent     wfm.AgentID
	status    wfm.StatusKey
	group     wfm.StatusGroup
}

// plain is a subject with names that need no care in any format.
func plain(n int) subject {
	return subject{wfm.Workgroup(fmt.Sprintf("Team%d", n)), wfm.AgentID(fmt.Sprintf("vt%04d", n)), "Available", "Available"}
}

// value is the value of a counter in a sample. seed tells records apart.
type value func(c wfm.Counter, seed int) int64

// usual values are small and above zero, so that no layout leaves a record out.
func usual(c wfm.Counter, seed int) int64 {
	if c.Info().Unit == wfm.Seconds {
		return int64(10 + (int(c)*7+seed*13)%500)
	}
	return int64(1 + (int(c)+seed)%9)
}

func all(v int64) value { return func(wfm.Counter, int) int64 { return v } }

// grid is that of the harness's settings.
func (k *kit) grid() wfm.Grid {
	return wfm.Grid{Length: k.Settings.Length, Location: k.Settings.Location}
}

// sample is one period of three workgroups and agents: an interval, or the intervals of a day where the encoder
// wants whole days.
func (k *kit) sample(enc vendors.HistoricalEncoder) []wfm.Report {
	return k.sampleOf(enc.Needs(), usual, plain(1), plain(2), plain(3))
}

func (k *kit) sampleOf(needs wfm.Needs, v value, who ...subject) []wfm.Report {
	slot := k.grid().Slot(time.Date(2026, 3, 4, 14, 0, 0, 0, time.UTC))
	if !needs.WholeDays {
		return []wfm.Report{makeReport(needs, slot, v, who...)}
	}
	var list []wfm.Report
	for slot := range k.grid().Slots(wfm.Grid{Length: wfm.Day, Location: k.Settings.Location}.Slot(slot.Start)) {
		list = append(list, makeReport(needs, slot, v, who...))
	}
	return list
}

// makeReport makes the report of an interval with a record per subject, grain and medium that the needs name, sorted as
// reports are.
func makeReport(needs wfm.Needs, w wfm.Window, v value, who ...subject) wfm.Report {
	r := wfm.Report{Interval: w, Revision: 1, Sites: []wfm.Site{1}}
	for _, g := range []struct {
		dst   *[]wfm.Record
		grain wfm.Grain
	}{{&r.Queues, wfm.GrainQueue}, {&r.Agents, wfm.GrainAgent}, {&r.AgentQueues, wfm.GrainAgentQueue}} {
		if !needs.Wants(g.grain) {
			continue
		}
		for _, media := range needs.For(g.grain).MediaList() {
			for i, s := range who {
				rec := wfm.Record{Workgroup: s.workgroup, Agent: s.agent, Media: media}
				switch g.grain {
				case wfm.GrainQueue:
					rec.Agent = ""
				case wfm.GrainAgent:
					rec.Workgroup = ""
				}
				rec.Counts = makeCounts(needs.For(g.grain).Counters, v, i+3*int(g.grain)+len(media))
				*g.dst = append(*g.dst, rec)
			}
		}
		wfm.SortRecords(*g.dst)
	}
	if needs.Activity {
		for _, s := range who {
			r.Activity = append(r.Activity, makeActivity(w, s))
		}
		slices.SortFunc(r.Activity, func(a, b wfm.Activity) int { return cmp.Compare(a.Agent, b.Agent) })
	}
	if needs.SignOns > 0 {
		for _, s := range who {
			r.SignOns = append(r.SignOns, makeSignOns(w, s)...)
		}
		slices.SortStableFunc(r.SignOns, func(a, b wfm.SignOn) int { return cmp.Compare(a.Agent, b.Agent) })
	}
	addContacts(&r, needs, w, v, who...)
	return r
}

// makeSignOns are the spans of an agent whose first log-on is not known, and who is on again at the end of the interval.
func makeSignOns(w wfm.Window, s subject) []wfm.SignOn {
	end := w.End.UTC()
	return []wfm.SignOn{{Agent: s.agent, Out: end.Add(-10 * time.Hour), Reason: s.status}, {Agent: s.agent, In: end.Add(-5 * time.Minute)}}
}

func makeCounts(set *wfm.CounterSet, v value, seed int) wfm.Counts {
	values := make([]int64, set.Len())
	for i := range values {
		values[i] = v(set.At(i), seed)
	}
	return wfm.NewCounts(set, values)
}

// makeActivity is an agent who logs on at the start and changes the status in the middle.
func makeActivity(w wfm.Window, s subject) wfm.Activity {
	w = wfm.Window{Start: w.Start.UTC(), End: w.End.UTC()}
	middle := w.Start.Add((w.Duration() / 2).Truncate(time.Second))
	first, second := wfm.Window{Start: w.Start, End: middle}, wfm.Window{Start: middle, End: w.End}
	seconds := func(w wfm.Window) int64 { return int64(w.Duration() / time.Second) }
	keys := []wfm.StatusTime{{Key: "At Lunch", Group: "Break", Seconds: seconds(second)}, {Key: s.status, Group: s.group, Seconds: seconds(first)}}
	slices.SortFunc(keys, func(a, b wfm.StatusTime) int { return cmp.Compare(a.Key, b.Key) })
	groups := []wfm.StatusGroupTime{{Group: "Break", Seconds: seconds(second)}, {Group: s.group, Seconds: seconds(first)}}
	slices.SortFunc(groups, func(a, b wfm.StatusGroupTime) int { return cmp.Compare(a.Group, b.Group) })
	return wfm.Activity{Agent: s.agent, LoggedIn: seconds(w), Keys: keys, Groups: groups, LogOns: []time.Time{w.Start}, LogOffs: []time.Time{middle},
		States: []wfm.StateSpan{
			{Window: first, Status: s.status, Group: s.group, LoggedIn: true, Began: first.Start},
			{Window: second, Status: "At Lunch", Group: "Break", LoggedIn: true, Began: second.Start}}}
}

// sum adds the second occurrence of a repeated interval, as the host does under the policy sum.
func sum(r *wfm.Report, second wfm.Window) {
	r.Repeated = second
	for _, list := range []*[]wfm.Contact{&r.Begun, &r.Ended} {
		for _, c := range *list {
			*list = append(*list, moved(c, r.Interval, second))
		}
		slices.SortFunc(*list, wfm.CompareContacts)
	}
	for i := range r.Activity {
		a := &r.Activity[i]
		more := makeActivity(second, subject{agent: a.Agent, status: a.States[0].Status, group: a.States[0].Group})
		a.LoggedIn += more.LoggedIn
		for j := range a.Keys {
			a.Keys[j].Seconds += more.Keys[j].Seconds
		}
		for j := range a.Groups {
			a.Groups[j].Seconds += more.Groups[j].Seconds
		}
		a.States, a.LogOns, a.LogOffs = append(a.States, more.States...), append(a.LogOns, more.LogOns...), append(a.LogOffs, more.LogOffs...)
	}
}

// clone copies reports down to the last slice.
func clone(list []wfm.Report) []wfm.Report {
	list = slices.Clone(list)
	for i := range list {
		r := &list[i]
		r.Queues, r.Agents, r.AgentQueues = cloneRecords(r.Queues), cloneRecords(r.Agents), cloneRecords(r.AgentQueues)
		r.Activity = slices.Clone(r.Activity)
		for j := range r.Activity {
			a := &r.Activity[j]
			a.Keys, a.Groups, a.States = slices.Clone(a.Keys), slices.Clone(a.Groups), slices.Clone(a.States)
			a.LogOns, a.LogOffs = slices.Clone(a.LogOns), slices.Clone(a.LogOffs)
		}
		r.SignOns, r.Begun, r.Ended = slices.Clone(r.SignOns), slices.Clone(r.Begun), slices.Clone(r.Ended)
		r.Sites, r.Gaps, r.Diagnostics = slices.Clone(r.Sites), slices.Clone(r.Gaps), slices.Clone(r.Diagnostics)
	}
	return list
}

func cloneRecords(list []wfm.Record) []wfm.Record {
	list = slices.Clone(list)
	for i, r := range list {
		if r.Counts.Set() != nil {
			list[i].Counts = wfm.NewCounts(r.Counts.Set(), slices.Clone(r.Counts.Values()))
		}
	}
	return list
}

// scribble writes over everything in reports that a host may use again.
func scribble(list []wfm.Report) {
	for i := range list {
		r := &list[i]
		for _, records := range [][]wfm.Record{r.Queues, r.Agents, r.AgentQueues} {
			for j := range records {
				records[j].Workgroup, records[j].Agent = "scribbled", "scribbled"
				values := records[j].Counts.Values()
				for n := range values {
					values[n] = 77
				}
			}
		}
		for j := range r.Activity {
			a := &r.Activity[j]
			for n := range a.States {
				a.States[n] = wfm.StateSpan{}
			}
			clear(a.Keys)
			clear(a.Groups)
			clear(a.LogOns)
			clear(a.LogOffs)
			*a = wfm.Activity{Agent: "scribbled"}
		}
		for j := range r.SignOns {
			r.SignOns[j] = wfm.SignOn{Agent: "scribbled"}
		}
		for _, contacts := range [][]wfm.Contact{r.Begun, r.Ended} {
			for j := range contacts {
				contacts[j] = wfm.Contact{ID: "scribbled", Workgroup: "scribbled", Agent: "scribbled"}
			}
		}
		*r = wfm.Report{}
	}
}
