package layout_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
)

// small is a layout of one queue column and one counter.
func small(name, media, more string) string {
	return fmt.Sprintf(`
layout: %s
version: 1
media: %s
%s
rows: {kind: delimited, delimiter: ";", quoting: rfc4180}
sections:
  - grain: queue
    defaults: {missing: blank}
    columns: [{name: q, value: workgroup}, {name: n, value: offered}]
`, name, media, more)
}

const (
	intervalFile = `file: {name: "{kind}-{start:YYYYMMDDHHmm}"}`
	dayFile      = `file: {name: "{kind}-{start:YYYYMMDD}", period: day}`
)

func TestHistoricalNeeds(t *testing.T) {
	h, err := layout.NewHistorical(vendors.Info{Name: "x"}, vendors.Settings{},
		parse(t, small("calls", "Call", intervalFile)), parse(t, small("chats", "[chat, Email]", dayFile)),
		parse(t, `
layout: agents
version: 1
file: {name: "a-{start:YYYYMMDDHHmm}"}
rows: {kind: delimited, delimiter: ";"}
sections:
  - grain: agent
    defaults: {missing: blank, undefined: blank}
    columns: [{name: a, value: agent}, {name: e, expr: "tTalkAcd > 0 ? aht * 1.5 : 0.0"}]
  - grain: events
    head: [{text: events}]
    columns: [{name: a, value: agent}, {name: t, value: eventTime, format: "HH:mm"}]
`))
	require.NoError(t, err)
	needs := h.Needs()
	require.True(t, needs.WholeDays)
	require.True(t, needs.Activity)
	require.Equal(t, []wfm.Counter{wfm.NEnteredAcd}, needs.Queue.Counters.List())
	require.Equal(t, []wfm.MediaType{wfm.Call, "chat", wfm.Email}, needs.Queue.MediaList())
	require.Equal(t, []wfm.Counter{wfm.NAnsweredAcd, wfm.TTalkAcd, wfm.TAcw}, needs.Agent.Counters.List())
	require.Equal(t, []wfm.MediaType{wfm.AllMedia}, needs.Agent.MediaList())
	require.False(t, needs.Wants(wfm.GrainAgentQueue))
	require.Equal(t, vendors.RepeatSum, h.RepeatPolicy())
	require.Equal(t, vendors.Restates, h.Restatement())
	require.Equal(t, "x", h.Info().Name)
}

func TestHistoricalMedia(t *testing.T) {
	layouts := []*layout.Layout{parse(t, small("calls", "Call", intervalFile)), parse(t, small("any", "feed", intervalFile)), parse(t, small("total", "all", intervalFile))}
	h, err := layout.NewHistorical(vendors.Info{}, vendors.Settings{Media: wfm.Chat}, layouts...)
	require.NoError(t, err)
	require.Len(t, h.Codecs(), 2, "the layout about calls is left out")
	require.Equal(t, []wfm.MediaType{wfm.Chat, wfm.AllMedia}, h.Needs().Queue.MediaList())
	_, err = layout.NewHistorical(vendors.Info{}, vendors.Settings{Media: wfm.Chat}, layouts[0])
	require.ErrorContains(t, err, `media "Chat" is the medium of no chosen layout`)

	// Records of other media do not enter the file.
	h, err = layout.NewHistorical(vendors.Info{}, vendors.Settings{}, layouts[0])
	require.NoError(t, err)
	r := queueReport(h.Needs(), []string{"a", "b", "c"}, func(i int, _ wfm.Counter) int64 { return int64(i) })
	r.Queues[0].Media, r.Queues[1].Media = "CALL", wfm.Chat
	files, err := h.EncodeHistorical(t.Context(), []wfm.Report{r})
	require.NoError(t, err)
	require.Equal(t, "a;0\n", string(files[0].Bytes))
}

