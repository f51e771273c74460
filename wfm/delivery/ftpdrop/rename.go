package ftpdrop

import (
	"context"
	"errors"
	"io/fs"

	"github.com/cicwfm/cicwfm/wfm/delivery/internal/remotedrop"
)

// Rename replaces the file to, in one step where the server can; see remotedrop.Replace.
func (n *session) Rename(ctx context.Context, from, to string) error {
	return remotedrop.Replace(ctx, n, n.server.Logger, from, to)
}

// Refused tells whether the server refused a command because of the file that it names.
func (n *session) Refused(err error) bool { return refusedPath(err) }

// Move is RNFR and RNTO.
func (n *session) Move(ctx context.Context, from, to string) error {
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
