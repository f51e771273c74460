package integration

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/rta/rtatest"
	"github.com/cicwfm/cicwfm/wfm"
)

// silent is a server that takes the question for its licence and says nothing.
type silent struct {
	asked   int
	between func() // is called while the answer is waited for
}

func (l *silent) Features(ctx context.Context, _ string) ([]license.Feature, error) {
	l.asked++
	l.between()
	<-ctx.Done()
	return nil, &wfm.Error{Op: "log on", Kind: wfm.Unavailable, Retry: true, Err: errors.New("nobody answers")}
}

// While a server that says nothing is asked for its licence, Update need not wait for it, and the server is asked again later.
func TestAServerThatSaysNothingHoldsUpNoUpdate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s, l := &Service{log: slog.New(slog.DiscardHandler)}, &silent{}
		held := 0
		l.between = func() {
			if s.updating.TryLock() {
				s.updating.Unlock()
			} else {
				held++
			}
		}
		f := &rtFeed{RealTimeFeed: RealTimeFeed{Name: "live"}, past: &rtPast{}}
		s.set.Store(&set{realTime: []*rtFeed{f}, servers: []RealTimeServer{{Name: "cic1", Source: rtatest.NewSource()}},
			licence: license.NewGate(l, license.Options{RealTime: "RTA"})})
		r := &running{ctx: ctx, feeds: map[*feed]work{}, realTime: map[*rtFeed]work{}, sources: map[string]source{}}
		s.running = r
		r.all.Go(func() { s.askAgain(r) })
		time.Sleep(5 * licenceEvery)
		synctest.Wait()
		require.Zero(t, held, "the lock that Update needs is held while the server is asked")
		require.Greater(t, l.asked, 1)
		require.Equal(t, "refused", f.snapshot().State)
		cancel()
		r.all.Wait()
	})
}
