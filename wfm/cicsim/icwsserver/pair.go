package icwsserver

import (
	"crypto/rand"
	"encoding/base64"
	"sync"
	"sync/atomic"
	"time"
)

// Pair is one CIC as clients see it: one host, or the two of a switchover pair of which one at a time accepts
// connections. It orders the faults. It is safe for concurrent use.
type Pair struct {
	// Primary and Backup are the hosts. Backup is nil where there is none.
	Primary, Backup *Server

	cic    *CIC
	opt    Options
	faults faults
	count  counters

	late     sync.Mutex // orders timers against Close; taken after CIC.mu
	timer    *time.Timer
	dirty    map[*user]properties // changes of the present second, with Options.PerSecond
	dirtySeq []*user
	closed   bool
}

type counters struct {
	requests, logOns, refused, polls, streams, overlaps, messages atomic.Int64
}

// Stats counts what clients did since the start.
type Stats struct {
	Sessions int   `json:"sessions"` // open now, both hosts
	Requests int64 `json:"requests"`
	LogOns   int64 `json:"logOns"`
	Refused  int64 `json:"refused"` // log-ons with a wrong user or password
	Polls    int64 `json:"polls"`
	Streams  int64 `json:"streams"`
	// Overlaps counts polls and streams that began while another one of the session was under way, which a
	// client must never do.
	Overlaps int64 `json:"overlaps"`
	Messages int64 `json:"messages"` // written to clients
}

// New makes a server with a single host.
func New(cic *CIC, opt Options) (*Pair, error) { return newPair(cic, opt, false) }

// NewPair makes a switchover pair of which the primary is active.
func NewPair(cic *CIC, opt Options) (*Pair, error) { return newPair(cic, opt, true) }

func newPair(cic *CIC, opt Options, backup bool) (*Pair, error) {
	opt, err := opt.withDefaults()
	if err != nil {
		return nil, err
	}
	p := &Pair{cic: cic, opt: opt, dirty: make(map[*user]properties)}
	p.Primary = newServer(p, "CICSIM-A", opt.PrimaryHost)
	p.Primary.active = true
	if backup {
		p.Backup = newServer(p, "CICSIM-B", opt.BackupHost)
	}
	return p, nil
}

func (p *Pair) hosts() []*Server {
	if p.Backup == nil {
		return []*Server{p.Primary}
	}
	return []*Server{p.Primary, p.Backup}
}

// CIC returns what the hosts serve.
func (p *Pair) CIC() *CIC { return p.cic }

// Stats returns what clients did so far.
func (p *Pair) Stats() Stats {
	p.cic.mu.Lock()
	defer p.cic.mu.Unlock()
	s := Stats{Requests: p.count.requests.Load(), LogOns: p.count.logOns.Load(), Refused: p.count.refused.Load(), Polls: p.count.polls.Load(),
		Streams: p.count.streams.Load(), Overlaps: p.count.overlaps.Load(), Messages: p.count.messages.Load()}
	for _, h := range p.hosts() {
		s.Sessions += len(h.sessions)
	}
	return s
}

// Switchover makes the other host the active one. The sessions of the one before are told that they are down
// and end; it refuses log-ons with 503 from now on. It does nothing where there is no backup.
func (p *Pair) Switchover() { p.switchover(false) }

// Kill is a switchover without a word: the active host dies. Its connections break, and
// every further request to it is broken off, until the next switchover brings it back as the active one.
func (p *Pair) Kill() { p.switchover(true) }

func (p *Pair) switchover(kill bool) {
	if p.Backup == nil {
		return
	}
	p.cic.mu.Lock()
	defer p.cic.mu.Unlock()
	from, to := p.Primary, p.Backup
	if !from.active {
		from, to = to, from
	}
	from.active, to.active = false, true
	from.dead, to.dead = kill, false
	for _, s := range from.sortedSessions() {
		if kill {
			s.drop()
			s.end()
		} else {
			s.retire("The Interaction Center server has switched over.", true)
		}
	}
	p.cic.endDoomed()
	p.opt.Logger.Info("switchover", "active", to.name, "killed", kill)
}

// Active returns the host that accepts connections.
func (p *Pair) Active() *Server {
	p.cic.mu.Lock()
	defer p.cic.mu.Unlock()
	if p.Primary.active {
		return p.Primary
	}
	return p.Backup
}

// Close ends all sessions and stops what was under way. The handlers go on to answer.
func (p *Pair) Close() {
	p.late.Lock()
	p.closed = true
	if p.timer != nil {
		p.timer.Stop()
	}
	p.late.Unlock()
	p.ExpireSessions()
}

// coalesce keeps a change until the end of its second. Called under CIC.mu.
func (p *Pair) coalesce(u *user, changed properties) {
	p.late.Lock()
	defer p.late.Unlock()
	if p.closed {
		return
	}
	if p.dirty[u] == 0 {
		p.dirtySeq = append(p.dirtySeq, u)
	}
	p.dirty[u] |= changed
	if len(p.dirtySeq) == 1 {
		now := p.cic.now()
		p.timer = time.AfterFunc(now.Truncate(time.Second).Add(time.Second).Sub(now), p.flushSecond)
	}
}

// flushSecond tells what the users that changed within a second are now.
func (p *Pair) flushSecond() {
	p.cic.mu.Lock()
	defer p.cic.mu.Unlock()
	p.late.Lock()
	list, dirty := p.dirtySeq, p.dirty
	p.dirtySeq, p.dirty = nil, make(map[*user]properties)
	p.late.Unlock()
	for _, u := range list {
		p.cic.deliverStatus(u, dirty[u], true)
	}
	p.cic.endDoomed()
}

// token is an unguessable text.
func token() string {
	b := make([]byte, 18)
	_, _ = rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}
