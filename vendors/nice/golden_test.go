package nice_test

import (
	"strings"
	"testing"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout"
	"github.com/cicwfm/cicwfm/vendors/layout/layouttest"
	"github.com/cicwfm/cicwfm/vendors/nice"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestGolden(t *testing.T) { layouttest.Run(t, "testdata", nice.New) }

func TestSamples(t *testing.T) { layouttest.RunSamples(t, "testdata/samples", nice.New) }

// TestRoundTrip compares every figure of files that were read back with the definitions.
func TestRoundTrip(t *testing.T) {
	enc, err := nice.New(vendors.Settings{Presets: []string{"contact-history"}})
	require.NoError(t, err)
	sum := func(list ...wfm.Counter) func(wfm.Counts) (int64, bool) {
		return func(c wfm.Counts) (n int64, ok bool) {
			for _, id := range list {
				n += c.Get(id)
			}
			return n, true
		}
	}
	layouttest.RoundTrip(t, enc, layouttest.Figures{"Received": sum(wfm.NEnteredAcd), "Handled": sum(wfm.NAnsweredAcd),
		"HandledInThreshold": sum(wfm.NAnsweredAcdSvcLvl1, wfm.NAnsweredAcdSvcLvl2, wfm.NAnsweredAcdSvcLvl3),
		"Abandoned":          sum(wfm.NAbandonedAcd), "AbandonedInThreshold": sum(wfm.NAbandonAcdSvcLvl1, wfm.NAbandonAcdSvcLvl2, wfm.NAbandonAcdSvcLvl3),
		"ContactTime": sum(wfm.TTalkAcd), "WorkTime": sum(wfm.TAcw), "QueueDelay": sum(wfm.TAnsweredAcd)})
}

// TestSectionsRoundTrip reads random interval files of both variants back: every section has its rows, whatever the names,
// and writing what was read gives the same bytes.
func TestSectionsRoundTrip(t *testing.T) {
	for _, preset := range []string{"totalview-a", "totalview-a-multimedia", "totalview-b"} {
		settings := vendors.Settings{Presets: []string{preset}}
		if preset != "totalview-b" {
			settings.Values = map[string]string{"signOnReport": "write", "signOutReason": "status"}
		}
		enc, err := nice.New(settings)
		require.NoError(t, err)
		codec := layouttest.Codecs(t, enc)[0]
		needs := enc.Needs()
		rapid.Check(t, func(t *rapid.T) {
			start := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
			r := wfm.Report{Interval: wfm.Window{Start: start, End: start.Add(15 * time.Minute)}, Revision: 1}
			name := rapid.StringN(1, 20, 60)
			draw := func(set *wfm.CounterSet, workgroup, agent bool) (list []wfm.Record) {
				for range rapid.IntRange(0, 4).Draw(t, "records") {
					rec := wfm.Record{Media: wfm.AllMedia}
					if workgroup {
						rec.Workgroup = wfm.Workgroup(name.Draw(t, "workgroup"))
					}
					if agent {
						rec.Agent = wfm.AgentID(name.Draw(t, "agent"))
					}
					values := make([]int64, set.Len())
					for i := range values {
						values[i] = rapid.Int64Range(0, 10_000_000).Draw(t, "value")
					}
					rec.Counts = wfm.NewCounts(set, values)
					list = append(list, rec)
				}
				return list
			}
			r.Queues = draw(needs.Queue.Counters, true, false)
			r.Agents = draw(needs.Agent.Counters, false, true)
			r.AgentQueues = draw(needs.AgentQueue.Counters, true, true)
			for range rapid.IntRange(0, 4).Draw(t, "sign-ons") {
				s := wfm.SignOn{Agent: wfm.AgentID(name.Draw(t, "agent")), Reason: wfm.StatusKey(name.Draw(t, "reason"))}
				for _, at := range []*time.Time{&s.In, &s.Out} {
					if minutes := rapid.IntRange(0, 48*60).Draw(t, "minutes"); minutes > 0 {
						*at = start.Add(-time.Duration(minutes) * time.Minute)
					}
				}
				r.SignOns = append(r.SignOns, s)
			}
			files, err := enc.EncodeHistorical(t.Context(), []wfm.Report{r})
			require.NoError(t, err)
			require.Len(t, files, 1)
			require.Equal(t, "030226.1400", files[0].Name)
			doc, err := codec.Decode(files[0].Bytes)
			require.NoError(t, err, "%q", files[0].Bytes)
			var rows []int
			for _, s := range doc.Sections {
				rows = append(rows, len(s.Rows))
			}
			if preset == "totalview-b" {
				require.Equal(t, []int{len(r.Queues), len(r.Agents) + len(r.AgentQueues)}, rows)
			} else {
				require.Equal(t, []int{len(r.Queues), len(r.AgentQueues), len(r.Agents), len(r.SignOns)}, rows)
				for i, row := range doc.Sections[3].Rows {
					require.True(t, row.Fields[1].Time.Equal(r.SignOns[i].In) && row.Fields[2].Time.Equal(r.SignOns[i].Out), "%v", row)
					require.Equal(t, r.SignOns[i].Out.IsZero(), row.Fields[2].Absent)
				}
			}
			again, err := codec.AppendDocument(nil, doc)
			require.NoError(t, err)
			require.Equal(t, string(files[0].Bytes), string(again))
		})
	}
}

// TestNameFits holds the Contact History file to the longest name that its import takes, also in the repeated hour.
func TestNameFits(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	enc, err := nice.New(vendors.Settings{Presets: []string{"contact-history"}, Location: berlin, RepeatedHour: vendors.RepeatTwo})
	require.NoError(t, err)
	start := time.Date(2026, 10, 25, 1, 15, 0, 0, time.UTC)
	name, err := layouttest.Codecs(t, enc)[0].FileName(wfm.Window{Start: start, End: start.Add(15 * time.Minute)})
	require.NoError(t, err)
	require.Equal(t, "History-2610250215_2.txt", name)
	require.LessOrEqual(t, len(name), 30)
}

// TestColumns checks the golden file of variant B against the published widths, apart from the layout that made it.
func TestColumns(t *testing.T) {
	enc, err := nice.New(vendors.Settings{Presets: []string{"totalview-b"}, Values: map[string]string{"lineEnd": "LF"}})
	require.NoError(t, err)
	set := enc.Needs().Agent.Counters
	values := make([]int64, set.Len())
	values[set.Index(wfm.TAgentLoggedIn)] = 445
	start := time.Date(2026, 10, 7, 15, 0, 0, 0, time.UTC)
	files, err := enc.EncodeHistorical(t.Context(), []wfm.Report{{Interval: wfm.Window{Start: start, End: start.Add(15 * time.Minute)}, Revision: 1,
		Agents: []wfm.Record{{Agent: "5401", Counts: wfm.NewCounts(set, values)}}}})
	require.NoError(t, err)
	want := " 0000000" + "  " + "  5401"
	for _, width := range []int{5, 6, 5, 6, 6, 6, 6, 5, 6} {
		want += "  " + strings.Repeat(" ", width-1) + "0"
	}
	require.Contains(t, string(files[0].Bytes), "\n"+want+"  "+"   445\n")
}

func FuzzDecode(f *testing.F) {
	var codecs []*layout.Codec
	for _, preset := range []string{"totalview-a", "totalview-b", "contact-history"} {
		enc, err := nice.New(vendors.Settings{Presets: []string{preset}})
		require.NoError(f, err)
		codecs = append(codecs, layouttest.Codecs(f, enc)...)
	}
	signOns, err := nice.New(vendors.Settings{Values: map[string]string{"signOnReport": "write"}})
	require.NoError(f, err)
	codecs = append(codecs, layouttest.Codecs(f, signOns)...)
	layouttest.FuzzDecode(f, codecs, layouttest.Seeds(f, "testdata")...)
}
