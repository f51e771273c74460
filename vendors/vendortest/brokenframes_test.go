package vendortest_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/vendortest"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/conform"
)

// checkOnly runs one case of a harness.
func checkOnly(t *testing.T, h vendortest.Harness, name string) error {
	t.Helper()
	for _, c := range vendortest.Cases(h) {
		if c.Name == name {
			return conform.Check(t.Context(), []conform.Case{c})
		}
	}
	t.Fatalf("there is no case %q", name)
	return nil
}

// session is a session with parts replaced.
type session struct {
	*line
	snapshot func(f *wfm.Frames, now time.Time, all []wfm.AgentState) error
}

func (s session) AppendSnapshot(f *wfm.Frames, now time.Time, all []wfm.AgentState) error {
	return s.snapshot(f, now, all)
}

// mute is a session without the optional capabilities.
type mute struct{ vendors.Session }

// silent is a session whose heartbeat says nothing.
type silent struct{ *line }

func (silent) AppendHeartbeat(*wfm.Frames, time.Time) error { return nil }

// sick is a session that cannot tell a health.
type sick struct{ *line }

func (sick) AppendHealth(*wfm.Frames, time.Time, wfm.FeedHealth) error {
	return errors.New("no such word")
}

// brokenFrames are adapters that break a rule about frames, and the case that must find it.
func brokenFrames() map[string]fault[*lines] {
	var mu sync.Mutex
	traits := func(change func(*vendors.Traits)) func(*lines) {
		return func(l *lines) {
			usual := l.traits
			l.traits = func() vendors.Traits {
				t := usual()
				change(&t)
				return t
			}
		}
	}
	starts := func(start func(*line) vendors.Session) func(*lines) { return func(l *lines) { l.start = start } }
	format := func(format string) func(*lines) {
		return func(l *lines) {
			l.line = func(f *wfm.Frames, now time.Time, s *wfm.AgentState, code string) {
				f.Bytes = fmt.Appendf(f.Bytes, format, s.Agent, code, max(now.Sub(s.Since), 0)/time.Second)
				f.End()
			}
		}
	}
	return map[string]fault[*lines]{
		"no fan-out":         {traits(func(t *vendors.Traits) { t.FanOut = "" }), "rta traits", "FanOut"},
		"negative heartbeat": {traits(func(t *vendors.Traits) { t.Heartbeat = -1 }), "rta traits", "Heartbeat"},
		"another level":      {traits(func(t *vendors.Traits) { t.Level = wfm.LevelVerbose }), "rta traits", "not among Levels"},
		"changing traits": {func() func(*lines) {
			n := time.Duration(0)
			return traits(func(t *vendors.Traits) { n++; t.Refresh = n })
		}(), "rta traits", "then"},
		"the level is ignored": {traits(func(t *vendors.Traits) { t.Level = wfm.LevelOff }), "rta levels", "Traits say off"},
		"every level is taken": {traits(func(t *vendors.Traits) { t.Levels = []wfm.QueueLevel{wfm.LevelOff} }), "rta levels", "taken"},
		"changes are not told": {func(l *lines) {
			l.change = func(*line, *wfm.Frames, time.Time, *wfm.StatusChange) error { return nil }
		}, "rta snapshot and changes", "gives no frame"},
		"the first agent is left out": {starts(func(l *line) vendors.Session {
			return session{l, func(f *wfm.Frames, now time.Time, all []wfm.AgentState) error {
				return l.AppendSnapshot(f, now, all[min(1, len(all)):])
			}}
		}), "rta snapshot and changes", "does not tell of agent vt0000"},
		"agents outside are told": {starts(func(l *line) vendors.Session {
			return session{l, func(f *wfm.Frames, now time.Time, all []wfm.AgentState) error {
				var skipped []error
				for i := range all {
					skipped = append(skipped, l.append(f, now, &all[i]))
				}
				return errors.Join(skipped...)
			}}
		}), "rta snapshot and changes", "not in adherence"},
		"one number for all sessions": {func() func(*lines) {
			return func(l *lines) {
				n := 0
				l.line = func(f *wfm.Frames, _ time.Time, s *wfm.AgentState, code string) {
					mu.Lock()
					defer mu.Unlock()
					n++
					f.Bytes = fmt.Appendf(f.Bytes, "%q;%s;%d\n", s.Agent, code, n)
					f.End()
				}
			}
		}(), "rta sessions", "differs"},
		"the wall clock": {func(l *lines) {
			l.line = func(f *wfm.Frames, _ time.Time, s *wfm.AgentState, code string) {
				f.Bytes = fmt.Appendf(f.Bytes, "%q;%s;%d\n", s.Agent, code, time.Now().Unix())
				f.End()
			}
		}, "clock", "differs"},
		"states are changed": {starts(func(l *line) vendors.Session {
			return session{l, func(f *wfm.Frames, now time.Time, all []wfm.AgentState) error {
				err := l.AppendSnapshot(f, now, all)
				for i := range all {
					all[i].Since = all[i].Since.Add(time.Second)
				}
				return err
			}}
		}), "rta input", "were changed"},
		"states are kept": {func(l *lines) {
			l.start = func(l *line) vendors.Session {
				return session{l, func(f *wfm.Frames, now time.Time, all []wfm.AgentState) error {
					if l.kept == nil {
						l.kept = all
					}
					return l.AppendSnapshot(f, now, l.kept)
				}}
			}
		}, "rta input", "later one shows it"},
		"no Skipped": {starts(func(l *line) vendors.Session {
			return session{l, func(f *wfm.Frames, now time.Time, all []wfm.AgentState) error {
				_ = l.AppendSnapshot(f, now, all)
				return nil
			}}
		}), "rta unmapped", "a session skips it: false"},
		"Skipped without its kind": {starts(func(l *line) vendors.Session {
			return session{l, func(f *wfm.Frames, now time.Time, all []wfm.AgentState) error {
				list, other := vendors.SkippedIn(l.AppendSnapshot(f, now, all))
				for _, s := range list {
					s.Status = ""
					other = errors.Join(other, s)
				}
				return other
			}}
		}), "rta unmapped", "the skipped agent says"},
		"one stops all": {starts(func(l *line) vendors.Session {
			return session{l, func(f *wfm.Frames, now time.Time, all []wfm.AgentState) error {
				err := l.AppendSnapshot(f, now, all)
				if err != nil {
					f.Reset()
				}
				return err
			}}
		}), "rta unmapped", "changes the frames of others"},
		"half a frame of the skipped": {starts(func(l *line) vendors.Session {
			return session{l, func(f *wfm.Frames, now time.Time, all []wfm.AgentState) error {
				err := l.AppendSnapshot(f, now, all)
				if err != nil {
					f.Bytes = append(f.Bytes, "half"...)
				}
				return err
			}}
		}), "rta unmapped", "behind the last frame"},
		"CheckStatuses knows nothing": {func(l *lines) {
			l.check = func([]wfm.StatusKey) []wfm.StatusKey { return nil }
		}, "rta unmapped", "CheckStatuses says"},
		"negative times": {func(l *lines) {
			l.line = func(f *wfm.Frames, now time.Time, s *wfm.AgentState, code string) {
				f.Bytes = fmt.Appendf(f.Bytes, "%q;%s;%d\n", s.Agent, code, now.Sub(s.Since)/time.Second)
				f.End()
			}
		}, "rta time in state", "write 0"},
		"earlier frames are lost": {starts(func(l *line) vendors.Session {
			return session{l, func(f *wfm.Frames, now time.Time, all []wfm.AgentState) error {
				f.Reset()
				return l.AppendSnapshot(f, now, all)
			}}
		}), "rta append", "not there any more"},
		"ends from zero": {starts(func(l *line) vendors.Session {
			return session{l, func(f *wfm.Frames, now time.Time, all []wfm.AgentState) error {
				var mine wfm.Frames
				err := l.AppendSnapshot(&mine, now, all)
				f.Bytes, f.Ends = append(f.Bytes, mine.Bytes...), append(f.Ends, mine.Ends...)
				return err
			}}
		}), "rta append", "behind an earlier frame"},
		"no End": {func(l *lines) {
			l.line = func(f *wfm.Frames, _ time.Time, s *wfm.AgentState, _ string) { f.Bytes = append(f.Bytes, s.Agent...) }
		}, "rta sessions", "behind the last frame"},
		"no delimiter":              {format("%q;%s;%d"), "rta delimited", "cannot be told apart"},
		"a line end inside a frame": {format("%q\n%s;%d\n"), "rta delimited", "cannot be told apart"},
		"no heartbeat":              {starts(func(l *line) vendors.Session { return mute{l} }), "rta heartbeat", "no vendors.HeartbeatSession"},
		"an empty heartbeat":        {starts(func(l *line) vendors.Session { return silent{l} }), "rta heartbeat", "appends no frame"},
		"a health is an error":      {starts(func(l *line) vendors.Session { return sick{l} }), "rta heartbeat", "no such word"},
		"raw names":                 {format("%s;%s;%d\n"), "rta hostile names", "stands inside one"},
		"raw delimiters":            {format("%[1]s|%[2]s|%[3]d\x03"), "rta hostile names", "other records or fields"},
		"a limit of agents": {starts(func(l *line) vendors.Session {
			return session{l, func(f *wfm.Frames, now time.Time, all []wfm.AgentState) error {
				return l.AppendSnapshot(f, now, all[:min(len(all), 100)])
			}}
		}), "rta many agents", "make"},
		"a skip of too many": {starts(func(l *line) vendors.Session {
			return session{l, func(f *wfm.Frames, now time.Time, all []wfm.AgentState) error {
				err := l.AppendSnapshot(f, now, all[:min(len(all), 100)])
				for _, s := range all[min(len(all), 100):] {
					err = errors.Join(err, &vendors.Skipped{Agent: s.Agent, Reason: "is too much"})
				}
				return err
			}}
		}), "rta many agents", "is too much"},
	}
}

