package integration

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// inspected is what one server said of itself.
type inspected struct {
	name string
	in   rta.Inspection
	err  error
}

// checkRealTime adds the real-time feeds to a report. Each server is looked at once; one that Run follows
// answers through the session that it has.
func (s *Service) checkRealTime(ctx context.Context, report CheckReport) CheckReport {
	now := s.set.Load()
	if len(now.realTime) == 0 {
		return report
	}
	names := make([]string, len(now.servers))
	for i, srv := range now.servers {
		names[i] = srv.Name
	}
	licence := now.licence.Check(ctx, license.RealTime, names)
	now.rtDecisions(licence)
	q := unionQuery(now.realTime)
	var servers []inspected
	for _, srv := range now.servers {
		one := inspected{name: srv.Name}
		if inspector, ok := srv.Source.(rta.Inspector); ok {
			one.in, one.err = inspector.Inspect(ctx, q)
		} else {
			one.err = &wfm.Error{Kind: wfm.Unsupported, Err: errors.New("its source cannot be inspected")}
		}
		servers = append(servers, one)
	}
	for _, f := range now.realTime {
		c := FeedCheck{Name: f.Name}
		c.licence(f, licence)
		c.servers(f, servers)
		if checker, ok := f.Links.(delivery.Checker); ok {
			if err := checker.Check(ctx); err != nil {
				c.Problems = append(c.Problems, &wfm.Error{Op: "receiver", Kind: wfm.KindOf(err), Feed: f.Name, Err: err})
			}
		}
		if a, ok := vendors.Find[vendors.Advisor](f.Encoder); ok {
			c.Notes = append(c.Notes, a.Advice()...)
		}
		report.Feeds = append(report.Feeds, c)
	}
	return report
}

func (c *FeedCheck) licence(f *rtFeed, result license.Result) {
	if result.Problem != nil {
		c.Problems = append(c.Problems, result.Problem)
		return
	}
	licensed := false
	for _, d := range result.Decisions {
		if f.Servers == nil || slices.Contains(f.Servers, d.Server) {
			licensed = licensed || d.State == license.Licensed
		}
	}
	for _, d := range result.Decisions {
		switch {
		case f.Servers != nil && !slices.Contains(f.Servers, d.Server), d.State == license.Licensed:
		case licensed:
			c.warn("server %q: %s", d.Server, d.Reason)
		default:
			kind := wfm.NotLicensed
			if d.State == license.Unknown {
				kind = wfm.KindOf(d.Err)
			}
			c.Problems = append(c.Problems, &wfm.Error{Op: fmt.Sprintf("server %q", d.Server), Kind: kind, Feed: f.Name, Err: errors.New(d.Reason)})
		}
	}
}

func (c *FeedCheck) servers(f *rtFeed, servers []inspected) {
	members := map[string]int{}
	var statuses []wfm.StatusDefinition
	complete := true
	for _, srv := range servers {
		if f.Servers != nil && !slices.Contains(f.Servers, srv.name) {
			continue
		}
		if srv.err != nil {
			complete = false
			if wfm.KindOf(srv.err) == wfm.Unsupported {
				c.note("server %q: %v", srv.name, srv.err)
			} else {
				c.Problems = append(c.Problems, &wfm.Error{Op: fmt.Sprintf("server %q", srv.name), Kind: wfm.KindOf(srv.err), Feed: f.Name, Err: srv.err})
			}
			continue
		}
		for g, n := range srv.in.Members {
			members[strings.ToLower(string(g))] += n
		}
		statuses = append(statuses, srv.in.Statuses...)
		c.note("server %q: connected to %s, CIC %s; %d agents in the workgroups of all feeds", srv.name, srv.in.Host, srv.in.Version, srv.in.Agents)
		if srv.in.Told < srv.in.Agents {
			c.warn("server %q: the status of %d agents is not visible to the account", srv.name, srv.in.Agents-srv.in.Told)
		}
		if srv.in.Skew.Abs() > clockTolerance {
			c.warn("server %q: its clock is %s off ours", srv.name, srv.in.Skew.Round(time.Second))
		}
		for _, r := range srv.in.Remarks {
			c.note("server %q: %s", srv.name, r)
		}
	}
	for _, g := range f.Workgroups {
		n, known := members[strings.ToLower(string(g))]
		switch {
		case !known && complete:
			c.Problems = append(c.Problems, wfm.Problem{Where: fmt.Sprintf("feed %q", f.Name), Field: "Workgroups", Value: string(g),
				Reason: "is at none of the feed's servers, or the account may not see it", Remedy: "correct the name, or let the account view the workgroup"})
		case known && n == 0:
			c.warn("workgroup %q has no members: no agent is in adherence through it", g)
		}
	}
	if f.Encoder.Traits().MasterWorkgroup && len(f.Workgroups) > 1 {
		c.warn("this product gets one message per agent and change, without a workgroup: one master workgroup without a queue, with every monitored agent as a member, is the usual selection")
	}
	if mapper, ok := vendors.Find[vendors.Mapper](f.Encoder); ok {
		unmapped, err := mapper.CheckStatuses(statuses)
		if err != nil {
			c.Problems = append(c.Problems, &wfm.Error{Op: "map the statuses of CIC", Kind: wfm.BadConfig, Feed: f.Name, Err: err})
		} else if len(unmapped) > 0 {
			c.warn("%d statuses have no code and are not sent: %q", len(unmapped), unmapped)
		}
	}
}
