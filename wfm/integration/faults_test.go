package integration_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/historical/historicaltest"
	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/integration"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

const quarter = 15 * time.Minute

func memory() ledger.Ledger { return ledger.NewMemory(time.Now) }

func span(from time.Duration, to time.Duration) wfm.Window {
	return wfm.Window{Start: epoch.Add(from), End: epoch.Add(to)}
}

func backfill(t *testing.T, s *integration.Service, w wfm.Window, workers int) integration.Result {
	t.Helper()
	r, err := s.Backfill(t.Context(), "history", w, integration.BackfillOptions{Workers: workers})
	require.NoError(t, err)
	return r
}

// TestEveryPartExpectsTheSitesOfTheWholeWindow: a site that is silent where a part begins is a gap
// there too, whatever the number of workers.
func TestEveryPartExpectsTheSitesOfTheWholeWindow(t *testing.T) {
	m := &historicaltest.Memory{}
	fill(m, epoch, 96*8)
	for i := range 96 * 8 {
		if i%96 > 2 { // site 2 is silent in the first intervals of each day
			m.Queue(2, epoch.Add(time.Duration(i)*quarter), quarter, "Sales", entered(1))
		}
	}
	for _, workers := range []int{1, 4} {
		out := &shelf{}
		r := backfill(t, newService(t, memory(), feedOf(m, out, plain{})), span(0, 8*24*time.Hour), workers)
		require.Len(t, r.Gaps, 3*8, "%d workers", workers)
		require.Equal(t, 93*8, out.names())
	}
}

// TestASiteThatIsSilentInAShortWindowIsMissed: what is expected does not depend on how long the
// window is.
func TestASiteThatIsSilentInAShortWindowIsMissed(t *testing.T) {
	m := &historicaltest.Memory{}
	fill(m, epoch, 96)
	m.Queue(2, epoch, quarter, "Sales", entered(1))
	r := backfill(t, newService(t, memory(), feedOf(m, &shelf{}, plain{})), span(time.Hour, time.Hour+quarter), 1)
	require.Equal(t, []integration.Gap{{Interval: span(time.Hour, time.Hour+quarter), Sites: []wfm.Site{2}}}, r.Gaps)
}

func TestAServerThatWroteNothingIsAGap(t *testing.T) {
	m, out := &historicaltest.Memory{}, &shelf{}
	fill(m, epoch, 4)
	f := feedOf(m, out, plain{})
	f.Servers = append(f.Servers, integration.Server{Name: "site2", Source: &historicaltest.Memory{}})
	r := backfill(t, newService(t, memory(), f), span(0, time.Hour), 1)
	require.Len(t, r.Gaps, 4)
	require.Equal(t, []string{"site2"}, r.Gaps[0].Servers)
	require.Zero(t, out.names())
	f.DeliverPartial = true
	require.Equal(t, 4, backfill(t, newService(t, memory(), f), span(0, time.Hour), 1).Delivered)
}

func TestServersOfOneSiteAreRefused(t *testing.T) {
	one, two := &historicaltest.Memory{}, &historicaltest.Memory{}
	fill(one, epoch, 4)
	fill(two, epoch, 4)
	f := feedOf(one, &shelf{}, plain{})
	f.Servers = append(f.Servers, integration.Server{Name: "site2", Source: two})
	s := newService(t, memory(), f)
	_, err := s.Backfill(t.Context(), "history", span(0, time.Hour), integration.BackfillOptions{})
	require.ErrorContains(t, err, `SiteId "1" is written by server "cic1" too`)
	require.Equal(t, 1, strings.Count(err.Error(), `feed "history"`))
	require.ErrorContains(t, s.Check(t.Context(), span(0, time.Hour)).Err(), "SiteId", "the check finds what a run refuses")
}

