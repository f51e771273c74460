// Package delivery is how finished files and real-time frames reach a WFM product. A [Transport] takes
// an artifact and puts it somewhere, whole or not at all; [Links] keep connections to receivers and
// carry frames. Both see names and bytes; they know neither vendors nor sources nor the ledger.
//
// Its place in the flow:
//
//	a vendor's encoder ─ wfm.Artifact ─▶ ledger.Begin ─▶ Transport.Deliver ─▶ ledger.Commit
//	a vendor's session ─ wfm.Frames ─▶ Link.Send
package delivery

import (
	"context"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// Transport delivers artifacts. Implementations are safe for concurrent use with different names.
type Transport interface {
	// Deliver makes the artifact visible to the reader under its name, all of it or nothing. Doing it
	// twice leaves what doing it once leaves; a retry overwrites the debris of an attempt that was
	// cut off. It returns only when the content survives a power cut at the receiving side, as far
	// as the protocol can promise that. It puts Artifact.Name through SafeName,
	// fails with a context that has ended, and does not retry. Errors are *wfm.Error or wfm.Problem and
	// say whether the host may try again.
	Deliver(ctx context.Context, a wfm.Artifact) (Receipt, error)
}

// Prober is implemented by transports that can find out whether an attempt that was never
// confirmed did land: the artifact is there under its name with exactly its bytes.
type Prober interface {
	Probe(ctx context.Context, a wfm.Artifact) (Receipt, bool, error)
}

// Checker is implemented by transports that can be tried without delivering anything. It leaves
// nothing behind.
type Checker interface {
	Check(ctx context.Context) error
}

// Cleaner is implemented by transports whose attempts, when they are cut off, leave partial files
// that a later attempt with other content would not overwrite. It removes those that were last
// written more than olderThan ago, and returns how many. Hosts call it when they start.
type Cleaner interface {
	CleanPartials(ctx context.Context, olderThan time.Duration) (int, error)
}

// Receipt says where an artifact went.
type Receipt struct {
	// Where is the place in words: a path or an address. It holds no secret.
	Where string
	Bytes int64
}
