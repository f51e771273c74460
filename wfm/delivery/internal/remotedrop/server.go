package remotedrop

import (
	"context"
	"errors"
	"time"
)

// Server opens sessions. It is safe for concurrent use.
type Server interface {
	// Dial connects, logs in and enters the folder. It returns soon after ctx ends.
	Dial(ctx context.Context) (Session, error)
	// Where is the place of a file in words, or of the folder for an empty name. It holds no secret.
	Where(name string) string
	// Fault gives an error of a session or of Dial its decision, a *wfm.Error with this operation. The drop itself decides
	// about a context that ended, a wfm.Problem, and an error that carries a decision.
	Fault(op string, err error) error
}

// ErrHeld is the error of Session.Write and Session.Remove where the file is there, and cannot be replaced or removed: another
// connection has it open, perhaps one that is dead, of which the server has not heard yet; or the account may
// create files, and not remove them. The session is in order.
var ErrHeld = errors.New("the server does not let go of the file")

// Session is one connection that is logged in, used by one goroutine at a time. Names are safe names
// in the folder. Every method returns soon after ctx ends, and the session is of no use after any
// error but fs.ErrNotExist and ErrHeld.
type Session interface {
	// Write creates the file or replaces it, and returns when the server has confirmed all of it; flushed
	// to disk, where the protocol has a word for that.
	Write(ctx context.Context, name string, content []byte) error
	// Size returns the size of a file; an error that is fs.ErrNotExist where there is none.
	Size(ctx context.Context, name string) (int64, error)
	// Read returns the content of a file, cut after most bytes; an error that is fs.ErrNotExist where there is none.
	Read(ctx context.Context, name string, most int64) ([]byte, error)
	// Rename replaces the file to, if there is one, in one step where the server can.
	Rename(ctx context.Context, from, to string) error
	// Remove removes a file; an error that is fs.ErrNotExist where there is none, and ErrHeld where it stays.
	Remove(ctx context.Context, name string) error
	// List returns what the folder holds, hidden files as far as the server shows them.
	List(ctx context.Context) ([]File, error)
	// Ping asks for a sign of life, in a second or two.
	Ping(ctx context.Context) error
	// Close ends the session without waiting long for the server. A second call does nothing.
	Close() error
}

// File is one entry of a folder.
type File struct {
	Name     string
	Modified time.Time // zero where the server does not say
	Regular  bool
}
