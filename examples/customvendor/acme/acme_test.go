package acme_test

import (
	"testing"

	"github.com/cicwfm/cicwfm/examples/customvendor/acme"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/vendortest"
	"github.com/cicwfm/cicwfm/wfm"
)

// TestAdapter is all that an adapter needs: the kit knows the rules.
func TestAdapter(t *testing.T) {
	h := vendortest.For(acme.Entry())
	h.RTASettings.Statuses = vendors.StatusMap{Unmapped: vendors.SkipUnmapped, ByActivity: map[wfm.AgentActivity]vendors.Code{
		wfm.AgentAvailable: {Code: "A"}, wfm.AgentUnavailable: {Code: "U"}, wfm.AgentAfterCall: {Code: "W"}, wfm.AgentLoggedOff: {Code: "O"}}}
	t.Run("bare", func(t *testing.T) { vendortest.Run(t, h) })
	t.Run("wrapped", func(t *testing.T) { vendortest.Run(t, vendortest.Wrapped(h)) })
}
