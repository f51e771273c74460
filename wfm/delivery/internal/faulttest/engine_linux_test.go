package faulttest_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

const feed = "feed"

// artifacts are the files of a run: nothing, less than any buffer, and more than one. The second replaces an older file.
func artifacts() []wfm.Artifact {
	period := wfm.Window{Start: time.Date(2018, 10, 28, 1, 0, 0, 0, time.UTC), End: time.Date(2018, 10, 28, 1, 30, 0, 0, time.UTC)}
	var list []wfm.Artifact
	for i, content := range []string{"", "3 B", strings.Repeat("0123456789abcdefghi\n", 10_000)} {
		list = append(list, wfm.Artifact{Kind: "call", Name: fmt.Sprintf("call_%d.txt", i), Interval: period, Part: i, Revision: 1, Bytes: []byte(content)})
	}
	return list
}

// replaced is the content that stands under the name of an artifact before the run; ok is false for none.
func replaced(name string) (content string, ok bool) { return "an older file\n", name == "call_1.txt" }

// tally counts what an engine did; another process prints it as JSON.
type tally struct {
	Delivered   int // entries committed
	Found       int // by the probe, after an attempt that was not confirmed
	Redelivered int // calls of Deliver for a file after an attempt that was not confirmed
	Slow        int // errors before the fault, on a busy machine
	Expelled    int // partial files of an earlier token
	Partials    int // that lay there after an attempt failed
	Cleaned     int // partial files that CleanPartials removed at the end
	Blocked     int // runs that needed the server to give up a dead connection
	Twice       int // files that were renamed into place twice
	Runs        int
	NotReached  int
}

func (t *tally) add(u tally) {
	t.Delivered += u.Delivered
	t.Found += u.Found
	t.Redelivered += u.Redelivered
	t.Expelled += u.Expelled
	t.Partials += u.Partials
	t.Cleaned += u.Cleaned
	t.Blocked += u.Blocked
	t.Slow += u.Slow
	t.Twice += u.Twice
	t.Runs += u.Runs
	t.NotReached += u.NotReached
}

// engine settles artifacts in the order of package integration. With a token it holds a lease.
type engine struct {
	ledger ledger.Ledger
	drop   drop
	token  int64
	tally  *tally
}

// settle delivers one artifact, unless the ledger says that it was.
func (e *engine) settle(ctx context.Context, a wfm.Artifact) error {
	key := ledger.Key{Feed: feed, Kind: a.Kind, Period: a.Interval, Part: a.Part, Revision: a.Revision, Name: a.Name}
	before, err := e.begun(ctx, key)
	if err != nil {
		return err
	}
	entry, err := e.ledger.Begin(ctx, key, a.Digest())
	if err != nil || entry.Status == ledger.Delivered {
		return err
	}
	var receipt delivery.Receipt
	landed := false
	if before {
		if e.token > 0 {
			removed, err := e.drop.Expel(ctx, a, e.token)
			e.tally.Expelled += removed
			if err != nil {
				return err
			}
		}
		if receipt, landed, err = e.drop.Probe(ctx, a); err != nil {
			return err
		}
	}
	switch {
	case landed:
		e.tally.Found++
	case before:
		e.tally.Redelivered++
		fallthrough
	default:
		if receipt, err = e.deliver(ctx, a); err != nil {
			return err
		}
	}
	if err = e.ledger.Commit(ctx, key, receipt); err == nil {
		e.tally.Delivered++
	}
	return err
}

// begun tells whether an earlier attempt was not confirmed.
func (e *engine) begun(ctx context.Context, key ledger.Key) (found bool, err error) {
	for entry, err := range e.ledger.Entries(ctx, feed, key.Period) {
		if err != nil {
			return false, err
		}
		found = found || (entry.Key.ID() == key.UTC().ID() && entry.Status == ledger.Begun)
	}
	return found, nil
}

func (e *engine) deliver(ctx context.Context, a wfm.Artifact) (delivery.Receipt, error) {
	if e.token > 0 {
		return e.drop.DeliverFenced(ctx, a, delivery.Fence{Token: e.token})
	}
	return e.drop.Deliver(ctx, a)
}
