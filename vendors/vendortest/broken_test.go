package vendortest_test

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/vendortest"
	"github.com/cicwfm/cicwfm/wfm"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// harness is that of good and lines, each after breaks had its way with it.
func harness(breaksFiles func(*good), breaksFrames func(*lines)) vendortest.Harness {
	return vendortest.Harness{
		Historical: func(s vendors.Settings) (vendors.HistoricalEncoder, error) {
			g, err := newGood(s)
			if err != nil {
				return nil, err
			}
			if breaksFiles != nil {
				breaksFiles(g)
			}
			if g.unwrap != nil {
				return circle{g}, nil
			}
			return g, nil
		},
		RealTime: func(s vendors.RTASettings) (vendors.RTAEncoder, error) {
			l, err := newLines(s)
			if err != nil {
				return nil, err
			}
			if breaksFrames != nil {
				breaksFrames(l)
			}
			return l, nil
		},
		RTASettings: vendors.RTASettings{Statuses: vendors.StatusMap{Unmapped: vendors.SkipUnmapped, ByStatus: map[wfm.StatusKey]vendors.Code{
			"Available": {Code: "A"}, "At Lunch": {Code: "L"}, "Follow Up": {Code: "F"}}, ByActivity: map[wfm.AgentActivity]vendors.Code{wfm.AgentLoggedOff: {Code: "O"}}}},
	}
}

// circle is a wrapper that holds itself.
type circle struct{ *good }

func (c circle) Unwrap() vendors.Vendor { return c }

// wholeDay makes an adapter of one file a day, which change spoils.
func wholeDay(change func(a *wfm.Artifact, reports []wfm.Report)) func(*good) {
	return func(g *good) {
		needs := g.needs()
		needs.WholeDays = true
		g.needs = func() wfm.Needs { return needs }
		g.encode = func(ctx context.Context, reports []wfm.Report) ([]wfm.Artifact, error) {
			day := wfm.Grid{Length: wfm.Day, Location: g.settings.Location}.Slot(reports[0].Interval.Start)
			file := wfm.Artifact{Kind: "good", Name: day.Start.In(g.settings.Location).Format("20060102.csv"), Interval: day, Revision: 1}
			for i := range reports {
				files, err := g.interval(ctx, reports[i:i+1])
				if err != nil {
					return nil, err
				}
				for _, f := range files {
					file.Bytes, file.Rows, file.Revision = append(file.Bytes, f.Bytes...), file.Rows+f.Rows, file.Revision+f.Revision-1
				}
			}
			if file.Rows == 0 {
				return nil, nil
			}
			change(&file, reports)
			return []wfm.Artifact{file}, nil
		}
	}
}

func TestGoodAdapters(t *testing.T) {
	h := harness(nil, nil)
	t.Run("bare", func(t *testing.T) { vendortest.Run(t, h) })
	t.Run("wrapped", func(t *testing.T) { vendortest.Run(t, vendortest.Wrapped(h)) })
	require.NoError(t, vendortest.Check(t.Context(), h))
}

func TestGoodAdapterOfDays(t *testing.T) {
	h := harness(wholeDay(func(*wfm.Artifact, []wfm.Report) {}), nil)
	h.RealTime = nil
	vendortest.Run(t, h)
}

func TestGoodAdapterWithAReader(t *testing.T) {
	h := harness(func(g *good) {
		g.needs = func() wfm.Needs {
			return wfm.Needs{Queue: wfm.Columns{Counters: wfm.NewCounterSet(append(wfm.AHT.Needs(), wfm.NEnteredAcd)...)}}
		}
		g.escape = func(name string) string { return strings.ReplaceAll(strings.ToValidUTF8(name, "?"), "\x00", "?") }
	}, nil)
	h.RealTime, h.Decode, h.Figures = nil, decodeGood, goodFigures()
	h.Unsupported = map[string]string{"historical formulas": "the product matches names as they stand"}
	vendortest.Run(t, h)
}

