package config

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/rta/icws"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/integration"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// Trial is a configuration made as far as it can be, so that a program can try every part although others are broken.
type Trial struct {
	// Options have the feeds that can be made, in the order of the configuration, with those of their servers and destinations
	// that can be made, which may be none. The ledger is missing.
	Options integration.Options
	// Databases and Clients are the sources of the servers, Files and Live the destinations, all by name. A source that is
	// no database reader or client has no entry.
	Databases map[string]historical.Source
	Clients   map[string]*icws.Client
	Files     map[string]delivery.Transport
	Live      map[string]delivery.Links
	// Targets are the destinations that can be made, and Access is how databases are reached (without secrets), by the name of the server.
	Targets map[string]Target
	Access  map[string]Access
	// StatusMaps are those of the real-time feeds that have one, by the name of the feed, with their files read.
	StatusMaps map[string]*StatusMap
	// Ledger is how the ledger is reached, with its schema; the zero Access for none and for kind memory.
	Ledger Access
	// Service, LogFile and Notes are as Built has them. Certificates are the files of certificates that are named.
	Service      Service
	LogFile      string
	Certificates []string
	Notes        []wfm.Problem

	b *builder
}

// ErrNoLedgerYet says that the file of a ledger is not there: the service makes it at its first start.
var ErrNoLedgerYet = errors.New("the file is not there yet")

// Try makes what can be made of a configuration, and connects to nothing. The error joins every problem, as that of [Registries.Build]
// does, but for those of the ledger. Close the trial when done.
func (r Registries) Try(c *Config, o BuildOptions) (*Trial, error) {
	b := r.newBuilder(c, o)
	b.all()
	t := &Trial{Databases: map[string]historical.Source{}, Clients: map[string]*icws.Client{}, Files: map[string]delivery.Transport{},
		Live: map[string]delivery.Links{}, Targets: map[string]Target{}, Access: map[string]Access{}, StatusMaps: map[string]*StatusMap{}, b: b}
	for i, m := range b.maps {
		if m != nil {
			t.StatusMaps[c.RealTime[i].Name] = m
		}
	}
	t.LogFile = b.whole("service.log.file", c.Service.Log.File)
	sources := b.servers()
	for i, made := range sources {
		if made.reader != nil {
			t.Databases[made.server.Name] = made.reader
			a := b.access(fmt.Sprintf("servers[%d].database", i), filled(*made.server.Database).Connection)
			a.Password, a.DSN = wfm.Secret{}, wfm.Secret{}
			t.Access[made.server.Name] = a
			t.certificates(a.CAFile)
		}
		if made.client != nil {
			t.Clients[made.server.Name] = made.client
			t.certificates(b.whole("", made.server.ICWS.CAFile))
		}
	}
	b.historicalFeeds(sources)
	b.realTimeFeeds()
	t.destinations()
	b.licences(sources)
	b.instance()
	if l := c.Ledger; l != nil && l.Kind != "memory" {
		t.Ledger = b.access("ledger", filled(*l).Connection)
		t.certificates(t.Ledger.CAFile)
	}
	t.Options, t.Service = b.built.Options, b.built.Service
	t.feeds()
	t.Notes = b.allNotes()
	return t, sorted(b.list)
}

func (t *Trial) certificates(paths ...string) {
	for _, p := range paths {
		if p != "" {
			t.Certificates = append(t.Certificates, p)
		}
	}
}

// destinations makes those that no feed uses, too. Feeds share what is tried once.
func (t *Trial) destinations() {
	for i := range t.b.c.Destinations {
		d := &t.b.c.Destinations[i]
		at := fmt.Sprintf("destinations[%d]", i)
		kind := t.b.registries.Destinations[d.Kind]
		switch {
		case !t.b.clean(at):
			continue
		case kind.Files != nil:
			if made := t.b.transport(d.Name); made != nil {
				t.Files[d.Name] = made
			}
		case kind.Live != nil:
			if made := t.b.links(d.Name); made != nil {
				t.Live[d.Name] = made
			}
		}
		target := t.b.target(at, d)
		t.Targets[d.Name] = target
		if target.TLS != nil {
			t.certificates(target.TLS.CAFile, target.TLS.CertFile)
		}
	}
}

// feeds leaves out those that cannot be made.
func (t *Trial) feeds() {
	var files []integration.HistoricalFeed
	for i, f := range t.Options.Historical {
		if f.Encoder != nil && t.b.clean(fmt.Sprintf("historical[%d]", i)) {
			files = append(files, f)
		}
	}
	var live []integration.RealTimeFeed
	for i, f := range t.Options.RealTime {
		if f.Encoder != nil && t.b.clean(fmt.Sprintf("real-time[%d]", i)) {
			live = append(live, f)
		}
	}
	t.Options.Historical, t.Options.RealTime = files, live
}

// OpenLedger opens the ledger without making or changing tables, but for an older SQLite file, which is upgraded. The error is ErrNoLedgerYet where
// a SQLite file would be made. close is never nil. It can be called at the same time as anything else.
func (t *Trial) OpenLedger(ctx context.Context) (l ledger.Ledger, closeIt func() error, err error) {
	nothing := func() error { return nil }
	c := t.b.c.Ledger
	switch {
	case c == nil:
		return nil, nothing, nil
	case c.Kind == "memory":
		return ledger.NewMemory(nil), nothing, nil
	}
	open := t.b.registries.Ledgers[c.Kind]
	if open == nil || !t.b.clean("ledger") {
		return nil, nothing, nil // said already
	}
	if c.Kind == "sqlite" {
		if _, err := os.Stat(t.Ledger.Path); errors.Is(err, fs.ErrNotExist) {
			return nil, nothing, ErrNoLedgerYet
		}
	}
	l, closeIt, err = open(ctx, t.Ledger, c.Schema, false)
	if closeIt == nil {
		closeIt = nothing
	}
	return l, closeIt, err
}

// Close closes what was made.
func (t *Trial) Close() error { return t.b.built.Close() }
