package integration

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// linkUser feeds the receivers of one feed.
type linkUser struct {
	feed   *rtFeed
	stream *rta.Stream
	log    *slog.Logger
	stop   context.Context // ends when the service stops

	mu   sync.Mutex
	kept map[string]*memory // by destination, while it is not connected
}

var _ delivery.LinkHandler = (*linkUser)(nil)

// Failed notes a receiver that cannot be reached.
func (u *linkUser) Failed(where string, err error, next time.Time) {
	u.feed.unreachable(where, err, next)
	u.log.Warn("a receiver is not connected", "receiver", where, "error", err, "next", next.UTC())
}

// Handle feeds one receiver until it is gone or the service stops.
func (u *linkUser) Handle(ctx context.Context, l delivery.Link) error {
	f := u.feed
	m, err := u.recall(l)
	if err != nil {
		return err
	}
	defer u.keep(l, m)
	c := &connection{linkUser: u, link: l, memory: m, session: f.Encoder.NewSession(), traits: f.Encoder.Traits(), receiver: f.connected(l.Where())}
	u.log.Info("a receiver is connected", "receiver", l.Where())
	err = c.run(ctx)
	f.disconnected(c.receiver, err)
	if err != nil {
		u.log.Warn("a receiver is lost", "receiver", l.Where(), "error", err)
	} else {
		u.log.Info("a receiver is disconnected", "receiver", l.Where())
	}
	return err
}

// connection is one link with its session and its view of the stream.
type connection struct {
	*linkUser
	*memory
	link     delivery.Link
	session  vendors.Session
	traits   vendors.Traits
	receiver *receiver
	frames   wfm.Frames
	changes  []wfm.StatusChange
	health   wfm.FeedHealth
	beat     *time.Timer // nil: no heartbeat
}

// run starts with the feed's health and a snapshot, and sends changes then: at once, or in batches.
// A receiver that is slow finds its backlog merged when it is ready again.
func (c *connection) run(ctx context.Context) error {
	var batch, refresh, beat <-chan time.Time
	if c.traits.UpdateFrequency > 0 {
		ticker := time.NewTicker(c.traits.UpdateFrequency)
		defer ticker.Stop()
		batch = ticker.C
	}
	if c.traits.Refresh > 0 {
		ticker := time.NewTicker(c.traits.Refresh)
		defer ticker.Stop()
		refresh = ticker.C
	}
	if c.traits.Heartbeat > 0 {
		c.beat = time.NewTimer(c.traits.Heartbeat)
		defer c.beat.Stop()
		beat = c.beat.C
	}
	c.health = c.watch.Health()
	if err := c.tell(ctx, c.health); err != nil {
		return err
	}
	waited, snapshot := c.watch.Refresh(nil) // also where no snapshot is sent: the changes begin here
	c.note(waited, time.Now())
	if err := c.tellDepartures(ctx); err != nil {
		return err
	}
	if !c.traits.SkipSnapshot {
		if err := c.sendSnapshot(ctx, snapshot); err != nil {
			return err
		}
	}
	waited, snapshot = nil, nil // they may be large
	for {
		var err error
		select {
		case <-ctx.Done():
			return c.farewell(ctx)
		case <-c.watch.Ready():
			// The health first, so that a recovery is told after the changes that came with it; then it waits for no batch.
			h := c.watch.Health()
			if batch == nil || h != c.health {
				err = c.sendChanges(ctx)
			}
			if err == nil && h != c.health {
				c.health = h
				err = c.tell(ctx, h)
			}
		case <-batch:
			err = c.sendChanges(ctx)
		case <-refresh:
			err = c.refresh(ctx)
		case <-beat:
			if h, ok := c.session.(vendors.HeartbeatSession); ok {
				c.frames.Reset()
				c.feed.skipped(c.log, h.AppendHeartbeat(&c.frames, c.watch.Now()))
				err = c.send(ctx)
			}
			c.beat.Reset(c.traits.Heartbeat)
		}
		if err != nil {
			return err
		}
	}
}

// farewell says, in order, that the service stops. Where the peer is gone there is nobody to tell.
func (c *connection) farewell(ctx context.Context) error {
	if c.stop.Err() == nil {
		return context.Cause(ctx)
	}
	if err := c.sendChanges(ctx); err != nil {
		return err
	}
	return c.tell(ctx, wfm.FeedShutdown)
}

func (c *connection) tell(ctx context.Context, h wfm.FeedHealth) error {
	s, ok := c.session.(vendors.HealthSession)
	if !ok {
		return nil
	}
	c.frames.Reset()
	c.feed.skipped(c.log, s.AppendHealth(&c.frames, c.watch.Now(), h))
	return c.send(ctx)
}

// snapshotKept is how much memory of a snapshot is kept for changes, which need little.
const snapshotKept = 1 << 20

func (c *connection) sendSnapshot(ctx context.Context, all []wfm.AgentState) error {
	c.frames.Reset()
	c.feed.skipped(c.log, c.session.AppendSnapshot(&c.frames, c.watch.Now(), all))
	err := c.send(ctx)
	if cap(c.frames.Bytes) > snapshotKept {
		c.frames = wfm.Frames{}
	}
	c.receiver.snapshots.Add(1)
	c.receiver.states.Add(int64(len(all)))
	return err
}

// refresh tells everything anew, after the changes that wait: a snapshot alone would swallow that somebody left.
func (c *connection) refresh(ctx context.Context) error {
	var all []wfm.AgentState
	c.changes, all = c.watch.Refresh(c.changes)
	if err := c.tellChanges(ctx); err != nil {
		return err
	}
	return c.sendSnapshot(ctx, all)
}

func (c *connection) sendChanges(ctx context.Context) error {
	c.changes = c.watch.Drain(c.changes)
	return c.tellChanges(ctx)
}

func (c *connection) tellChanges(ctx context.Context) error {
	if len(c.changes) == 0 {
		return nil
	}
	c.frames.Reset()
	c.feed.skipped(c.log, c.session.AppendChanges(&c.frames, c.watch.Now(), c.changes))
	c.note(c.changes, time.Now())
	merged := 0
	for i := range c.changes {
		merged += c.changes[i].Merged
	}
	c.receiver.changes.Add(int64(len(c.changes)))
	c.receiver.merged.Add(int64(merged))
	return c.send(ctx)
}

func (c *connection) send(ctx context.Context) error {
	if c.frames.Len() == 0 {
		return nil
	}
	if err := c.link.Send(ctx, &c.frames); err != nil {
		return err
	}
	c.receiver.frames.Add(int64(c.frames.Len()))
	c.receiver.bytes.Add(int64(len(c.frames.Bytes)))
	c.receiver.last.Store(time.Now().Unix())
	if c.beat != nil {
		c.beat.Reset(c.traits.Heartbeat)
	}
	return nil
}
