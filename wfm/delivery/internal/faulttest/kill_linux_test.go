package faulttest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/internal/faultnet"
	"github.com/cicwfm/cicwfm/wfm/ledger"
	ledgerfile "github.com/cicwfm/cicwfm/wfm/ledger/sqlledger/sqlite"
)

// processVariable makes the test program a process that delivers; its value is an order as JSON.
const processVariable = "CICWFM_TEST_FAULTS_PROCESS"

// order says what such a process does.
type order struct {
	Reach  reach
	Ledger string // the path of its file
	Token  int64
	// KillAt is the step of ledger or transport at which it kills itself, as kill -9 does; 0 is never.
	KillAt int
}

// said is what it says at the end.
type said struct {
	Tally tally
	Steps int
}

// process does an order.
func process(text string) error {
	var o order
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return err
	}
	k := &killer{at: o.KillAt}
	l, err := ledgerfile.Open(context.Background(), o.Ledger, ledgerfile.Options{})
	if err != nil {
		return err
	}
	defer l.Close()
	d, err := o.Reach.open(func(string) { k.step() })
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	s := said{}
	e := &engine{ledger: stepping{l, k}, drop: d, token: o.Token, tally: &s.Tally}
	for _, a := range artifacts() {
		for attempts := 1; ; attempts++ {
			err := e.settle(context.Background(), a)
			if err == nil {
				break
			}
			if err := mayRetry(attempts, err); err != nil {
				return err
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	s.Steps = k.n
	return json.NewEncoder(os.Stdout).Encode(s)
}

// killer counts steps.
type killer struct{ at, n int }

func (k *killer) step() {
	if k.n++; k.n == k.at {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // until it arrives
	}
}

// stepping is a ledger with a step before and after each change.
type stepping struct {
	ledger.Ledger
	k *killer
}

func (s stepping) Begin(ctx context.Context, key ledger.Key, d wfm.Digest) (ledger.Entry, error) {
	s.k.step()
	e, err := s.Ledger.Begin(ctx, key, d)
	s.k.step()
	return e, err
}

func (s stepping) Commit(ctx context.Context, key ledger.Key, r delivery.Receipt) error {
	s.k.step()
	err := s.Ledger.Commit(ctx, key, r)
	s.k.step()
	return err
}

// TestKilledAtEachStep kills the delivering process at each step of ledger and transport, and at steps of the protocol, and
// starts it again over the same ledger file.
func TestKilledAtEachStep(t *testing.T) {
	t.Parallel()
	var sums totals
	began := time.Now()
	t.Run("servers", func(t *testing.T) {
		for _, s := range sites() {
			if s.name != "proftpd, TLS" && s.name != "OpenSSH" && s.name != "Samba" {
				continue
			}
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				kills(t, s, &sums)
			})
		}
	})
	t.Logf("totals after %s:\n%s", time.Since(began).Round(time.Second), &sums)
}

// kill is one death.
type kill struct {
	step int
	wire bool // a step of the protocol, and not of ledger and transport
}

func (k kill) String() string {
	if k.wire {
		return "killed in the protocol"
	}
	return "killed at a call"
}

func kills(t *testing.T, s site, sums *totals) {
	r := s.run(t)
	ledgers := t.TempDir()
	undisturbed, calls, steps, err := r.kill(t.Context(), ledgers, kill{})
	require.NoError(t, err)
	require.Equal(t, tally{Runs: 1, Delivered: len(artifacts())}, undisturbed)
	// Each artifact: before and after Begin, four of the transport, before and after Commit.
	require.Equal(t, 8*len(artifacts()), calls)
	queue := make(chan kill)
	var workers sync.WaitGroup
	for range 3 {
		workers.Go(func() {
			for k := range queue {
				sum, _, _, err := r.kill(t.Context(), ledgers, k)
				sums.add(r.name, k.String(), sum)
				if err == nil && sum.Delivered != len(artifacts()) {
					t.Errorf("%s %d: %d entries were committed", k, k.step, sum.Delivered)
				}
				if err != nil {
					t.Errorf("%s %d: %v", k, k.step, err)
				}
			}
		})
	}
	// In the sample, odd distances meet every call of the transport in turn.
	everyCall, everyStep := 5, steps/3
	switch {
	case os.Getenv(faultsVariable) == "all":
		everyCall, everyStep = 1, 3
	case testing.Short():
		everyCall, everyStep = 11, steps
	}
	for at := 1; at <= calls; at += everyCall {
		queue <- kill{at, false}
	}
	for at := everyStep / 2; at <= steps; at += everyStep {
		queue <- kill{at, true}
	}
	close(queue)
	workers.Wait()
	require.NoError(t, r.last(0))
}

