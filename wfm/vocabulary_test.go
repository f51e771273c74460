package wfm_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cicwfm/cicwfm/wfm"
)

func TestCounterTable(t *testing.T) {
	n := 0
	for c, info := range wfm.Counters() {
		require.Equal(t, wfm.Counter(n), c, "the table is in order")
		n++
		require.NotEmpty(t, info.Meaning, info.Column)
		require.Equal(t, strings.ToUpper(info.Column[:1])+info.Column[1:], info.Name)
		require.Equal(t, info.Column, c.String())
		require.Equal(t, info.Fold, c.Fold())
		require.Equal(t, info, c.Info())
		require.NotEqual(t, wfm.Share, info.Unit)
		if strings.HasPrefix(info.Column, "n") {
			require.Equal(t, wfm.Count, info.Unit, info.Column)
		} else {
			require.Equal(t, wfm.Seconds, info.Unit, info.Column)
		}
		require.Equal(t, strings.HasPrefix(info.Column, "mt"), info.Fold == wfm.FoldMax, info.Column)
		for _, spelling := range []string{info.Column, strings.ToUpper(info.Column), strings.ToLower(info.Column)} {
			found, ok := wfm.CounterByColumn(spelling)
			require.True(t, ok)
			require.Equal(t, c, found, "columns that differ only in case would be ambiguous")
		}
	}
	_, ok := wfm.CounterByColumn("nNoSuchColumn")
	require.False(t, ok)
	require.Equal(t, "no counter", wfm.Counter(255).String())
	for _, c := range wfm.LoggedInParts() {
		require.Equal(t, wfm.Seconds, c.Info().Unit)
		require.NotEqual(t, wfm.TAgentLoggedIn, c)
	}
	require.Len(t, wfm.LoggedInParts(), 7)
}

func TestCounterSets(t *testing.T) {
	var all []wfm.Counter
	for c := range wfm.Counters() {
		all = append(all, c)
	}
	some := rapid.SliceOf(rapid.SampledFrom(all))
	rapid.Check(t, func(t *rapid.T) {
		a, b := some.Draw(t, "a"), some.Draw(t, "b")
		given := slices.Clone(a)
		s := wfm.NewCounterSet(a...)
		if !slices.Equal(a, given) {
			t.Fatal("the arguments were changed")
		}
		if !slices.IsSorted(s.List()) || len(slices.Compact(s.List())) != s.Len() {
			t.Fatalf("%v is not a sorted set", s.List())
		}
		for _, c := range all {
			i := s.Index(c)
			if (i >= 0) != slices.Contains(a, c) || i >= 0 && s.At(i) != c {
				t.Fatalf("the index of %s is %d in %v", c, i, s.List())
			}
		}
		u, v := s.Union(wfm.NewCounterSet(b...)), wfm.NewCounterSet(b...).Union(s)
		if !slices.Equal(u.List(), v.List()) || !slices.Equal(u.List(), wfm.NewCounterSet(append(a, b...)...).List()) {
			t.Fatalf("the union of %v and %v is %v", a, b, u.List())
		}
	})
	var none *wfm.CounterSet
	require.Zero(t, none.Len())
	require.Nil(t, none.List())
	require.Equal(t, -1, none.Index(wfm.NEnteredAcd))
	require.Equal(t, []wfm.Counter{wfm.TAcw}, none.Union(wfm.NewCounterSet(wfm.TAcw)).List())
	require.Equal(t, -1, wfm.NewCounterSet(all...).Index(wfm.Counter(255)))
	require.Equal(t, len(all), wfm.NewCounterSet(all...).Len())
}

func TestCounts(t *testing.T) {
	set := wfm.NewCounterSet(wfm.TAcw, wfm.NEnteredAcd)
	c := wfm.NewCounts(set, []int64{7, wfm.Missing})
	require.EqualValues(t, 7, c.Get(wfm.NEnteredAcd))
	require.Equal(t, wfm.Missing, c.Get(wfm.TAcw))
	require.Equal(t, wfm.Missing, c.Get(wfm.NAcw), "not in the set")
	require.Equal(t, wfm.Missing, wfm.Counts{}.Get(wfm.NAcw))
	require.Same(t, set, c.Set())
	require.Panics(t, func() { wfm.NewCounts(set, []int64{1}) })
}

