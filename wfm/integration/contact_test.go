package integration_test

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical/cicsql/sqlite"
	"github.com/cicwfm/cicwfm/historical/historicaltest"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim"
	"github.com/cicwfm/cicwfm/wfm/integration"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// contactFile is an encoder that writes the contacts of an interval, one line each.
type contactFile struct {
	needs  wfm.Needs
	repeat vendors.RepeatPolicy
	keep   func([]wfm.Report) // nil keeps nothing
}

func (contactFile) Info() vendors.Info         { return vendors.Info{Name: "contacts"} }
func (c contactFile) Needs() wfm.Needs         { return c.needs }
func (contactFile) nameOf(w wfm.Window) string { return w.Start.UTC().Format("20060102_1504") + ".txt" }

func (c contactFile) RepeatPolicy() vendors.RepeatPolicy {
	if c.repeat == "" {
		return vendors.RepeatDistinct
	}
	return c.repeat
}

func (c contactFile) EncodeHistorical(_ context.Context, reports []wfm.Report) ([]wfm.Artifact, error) {
	if c.keep != nil {
		c.keep(reports)
	}
	var list []wfm.Artifact
	for _, r := range reports {
		all := slices.Concat(r.Begun, r.Ended)
		list = append(list, wfm.Artifact{Kind: "contacts", Name: c.nameOf(r.Interval), Interval: r.Interval, Rows: len(all), Bytes: []byte(contactLines(all))})
	}
	return list, nil
}

func contactLines(list []wfm.Contact) string {
	var b strings.Builder
	for _, c := range list {
		fmt.Fprintf(&b, "%q %d %d %q %q %q %s %s %t %v\n", c.ID, c.Site, c.Seq, c.Workgroup, c.Agent, c.Media, c.Start.Format(time.RFC3339Nano),
			c.End.Format(time.RFC3339Nano), c.Handled, c.Times)
	}
	return b.String()
}

// contactReports reads the whole of a world through the service, in parts.
func (w world) contactReports(t *testing.T, enc contactFile, length wfm.Length, sites ...cicsim.SiteInfo) []wfm.Report {
	t.Helper()
	var mu sync.Mutex
	var reports []wfm.Report
	enc.keep = func(list []wfm.Report) {
		mu.Lock()
		defer mu.Unlock()
		reports = append(reports, list...)
	}
	f := integration.HistoricalFeed{Name: "contacts", Encoder: enc, Transport: &shelf{}, DeliverPartial: true,
		Grid: wfm.Grid{Length: length, Location: w.centre.Sites()[0].Location}}
	for _, name := range w.centre.Workgroups() { // spelled otherwise than in the database
		f.Workgroups = append(f.Workgroups, wfm.Workgroup(strings.ToUpper(string(name))))
	}
	for _, s := range sites {
		f.Servers = append(f.Servers, integration.Server{Name: fmt.Sprintf("site%d", s.ID), Source: w.reader(t, s)})
	}
	_, err := newService(t, ledger.NewMemory(time.Now), f).Backfill(t.Context(), "contacts", w.centre.Window(), integration.BackfillOptions{Workers: 2})
	require.NoError(t, err)
	slices.SortFunc(reports, func(a, b wfm.Report) int { return a.Interval.Start.Compare(b.Interval.Start) })
	return reports
}

// expected are the contacts that the truth has in a report's interval and in its repetition, but for those whose rows were lost, as a
// feed that spells workgroups in capitals shows them.
func expected(of func(wfm.Window) []wfm.Contact, r *wfm.Report, sites []cicsim.SiteInfo) (list []wfm.Contact) {
	all := of(r.Interval)
	if !r.Repeated.IsZero() {
		all = append(all, of(r.Repeated)...)
	}
	for _, c := range all {
		silent := sites[slices.IndexFunc(sites, func(s cicsim.SiteInfo) bool { return s.ID == c.Site })].Silent
		if !slices.ContainsFunc(silent, func(w wfm.Window) bool { return w.Contains(c.End) }) {
			c.Workgroup = wfm.Workgroup(strings.ToUpper(string(c.Workgroup)))
			list = append(list, c)
		}
	}
	slices.SortFunc(list, wfm.CompareContacts)
	return list
}

