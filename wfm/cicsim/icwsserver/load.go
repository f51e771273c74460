package icwsserver

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// Load changes users' states at random but plausibly: mostly another status, now and then a log-off or log-on.
// Each step is exactly one change of the CIC, as long as nobody else changes it. The same seed and CIC give the
// same sequence. One goroutine at a time may use it.
type Load struct {
	cic   *CIC
	rng   *rand.Rand
	users []wfm.AgentID
}

// NewLoad makes a load on the users that the CIC has now.
func NewLoad(cic *CIC, seed uint64) *Load {
	l := &Load{cic: cic, rng: rand.New(rand.NewPCG(seed, 0x10ad))}
	for _, a := range cic.Agents() {
		l.users = append(l.users, a.ID)
	}
	return l
}

// Next makes one change, now. It does nothing where there are no users, or users with no choice.
func (l *Load) Next() {
	if len(l.users) == 0 {
		return
	}
	id, dice := l.users[l.rng.IntN(len(l.users))], l.rng.IntN(100)
	draw := l.rng.Int()
	c := l.cic
	c.mu.Lock()
	defer c.mu.Unlock()
	u, err := c.user(id)
	if err != nil {
		return // removed meanwhile
	}
	on, s := u.loggedIn, u.status
	if !on || dice < 4 {
		on = !on
	} else if n := len(c.statusOrder); n > 1 {
		i := draw % n
		if s = c.statusOrder[i]; s == u.status {
			s = c.statusOrder[(i+1)%n]
		}
	}
	c.setState(u, s, on, c.now())
}

// Run makes so many changes per second, evenly, until ctx ends, whose error it returns. It catches up after delays.
func (l *Load) Run(ctx context.Context, perSecond float64) error {
	if !(perSecond > 0) {
		return wfm.Problem{Field: "load", Value: fmt.Sprint(perSecond), Reason: "is not positive", Remedy: "give changes per second"}
	}
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	start, made := time.Now(), 0.0
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		for due := time.Since(start).Seconds() * perSecond; made+1 <= due; made++ {
			l.Next()
		}
	}
}
