package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim/icwsserver"
	"github.com/cicwfm/cicwfm/wfm/config"
	"github.com/cicwfm/cicwfm/wfm/integration"
)

// withTwo gives a site two real-time feeds that dial, and two historical ones.
func withTwo(s *checkSite, a, b *product) {
	s.config = strings.Replace(s.config, s.config[strings.Index(s.config, "  - {name: live"):strings.Index(s.config, "historical:")],
		"  - {name: to-a, kind: tcp, addresses: ['"+a.address()+"']}\n  - {name: to-b, kind: tcp, addresses: ['"+b.address()+"']}\n  - {name: share2, kind: folder, path: out2}\n", 1)
	s.config = s.config[:strings.Index(s.config, "real-time:")] + `  - {name: more, vendor: gmt, workgroups: all, interval: 30m, zone: UTC, destinations: [share2]}
real-time:
  - {name: a, vendor: verint, workgroups: [WFM RTA], status-map: {unmapped: code, default: "99"}, destination: to-a}
  - {name: b, vendor: verint, workgroups: [WFM RTA], status-map: {unmapped: code, default: "99"}, destination: to-b}
`
}

// TestReloadLeavesAloneWhatDidNotChange: a change of one feed of each module leaves the connections of the others as they are.
func TestReloadLeavesAloneWhatDidNotChange(t *testing.T) {
	s, a, b := newCheckSite(t, nil), newProduct(t), newProduct(t)
	withTwo(s, a, b)
	r := s.start(nil)
	both := func() bool {
		_, openA, linesA := a.counts()
		_, openB, linesB := b.counts()
		return openA == 1 && openB == 1 && linesA > 0 && linesB > 0
	}
	r.eventually("both receivers are served", both)
	r.eventually("both historical feeds are at rest", func() bool {
		for _, f := range r.report().Historical {
			if f.WorkingOn != nil || f.Next.IsZero() || f.Error != "" {
				return false
			}
		}
		return true
	})
	require.EqualValues(t, 1, s.pair.Stats().Sessions)
	logOns, before := s.pair.Stats().LogOns, r.host.now()
	delivered := func() int { // by the feed that changes
		for _, f := range r.report().Historical {
			if f.Feed == "more" {
				return f.Delivered
			}
		}
		return -1
	}
	counted := delivered()
	require.Positive(t, counted)
	source := func(b *config.Built, name string) (src historical.Source, f integration.HistoricalFeed) {
		for _, f := range b.Options.Historical {
			if f.Name == name {
				return f.Servers[0].Source, f
			}
		}
		return nil, f
	}

	s.replace("name: b, vendor: verint,", "name: b, vendor: verint, heartbeat: 7s,")
	s.replace("name: more, vendor: gmt, workgroups: all", "name: more, vendor: gmt, workgroups: all, delay: 11m")
	s.write("wfmservice.yaml", s.config)
	r.eventually("the change is taken over", func() bool { return r.report().Config.Reloads == 1 })
	r.eventually("b is served anew", func() bool { accepts, _, _ := b.counts(); return accepts == 2 && both() })
	require.GreaterOrEqual(t, delivered(), counted, "a changed feed goes on counting")
	accepts, _, lines := a.counts()
	require.Equal(t, 1, accepts, "the receiver of a keeps its connection")
	require.Equal(t, logOns, s.pair.Stats().LogOns, "the session of ICWS is the one it was")
	now := r.host.now()
	src, kept := source(now, "files")
	old, was := source(before, "files")
	require.Same(t, old, src, "the database of what stays")
	require.Same(t, was.Destinations[0].Transport, kept.Destinations[0].Transport)
	other, changed := source(now, "more")
	_, wasMore := source(before, "more")
	require.Same(t, src, other, "a server that stays is shared with feeds that change")
	require.NotSame(t, wasMore.Destinations[0].Transport, changed.Destinations[0].Transport)
	require.Same(t, before.Options.Ledger, now.Options.Ledger)
	require.NoError(t, s.cic.SetStatus("agent0001", icwsserver.DefaultStatuses()[2].Key, time.Time{}))
	r.eventually("a goes on over the connection that it has", func() bool { _, _, more := a.counts(); return more > lines })
	require.Contains(t, r.said(), `changed="feed \"b\", feed \"more\""`)

	// What is gone is closed; the others still work.
	cut := strings.Index(s.config, "  - {name: b, vendor")
	s.config = s.config[:cut]
	s.write("wfmservice.yaml", s.config)
	r.eventually("b is gone", func() bool { _, open, _ := b.counts(); return open == 0 && r.report().Config.Reloads == 2 })
	accepts, open, _ := a.counts()
	require.Equal(t, []int{1, 1}, []int{accepts, open})

	// A secret that changes makes the server another one: it logs on anew.
	s.cic.SetPassword("wfm", wfm.NewSecret("another"))
	s.write("secrets/icws", "another\n")
	r.eventually("the server is logged on to anew", func() bool { return s.pair.Stats().LogOns > logOns && r.report().Config.Reloads == 3 })
	r.eventually("its feed is served", func() bool { accepts, open, _ := a.counts(); return accepts == 2 && open == 1 })
	require.NotSame(t, src, first(source(r.host.now(), "files")))
	require.Zero(t, r.stop(), r.errs)
	require.NotContains(t, r.said(), sitePassword)
	require.NotContains(t, r.said(), "database is closed")
}

