package sqlite_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm/conform"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/ledger"
	"github.com/cicwfm/cicwfm/wfm/ledger/sqlledger"
)

// TestTwoPoolsRaceForAFeed lets two handles on one file, as two processes have them, ask for a feed that
// was just given back: one gets it, and only that one can write.
func TestTwoPoolsRaceForAFeed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	ledgers := []*sqlledger.Ledger{open(t, path), open(t, path)}
	for round := range 30 {
		leases := make([]ledger.Lease, 2)
		begun := make([]error, 2)
		errs := conform.Parallel(2, func(i int) (err error) {
			if leases[i], err = ledgers[i].Acquire(t.Context(), "sales", fmt.Sprint(i, " of round ", round), time.Minute); err != nil {
				return err
			}
			mine := leases[i]
			mine.Holder = fmt.Sprint(i, " of round ", round) // claims it, whoever got it
			_, begun[i] = ledgers[i].Fenced(mine).Begin(t.Context(), key(2*round+i), digest)
			return nil
		})
		require.NoError(t, errors.Join(errs...))
		require.Equal(t, leases[0].Holder, leases[1].Holder)
		require.Equal(t, int64(round+1), leases[0].Token)
		for i := range 2 {
			require.Equal(t, leases[i].Holder != fmt.Sprint(i, " of round ", round), ledger.IsLost(begun[i]), "%v", begun[i])
		}
		require.NoError(t, ledgers[round%2].Release(t.Context(), leases[0]))
	}
	require.Equal(t, 30, count(t, ledgers[0]))
}

// BenchmarkBeginCommitFenced is BenchmarkBeginCommit under a lease.
func BenchmarkBeginCommitFenced(b *testing.B) {
	l := open(b, filepath.Join(b.TempDir(), "ledger.db"))
	lease, err := l.Acquire(b.Context(), "sales", "a", time.Hour)
	require.NoError(b, err)
	f := l.Fenced(lease)
	for n := 0; b.Loop(); n++ {
		k := key(n)
		_, err := f.Begin(b.Context(), k, digest)
		require.NoError(b, err)
		require.NoError(b, f.Commit(b.Context(), k, delivery.Receipt{Where: "there", Bytes: 7}))
	}
}

// BenchmarkBeginDeliveredFenced is BenchmarkBeginDelivered under a lease: no write, so no wait for the disk.
func BenchmarkBeginDeliveredFenced(b *testing.B) {
	l := open(b, filepath.Join(b.TempDir(), "ledger.db"))
	lease, err := l.Acquire(b.Context(), "sales", "a", time.Hour)
	require.NoError(b, err)
	f := l.Fenced(lease)
	_, err = f.Begin(b.Context(), key(0), digest)
	require.NoError(b, err)
	require.NoError(b, f.Commit(b.Context(), key(0), delivery.Receipt{}))
	for b.Loop() {
		_, err := f.Begin(b.Context(), key(0), digest)
		require.NoError(b, err)
	}
}
