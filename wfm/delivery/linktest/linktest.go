// Package linktest proves that links keep the promises of delivery.Links. Whoever writes links of
// their own runs it:
//
//	func TestLinks(t *testing.T) {
//		linktest.Run(t, func(ctx context.Context) (*linktest.Harness, error) {
//			return myHarness(t)
//		})
//	}
//
// Its place in the flow: beside it. Each case proves one rule of the contract; a failure names the
// rule, so that it says what to change. [Authority] makes certificates for tests of TLS.
package linktest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/cicwfm/cicwfm/wfm/conform"
	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// Harness is links under test, with receivers at their other ends.
type Harness struct {
	// Links reach two receivers. Their timeouts should be short, and the waits between attempts much
	// shorter than a second; but the farewell must leave a second.
	Links delivery.Links
	// Connect makes receiver 0 or 1 take the feed: one that is dialled accepts a connection, one that
	// dials does so. It is called while Links are served, once for each receiver, and again to
	// take the next connection after a lost one.
	Connect func(ctx context.Context, receiver int) (Receiver, error)
	// Connectionless says that the loss of a receiver cannot be noticed: datagrams, and HTTP.
	Connectionless bool
	// Messages says that the receiver gets each frame by itself, not a stream of bytes.
	Messages bool
	// Close ends the harness after Serve has returned; nil does nothing.
	Close func() error
}

// Receiver is the other end of a link. It takes nothing from the network but when it is asked.
type Receiver interface {
	// Next returns the next bytes, or the next frame where the harness says Messages. It returns an error
	// when ctx ends or the link has ended.
	Next(ctx context.Context) ([]byte, error)
	// Close goes away, as a receiver does whose process ends.
	Close() error
}

// Maker makes a harness; it is called once for each case.
type Maker func(ctx context.Context) (*Harness, error)

// Check runs all cases and returns what failed, joined; nil means that every rule holds. It needs
// no testing.T.
func Check(ctx context.Context, makeHarness Maker) error {
	return conform.Check(ctx, makeHarness.cases())
}

// Run is Check with a subtest for each case; cases that do not apply are skipped and say so.
func Run(t *testing.T, makeHarness Maker) {
	t.Helper()
	conform.Run(t, makeHarness.cases())
}

type testCase struct {
	name, rule string
	run        func(ctx context.Context, h *Harness) error
}

func (m Maker) cases() []conform.Case {
	var list []conform.Case
	for _, c := range append(frameCases(), lifeCases()...) {
		list = append(list, conform.Case{Name: c.name, Rule: c.rule, Run: func(ctx context.Context) (err error) {
			h, err := m(ctx)
			if err != nil {
				return fmt.Errorf("make the harness: %w", err)
			}
			if h.Close != nil {
				defer func() { err = errors.Join(err, h.Close()) }()
			}
			return c.run(ctx, h)
		}})
	}
	return list
}
