// Command customvendor shows how an adapter of one's own is made and proven. There are two for one product:
//
//	acme        plain Go, one file: both modules
//	acmelayout  two layout files, and ten lines that embed them
//
// Each has a test that runs the conformance kit (vendors/vendortest): that is all an adapter needs to be
// used in a feed. The program registers both and prints what they write of a simulated interval and of an
// agent's changes:
//
//	go run ./examples/customvendor
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/cicwfm/cicwfm/examples/customvendor/acme"
	"github.com/cicwfm/cicwfm/examples/customvendor/acmelayout"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/vendortest"
	"github.com/cicwfm/cicwfm/wfm"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "customvendor:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	fromLayouts, err := acmelayout.Entry()
	if err != nil {
		return err
	}
	// A host gets adapters from a registry. One of your own stands beside those of vendors/all, or alone.
	registry, err := vendors.NewRegistry(acme.Entry(), fromLayouts)
	if err != nil {
		return err
	}
	for _, name := range registry.Names() {
		if err := files(ctx, out, registry, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := frames(out, registry, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// files prints what an adapter writes of one interval of a simulated day.
func files(ctx context.Context, out io.Writer, registry vendors.Registry, name string) error {
	encoder, err := registry.Historical(name, vendors.Settings{Length: wfm.HalfHour})
	if err != nil {
		return err
	}
	day, err := vendortest.Simulated(encoder.Needs(), wfm.HalfHour)
	if err != nil {
		return err
	}
	tenOClock := day[20:21]
	artifacts, err := encoder.EncodeHistorical(ctx, tenOClock)
	if err != nil {
		return err
	}
	for _, a := range artifacts {
		fmt.Fprintf(out, "%s writes %s (%d rows):\n%s\n", name, a.Name, a.Rows, a.Bytes)
	}
	return nil
}

// frames prints what an adapter sends when a connection begins, and then of changes.
func frames(out io.Writer, registry vendors.Registry, name string) error {
	encoder, err := registry.RealTime(name, vendors.RTASettings{Statuses: vendors.StatusMap{Unmapped: vendors.SkipUnmapped,
		ByStatus:   map[wfm.StatusKey]vendors.Code{"At Lunch": {Code: "L"}},
		ByActivity: map[wfm.AgentActivity]vendors.Code{wfm.AgentAvailable: {Code: "A"}, wfm.AgentLoggedOff: {Code: "O"}}}})
	if err != nil {
		return err
	}
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	available := wfm.AgentState{Agent: "alice", LoggedIn: true, Status: wfm.StatusDefinition{Key: "Available", ACD: true},
		Activity: wfm.AgentAvailable, Since: noon.Add(-75 * time.Second), Workgroups: []wfm.Workgroup{"Sales"}}
	lunch := available
	lunch.Status, lunch.Activity, lunch.Since = wfm.StatusDefinition{Key: "At Lunch"}, wfm.AgentUnavailable, noon
	gone := lunch
	gone.LoggedIn, gone.Activity, gone.Since = false, wfm.AgentLoggedOff, noon.Add(time.Minute)

	session := encoder.NewSession() // one per connection
	var f wfm.Frames                // what a link sends
	err = errors.Join(
		session.AppendSnapshot(&f, noon, []wfm.AgentState{available}),
		session.AppendChanges(&f, noon, []wfm.StatusChange{{Before: available, Until: noon, Now: lunch}}),
		session.AppendChanges(&f, noon.Add(time.Minute), []wfm.StatusChange{{Before: lunch, Until: gone.Since, Now: gone}}))
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s sends:\n%s\n", name, f.Bytes)
	return nil
}
