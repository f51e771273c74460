package rta_test

import (
	"context"
	"fmt"
	"time"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/wfm"
)

// desk is a source of one's own: a server with one agent, who goes to lunch.
type desk struct{}

func (desk) Run(ctx context.Context, q rta.Query, emit func(rta.Event) error) error {
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	ann := rta.Facts{Agent: "ann", Workgroups: q.Workgroups, LoggedIn: true, StatusSince: noon,
		Status: wfm.StatusDefinition{Key: "Available", Group: "Available", ACD: true}}
	lunch := ann
	lunch.Status, lunch.StatusSince = wfm.StatusDefinition{Key: "At lunch", Group: "Break"}, noon.Add(time.Minute)
	for _, e := range []rta.Event{{Kind: rta.Connected, Host: "desk"}, {Kind: rta.Statuses, Statuses: []wfm.StatusDefinition{ann.Status, lunch.Status}},
		{Kind: rta.Agent, Facts: &ann}, {Kind: rta.Synced}, {Kind: rta.Agent, Facts: &lunch}} {
		if err := emit(e); err != nil {
			return err
		}
	}
	<-ctx.Done()
	return ctx.Err()
}

// A source of your own tells facts; the stream makes states and changes of them.
func ExampleSource() {
	stream, err := rta.NewStream(rta.Options{
		Servers: []rta.Server{{Name: "desk", Source: desk{}}},
		Query:   rta.Query{Workgroups: []wfm.Workgroup{"Sales"}},
	})
	if err != nil {
		panic(err)
	}
	watcher, err := stream.Watch(rta.WatchOptions{})
	if err != nil {
		panic(err)
	}
	defer watcher.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for u := range watcher.Updates(ctx) {
		if u.Snapshot != nil { // of nobody yet; all that follows is a change
			go stream.Run(ctx)
		}
		if c := u.Change; c != nil {
			fmt.Println(c.Event(), c.Now.Agent, c.Now.Activity, c.Now.Since.Format(time.TimeOnly))
			if c.Event() == wfm.EventChange {
				return
			}
		}
	}
	// Output:
	// entered ann available 12:00:00
	// change ann unavailable 12:01:00
}