// TestOneWorkgroupInSeveralSpellingsIsOneRecord: as in databases that compare without case.
func TestOneWorkgroupInSeveralSpellingsIsOneRecord(t *testing.T) {
	m, out := &historicaltest.Memory{}, &shelf{}
	m.Queue(1, epoch, quarter, "SALES", entered(3))
	m.Queue(1, epoch, quarter, "sales", entered(4))
	m.Queue(1, epoch.Add(quarter), quarter, "Other", entered(9))
	backfill(t, newService(t, memory(), feedOf(m, out, plain{})), span(0, 2*quarter), 1)
	text, _ := out.get("20000101_0000.json")
	require.Equal(t, figure(7), text)
	text, _ = out.get("20000101_0015.json")
	require.Equal(t, figure(0), text)
}

// inspected is a source with an inspection of its own.
type inspected struct {
	*historicaltest.Memory
	in  historical.Inspection
	err error
}

func (i inspected) Inspect(context.Context, historical.Query) (historical.Inspection, error) {
	return i.in, i.err
}

func TestAWorkgroupNeedNotBeAtEveryServer(t *testing.T) {
	one, two := &historicaltest.Memory{}, &historicaltest.Memory{}
	fill(one, epoch, 1)
	two.Queue(2, epoch, quarter, "Support", entered(8))
	unknown := func(name string) error {
		return errors.Join(wfm.Problem{Field: historical.FieldWorkgroup, Value: name, Reason: "is not in the reporting database"})
	}
	sources := []inspected{{one, historical.Inspection{Sites: []wfm.Site{1}}, unknown("Support")},
		{two, historical.Inspection{Sites: []wfm.Site{2}}, unknown("Sales")}}
	service := func(out *shelf) *integration.Service {
		f := feedOf(one, out, plain{})
		f.Workgroups = []wfm.Workgroup{"Sales", "Support"}
		f.Servers = []integration.Server{{Name: "site1", Source: sources[0]}, {Name: "site2", Source: sources[1]}}
		return newService(t, memory(), f)
	}
	out := &shelf{}
	s := service(out)
	require.NoError(t, s.Check(t.Context(), span(0, quarter)).Err())
	backfill(t, s, span(0, quarter), 1)
	text, _ := out.get("20000101_0000.json")
	require.Equal(t, "{\"Sales\":1,\"Support\":8}\n", text)

	sources[1].err = unknown("Support")
	_, err := service(out).Backfill(t.Context(), "history", span(0, quarter), integration.BackfillOptions{})
	require.ErrorContains(t, err, `workgroup "Support" is not in the reporting database`)
	require.Equal(t, wfm.BadConfig, wfm.KindOf(err))
}

// TestALongRowReachesIntoALaterWindow: where long rows are split, a window that begins inside one has
// its part.
func TestALongRowReachesIntoALaterWindow(t *testing.T) {
	m, out := &historicaltest.Memory{}, &shelf{}
	for i := range 72 {
		m.Queue(1, epoch.Add(time.Duration(i)*time.Hour+7*time.Minute), time.Hour, "Sales", entered(60))
	}
	f := feedOf(m, out, plain{})
	f.Split = true
	s := newService(t, memory(), f)
	first := backfill(t, s, span(0, 72*time.Hour), 1)
	require.Empty(t, first.Gaps)
	again := backfill(t, s, span(36*time.Hour+quarter, 36*time.Hour+2*quarter), 1)
	require.Empty(t, again.Gaps)
	require.Equal(t, 1, again.Skipped)
	again = backfill(t, s, span(0, 72*time.Hour), 3)
	require.Equal(t, first.Delivered, again.Skipped)
	require.Zero(t, again.Restated)
	var sum int64
	for i := range 72 * 4 {
		text, _ := out.get(epoch.Add(time.Duration(i)*quarter).Format("20060102_1504") + ".json")
		for n := range int64(61) {
			if text == figure(n) {
				sum += n
			}
		}
	}
	require.EqualValues(t, 71*60+53, sum, "the last row reaches past the window")
}

