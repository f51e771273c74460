package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/integration"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// Feeds are checked by the integration, one service for each, with what the servers said before: so that one feed does not wait for another,
// and servers that did not answer are not asked again. Licence, ledger and destinations have rows of their own.

// feedTasks checks each feed.
func (k *checker) feedTasks() (tasks []task) {
	for _, f := range k.t.Options.Historical {
		tasks = append(tasks, task{group: inFeeds, item: f.Name, do: func(ctx context.Context) []row { return k.historicalFeed(ctx, f) }})
	}
	for _, f := range k.t.Options.RealTime {
		tasks = append(tasks, task{group: inFeeds, item: f.Name, do: func(ctx context.Context) []row { return k.realTimeFeed(ctx, f) }})
	}
	return tasks
}

// anyLicence is for services that look at feeds alone.
func anyLicence() *license.Gate {
	const any license.Feature = "I3_FEATURE_ANY"
	return license.NewGate(license.Declared{All: []license.Feature{license.FeatureHistorical, any}}, license.Options{RealTime: any})
}

func (k *checker) historicalFeed(ctx context.Context, f integration.HistoricalFeed) (rows []row) {
	var reached []integration.Server
	var names []string
	for _, s := range f.Servers {
		names = append(names, s.Name)
		if k.servers[s.Name].database {
			reached = append(reached, s)
		} else {
			s.Source = unreached{}
			reached = append(reached, s)
		}
	}
	rows = append(rows, k.unlicensed(f.Name, license.Historical, names)...)
	if !slices.ContainsFunc(names, func(n string) bool { return k.servers[n].database }) {
		return append(rows, newRow(inFeeds, f.Name, markNote, "was not tried: none of its databases can be read", "see the servers"))
	}
	f.Servers, f.Destinations, f.Transport = reached, nil, nowhere{}
	return append(rows, k.checked(ctx, integration.Options{Historical: []integration.HistoricalFeed{f}, Ledger: ledger.NewMemory(nil)},
		fmt.Sprintf("%s, %s intervals, %s", titleOf(f.Encoder), f.Grid.Length, workgroupText(f.Workgroups)))...)
}

func (k *checker) realTimeFeed(ctx context.Context, f integration.RealTimeFeed) (rows []row) {
	var servers []integration.RealTimeServer
	var names []string
	answered := false
	for _, s := range k.t.Options.RealTimeServers {
		if f.Servers != nil && !slices.Contains(f.Servers, s.Name) {
			continue
		}
		said := k.servers[s.Name]
		names = append(names, s.Name)
		answered = answered || said.icws == nil
		if said.icws != nil {
			servers = append(servers, integration.RealTimeServer{Name: s.Name, Source: remembered{err: errUnreached}})
			continue
		}
		servers = append(servers, integration.RealTimeServer{Name: s.Name, Source: remembered{in: said.inspection}})
	}
	rows = append(rows, k.unlicensed(f.Name, license.RealTime, names)...)
	if !answered {
		return append(rows, newRow(inFeeds, f.Name, markNote, "was not tried: none of its CIC servers answers", "see the servers"))
	}
	rows = append(rows, k.unknownStatuses(f.Name, servers)...)
	f.Links, f.Servers = noLinks{}, nil
	return append(rows, k.checked(ctx, integration.Options{RealTime: []integration.RealTimeFeed{f}, RealTimeServers: servers},
		fmt.Sprintf("%s, queue-state level %s, %s", titleOf(f.Encoder), f.Encoder.Traits().Level, workgroupText(f.Workgroups)))...)
}

func titleOf(v vendors.Vendor) string { return v.Info().Title }

func workgroupText(list []wfm.Workgroup) string {
	if list == nil {
		return "all workgroups"
	}
	return fmt.Sprintf("%d workgroups", len(list))
}

// unknownStatuses finds names in the status map that no server has: mostly misspelled.
func (k *checker) unknownStatuses(feed string, servers []integration.RealTimeServer) (rows []row) {
	m := k.t.StatusMaps[feed]
	if m == nil {
		return nil
	}
	known := map[string]bool{}
	var names []string
	for _, s := range servers {
		r := s.Source.(remembered)
		if r.err != nil {
			return nil // it may have them
		}
		for _, d := range r.in.Statuses {
			if key := strings.ToLower(string(d.Key)); !known[key] {
				known[key] = true
				names = append(names, wfm.Quote(string(d.Key)))
			}
		}
	}
	slices.Sort(names)
	for _, name := range slices.Sorted(maps.Keys(m.Statuses)) {
		if !known[strings.ToLower(name)] {
			rows = append(rows, newRow(inFeeds, feed, markWarn, "the status map names status "+wfm.Quote(name)+", which CIC does not have", "correct it; CIC has "+strings.Join(names, ", ")))
		}
	}
	return rows
}

