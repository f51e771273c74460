package integration_test

import (
	"bytes"
	"context"
	"iter"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/historical/historicaltest"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/integration"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// In a synctest bubble the clock starts at midnight UTC on 1 January 2000.
var epoch = utc("2000-01-01T00:00:00Z")

// running starts Run and returns what ends it.
func running(t *testing.T, s *integration.Service) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- s.Run(ctx) }()
	return func() {
		cancel()
		require.NoError(t, <-done)
	}
}

func TestRunDeliversEachIntervalOnceAfterItsDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, out := &historicaltest.Memory{}, &shelf{}
		fill(m, epoch, 96)
		f := feedOf(m, out, plain{})
		f.Delay, f.Lookback = 5*time.Minute, time.Hour
		f.Start = epoch
		stop := running(t, newService(t, ledger.NewMemory(time.Now), f))
		time.Sleep(20*time.Minute - time.Second)
		require.Zero(t, out.names(), "before the delay is over nothing is sent")
		time.Sleep(2 * time.Second)
		synctest.Wait()
		text, count := out.get("20000101_0000.json")
		require.Equal(t, figure(1), text)
		require.Equal(t, 1, count)
		time.Sleep(3 * time.Hour)
		synctest.Wait()
		require.Equal(t, 13, out.names())
		_, count = out.get("20000101_0000.json")
		require.Equal(t, 1, count, "unchanged intervals are not sent again")
		stop()
	})
}

func TestRunRestatesLateRowsAndShowsGaps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, out := &historicaltest.Memory{}, &shelf{}
		fill(m, epoch, 2)
		fill(m, epoch.Add(45*time.Minute), 90) // 00:30 is missing
		f := feedOf(m, out, plain{})
		f.Delay, f.Lookback, f.Start = 5*time.Minute, 2*time.Hour, epoch
		var mu sync.Mutex
		var actions []integration.Action
		s, err := integration.New(integration.Options{Historical: []integration.HistoricalFeed{f}, Ledger: ledger.NewMemory(time.Now),
			Licence: licensed(t), Observe: func(o integration.Outcome) {
				mu.Lock()
				defer mu.Unlock()
				if o.Action != integration.Skipped {
					actions = append(actions, o.Action)
				}
			}})
		require.NoError(t, err)
		stop := running(t, s)
		time.Sleep(65 * time.Minute)
		synctest.Wait()
		require.Equal(t, 3, out.names())
		gap := integration.Gap{Interval: wfm.Window{Start: epoch.Add(30 * time.Minute), End: epoch.Add(45 * time.Minute)}, Sites: []wfm.Site{1}}
		require.Equal(t, []integration.Gap{gap}, s.Status().Feeds[0].Gaps)

		m.Queue(1, epoch.Add(30*time.Minute), 15*time.Minute, "Sales", entered(33)) // the gap fills
		m.Queue(1, epoch, 15*time.Minute, "Sales", entered(100))                    // more for an interval that was sent
		time.Sleep(15 * time.Minute)
		synctest.Wait()
		text, _ := out.get("20000101_0030.json")
		require.Equal(t, figure(33), text)
		text, count := out.get("20000101_0000.json")
		require.Equal(t, figure(101), text)
		require.Equal(t, 2, count)
		require.Empty(t, s.Status().Feeds[0].Gaps)
		require.Equal(t, 1, s.Status().Feeds[0].Restated)
		stop()
		require.Contains(t, actions, integration.Restated)
	})
}

func TestRunRetriesAndCatchesUpInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, out := &historicaltest.Memory{}, &shelf{}
		fill(m, epoch, 96)
		var down atomic.Bool
		down.Store(true)
		var order []string // guarded by the shelf
		out.fail = func(name string) error {
			if down.Load() {
				return errPassing
			}
			order = append(order, name)
			return nil
		}
		f := feedOf(m, out, plain{})
		f.Start, f.Lookback = epoch, -1
		l := ledger.NewMemory(time.Now)
		s := newService(t, l, f)
		stop := running(t, s)
		time.Sleep(6 * time.Hour)
		synctest.Wait()
		require.Zero(t, out.names())
		require.Contains(t, s.Status().Feeds[0].LastError, "does not answer")
		down.Store(false)
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		require.Equal(t, 24, out.names(), "everything that was missed is sent")
		out.mu.Lock()
		require.IsIncreasing(t, order)
		out.mu.Unlock()
		require.Empty(t, s.Status().Feeds[0].LastError)
		mark, ok, err := l.Watermark(t.Context(), "history")
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, epoch.Add(6*time.Hour), mark)
		stop()
	})
}

