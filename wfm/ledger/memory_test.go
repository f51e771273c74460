package ledger_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/ledger"
	"github.com/cicwfm/cicwfm/wfm/ledger/ledgertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMemoryConforms(t *testing.T) {
	var ahead atomic.Int64
	l := ledger.NewMemory(func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) })
	ledgertest.Run(t, ledgertest.Subject{Move: func(d time.Duration) { ahead.Add(int64(d)) }, Open: func(context.Context) (ledger.Ledger, error) { return l, nil }})
}

func TestMemoryUsesItsClock(t *testing.T) {
	at := time.Date(2018, 10, 28, 3, 0, 0, 0, time.FixedZone("CET", 3600))
	l := ledger.NewMemory(func() time.Time { return at })
	e, err := l.Begin(t.Context(), goodKey(), wfm.DigestOf(nil))
	require.NoError(t, err)
	require.Equal(t, at.UTC(), e.BegunAt)
}

func goodKey() ledger.Key {
	start := time.Date(2018, 10, 28, 0, 0, 0, 0, time.UTC)
	return ledger.Key{Feed: "sales", Kind: "call", Period: wfm.Window{Start: start, End: start.Add(time.Hour)}, Revision: 1, Name: "call.txt"}
}

func TestLimits(t *testing.T) {
	k := goodKey()
	k.Feed, k.Kind, k.Name = strings.Repeat("f", ledger.MaxFeed), strings.Repeat("k", ledger.MaxKind), strings.Repeat("n", ledger.MaxName)
	require.NoError(t, k.Check())
	k.Feed, k.Kind, k.Name = k.Feed+"f", k.Kind+"k", k.Name+"n"
	for _, want := range []string{"feed", "kind", "name"} {
		require.Regexp(t, want+` .* is longer than \d+ bytes`, k.Check())
	}
	require.ErrorContains(t, ledger.CheckFeed(" sales"), "begins or ends with a blank")
	require.ErrorContains(t, ledger.NewMemory(nil).SetWatermark(t.Context(), "", k.Period.End), "feed is empty")

	err := ledger.CheckLease("sales\n", "", -time.Second)
	require.ErrorContains(t, err, "begins or ends with a blank")
	require.ErrorContains(t, err, "holder is empty")
	require.ErrorContains(t, err, "not more than zero")
}

func TestStoredReceipts(t *testing.T) {
	long := strings.Repeat("\u6771", ledger.MaxWhere)
	got := ledger.Stored(delivery.Receipt{Where: long, Bytes: 7})
	require.Equal(t, int64(7), got.Bytes)
	require.LessOrEqual(t, len(got.Where), ledger.MaxWhere)
	require.Greater(t, len(got.Where), ledger.MaxWhere-3)
	require.True(t, strings.HasPrefix(long, got.Where))
	require.Equal(t, "a\uFFFDb", ledger.Stored(delivery.Receipt{Where: "a\xffb"}).Where)
	require.Equal(t, got, ledger.Stored(got))
}

func TestLostErrorNamesBoth(t *testing.T) {
	old := ledger.Lease{Feed: "sales", Holder: "a", Token: 3}
	err := fmt.Errorf("wrapped: %w", &ledger.LostError{Lease: old, Now: ledger.Lease{Feed: "sales", Holder: "b", Token: 4}})
	require.True(t, ledger.IsLost(err))
	require.EqualError(t, err, `wrapped: feed "sales" passed to "b" (lease 4, ours was 3)`)
	require.EqualError(t, &ledger.LostError{Lease: old, Now: old}, `the lease 3 of feed "sales" has ended`)
	retry, _ := wfm.ShouldRetry(err)
	require.True(t, retry)
}

func TestKeyCheckFindsEveryProblem(t *testing.T) {
	require.NoError(t, goodKey().Check())
	bad := ledger.Key{Feed: "\xff", Part: -1, Period: wfm.Window{Start: goodKey().Period.End, End: goodKey().Period.Start}}
	err := bad.Check()
	for _, want := range []string{`feed "\xff" is not valid UTF-8`, "kind is empty", "name is empty", "period", `part "-1" is negative`, `revision "0"`} {
		require.ErrorContains(t, err, want)
	}
	far := goodKey()
	far.Period.End = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
	require.ErrorContains(t, far.Check(), "outside the years 1 to 9999")
	for _, l := range []ledger.Ledger{ledger.NewMemory(nil)} {
		_, err := l.Begin(t.Context(), bad, wfm.Digest{})
		require.Equal(t, wfm.BadConfig, wfm.KindOf(err))
		require.Equal(t, wfm.BadConfig, wfm.KindOf(l.Commit(t.Context(), bad, delivery.Receipt{})))
	}
}

// TestKeyIDNeverChanges: the ID is stored in databases.
func TestKeyIDNeverChanges(t *testing.T) {
	require.Equal(t, "99c5f0f458df420a86d36638cac20929f9aff01e175e3e4ef47270e81d4abce7", goodKey().ID())
}

func ExampleLeases() {
	ctx := context.Background()
	l := ledger.NewMemory(nil)
	first, _ := l.Acquire(ctx, "sales", "host-a 4711", time.Hour)
	fmt.Println(first.Holder, first.Token)
	standing, _ := l.Acquire(ctx, "sales", "host-b 1234", time.Hour)
	fmt.Println(standing.Holder, standing.Token)

	_ = l.Release(ctx, first) // or it ends, because its holder does not prolong it
	second, _ := l.Acquire(ctx, "sales", "host-b 1234", time.Hour)
	fmt.Println(second.Holder, second.Token)
	fmt.Println(l.Fenced(first).SetWatermark(ctx, "sales", time.Now()))
	// Output:
	// host-a 4711 1
	// host-a 4711 1
	// host-b 1234 2
	// feed "sales" passed to "host-b 1234" (lease 2, ours was 1)
}

func ExampleLedger() {
	ctx := context.Background()
	clock := func() time.Time { return time.Date(2018, 10, 28, 1, 20, 0, 0, time.UTC) }
	l := ledger.NewMemory(clock)

	start := time.Date(2018, 10, 28, 1, 0, 0, 0, time.UTC)
	file := wfm.Artifact{Kind: "call", Name: "call_0100.txt", Revision: 1, Bytes: []byte("Sales;12\n"),
		Interval: wfm.Window{Start: start, End: start.Add(15 * time.Minute)}}
	key := ledger.Key{Feed: "sales", Kind: file.Kind, Period: file.Interval, Revision: file.Revision, Name: file.Name}

	for range 2 { // the second round is what happens after a restart
		e, err := l.Begin(ctx, key, file.Digest())
		if err != nil {
			fmt.Println(err)
			return
		}
		if e.Status == ledger.Delivered {
			fmt.Println("skip", e.Key.Name, "delivered", e.DeliveredAt.Format(time.RFC3339))
			continue
		}
		fmt.Println("send", e.Key.Name) // here a delivery.Transport sends the file
		if err := l.Commit(ctx, key, delivery.Receipt{Where: "wfm-server", Bytes: int64(len(file.Bytes))}); err != nil {
			fmt.Println(err)
		}
	}

	file.Bytes = []byte("Sales;13\n") // other content under the same key is never sent
	_, err := l.Begin(ctx, key, file.Digest())
	fmt.Println(wfm.KindOf(err))
	// Output:
	// send call_0100.txt
	// skip call_0100.txt delivered 2018-10-28T01:20:00Z
	// conflict
}