func TestHistoricalProblems(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	for _, c := range []struct {
		settings vendors.Settings
		layouts  []string
		want     []string
	}{
		{vendors.Settings{}, []string{small("a", "Call", intervalFile), small("a", "Chat", intervalFile)}, []string{"stands twice"}},
		{vendors.Settings{}, []string{small("a", "Call", `file: {name: "x-{start:YYYYMMDD}"}`), small("b", "Chat", `file: {name: "x-{start:YYYYMMDD}"}`)}, []string{"name of layout a too", "{kind}"}},
		{vendors.Settings{}, []string{small("a", "Call", intervalFile+"\nrepeated-hour: two"), small("b", "Chat", intervalFile)}, []string{"layout b wants, but layout a wants two"}},
		{vendors.Settings{RepeatedHour: "thrice"}, []string{small("a", "Call", intervalFile)}, []string{`repeated hour "thrice"`}},
		{vendors.Settings{RepeatedHour: vendors.RepeatDistinct, Location: berlin}, []string{small("a", "Call", intervalFile)}, []string{"does not suit the file name"}},
		{vendors.Settings{Values: map[string]string{"x": "1"}}, []string{small("a", "Call", intervalFile)}, []string{"setting x is in no layout", "have no settings"}},
		{vendors.Settings{}, []string{small("a", "Call", intervalFile+"\nsettings: [{name: port, example: \"1\", remark: the port}]")}, []string{"setting port has no value and no default; give it: the port"}},
		{vendors.Settings{Values: map[string]string{"part": " "}}, []string{small("a", "Call", "file: {name: \"{part}\"}\nsettings: [{name: part, example: \"1\", remark: the port}]")}, []string{"makes an empty name"}},
	} {
		var layouts []*layout.Layout
		for _, l := range c.layouts {
			layouts = append(layouts, parse(t, l))
		}
		h, err := layout.NewHistorical(vendors.Info{}, c.settings, layouts...)
		require.Nil(t, h)
		for _, want := range c.want {
			require.ErrorContains(t, err, want)
		}
	}
}

func TestDayRevisionRisesWithEachInterval(t *testing.T) {
	h, err := layout.NewHistorical(vendors.Info{}, vendors.Settings{}, parse(t, small("d", "feed", dayFile)), parse(t, small("i", "feed", intervalFile)))
	require.NoError(t, err)
	var reports []wfm.Report
	for i, revision := range []int{1, 3, 2} {
		r := queueReport(h.Needs(), []string{"q"}, func(int, wfm.Counter) int64 { return int64(i) })
		at := start.Add(time.Duration(i) * 15 * time.Minute)
		r.Interval, r.Revision = wfm.Window{Start: at, End: at.Add(15 * time.Minute)}, revision
		reports = append(reports, r)
	}
	files, err := h.EncodeHistorical(t.Context(), reports)
	require.NoError(t, err)
	require.Len(t, files, 4)
	require.Equal(t, 1+2+1, files[0].Revision)
	require.Equal(t, "d-20260302", files[0].Name)
	require.Equal(t, wfm.Grid{Length: wfm.Day}.Slot(start), files[0].Interval)
	require.Equal(t, 3, files[0].Rows)
	require.Equal(t, 3, files[2].Revision)
	require.Equal(t, reports[1].Interval, files[2].Interval)
}

func TestRestatementReported(t *testing.T) {
	h, err := layout.NewHistorical(vendors.Info{}, vendors.Settings{}, parse(t, small("a", "Call", intervalFile)),
		parse(t, small("b", "Chat", intervalFile+"\nrestatement: reported")))
	require.NoError(t, err)
	require.Equal(t, vendors.Reports, h.Restatement())
}

// TestRestatementIsASetting: what a site chooses must count, not the default of the layout.
func TestRestatementIsASetting(t *testing.T) {
	text := small("q", "Call", intervalFile+`
settings: [{name: again, default: accepted, choices: [accepted, reported], remark: r}]
restatement: "{again}"`)
	for choice, want := range map[string]vendors.Restatement{"": vendors.Restates, "accepted": vendors.Restates, "reported": vendors.Reports} {
		l, err := layout.Parse(vendors.File{Name: "q.yaml", Data: []byte(text)})
		require.NoError(t, err)
		s := vendors.Settings{Location: time.UTC, Length: wfm.Hour}
		if choice != "" {
			s.Values = map[string]string{"again": choice}
		}
		h, err := layout.NewHistorical(vendors.Info{Name: "x"}, s, l)
		require.NoError(t, err)
		require.Equal(t, want, h.Restatement(), choice)
	}
}

