package vendortest

import "github.com/cicwfm/cicwfm/vendors"

// Wrapped returns the harness of the adapter inside a wrapper that shows the interface of its module alone, as hosts and sites
// wrap adapters to count or to log. Every rule must hold for it too: capabilities are found by
// vendors.Find, never by what a value happens to be.
func Wrapped(h Harness) Harness {
	if inner := h.Historical; inner != nil {
		h.Historical = func(s vendors.Settings) (vendors.HistoricalEncoder, error) {
			enc, err := inner(s)
			if err != nil || enc == nil {
				return nil, err
			}
			return wrappedHistorical{enc}, nil
		}
	}
	if inner := h.RealTime; inner != nil {
		h.RealTime = func(s vendors.RTASettings) (vendors.RTAEncoder, error) {
			enc, err := inner(s)
			if err != nil || enc == nil {
				return nil, err
			}
			return wrappedRTA{enc}, nil
		}
	}
	return h
}

type wrappedHistorical struct{ vendors.HistoricalEncoder }

func (w wrappedHistorical) Unwrap() vendors.Vendor { return w.HistoricalEncoder }

type wrappedRTA struct{ vendors.RTAEncoder }

func (w wrappedRTA) Unwrap() vendors.Vendor { return w.RTAEncoder }
