package main

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// task is one thing that is tried, independent of the others of its stage.
type task struct {
	group group
	item  string
	do    func(ctx context.Context) []row
	// after takes over what do found for later stages; it is called only where do came back in time. nil does nothing.
	after func()
}

const (
	// atOnce is how many things are tried at the same time.
	atOnce = 32
	// grace is how long something that does not heed its context is waited for after the time limit: some drivers do not while they
	// log on to a server that says nothing.
	grace = time.Second
)

// runTasks tries all tasks at the same time, each with a time limit, so that a dead host holds up nothing else. The rows are in
// the order of the tasks.
func runTasks(ctx context.Context, limit time.Duration, tasks []task) (rows []row) {
	results := make([][]row, len(tasks))
	room := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for i, t := range tasks {
		all.Go(func() {
			room <- struct{}{}
			defer func() { <-room }()
			results[i] = t.run(ctx, limit)
		})
	}
	all.Wait()
	for _, list := range results {
		rows = append(rows, list...)
	}
	return rows
}

// run tries one task. What does not come back in time is left behind: it ends with the program at the latest.
func (t task) run(ctx context.Context, limit time.Duration) []row {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	done := make(chan []row, 1)
	go func() {
		defer func() { // an installer gets a row, not a stack trace
			if p := recover(); p != nil {
				done <- []row{newRow(t.group, t.item, markFail, fmt.Sprintf("could not be tried: %v", p), "report this to the makers of the program")}
			}
		}()
		done <- t.do(ctx)
	}()
	var rows []row
	select {
	case rows = <-done:
	case <-overdue(ctx):
		select { // it may have come back at the last moment
		case rows = <-done:
		default:
			return []row{late(limit, t.group, t.item)}
		}
	}
	if t.after != nil {
		t.after()
	}
	return tooLate(ctx, limit, t.group, t.item, rows)
}

// overdue ends some time after a context.
func overdue(ctx context.Context) <-chan struct{} {
	end := make(chan struct{})
	context.AfterFunc(ctx, func() { time.AfterFunc(grace, func() { close(end) }) })
	return end
}