func TestEncodeHistoricalEnds(t *testing.T) {
	h, err := layout.NewHistorical(vendors.Info{}, vendors.Settings{}, parse(t, small("a", "feed", intervalFile)))
	require.NoError(t, err)
	files, err := h.EncodeHistorical(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, files)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = h.EncodeHistorical(ctx, []wfm.Report{queueReport(h.Needs(), nil, nil)})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, wfm.LossOfInterest, wfm.KindOf(err))
}

// TestZoneWithoutClockChanges: nothing repeats, so there is nothing to advise or to refuse.
func TestZoneWithoutClockChanges(t *testing.T) {
	for _, policy := range []vendors.RepeatPolicy{"", vendors.RepeatDistinct} {
		h, err := layout.NewHistorical(vendors.Info{}, vendors.Settings{Location: time.FixedZone("x", 3600), RepeatedHour: policy},
			parse(t, small("a", "Call", intervalFile)))
		require.NoError(t, err)
		require.Empty(t, h.Advice())
	}
}

// TestSameBytesEverywhere encodes the same report on many goroutines with one encoder.
func TestSameBytesEverywhere(t *testing.T) {
	data, err := os.ReadFile("testdata/cases/units/layouts/units.yaml")
	require.NoError(t, err)
	l := parse(t, string(data))
	s := vendors.Settings{Values: map[string]string{"switch": "3"}}
	h, err := layout.NewHistorical(vendors.Info{}, s, l)
	require.NoError(t, err)
	r := wfm.Report{Interval: wfm.Window{Start: start, End: start.Add(15 * time.Minute)}, Revision: 1}
	set := h.Needs().AgentQueue.Counters
	for i := range 200 {
		values := make([]int64, set.Len())
		for j := range values {
			values[j] = int64((i*7919 + j*104729) % 1000)
		}
		r.AgentQueues = append(r.AgentQueues, wfm.Record{Agent: wfm.AgentID(fmt.Sprint("agent ", i)), Workgroup: "w;\"", Counts: wfm.NewCounts(set, values)})
	}
	want, err := h.EncodeHistorical(t.Context(), []wfm.Report{r})
	require.NoError(t, err)
	var wg sync.WaitGroup
	digests := make([]wfm.Digest, 16)
	for i := range digests {
		wg.Go(func() {
			other, err := layout.NewHistorical(vendors.Info{}, s, l)
			if err != nil {
				return // the digest stays zero, and differs
			}
			for range 5 {
				for _, enc := range []*layout.Historical{h, other} {
					files, err := enc.EncodeHistorical(t.Context(), []wfm.Report{r})
					if err != nil || i%2 == 0 && len(files) != 1 {
						return
					}
					digests[i] = files[0].Digest()
				}
			}
		})
	}
	wg.Wait()
	for i, d := range digests {
		require.Equal(t, want[0].Digest(), d, "goroutine %d", i)
	}
}

// TestWarmEncodingDoesNotAllocate holds for every column kind but free expressions.
func TestWarmEncodingDoesNotAllocate(t *testing.T) {
	for name, rows := range formats {
		k, err := parse(t, queueLayout(rows, "Windows-1252", name == "fixed")).Bind(vendors.Settings{})
		require.NoError(t, err)
		r := queueReport(k.Needs(), []string{"plain", `quo"ted;é`, "two\nlines", "a\tb c"}, func(i int, c wfm.Counter) int64 { return int64(i) + int64(c) })
		reports := []wfm.Report{r}
		buf, _, err := k.Append(nil, r.Interval, reports)
		require.NoError(t, err)
		// The pool may lose its memory to the collector, so the best of many runs counts.
		best := math.Inf(1)
		for range 100 {
			best = min(best, testing.AllocsPerRun(1, func() { buf, _, err = k.Append(buf[:0], r.Interval, reports) }))
			require.NoError(t, err)
		}
		require.LessOrEqual(t, best, 1.0, "%s: per file of four rows", name)
	}
}

