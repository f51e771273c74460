package config

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/integration"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// BuildOptions tune [Registries.Build]. The zero value is right.
type BuildOptions struct {
	// Logger goes to every part; nil discards.
	Logger *slog.Logger
	// Env looks up environment variables; nil means os.LookupEnv.
	Env func(name string) (string, bool)
	// Ledger is used instead of the configured one, which is not opened then: for trials. Close leaves it alone.
	Ledger ledger.Ledger
	// Previous is what an earlier form of the configuration was built to, and is not closed yet. Fingerprints can be compared with
	// its, and what is the same is not made anew: the options hold the very databases, clients, transports and the ledger of
	// before. Each part is closed by the Close of the last that uses it. The ledger is always that of before. Nil makes
	// everything, and fingerprints that compare with nothing built before.
	Previous *Built
}

// Built is a configuration made into the options of an integration.
type Built struct {
	// Options are ready for integration.New. Logger is that of BuildOptions; Observe is nil.
	Options integration.Options
	// Service, and Retention of the ledger's entries, with defaults filled in: the integration has no use for them, the host has.
	Service   Service
	Retention time.Duration
	// LogFile is the whole path of Service.Log.File; empty for standard error.
	LogFile string
	// Feeds and Servers have a fingerprint for each feed (of both modules) and each server, by name: a text that changes exactly
	// when something changed that needs a restart of that part: its own keys, those of what it names, the contents of
	// layout, status map and certificate files, the values of secrets. Shared is that of what all feeds have in common: ledger, instance, licences.
	// Fingerprints are keyed with a random key, so that nobody can try passwords with them.
	Feeds, Servers map[string]string
	Shared         string
	// Notes are worth reading, and keep nothing from working.
	Notes []wfm.Problem

	key     []byte
	parts   []*owned
	sources []madeServer
	fixed   map[string]string // fingerprints of what counts from the next start on
}

// builder makes the parts. After any problem the parts that were made are closed again.
type builder struct {
	*checker
	options BuildOptions
	log     *slog.Logger
	secrets map[string]string // by path
	owner   string            // of the parts that are made now
	built   *Built
}

// Build checks a configuration and makes everything that it describes. It opens the ledger; other databases and servers are not connected to
// yet. The error joins every problem, those of [Parse] and [Registries.Check] too; nothing stays open then. The caller closes what was built.
func (r Registries) Build(ctx context.Context, c *Config, o BuildOptions) (*Built, error) {
	b := r.newBuilder(c, o)
	b.all()
	b.built.LogFile = b.whole("service.log.file", c.Service.Log.File)
	b.built.sources = b.servers()
	b.historicalFeeds(b.built.sources)
	b.realTimeFeeds()
	access := b.ledgerAccess()
	if len(b.list) == 0 {
		b.fingerprints()
		b.carry()
	}
	b.licences(b.built.sources)
	b.openLedger(ctx, access)
	b.instance()
	if err := sorted(b.list); err != nil {
		return nil, errors.Join(err, b.built.Close())
	}
	b.built.Options.Logger = o.Logger
	b.built.Notes = b.allNotes()
	return b.built, nil
}

func (r Registries) newBuilder(c *Config, o BuildOptions) *builder {
	b := &builder{checker: newChecker(r, c), options: o, log: o.Logger, secrets: map[string]string{}}
	if b.log == nil {
		b.log = slog.New(slog.DiscardHandler)
	}
	if b.options.Env == nil {
		b.options.Env = os.LookupEnv
	}
	b.built = &Built{Service: c.Service.Filled(), Feeds: map[string]string{}, Servers: map[string]string{}}
	return b
}

func (b *builder) historicalFeeds(sources []madeServer) {
	for i := range b.c.Historical {
		h := &b.c.Historical[i]
		b.owner = feedPart(h.Name)
		feed := integration.HistoricalFeed{Name: h.Name, Encoder: b.historical[i], Delay: h.delay(), Lookback: h.lookBack(),
			Split: h.Split, DeliverPartial: h.DeliverPartial}
		if feed.Lookback == 0 {
			feed.Lookback = -1 // none, where 0 is the default
		}
		for _, s := range b.c.serversOf(h.Servers, hasDatabase) {
			for _, made := range sources {
				if made.server == s && made.reader != nil {
					feed.Servers = append(feed.Servers, integration.Server{Name: s.Name, Source: made.reader})
				}
			}
		}
		for _, name := range h.Workgroups.Names {
			feed.Workgroups = append(feed.Workgroups, wfm.Workgroup(name))
		}
		feed.Grid.Length, _ = wfm.ParseLength(h.Interval)
		feed.Grid.Location, _ = time.LoadLocation(string(h.Zone))
		if h.Start != "" {
			feed.Start, _ = parseStart(h.Start, h.Zone)
		}
		for _, name := range h.Destinations {
			if t := b.transport(name); t != nil {
				feed.Destinations = append(feed.Destinations, integration.Destination{Name: name, Transport: t})
			}
		}
		b.built.Options.Historical = append(b.built.Options.Historical, feed)
	}
}

func (b *builder) realTimeFeeds() {
	for i := range b.c.RealTime {
		r := &b.c.RealTime[i]
		b.owner = feedPart(r.Name)
		feed := integration.RealTimeFeed{Name: r.Name, Servers: r.Servers, Encoder: b.realTime[i], Links: b.links(r.Destination), Backlog: r.Backlog}
		for _, name := range r.Workgroups {
			feed.Workgroups = append(feed.Workgroups, wfm.Workgroup(name))
		}
		b.built.Options.RealTime = append(b.built.Options.RealTime, feed)
	}
}

// ledgerAccess reads what the ledger is reached with.
func (b *builder) ledgerAccess() (a Access) {
	if l := b.c.Ledger; l != nil {
		b.built.Retention = filled(*l).Retention.D()
		a = b.access("ledger", filled(*l).Connection)
	}
	return a
}

func (b *builder) openLedger(ctx context.Context, access Access) {
	l := b.c.Ledger
	b.owner = ledgerPart
	switch {
	case b.options.Ledger != nil:
		b.built.Options.Ledger = b.options.Ledger
		return
	case b.carryLedger() || l == nil:
		return
	case l.Kind == "memory":
		b.built.Options.Ledger = ledger.NewMemory(nil)
		return
	}
	open := b.registries.Ledgers[l.Kind]
	if open == nil || len(b.list) > 0 {
		return // a ledger is not opened, and made, for a configuration that cannot be used
	}
	led, done, err := open(ctx, access, l.Schema, l.CreateTables)
	if err != nil {
		b.adopt("ledger", err)
		return
	}
	if done != nil {
		b.closer(done)
	}
	b.built.Options.Ledger = led
}

func (b *builder) instance() {
	in := b.c.Instance
	if !in.Shared {
		return // no leases
	}
	if in.Name == "" {
		host, err := os.Hostname()
		if err != nil || host == "" {
			b.bad("instance.name", "", "is missing, and the machine has no name", "give one")
			return
		}
		in.Name = host
	}
	if _, ok := b.built.Options.Ledger.(ledger.Leases); !ok && b.built.Options.Ledger != nil {
		b.bad("instance.shared", "true", "needs a ledger that gives leases, and this kind does not", "use another kind of ledger")
	}
	b.built.Options.Instance = integration.Instance{Name: in.Name, Lease: filled(in).Lease.D(), Prefers: in.Prefers}
}

func (b *builder) serverPath(s *Server) string {
	for i := range b.c.Servers {
		if &b.c.Servers[i] == s {
			return fmt.Sprintf("servers[%d]", i)
		}
	}
	return cmp.Or(s.Name, "servers")
}