// kill runs the process, kills it, runs it again, and checks all that must hold. It returns how many calls and steps of
// the protocol an undisturbed process has.
func (r *running) kill(ctx context.Context, ledgers string, k kill) (sum tally, calls, steps int, err error) {
	f, number, err := r.folder()
	if err != nil {
		return sum, 0, 0, err
	}
	proxy, err := r.reach.proxy(number)
	if err != nil {
		return sum, 0, 0, err
	}
	o := order{Reach: r.in(f, proxy.Address()), Ledger: filepath.Join(ledgers, fmt.Sprintf("ledger%d.db", number)), Token: 1}
	o.Reach.Timeout *= 4 // a process that has just begun is slow, and nothing stalls here
	sum.Runs = 1
	first := o
	if !k.wire {
		first.KillAt = k.step
	}
	done, err := child(ctx, first, func(kill func()) {
		if k.wire {
			proxy.Arm(faultnet.Plan{At: k.step, Struck: kill})
		}
	})
	killed := false
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL {
		killed, err = true, nil
	}
	if killed {
		left, listErr := partials(f.dir)
		sum.Partials = len(left)
		// Half of them are followed by another holder of the lease.
		o.Token += int64(k.step % 2)
		done, err = child(ctx, o, nil)
		err = errors.Join(err, listErr)
	} else if k.step > 0 {
		sum.NotReached = 1
	}
	steps = proxy.Steps()
	if err = errors.Join(err, proxy.Close()); err == nil {
		sum.add(done.Tally)
		sum.Delivered, err = committed(ctx, o.Ledger) // by both processes
		err = errors.Join(err, r.inspect(ctx, f, &sum))
	}
	r.retire(f)
	return sum, done.Steps, steps, err
}

// committed counts the delivered entries of a ledger file, and finds fault with every other.
func committed(ctx context.Context, path string) (delivered int, err error) {
	l, err := ledgerfile.Open(ctx, path, ledgerfile.Options{})
	if err != nil {
		return 0, err
	}
	defer l.Close()
	for _, a := range artifacts() {
		for e, err := range l.Entries(ctx, feed, a.Interval) {
			if err != nil {
				return delivered, err
			}
			if e.Key.Name != a.Name {
				continue
			}
			if e.Status != ledger.Delivered || e.Digest != a.Digest() {
				return delivered, fmt.Errorf("the ledger has %s as %s, with digest %s", a.Name, e.Status, e.Digest)
			}
			delivered++
		}
	}
	return delivered, nil
}

// child runs this program as a process with an order. with is called before it starts, with what kills it.
func child(ctx context.Context, o order, with func(kill func())) (s said, err error) {
	text, err := json.Marshal(o)
	if err != nil {
		return s, err
	}
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), processVariable+"="+string(text))
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	started := make(chan struct{}) // the proxy may strike at the first connection, before Start has returned here
	if with != nil {
		with(func() {
			<-started
			_ = cmd.Process.Kill()
		})
	}
	err = cmd.Start()
	if err != nil {
		return s, err
	}
	close(started)
	if err := cmd.Wait(); err != nil {
		return s, fmt.Errorf("%w: %s", err, &complaint)
	}
	return s, json.Unmarshal(out.Bytes(), &s)
}
