package deliverytest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/conform"
)

// big is larger than the buffers of every protocol.
const big = 10 << 20

// noise returns bytes that are all of different kinds, and the same for the same seed.
func noise(seed byte, size int) []byte {
	b := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{seed}).Read(b) // never fails
	return b
}

// contentCases are about what a reader finds.
func contentCases() []testCase {
	return []testCase{
		{"content", "the reader finds exactly the bytes: none, one, line ends of every kind, zeros, 10 MB", content},
		{"untouched", "Deliver neither changes nor keeps the artifact's bytes", untouched},
		{"twice", "doing it twice leaves what doing it once leaves", func(ctx context.Context, h *Harness) error {
			for range 2 {
				if err := h.deliver(ctx, artifact("call.txt", []byte("a;1\r\n"))); err != nil {
					return err
				}
				if err := h.holds(ctx, map[string][]byte{"call.txt": []byte("a;1\r\n")}); err != nil {
					return err
				}
			}
			return nil
		}},
		{"replace", "a later revision of the same name replaces the file, also by a shorter one", func(ctx context.Context, h *Harness) error {
			for _, c := range [][]byte{noise(1, 70_000), []byte("short"), noise(2, 300_000), {}} {
				if err := h.deliver(ctx, artifact("call.txt", c)); err != nil {
					return err
				}
				if err := h.holds(ctx, map[string][]byte{"call.txt": c}); err != nil {
					return err
				}
			}
			return nil
		}},
		{"all or nothing", "under the file's name a reader finds nothing, the old content or the new one at every moment, never a part", allOrNothing},
		{"at once", "deliveries of different names at the same time do not disturb each other", func(ctx context.Context, h *Harness) error {
			const many = 24
			want := map[string][]byte{}
			for i := range many {
				want[fmt.Sprintf("call_%02d.txt", i)] = noise(byte(i), 1000*i)
			}
			errs := conform.Parallel(many, func(i int) error {
				name := fmt.Sprintf("call_%02d.txt", i)
				return h.deliver(ctx, artifact(name, want[name]))
			})
			if err := errors.Join(errs...); err != nil {
				return err
			}
			return h.holds(ctx, want)
		}},
		{"cancelled before", "with a context that has ended Deliver fails and leaves nothing", func(ctx context.Context, h *Harness) error {
			ended, cancel := context.WithCancel(ctx)
			cancel()
			if _, err := h.Transport.Deliver(ended, artifact("call.txt", []byte("x"))); err == nil {
				return errors.New("deliver succeeded; look at ctx.Err before anything becomes visible")
			}
			return h.holds(ctx, nil)
		}},
		{"cancelled within", "a delivery that is cancelled leaves the file whole or absent, says which, and can be repeated", cancelledWithin},
	}
}

func content(ctx context.Context, h *Harness) error {
	want := map[string][]byte{}
	for name, c := range map[string][]byte{
		"empty.txt": {}, "one.txt": {'x'}, "lines.txt": []byte("a\nb\r\nc\rd"), "zeros.bin": make([]byte, 4096),
		"text.txt": []byte("\xef\xbb\xbfM\u00fcnchen;\u6771\u4eac\x1a\n"), "bytes.bin": noise(3, 65_537), "big.bin": noise(4, big),
	} {
		want[name] = c
		if err := h.deliver(ctx, artifact(name, c)); err != nil {
			return err
		}
	}
	return h.holds(ctx, want)
}

func untouched(ctx context.Context, h *Harness) error {
	mine := noise(5, 100_000)
	a := artifact("call.txt", mine)
	if err := h.deliver(ctx, a); err != nil {
		return err
	}
	if !bytes.Equal(mine, noise(5, 100_000)) {
		return errors.New("the bytes of the artifact were changed")
	}
	clear(mine)
	return h.holds(ctx, map[string][]byte{"call.txt": noise(5, 100_000)})
}

// lookEvery is how long the reader waits between two looks: so long that it leaves the deliveries a processor.
const lookEvery = 50 * time.Microsecond

// allOrNothing looks at the destination all the time while two contents replace each other.
func allOrNothing(ctx context.Context, h *Harness) error {
	name, err := h.Name("call.txt")
	if err != nil {
		return err
	}
	contents := [2][]byte{noise(6, big), noise(7, 8<<20)}
	var done atomic.Bool
	errs := conform.Parallel(2, func(i int) error {
		if i == 0 {
			defer done.Store(true)
			for round := range 4 {
				// A copy: the reader below compares with the contents, whatever the transport does to its own.
				if err := h.deliver(ctx, artifact("call.txt", bytes.Clone(contents[round%2]))); err != nil {
					return err
				}
			}
			return nil
		}
		for ; !done.Load(); time.Sleep(lookEvery) {
			files, err := h.Files(ctx)
			if err != nil {
				return fmt.Errorf("look at the destination: %w", err)
			}
			got, there := files[name]
			if there && !bytes.Equal(got, contents[0]) && !bytes.Equal(got, contents[1]) {
				return fmt.Errorf("the reader found a part: %d bytes", len(got))
			}
			for other := range files {
				if other != name && !h.Partial(other) {
					return fmt.Errorf("the file %s appeared, which a reader would take for a finished one", wfm.Quote(other))
				}
			}
		}
		return nil
	})
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return h.holds(ctx, map[string][]byte{"call.txt": contents[1]})
}

func cancelledWithin(ctx context.Context, h *Harness) error {
	a := artifact("call.txt", noise(8, big))
	name, err := h.Name(a.Name)
	if err != nil {
		return err
	}
	for wait := 100 * time.Microsecond; wait < 200*time.Millisecond; wait *= 3 {
		short, cancel := context.WithTimeout(ctx, wait)
		_, err := h.Transport.Deliver(short, a)
		cancel()
		files, lookErr := h.Files(ctx)
		if lookErr != nil {
			return fmt.Errorf("look at the destination: %w", lookErr)
		}
		got, there := files[name]
		switch {
		case there && !bytes.Equal(got, a.Bytes):
			return fmt.Errorf("after %v a part was left: %d bytes", wait, len(got))
		case err == nil && !there:
			return errors.New("deliver succeeded without a file")
		}
		for other := range files {
			if other != name && !h.Partial(other) {
				return fmt.Errorf("the file %s was left, which a reader would take for a finished one", wfm.Quote(other))
			}
		}
	}
	if err := h.deliver(ctx, a); err != nil {
		return fmt.Errorf("after cancelled attempts: %w", err)
	}
	return h.holds(ctx, map[string][]byte{a.Name: a.Bytes})
}
