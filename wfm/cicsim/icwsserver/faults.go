package icwsserver

import (
	"context"
	"sync/atomic"
	"time"
)

// faults are the troubles in force at all hosts.
type faults struct {
	unknown, cut, duplicate, reorder atomic.Int64 // messages that are still to be hit
	silent, refused, slow            atomic.Int64 // until when, in Unix nanoseconds
	delay                            atomic.Int64 // nanoseconds, while slow
}

// take counts one of n down; false when none is left.
func (f *faults) take(n *atomic.Int64) bool {
	for {
		v := n.Load()
		if v <= 0 {
			return false
		}
		if n.CompareAndSwap(v, v-1) {
			return true
		}
	}
}

func deadline(d time.Duration) int64 { return time.Now().Add(d).UnixNano() }

func left(until *atomic.Int64) time.Duration {
	return time.Duration(until.Load() - time.Now().UnixNano())
}

// hold waits while the server is silent and for the delay while it is slow. It says whether ctx is still alive.
func (f *faults) hold(ctx context.Context, gone <-chan struct{}) bool {
	for {
		d := left(&f.silent)
		if d <= 0 {
			break
		}
		if !sleep(ctx, gone, min(d, glance)) {
			return false
		}
	}
	return sleep(ctx, gone, f.slowness())
}

// glance is how often it is looked whether silence was lifted.
const glance = 50 * time.Millisecond

func (f *faults) slowness() time.Duration {
	if left(&f.slow) <= 0 {
		return 0
	}
	return time.Duration(f.delay.Load())
}

// sleep waits for d; false means that ctx or gone came first.
func sleep(ctx context.Context, gone <-chan struct{}, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-gone:
		return false
	case <-ctx.Done():
		return false
	}
}

const (
	unknownMessage = `{"__type":"urn:inin.com:simulator:neverHeardOfMessage","isDelta":true,"things":[{"a":1},null,[[]]],"userStatusList":"none"}`
	unknownField   = `{"neverHeardOf":{"nested":[1,"two",null,{"three":3.5e7}]},`
)

// withUnknownField adds a field that no client knows to a message.
func withUnknownField(b []byte) []byte {
	return append([]byte(unknownField), b[1:]...)
}

// The faults that can be ordered. They hold for both hosts of a pair, except where said otherwise.

// DropStreams breaks every event stream, and every poll under way, in the middle of an event. The sessions stay.
func (p *Pair) DropStreams() {
	p.eachSession((*session).drop)
}

// Silence makes the server say nothing for d: streams stay open without events and pings, requests hang. Zero ends
// a silence.
func (p *Pair) Silence(d time.Duration) { p.faults.silent.Store(deadline(d)) }

// Slow delays every response and every event by delay, for d.
func (p *Pair) Slow(delay, d time.Duration) {
	p.faults.delay.Store(int64(delay))
	p.faults.slow.Store(deadline(d))
}

// Refuse503 answers every request with 503 for d: log-ons as a host that does not accept
// connections does, anything else with error.server.unavailable. Open streams and sessions stay.
func (p *Pair) Refuse503(d time.Duration) { p.faults.refused.Store(deadline(d)) }

// ExpireSessions ends all sessions without a word: streams end, the next request gets 401.
func (p *Pair) ExpireSessions() { p.eachSession((*session).end) }

// CutJSON breaks the next n messages: half an event on a stream, half a body of a poll. What they
// said is lost to a client that does not subscribe anew.
func (p *Pair) CutJSON(n int) { p.faults.cut.Store(int64(n)) }

// UnknownMessages puts a message of an unknown type before each of the next n messages and a field that no
// client knows into them.
func (p *Pair) UnknownMessages(n int) { p.faults.unknown.Store(int64(n)) }

// Duplicate sends each of the next n messages twice.
func (p *Pair) Duplicate(n int) { p.faults.duplicate.Store(int64(n)) }

// Reorder lets the next message overtake each of the next n deltas. Two messages about the same user (its status
// and what is in its queue), or the same object, keep their order, and no delta moves past a full message: otherwise no client could
// ever arrive at the truth. A delta that nothing overtakes within a second is sent.
func (p *Pair) Reorder(n int) { p.faults.reorder.Store(int64(n)) }

// FullUpdates sends every subscription's content anew, with isDelta false.
func (p *Pair) FullUpdates() { p.eachSession((*session).refill) }

// Down tells every session that its connection is down, and whether the client should come back, and
// ends the sessions once that is read.
func (p *Pair) Down(shouldReconnect bool) {
	p.eachSession(func(s *session) { s.retire("The session was ended by an administrator.", shouldReconnect) })
}

// eachSession calls f for the sessions of both hosts.
func (p *Pair) eachSession(f func(*session)) {
	p.cic.mu.Lock()
	defer p.cic.mu.Unlock()
	for _, h := range p.hosts() {
		for _, s := range h.sortedSessions() {
			f(s)
		}
	}
	p.cic.endDoomed()
}
