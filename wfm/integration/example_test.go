package integration_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical/cicsql"
	"github.com/cicwfm/cicwfm/historical/cicsql/sqlite"
	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/verint"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim"
	"github.com/cicwfm/cicwfm/wfm/delivery/filedrop"
	"github.com/cicwfm/cicwfm/wfm/integration"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// exampleDay writes a simulated day into a database file.
func exampleDay() (path, folder string, day wfm.Window, remove func()) {
	dir := must(os.MkdirTemp("", "example"))
	path = filepath.Join(dir, "cic.db")
	db := must(sql.Open("sqlite", path))
	defer db.Close()
	centre := must(cicsim.New(cicsim.Config{Seed: 1, Sites: []cicsim.SiteConfig{{ID: 1, Zone: "Europe/Berlin"}}}))
	must(centre.WriteDB(context.Background(), db))
	return path, dir, centre.Window(), func() { os.RemoveAll(dir) }
}

// Example delivers a day of half-hour intervals to a folder that Verint reads. The part between the
// marks is the snippet of the README.
func Example() {
	path, folder, day, remove := exampleDay()
	defer remove()
	ctx := context.Background()
	// snippet
	berlin := must(time.LoadLocation("Europe/Berlin"))
	db, dialect, err := sqlite.Open(path) // or mssql.Open, oracle.Open
	if err != nil {
		panic(err)
	}
	defer db.Close()
	reader := must(cicsql.New(db, dialect, cicsql.Options{Zone: berlin}))
	encoder := must(verint.New(vendors.Settings{Location: berlin, Length: wfm.HalfHour}))
	service := must(integration.New(integration.Options{
		Ledger:  ledger.NewMemory(time.Now), // sqlledger/sqlite for one that lasts
		Licence: license.NewGate(license.Declared{All: []license.Feature{license.FeatureHistorical}}, license.Options{}),
		Historical: []integration.HistoricalFeed{{
			Name:      "verint",
			Servers:   []integration.Server{{Name: "cic1", Source: reader}},
			Encoder:   encoder,
			Transport: must(filedrop.New(folder, filedrop.Options{})),
			Grid:      wfm.Grid{Length: wfm.HalfHour, Location: berlin},
		}},
	}))
	result := must(service.Backfill(ctx, "verint", day, integration.BackfillOptions{})) // or service.Run(ctx)
	fmt.Println(result.Intervals, "intervals,", result.Delivered, "files")
	// snippet

	// Output: 48 intervals, 192 files
}

func TestTheReadmeShowsTheExamples(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	for _, file := range []string{"example_test.go", "example_realtime_test.go"} {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		parts := strings.Split(string(source), "\t// snippet\n")
		require.Len(t, parts, 3, file)
		var snippet strings.Builder
		for line := range strings.Lines(parts[1]) {
			snippet.WriteString(strings.TrimPrefix(line, "\t"))
		}
		require.Contains(t, string(readme), "```go\n"+snippet.String()+"```\n")
	}
}
