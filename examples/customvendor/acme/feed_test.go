package acme_test

import (
	"bufio"
	"context"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/examples/customvendor/acme"
	"github.com/cicwfm/cicwfm/historical/historicaltest"
	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/rta/rtatest"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery/filedrop"
	"github.com/cicwfm/cicwfm/wfm/delivery/tcplink"
	"github.com/cicwfm/cicwfm/wfm/integration"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// TestInAFeed runs the adapter as a service would, in both modules.
func TestInAFeed(t *testing.T) {
	gate := license.NewGate(license.Declared{All: []license.Feature{license.FeatureHistorical, "RTA"}}, license.Options{RealTime: "RTA"})

	// Historical: an interval from a source in memory to a folder.
	nine := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	day := &historicaltest.Memory{}
	day.Queue(1, nine, 30*time.Minute, "Sales", map[wfm.Counter]int64{wfm.NEnteredAcd: 15, wfm.NAnsweredAcd: 10, wfm.TTalkAcd: 2000, wfm.TAcw: 300})
	encoder, err := acme.New(vendors.Settings{})
	require.NoError(t, err)
	folder := t.TempDir()
	drop, err := filedrop.New(folder, filedrop.Options{})
	require.NoError(t, err)

	// Real time: an agent from a source in memory to a socket.
	states, err := acme.NewRealTime(vendors.RTASettings{Statuses: vendors.StatusMap{ByActivity: map[wfm.AgentActivity]vendors.Code{
		wfm.AgentAvailable: {Code: "A"}, wfm.AgentUnavailable: {Code: "U"}, wfm.AgentLoggedOff: {Code: "O"}}}})
	require.NoError(t, err)
	product, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer product.Close()
	links, err := tcplink.Dial([]string{product.Addr().String()}, tcplink.Options{})
	require.NoError(t, err)
	cic := rtatest.NewSource()

	service, err := integration.New(integration.Options{
		Ledger: ledger.NewMemory(time.Now), Licence: gate,
		Historical: []integration.HistoricalFeed{{Name: "files", Servers: []integration.Server{{Name: "cic", Source: day}}, Encoder: encoder, Transport: drop,
			Grid: wfm.Grid{Length: wfm.HalfHour}}},
		RealTimeServers: []integration.RealTimeServer{{Name: "cic", Source: cic}},
		RealTime:        []integration.RealTimeFeed{{Name: "states", Workgroups: []wfm.Workgroup{"Sales"}, Encoder: states, Links: links}},
	})
	require.NoError(t, err)

	_, err = service.Backfill(t.Context(), "files", wfm.Window{Start: nine, End: nine.Add(30 * time.Minute)}, integration.BackfillOptions{})
	require.NoError(t, err)
	file, err := os.ReadFile(filepath.Join(folder, "acme_20260302T0900Z.txt"))
	require.NoError(t, err)
	require.Equal(t, "\"Sales\" 15 230\n", string(file))

	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- service.Run(ctx) }()
	ann := rta.Facts{Agent: "ann", Workgroups: []wfm.Workgroup{"Sales"}, LoggedIn: true, StatusSince: time.Now().UTC().Add(time.Hour),
		Status: wfm.StatusDefinition{Key: "Available", ACD: true}}
	require.NoError(t, cic.Emit(ctx, rtatest.Told("host", ann)...))
	conn, err := product.Accept()
	require.NoError(t, err)
	defer conn.Close()
	lines := bufio.NewScanner(conn)
	require.True(t, lines.Scan())
	require.Equal(t, `"ann" A 0`, lines.Text())
	ann.Status = wfm.StatusDefinition{Key: "At lunch"}
	require.NoError(t, cic.Emit(ctx, rta.Event{Kind: rta.Agent, Facts: &ann}))
	require.True(t, lines.Scan())
	require.Equal(t, `"ann" U 0`, lines.Text())
	cancel()
	require.NoError(t, <-done)
}
