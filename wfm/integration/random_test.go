package integration_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/historical/historicaltest"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/integration"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// faulty is a source, a ledger and a transport that fail by the toss of a coin, before or after the
// effect. The transport keeps every version that it was given.
type faulty struct {
	ledger.Ledger
	*historicaltest.Memory
	toss     func(stage string) bool
	versions map[string][]string // by file name, in order of delivery
}

var errFault = &wfm.Error{Op: "toss", Kind: wfm.Unavailable, Retry: true, Err: errors.New("a fault")}

func (f *faulty) fault(stage string) error {
	if f.toss(stage) {
		return errFault
	}
	return nil
}

func (f *faulty) Rows(ctx context.Context, q historical.Query) iter.Seq2[historical.Row, error] {
	return func(yield func(historical.Row, error) bool) {
		for r, err := range f.Memory.Rows(ctx, q) {
			if err == nil {
				err = f.fault("row")
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

func (f *faulty) Entries(ctx context.Context, feed string, w wfm.Window) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		if err := f.fault("entries"); err != nil {
			yield(ledger.Entry{}, err)
			return
		}
		f.Ledger.Entries(ctx, feed, w)(yield)
	}
}

func (f *faulty) Begin(ctx context.Context, k ledger.Key, d wfm.Digest) (ledger.Entry, error) {
	if err := f.fault("before begin"); err != nil {
		return ledger.Entry{}, err
	}
	e, err := f.Ledger.Begin(ctx, k, d)
	return e, errors.Join(err, f.fault("after begin"))
}

func (f *faulty) Commit(ctx context.Context, k ledger.Key, r delivery.Receipt) error {
	if err := f.fault("before commit"); err != nil {
		return err
	}
	return errors.Join(f.Ledger.Commit(ctx, k, r), f.fault("after commit"))
}

func (f *faulty) Deliver(_ context.Context, a wfm.Artifact) (delivery.Receipt, error) {
	if err := f.fault("before delivery"); err != nil {
		return delivery.Receipt{}, err
	}
	f.versions[a.Name] = append(f.versions[a.Name], string(a.Bytes))
	return delivery.Receipt{Where: a.Name}, f.fault("after delivery")
}

func (f *faulty) Probe(_ context.Context, a wfm.Artifact) (delivery.Receipt, bool, error) {
	n := len(f.versions[a.Name])
	return delivery.Receipt{Where: a.Name}, n > 0 && f.versions[a.Name][n-1] == string(a.Bytes), f.fault("probe")
}

// progress adds the watermark to a faulty ledger.
type progress struct {
	*faulty
	ledger.Progress
}

// TestFaultsNeitherLoseNorRepeat lets Run follow the clock through faults at random places, restarts
// and late rows. In the end the last version of each interval is the truth, and no version was
// delivered twice in a row.
func TestFaultsNeitherLoseNorRepeat(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		days := rapid.Bool().Draw(rt, "days")
		faults := rapid.SliceOfN(rapid.IntRange(1, 40), 0, 25).Draw(rt, "steps between faults")
		late := rapid.SliceOfN(rapid.IntRange(0, 23), 0, 10).Draw(rt, "late rows")
		synctest.Test(t, func(t *testing.T) {
			m, l := &historicaltest.Memory{}, ledger.NewMemory(time.Now)
			truth := make([]int64, 24*4)
			for i := range truth {
				truth[i] = int64(i + 1)
			}
			fill(m, epoch, len(truth))
			left := 0
			next := func() bool {
				if len(faults) == 0 {
					return false
				}
				if left == 0 {
					left = faults[0]
				}
				if left--; left > 0 {
					return false
				}
				faults = faults[1:]
				return true
			}
			x := &faulty{Ledger: l, Memory: m, versions: map[string][]string{}, toss: func(string) bool { return next() }}
			f := feedOf(m, x, plain{days: days})
			f.Servers[0].Source, f.Start = x, epoch
			for hour := range 30 { // each hour the process is started anew
				s, err := integration.New(integration.Options{Historical: []integration.HistoricalFeed{f}, Ledger: progress{x, l}, Licence: licensed(t)})
				require.NoError(t, err)
				stop := running(t, s)
				time.Sleep(time.Hour)
				stop()
				for n, interval := range late {
					if interval < hour {
						m.Queue(1, epoch.Add(time.Duration(interval)*time.Hour), quarter, "Sales", entered(1000))
						truth[interval*4] += 1000
						late[n] = 99
					}
				}
			}
			if days {
				var want string
				for _, n := range truth {
					want += figure(n)
				}
				requireVersions(t, x, "20000101_0000.json", want)
				return
			}
			for i, n := range truth {
				requireVersions(t, x, epoch.Add(time.Duration(i)*quarter).Format("20060102_1504")+".json", figure(n))
			}
		})
	})
}

func requireVersions(t *testing.T, x *faulty, name, last string) {
	t.Helper()
	v := x.versions[name]
	require.NotEmpty(t, v, "%s was lost", name)
	require.Equal(t, last, v[len(v)-1], "%s: the last version is not the truth", name)
	for i := range v[1:] {
		require.NotEqual(t, v[i], v[i+1], fmt.Sprintf("%s: version %d was delivered twice", name, i+1))
	}
}
