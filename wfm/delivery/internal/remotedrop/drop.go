package remotedrop

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/internal/turns"
)

// The steps of a delivery, in their order.
const (
	StepConnect = "connect"
	StepWrite   = "write"
	StepVerify  = "verify"
	StepRename  = "rename"
)

// Options of a drop. The zero value is right.
type Options struct {
	// Sessions is how many are open at the same time; 0 means 2. More deliveries wait.
	Sessions int
	// Idle is how long a session is kept after its last use; 0 means 15 s, negative keeps none.
	Idle time.Duration
	// Timeout bounds each delivery; 0 means 2 min.
	Timeout time.Duration
	// ReadBack compares the content and not only the size before the rename.
	ReadBack bool
	// Logger receives a line for each delivered or removed file, at debug level. Nil discards them.
	Logger *slog.Logger
	// OnStep is called before each step of a delivery from its goroutine; nil ignores them.
	OnStep func(step string)
}

// Drop delivers into one folder of a server. It is safe for concurrent use.
type Drop struct {
	server  Server
	options Options
	log     *slog.Logger
	pool    *pool
	turns   turns.Turns
}

// New makes a drop. It does not connect.
func New(server Server, o Options) *Drop {
	o.Sessions = cmp.Or(max(o.Sessions, 0), 2)
	o.Idle = cmp.Or(o.Idle, 15*time.Second)
	o.Timeout = cmp.Or(max(o.Timeout, 0), 2*time.Minute)
	log := o.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Drop{server: server, options: o, log: log, pool: newPool(server, o.Sessions, o.Idle)}
}

// Close ends the idle sessions. Those at work end with their calls. Later calls connect anew.
func (d *Drop) Close() error { return d.pool.closeIdle() }

// Deliver puts the artifact into the folder, whole or not at all.
func (d *Drop) Deliver(ctx context.Context, a wfm.Artifact) (delivery.Receipt, error) {
	return d.DeliverFenced(ctx, a, delivery.Fence{})
}

// DeliverFenced is Deliver under a fence.
func (d *Drop) DeliverFenced(ctx context.Context, a wfm.Artifact, fence delivery.Fence) (delivery.Receipt, error) {
	name, err := delivery.SafeName(a.Name)
	if err != nil {
		return delivery.Receipt{}, err
	}
	end, err := d.turns.Take(ctx, name)
	if err != nil {
		return delivery.Receipt{}, err
	}
	defer end()
	partial := fence.PartialName(name, a.Digest())
	err = d.use(ctx, "deliver "+wfm.Quote(name), StepConnect, func(ctx context.Context, s Session) error {
		if err := d.put(ctx, s, fence, partial, name, a.Bytes); err != nil {
			return d.abandon(s, partial, err)
		}
		return nil
	})
	if err != nil {
		return delivery.Receipt{}, err
	}
	d.log.LogAttrs(ctx, slog.LevelDebug, "delivered", slog.String("where", d.server.Where(name)), slog.Int("bytes", len(a.Bytes)))
	return d.receipt(name, a.Bytes), nil
}

// put writes, compares and renames.
func (d *Drop) put(ctx context.Context, s Session, fence delivery.Fence, partial, name string, content []byte) error {
	if err := d.step(ctx, StepWrite); err != nil {
		return err
	}
	if err := s.Write(ctx, partial, content); err != nil {
		return err
	}
	if err := d.step(ctx, StepVerify); err != nil {
		return err
	}
	if err := d.verify(ctx, s, partial, content); err != nil {
		return err
	}
	if err := fence.Still(ctx); err != nil {
		return err
	}
	if err := d.step(ctx, StepRename); err != nil {
		return err
	}
	return s.Rename(ctx, partial, name)
}

// verify compares the size, and on demand the content. A server that confirmed an upload may have cut it all the
// same.
func (d *Drop) verify(ctx context.Context, s Session, partial string, content []byte) error {
	size, err := s.Size(ctx, partial)
	if err == nil && size == int64(len(content)) && d.options.ReadBack {
		var back []byte
		if back, err = s.Read(ctx, partial, int64(len(content))+1); err == nil && !bytes.Equal(back, content) {
			size = -1
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &wfm.Error{Op: "verify the upload", Kind: wfm.Unavailable, Retry: true,
			Err: errors.New("the server confirmed the file, and does not have it")}
	case err != nil:
		return err
	case size == -1:
		return &wfm.Error{Op: "verify the upload", Kind: wfm.Unavailable, Retry: true,
			Err: errors.New("the server confirmed the file and has other content")}
	case size != int64(len(content)):
		return &wfm.Error{Op: "verify the upload", Kind: wfm.Unavailable, Retry: true,
			Err: fmt.Errorf("the server confirmed the file and has %d bytes of %d", size, len(content))}
	}
	return nil
}

// abandonTimeout is how long the removal of a partial file may take after a delivery failed.
const abandonTimeout = 3 * time.Second

// abandon removes the partial file of a delivery that failed: over the same session where nothing was lost, else over a
// new one, within a short time. What stays is overwritten by the next attempt.
func (d *Drop) abandon(s Session, partial string, cause error) error {
	ctx, cancel := context.WithTimeout(context.Background(), abandonTimeout)
	defer cancel()
	_ = s.Close()
	fresh, err := d.server.Dial(ctx)
	if err != nil {
		return cause
	}
	defer fresh.Close()
	if err := fresh.Remove(ctx, partial); err != nil && !errors.Is(err, fs.ErrNotExist) {
		d.log.Debug("a partial file stays until the next attempt", "where", d.server.Where(partial), "error", err)
	}
	return cause
}

func (d *Drop) receipt(name string, content []byte) delivery.Receipt {
	return delivery.Receipt{Where: d.server.Where(name), Bytes: int64(len(content))}
}

// step announces a step and ends the delivery where the context has ended.
func (d *Drop) step(ctx context.Context, step string) error {
	if d.options.OnStep != nil {
		d.options.OnStep(step)
	}
	return ctx.Err()
}

// use runs work over a session and decides its error.
func (d *Drop) use(ctx context.Context, op, step string, work func(context.Context, Session) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, d.options.Timeout)
	defer cancel()
	if step != "" {
		if err := d.step(limited, step); err != nil {
			return d.fault(ctx, op, err)
		}
	}
	s, err := d.pool.get(limited)
	if err != nil {
		return d.fault(ctx, op, err)
	}
	err = work(limited, s)
	d.pool.put(s, err == nil)
	return d.fault(ctx, op, err)
}

// fault decides an error: a context of the caller that ended is the caller's, a time limit of our own is a server that
// does not answer.
func (d *Drop) fault(ctx context.Context, op string, err error) error {
	var decided *wfm.Error
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return &wfm.Error{Op: op, Kind: wfm.LossOfInterest, Err: ctx.Err()}
	case errors.Is(err, context.DeadlineExceeded):
		return &wfm.Error{Op: op, Kind: wfm.Unavailable, Retry: true, Remedy: "look after the server and the way to it",
			Err: fmt.Errorf("%s did not answer in %s", d.server.Where(""), d.options.Timeout)}
	case errors.As(err, &decided):
		return err
	}
	return d.server.Fault(op, err)
}

// random is content that no other check has.
func random() []byte { return []byte(rand.Text()) }