// brokenFiles are adapters that break a rule about files, and the case that must find it.
func brokenFiles() map[string]fault[*good] {
	var mu sync.Mutex // some of the broken ones share what no adapter may
	encodeThen := func(then func(g *good, files []wfm.Artifact, reports []wfm.Report) []wfm.Artifact) func(*good) {
		return func(g *good) {
			g.encode = func(ctx context.Context, reports []wfm.Report) ([]wfm.Artifact, error) {
				files, err := g.interval(ctx, reports)
				if err == nil {
					files = then(g, files, reports)
				}
				return files, err
			}
		}
	}
	return map[string]fault[*good]{
		"upper-case name":     {func(g *good) { g.info = changedInfo(func(i *vendors.Info) { i.Name = "Good" }) }, "evidence", "upper-case"},
		"no evidence":         {func(g *good) { g.info = changedInfo(func(i *vendors.Info) { i.Presets[0].Evidence = "sure" }) }, "evidence", "is no class"},
		"no source":           {func(g *good) { g.info = changedInfo(func(i *vendors.Info) { i.Presets[0].Sources = nil }) }, "evidence", "names no source"},
		"nothing to confirm":  {func(g *good) { g.info = changedInfo(func(i *vendors.Info) { i.Presets[1].SiteDefined = nil }) }, "evidence", "must confirm"},
		"unknown module":      {func(g *good) { g.info = changedInfo(func(i *vendors.Info) { i.Presets[0].Module = "both" }) }, "evidence", "none of module historical"},
		"a wrapper in itself": {func(g *good) { g.unwrap = func() vendors.Vendor { return g } }, "capabilities", "never ends"},
		"no policy":           {func(g *good) { g.policy = "maybe" }, "capabilities", "is no policy"},
		"the time of day": {func(g *good) {
			g.finished = func(a *wfm.Artifact, _ wfm.Report) { a.Bytes = append(a.Bytes, time.Now().Format(time.RFC3339)...) }
		}, "clock", "differs"},
		"no needs":      {func(g *good) { g.needs = func() wfm.Needs { return wfm.Needs{} } }, "historical needs", "asks for nothing"},
		"growing needs": {growingNeeds(), "historical needs", "then"},
		"undeclared counter": {func(g *good) {
			g.row = func(w *csv.Writer, r wfm.Record) error {
				return w.Write([]string{"q", strconv.FormatBool(r.Counts.Get(wfm.TAcw) > 0), fmt.Sprint(r.Counts.Get(wfm.NHoldAcd) > 0)})
			}
		}, "historical declared", "more than Needs names"},
		"a count of calls": {func(g *good) {
			n := 0
			g.finished = func(a *wfm.Artifact, _ wfm.Report) {
				mu.Lock()
				defer mu.Unlock()
				n++
				a.Bytes = strconv.AppendInt(a.Bytes, int64(n), 10)
			}
		}, "historical determinism", "differs"},
		"what came first is kept": {func(g *good) {
			kept := map[string][]byte{}
			g.finished = func(a *wfm.Artifact, _ wfm.Report) {
				mu.Lock()
				defer mu.Unlock()
				if b, ok := kept[a.Name]; ok {
					a.Bytes = append([]byte(nil), b...)
				}
				kept[a.Name] = a.Bytes
			}
		}, "historical determinism", "differs"},
		"order of a map": {encodeThen(func(_ *good, files []wfm.Artifact, _ []wfm.Report) []wfm.Artifact {
			for i := range files {
				set := map[string]bool{}
				for line := range strings.Lines(string(files[i].Bytes)) {
					set[line] = true
				}
				files[i].Bytes = nil
				for line := range set {
					files[i].Bytes = append(files[i].Bytes, line...)
				}
			}
			return files
		}), "historical determinism", "differs"},
		"sorts the reports in place": {encodeThen(func(_ *good, files []wfm.Artifact, reports []wfm.Report) []wfm.Artifact {
			for i := range reports {
				q := reports[i].Queues
				for a, b := 0, len(q)-1; a < b; a, b = a+1, b-1 {
					q[a], q[b] = q[b], q[a]
				}
			}
			return files
		}), "historical input", "were changed"},
		"keeps the reports": {func(g *good) {
			var kept []wfm.Report
			g.encode = func(ctx context.Context, reports []wfm.Report) ([]wfm.Artifact, error) {
				mu.Lock()
				defer mu.Unlock()
				if kept != nil && sameStart(kept, reports) {
					reports = kept
				}
				kept = append([]wfm.Report(nil), reports...)
				return g.interval(ctx, reports)
			}
		}, "historical input", "later one shows it"},
		"one buffer for all": {func(g *good) {
			kept := map[string][]byte{}
			g.finished = func(a *wfm.Artifact, _ wfm.Report) {
				mu.Lock()
				defer mu.Unlock()
				if b := kept[string(a.Bytes)]; b != nil {
					a.Bytes = b
				} else {
					kept[string(a.Bytes)] = a.Bytes
				}
			}
		}, "historical output", "the caller changed artifacts"},
		"the buffer of the call before": {func(g *good) {
			buffer := make([]byte, 0, 1<<16)
			g.finished = func(a *wfm.Artifact, _ wfm.Report) {
				mu.Lock()
				defer mu.Unlock()
				a.Bytes = append(buffer[:0], a.Bytes...)
			}
		}, "historical output", "a later call changed"},
		"a day from its first report to its last": {wholeDay(func(a *wfm.Artifact, reports []wfm.Report) {
			a.Interval = wfm.Window{Start: reports[0].Interval.Start, End: reports[len(reports)-1].Interval.End}
		}), "historical days", "its Interval is the day"},
		"a day named by its first report": {wholeDay(func(a *wfm.Artifact, reports []wfm.Report) {
			a.Name = reports[0].Interval.Start.Format("20060102_1504.csv")
		}), "historical days", "is named"},
		"no kind":       {func(g *good) { g.finished = func(a *wfm.Artifact, _ wfm.Report) { a.Kind = "" } }, "historical fields", "has no kind"},
		"no interval":   {func(g *good) { g.finished = func(a *wfm.Artifact, _ wfm.Report) { a.Interval = wfm.Window{} } }, "historical fields", "not in"},
		"no rows":       {func(g *good) { g.finished = func(a *wfm.Artifact, _ wfm.Report) { a.Rows = 0 } }, "historical fields", "counts its rows"},
		"negative rows": {func(g *good) { g.finished = func(a *wfm.Artifact, _ wfm.Report) { a.Rows = -1 } }, "historical fields", "-1 rows"},
		"two of one key": {encodeThen(func(_ *good, files []wfm.Artifact, _ []wfm.Report) []wfm.Artifact {
			for _, f := range files {
				f.Name = "other_" + f.Name
				files = append(files, f)
			}
			return files
		}), "historical fields", "number them by Part"},
		"the revision in the bytes": {func(g *good) {
			g.finished = func(a *wfm.Artifact, r wfm.Report) { a.Bytes = append(a.Bytes, strconv.Itoa(r.Revision)...) }
		}, "historical revisions", "of revision 2"},
		"no revision": {func(g *good) { g.finished = func(a *wfm.Artifact, _ wfm.Report) { a.Revision = 1 } }, "historical revisions", "has revision 1"},
		"empty is an error": {func(g *good) {
			g.encode = func(ctx context.Context, reports []wfm.Report) ([]wfm.Artifact, error) {
				if reports[0].Empty() {
					return nil, errors.New("nothing to write")
				}
				return g.interval(ctx, reports)
			}
		}, "historical empty", "nothing to write"},
		"missing is a number": {func(g *good) {
			g.row = func(w *csv.Writer, r wfm.Record) error {
				return w.Write([]string{g.escape(string(r.Workgroup)), fmt.Sprint(r.Counts.Get(wfm.NEnteredAcd)), ""})
			}
		}, "historical missing", "holds -9223372036854775808"},
		"missing is calculated with": {func(g *good) {
			g.row = func(w *csv.Writer, r wfm.Record) error {
				return w.Write([]string{g.escape(string(r.Workgroup)), fmt.Sprint((r.Counts.Get(wfm.NEnteredAcd) + 7) / 2), ""})
			}
		}, "historical missing", "arithmetic"},
		"not a number": {func(g *good) {
			g.row = func(w *csv.Writer, r wfm.Record) error {
				return w.Write([]string{g.escape(string(r.Workgroup)), fmt.Sprint(float64(r.Counts.Get(wfm.TAcw)) / float64(r.Counts.Get(wfm.NAnsweredAcd))), ""})
			}
		}, "historical missing", "holds NaN"},
		"division by zero": {func(g *good) {
			g.row = func(w *csv.Writer, r wfm.Record) error {
				return w.Write([]string{g.escape(string(r.Workgroup)), fmt.Sprint(r.Counts.Get(wfm.TAcw) / r.Counts.Get(wfm.NAnsweredAcd)), ""})
			}
		}, "historical missing", "panic"},
		"a part where the context ended": {func(g *good) {
			g.encode = func(ctx context.Context, reports []wfm.Report) ([]wfm.Artifact, error) {
				if ctx.Err() != nil {
					return nil, nil
				}
				return g.interval(ctx, reports)
			}
		}, "historical cancelled", "not everything"},
		"another error where the context ended": {func(g *good) {
			g.encode = func(ctx context.Context, reports []wfm.Report) ([]wfm.Artifact, error) {
				if ctx.Err() != nil {
					return nil, errors.New("interrupted")
				}
				return g.interval(ctx, reports)
			}
		}, "historical cancelled", "does not wrap"},
		"colons in names": {func(g *good) {
			g.name = func(r wfm.Report) string { return r.Interval.Start.Format(time.RFC3339) }
		}, "historical safe names", "which Windows or Linux does not permit"},
		"a device": {func(g *good) {
			g.name = func(r wfm.Report) string { return "aux." + r.Interval.Start.Format("200601021504") }
		}, "historical safe names", "device"},
		"names without a month": {func(g *good) {
			g.name = func(r wfm.Report) string { return r.Interval.Start.Format("02_1504.csv") }
		}, "historical names of a year", "one would replace the other"},
		"names that differ in letter case": {func(g *good) {
			g.name = func(r wfm.Report) string {
				name := r.Interval.Start.Format("20060102_15.csv")
				return map[bool]string{true: "A", false: "a"}[r.Interval.Start.Minute() == 0] + name
			}
		}, "historical names of a year", "one would replace the other"},
		"local names": {func(g *good) {
			g.policy = vendors.RepeatDistinct
			g.name = func(r wfm.Report) string {
				return r.Interval.Start.In(g.settings.Location).Format("20060102_1504") + ".csv"
			}
		}, "historical clock changes", "one would replace the other"},
		"takes what it says it refuses": {func(g *good) {
			if g.policy == vendors.RepeatRefuse {
				g.policy = vendors.RepeatTwo
				g.encode = func(ctx context.Context, reports []wfm.Report) ([]wfm.Artifact, error) {
					g.policy = vendors.RepeatTwo
					defer func() { g.policy = vendors.RepeatRefuse }()
					return g.interval(ctx, reports)
				}
				g.policy = vendors.RepeatRefuse
			}
		}, "historical clock changes", "is to refuse, and is written"},
		"the second is left out": {func(g *good) {
			g.encode = func(ctx context.Context, reports []wfm.Report) ([]wfm.Artifact, error) {
				first, second, repeats := (wfm.Grid{Length: g.settings.Length, Location: g.settings.Location}).Repeat(reports[0].Interval)
				if repeats && second.Start.Equal(reports[0].Interval.Start) && !first.IsZero() && g.policy == vendors.RepeatTwo {
					return nil, nil
				}
				return g.interval(ctx, reports)
			}
		}, "historical clock changes", "its figures are lost"},
		"whole days, first interval only": {func(g *good) {
			needs := g.needs()
			needs.WholeDays = true
			g.needs = func() wfm.Needs { return needs }
		}, "historical names of a year", "its figures are lost"},
		"no quotes": {func(g *good) {
			g.encode = raw(g, func(name string) string { return name })
		}, "historical hostile names", "other records or fields"},
		"quotes that are not doubled": {func(g *good) {
			g.encode = raw(g, func(name string) string { return `"` + name + `"` })
		}, "historical hostile names", "other records or fields"},
		"delimiters replaced, line ends not": {func(g *good) {
			g.encode = raw(g, func(name string) string { return strings.ReplaceAll(name, ",", "_") })
		}, "historical hostile names", "other records or fields"},
		"NUL": {func(g *good) {
			g.escape = func(name string) string { return name }
		}, "historical hostile names", "holds a NUL"},
		"names of files from workgroups": {func(g *good) {
			usual := g.name
			g.name = func(r wfm.Report) string { return string(r.Queues[0].Workgroup) + usual(r) }
		}, "historical hostile names", "the file name"},
		"formulas": {func(g *good) {
			g.escape = func(name string) string { return strings.ReplaceAll(strings.ToValidUTF8(name, "?"), "\x00", "?") }
		}, "historical formulas", "as a formula"},
		"depends on the order": {func(g *good) {
			latest := time.Time{}
			g.finished = func(a *wfm.Artifact, r wfm.Report) {
				mu.Lock()
				defer mu.Unlock()
				if r.Interval.Start.Before(latest) {
					a.Bytes = append(a.Bytes, "late"...)
				}
				latest = r.Interval.Start
			}
		}, "historical simulated day", "in the other order"},
		"an error of its own": {func(g *good) {
			g.encode = func(context.Context, []wfm.Report) ([]wfm.Artifact, error) { return nil, errors.New("disk full") }
		}, "historical simulated day", "disk full"},
	}
}

