package remotedrop

import (
	"context"
	"io"
)

// Guard runs work that uses a connection and knows no context. When ctx ends it closes the connection, so that work ends
// soon; the error is then the context's, and the connection is of no use.
func Guard(ctx context.Context, connection io.Closer, work func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = connection.Close() })
	err := work()
	if !stop() {
		return ctx.Err()
	}
	return err
}
