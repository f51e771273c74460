package delivery

import (
	"context"
	"encoding/binary"

	"github.com/cicwfm/cicwfm/wfm"
)

// Fence binds a delivery to the right to make it, where two instances of a service stand in for each other: one that
// was paused, and wakes after the other took its place, must make nothing visible.
type Fence struct {
	// Token is that of the lease and grows with every new holder. Names of partial files depend on it, so
	// that two holders never write into one file. 0 stands for no lease.
	Token int64
	// Held is asked right before the artifact becomes visible under its name. An error ends the delivery; nothing is left
	// then. It may use another connection of the same transport, but must not wait for this delivery. Nil asks nothing.
	Held func(ctx context.Context) error
}

// PartialName is the name under which a transport writes before it renames: that of the function
// PartialName, and with a token another for each token.
func (f Fence) PartialName(safe string, digest wfm.Digest) string {
	if f.Token != 0 {
		digest = wfm.DigestOf(binary.BigEndian.AppendUint64(digest[:], uint64(f.Token)))
	}
	return PartialName(safe, digest)
}

// Still asks Held, if there is one.
func (f Fence) Still(ctx context.Context) error {
	if f.Held == nil {
		return nil
	}
	return f.Held(ctx)
}

// Fencer is implemented by transports to which several instances may deliver in turn. A destination without a rename leaves
// it out; the host asks Held before Deliver all the same. Together the two methods
// close every gap: an earlier holder that wakes before the last look at Held finds that the lease is gone, and one
// that wakes between that look and the rename finds that its partial file is gone.
type Fencer interface {
	// DeliverFenced is Deliver under a fence.
	DeliverFenced(ctx context.Context, a wfm.Artifact, f Fence) (Receipt, error)
	// Expel removes the partial files of the artifact's name (IsPartialOf), whatever their content and age, but for those that
	// this token gives the artifact's bytes, and returns how many. Hosts call it under their own lease, before Probe, for an attempt
	// that an earlier holder began.
	Expel(ctx context.Context, a wfm.Artifact, token int64) (int, error)
}