func TestRunGoesOnAtItsWatermark(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, out := &historicaltest.Memory{}, &shelf{}
		fill(m, epoch, 400)
		f := feedOf(m, out, plain{})
		f.Start, f.Lookback = epoch, time.Hour
		l := ledger.NewMemory(time.Now)
		stop := running(t, newService(t, l, f))
		time.Sleep(2 * time.Hour)
		stop()
		before := out.names()
		time.Sleep(72 * time.Hour) // longer than any look-back
		f.Start = time.Time{}
		stop = running(t, newService(t, l, f))
		time.Sleep(time.Second)
		synctest.Wait()
		require.Greater(t, out.names(), before)
		for i := range 74 * 4 {
			_, n := out.get(epoch.Add(time.Duration(i)*15*time.Minute).Format("20060102_1504") + ".json")
			if i < 74*4-1 {
				require.Equal(t, 1, n, "interval %d", i)
			}
		}
		stop()
	})
}

func TestRunWritesDaysWhenTheyAreOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, out := &historicaltest.Memory{}, &shelf{}
		fill(m, epoch, 400)
		f := feedOf(m, out, plain{days: true})
		f.Start = epoch
		stop := running(t, newService(t, ledger.NewMemory(time.Now), f))
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		require.Zero(t, out.names())
		time.Sleep(time.Hour)
		synctest.Wait()
		text, _ := out.get("20000101_0000.json")
		require.Len(t, text, func() (n int) {
			for i := range 96 {
				n += len(figure(int64(i + 1)))
			}
			return n
		}())
		stop()
	})
}

func TestRunWithoutALicenceDoesNotStart(t *testing.T) {
	f := feedOf(&historicaltest.Memory{}, &shelf{}, plain{})
	s, err := integration.New(integration.Options{Historical: []integration.HistoricalFeed{f}, Ledger: ledger.NewMemory(time.Now), Licence: unlicensed(t)})
	require.NoError(t, err)
	err = s.Run(t.Context())
	require.ErrorContains(t, err, "I3_FEATURE_WFM_HISTORICAL")
	require.Equal(t, wfm.NotLicensed, wfm.KindOf(err))
	require.NotEmpty(t, s.Status().Feeds[0].LastError)
}

func TestAnUnlicensedServerIsLeftOut(t *testing.T) {
	licensedOne, other, out := &historicaltest.Memory{}, &historicaltest.Memory{}, &shelf{}
	fill(licensedOne, epoch, 4)
	other.Fail = func(historical.Query) error { t.Error("an unlicensed server was read"); return nil }
	f := feedOf(licensedOne, out, plain{})
	f.Servers = append(f.Servers, integration.Server{Name: "cic2", Source: other})
	s := newService(t, ledger.NewMemory(time.Now), f)
	_, err := s.Backfill(t.Context(), "history", wfm.Window{Start: epoch, End: epoch.Add(time.Hour)}, integration.BackfillOptions{})
	require.NoError(t, err)
	require.Equal(t, 4, out.names())
	status := s.Status().Feeds[0].Licence
	require.Len(t, status, 2)
	require.Equal(t, "not licensed", status[1].State)
	require.Contains(t, status[1].Reason, "I3_FEATURE_WFM_HISTORICAL")
}

func TestBackfillIsTheSameWithAnyNumberOfWorkers(t *testing.T) {
	m := &historicaltest.Memory{}
	fill(m, epoch, 96*40)
	w := wfm.Window{Start: epoch, End: epoch.Add(40 * 24 * time.Hour)}
	var first map[string]string
	for _, workers := range []int{1, 2, 7} {
		for _, days := range []bool{false, true} {
			out := &shelf{}
			s := newService(t, ledger.NewMemory(time.Now), feedOf(m, out, plain{days: days}))
			r, err := s.Backfill(t.Context(), "history", w, integration.BackfillOptions{Workers: workers})
			require.NoError(t, err)
			require.Equal(t, 96*40, r.Intervals)
			require.Equal(t, out.names(), r.Delivered)
			if days {
				require.Equal(t, 40, out.names())
				continue
			}
			if first == nil {
				first = out.files
			}
			require.Equal(t, first, out.files)
		}
	}
}