// unlicensed says that none of a feed's servers is licensed. What is not known stands with the servers.
func (k *checker) unlicensed(feed string, m license.Module, servers []string) []row {
	if len(servers) == 0 { // none could be made; why stands with the configuration
		return nil
	}
	for _, s := range servers {
		if d, known := k.servers[s].licence[m]; !known || d.State != license.NotLicensed {
			return nil
		}
	}
	return []row{newRow(inFeeds, feed, markFail, "none of its servers is licensed: "+strings.Join(servers, ", "), "see the licences of the servers")}
}

// checked makes rows of what a service of one feed finds.
func (k *checker) checked(ctx context.Context, o integration.Options, fine string) (rows []row) {
	o.Licence = anyLicence()
	name := ""
	for _, f := range o.Historical {
		name = f.Name
	}
	for _, f := range o.RealTime {
		name = f.Name
	}
	s, err := integration.New(o)
	if err != nil {
		return failures(inFeeds, name, markFail, err)
	}
	good := true
	for _, f := range s.Check(ctx, wfm.Window{}).Feeds {
		for _, p := range f.Problems {
			if errors.Is(p, errUnreached) {
				rows = append(rows, newRow(inFeeds, name, markNote, "was tried without a server that cannot be reached", "see the servers"))
				continue
			}
			good = false
			rows = append(rows, failures(inFeeds, name, markFail, p)...)
		}
		for _, n := range f.Notes {
			m := markNote
			switch {
			case strings.Contains(n, ": connected to ") || strings.Contains(n, ": its clock is ") || strings.Contains(n, "is not visible to the account"):
				continue // said with the server
			case slices.Contains(f.Attention, n):
				m, good = markWarn, false
			}
			if m == markNote {
				one := newRow(inFeeds, name, m, n, "")
				one.remark = true
				rows = append(rows, one)
				continue
			}
			rows = append(rows, noted(inFeeds, name, m, withRemedy(n)))
		}
	}
	if good {
		rows = append([]row{newRow(inFeeds, name, markOK, fine, "")}, rows...)
	}
	return rows
}

// withRemedy adds what this program's user can do about what the integration notes.
func withRemedy(note string) string {
	for part, remedy := range map[string]string{
		"has no members":              "add the agents to the workgroup in Interaction Administrator, or name another",
		"statuses have no code":       "give each a code in the status map, or keep unmapped: skip where that is meant",
		"one master workgroup":        "make a workgroup without a queue that holds every monitored agent, and name it alone",
		"statistics and no contacts":  "see whether CIC fills InteractionSummary, and whether its SiteID and LastAssignedWorkgroupID are the site and the workgroups of the feed",
		"its intervals are gaps":      "see whether its statistics reach the database, and whether site is right",
		"writes its text for missing": "see whether the account may read the column, or leave it out with a layout of your own",
	} {
		if strings.Contains(note, part) {
			text, more, _ := strings.Cut(note, "; ")
			if more != "" {
				text += ", " + more
			}
			return text + "; " + remedy
		}
	}
	return note
}

// errUnreached stands for a server whose own row says what is wrong.
var errUnreached = errors.New("was not reached")

// unreached is the database of a server that did not answer before.
type unreached struct{}

func (unreached) Rows(context.Context, historical.Query) iter.Seq2[historical.Row, error] {
	return func(yield func(historical.Row, error) bool) { yield(historical.Row{}, errUnreached) }
}

func (unreached) Inspect(context.Context, historical.Query) (historical.Inspection, error) {
	return historical.Inspection{}, errUnreached
}

// remembered is a CIC server that was asked before.
type remembered struct {
	in  rta.Inspection
	err error
}

func (r remembered) Run(context.Context, rta.Query, func(rta.Event) error) error { return errUnreached }

func (r remembered) Inspect(context.Context, rta.Query) (rta.Inspection, error) { return r.in, r.err }

// nowhere is a transport that delivers nothing.
type nowhere struct{}

func (nowhere) Deliver(context.Context, wfm.Artifact) (delivery.Receipt, error) {
	return delivery.Receipt{}, errors.ErrUnsupported
}

// noLinks are links that open none.
type noLinks struct{}

func (noLinks) Serve(context.Context, delivery.LinkHandler) error { return errors.ErrUnsupported }
