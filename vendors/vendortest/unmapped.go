package vendortest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/conform"
)

// unmapped adds an agent in a status that has no code, where the settings leave one without.
func (k *kit) unmapped(context.Context) error {
	s := k.rtaSettings()
	if s.Statuses.Unmapped == vendors.UseDefault || s.Statuses.Unmapped == vendors.UseKey {
		s.Statuses.Unmapped, s.Statuses.Default = vendors.SkipUnmapped, vendors.Code{}
	}
	enc, err := k.RealTime(s)
	if err != nil {
		return fmt.Errorf("the rule to skip unmapped statuses is refused: %w", err)
	}
	others := sampleStates(3)
	mapper, foretells := vendors.Find[vendors.Mapper](enc)
	tried := false
	for i, d := range []wfm.StatusDefinition{
		{Key: "vendortest has no code", Group: "vendortest"},
		{Key: "vendortest has none for work", Group: "vendortest", ACW: true},
		{Key: "vendortest has none for contacts", Group: "vendortest", ACD: true},
	} {
		odd := in(sampleStates(5)[4], []int{1, 2, 0}[i], present().Add(-time.Minute))
		odd.Status = d
		got, err := snapshot(enc.NewSession(), append(slices.Clone(others), odd))
		if err != nil {
			return err
		}
		n := slices.IndexFunc(got.skipped, func(s *vendors.Skipped) bool { return s.Agent == odd.Agent })
		if foretells {
			list, err := mapper.CheckStatuses([]wfm.StatusDefinition{d})
			if foretold := len(list) > 0 || err != nil; foretold != (n >= 0 && got.skipped[n].Unmapped) {
				return fmt.Errorf("CheckStatuses says of status %s that it has no code: %t; a session skips it: %t", wfm.Quote(string(d.Key)), foretold, n >= 0)
			}
		}
		without, err := snapshot(enc.NewSession(), others)
		if err != nil {
			return err
		}
		if n < 0 {
			if len(got.Bytes) <= len(without.Bytes) {
				return fmt.Errorf("an agent in status %s is neither told nor skipped: return a *vendors.Skipped", wfm.Quote(string(d.Key)))
			}
			continue // it has a code
		}
		tried = true
		if skip := got.skipped[n]; !skip.Unmapped || skip.Status != d.Key || skip.Reason == "" {
			return fmt.Errorf("the skipped agent says %+v; want Unmapped, status %s and a reason", *skip, wfm.Quote(string(d.Key)))
		}
		if err := sameFrames(without.Frames, got.Frames); err != nil {
			return fmt.Errorf("a skipped agent changes the frames of others: %w", err)
		}
	}
	if !tried {
		return conform.Skip{Reason: "every status has a code under these settings"}
	}
	return nil
}