func TestBackfillStopsAtTheFirstFailureAndGoesOnLater(t *testing.T) {
	for _, workers := range []int{1, 3} {
		m, out := &historicaltest.Memory{}, &shelf{}
		fill(m, epoch, 96*10)
		left := 100
		out.fail = func(string) error {
			if left--; left < 0 {
				return errPassing
			}
			return nil
		}
		s := newService(t, ledger.NewMemory(time.Now), feedOf(m, out, plain{}))
		w := wfm.Window{Start: epoch, End: epoch.Add(10 * 24 * time.Hour)}
		r, err := s.Backfill(t.Context(), "history", w, integration.BackfillOptions{Workers: workers})
		require.ErrorIs(t, err, errPassing)
		require.ErrorContains(t, err, `feed "history"`)
		require.Equal(t, 100, r.Delivered)
		out.fail = nil
		r, err = s.Backfill(t.Context(), "history", w, integration.BackfillOptions{Workers: workers})
		require.NoError(t, err)
		require.Equal(t, 100, r.Skipped)
		require.Equal(t, 860, r.Delivered)
		for name, n := range out.count {
			require.Equal(t, 1, n, name)
		}
	}
}

func TestRestatementThatTheProductDoesNotTakeIsReported(t *testing.T) {
	m, out := &historicaltest.Memory{}, &shelf{}
	fill(m, epoch, 1)
	s := newService(t, ledger.NewMemory(time.Now), feedOf(m, out, plain{restates: vendors.Reports}))
	w := wfm.Window{Start: epoch, End: epoch.Add(15 * time.Minute)}
	_, err := s.Backfill(t.Context(), "history", w, integration.BackfillOptions{})
	require.NoError(t, err)
	m.Queue(1, epoch, 15*time.Minute, "Sales", entered(5))
	r, err := s.Backfill(t.Context(), "history", w, integration.BackfillOptions{})
	require.NoError(t, err)
	require.Equal(t, 1, r.Withheld)
	text, _ := out.get("20000101_0000.json")
	require.Equal(t, figure(1), text)
}

// Each version that the product does not take is told and counted once, however often its interval is read again.
func TestWhatIsWithheldIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, out, log := &historicaltest.Memory{}, &shelf{}, &bytes.Buffer{}
		fill(m, epoch, 96)
		f := feedOf(m, out, plain{restates: vendors.Reports})
		f.Delay, f.Lookback, f.Start = 5*time.Minute, 4*time.Hour, epoch
		s, err := integration.New(integration.Options{Historical: []integration.HistoricalFeed{f}, Ledger: ledger.NewMemory(time.Now), Licence: licensed(t),
			Logger: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelWarn}))})
		require.NoError(t, err)
		stop := running(t, s)
		time.Sleep(time.Until(epoch.Add(time.Hour)))
		for late := 1; late <= 2; late++ {
			m.Queue(1, epoch, 15*time.Minute, "Sales", entered(5))
			time.Sleep(time.Hour) // four looks
			synctest.Wait()
			require.Equal(t, late, s.Status().Feeds[0].Withheld)
		}
		stop()
		require.Equal(t, 2, strings.Count(log.String(), "artifact withheld"), log)
		_, times := out.get("20000101_0000.json")
		require.Equal(t, 1, times)
	})
}

func TestADayWithAGapWaitsWhereTheProductTakesNoRestatement(t *testing.T) {
	for _, restates := range []vendors.Restatement{vendors.Restates, vendors.Reports} {
		m, out := &historicaltest.Memory{}, &shelf{}
		fill(m, epoch, 40)
		fill(m, epoch.Add(41*15*time.Minute), 96-41)
		s := newService(t, ledger.NewMemory(time.Now), feedOf(m, out, plain{days: true, restates: restates}))
		w := wfm.Window{Start: epoch, End: epoch.Add(24 * time.Hour)}
		r, err := s.Backfill(t.Context(), "history", w, integration.BackfillOptions{})
		require.NoError(t, err)
		require.Len(t, r.Gaps, 1)
		require.Equal(t, restates == vendors.Restates, r.Delivered == 1)
		m.Queue(1, epoch.Add(40*15*time.Minute), 15*time.Minute, "Sales", entered(7))
		r, err = s.Backfill(t.Context(), "history", w, integration.BackfillOptions{})
		require.NoError(t, err)
		require.Empty(t, r.Gaps)
		require.Equal(t, restates == vendors.Restates, r.Restated == 1)
		require.Equal(t, restates == vendors.Reports, r.Delivered == 1)
	}
}