func TestBrokenFrames(t *testing.T) {
	for name, c := range brokenFrames() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := harness(nil, c.breaks)
			h.Historical = nil
			mustFail(t, h, c.fails, c.says)
		})
	}
}

// TestBrokenReaders breaks what reads files back.
func TestBrokenReaders(t *testing.T) {
	for name, c := range map[string]struct {
		decode func(vendors.HistoricalEncoder, wfm.Artifact) ([]vendortest.Row, error)
		says   string
	}{
		"does not read": {func(vendors.HistoricalEncoder, wfm.Artifact) ([]vendortest.Row, error) {
			return nil, errors.New("what is this")
		}, "what is this"},
		"loses a row": {func(enc vendors.HistoricalEncoder, a wfm.Artifact) ([]vendortest.Row, error) {
			rows, err := decodeGood(enc, a)
			return rows[:len(rows)-1], err
		}, "are read"},
		"reads another figure": {func(enc vendors.HistoricalEncoder, a wfm.Artifact) ([]vendortest.Row, error) {
			rows, err := decodeGood(enc, a)
			for i := range rows {
				rows[i].Fields[1].Text += "0"
			}
			return rows, err
		}, "instead of"},
		"knows no such record": {func(enc vendors.HistoricalEncoder, a wfm.Artifact) ([]vendortest.Row, error) {
			rows, err := decodeGood(enc, a)
			for i := range rows {
				rows[i].Workgroup = "elsewhere"
			}
			return rows, err
		}, "about no record"},
		"has not the field": {func(enc vendors.HistoricalEncoder, a wfm.Artifact) ([]vendortest.Row, error) {
			rows, err := decodeGood(enc, a)
			for i := range rows {
				rows[i].Fields = rows[i].Fields[:1]
			}
			return rows, err
		}, "no file has the field"},
	} {
		t.Run(name, func(t *testing.T) {
			h := harness(nil, nil)
			h.RealTime, h.Decode, h.Figures = nil, c.decode, goodFigures()
			mustFail(t, h, "historical decode", c.says)
		})
	}
}

