package remotedrop

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
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
	// UnseenTokens is how many earlier tokens Expel thinks of, besides that of no lease, where a list may leave out
	// hidden files: partial files of the same content under these tokens are removed by their names, those of every
	// attempt of the token before this one, and those of the first attempt of the others. 0 trusts the list.
	UnseenTokens int
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
	// attempts that were cut off
	attempts attempts
}

var _ interface {
	delivery.Transport
	delivery.Prober
	delivery.Checker
	delivery.Cleaner
	delivery.Fencer
	io.Closer
} = (*Drop)(nil)

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
	err = d.use(ctx, "deliver "+wfm.Quote(name), StepConnect, func(ctx context.Context, s Session) error {
		partial, err := d.put(ctx, s, fence, name, a)
		switch {
		case err == nil:
			d.attempts.delivered(name)
		case partial != "" && !d.abandon(s, err, partial):
			d.attempts.cut(name, partial)
		}
		return err
	})
	if err != nil {
		return delivery.Receipt{}, err
	}
	d.log.LogAttrs(ctx, slog.LevelDebug, "delivered", slog.String("where", d.server.Where(name)), slog.Int("bytes", len(a.Bytes)))
	return d.receipt(name, a.Bytes), nil
}

// put writes, compares and renames. partial is the name under which something may be; empty for nothing.
func (d *Drop) put(ctx context.Context, s Session, fence delivery.Fence, name string, a wfm.Artifact) (partial string, err error) {
	if err := d.step(ctx, StepWrite); err != nil {
		return "", err
	}
	if err := d.tidy(ctx, s, name); err != nil {
		return "", err
	}
	if partial, err = d.write(ctx, s, fence, name, a); err != nil {
		return partial, err
	}
	if err := d.step(ctx, StepVerify); err != nil {
		return partial, own{err}
	}
	if err := d.verify(ctx, s, partial, a.Bytes); err != nil {
		return partial, err
	}
	if err := fence.Still(ctx); err != nil {
		return partial, own{err}
	}
	if err := d.step(ctx, StepRename); err != nil {
		return partial, own{err}
	}
	return partial, s.Rename(ctx, partial, name)
}

// tidy removes what attempts of this drop that were cut off may have left, so that a rename that a hung server still has before
// it finds nothing. What the server does not let go of, or the account may not remove, stays.
func (d *Drop) tidy(ctx context.Context, s Session, name string) error {
	_, left := d.attempts.of(name)
	for _, partial := range left {
		err := s.Remove(ctx, partial)
		switch {
		case err == nil, errors.Is(err, fs.ErrNotExist):
			d.attempts.removed(name, partial)
		case !errors.Is(err, ErrHeld):
			return err
		}
	}
	return nil
}

// mostHeld is how many names are tried where the server does not let go of files. SMB servers keep a file open for a
// connection that died without a word, for minutes or hours, and let nobody delete or rename it: meanwhile the delivery
// takes the next name.
const mostHeld = 4

// write writes the partial file and returns its name.
func (d *Drop) write(ctx context.Context, s Session, fence delivery.Fence, name string, a wfm.Artifact) (partial string, err error) {
	for range mostHeld {
		attempt, _ := d.attempts.of(name)
		partial = partialName(fence, name, a.Digest(), attempt)
		if err = s.Write(ctx, partial, a.Bytes); !errors.Is(err, ErrHeld) {
			return partial, err
		}
		d.attempts.cut(name, partial)
	}
	return "", err
}

// own is an error that did not come from the session: that is in order, and the server had no part in it.
type own struct{ error }

func (o own) Unwrap() error { return o.error }

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
	lost := func(reason, remedy string) error {
		return own{&wfm.Error{Op: "verify the upload", Kind: wfm.Unavailable, Retry: true, Err: errors.New(reason), Remedy: remedy}}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return lost("the server confirmed the file, and does not have it",
			"see that nothing on the server hides, moves or deletes files that begin with a full stop and end in .part")
	case err != nil:
		return err
	case size == -1:
		return lost("the server confirmed the file and has other content", "see that the server changes no line ends")
	case size != int64(len(content)):
		return lost(fmt.Sprintf("the server confirmed the file and has %d bytes of %d", size, len(content)), "")
	}
	return nil
}

// abandonTimeout is how long the removal of partial files may take after a delivery failed.
const abandonTimeout = 3 * time.Second

// abandon removes the partial files of a delivery that failed: over the same session where that is in order, else over a
// new one, within a short time. It tells whether it is certain that none is there and none will be: over a new
// session it is not, since the server may still do what the old one was told. What stays is removed by the next attempt.
func (d *Drop) abandon(s Session, cause error, partials ...string) (certain bool) {
	ctx, cancel := context.WithTimeout(context.Background(), abandonTimeout)
	defer cancel()
	var sound own
	certain = errors.As(cause, &sound)
	if !certain {
		_ = s.Close()
		fresh, err := d.server.Dial(ctx)
		if err != nil {
			d.log.Debug("a partial file may stay until the next attempt", "where", d.server.Where(partials[0]), "error", err)
			return false
		}
		defer fresh.Close()
		s = fresh
	}
	for _, partial := range partials {
		if err := s.Remove(ctx, partial); err != nil && !errors.Is(err, fs.ErrNotExist) {
			d.log.Debug("a partial file stays until the next attempt", "where", d.server.Where(partial), "error", err)
			return false
		}
	}
	return certain
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
	var problem wfm.Problem
	var mine own
	switch {
	case err == nil:
		return nil
	case ended(ctx) != nil:
		return &wfm.Error{Op: op, Kind: wfm.LossOfInterest, Err: ended(ctx)}
	case errors.As(err, &mine) && !errors.Is(err, context.DeadlineExceeded):
		return mine.error
	case errors.As(err, &decided):
		return err
	case errors.Is(err, context.DeadlineExceeded):
		return &wfm.Error{Op: op, Kind: wfm.Unavailable, Retry: true, Remedy: "look after the server and the way to it",
			Err: fmt.Errorf("%s did not answer in %s", d.server.Where(""), d.options.Timeout)}
	case errors.As(err, &problem):
		return &wfm.Error{Op: op, Kind: wfm.BadConfig, Err: err}
	}
	return d.server.Fault(op, err)
}

// ended is the context's error. A connection may find that the deadline has passed a moment before the context says so.
func ended(ctx context.Context) error {
	if at, limited := ctx.Deadline(); limited && ctx.Err() == nil && !time.Now().Before(at) {
		return context.DeadlineExceeded
	}
	return ctx.Err()
}
