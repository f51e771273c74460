package delivery

import (
	"context"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// Links is how a real-time feed reaches its receivers: by dialling them, by listening for them, by
// datagrams or by HTTP. Implementations may be served once at a time.
type Links interface {
	// Serve makes connections until ctx ends, and calls h.Handle for each in a goroutine of its own: as
	// soon as one exists, and again after each reconnect. Destinations are independent of each
	// other: one that is slow or away holds up no other. Serve returns when ctx has ended and
	// every goroutine that it started; nil then. Another error means that it can never work, such
	// as an address that is taken or a certificate that cannot be read; it says whether to retry.
	//
	// When ctx ends, the context of the handlers ends with it, but their links can still be written
	// for a short time (Handle may send a farewell); then they are closed.
	Serve(ctx context.Context, h LinkHandler) error
}

// LinkHandler is the user of links. Its methods are called concurrently.
type LinkHandler interface {
	// Handle uses a link until ctx ends: because the peer is gone, or because the service stops
	// (context.Cause tells which; after the stop of the service it is context.Canceled). The link is closed when it returns. An error is the reason
	// to give the link up; where the link dialled, the wait before the next attempt follows wfm.ShouldRetry.
	Handle(ctx context.Context, l Link) error
	// Failed is told of an attempt to connect, or a connection, that failed, and when the next attempt follows;
	// zero for none.
	Failed(where string, err error, next time.Time)
}

// Link is one connection to one receiver. It is used by one goroutine at a time.
type Link interface {
	// Send hands all frames, in order, to the network before a deadline of the link. It neither keeps nor
	// changes them. After an error the link is of no use: some frames may have arrived. With ctx
	// ended it still tries until the link's own deadline.
	Send(ctx context.Context, f *wfm.Frames) error
	// Where is the receiver in words. It holds no secret.
	Where() string
}

// Destination is implemented by links that may go to an address of the configuration, where the same receiver is
// found after a reconnect: the host remembers for it, between connections, who has left meanwhile. Nobody
// knows which receiver it is that connects to a listener: such links have no destination.
type Destination interface {
	// Destination is the same text for every link to that receiver; empty where there is none.
	Destination() string
}
