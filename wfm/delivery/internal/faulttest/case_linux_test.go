package faulttest_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/internal/faultnet"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// running is a server at work.
type running struct {
	site
	reach   reach
	dir     string
	watcher *watcher
	turns   turns

	mu      sync.Mutex
	number  int
	retired []*watched
}

func (s site) run(t *testing.T) *running {
	r := &running{site: s}
	r.reach, r.dir = s.start(t)
	var err error
	r.watcher, err = newWatcher()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.watcher.close()) })
	return r
}

// folder makes a folder for one run, in which older files may stand, and watches it. The number is of this run alone.
func (r *running) folder() (f *watched, number int, err error) {
	r.mu.Lock()
	r.number++
	number = r.number
	r.mu.Unlock()
	f = &watched{dir: filepath.Join(r.dir, fmt.Sprintf("run%d", number)), setsAside: r.setsAside, whole: map[string][][]byte{}}
	if err := os.Mkdir(f.dir, 0o777); err != nil {
		return nil, 0, err
	}
	if err := os.Chmod(f.dir, 0o777); err != nil { // servers work under other accounts
		return nil, 0, err
	}
	for _, a := range artifacts() {
		f.whole[a.Name] = append(f.whole[a.Name], a.Bytes)
		if old, ok := replaced(a.Name); ok {
			f.whole[a.Name] = append(f.whole[a.Name], []byte(old))
			path := filepath.Join(f.dir, a.Name)
			if err := os.WriteFile(path, []byte(old), 0o666); err != nil {
				return nil, 0, err
			}
			if err := os.Chmod(path, 0o666); err != nil {
				return nil, 0, err
			}
		}
	}
	return f, number, r.watcher.watch(f)
}

// in is the server with the folder, through an address.
func (r *running) in(f *watched, address string) reach {
	return r.reach.at(address, r.reach.Root+r.reach.FolderSeparator+filepath.Base(f.dir))
}

// variant is what happens after the fault.
type variant bool

const (
	// blip: new connections pass at once, the process lives on with its transport, and the server still holds the
	// connections that were struck.
	blip variant = false
	// outage: nothing passes until the first attempt has failed; then another process takes over, under the next token of
	// the lease, and the server knows that the connections are gone.
	outage variant = true
)

func (v variant) String() string {
	if v == blip {
		return "blip, same process"
	}
	return "outage, another process"
}

// trial is one fault at one step.
type trial struct {
	fault   faultnet.Fault
	step    int
	variant variant
}

func (c trial) String() string { return fmt.Sprintf("%s at step %d, %s", c.fault, c.step, c.variant) }

const (
	// mostTime bounds one call of the engine: the time limits of probe, delivery, and removal of partial files, and the
	// patience that a busy machine needs.
	mostTime = 6*timeout + 3*time.Second + 10*time.Second
	// mostAttempts bounds the attempts after a fault.
	mostAttempts = 10
	// patience is after how many attempts the server may give up dead connections, as it does at last.
	patience = 3
)

// try does one trial and checks all that must hold.
func (r *running) try(ctx context.Context, c trial) (sum tally, steps int, err error) {
	mine := &turn{of: r.turns}
	mine.take()
	defer mine.give()
	f, number, err := r.folder()
	if err != nil {
		return sum, 0, err
	}
	proxy, err := r.reach.proxy(number)
	if err != nil {
		return sum, 0, err
	}
	proxy.Arm(faultnet.Plan{At: c.step, Fault: c.fault, Outage: bool(c.variant), Struck: func() {
		if c.fault != faultnet.Cut && c.fault != faultnet.Reset {
			mine.give() // what follows is waiting
		}
	}})
	sum.Runs = 1
	err = r.deliverAll(ctx, c, f, proxy, mine, &sum)
	steps = proxy.Steps()
	if c.step > 0 && !proxy.Struck() {
		sum.NotReached = 1
	}
	err = errors.Join(err, proxy.Close())
	if err == nil {
		err = r.inspect(ctx, f, &sum)
	}
	r.retire(f)
	return sum, steps, err
}

