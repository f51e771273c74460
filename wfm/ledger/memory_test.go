package ledger_test

import (
	"context"
	"fmt"
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
	l := ledger.NewMemory(nil)
	ledgertest.Run(t, ledgertest.Subject{Open: func(context.Context) (ledger.Ledger, error) { return l, nil }})
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
