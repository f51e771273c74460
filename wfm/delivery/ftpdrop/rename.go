package ftpdrop

import (
	"context"
	"errors"
	"io/fs"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// Rename replaces the file to, in one step where the server can. Where it does not permit that a file is replaced, that
// file is first moved to a partial name, and deleted last: no step destroys a content before the new one has its
// name. Between the two renames there is no file of that name; if the second fails, the old file is put back.
func (n *session) Rename(ctx context.Context, from, to string) error {
	err := n.rename(ctx, from, to)
	if !refusedPath(err) {
		return err
	}
	if _, sizeErr := n.Size(ctx, from); sizeErr != nil {
		if errors.Is(sizeErr, fs.ErrNotExist) {
			return errPartialGone(from)
		}
		return sizeErr
	}
	if _, sizeErr := n.Size(ctx, to); sizeErr != nil {
		if errors.Is(sizeErr, fs.ErrNotExist) {
			return err // nothing stands in the way
		}
		return sizeErr
	}
	aside := delivery.PartialName(to, wfm.DigestOf([]byte("set aside for "+from)))
	if asideErr := n.Remove(ctx, aside); asideErr != nil && !errors.Is(asideErr, fs.ErrNotExist) {
		return asideErr
	}
	if asideErr := n.rename(ctx, to, aside); refusedPath(asideErr) {
		return err // the first one says more
	} else if asideErr != nil {
		return asideErr // a connection that was lost now says nothing about rights
	}
	if err = n.rename(ctx, from, to); err != nil {
		// Where a connection is lost here, the old content stays under its partial name, and the next attempt delivers.
		_ = n.rename(ctx, aside, to)
		return err
	}
	if asideErr := n.Remove(ctx, aside); asideErr != nil && !errors.Is(asideErr, fs.ErrNotExist) {
		n.server.Logger.Debug("a replaced file stays under a partial name", "where", n.server.Where(aside), "error", asideErr)
	}
	return nil
}

// rename is RNFR and RNTO.
func (n *session) rename(ctx context.Context, from, to string) error {
	err := n.run(ctx, "rename", func() error { return n.conn.Rename(path(from), path(to)) })
	var a *answer
	if !errors.As(err, &a) || a.code/100 != 2 {
		return err
	}
	// A success, but not the expected one: look what it was.
	if _, sizeErr := n.Size(ctx, from); !errors.Is(sizeErr, fs.ErrNotExist) {
		return err
	}
	_, sizeErr := n.Size(ctx, to)
	return sizeErr
}

func errPartialGone(name string) error {
	return &wfm.Error{Op: "rename " + wfm.Quote(name), Kind: wfm.Unavailable, Retry: true,
		Err:    errors.New("the partial file is gone"),
		Remedy: "another instance may have taken over; see that nothing else clears the folder"}
}
