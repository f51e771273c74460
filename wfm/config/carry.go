package config

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"

	"github.com/cicwfm/cicwfm/wfm/integration"
)

// owned is something that was made and must be closed. Built that follow each other use it together, as long as nothing of it changes.
type owned struct {
	owner string
	users atomic.Int32
	close func() error
}

// The owners of parts.
const ledgerPart = "ledger"

func serverPart(name string) string { return "server " + name }

func feedPart(name string) string { return "feed " + name }

func (b *builder) closer(c func() error) {
	p := &owned{owner: b.owner, close: c}
	p.users.Store(1)
	b.built.parts = append(b.built.parts, p)
}

// Close closes databases, clients, transports and the ledger, but for those that a later Built uses too, which closes them then. Call it
// when no service runs with the options any more.
func (b *Built) Close() error {
	var errs []error
	for _, p := range slices.Backward(b.parts) {
		errs = append(errs, p.leave())
	}
	b.parts = nil
	return errors.Join(errs...)
}

func (p *owned) leave() error {
	if p.users.Add(-1) > 0 {
		return nil
	}
	return p.close()
}

// take uses the parts of an owner in place of those that were made.
func (b *builder) take(owner string) {
	mine := func(p *owned) bool { return p.owner == owner }
	for _, p := range b.built.parts {
		if mine(p) {
			_ = p.leave() // nothing was connected yet
		}
	}
	b.built.parts = slices.DeleteFunc(b.built.parts, mine)
	for _, p := range b.options.Previous.parts {
		if mine(p) {
			p.users.Add(1)
			b.built.parts = append(b.built.parts, p)
		}
	}
}

// carry puts versions into the feeds and servers, and takes over from the previous Built what is the same.
func (b *builder) carry() {
	now, before := b.built, b.options.Previous
	o := &now.Options
	for i := range o.Historical {
		o.Historical[i].Version = now.Feeds[o.Historical[i].Name]
	}
	for i := range o.RealTime {
		o.RealTime[i].Version = now.Feeds[o.RealTime[i].Name]
	}
	for i := range o.RealTimeServers {
		o.RealTimeServers[i].Version = now.Servers[o.RealTimeServers[i].Name]
	}
	if before == nil {
		return
	}
	for i := range now.sources {
		s := now.sources[i].server
		at := slices.IndexFunc(before.sources, func(m madeServer) bool { return m.server.Name == s.Name })
		if at < 0 || before.Servers[s.Name] != now.Servers[s.Name] {
			continue
		}
		b.take(serverPart(s.Name))
		now.sources[i] = before.sources[at]
		for k := range o.RealTimeServers {
			if o.RealTimeServers[k].Name == s.Name {
				o.RealTimeServers[k].Source = now.sources[i].client
			}
		}
		for k := range o.Historical {
			for n, srv := range o.Historical[k].Servers {
				if srv.Name == s.Name {
					o.Historical[k].Servers[n].Source = now.sources[i].reader
				}
			}
		}
	}
	for i, f := range o.Historical {
		at := slices.IndexFunc(before.Options.Historical, func(old integration.HistoricalFeed) bool { return old.Name == f.Name && old.Version == f.Version })
		if at >= 0 {
			b.take(feedPart(f.Name))
			o.Historical[i] = before.Options.Historical[at]
		}
	}
	for i, f := range o.RealTime {
		at := slices.IndexFunc(before.Options.RealTime, func(old integration.RealTimeFeed) bool { return old.Name == f.Name && old.Version == f.Version })
		if at >= 0 {
			b.take(feedPart(f.Name))
			o.RealTime[i] = before.Options.RealTime[at]
		}
	}
}

// carryLedger goes on with the ledger that the running service has; another one takes a new start.
func (b *builder) carryLedger() bool {
	before := b.options.Previous
	if before == nil || before.Options.Ledger == nil {
		return false
	}
	b.take(ledgerPart)
	b.built.Options.Ledger = before.Options.Ledger
	return true
}

// Restart names the keys whose values differ from those that a program was started with, and count only from its next start on: an
// integration.Service takes everything else while it runs. Both must have been built after each other (BuildOptions.Previous).
func (b *Built) Restart(started *Built) []string {
	return slices.Sorted(func(yield func(string) bool) {
		for k := range maps.Keys(b.fixed) {
			if b.fixed[k] != started.fixed[k] && !yield(k) {
				return
			}
		}
	})
}

// rememberFolder takes the files of a folder into the fingerprints.
func (b *builder) rememberFolder(dir string) {
	entries, err := os.ReadDir(dir)
	if dir == "" || err != nil {
		return
	}
	for _, e := range entries {
		if e.Type().IsRegular() {
			b.remember(filepath.Join(dir, e.Name()))
		}
	}
}
