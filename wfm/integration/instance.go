package integration

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// DefaultLease is how long a feed stays with an instance that gives no sign of life.
const DefaultLease = 30 * time.Second

// Instance lets services that share one ledger stand in for each other: a lease in the ledger decides which of
// them runs a feed. After a crash another takes over when the lease has ended, so within Lease and a third of it;
// after an orderly stop within a third.
//
// An instance that was paused, and wakes after another took over, delivers nothing: the ledger refuses its entries, and a
// transport that is a delivery.Fencer asks the ledger once more before a file becomes visible. With
// another transport one file can still be sent, with the bytes that the other sent too.
//
// Real-time receivers are served by the holder alone. The others follow the CIC servers all the same, so
// that a take-over needs no log-on; give each instance a CIC account of its own where accounts may log on once.
type Instance struct {
	// Name is shown as the holder of leases. Empty means no leases: no other service may then work with this ledger.
	Name string
	// Lease is how long a lease lasts without a sign of life; 0 means DefaultLease. At least a second.
	Lease time.Duration
	// Prefers are names of feeds that this instance takes at once. For all others it waits one Lease at its start,
	// so that instances that start together share the feeds as their preferences say. Nil prefers all.
	Prefers []string
}

func (i *Instance) problems(l ledger.Ledger, names map[string]bool) (list []error) {
	if i.Name == "" {
		return nil
	}
	if _, ok := l.(ledger.Leases); !ok {
		list = append(list, wfm.Problem{Field: "Instance", Value: i.Name, Reason: "needs a ledger that gives leases",
			Remedy: "use sqlledger, or leave the instance without a name"})
	}
	if reason := ledger.CheckLease("feed", i.holder(), DefaultLease); reason != nil {
		list = append(list, wfm.Problem{Field: "Instance.Name", Value: i.Name, Reason: "cannot be stored: it is too long, begins with a blank or is no UTF-8",
			Remedy: "use a short name, for example that of the host"})
	}
	if i.Lease > ledger.MaxTTL {
		list = append(list, wfm.Problem{Field: "Instance.Lease", Value: i.Lease.String(), Reason: "is more than " + ledger.MaxTTL.String(),
			Remedy: "use 0 for " + DefaultLease.String()})
	}
	if i.Lease != 0 && i.Lease < time.Second {
		list = append(list, wfm.Problem{Field: "Instance.Lease", Value: i.Lease.String(), Reason: "is shorter than a second",
			Remedy: "use 0 for " + DefaultLease.String()})
	}
	for _, n := range i.Prefers {
		if !names[n] {
			list = append(list, wfm.Problem{Field: "Instance.Prefers", Value: n, Reason: "is no feed", Remedy: "name one of the feeds"})
		}
	}
	return list
}

// holder is a name that no other process has. The random part tells this process from an earlier one of the same name, which
// may not have ended.
func (i *Instance) holder() string { return i.Name + " " + rand.Text()[:8] }

// tenancy is how a service gets and keeps leases; nil where it needs none.
type tenancy struct {
	leases  ledger.Leases
	holder  string
	ttl     time.Duration
	prefers []string

	mu    sync.Mutex
	users map[string]int // by feed: Run and backfills of this service work under one lease
}

func newTenancy(i Instance, l ledger.Ledger) *tenancy {
	leases, ok := l.(ledger.Leases)
	if i.Name == "" || !ok {
		return nil
	}
	return &tenancy{leases: leases, holder: i.holder(), ttl: cmp.Or(i.Lease, DefaultLease), prefers: i.Prefers, users: map[string]int{}}
}

// tenure is a lease that this service holds.
type tenure struct {
	mu     sync.Mutex
	lease  ledger.Lease
	leases ledger.Leases
}

func (t *tenure) get() ledger.Lease {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.lease
}

// held asks the ledger whether the lease holds at this moment.
func (t *tenure) held(ctx context.Context) error { return t.leases.Held(ctx, t.get()) }

// hold runs work while this service has the lease of a feed, again and again until ctx ends. told is called with each
// change: with the lease of another, with our own, with an error. Without leases it runs work once.
func (n *tenancy) hold(ctx context.Context, name, feed string, told func(ledger.Lease, bool, error), work func(context.Context, *tenure)) {
	if n == nil {
		work(ctx, nil)
		return
	}
	if n.prefers != nil && !slices.Contains(n.prefers, name) && !pause(ctx, n.ttl) {
		return
	}
	n.join(feed)
	var last ledger.Lease // of ours
	defer func() { n.leave(ctx, feed, last) }()
	for ctx.Err() == nil {
		asked := now()
		lease, err := n.leases.Acquire(ctx, feed, n.holder, n.ttl)
		ours := err == nil && lease.Holder == n.holder
		if ours {
			last = lease // also where ctx ended meanwhile: it is to be given back
		}
		if ctx.Err() != nil {
			return
		}
		wait := n.ttl / 3
		switch {
		case err != nil:
			// No longer than that, whatever the error: when the ledger is back, somebody must run the feed soon.
			told(ledger.Lease{}, false, err)
		case !ours:
			last = ledger.Lease{}
			told(lease, false, nil)
		default:
			told(lease, true, nil)
			t := &tenure{lease: lease, leases: n.leases}
			_ = n.work(ctx, t, asked, told, work) // who has the lease now is asked next
			last = t.get()
			continue
		}
		if !pause(ctx, wait) {
			return
		}
	}
}

