package gmt_test

import (
	"testing"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/gmt"
	"github.com/cicwfm/cicwfm/vendors/layout/layouttest"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
)

func TestGolden(t *testing.T) { layouttest.Run(t, "testdata", gmt.New) }

// TestRoundTrip compares every figure of files that were read back with the definitions.
func TestRoundTrip(t *testing.T) {
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
	enc, err := gmt.New(vendors.Settings{})
	require.NoError(t, err)
	layouttest.RoundTrip(t, enc, layouttest.Figures{"Offered": derived(wfm.Offered), "Handled": derived(wfm.Handled), "Abandoned": derived(wfm.Abandoned),
		"InThreshold": sum(wfm.NAnsweredAcdSvcLvl1, wfm.NAnsweredAcdSvcLvl2, wfm.NAnsweredAcdSvcLvl3),
		"TalkTime":    sum(wfm.TTalkAcd), "WorkTime": sum(wfm.TAcw), "AnswerDelay": sum(wfm.TAnsweredAcd), "AbandonDelay": sum(wfm.TAbandonedAcd),
		"HoldTime": sum(wfm.THoldAcd), "AvailableTime": sum(wfm.TAgentAvailable), "NotReadyTime": sum(wfm.TAgentNotAvailable, wfm.TAgentDnd),
		"OtherCallTime": sum(wfm.TAgentOnNonAcdCall), "LoginTime": sum(wfm.TAgentLoggedIn),
	})
}

func BenchmarkEncode(b *testing.B) { layouttest.Benchmark(b, gmt.New) }

// BenchmarkAgainst compares with what the standard library offers.
func BenchmarkAgainst(b *testing.B) { layouttest.BenchmarkAgainst(b, gmt.New) }

func FuzzDecode(f *testing.F) {
	enc, err := gmt.New(vendors.Settings{})
	require.NoError(f, err)
	layouttest.FuzzDecode(f, layouttest.Codecs(f, enc), layouttest.Seeds(f, "testdata")...)
}