// deliverAll is the engine's loop over the artifacts of a run.
func (r *running) deliverAll(ctx context.Context, c trial, f *watched, proxy *faultnet.Proxy, mine *turn, sum *tally) error {
	through := r.in(f, proxy.Address())
	d, err := through.open(nil)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	e := &engine{ledger: ledger.NewMemory(nil), drop: d, tally: sum}
	if c.variant == outage {
		e.token = 1
	}
	failures := 0
	for _, a := range artifacts() {
		for {
			began := time.Now()
			err := e.settle(ctx, a)
			took := time.Since(began)
			mine.take()
			if took > mostTime {
				return fmt.Errorf("a call took %s: %v", took, err)
			}
			if err == nil {
				break
			}
			if !proxy.Struck() {
				sum.Slow++
			} else {
				failures++
			}
			if err := mayRetry(failures+sum.Slow, err); err != nil {
				return err
			}
			if !proxy.Struck() {
				continue
			}
			left, err := partials(f.dir)
			if err != nil {
				return err
			}
			sum.Partials += len(left)
			switch {
			case c.variant == outage && failures == 1:
				_ = d.Close()
				proxy.Heal()
				if d, err = through.open(nil); err != nil {
					return err
				}
				e.drop, e.token = d, e.token+1
			case failures == patience:
				sum.Blocked++
				proxy.Heal()
			default:
				proxy.Relent()
			}
			time.Sleep(time.Duration(failures*failures) * 20 * time.Millisecond)
		}
	}
	return nil
}

// mayRetry holds an error to what hosts rely on: that it is to be tried again, and that this helps.
func mayRetry(attempts int, err error) error {
	if again, _ := wfm.ShouldRetry(err); !again {
		return fmt.Errorf("an error that ends all attempts, at attempt %d: %w", attempts, err)
	}
	if attempts >= mostAttempts {
		return fmt.Errorf("still not delivered at attempt %d: %w", attempts, err)
	}
	return nil
}

// partials are the names of the partial files in a folder.
func partials(dir string) (names []string, err error) {
	list, err := os.ReadDir(dir)
	for _, e := range list {
		if delivery.IsPartialName(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names, err
}

// inspect looks at what a run left, and lets the transport clean up.
func (r *running) inspect(ctx context.Context, f *watched, sum *tally) error {
	left, err := partials(f.dir)
	if err != nil {
		return err
	}
	if len(left) > 0 {
		d, err := r.in(f, r.reach.Address).open(nil)
		if err != nil {
			return err
		}
		defer func() { _ = d.Close() }()
		for attempts := 1; ; attempts++ {
			// Times of files are whole seconds with some servers.
			n, err := d.CleanPartials(ctx, -2*time.Second)
			sum.Cleaned += n
			if err == nil {
				break
			}
			if err := mayRetry(attempts, err); err != nil {
				return fmt.Errorf("clean partial files: %w", err)
			}
		}
		if left, err = partials(f.dir); err != nil || len(left) > 0 {
			return errors.Join(err, fmt.Errorf("partial files that stay: %q", left))
		}
	}
	twice, err := r.watcher.verdict(f)
	sum.Twice += twice
	return errors.Join(err, f.complete())
}

// complete compares the folder with what must be there, and nothing else.
func (f *watched) complete() error {
	list, err := os.ReadDir(f.dir)
	if err != nil {
		return err
	}
	var problems []error
	for _, a := range artifacts() {
		content, err := os.ReadFile(filepath.Join(f.dir, a.Name))
		if err != nil {
			problems = append(problems, err)
		} else if string(content) != string(a.Bytes) {
			problems = append(problems, fmt.Errorf("%s has %d bytes of %d, or others", a.Name, len(content), len(a.Bytes)))
		}
	}
	for _, e := range list {
		if f.whole[e.Name()] == nil {
			problems = append(problems, fmt.Errorf("%s is left", e.Name()))
		}
	}
	return errors.Join(problems...)
}

// keep is how many folders are kept after their runs, for what a server might still do late.
const keep = 40

func (r *running) retire(f *watched) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.retired = append(r.retired, f)
}

// last looks once more at folders whose runs are over, and removes them, down to as many as are kept.
func (r *running) last(keep int) error {
	var problems []error
	for {
		r.mu.Lock()
		if len(r.retired) <= keep {
			r.mu.Unlock()
			return errors.Join(problems...)
		}
		f := r.retired[0]
		r.retired = r.retired[1:]
		r.mu.Unlock()
		_, err := r.watcher.verdict(f)
		if err = errors.Join(err, f.complete(), os.RemoveAll(f.dir)); err != nil {
			problems = append(problems, fmt.Errorf("some time after the run in %s: %w", filepath.Base(f.dir), err))
		}
	}
}