// once runs work under a lease of the feed, or returns an error where another instance has it.
func (n *tenancy) once(ctx context.Context, f *feed, work func(context.Context, *tenure) error) error {
	if n == nil {
		return work(ctx, nil)
	}
	n.join(f.key)
	var ours ledger.Lease
	defer func() { n.leave(ctx, f.key, ours) }()
	asked := now()
	lease, err := n.leases.Acquire(ctx, f.key, n.holder, n.ttl)
	if err != nil {
		return err
	}
	if lease.Holder != n.holder {
		return &wfm.Error{Kind: wfm.Unavailable, Retry: true, After: max(0, time.Until(lease.Until)),
			Err:    fmt.Errorf("the feed is run by instance %s", wfm.Quote(lease.Holder)),
			Remedy: "stop that instance for the time of the backfill; it goes on where it stood"}
	}
	ignore := func(ledger.Lease, bool, error) {}
	t := &tenure{lease: lease, leases: n.leases}
	lost := n.work(ctx, t, asked, ignore, func(ctx context.Context, t *tenure) { err = work(ctx, t) })
	ours = t.get()
	if err != nil && lost != nil {
		return lost // and not the end of the context that came of it
	}
	return err
}

// join says that a call of this service works under the lease of a feed, or would.
func (n *tenancy) join(feed string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.users[feed]++
}

// leave is the end of that. The last one gives its lease back, so that the others need not wait for the end of a lease that
// nobody uses; a zero lease stands for none.
func (n *tenancy) leave(ctx context.Context, feed string, l ledger.Lease) {
	n.mu.Lock()
	n.users[feed]--
	left := n.users[feed]
	if left == 0 {
		delete(n.users, feed)
	}
	n.mu.Unlock()
	if left > 0 || l.Token == 0 {
		return
	}
	farewell, cancel := context.WithTimeout(context.WithoutCancel(ctx), min(n.ttl, releasePatience))
	defer cancel()
	_ = n.leases.Release(farewell, l) // else it ends by itself
}

// moment is an instant by both clocks of this host: the one that stands still in a suspended machine, and the one that
// can be set.
type moment struct{ host, wall time.Time }

func now() moment { return moment{time.Now(), time.Now().Round(0)} }

// since is how long ago an instant is, by the clock that says more.
func (m moment) since() time.Duration {
	return max(time.Since(m.host), time.Now().Round(0).Sub(m.wall))
}

// work runs the work under a lease that was asked for at an instant, prolongs it, and ends the work when it is lost: that is
// the error then.
func (n *tenancy) work(ctx context.Context, t *tenure, asked moment, told func(ledger.Lease, bool, error), work func(context.Context, *tenure)) (lost error) {
	inner, end := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		lost = n.prolong(inner, t, asked, told)
		end()
	})
	work(inner, t)
	end()
	wg.Wait()
	return lost
}

// releasePatience is how long giving a lease back may hold up the stop of the service.
const releasePatience = 3 * time.Second

// prolong keeps a lease until ctx ends, or returns why it is lost. The time to live counts from before the ledger was
// asked.
func (n *tenancy) prolong(ctx context.Context, t *tenure, asked moment, told func(ledger.Lease, bool, error)) error {
	for {
		// Not past the end of the lease, from which on another may work.
		if !pause(ctx, min(n.ttl/3, n.ttl-asked.since())) {
			return nil
		}
		before := now()
		limited, cancel := context.WithDeadline(ctx, asked.host.Add(n.ttl))
		lease, err := n.leases.Acquire(limited, t.get().Feed, n.holder, n.ttl)
		cancel()
		switch {
		case ctx.Err() != nil:
			return nil
		case err == nil && (lease.Holder != n.holder || lease.Token != t.get().Token):
			return &ledger.LostError{Lease: t.get(), Now: lease}
		case err == nil:
			asked = before
			t.mu.Lock()
			t.lease = lease
			t.mu.Unlock()
			told(lease, true, nil)
		case asked.since() >= n.ttl:
			return errors.Join(&ledger.LostError{Lease: t.get()}, err)
		}
	}
}
