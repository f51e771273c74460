package integration_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical/historicaltest"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/integration"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// wall is a clock of this host that can be set.
type wall struct {
	mu     sync.Mutex
	offset time.Duration
}

func (w *wall) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.offset)
}

func (w *wall) Sleep(ctx context.Context, span time.Duration) {
	select {
	case <-time.After(span):
	case <-ctx.Done():
	}
}

func (w *wall) set(by time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.offset += by
}

// timely is a service whose source writes the row of each quarter when it ends by the true time, which is the bubble's.
type timely struct {
	*wall
	out     *shelf
	source  *historicaltest.Memory
	service *integration.Service
	stop    func()
}

func runTimely(t *testing.T, offset time.Duration, change func(*integration.HistoricalFeed), test func(c *timely)) {
	synctest.Test(t, func(t *testing.T) {
		c := &timely{wall: &wall{offset: offset}, out: &shelf{}, source: &historicaltest.Memory{}}
		f := feedOf(c.source, c.out, plain{restates: vendors.Restates})
		f.Delay, f.Lookback, f.Start = 5*time.Minute, 3*time.Hour, epoch
		if change != nil {
			change(&f)
		}
		var err error
		c.service, err = integration.New(integration.Options{Historical: []integration.HistoricalFeed{f}, Ledger: ledger.NewMemory(time.Now),
			Licence: licensed(t), Clock: c.wall})
		require.NoError(t, err)
		c.stop = running(t, c.service)
		test(c)
		c.stop()
	})
}

// live lets quarters pass, and writes the row of each at its end.
func (c *timely) live(quarters int) {
	for range quarters {
		time.Sleep(15 * time.Minute)
		end := time.Now().UTC().Truncate(15 * time.Minute)
		n := int64(end.Sub(epoch) / (15 * time.Minute))
		c.source.Queue(1, end.Add(-15*time.Minute), 15*time.Minute, "Sales", entered(n))
		synctest.Wait()
	}
}

// exact checks that quarters 1 to n were delivered, each once and with its figure.
func (c *timely) exact(t *testing.T, n int) {
	t.Helper()
	synctest.Wait()
	for i := range n {
		name := epoch.Add(time.Duration(i)*15*time.Minute).Format("20060102_1504") + ".json"
		text, count := c.out.get(name)
		require.Equal(t, figure(int64(i+1)), text, name)
		require.Equal(t, 1, count, name)
	}
	require.Equal(t, n, c.out.names())
}

func TestClockSetForwardAndBack(t *testing.T) {
	runTimely(t, 0, nil, func(c *timely) {
		c.live(4)
		c.set(time.Hour) // a wrong time server
		c.live(4)
		require.NotEmpty(t, c.service.Status().Feeds[0].Gaps, "what has not happened yet is a gap, never zero")
		c.set(-time.Hour) // mended
		c.live(4)
		time.Sleep(6 * time.Minute)
		c.exact(t, 12)
		require.Empty(t, c.service.Status().Feeds[0].Gaps)
	})
}

func TestClockSetBackADayIsFollowedAtOnce(t *testing.T) {
	// The host starts with a clock that is a day ahead, as a virtual machine may, and is set right an hour later.
	runTimely(t, 24*time.Hour, nil, func(c *timely) {
		c.live(4)
		c.set(-24 * time.Hour)
		c.live(4)
		time.Sleep(6 * time.Minute)
		c.exact(t, 8)
	})
}

func TestClockThatDriftsIsNoTrouble(t *testing.T) {
	runTimely(t, 0, nil, func(c *timely) {
		for i := range 24 {
			c.set(time.Duration(i%3-1) * 2 * time.Second)
			c.live(1)
		}
		time.Sleep(6 * time.Minute)
		c.exact(t, 24)
	})
}

func TestMachineThatSleptCatchesUp(t *testing.T) {
	runTimely(t, 0, nil, func(c *timely) {
		c.live(4)
		// While a machine sleeps its timers stand still, and the clock does not. CIC goes on writing.
		for i := range 8 {
			c.source.Queue(1, epoch.Add(time.Duration(4+i)*15*time.Minute), 15*time.Minute, "Sales", entered(int64(5+i)))
		}
		c.set(2 * time.Hour)
		time.Sleep(time.Minute + time.Second) // a sleeper looks at the clock every minute
		synctest.Wait()
		require.Equal(t, 11, c.out.names(), "all but the quarter whose delay is not over")
		time.Sleep(5 * time.Minute)
		c.exact(t, 12)
	})
}

