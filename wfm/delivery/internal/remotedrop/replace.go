package remotedrop

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"log/slog"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// Mover is what Replace needs of a session.
type Mover interface {
	Size(ctx context.Context, name string) (int64, error)
	Remove(ctx context.Context, name string) error
	// Move renames; whether it replaces a file is up to the server.
	Move(ctx context.Context, from, to string) error
	// Refused tells whether an error of Move says that the server does not do it, and the session is in order.
	Refused(err error) bool
}

// Replace is Session.Rename for servers of which it is not known that they replace a file. Where one does not, the file is first
// moved to a partial name, and deleted last: no step destroys a content before the new one has its name. Between
// the two renames there is no file of that name; if the second fails, the old file is put back. Where the connection is
// lost there, the old content stays under its partial name, and the next attempt delivers.
func Replace(ctx context.Context, m Mover, log *slog.Logger, from, to string) error {
	failed := m.Move(ctx, from, to)
	if failed == nil || !m.Refused(failed) {
		return failed
	}
	if err := still(ctx, m, from); err != nil {
		return err
	}
	if _, err := m.Size(ctx, to); errors.Is(err, fs.ErrNotExist) {
		return failed // nothing stands in the way
	} else if err != nil {
		return err
	}
	// The name is random: a command of a session that was cut off, which a hung server carries out late, never meets it.
	aside := delivery.PartialName(to, wfm.DigestOf(random()))
	if err := m.Move(ctx, to, aside); err != nil && m.Refused(err) {
		return failed // it says more
	} else if err != nil {
		return err // a connection that was lost now says nothing about rights
	}
	if err := m.Move(ctx, from, to); err != nil {
		_ = m.Move(ctx, aside, to)
		if m.Refused(err) {
			if gone := still(ctx, m, from); gone != nil {
				return gone
			}
		}
		return err
	}
	if err := m.Remove(ctx, aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		log.LogAttrs(ctx, slog.LevelDebug, "a replaced file stays under a partial name", slog.String("name", aside), slog.Any("error", err))
	}
	return nil
}

// still returns an error where the partial file is not there.
func still(ctx context.Context, m Mover, partial string) error {
	_, err := m.Size(ctx, partial)
	if errors.Is(err, fs.ErrNotExist) {
		return Gone(partial)
	}
	return err
}

// Gone is the error of a rename whose partial file is not there any more.
func Gone(partial string) error {
	return &wfm.Error{Op: "rename " + wfm.Quote(partial), Kind: wfm.Unavailable, Retry: true,
		Err:    errors.New("the partial file is gone: another instance took over, or someone cleaned the folder"),
		Remedy: "it is tried again where this instance still runs the feed; see that nothing else clears the folder"}
}

// random is content that nobody else has.
func random() []byte { return []byte(rand.Text()) }
