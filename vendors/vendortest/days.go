package vendortest

import (
	"context"
	"fmt"
	"slices"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/conform"
)

// days hands over a day without its first and last interval, as a host does while their figures are not known. When they
// come, the ledger has to know the file of the day again, by what identifies an artifact there.
func (k *kit) days(ctx context.Context, enc vendors.HistoricalEncoder) error {
	if !enc.Needs().WholeDays {
		return conform.Skip{Reason: "Needs.WholeDays is not set: each interval comes alone"}
	}
	reports := k.sample(enc)
	if len(reports) < 3 {
		return conform.Skip{Reason: "a day has one interval under Harness.Settings"}
	}
	whole, err := enc.EncodeHistorical(ctx, reports)
	if err != nil {
		return err
	}
	part, err := enc.EncodeHistorical(ctx, k.sample(enc)[1:len(reports)-1])
	if err != nil {
		return fmt.Errorf("a day whose first and last interval are not known: %w", err)
	}
	for _, f := range part {
		n := slices.IndexFunc(whole, func(o wfm.Artifact) bool {
			return o.Kind == f.Kind && o.Part == f.Part && sameWindow(o.Interval, f.Interval)
		})
		switch {
		case n < 0:
			return fmt.Errorf("where the first and the last interval of the day are not known, artifact %s covers %s, and no artifact of the whole day does; "+
				"its Interval is the day, not the reports", wfm.Quote(f.Name), f.Interval)
		case whole[n].Name != f.Name:
			return fmt.Errorf("where the first and the last interval of the day are not known, artifact %s is named %s", wfm.Quote(whole[n].Name), wfm.Quote(f.Name))
		}
	}
	return nil
}