// TestContactsEqualTheContactLevelTruth reads simulated days with every irregularity, both nights of a clock change among them, and
// compares the contacts of every interval, by start and by end, with what happened.
func TestContactsEqualTheContactLevelTruth(t *testing.T) {
	seeds := 12
	if testing.Short() {
		seeds = 2
	}
	for seed := uint64(1); seed <= uint64(seeds); seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			cfg := irregular(seed)
			cfg.Schema.Edition = cicsim.Edition4x
			w := simulate(t, cfg)
			sites := w.centre.Sites()
			quarter := sites[slices.IndexFunc(sites, func(s cicsim.SiteInfo) bool { return s.Interval == 15*time.Minute })]
			needs := wfm.Needs{Begun: true, Ended: true}
			if seed%3 == 0 { // beside all else
				needs.Queue, needs.Activity = everything(cicsim.Edition4x).Queue, true
			}
			sums := 0
			for _, c := range []struct {
				length wfm.Length
				sites  []cicsim.SiteInfo
				repeat vendors.RepeatPolicy
			}{{wfm.HalfHour, sites, ""}, {wfm.HalfHour, sites, vendors.RepeatSum}, {wfm.Hour, sites, vendors.RepeatSum}, {wfm.Day, sites, ""},
				{wfm.Quarter, []cicsim.SiteInfo{quarter}, ""}} {
				reports := w.contactReports(t, contactFile{needs: needs, repeat: c.repeat}, c.length, c.sites...)
				truth := w.centre.Truth()
				if len(c.sites) == 1 {
					truth = w.centre.Truth(c.sites[0].ID)
				}
				begun, ended, intervals := 0, 0, 0
				for i := range reports {
					r := &reports[i]
					if !r.Repeated.IsZero() {
						sums++
					}
					if lost(r.Interval, c.sites) || lost(r.Repeated, c.sites) {
						continue
					}
					intervals++
					require.Equal(t, expected(truth.Begun, r, c.sites), r.Begun, "%s, begun in %s", c.length, r.Interval)
					require.Equal(t, expected(truth.Ended, r, c.sites), r.Ended, "%s, ended in %s", c.length, r.Interval)
					begun, ended = begun+len(r.Begun), ended+len(r.Ended)
				}
				if c.length != wfm.Day {
					require.Greater(t, intervals, 20)
					require.Greater(t, begun, 150)
					require.Greater(t, ended, 150)
				}
			}
			if seed%2 == 1 {
				require.Equal(t, 2+1, sums, "the repeated hour of the autumn night")
			}
		})
	}
}

