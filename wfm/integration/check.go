package integration

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// clockTolerance is how far the database server's clock may be off before it is worth a remark.
const clockTolerance = 30 * time.Second

// CheckReport is the result of a preflight check.
type CheckReport struct{ Feeds []FeedCheck }

// FeedCheck is what was found about one feed.
type FeedCheck struct {
	Name string
	// Destination is its name where the feed has several; what all have in common stands with the first.
	Destination string
	// Problems keep the feed from delivering; each names what to do.
	Problems []error
	// Notes are worth reading, and keep nothing from working. What to do, where there is something, follows a semicolon.
	Notes []string
	// Attention are those of Notes that somebody should look at soon.
	Attention []string
}

// Err joins the problems of all feeds; nil where there are none.
func (r CheckReport) Err() error {
	var list []error
	for _, f := range r.Feeds {
		list = append(list, f.Problems...)
	}
	return errors.Join(list...)
}

// Check tries every feed without delivering anything and reports all that it finds at once:
// licence, connection, rights, columns, roll-up hierarchy, row length against the interval of the
// feed, whether there are contacts, where the feed wants them, time zone, clock, ledger, target. The window says which period to look at; the zero window looks at
// the look-back before now.
//
// Real-time feeds: licence, log-on to each server, workgroups and their members, visible
// statuses and their codes, clock, receivers where the links can be tried.
func (s *Service) Check(ctx context.Context, w wfm.Window) CheckReport {
	var report CheckReport
	feeds := s.set.Load().feeds
	for i, f := range feeds {
		look := w
		if look.IsZero() {
			now := s.now().UTC()
			look = wfm.Window{Start: now.Add(-max(f.lookback(), 24*time.Hour)), End: now}
		}
		look = f.widen(look)
		if i > 0 && feeds[i-1].Name == f.Name { // another destination of the same feed
			report.Feeds = append(report.Feeds, s.checkTarget(ctx, f, look))
			continue
		}
		report.Feeds = append(report.Feeds, s.check(ctx, f, look))
	}
	return s.checkRealTime(ctx, report)
}

func (s *Service) check(ctx context.Context, f *feed, w wfm.Window) FeedCheck {
	c := FeedCheck{Name: f.Name, Destination: f.destination}
	bad := func(err error) {
		if err != nil {
			c.Problems = append(c.Problems, err)
		}
	}
	servers, err := s.licensed(ctx, f)
	bad(err)
	f.mu.Lock()
	for _, l := range f.status.Licence {
		if err == nil && l.State != string(license.Licensed) {
			c.warn("server %q: %s", l.Server, l.Reason)
		}
	}
	f.mu.Unlock()
	if err != nil {
		servers = f.Servers // look at the rest all the same
	}
	sv := s.survey(ctx, f, servers, w)
	for _, problem := range sv.problems {
		problem.Feed = f.Name
		bad(problem)
	}
	for _, name := range sv.plan.silent {
		c.warn("server %q: it wrote nothing in the window; its intervals are gaps", name)
	}
	for i, srv := range servers {
		if _, ok := srv.Source.(historical.Inspector); !ok {
			c.note("server %q: its source cannot be inspected", srv.Name)
			continue
		}
		c.source(f, srv.Name, &sv.inspections[i])
	}
	if len(sv.problems) == 0 {
		for _, srv := range servers {
			none, err := sv.plan.noContacts(ctx, f, srv, w)
			bad(s.wrap(f, w, "read contacts of server "+wfm.Quote(srv.Name), err))
			if none {
				c.warn("server %q: it wrote statistics and no contacts of the feed in the window; nothing would be sent", srv.Name)
			}
		}
	}
	c.Problems = append(c.Problems, s.checkTarget(ctx, f, w).Problems...)
	if a, ok := vendors.Find[vendors.Advisor](f.Encoder); ok {
		c.Notes = append(c.Notes, a.Advice()...)
	}
	return c
}

