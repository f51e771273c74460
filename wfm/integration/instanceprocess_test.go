package integration_test

import (
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"time"

	"github.com/cicwfm/cicwfm/historical/historicaltest"
	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/wfm/delivery/filedrop"
	"github.com/cicwfm/cicwfm/wfm/integration"
	ledgerfile "github.com/cicwfm/cicwfm/wfm/ledger/sqlledger/sqlite"
)

// The test runs this test binary again as two instances, kills and pauses them, and counts from outside what
// appears in the folder.
const (
	instanceDir  = "CICWFM_TEST_INSTANCE_DIR"
	instanceName = "CICWFM_TEST_INSTANCE_NAME"
	// killsVariable says how often; 12 is enough to see that it works at all.
	killsVariable = "CICWFM_TEST_KILLS"
	instanceLease = time.Second
	instanceSpeed = 900 // a quarter of an hour lasts a second
)

// fastClock runs faster than time, from a moment that both instances know.
type fastClock struct{ began time.Time }

func (c fastClock) Now() time.Time { return epoch.Add(time.Since(c.began) * instanceSpeed) }

func (fastClock) Sleep(ctx context.Context, span time.Duration) {
	select {
	case <-time.After(span / instanceSpeed):
	case <-ctx.Done():
	}
}

// readyFile holds the number of the process that an interrupt ends in order from now on.
func readyFile(dir, name string) string { return filepath.Join(dir, name+".ready") }

// runInstance is one of the two processes: it runs until it is interrupted.
func runInstance(dir, name string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	l, err := ledgerfile.Open(ctx, filepath.Join(dir, "ledger.db"), ledgerfile.Options{})
	if err != nil {
		return err
	}
	defer l.Close()
	// Without flushing, since a killed process loses no writes, and the test is about the order of steps.
	drop, err := filedrop.New(filepath.Join(dir, "out"), filedrop.Options{NoSync: true})
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(dir, "began"))
	if err != nil {
		return err
	}
	nanos, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		return err
	}
	m := &historicaltest.Memory{}
	fill(m, epoch, 2000)
	f := feedOf(m, drop, plain{})
	f.Start, f.Lookback = epoch, time.Hour
	s, err := integration.New(integration.Options{Ledger: l, Historical: []integration.HistoricalFeed{f}, Clock: fastClock{time.Unix(0, nanos)},
		Licence:  license.NewGate(license.Declared{All: []license.Feature{license.FeatureHistorical}}, license.Options{}),
		Instance: integration.Instance{Name: name, Lease: instanceLease}})
	if err != nil {
		return err
	}
	// Not before the ledger is open: an interrupt would be its error.
	if err := os.WriteFile(readyFile(dir, name), []byte(strconv.Itoa(os.Getpid())), 0o600); err != nil {
		return err
	}
	return s.Run(ctx)
}