func first[A, B any](a A, _ B) A { return a }

// TestReloadRefusesWhatIsBroken: the old configuration goes on, and everything that is wrong is told.
func TestReloadRefusesWhatIsBroken(t *testing.T) {
	s, a, b := newCheckSite(t, nil), newProduct(t), newProduct(t)
	withTwo(s, a, b)
	s.write("codes.yaml", "unmapped: code\ndefault: \"1\"\n")
	s.replace(`status-map: {unmapped: code, default: "99"}, destination: to-a`, `status-map: {file: codes.yaml}, destination: to-a`)
	r := s.start(nil)
	r.eventually("a is served", func() bool { _, open, _ := a.counts(); return open == 1 })
	sound := s.config
	s.replace("vendor: gmt", "vendor: gnt")
	s.replace("interval: 30m", "interval: 31m")
	s.write("wfmservice.yaml", s.config)
	r.eventually("it is refused", func() bool { return r.report().Config.Refused == 1 })
	report := r.report()
	require.Len(t, report.Config.Problems, 2, report.Config.Problems)
	require.Contains(t, strings.Join(report.Config.Problems, "\n"), "gnt")
	require.Contains(t, strings.Join(report.Config.Problems, "\n"), "31m")
	require.Equal(t, 2, strings.Count(r.said(), "the changed configuration is not used"))
	require.Len(t, report.Historical, 2)
	code, _ := r.get("/healthz")
	require.Equal(t, 200, code)

	// No text at all, as an editor may leave it for a moment, is only another broken one.
	require.NoError(t, os.WriteFile(s.path("wfmservice.yaml"), nil, 0o600))
	r.eventually("it is refused, too", func() bool { return r.report().Config.Refused == 2 })
	s.config = sound
	s.write("wfmservice.yaml", sound)
	r.eventually("it is sound again", func() bool { c := r.report().Config; return c.Reloads == 1 && len(c.Problems) == 0 })
	accepts, open, _ := a.counts()
	require.Equal(t, []int{1, 1}, []int{accepts, open}, "through all that")

	// A file that the configuration names counts like the configuration.
	s.write("codes.yaml", "unmapped: code\ndefault: \"2\"\n")
	r.eventually("a is served with other codes", func() bool { accepts, open, _ := a.counts(); return accepts == 2 && open == 1 })

	// What takes a restart is said, and does nothing yet.
	ledger := r.host.now().Options.Ledger
	s.replace("path: ledger.db", "path: other.db, retention: 30d")
	s.replace("version: 1", "version: 1\ninstance: {name: second}")
	s.write("wfmservice.yaml", s.config)
	r.eventually("a restart is asked for", func() bool { return len(r.report().Config.Restart) > 0 })
	require.Equal(t, []string{"instance", "ledger"}, r.report().Config.Restart)
	require.Same(t, ledger, r.host.now().Options.Ledger)
	require.NoFileExists(t, s.path("other.db"))
	require.Contains(t, r.said(), "counts only from the next start on")
	s.write("wfmservice.yaml", sound)
	r.eventually("back again", func() bool { return r.report().Config.Restart == nil })
	require.Zero(t, r.stop(), r.errs)
}
