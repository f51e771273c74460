package remotedrop

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestGuard(t *testing.T) {
	here, there := net.Pipe()
	defer there.Close()
	own := errors.New("own")
	require.ErrorIs(t, Guard(t.Context(), here, func() error { return own }), own)
	require.NoError(t, Guard(t.Context(), here, func() error { return nil }))

	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	err := Guard(ctx, here, func() error { _, err := here.Read(make([]byte, 1)); return err })
	require.ErrorIs(t, err, context.DeadlineExceeded, "not that the connection is closed")
	require.ErrorIs(t, Guard(ctx, here, func() error { t.Error("it began"); return nil }), context.DeadlineExceeded)

	// Work that is done when the context ends has no connection any more: it counts as not done.
	ctx, cancel = context.WithCancel(t.Context())
	require.ErrorIs(t, Guard(ctx, here, func() error { cancel(); return nil }), context.Canceled)
}