// TestWhatNeverArrivedIsNotWithheld: an attempt that failed does not count as the version that a
// product without restatements has.
func TestWhatNeverArrivedIsNotWithheld(t *testing.T) {
	m, out := &historicaltest.Memory{}, &shelf{}
	fill(m, epoch, 1)
	s := newService(t, memory(), feedOf(m, out, plain{restates: vendors.Reports}))
	out.fail = func(string) error { return errPassing }
	_, err := s.Backfill(t.Context(), "history", span(0, quarter), integration.BackfillOptions{})
	require.ErrorIs(t, err, errPassing)
	m.Queue(1, epoch, quarter, "Sales", entered(5)) // a late row, before the next attempt
	out.fail = nil
	require.Equal(t, 1, backfill(t, s, span(0, quarter), 1).Delivered)
	text, _ := out.get("20000101_0000.json")
	require.Equal(t, figure(6), text)
	m.Queue(1, epoch, quarter, "Sales", entered(5))
	require.Equal(t, 1, backfill(t, s, span(0, quarter), 1).Withheld, "what was confirmed is")
}

// features is a licence that can fail.
type features func(server string) ([]license.Feature, error)

func (f features) Features(_ context.Context, server string) ([]license.Feature, error) {
	return f(server)
}

// TestALicenceThatCannotBeReadNowStopsTheFeed: the other server's figures would go out as if they
// were all.
func TestALicenceThatCannotBeReadNowStopsTheFeed(t *testing.T) {
	one, two, out := &historicaltest.Memory{}, &historicaltest.Memory{}, &shelf{}
	fill(one, epoch, 4)
	two.Queue(2, epoch, quarter, "Sales", entered(10))
	down := true
	gate := license.NewGate(features(func(server string) ([]license.Feature, error) {
		if server == "site2" && down {
			return nil, &wfm.Error{Op: "connect", Kind: wfm.Unavailable, Retry: true}
		}
		return []license.Feature{license.FeatureHistorical}, nil
	}), license.Options{})
	f := feedOf(one, out, plain{})
	f.Servers = append(f.Servers, integration.Server{Name: "site2", Source: two})
	s, err := integration.New(integration.Options{Historical: []integration.HistoricalFeed{f}, Ledger: memory(), Licence: gate})
	require.NoError(t, err)
	_, err = s.Backfill(t.Context(), "history", span(0, quarter), integration.BackfillOptions{})
	retry, _ := wfm.ShouldRetry(err)
	require.True(t, retry, "%v", err)
	require.Zero(t, out.names())
	down = false
	backfill(t, s, span(0, quarter), 1)
	text, _ := out.get("20000101_0000.json")
	require.Equal(t, figure(11), text)
}

// asked is a source that must not be asked anything.
type asked struct {
	*historicaltest.Memory
	t *testing.T
}

func (a asked) CompleteThrough(context.Context) (time.Time, error) {
	a.t.Error("an unlicensed server was asked")
	return time.Time{}, nil
}

func TestRunAsksAnUnlicensedServerNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, out := &historicaltest.Memory{}, &shelf{}
		fill(m, epoch, 4)
		f := feedOf(m, out, plain{})
		f.Servers = append(f.Servers, integration.Server{Name: "cic2", Source: asked{&historicaltest.Memory{}, t}})
		f.Start = epoch
		stop := running(t, newService(t, memory(), f))
		time.Sleep(2 * time.Hour)
		stop()
		require.Equal(t, 4, out.names())
	})
}

// TestRunEndsWhileABackfillHoldsTheFeed: waiting for the feed ends with the context, and a backfill
// leaves no trace in the status of a feed at rest.
func TestRunEndsWhileABackfillHoldsTheFeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, out := &historicaltest.Memory{}, &shelf{}
		fill(m, epoch, 4)
		hold := make(chan struct{})
		out.fail = func(string) error { <-hold; return nil }
		s := newService(t, memory(), feedOf(m, out, plain{}))
		time.Sleep(2 * time.Hour)
		done := make(chan error)
		go func() {
			_, err := s.Backfill(t.Context(), "history", span(0, quarter), integration.BackfillOptions{})
			done <- err
		}()
		synctest.Wait()
		require.Equal(t, span(0, quarter), s.Status().Feeds[0].Working)
		stop := running(t, s)
		time.Sleep(time.Minute)
		stop() // would deadlock
		close(hold)
		require.NoError(t, <-done)
		require.True(t, s.Status().Feeds[0].Working.IsZero())
		require.True(t, s.Status().Feeds[0].Reached.IsZero())
	})
}

