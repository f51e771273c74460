package verint_test

import (
	"testing"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout/layouttest"
	"github.com/cicwfm/cicwfm/vendors/verint"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
)

func TestGolden(t *testing.T) { layouttest.Run(t, "testdata", verint.New) }

// TestRoundTrip compares every figure of files that were read back with the definitions.
func TestRoundTrip(t *testing.T) {
	enc, err := verint.New(vendors.Settings{})
	require.NoError(t, err)
	derived := func(d wfm.Derived, decimals int) func(wfm.Counts) (int64, bool) {
		return func(c wfm.Counts) (int64, bool) { return d.Of(c).Scaled(decimals) }
	}
	counter := func(plus []wfm.Counter, minus ...wfm.Counter) func(wfm.Counts) (int64, bool) {
		return func(c wfm.Counts) (sum int64, ok bool) {
			for _, id := range plus {
				sum += c.Get(id)
			}
			for _, id := range minus {
				sum -= c.Get(id)
			}
			return sum, true
		}
	}
	list := func(ids ...wfm.Counter) []wfm.Counter { return ids }
	layouttest.RoundTrip(t, enc, layouttest.Figures{
		"Calls": derived(wfm.Offered, 0), "Chats": derived(wfm.Offered, 0), "Emails": derived(wfm.Offered, 0),
		"Replied": derived(wfm.Handled, 0), "SL": derived(wfm.ServiceLevel3, 2), "ASA": derived(wfm.ASA, 0),
		"AHT": derived(wfm.AHT, 0), "Abd": derived(wfm.Abandoned, 0),
		"STAFF_TIME":   counter(list(wfm.TAgentLoggedIn)),
		"TALK_TIME":    counter(list(wfm.TTalkAcd), wfm.THoldAcd),
		"ACW_TIME":     counter(list(wfm.TAcw)),
		"HOLD_TIME":    counter(list(wfm.THoldAcd)),
		"AUX_ALL_TIME": counter(list(wfm.TAgentNotAvailable, wfm.TAgentDnd, wfm.TAgentOnNonAcdCall)),
		"AUX_IN_TIME":  counter(list(wfm.TExternToInternCalls), wfm.TExternToInternAcdCalls),
		"AUX_OUT_TIME": counter(list(wfm.TInternToExternCalls), wfm.TInternToExternAcdCalls),
		"IDLE_TIME":    counter(list(wfm.TAgentAvailable)),
		"ACDCALLS":     counter(list(wfm.NAnsweredAcd)),
	})
}

func FuzzDecode(f *testing.F) {
	enc, err := verint.New(vendors.Settings{})
	require.NoError(f, err)
	layouttest.FuzzDecode(f, layouttest.Codecs(f, enc), layouttest.Seeds(f, "testdata")...)
}