// fault is how an adapter is broken, the case that must find it, and a part of what it says.
type fault[T any] struct {
	breaks      func(T)
	fails, says string
}

func TestBrokenFiles(t *testing.T) {
	for name, c := range brokenFiles() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := harness(c.breaks, nil)
			h.RealTime = nil
			mustFail(t, h, c.fails, c.says)
		})
	}
}

// TestEveryRuleCanFail makes sure that no case passes whatever it is given: for each there is an adapter that it finds.
func TestEveryRuleCanFail(t *testing.T) {
	found := map[string]bool{"historical decode": true, "harness": true} // TestBrokenReaders, TestHarness
	for _, c := range brokenFiles() {
		found[c.fails] = true
	}
	for _, c := range brokenFrames() {
		found[c.fails] = true
	}
	for _, c := range vendortest.Cases(harness(nil, nil)) {
		require.True(t, found[c.Name], "no broken adapter is found by %q", c.Name)
		require.NotEmpty(t, c.Rule)
	}
}

// mustFail runs one case, which must find the fault and name its rule.
func mustFail(t *testing.T, h vendortest.Harness, name, says string) {
	t.Helper()
	err := checkOnly(t, h, name)
	require.Error(t, err, "the fault is not found")
	require.ErrorContains(t, err, says)
	require.Contains(t, err.Error(), "(rule: ")
}

