package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/integration"
)

func TestAilments(t *testing.T) {
	began := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	grid := wfm.Grid{Length: wfm.Quarter, Location: time.UTC}
	feeds := map[string]integration.HistoricalFeed{"f": {Name: "f", Grid: grid}}
	at := func(watermark time.Time, err string, next time.Time) integration.FeedStatus {
		return integration.FeedStatus{Name: "f", Watermark: watermark, LastError: err, Next: next}
	}
	soon := began.Add(90 * time.Minute)
	for name, c := range map[string]struct {
		st   integration.Status
		want string
	}{
		"at rest":                {integration.Status{Feeds: []integration.FeedStatus{at(began, "", soon)}}, ""},
		"late without a failure": {integration.Status{Feeds: []integration.FeedStatus{at(began.Add(-24*time.Hour), "", soon)}}, ""},
		// Now is 09:30; the interval after 08:20 was due at 08:45, and three more are 09:30.
		"fails a short time": {integration.Status{Feeds: []integration.FeedStatus{at(began.Add(20*time.Minute), "away", soon)}}, ""},
		"fails for long":     {integration.Status{Feeds: []integration.FeedStatus{at(began.Add(19*time.Minute), "away", soon)}}, "stands at 2026-03-02T08:19:00Z and fails: away"},
		"never began":        {integration.Status{Feeds: []integration.FeedStatus{at(time.Time{}, "away", soon)}}, "fails: away"},
		"may not run":        {integration.Status{Feeds: []integration.FeedStatus{at(soon, "not licensed", time.Time{})}}, "may not run: not licensed"},
		"not licensed": {integration.Status{Feeds: []integration.FeedStatus{{Name: "f", Watermark: soon, LastError: "not licensed", Refused: true, Next: soon}}},
			"may not run (tried again at 2026-03-02T09:30:00Z): not licensed"},
		"another instance": {integration.Status{Feeds: []integration.FeedStatus{{Name: "f", Watermark: began.Add(-time.Hour), LastError: "old",
			Lease: integration.LeaseStatus{Holder: "b"}}}}, ""},
		"no lease to be had": {integration.Status{Feeds: []integration.FeedStatus{{Name: "f", Watermark: began.Add(-time.Hour), Lease: integration.LeaseStatus{Error: "database away"}}}},
			"fails: database away"},
		"serves":    {integration.Status{RealTime: []integration.RealTimeStatus{{Name: "r", State: "serving"}}}, ""},
		"stands by": {integration.Status{RealTime: []integration.RealTimeStatus{{Name: "r", State: "standby"}}}, ""},
		"refused":   {integration.Status{RealTime: []integration.RealTimeStatus{{Name: "r", State: "refused", LastError: "no code"}}}, "is refused: no code"},
		"refused for a time": {integration.Status{RealTime: []integration.RealTimeStatus{{Name: "r", State: "refused", LastError: "not licensed", Next: soon}}},
			"is refused (tried again at 2026-03-02T09:30:00Z): not licensed"},
		"dials in vain": {integration.Status{RealTime: []integration.RealTimeStatus{{Name: "r", State: "serving",
			Receivers: []integration.ReceiverStatus{{Where: "tcp x", Since: began, Next: soon, LastError: "refused"}}}}}, "reaches no receiver, the last was tcp x: refused"},
		"one of two": {integration.Status{RealTime: []integration.RealTimeStatus{{Name: "r", State: "serving",
			Receivers: []integration.ReceiverStatus{{Where: "tcp x", Since: began, Next: soon, LastError: "refused"}, {Connected: true}}}}}, ""},
		"once came to a listener": {integration.Status{RealTime: []integration.RealTimeStatus{{Name: "r", State: "serving",
			Receivers: []integration.ReceiverStatus{{Where: "tcp x", Since: began}}}}}, ""},
		"server up":         {integration.Status{Servers: []rta.ServerHealth{{Server: "cic", State: rta.ServerUp, Since: began}}}, ""},
		"server away":       {integration.Status{Servers: []rta.ServerHealth{{Server: "cic", State: rta.ServerDown, Since: began, Reason: "refused"}}}, "is not reached since 2026-03-02T08:00:00Z: refused"},
		"server away a bit": {integration.Status{Servers: []rta.ServerHealth{{Server: "cic", State: rta.ServerDown, Since: soon.Add(-time.Minute)}}}, ""},
	} {
		list := ailments(c.st, feeds, began, soon, soon)
		if c.want == "" {
			require.Empty(t, list, name)
			continue
		}
		require.Len(t, list, 1, name)
		require.Contains(t, list[0].Reason, c.want, name)
	}
}