// noContacts tells whether a server that wrote statistics wrote no contacts, where the feed wants them: their table may be there, and
// nothing ever written into it.
func (p *plan) noContacts(ctx context.Context, f *feed, srv Server, w wfm.Window) (bool, error) {
	if !p.needs.Begun && !p.needs.Ended || slices.Contains(p.silent, srv.Name) {
		return false, nil
	}
	q := historical.Query{Window: w, Workgroups: f.Workgroups, Needs: wfm.Needs{Begun: p.needs.Begun, Ended: p.needs.Ended}}
	for row, err := range srv.Source.Rows(ctx, q) {
		if err != nil || row.Contact != nil {
			return false, err
		}
	}
	return ctx.Err() == nil, ctx.Err()
}

// checkTarget looks at what each destination has for itself.
func (s *Service) checkTarget(ctx context.Context, f *feed, w wfm.Window) FeedCheck {
	c := FeedCheck{Name: f.Name, Destination: f.destination}
	if err := s.checkLedger(ctx, f, w); err != nil {
		c.Problems = append(c.Problems, &wfm.Error{Op: "ledger", Kind: wfm.KindOf(err), Feed: f.Name, Err: err})
	}
	if t, ok := f.Transport.(delivery.Checker); ok {
		if err := t.Check(ctx); err != nil {
			op := "target"
			if f.destination != "" {
				op = "destination " + wfm.Quote(f.destination)
			}
			c.Problems = append(c.Problems, &wfm.Error{Op: op, Kind: wfm.KindOf(err), Feed: f.Name, Err: err})
		}
	}
	return c
}

// checkLedger reads one entry, if there is one.
func (s *Service) checkLedger(ctx context.Context, f *feed, w wfm.Window) error {
	for _, err := range s.o.Ledger.Entries(ctx, f.key, w) {
		return err
	}
	return nil
}

// warn is a note that somebody should look at.
func (c *FeedCheck) warn(format string, args ...any) {
	c.note(format, args...)
	c.Attention = append(c.Attention, c.Notes[len(c.Notes)-1])
}

func (c *FeedCheck) note(format string, args ...any) {
	c.Notes = append(c.Notes, fmt.Sprintf(format, args...))
}

// source reads an inspection.
func (c *FeedCheck) source(f *feed, server string, in *historical.Inspection) {
	if limit := f.Grid.Length.Duration(); in.LongestRow > limit+historical.Tolerance {
		text := fmt.Sprintf("the CIC server writes rows of %d seconds, the feed wants intervals of %d seconds",
			in.LongestRow/time.Second, limit/time.Second)
		if f.Split {
			c.note("server %q: %s: they are split in proportion, which is an estimate", server, text)
		} else {
			c.Problems = append(c.Problems, &wfm.Error{Op: fmt.Sprintf("server %q", server), Kind: wfm.BadConfig, Feed: f.Name,
				Err: errors.New(text), Remedy: "set the CIC server parameter QueuePeriodStatisticsInterval (\"Queue/IVR reporting (min)\" in " +
					"Report Configuration) to the interval or less, or choose a longer interval, or ask for a proportional split"})
		}
	}
	if in.ClockKnown && in.ClockOffset.Abs() > clockTolerance {
		c.warn("server %q: its clock is %s off ours", server, in.ClockOffset.Round(time.Second))
	}
	for _, g := range []wfm.Grain{wfm.GrainQueue, wfm.GrainAgent, wfm.GrainAgentQueue, wfm.GrainActivity} {
		if text := in.Hierarchy[g]; text != "" {
			c.note("server %q: %s statistics: %s", server, g, text)
		}
		for _, counter := range in.Missing[g] {
			c.warn("server %q: the database has no column %s; the layout writes its text for missing values", server, counter)
		}
	}
	spelling := f.spelling()
	for _, name := range in.Workgroups {
		if as := spelling[strings.ToLower(string(name))]; as != "" && as != name {
			c.note("server %q: the database spells workgroup %q as %q; the files show it as the feed does", server, as, name)
		}
	}
	for _, n := range in.Notes {
		c.note("server %q: %s", server, n)
	}
}

// split returns the errors that were joined into one.
func split(err error) []error {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{err}
}
