package remotedrop_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/internal/remotedrop"
)

// TestHeldPartialFiles: a server that keeps the partial file of a dead connection open lets nobody replace or remove it. The
// delivery takes another name, and leaves what is held to a later cleaning.
func TestHeldPartialFiles(t *testing.T) {
	for held := range 5 {
		t.Run(fmt.Sprint(held), func(t *testing.T) {
			f := newFake()
			var names []string
			f.before = func(_ context.Context, method, name string) error {
				if method == "write" && len(names) < held {
					names = append(names, name)
				}
				if (method == "write" || method == "remove") && slices.Contains(names, name) {
					return errors.Join(remotedrop.ErrHeld, errServer)
				}
				return nil
			}
			d := remotedrop.New(f, remotedrop.Options{})
			fence := delivery.Fence{Token: 7}
			_, err := d.DeliverFenced(t.Context(), call("content"), fence)
			for _, name := range names {
				require.True(t, delivery.IsPartialOf(name, "call.txt"), name)
			}
			require.Len(t, slices.Compact(slices.Sorted(slices.Values(names))), held, "each name is tried once")
			if held == 4 {
				require.Equal(t, wfm.Unavailable, wfm.KindOf(err))
				require.NotContains(t, f.list(), "call.txt")
				sound(t, f, d)
				return
			}
			require.NoError(t, err)
			require.Equal(t, "content", f.list()["call.txt"])
			require.Len(t, f.list(), 1+held)

			// The holder's own attempts are no danger to it, so that what is held does not stop it.
			removed, err := d.Expel(t.Context(), call("content"), 7)
			require.NoError(t, err)
			require.Zero(t, removed)
			_, err = d.Expel(t.Context(), call("content"), 8)
			require.Equal(t, held > 0, err != nil, "another holder must not go on while an earlier one might rename: %v", err)
			f.before = nil
			removed, err = d.Expel(t.Context(), call("content"), 8)
			require.NoError(t, err)
			require.Equal(t, held, removed)
			require.Equal(t, map[string]string{"call.txt": "content"}, f.list())
			sound(t, f, d)
		})
	}
}
