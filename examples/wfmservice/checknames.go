package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/config"
	"github.com/cicwfm/cicwfm/wfm/integration"
)

// sameNames finds feeds whose files would replace each other: equal names in one folder.
func (k *checker) sameNames(ctx context.Context) (rows []row) {
	type claim struct{ feed, destination string }
	taken := map[string]claim{} // by place and name
	for i := range k.t.Options.Historical {
		f := &k.t.Options.Historical[i]
		names, err := fileNames(ctx, f)
		if err != nil {
			continue // the feed's own check says what is wrong
		}
		for _, d := range f.Destinations {
			for _, n := range names {
				key := placeOf(k.t.Targets[d.Name]) + "\x00" + strings.ToLower(n) // as Windows compares names
				other, used := taken[key]
				if !used {
					taken[key] = claim{f.Name, d.Name}
					continue
				}
				if other.feed == f.Name {
					rows = append(rows, newRow(inConfiguration, f.Name, markFail, fmt.Sprintf("destinations %s and %s are the same place", wfm.Quote(other.destination), wfm.Quote(d.Name)),
						"name one of them, or give each a folder of its own"))
				} else {
					rows = append(rows, newRow(inConfiguration, f.Name, markFail, fmt.Sprintf("writes the same file names as feed %s into destination %s, such as %s", wfm.Quote(other.feed), wfm.Quote(d.Name), wfm.Quote(n)),
						"give each feed a folder of its own, or a name of its own in the settings of its layout"))
				}
				break // one name says it
			}
		}
	}
	return rows
}

// placeOf is where a destination's files come to lie.
func placeOf(t config.Target) string {
	folder := strings.Trim(strings.ReplaceAll(t.Folder, `\`, "/"), "/")
	return strings.ToLower(fmt.Sprint(t.Kind, "|", t.Path, "|", t.Host, "|", t.Port, "|", t.Share, "|", folder, "|", t.User, "|", t.URL))
}

// fileNames are those of one interval: of the first one of a day, which feeds of different lengths have in common, with a record of each grain.
func fileNames(ctx context.Context, f *integration.HistoricalFeed) (names []string, err error) {
	if f.Grid.Location == nil {
		return nil, fmt.Errorf("no zone")
	}
	w := f.Grid.Slot(time.Date(2026, 3, 3, 0, 0, 0, 0, f.Grid.Location))
	r := wfm.Report{Interval: w, Revision: 1, Sites: []wfm.Site{1}}
	needs := f.Encoder.Needs()
	record := func(c wfm.Columns, one wfm.Record) (list []wfm.Record) {
		if c.Counters == nil {
			return nil
		}
		for _, m := range c.MediaList() {
			one.Media, one.Counts = m, wfm.NewCounts(c.Counters, make([]int64, c.Counters.Len()))
			list = append(list, one)
		}
		return list
	}
	r.Queues = record(needs.Queue, wfm.Record{Workgroup: "Example"})
	r.Agents = record(needs.Agent, wfm.Record{Agent: "example"})
	r.AgentQueues = record(needs.AgentQueue, wfm.Record{Agent: "example", Workgroup: "Example"})
	if needs.Activity {
		r.Activity = []wfm.Activity{{Agent: "example"}}
	}
	artifacts, err := f.Encoder.EncodeHistorical(ctx, []wfm.Report{r})
	for _, a := range artifacts {
		names = append(names, a.Name)
	}
	return names, err
}
