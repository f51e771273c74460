package aspect_test

import (
	"testing"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/aspect"
	"github.com/cicwfm/cicwfm/vendors/layout/layouttest"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
)

func TestHistoricalGolden(t *testing.T) { layouttest.Run(t, "testdata", aspect.New) }

// TestHistoricalRoundTrip compares every figure of files that were read back with the definitions.
func TestHistoricalRoundTrip(t *testing.T) {
	sum := func(list ...wfm.Counter) func(wfm.Counts) (int64, bool) {
		return func(c wfm.Counts) (n int64, ok bool) {
			for _, id := range list {
				n += c.Get(id)
			}
			return n, true
		}
	}
	derived := func(d wfm.Derived) func(wfm.Counts) (int64, bool) {
		return func(c wfm.Counts) (int64, bool) { return d.Of(c).Scaled(0) }
	}
	enc, err := aspect.New(vendors.Settings{})
	require.NoError(t, err)
	layouttest.RoundTrip(t, enc, layouttest.Figures{"Offered": derived(wfm.Offered), "Handled": derived(wfm.Handled), "Abandoned": derived(wfm.Abandoned),
		"InThreshold": sum(wfm.NAnsweredAcdSvcLvl1, wfm.NAnsweredAcdSvcLvl2, wfm.NAnsweredAcdSvcLvl3),
		"TalkTime":    sum(wfm.TTalkAcd), "WorkTime": sum(wfm.TAcw), "AnswerDelay": sum(wfm.TAnsweredAcd), "AbandonDelay": sum(wfm.TAbandonedAcd),
		"HoldTime": sum(wfm.THoldAcd),
	})
}

func BenchmarkEncode(b *testing.B) { layouttest.Benchmark(b, aspect.New) }

// BenchmarkAgainst compares with what the standard library offers.
func BenchmarkAgainst(b *testing.B) { layouttest.BenchmarkAgainst(b, aspect.New) }

func FuzzDecode(f *testing.F) {
	enc, err := aspect.New(vendors.Settings{})
	require.NoError(f, err)
	layouttest.FuzzDecode(f, layouttest.Codecs(f, enc), layouttest.Seeds(f, "testdata")...)
}