// TestHarness holds declarations to what they promise.
func TestHarness(t *testing.T) {
	h := harness(nil, nil)
	h.Unsupported = map[string]string{"historical formulas": "we believe so", "no such case": "never mind", "rta levels": ""}
	h.Figures = goodFigures()
	err := vendortest.Check(t.Context(), h)
	require.ErrorContains(t, err, "historical formulas: is declared unsupported (we believe so) and holds; remove the declaration")
	require.ErrorContains(t, err, `Unsupported names "no such case", which is no case`)
	require.ErrorContains(t, err, `Unsupported gives no reason for "rta levels"`)
	require.ErrorContains(t, err, "Figures need Decode")
	require.ErrorContains(t, vendortest.Check(t.Context(), vendortest.Harness{}), "neither Historical nor RealTime is set")

	refuses := errors.New("no such site")
	h = vendortest.Harness{Historical: func(vendors.Settings) (vendors.HistoricalEncoder, error) { return nil, refuses },
		RealTime: func(vendors.RTASettings) (vendors.RTAEncoder, error) { return nil, nil }}
	err = vendortest.Check(context.Background(), h)
	require.ErrorIs(t, err, refuses)
	require.ErrorContains(t, err, "neither an encoder nor an error")
}

// TestDeclaredIsSkipped prints the reason where a declared case fails.
func TestDeclaredIsSkipped(t *testing.T) {
	h := harness(func(g *good) { g.escape = func(name string) string { return name } }, nil)
	h.Unsupported = map[string]string{"historical formulas": "names must match"}
	for _, c := range vendortest.Cases(h) {
		if c.Name == "historical formulas" {
			var skip conform.Skip
			require.ErrorAs(t, c.Run(t.Context()), &skip)
			require.Equal(t, "unsupported: names must match", skip.Reason)
			return
		}
	}
	t.Fatal("the case is not there")
}

func BenchmarkChanges(b *testing.B) { vendortest.BenchmarkChanges(b, harness(nil, nil)) }
func BenchmarkFiles(b *testing.B)   { vendortest.BenchmarkFiles(b, harness(nil, nil)) }
