package integration_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/historical/historicaltest"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout"
	"github.com/cicwfm/cicwfm/vendors/nice"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/integration"
)

const day = 24 * time.Hour

// TestSignOnsEqualTheTruth reads simulated days with every irregularity, clock changes and stops of servers among them, in
// parts, and compares the sign-ons of every interval with what the agents did.
func TestSignOnsEqualTheTruth(t *testing.T) {
	seeds := []uint64{3, 2} // the autumn night and the spring night
	if testing.Short() {
		seeds = seeds[:1]
	}
	for _, seed := range seeds {
		cfg := irregular(seed)
		cfg.Days, cfg.Contacts = 3, 200
		w := simulate(t, cfg)
		truth, sites := w.centre.Truth(), w.centre.Sites()
		reports, _, _ := w.read(t, wfm.Needs{SignOns: day}, wfm.HalfHour, sites...)
		require.GreaterOrEqual(t, len(reports), 2*48)
		open, closed, overnight := 0, 0, 0
		for i := range reports {
			r := &reports[i]
			want := truth.SignOns(wfm.Window{Start: r.Interval.End.Add(-day), End: r.Interval.End})
			require.Equal(t, want, r.SignOns, "seed %d, %s", seed, r.Interval)
			for _, s := range want {
				switch {
				case s.Out.IsZero():
					open++
				case s.In.Day() != s.Out.Day():
					overnight++
				default:
					closed++
				}
			}
			require.Empty(t, r.Activity)
		}
		require.Positive(t, open)
		require.Positive(t, closed+overnight)
	}
}

// signOnFiles are the rows of the sign-on section of each delivered file, by name.
func signOnFiles(t *testing.T, enc vendors.HistoricalEncoder, out *shelf) map[string][]string {
	t.Helper()
	h, ok := vendors.Find[interface{ Codecs() []*layout.Codec }](enc)
	require.True(t, ok)
	files := map[string][]string{}
	for name, text := range out.files {
		doc, err := h.Codecs()[0].Decode([]byte(text))
		require.NoError(t, err)
		require.Len(t, doc.Sections, 4)
		files[name] = []string{}
		for _, r := range doc.Sections[3].Rows {
			files[name] = append(files[name], fmt.Sprintf("%s %s-%s", r.Fields[0].Text, r.Fields[1].Text, r.Fields[2].Text))
		}
	}
	return files
}

// TestFilesOfSignOns writes TotalView files over 26 hours, whole and in parts: each holds the spans of the 24 hours up to its end. A
// log-off that comes late restates the files that hold it, and no others.
func TestFilesOfSignOns(t *testing.T) {
	enc, err := nice.New(vendors.Settings{Length: wfm.Quarter, Values: map[string]string{"signOnReport": "write", "signTime": "MM/DD HH:mm"}})
	require.NoError(t, err)
	start := utc("2026-03-03T00:00:00Z")
	window := wfm.Window{Start: start, End: start.Add(26 * time.Hour)}
	m := &historicaltest.Memory{}
	fill(m, start.Add(-time.Hour), 28*4)
	state := func(agent string, from, to time.Duration, on, changed bool) {
		m.Add(historical.Row{Grain: wfm.GrainActivity, Site: 1, Agent: wfm.AgentID(agent), Start: start.Add(from), Duration: to - from,
			State: historical.State{Key: "Available", LoggedIn: on, ChangedLoggedIn: changed}}, nil)
	}
	state("ann", -10*time.Hour, -10*time.Hour, true, true) // over midnight
	state("ann", -10*time.Hour, 2*time.Hour, true, false)
	state("ann", 2*time.Hour, 2*time.Hour, false, true)
	state("bob", time.Hour, time.Hour, true, true) // without a log-off, for now
	state("cid", -48*time.Hour, -30*time.Hour, true, true)
	state("cid", -30*time.Hour, -23*time.Hour, true, false)
	state("cid", -23*time.Hour, -23*time.Hour, false, true)
	deliver := func(out *shelf, s *integration.Service, workers int) integration.Result {
		res, err := s.Backfill(t.Context(), "history", window, integration.BackfillOptions{Workers: workers})
		require.NoError(t, err)
		return res
	}
	service := func(out *shelf) *integration.Service {
		f := feedOf(m, out, plain{})
		f.Encoder = enc
		return newService(t, memory(), f)
	}
	whole, parts := &shelf{}, &shelf{}
	kept := service(whole)
	deliver(whole, kept, 1)
	deliver(parts, service(parts), 4)
	require.Len(t, whole.files, 26*4)
	require.Equal(t, whole.files, parts.files)

	want := func(end time.Duration, bobOut time.Duration) []string {
		list := []string{}
		switch {
		case end <= 2*time.Hour:
			list = append(list, "ann 03/02 14:00-")
		case end <= 26*time.Hour:
			list = append(list, "ann 03/02 14:00-03/03 02:00")
		}
		switch out := bobOut; {
		case end > out && end <= out+day:
			list = append(list, "bob 03/03 01:00-"+start.Add(out).Format("01/02 15:04"))
		case end > time.Hour && end <= 25*time.Hour && end <= out:
			list = append(list, "bob 03/03 01:00-")
		}
		if end <= time.Hour {
			list = append(list, "cid 03/01 00:00-03/02 01:00")
		}
		return list
	}
	check := func(bobOut time.Duration) {
		t.Helper()
		files := signOnFiles(t, enc, whole)
		for slot := range (wfm.Grid{Length: wfm.Quarter}).Slots(window) {
			require.Equal(t, want(slot.End.Sub(start), bobOut), files[slot.Start.Format("010206.1504")], "%s", slot)
		}
	}
	check(1000 * time.Hour)

	before := map[string]string{}
	for name, text := range whole.files {
		before[name] = text
	}
	state("bob", 20*time.Hour, 20*time.Hour, false, true) // it came late
	deliver(whole, kept, 2)
	check(20 * time.Hour)
	var restated []string
	for name, n := range whole.count {
		require.Equal(t, before[name] != whole.files[name], n == 2, "%s was delivered %d times", name, n)
		if n == 2 {
			restated = append(restated, name)
		}
	}
	slices.Sort(restated)
	require.Len(t, restated, 6*4, "the files that end after the log-off")
	require.Equal(t, "030326.2000", restated[0])
	deliver(whole, kept, 1)
	for name, n := range whole.count {
		require.LessOrEqual(t, n, 2, name)
	}
}