func TestServersMergeAndAMissingOneIsAGap(t *testing.T) {
	one, two, out := &historicaltest.Memory{}, &historicaltest.Memory{}, &shelf{}
	for i := range 4 {
		at := epoch.Add(time.Duration(i) * 15 * time.Minute)
		one.Queue(1, at, 15*time.Minute, "Sales", entered(1))
		if i != 2 {
			two.Queue(2, at, 15*time.Minute, "Sales", entered(10))
		}
	}
	f := feedOf(one, out, plain{})
	f.Servers = append(f.Servers, integration.Server{Name: "site2", Source: two})
	w := wfm.Window{Start: epoch, End: epoch.Add(time.Hour)}
	r, err := newService(t, ledger.NewMemory(time.Now), f).Backfill(t.Context(), "history", w, integration.BackfillOptions{})
	require.NoError(t, err)
	require.Equal(t, []integration.Gap{{Interval: wfm.Window{Start: epoch.Add(30 * time.Minute), End: epoch.Add(45 * time.Minute)}, Sites: []wfm.Site{2}}}, r.Gaps)
	text, _ := out.get("20000101_0000.json")
	require.Equal(t, figure(11), text)
	_, n := out.get("20000101_0030.json")
	require.Zero(t, n)
	f.DeliverPartial = true
	r, err = newService(t, ledger.NewMemory(time.Now), f).Backfill(t.Context(), "history", w, integration.BackfillOptions{})
	require.NoError(t, err)
	require.Empty(t, r.Gaps)
	require.Equal(t, 4, r.Delivered)
}

func TestTheSummedHourIsNeverCutInTwo(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	start := utc("2026-10-24T22:00:00Z")
	m, out := &historicaltest.Memory{}, &shelf{}
	fill(m, start, 25*4)
	f := feedOf(m, out, plain{repeat: vendors.RepeatSum})
	f.Grid = wfm.Grid{Length: wfm.Quarter, Location: berlin}
	s := newService(t, ledger.NewMemory(time.Now), f)
	// Only the second half of the repeated hour is asked for.
	w := wfm.Window{Start: utc("2026-10-25T01:00:00Z"), End: utc("2026-10-25T01:15:00Z")}
	r, err := s.Backfill(t.Context(), "history", w, integration.BackfillOptions{})
	require.NoError(t, err)
	require.Equal(t, 4, r.Delivered)
	text, _ := out.get("20261025_0000.json")
	require.Equal(t, figure(9+13), text)
	r, err = s.Backfill(t.Context(), "history", wfm.Window{Start: start, End: start.Add(25 * time.Hour)}, integration.BackfillOptions{Workers: 3})
	require.NoError(t, err)
	require.Equal(t, 24*4, r.Intervals)
	require.Zero(t, r.Restated)
}

func TestNewReportsEveryProblem(t *testing.T) {
	_, err := integration.New(integration.Options{Historical: []integration.HistoricalFeed{{}, {}}})
	for _, want := range []string{"Ledger is missing", "Licence is missing", "Name is missing", "Servers names no CIC server", "Encoder is missing", "Transport is missing"} {
		require.ErrorContains(t, err, want)
	}
}

// counting is a source that counts the parts that are being read or wait for delivery.
type counting struct {
	*historicaltest.Memory
	started atomic.Int32
}

func (c *counting) Rows(ctx context.Context, q historical.Query) iter.Seq2[historical.Row, error] {
	if q.Needs.Wants(wfm.GrainQueue) {
		c.started.Add(1)
	}
	return c.Memory.Rows(ctx, q)
}

func TestReadersDoNotRunAheadOfASlowTarget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(60 * 24 * time.Hour)
		c, out := &counting{Memory: &historicaltest.Memory{}}, &shelf{}
		fill(c.Memory, epoch, 96*40)
		out.fail = func(string) error { time.Sleep(time.Second); return nil }
		f := feedOf(c.Memory, out, plain{})
		f.Servers[0].Source = c
		s := newService(t, ledger.NewMemory(time.Now), f)
		done := make(chan error)
		go func() {
			_, err := s.Backfill(t.Context(), "history", wfm.Window{Start: epoch, End: epoch.Add(40 * 24 * time.Hour)}, integration.BackfillOptions{Workers: 2})
			done <- err
		}()
		time.Sleep(10 * time.Second)
		require.LessOrEqual(t, c.started.Load(), int32(2), "ten files were delivered, all of the first part")
		require.NoError(t, <-done)
		require.Greater(t, c.started.Load(), int32(8))
	})
}
