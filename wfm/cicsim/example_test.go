package cicsim_test

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"time"

	_ "modernc.org/sqlite"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim"
)

// A day of a centre in a database, and the truth to hold a reader against.
func Example() {
	centre, err := cicsim.New(cicsim.Config{Seed: 7, Workgroups: 2, Agents: 6, Contacts: 200})
	if err != nil {
		log.Fatal(err)
	}
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1) // each connection to :memory: is a database of its own
	if _, err := centre.WriteDB(context.Background(), db); err != nil {
		log.Fatal(err)
	}
	var entered int64
	row := db.QueryRow(`SELECT sum(nEnteredAcd) FROM IWrkgrpQueueStats
		WHERE cName = 'Sales' AND cReportGroup = '*' AND cHKey3 = '*' AND cHKey4 = '*'`)
	if err := row.Scan(&entered); err != nil {
		log.Fatal(err)
	}
	truth := centre.Truth().Queue("Sales", wfm.AllMedia, centre.Window())
	fmt.Println(entered > 50, entered == truth.Get(wfm.NEnteredAcd))
	// Output: true true
}

// Time goes by: a reader at noon sees what had arrived by noon.
func ExampleWriter_WriteThrough() {
	centre, err := cicsim.New(cicsim.Config{Seed: 7, LateRows: true, Workgroups: 2, Agents: 6, Contacts: 200})
	if err != nil {
		log.Fatal(err)
	}
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	w := centre.NewWriter(db)
	ctx := context.Background()
	noon, err := w.WriteThrough(ctx, centre.Window().Start.Add(12*time.Hour))
	if err != nil {
		log.Fatal(err)
	}
	rest, err := w.WriteThrough(ctx, centre.Settled())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(noon["IAgentQueueStats"] > 0, rest["IAgentQueueStats"] > 0)
	// Output: true true
}