// TestLateContactsRestateTheirIntervals writes the rows of a day as they arrive and sends all intervals again each time. A file is
// restated if and only if a contact of its interval has arrived since, and shows those that have.
func TestLateContactsRestateTheirIntervals(t *testing.T) {
	for name, needs := range map[string]wfm.Needs{"begun": {Begun: true}, "ended": {Ended: true}} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && needs.Ended {
				t.Skip("-short: contacts by their start alone, which restate the more")
			}
			cfg := irregular(5)
			cfg.Start = time.Date(2025, 10, 26, 0, 0, 0, 0, time.UTC) // 25 hours long
			cfg.Days, cfg.Restarts, cfg.Contacts, cfg.SilentSpans, cfg.Schema.UpperCaseColumns = 1, 1, 1000, 0, false
			centre, err := cicsim.New(cfg)
			require.NoError(t, err)
			path := filepath.Join(t.TempDir(), "cic.db")
			db, err := sql.Open("sqlite", path+"?_pragma=synchronous(off)")
			require.NoError(t, err)
			defer db.Close()
			writer := centre.NewWriter(db)
			_, err = writer.WriteThrough(t.Context(), centre.Window().Start)
			require.NoError(t, err)
			read, dial, err := sqlite.Open(path)
			require.NoError(t, err)
			defer read.Close()
			w, out, enc := world{centre, centre.Config(), read, dial}, &shelf{}, contactFile{needs: needs}
			f := integration.HistoricalFeed{Name: "contacts", Encoder: enc, Transport: out, DeliverPartial: true,
				Grid: wfm.Grid{Length: wfm.HalfHour, Location: centre.Sites()[0].Location}, Workgroups: centre.Workgroups()}
			for _, s := range centre.Sites() {
				f.Servers = append(f.Servers, integration.Server{Name: fmt.Sprintf("site%d", s.ID), Source: w.reader(t, s)})
			}
			s := newService(t, ledger.NewMemory(time.Now), f)
			of := centre.Truth().Begun
			if needs.Ended {
				of = centre.Truth().Ended
			}
			restated, unchanged := 0, 0
			for at := centre.Window().Start.Add(time.Hour); at.Before(centre.Settled().Add(time.Hour)); at = at.Add(time.Hour) {
				_, err = writer.WriteThrough(t.Context(), at)
				require.NoError(t, err)
				there := keysOf(t, db)
				before, counted := maps.Clone(out.files), maps.Clone(out.count)
				_, err := s.Backfill(t.Context(), "contacts", centre.Window(), integration.BackfillOptions{Workers: 2})
				require.NoError(t, err)
				for slot := range f.Grid.Slots(centre.Window()) {
					name := enc.nameOf(slot)
					text, sent := out.files[name]
					if !sent {
						continue // no site has written statistics of it yet
					}
					arrived := slices.DeleteFunc(of(slot), func(c wfm.Contact) bool { return !there[keyOf(c)] })
					require.Equal(t, contactLines(arrived), text, name)
					old, known := before[name]
					switch {
					case !known:
						require.Equal(t, 1, out.count[name])
					case old != text:
						restated++
						require.Equal(t, counted[name]+1, out.count[name], "%s has changed", name)
					default:
						unchanged++
						require.Equal(t, counted[name], out.count[name], "%s has not", name)
					}
				}
			}
			require.Len(t, out.files, 50, "every half-hour of it")
			require.Positive(t, restated)
			require.Greater(t, unchanged, restated)
			all := 0
			for slot := range f.Grid.Slots(centre.Window()) {
				all += strings.Count(out.files[enc.nameOf(slot)], "\n")
				require.Equal(t, contactLines(of(slot)), out.files[enc.nameOf(slot)], "in the end nothing is missing")
			}
			require.Greater(t, all, 300)
		})
	}
}

func keyOf(c wfm.Contact) string { return fmt.Sprintf("%s/%d/%d", c.ID, c.Site, c.Seq) }

// keysOf lists the contacts in a database.
func keysOf(t *testing.T, db *sql.DB) map[string]bool {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT InteractionIDKey || '/' || SiteID || '/' || SeqNo FROM InteractionSummary")
	require.NoError(t, err)
	defer rows.Close()
	keys := map[string]bool{}
	for rows.Next() {
		var k string
		require.NoError(t, rows.Scan(&k))
		keys[k] = true
	}
	require.NoError(t, rows.Err())
	return keys
}

// TestContactsByTheClock follows the clock. A contact by its end is sent once, a minute after it is over at the latest that matters;
// by its start the interval is restated when it is over, once, unless that is longer ago than the look-back.
func TestContactsByTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, outBegun, outEnded := &historicaltest.Memory{}, &shelf{}, &shelf{}
		fill(m, epoch, 96)
		feed := func(name string, out *shelf, needs wfm.Needs) integration.HistoricalFeed {
			f := feedOf(m, out, plain{})
			f.Name, f.Encoder = name, contactFile{needs: needs}
			f.Delay, f.Lookback, f.Start = 5*time.Minute, 2*time.Hour, epoch
			return f
		}
		stop := running(t, newService(t, ledger.NewMemory(time.Now), feed("begun", outBegun, wfm.Needs{Begun: true}), feed("ended", outEnded, wfm.Needs{Ended: true})))
		over := func(id string, start, end time.Duration) {
			time.Sleep(time.Until(epoch.Add(end + time.Minute)))
			m.Contact(wfm.Contact{ID: id, Site: 1, Workgroup: "sales", Media: wfm.Call, Start: epoch.Add(start), End: epoch.Add(end)})
		}
		over("short", 2*time.Minute, 6*time.Minute)
		over("long", 3*time.Minute, 95*time.Minute)
		over("longer than the look-back", 4*time.Minute, 170*time.Minute)
		time.Sleep(time.Hour)
		synctest.Wait()
		stop()
		idsOf := func(out *shelf, name string) (ids []string, times int) {
			text, times := out.get(name)
			for line := range strings.Lines(text) {
				ids = append(ids, strings.Split(line, `"`)[1])
				require.Contains(t, line, `"Sales"`, "as the feed spells it")
			}
			return ids, times
		}
		ids, times := idsOf(outBegun, "20000101_0000.txt")
		require.Equal(t, []string{"short", "long"}, ids)
		require.Equal(t, 2, times)
		for name, want := range map[string]string{"20000101_0000.txt": "short", "20000101_0130.txt": "long", "20000101_0245.txt": "longer than the look-back"} {
			ids, times = idsOf(outEnded, name)
			require.Equal(t, []string{want}, ids)
			require.Equal(t, 1, times)
		}
		for name, n := range outEnded.count {
			require.Equal(t, 1, n, name)
		}
		for name, n := range outBegun.count {
			require.True(t, n == 1 || name == "20000101_0000.txt", name)
		}
	})
}