// twins is an encoder that makes two files which the ledger cannot tell apart.
type twins struct {
	plain
	change func(*wfm.Artifact)
}

func (e twins) EncodeHistorical(ctx context.Context, reports []wfm.Report) ([]wfm.Artifact, error) {
	files, err := e.plain.EncodeHistorical(ctx, reports)
	if err != nil {
		return nil, err
	}
	other := files[0]
	e.change(&other)
	return append(files, other), nil
}

func TestFilesThatCannotBeToldApartAreRefused(t *testing.T) {
	for want, change := range map[string]func(*wfm.Artifact){
		"has the kind, interval and part of another": func(a *wfm.Artifact) { a.Name = "b.json" },
		"is made twice for one period":               func(a *wfm.Artifact) { a.Name, a.Kind = strings.ToUpper(a.Name), "agent" },
		"starts outside the period":                  func(a *wfm.Artifact) { a.Name, a.Interval = "b.json", span(-time.Hour, 0) },
	} {
		m, out := &historicaltest.Memory{}, &shelf{}
		fill(m, epoch, 1)
		f := feedOf(m, out, plain{})
		f.Encoder = twins{plain{}, change}
		_, err := newService(t, memory(), f).Backfill(t.Context(), "history", span(0, quarter), integration.BackfillOptions{})
		require.ErrorContains(t, err, want)
		require.Zero(t, out.names())
	}
}

// TestRemarksAreSaidOnce: an interval is read again at each boundary of its look-back.
func TestRemarksAreSaidOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, out := &historicaltest.Memory{}, &shelf{}
		fill(m, epoch.Add(quarter), 40)
		m.Queue(1, epoch, 3*time.Minute, "Sales", entered(1)) // a restart
		f := feedOf(m, out, plain{})
		f.Start = epoch
		var log strings.Builder
		s, err := integration.New(integration.Options{Historical: []integration.HistoricalFeed{f}, Ledger: memory(), Licence: licensed(t),
			Logger: slog.New(slog.NewTextHandler(&log, nil))})
		require.NoError(t, err)
		stop := running(t, s)
		time.Sleep(5 * time.Hour)
		stop()
		require.Equal(t, map[string]int{"partial coverage": 1}, s.Status().Feeds[0].Diagnostics)
		require.Equal(t, 1, strings.Count(log.String(), "remark about the data"))
		require.NotContains(t, log.String(), "artifact skipped")
	})
}

// TestANewFeedBeginsWhereItWasFirstStarted: a source that is out of reach from the first moment on
// does not move the beginning.
func TestANewFeedBeginsWhereItWasFirstStarted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, out := &historicaltest.Memory{}, &shelf{}
		fill(m, epoch, 96*4)
		var mu sync.Mutex
		down := errPassing
		m.Fail = func(historical.Query) error {
			mu.Lock()
			defer mu.Unlock()
			if down != nil {
				return down
			}
			return nil
		}
		f := feedOf(m, out, plain{})
		f.Lookback = time.Hour
		stop := running(t, newService(t, memory(), f))
		time.Sleep(72 * time.Hour)
		mu.Lock()
		down = nil
		mu.Unlock()
		time.Sleep(time.Hour)
		stop()
		_, n := out.get("20000101_0000.json")
		require.Equal(t, 1, n)
	})
}

// TestAFeedOfStatesAlone: the sites of a feed that reads no statistics are those with presence rows,
// in every part of a window.
func TestAFeedOfStatesAlone(t *testing.T) {
	w := simulate(t, irregular(4))
	reports, _, _ := w.read(t, wfm.Needs{Activity: true}, wfm.HalfHour, w.centre.Sites()...)
	silent, active := 0, 0
	for _, r := range reports {
		if lost(r.Interval, w.centre.Sites()) {
			silent += len(r.Gaps)
		}
		active += len(r.Activity)
	}
	require.Positive(t, silent, "a silent site shows as a gap")
	require.Positive(t, active)
}