func TestNeeds(t *testing.T) {
	queue := wfm.Needs{Queue: wfm.Columns{Counters: wfm.NewCounterSet(wfm.NEnteredAcd), Media: []wfm.MediaType{wfm.Call}}}
	more := wfm.Needs{Queue: wfm.Columns{Counters: wfm.NewCounterSet(wfm.TAcw), Media: []wfm.MediaType{"CALL", wfm.Chat}},
		Agent: wfm.Columns{Counters: wfm.NewCounterSet(wfm.TAgentTalk)}, Activity: true, WholeDays: true}
	u := queue.Union(more)
	require.Equal(t, []wfm.Counter{wfm.NEnteredAcd, wfm.TAcw}, u.Queue.Counters.List())
	require.Equal(t, []wfm.MediaType{wfm.Call, wfm.Chat}, u.Queue.Media, "letter case does not tell media apart")
	require.True(t, u.WholeDays)
	for g, want := range map[wfm.Grain]bool{wfm.GrainQueue: true, wfm.GrainAgent: true, wfm.GrainAgentQueue: false,
		wfm.GrainActivity: true, wfm.GrainPresence: false} {
		require.Equal(t, want, u.Wants(g), g)
	}
	require.False(t, queue.Wants(wfm.GrainActivity))
	require.Zero(t, queue.SignOnReach())
	signOns := queue.Union(wfm.Needs{SignOns: time.Hour}).Union(wfm.Needs{SignOns: time.Minute})
	require.Equal(t, 2*time.Hour, signOns.SignOnReach(), "the longer span")
	require.True(t, signOns.Wants(wfm.GrainActivity), "its rows are read")
	require.False(t, (&wfm.Report{SignOns: []wfm.SignOn{{}}}).Empty())
	require.Equal(t, u, u.Union(wfm.Needs{}))
	require.Equal(t, u, wfm.Needs{}.Union(u))
	require.Equal(t, []wfm.MediaType{wfm.AllMedia}, wfm.Columns{}.MediaList())
	total := wfm.Needs{Queue: wfm.Columns{Counters: wfm.NewCounterSet(wfm.NEnteredAcd)}}
	require.Equal(t, []wfm.MediaType{wfm.Call, wfm.AllMedia}, queue.Union(total).Queue.Media, "the total stays asked for")
	require.Equal(t, []wfm.MediaType{wfm.Call}, queue.Queue.MediaList())
	queue.Queue.MediaList()[0] = "changed"
	require.Equal(t, wfm.Call, queue.Queue.Media[0], "the list is a copy")
}

func TestMediaTypes(t *testing.T) {
	require.True(t, wfm.Email.Is("EMAIL"))
	require.True(t, wfm.MediaType("email interaction").Is("email"))
	require.False(t, wfm.Email.Is(wfm.Chat))
	require.True(t, wfm.AllMedia.Is(""))
	require.False(t, wfm.AllMedia.Is(wfm.Call))
}