// TestCheckOfContactsThatAreNotWritten: a table of contacts that is there and empty is told before a feed sends nothing for ever.
func TestCheckOfContactsThatAreNotWritten(t *testing.T) {
	for name, needs := range map[string]wfm.Needs{"begun": {Begun: true}, "ended": {Ended: true}, "both": {Begun: true, Ended: true}, "none": plain{}.Needs()} {
		t.Run(name, func(t *testing.T) {
			m, silent := &historicaltest.Memory{}, &historicaltest.Memory{}
			fill(m, epoch, 4)
			f := feedOf(m, &shelf{}, plain{})
			f.Servers = append(f.Servers, integration.Server{Name: "site1", Source: silent})
			f.Encoder = contactFile{needs: needs}
			s := newService(t, ledger.NewMemory(time.Now), f)
			w := wfm.Window{Start: epoch, End: epoch.Add(time.Hour)}
			const text = "it wrote statistics and no contacts of the feed in the window"
			told := func() (n int) {
				c := s.Check(t.Context(), w)
				require.NoError(t, c.Err())
				require.Len(t, c.Feeds, 1)
				for _, note := range c.Feeds[0].Attention {
					if strings.Contains(note, text) {
						require.Contains(t, note, `"cic1"`, "the other is silent altogether")
						n++
					}
				}
				return n
			}
			m.Contact(wfm.Contact{ID: "other", Site: 1, Workgroup: "Other", Start: epoch, End: epoch.Add(time.Minute)})
			if name == "none" {
				require.Zero(t, told())
				return
			}
			require.Equal(t, 1, told())
			m.Contact(wfm.Contact{ID: "one", Site: 1, Workgroup: "sales", Start: epoch, End: epoch.Add(time.Minute)})
			require.Zero(t, told())
		})
	}
}

// TestContactsOfASilentSiteAreAGap: as with counters, an interval in which a site wrote no statistics is not sent.
func TestContactsOfASilentSiteAreAGap(t *testing.T) {
	m, out := &historicaltest.Memory{}, &shelf{}
	fill(m, epoch, 1)
	fill(m, epoch.Add(30*time.Minute), 1)
	for i := range 3 {
		at := epoch.Add(time.Duration(i)*15*time.Minute + time.Minute)
		m.Contact(wfm.Contact{ID: fmt.Sprint(i), Site: 1, Workgroup: "Sales", Start: at, End: at.Add(time.Minute)})
	}
	f := feedOf(m, out, plain{})
	f.Encoder = contactFile{needs: wfm.Needs{Ended: true}}
	res, err := newService(t, ledger.NewMemory(time.Now), f).Backfill(t.Context(), "history", wfm.Window{Start: epoch, End: epoch.Add(45 * time.Minute)}, integration.BackfillOptions{})
	require.NoError(t, err)
	gap := wfm.Window{Start: epoch.Add(15 * time.Minute), End: epoch.Add(30 * time.Minute)}
	require.Equal(t, []integration.Gap{{Interval: gap, Sites: []wfm.Site{1}}}, res.Gaps)
	require.Equal(t, []string{"20000101_0000.txt", "20000101_0030.txt"}, slices.Sorted(maps.Keys(out.files)))
}