func growingNeeds() func(*good) {
	return func(g *good) {
		n := 0
		g.needs = func() wfm.Needs {
			n++
			return wfm.Needs{Queue: wfm.Columns{Counters: wfm.NewCounterSet(wfm.NEnteredAcd, wfm.Counter(n%20+10))}}
		}
	}
}

func changedInfo(change func(*vendors.Info)) func() vendors.Info {
	return func() vendors.Info {
		i := goodInfo()
		change(&i)
		return i
	}
}

func sameStart(a, b []wfm.Report) bool { return a[0].Interval.Start.Equal(b[0].Interval.Start) }

// raw writes lines without a CSV writer.
func raw(g *good, escape func(string) string) func(context.Context, []wfm.Report) ([]wfm.Artifact, error) {
	return func(_ context.Context, reports []wfm.Report) ([]wfm.Artifact, error) {
		r := reports[0]
		a := wfm.Artifact{Kind: "good", Name: g.name(r), Interval: r.Interval, Revision: r.Revision}
		for _, q := range r.Queues {
			a.Bytes = fmt.Appendf(a.Bytes, "%s,%d\r\n", escape(string(q.Workgroup)), q.Counts.Get(wfm.NEnteredAcd))
			a.Rows++
		}
		return []wfm.Artifact{a}, nil
	}
}
