package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/config"
	"github.com/cicwfm/cicwfm/wfm/integration"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// ledgerReport is what a ledger knows of the feeds of a configuration, where no service runs that could be asked.
type ledgerReport struct {
	Running bool         `json:"running"` // false
	Feeds   []ledgerFeed `json:"feeds"`
	Leases  []ledgerHold `json:"leases,omitempty"`
	// Removed are feeds that the ledger knows and the configuration does not have any more. Retention takes their old entries away; where
	// they stand is kept, so that they go on there when they come back.
	Removed []ledgerFeed `json:"removed,omitempty"`
}

type ledgerFeed struct {
	Feed        string    `json:"feed"`
	Destination string    `json:"destination,omitempty"`
	Watermark   time.Time `json:"watermark,omitzero"`
	// Unconfirmed entries around the watermark were begun and not finished: the next start looks after them.
	Unconfirmed int           `json:"unconfirmed"`
	Last        []ledgerEntry `json:"last,omitempty"` // the latest, at most three
}

type ledgerEntry struct {
	Name      string     `json:"name"`
	Period    spanReport `json:"period"`
	Revision  int        `json:"revision"`
	Delivered time.Time  `json:"delivered,omitzero"`
	Where     string     `json:"where,omitempty"`
}

type ledgerHold struct {
	Feed   string    `json:"feed"`
	Holder string    `json:"holder"`
	Until  time.Time `json:"until"`
}

// around is how far before a watermark entries are looked at, and after it: a file of a day begins with it.
const around = 48 * time.Hour

// fromLedger shows what the ledger knows. It makes no ledger that is not there.
func (a *app) fromLedger(ctx context.Context, c *config.Config, asJSON bool) (int, error) {
	if c.Ledger == nil || c.Ledger.Kind == "memory" {
		return exitWrong, wfm.Problem{Field: "ledger", Reason: "knows nothing while the service does not run", Remedy: "start the service"}
	}
	trial, problems := a.registries.Try(c, config.BuildOptions{Env: a.env})
	end := trial.Close // there is something to close beside problems, too
	defer end()
	l, closeIt, err := trial.OpenLedger(ctx)
	defer closeIt()
	switch {
	case errors.Is(err, config.ErrNoLedgerYet):
		return exitWrong, wfm.Problem{Field: "ledger", Value: trial.Ledger.Path, Reason: "is not there yet", Remedy: "the service makes it at its first start"}
	case err != nil:
		return exitWrong, err
	case l == nil:
		return exitWrong, problems
	}
	r, err := readLedger(ctx, c, l, time.Now())
	if err != nil {
		return exitWrong, err
	}
	if asJSON {
		e := json.NewEncoder(a.out)
		e.SetIndent("", "  ")
		err = e.Encode(r)
	} else {
		err = r.show(a.out)
	}
	return exitAttention, err
}

func readLedger(ctx context.Context, c *config.Config, l ledger.Ledger, now time.Time) (r ledgerReport, err error) {
	configured := map[string]bool{}
	for _, h := range c.Historical {
		for _, d := range h.Destinations {
			f := ledgerFeed{Feed: h.Name, Destination: d}
			configured[integration.LedgerFeed(h.Name, d)] = true
			if p, ok := l.(ledger.Progress); ok {
				if f.Watermark, _, err = p.Watermark(ctx, integration.LedgerFeed(h.Name, d)); err != nil {
					return r, err
				}
			}
			if !f.Watermark.IsZero() {
				if err := f.entries(ctx, l); err != nil {
					return r, err
				}
			}
			r.Feeds = append(r.Feeds, f)
		}
	}
	removed, err := removedFeeds(ctx, l, configured, now)
	if err != nil {
		return r, err
	}
	for _, w := range removed {
		r.Removed = append(r.Removed, ledgerFeed{Feed: w.Feed, Watermark: w.Through})
	}
	leases, ok := l.(ledger.Leases)
	if !ok {
		return r, nil
	}
	list, err := leases.Holders(ctx)
	for _, h := range list {
		r.Leases = append(r.Leases, ledgerHold{h.Feed, h.Holder, h.Until})
	}
	return r, err
}

// lastShown is how many entries of a feed are shown.
const lastShown = 3

func (f *ledgerFeed) entries(ctx context.Context, l ledger.Ledger) error {
	w := wfm.Window{Start: f.Watermark.Add(-around), End: f.Watermark.Add(around)}
	for e, err := range l.Entries(ctx, integration.LedgerFeed(f.Feed, f.Destination), w) {
		if err != nil {
			return err
		}
		if e.Status == ledger.Begun {
			f.Unconfirmed++
		}
		f.Last = append(f.Last, ledgerEntry{e.Key.Name, spanReport{e.Key.Period.Start, e.Key.Period.End}, e.Key.Revision, e.DeliveredAt, e.Receipt.Where})
		if len(f.Last) > lastShown {
			f.Last = append(f.Last[:0], f.Last[1:]...)
		}
	}
	return nil
}

func (r ledgerReport) show(out io.Writer) error {
	var b strings.Builder
	b.WriteString("What the ledger knows:\n")
	table(&b, "FEED\tDEALT WITH UP TO\tBEGUN AND NOT FINISHED", len(r.Feeds), func(i int) string {
		f := r.Feeds[i]
		return fmt.Sprintf("%s\t%s\t%d", laneName(f.Feed, f.Destination), brief(f.Watermark), f.Unconfirmed)
	})
	for _, f := range r.Feeds {
		for _, e := range f.Last {
			state := "begun, not finished"
			if !e.Delivered.IsZero() {
				state = "delivered " + brief(e.Delivered) + " to " + e.Where
			}
			fmt.Fprintf(&b, "  %s: %s revision %d, %s\n", laneName(f.Feed, f.Destination), e.Name, e.Revision, state)
		}
	}
	table(&b, "LEASE OF\tHELD BY\tUNTIL", len(r.Leases), func(i int) string {
		l := r.Leases[i]
		return fmt.Sprintf("%s\t%s\t%s", l.Feed, l.Holder, brief(l.Until))
	})
	table(&b, "NOT CONFIGURED ANY MORE\tDEALT WITH UP TO", len(r.Removed), func(i int) string {
		return r.Removed[i].Feed + "\t" + brief(r.Removed[i].Watermark)
	})
	_, err := io.WriteString(out, b.String())
	return err
}