func TestNewEntry(t *testing.T) {
	files := fstest.MapFS{
		"layouts/b.yaml":   {Data: []byte(small("b", "Chat", intervalFile+"\ndefault: false"))},
		"layouts/a.yaml":   {Data: []byte(small("a", "Call", intervalFile+"\nevidence: documented\nsources: [somewhere]\ntitle: A"))},
		"layouts/note.txt": {Data: []byte("no layout")},
	}
	e, err := layout.NewEntry(vendors.Info{Name: "x"}, files)
	require.NoError(t, err)
	require.Equal(t, vendors.Preset{Name: "a", Title: "A", Module: "historical", Default: true, Evidence: vendors.Documented, Sources: []string{"somewhere"}}, e.Info.Presets[0])
	kinds := func(s vendors.Settings) []string {
		enc, err := e.Historical(s)
		require.NoError(t, err)
		files, err := enc.EncodeHistorical(t.Context(), []wfm.Report{queueReport(enc.Needs(), nil, nil)})
		require.NoError(t, err)
		var list []string
		for _, f := range files {
			list = append(list, f.Kind)
		}
		return list
	}
	require.Equal(t, []string{"a"}, kinds(vendors.Settings{}))
	require.Equal(t, []string{"b", "a"}, kinds(vendors.Settings{Presets: []string{"b", "a"}}))
	own := vendors.File{Name: "own.yaml", Data: []byte(small("own", "Call", intervalFile))}
	require.Equal(t, []string{"own"}, kinds(vendors.Settings{Layouts: []vendors.File{own}}))

	enc, err := e.Historical(vendors.Settings{Layouts: []vendors.File{own}, Presets: []string{"a"}})
	require.True(t, enc == nil, "no typed nil")
	require.ErrorContains(t, err, "stand beside layout files")
	_, err = e.Historical(vendors.Settings{Layouts: []vendors.File{{Name: "bad.yaml"}, own}})
	require.ErrorContains(t, err, "bad.yaml: layout file is empty")
	enc, err = e.Historical(vendors.Settings{Values: map[string]string{"x": "y"}})
	require.True(t, enc == nil, "no typed nil")
	require.Error(t, err)

	files["layouts/c.yaml"] = &fstest.MapFile{Data: []byte("layout: [")}
	_, err = layout.NewEntry(vendors.Info{Name: "x"}, files)
	require.ErrorContains(t, err, "layouts/c.yaml: layout file is not YAML")
}

func FuzzParse(f *testing.F) {
	for _, glob := range []string{"testdata/bad/*.yaml", "testdata/cases/*/layouts/*.yaml", "../*/layouts/*.yaml"} {
		files, err := filepath.Glob(glob)
		require.NoError(f, err)
		for _, name := range files {
			data, err := os.ReadFile(name)
			require.NoError(f, err)
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := layout.Parse(vendors.File{Name: "fuzz.yaml", Data: data})
		if err != nil {
			return
		}
		// A layout that was accepted can be bound and writes a file, or says why not.
		values := map[string]string{}
		for _, s := range l.Settings() {
			if s.Required {
				values[s.Name] = s.Example
			}
		}
		if l.Module() == "rta" {
			fuzzFrames(t, l, values)
			return
		}
		k, err := l.Bind(vendors.Settings{Values: values})
		require.NoError(t, err)
		r := queueReport(k.Needs(), []string{"a", ""}, func(i int, _ wfm.Counter) int64 { return int64(i) })
		if data, rows, err := k.Append(nil, r.Interval, []wfm.Report{r}); err == nil {
			require.True(t, rows == 0 || len(data) > 0)
		}
	})
}