func TestWindows(t *testing.T) {
	_, err := wfm.NewWindow(utc(2018, 1, 2), utc(2018, 1, 2))
	require.ErrorContains(t, err, "ends where or before it starts")
	here := time.FixedZone("here", 3600)
	w, err := wfm.NewWindow(utc(2018, 1, 1).In(here), utc(2018, 1, 2).In(here))
	require.NoError(t, err)
	require.Equal(t, wfm.Window{Start: utc(2018, 1, 1), End: utc(2018, 1, 2)}, w)
	require.Equal(t, "2018-01-01T00:00:00Z/2018-01-02T00:00:00Z", w.String())
	require.True(t, wfm.Window{}.IsZero())
	require.False(t, w.IsZero())

	window := rapid.Custom(func(t *rapid.T) wfm.Window {
		start := rapid.Int64Range(0, 20).Draw(t, "start")
		return wfm.Window{Start: time.Unix(start, 0).UTC(), End: time.Unix(start+rapid.Int64Range(1, 10).Draw(t, "length"), 0).UTC()}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := window.Draw(t, "a"), window.Draw(t, "b")
		part, ok := a.Intersect(b)
		other, _ := b.Intersect(a)
		if ok != a.Overlaps(b) || ok != b.Overlaps(a) || ok && part != other {
			t.Fatalf("%s and %s share %s, %s", a, b, part, other)
		}
		var shared time.Duration
		for s := range int64(31) {
			at := time.Unix(s, 0)
			if a.Contains(at) && b.Contains(at) {
				shared += time.Second
				if !part.Contains(at) {
					t.Fatalf("%s is missing in %s", at, part)
				}
			}
		}
		if ok && shared != part.Duration() || !ok && shared != 0 {
			t.Fatalf("%s and %s share %s, which is %s", a, b, shared, part)
		}
	})
}

func TestDigest(t *testing.T) {
	a := wfm.Artifact{Bytes: []byte("abc")}
	const want = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" // FIPS 180-2, appendix B.1
	require.Equal(t, want, a.Digest().String())
	back, err := wfm.ParseDigest(want)
	require.NoError(t, err)
	require.Equal(t, a.Digest(), back)
	for _, bad := range []string{"", want[:62], want + "00", strings.Replace(want, "b", "g", 1)} {
		_, err := wfm.ParseDigest(bad)
		require.ErrorContains(t, err, "64 hexadecimal digits", bad)
	}
}

func TestReports(t *testing.T) {
	r := wfm.Report{Queues: []wfm.Record{{Workgroup: "b"}, {Workgroup: "a", Media: wfm.Chat}, {Workgroup: "a"}},
		Agents: []wfm.Record{{Agent: "z"}}, AgentQueues: []wfm.Record{{Agent: "b", Workgroup: "a"}, {Agent: "a", Workgroup: "z"}}}
	wfm.SortRecords(r.Queues)
	wfm.SortRecords(r.AgentQueues)
	require.Equal(t, []wfm.Record{{Workgroup: "a"}, {Workgroup: "a", Media: wfm.Chat}, {Workgroup: "b"}}, r.Records(wfm.GrainQueue))
	require.Equal(t, wfm.AgentID("a"), r.Records(wfm.GrainAgentQueue)[0].Agent)
	require.Len(t, r.Records(wfm.GrainAgent), 1)
	require.Nil(t, r.Records(wfm.GrainActivity))
	require.False(t, r.Empty())
	require.True(t, (&wfm.Report{Gaps: []wfm.Site{1}}).Empty(), "a gap is no record")
}

func TestNamesOfEnumerations(t *testing.T) {
	seen := map[string]bool{}
	for g := range wfm.NumGrains {
		seen[g.String()] = true
	}
	require.Len(t, seen, int(wfm.NumGrains))
	for k := wfm.RollUpMismatch; k <= wfm.OverlappingStates; k++ {
		require.NotEmpty(t, k.String())
		require.False(t, seen[k.String()])
		seen[k.String()] = true
	}
	d := wfm.Diagnostic{Kind: wfm.BadRow, At: utc(2018, 1, 1), Site: 3, Subject: "Sales", Detail: "nEnteredAcd is -1"}
	require.Equal(t, `2018-01-01T00:00:00Z: bad row, site 3, "Sales": nEnteredAcd is -1`, d.String())
}

func ExampleGrid() {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		fmt.Println(err)
		return
	}
	day := wfm.Grid{Length: wfm.Day, Location: berlin}
	slot := day.Slot(time.Date(2018, 10, 28, 12, 0, 0, 0, berlin))
	fmt.Println(slot, slot.Duration())
	n := 0
	for range (wfm.Grid{Length: wfm.Quarter, Location: berlin}).Slots(slot) {
		n++
	}
	fmt.Println(n, "quarters of an hour")
	// Output:
	// 2018-10-27T22:00:00Z/2018-10-28T23:00:00Z 25h0m0s
	// 100 quarters of an hour
}
