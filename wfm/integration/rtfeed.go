package integration

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// RealTimeServer is one CIC server as a source of real-time feeds; a switchover pair is one server.
// All feeds share its one session.
type RealTimeServer struct {
	// Name identifies the server to the licence, to feeds and in messages.
	Name   string
	Source rta.Source
	// Version tells Update whether a server of the same name is the same: where both are equal and not empty.
	Version string
}

// RealTimeFeed is one stream of agents' states to the receivers of one WFM product.
type RealTimeFeed struct {
	// Name is for status and messages; no other feed of either module has it.
	Name string
	// Servers are names of Options.RealTimeServers; nil means all.
	Servers []string
	// Workgroups select the agents: their members, letter case ignored. At least one; for products
	// that want a master workgroup, that one alone.
	Workgroups []wfm.Workgroup
	Encoder    vendors.RTAEncoder
	Links      delivery.Links
	// Backlog is how many changes wait for a receiver before those of one agent are merged; 0 means
	// rta.DefaultBacklog.
	Backlog int
	// Version tells Update whether a feed of the same name is the same: where both are equal and not empty.
	Version string
}

func (f *RealTimeFeed) problems(servers []RealTimeServer) error {
	where := fmt.Sprintf("feed %q", f.Name)
	var list []error
	need := func(bad bool, field, value, reason, remedy string) {
		if bad {
			list = append(list, wfm.Problem{Where: where, Field: field, Value: value, Reason: reason, Remedy: remedy})
		}
	}
	need(f.Name == "", "Name", "", "is missing", "give the feed a name")
	need(f.Encoder == nil, "Encoder", "", "is missing", "take one from vendors/all or write your own")
	need(f.Links == nil, "Links", "", "is missing", "for example tcplink.Dial")
	need(len(f.Workgroups) == 0, "Workgroups", "", "names no workgroup", "name those whose members are in adherence, or the one master workgroup")
	need(len(servers) == 0, "Servers", "", "are none: the service has no RealTimeServers", "add at least one")
	need(f.Servers != nil && len(f.Servers) == 0, "Servers", "", "names no server", "leave it nil for all")
	for _, name := range f.Servers {
		need(!slices.ContainsFunc(servers, func(s RealTimeServer) bool { return s.Name == name }), "Servers", name,
			"is none of RealTimeServers", "name one of them")
	}
	for i, g := range f.Workgroups {
		need(strings.TrimSpace(string(g)) == "", "Workgroups", string(g), "is empty", "remove it")
		need(slices.ContainsFunc(f.Workgroups[:i], func(o wfm.Workgroup) bool { return strings.EqualFold(string(o), string(g)) }),
			"Workgroups", string(g), "stands twice", "remove one")
	}
	return errors.Join(list...)
}

// serverProblems checks the servers of the real-time module.
func serverProblems(servers []RealTimeServer) error {
	var list []error
	if len(servers) > rta.MaxServers {
		list = append(list, wfm.Problem{Field: "RealTimeServers", Value: strconv.Itoa(len(servers)), Reason: "are more than " + strconv.Itoa(rta.MaxServers),
			Remedy: "spread them over several services"})
	}
	for i, s := range servers {
		if s.Name == "" || s.Source == nil {
			list = append(list, wfm.Problem{Field: "RealTimeServers", Value: s.Name, Reason: "has a server without name or source", Remedy: "give both"})
		}
		if slices.ContainsFunc(servers[:i], func(o RealTimeServer) bool { return o.Name == s.Name }) {
			list = append(list, wfm.Problem{Field: "RealTimeServers", Value: s.Name, Reason: "stands twice", Remedy: "names are unique"})
		}
	}
	return errors.Join(list...)
}

// query is what a feed needs of its servers.
func (f *RealTimeFeed) query() rta.Query {
	return rta.Query{Workgroups: f.Workgroups, Queues: f.Encoder.Traits().Level > wfm.LevelOff}
}

// unionQuery is what all feeds need: each workgroup once, as the first feed spells it.
func unionQuery(feeds []*rtFeed) rta.Query {
	var q rta.Query
	for _, f := range feeds {
		one := f.query()
		q.Queues = q.Queues || one.Queues
		for _, g := range one.Workgroups {
			if !slices.ContainsFunc(q.Workgroups, func(o wfm.Workgroup) bool { return strings.EqualFold(string(o), string(g)) }) {
				q.Workgroups = append(q.Workgroups, g)
			}
		}
	}
	return q
}

// FeaturesOf reads licence features from the servers themselves, through their sessions. Use it
// with license.NewGate; license.Declared serves where the account may not read them.
func FeaturesOf(servers []RealTimeServer) license.FeatureReader { return serverFeatures(servers) }

type serverFeatures []RealTimeServer

// Features asks the server of that name.
func (list serverFeatures) Features(ctx context.Context, server string) ([]license.Feature, error) {
	i := slices.IndexFunc(list, func(s RealTimeServer) bool { return s.Name == server })
	if i < 0 {
		return nil, wfm.Problem{Field: "server", Value: server, Reason: "is none whose licence can be read", Remedy: "declare its features"}
	}
	lister, ok := list[i].Source.(rta.FeatureLister)
	if !ok {
		return nil, &wfm.Error{Op: "read the licence of server " + wfm.Quote(server), Kind: wfm.Unsupported,
			Err: errors.New("its source cannot read licences"), Remedy: "declare its features"}
	}
	names, err := lister.Features(ctx)
	features := make([]license.Feature, len(names))
	for i, n := range names {
		features[i] = license.Feature(n)
	}
	return features, err
}
