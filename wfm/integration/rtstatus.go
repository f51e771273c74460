package integration

import (
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// RealTimeStatus is a snapshot of one real-time feed. Times are UTC.
type RealTimeStatus struct {
	Name   string
	Module string // rta
	Vendor string
	// State is standby (another instance runs it), waiting (for its first server), refused, serving, failed or stopped.
	State string
	// LastError is why the feed is refused or failed; Next is when it is tried again.
	LastError string
	Next      time.Time
	// Receivers are the connected ones, and those that were connected or tried before, latest first; at most 100
	// that are not connected.
	Receivers []ReceiverStatus
	// Unmapped counts states and changes that were not sent because their status had no code, by
	// status, of which at most 1000 are told apart; Skipped those that could not be written for another reason. Both count since the
	// service was made, through all changes by Update that leave the feed's name.
	Unmapped map[wfm.StatusKey]int
	Skipped  int
	Licence  []LicenceStatus
	Lease    LeaseStatus
}

// ReceiverStatus is what was sent to one receiver. The counts are those of the connection.
type ReceiverStatus struct {
	Where     string
	Connected bool
	Since     time.Time // of being connected, or not
	// Frames and Bytes were handed to the network. States is how many states of agents the Snapshots
	// held; Changes is how many changes were taken from the stream, and Merged how many were left out
	// because the receiver was slow.
	Frames, Bytes, Snapshots, States, Changes, Merged int64
	LastSent                                          time.Time
	// LastError is why the receiver is not connected; Next is when it is tried again.
	LastError string
	Next      time.Time
}

// rtFeed is a configured real-time feed with what the service knows about it.
type rtFeed struct {
	RealTimeFeed
	servers []string // that may be read; set before the feed is served
	past    *rtPast  // shared with the feeds of the same name that an update put this one in the place of
	mu      sync.Mutex
	status  RealTimeStatus  // without what past has
	said    map[string]bool // errors of records that were logged
	links   []*receiver
}

// receiver is one connection, or the memory of one.
type receiver struct {
	frames, bytes, snapshots, states, changes, merged, last atomic.Int64
	status                                                  ReceiverStatus // guarded by the feed
}

const receiversShown = 100

func (f *rtFeed) connected(where string) *receiver {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.links = slices.DeleteFunc(f.links, func(r *receiver) bool { return r.status.Where == where && !r.status.Connected })
	r := &receiver{status: ReceiverStatus{Where: where, Connected: true, Since: time.Now().UTC()}}
	f.links = append(f.links, r)
	return r
}

func (f *rtFeed) disconnected(r *receiver, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r.status.Connected, r.status.Since = false, time.Now().UTC()
	if err != nil {
		r.status.LastError = wfm.OneLine(err.Error())
	}
	f.trim()
}

func (f *rtFeed) unreachable(where string, err error, next time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.links, func(r *receiver) bool { return r.status.Where == where && !r.status.Connected })
	if i < 0 {
		f.links = append(f.links, &receiver{status: ReceiverStatus{Where: where, Since: time.Now().UTC()}})
		i = len(f.links) - 1
	}
	f.links[i].status.LastError = wfm.OneLine(err.Error())
	if !next.IsZero() {
		f.links[i].status.Next = next.UTC()
	}
	f.trim()
}

// trim forgets the oldest receivers that are not connected. f.mu is held.
func (f *rtFeed) trim() {
	gone := 0
	for i := len(f.links) - 1; i >= 0; i-- {
		if f.links[i].status.Connected {
			continue
		}
		if gone++; gone > receiversShown {
			f.links = slices.Delete(f.links, i, i+1)
		}
	}
}

func (f *rtFeed) turn(state string, err error, next time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status.State, f.status.LastError, f.status.Next = state, "", time.Time{}
	if err != nil {
		f.status.LastError = err.Error()
	}
	if !next.IsZero() {
		f.status.Next = next.UTC()
	}
}

// refuse tells whether that is news.
func (f *rtFeed) refuse(err error, next time.Time) bool {
	f.mu.Lock()
	news := f.status.State != "refused" || f.status.LastError != err.Error()
	f.mu.Unlock()
	f.turn("refused", err, next)
	return news
}

func (s *Service) rtLeaseTold(f *rtFeed, l ledger.Lease, ours bool, err error) {
	f.mu.Lock()
	before := f.status.Lease
	f.status.Lease = leaseStatus(l, ours, err)
	now := f.status.Lease
	f.mu.Unlock()
	if !ours {
		f.turn("standby", err, time.Time{})
	}
	tellLease(s.log.With("feed", f.Name), before, now)
}

// errorsKept bounds what is remembered of errors of records; they may be said again then.
const errorsKept = 1000

// skipped counts the agents that a session could not write, and logs each reason once.
func (f *rtFeed) skipped(log *slog.Logger, err error) {
	if err == nil {
		return
	}
	list, other := vendors.SkippedIn(err)
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.said) > errorsKept {
		clear(f.said)
	}
	say := func(key string, err error) {
		if !f.said[key] {
			f.said[key] = true
			log.Warn("an agent's state is not sent", "error", err)
		}
	}
	for _, s := range list {
		if s.Unmapped {
			f.past.notMapped(s.Status)
			say("status "+strings.ToLower(string(s.Status)), s)
			continue
		}
		f.past.notWritten()
		say(s.Error(), s)
	}
	if other != nil {
		f.past.notWritten()
		say(other.Error(), other)
	}
}

// snapshot returns the feed's status.
func (f *rtFeed) snapshot() RealTimeStatus {
	f.mu.Lock()
	defer f.mu.Unlock()
	st := f.status
	f.past.show(&st)
	st.Licence = slices.Clone(f.status.Licence)
	for _, r := range slices.Backward(f.links) {
		c := r.status
		c.Frames, c.Bytes, c.Snapshots, c.States = r.frames.Load(), r.bytes.Load(), r.snapshots.Load(), r.states.Load()
		c.Changes, c.Merged = r.changes.Load(), r.merged.Load()
		if at := r.last.Load(); at != 0 {
			c.LastSent = time.Unix(at, 0).UTC()
		}
		st.Receivers = append(st.Receivers, c)
	}
	slices.SortStableFunc(st.Receivers, func(a, b ReceiverStatus) int {
		switch {
		case a.Connected == b.Connected:
			return 0
		case a.Connected:
			return -1
		}
		return 1
	})
	return st
}
