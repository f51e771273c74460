// Package deliverytest proves that a transport keeps the promises of the delivery package. Whoever
// writes a transport of their own runs it:
//
//	func TestTransport(t *testing.T) {
//		deliverytest.Run(t, func(ctx context.Context) (*deliverytest.Harness, error) {
//			dir := t.TempDir()
//			drop, err := filedrop.New(dir, filedrop.Options{})
//			return &deliverytest.Harness{Transport: drop, Files: deliverytest.FilesIn(dir)}, err
//		})
//	}
//
// Its place in the flow: beside it. Each case proves one rule of the contract; a failure names the
// rule, so that it says what to change. [Memory] is a transport that keeps every rule, for tests
// that need one, and the shortest one to read.
//
// # What is proven
//
// Content arrives byte by byte, and is whole or absent at every moment, also where a delivery is cancelled, repeated or
// replaced; the artifact's bytes are neither changed nor kept; with a context that has ended nothing becomes visible.
// Names are those of delivery.SafeName, which a transport calls once, or of a rule of the transport's own (Harness.Name); a name
// that the rule refuses is an error that asks for no retry. Optional interfaces are proven where the
// transport has them: delivery.Prober, Checker and Fencer.
//
// A destination that replaces a file at once, such as an object store, needs no partial files: Deliver may write
// under the name itself. It is no delivery.Fencer then, which needs a rename. The host asks for
// the lease before each Deliver all the same; what is left is that an instance which was paused within Deliver writes the
// same file once more.
package deliverytest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/conform"
	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// Harness is a transport under test, with an empty destination and a view of it.
type Harness struct {
	Transport delivery.Transport
	// Files returns what a reader of the destination finds at this moment: every file, hidden and
	// partial ones included, by name. It is called while deliveries run. A file that vanishes while
	// it is read is left out.
	Files func(ctx context.Context) (map[string][]byte, error)
	// Strays returns the names of what appeared outside of the destination, for transports in whose
	// surroundings that can be seen. Nil leaves that check out.
	Strays func(ctx context.Context) ([]string, error)
	// Name is the transport's rule for file names; nil means delivery.SafeName.
	Name func(name string) (string, error)
	// Partial tells which files a reader does not take for finished ones; nil means
	// delivery.IsPartialName.
	Partial func(name string) bool
	// Close ends the harness; nil does nothing.
	Close func() error
}

// Maker makes a harness; it is called once for each case.
type Maker func(ctx context.Context) (*Harness, error)

// Check runs all cases and returns what failed, joined; nil means that every rule holds. It needs
// no testing.T, so that a program can check a real destination. The destination is filled with files.
func Check(ctx context.Context, makeHarness Maker) error {
	return conform.Check(ctx, makeHarness.cases())
}

// Run is Check with a subtest for each case; cases about optional interfaces that the transport
// does not implement are skipped and say so.
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
	for _, c := range slices.Concat(contentCases(), nameCases(), optionalCases(), fenceCases()) {
		list = append(list, conform.Case{Name: c.name, Rule: c.rule, Run: func(ctx context.Context) (err error) {
			h, err := m(ctx)
			if err != nil {
				return fmt.Errorf("make the harness: %w", err)
			}
			if h.Close != nil {
				defer func() { err = errors.Join(err, h.Close()) }()
			}
			if h.Name == nil {
				h.Name = delivery.SafeName
			}
			if h.Partial == nil {
				h.Partial = delivery.IsPartialName
			}
			if err := c.run(ctx, h); err != nil {
				return err
			}
			return h.confined(ctx)
		}})
	}
	return list
}

func (h *Harness) confined(ctx context.Context) error {
	if h.Strays == nil {
		return nil
	}
	strays, err := h.Strays(ctx)
	if err == nil && len(strays) > 0 {
		err = fmt.Errorf("%q appeared outside of the destination", strays)
	}
	return err
}

func artifact(name string, content []byte) wfm.Artifact {
	return wfm.Artifact{Kind: "call", Name: name, Revision: 1, Bytes: content}
}

// deliver delivers and checks the receipt.
func (h *Harness) deliver(ctx context.Context, a wfm.Artifact) error {
	receipt, err := h.Transport.Deliver(ctx, a)
	if err != nil {
		return fmt.Errorf("deliver %s: %w", wfm.Quote(a.Name), err)
	}
	if receipt.Where == "" || receipt.Bytes != int64(len(a.Bytes)) {
		return fmt.Errorf("the receipt for %d bytes is %+v", len(a.Bytes), receipt)
	}
	return nil
}

// holds checks that the destination has exactly these files, by the names of the artifacts.
func (h *Harness) holds(ctx context.Context, want map[string][]byte) error {
	files, err := h.Files(ctx)
	if err != nil {
		return fmt.Errorf("look at the destination: %w", err)
	}
	expected := map[string][]byte{}
	for name, content := range want {
		safe, err := h.Name(name)
		if err != nil {
			return err
		}
		expected[safe] = content
	}
	for name, content := range expected {
		got, ok := files[name]
		if !ok {
			return fmt.Errorf("the file %s is not there, but %q", wfm.Quote(name), slices.Sorted(maps.Keys(files)))
		}
		if !bytes.Equal(got, content) {
			return fmt.Errorf("the file %s has other content (%d bytes, want %d)", wfm.Quote(name), len(got), len(content))
		}
		delete(files, name)
	}
	if len(files) > 0 {
		return fmt.Errorf("the files %q are too many", slices.Sorted(maps.Keys(files)))
	}
	return nil
}