// TestRunSumsTheRepeatedHourOnce follows the clock through the autumn night: an interval that occurs
// twice goes out once, when both are over.
func TestRunSumsTheRepeatedHourOnce(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	for _, days := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			day := utc("2000-10-28T22:00:00Z") // midnight in Berlin
			time.Sleep(time.Until(day.Add(-time.Minute)))
			m, out := &historicaltest.Memory{}, &shelf{}
			fill(m, day, 27*4)
			f := feedOf(m, out, plain{days: days, repeat: vendors.RepeatSum})
			f.Grid, f.Start, f.Lookback = wfm.Grid{Length: wfm.Quarter, Location: berlin}, day, time.Hour
			s := newService(t, memory(), f)
			stop := running(t, s)
			time.Sleep(25*time.Hour + 30*time.Minute)
			stop()
			if days {
				text, n := out.get("20001028_2200.json")
				require.Equal(t, 1, n)
				require.Equal(t, 24*4, strings.Count(text, "\n"))
				require.Contains(t, text, figure(9+13))
				return
			}
			for i := range 25 * 4 {
				name := day.Add(time.Duration(i)*quarter).Format("20060102_1504") + ".json"
				text, n := out.get(name)
				switch {
				case i >= 8 && i < 12: // two o'clock, first
					require.Equal(t, figure(int64(2*i+6)), text, name)
					require.Equal(t, 1, n, name)
				case i >= 12 && i < 16: // two o'clock, second
					require.Zero(t, n, name)
				default:
					require.Equal(t, figure(int64(i+1)), text, name)
					require.Equal(t, 1, n, name)
				}
			}
			require.Zero(t, s.Status().Feeds[0].Restated)
		})
	}
}

// TestAFailingFeedDoesNotStopTheOthers also looks at the status meanwhile, as a console does.
func TestAFailingFeedDoesNotStopTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, good, bad := &historicaltest.Memory{}, &shelf{}, &shelf{}
		fill(m, epoch, 96)
		attempts := 0
		bad.fail = func(string) error {
			attempts++
			return &wfm.Error{Op: "log in", Kind: wfm.NoPermission, Err: errors.New("wrong password")}
		}
		one, two := feedOf(m, good, plain{}), feedOf(m, bad, plain{})
		one.Start, two.Start, two.Name, one.Delay = epoch, epoch, "other", 40*time.Minute
		s := newService(t, memory(), one, two)
		stop := running(t, s)
		looked := make(chan struct{})
		go func() {
			defer close(looked)
			for range 500 {
				s.Status()
				time.Sleep(10 * time.Second)
			}
		}()
		time.Sleep(3*time.Hour + time.Second)
		<-looked
		stop()
		require.Equal(t, 9, good.names(), "an interval goes out its delay after its end, also one longer than an interval")
		require.InDelta(t, 3*4, attempts, 1, "what a person must mend is tried every quarter of an hour")
		st := s.Status().Feeds[1]
		require.Equal(t, 1, strings.Count(st.LastError, `feed "other"`))
		require.Equal(t, 1, strings.Count(st.LastError, "interval "), "%s", st.LastError)
		require.Contains(t, st.LastError, "wrong password")
	})
}

func TestAWindowThatEndsBeforeItStartsIsRefused(t *testing.T) {
	s := newService(t, memory(), feedOf(&historicaltest.Memory{}, &shelf{}, plain{}))
	for _, workers := range []int{1, 3} {
		for _, w := range []wfm.Window{{}, span(time.Hour, 0)} {
			_, err := s.Backfill(t.Context(), "history", w, integration.BackfillOptions{Workers: workers})
			require.ErrorContains(t, err, "ends where or before it starts")
		}
	}
}
