package verint_test

import (
	"testing"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout/layouttest"
	"github.com/cicwfm/cicwfm/vendors/verint"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
)

// TestAvayaRoundTrip compares every figure of files that were read back with the definitions.
func TestAvayaRoundTrip(t *testing.T) {
	enc, err := verint.New(vendors.Settings{Presets: []string{"avaya-csv"}})
	require.NoError(t, err)
	derived := func(d wfm.Derived, decimals int) func(wfm.Counts) (int64, bool) {
		return func(c wfm.Counts) (int64, bool) {
			v, _ := d.Of(c).Scaled(decimals)
			return v, true // 0 where there is nothing to divide by
		}
	}
	layouttest.RoundTrip(t, enc, layouttest.Figures{"presented": derived(wfm.Offered, 0), "lost": derived(wfm.Abandoned, 0),
		"gos": derived(wfm.ServiceLevel3, 4), "transactions": derived(wfm.Handled, 0), "average": derived(wfm.AverageTalk, 0),
		"staffing": func(c wfm.Counts) (int64, bool) {
			return wfm.Ratio{Num: c.Get(wfm.TAgentLoggedIn), Den: int64(15 * time.Minute / time.Second)}.Scaled(0)
		}})
}

func FuzzAvaya(f *testing.F) {
	enc, err := verint.New(vendors.Settings{Presets: []string{"avaya-csv"}})
	require.NoError(f, err)
	layouttest.FuzzDecode(f, layouttest.Codecs(f, enc), layouttest.Seeds(f, "testdata")...)
}
