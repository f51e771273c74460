package integration_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical/historicaltest"
	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/integration"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// plain is an encoder that writes JSON, one file per interval, or per day.
type plain struct {
	days     bool
	repeat   vendors.RepeatPolicy
	restates vendors.Restatement
}

func (plain) Info() vendors.Info { return vendors.Info{Name: "plain"} }

func (p plain) Needs() wfm.Needs {
	return wfm.Needs{Queue: wfm.Columns{Counters: wfm.NewCounterSet(wfm.NEnteredAcd)}, WholeDays: p.days}
}

func (p plain) RepeatPolicy() vendors.RepeatPolicy {
	if p.repeat == "" {
		return vendors.RepeatDistinct
	}
	return p.repeat
}

func (p plain) Restatement() vendors.Restatement { return p.restates }

func (p plain) EncodeHistorical(_ context.Context, reports []wfm.Report) ([]wfm.Artifact, error) {
	a := wfm.Artifact{Kind: "queue", Interval: wfm.Window{Start: reports[0].Interval.Start, End: reports[len(reports)-1].Interval.End}}
	if !p.days {
		a.Interval = reports[0].Interval
	}
	a.Name = a.Interval.Start.Format("20060102_1504") + ".json"
	for _, r := range reports {
		figures := map[wfm.Workgroup]int64{}
		for _, q := range r.Queues {
			figures[q.Workgroup] = q.Counts.Get(wfm.NEnteredAcd)
			a.Rows++
		}
		line, err := json.Marshal(figures)
		if err != nil {
			return nil, err
		}
		a.Bytes = append(append(a.Bytes, line...), '\n')
	}
	return []wfm.Artifact{a}, nil
}

// shelf is a transport in memory that counts deliveries.
type shelf struct {
	mu    sync.Mutex
	files map[string]string
	count map[string]int
	fail  func(name string) error
}

func (s *shelf) Deliver(_ context.Context, a wfm.Artifact) (delivery.Receipt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		if err := s.fail(a.Name); err != nil {
			return delivery.Receipt{}, err
		}
	}
	if s.files == nil {
		s.files, s.count = map[string]string{}, map[string]int{}
	}
	s.files[a.Name] = string(a.Bytes)
	s.count[a.Name]++
	return delivery.Receipt{Where: "shelf/" + a.Name, Bytes: int64(len(a.Bytes))}, nil
}

func (s *shelf) get(name string) (string, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.files[name], s.count[name]
}

func (s *shelf) names() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.files)
}

func utc(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

func entered(n int64) map[wfm.Counter]int64 { return map[wfm.Counter]int64{wfm.NEnteredAcd: n} }

// fill adds quarter-hour rows for one workgroup from a time on: 1, 2, 3 …
func fill(m *historicaltest.Memory, from time.Time, rows int) {
	for i := range rows {
		m.Queue(1, from.Add(time.Duration(i)*15*time.Minute), 15*time.Minute, "Sales", entered(int64(i+1)))
	}
}

func feedOf(m *historicaltest.Memory, t delivery.Transport, p plain) integration.HistoricalFeed {
	return integration.HistoricalFeed{Name: "history", Servers: []integration.Server{{Name: "cic1", Source: m}},
		Encoder: p, Transport: t, Grid: wfm.Grid{Length: wfm.Quarter}, Workgroups: []wfm.Workgroup{"Sales"}}
}

func newService(t *testing.T, l ledger.Ledger, feeds ...integration.HistoricalFeed) *integration.Service {
	t.Helper()
	s, err := integration.New(integration.Options{Historical: feeds, Ledger: l, Licence: licensed(t)})
	require.NoError(t, err)
	return s
}

// licensed is a gate for servers that have the feature: those named, or cic1, site1 and site2.
func licensed(t testing.TB, servers ...string) *license.Gate {
	t.Helper()
	if len(servers) == 0 {
		servers = []string{"cic1", "site1", "site2"}
	}
	declared := license.Declared{ByServer: map[string][]license.Feature{}}
	for _, s := range servers {
		declared.ByServer[s] = []license.Feature{license.FeatureHistorical}
	}
	return license.NewGate(declared, license.Options{})
}

func unlicensed(t testing.TB) *license.Gate {
	t.Helper()
	return license.NewGate(license.Declared{All: []license.Feature{"I3_FEATURE_OTHER"}}, license.Options{})
}

var errPassing = &wfm.Error{Op: "deliver", Kind: wfm.Unavailable, Retry: true, Err: errors.New("the server does not answer")}

func figure(n int64) string { return fmt.Sprintf("{\"Sales\":%d}\n", n) }
