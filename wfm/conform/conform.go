// Package conform runs the cases of the conformance kits (ledgertest, deliverytest, linktest, rtatest, vendortest), and
// of kits of your own. A kit is a list of cases; each names the rule that it proves, so that
// whoever breaks it reads what to do.
//
// Its place: below the kits, above nothing. It knows no ledger and no transport.
package conform

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"
)

// Patience is how long one case may take before it counts as hung.
const Patience = time.Minute

// Case is one rule and its proof.
type Case struct {
	Name string
	Rule string // one sentence, for the author of the implementation
	Run  func(ctx context.Context) error
}

// Skip is returned by a case that does not apply, such as one about an optional interface.
type Skip struct{ Reason string }

// Error returns the reason.
func (s Skip) Error() string { return s.Reason }

// Check runs all cases, one after the other, and joins what failed. Skipped cases are no failures.
func Check(ctx context.Context, cases []Case) error {
	var failed []error
	for _, c := range cases {
		var skip Skip
		if err := c.try(ctx); err != nil && !errors.As(err, &skip) {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// Run is Check with a subtest for each case; a skipped case prints why. Package testing shows the blanks in names as
// underscores.
func Run(t *testing.T, cases []Case) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			err := c.try(t.Context())
			var skip Skip
			switch {
			case errors.As(err, &skip):
				t.Skip(skip.Reason)
			case err != nil:
				t.Error(err)
			}
		})
	}
}

// try runs the case under a watchdog. A case that hangs is left behind: there is no way to stop it.
func (c Case) try(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- fmt.Errorf("panic: %v", p)
			}
		}()
		done <- c.Run(ctx)
	}()
	var err error
	select {
	case err = <-done:
	case <-time.After(Patience + 5*time.Second):
		err = errors.New("hung")
	}
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w (rule: %s)", c.Name, err, c.Rule)
}

// Parallel calls do at the same time for 0 to n-1 and returns the errors by number. A panic becomes
// an error, so that a kit can explain it.
func Parallel(n int, do func(i int) error) []error {
	errs := make([]error, n)
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					errs[i] = fmt.Errorf("panic: %v", p)
				}
			}()
			errs[i] = do(i)
		})
	}
	wait.Wait()
	return errs
}