// CIC's clock is behind ours by more than the delay: its rows come after the interval was read.
func TestClocksApart(t *testing.T) {
	for _, ahead := range []time.Duration{3 * time.Minute, 20 * time.Minute, -20 * time.Minute} {
		t.Run(ahead.String(), func(t *testing.T) {
			runTimely(t, ahead, nil, func(c *timely) {
				c.live(12)
				time.Sleep(26 * time.Minute)
				c.exact(t, 12)
			})
		})
	}
}

// The feed is new, and the service is started while the clocks show an hour for the second time, or the first.
func TestStartInTheRepeatedHour(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	night := utc("2000-10-29T00:00:00Z") // 02:00 to 03:00 is shown twice from here
	for _, policy := range []vendors.RepeatPolicy{vendors.RepeatDistinct, vendors.RepeatSum} {
		for _, start := range []time.Duration{20 * time.Minute, 80 * time.Minute} {
			t.Run(fmt.Sprint(policy, " ", start), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					m, out := &historicaltest.Memory{}, &shelf{}
					fill(m, night.Add(-4*time.Hour), 40)
					f := feedOf(m, out, plain{repeat: policy})
					f.Grid = wfm.Grid{Length: wfm.Quarter, Location: berlin}
					f.Delay, f.Lookback, f.Start = 5*time.Minute, time.Hour, time.Time{}
					w := &wall{offset: night.Add(start).Sub(epoch)}
					s, err := integration.New(integration.Options{Historical: []integration.HistoricalFeed{f}, Ledger: ledger.NewMemory(time.Now),
						Licence: licensed(t), Clock: w})
					require.NoError(t, err)
					stop := running(t, s)
					time.Sleep(4 * time.Hour)
					synctest.Wait()
					stop()
					require.Equal(t, 1, most(out.count), "nothing is delivered twice")
					first := night.Add(start - 65*time.Minute).Truncate(15 * time.Minute)
					last := night.Add(start + 4*time.Hour - 20*time.Minute).Truncate(15 * time.Minute)
					figures := int64(0)
					for at := first; !at.After(last); at = at.Add(15 * time.Minute) {
						n := int64(at.Sub(night.Add(-4*time.Hour))/(15*time.Minute)) + 1
						text, _ := out.get(at.Format("20060102_1504") + ".json")
						if policy == vendors.RepeatDistinct {
							require.Equal(t, figure(n), text, at)
						}
						figures += n
					}
					if policy == vendors.RepeatSum {
						require.GreaterOrEqual(t, total(t, out), figures, "no call of the night is lost")
					}
				})
			})
		}
	}
}

func most(count map[string]int) (n int) {
	for _, c := range count {
		n = max(n, c)
	}
	return n
}

func total(t *testing.T, out *shelf) (sum int64) {
	for name, text := range out.files {
		var n int64
		_, err := fmt.Sscanf(text, "{\"Sales\":%d}", &n)
		require.NoError(t, err, name)
		sum += n
	}
	return sum
}

// No watermark follows a clock into the future: there the look-back would be all that is ever read again.
func TestClockAheadWithoutALookback(t *testing.T) {
	runTimely(t, 0, func(f *integration.HistoricalFeed) { f.Lookback = -1 }, func(c *timely) {
		c.live(4)
		c.set(24 * time.Hour)
		c.live(2)
		c.set(-24 * time.Hour)
		c.live(4)
		time.Sleep(6 * time.Minute)
		c.exact(t, 10)
	})
}

// A database that is fed again after longer than the look-back has what was missed.
func TestASilenceLongerThanTheLookback(t *testing.T) {
	runTimely(t, 0, nil, func(c *timely) {
		c.live(4)
		time.Sleep(10 * time.Hour) // the look-back is three
		synctest.Wait()
		for i := range 40 {
			c.source.Queue(1, epoch.Add(time.Duration(4+i)*15*time.Minute), 15*time.Minute, "Sales", entered(int64(5+i)))
		}
		c.live(2)
		time.Sleep(6 * time.Minute)
		c.exact(t, 46)
	})
}
