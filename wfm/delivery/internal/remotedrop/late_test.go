package remotedrop_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/internal/remotedrop"
)

// late is what a hung server still does for a session that was cut off.
type late struct {
	cutAt string // the method of the first attempt that is never answered
	then  func(f *fake, partial string)
	when  string // the method of the second attempt before which the server comes to itself
}

// lateCommands are the two that change files, each at the worst moment.
var lateCommands = map[string]late{
	"an upload, between the comparison and the rename": {"written", func(f *fake, partial string) { f.put(partial, "", 0) }, "rename"},
	"a rename, in the middle of an upload": {"rename", func(f *fake, partial string) {
		if content, there := f.list()[partial]; there {
			f.put("call.txt", content, 0)
			f.remove(partial)
		}
	}, "write"},
}

// TestLateCommandsOfACutSession: what the server does late for an attempt that was cut off touches no other attempt of the same
// holder: the reader never finds a part.
func TestLateCommandsOfACutSession(t *testing.T) {
	for name, c := range lateCommands {
		for _, token := range []int64{0, 7} {
			t.Run(name, func(t *testing.T) {
				f := newFake()
				f.put("call.txt", "old", 0)
				var hung, at string
				attempt := 1
				f.before = func(_ context.Context, method, name string) error {
					if text := f.list()["call.txt"]; text != "old" && text != "new" {
						t.Errorf("a reader finds %q", text)
					}
					switch {
					case attempt == 1 && method == c.cutAt:
						hung, at = name, method
						return errServer
					case attempt == 1 && at != "":
						return errServer // nothing is answered any more, so that the partial file stays
					case attempt == 2 && method == c.when:
						attempt = 3
						c.then(f, hung)
					}
					return nil
				}
				d := remotedrop.New(f, remotedrop.Options{})
				deliver := func() error {
					_, err := d.DeliverFenced(t.Context(), call("new"), delivery.Fence{Token: token})
					return err
				}
				require.ErrorIs(t, deliver(), errServer)
				require.True(t, delivery.IsPartialOf(hung, "call.txt"), hung)
				attempt = 2
				require.NoError(t, deliver())
				require.Equal(t, 3, attempt)
				require.Equal(t, "new", f.list()["call.txt"])

				// What the late upload left is the holder's own, and known to the next one.
				removed, err := d.Expel(t.Context(), call("new"), token)
				require.NoError(t, err)
				require.Zero(t, removed)
				_, err = d.Expel(t.Context(), call("new"), token+1)
				require.NoError(t, err)
				require.Equal(t, map[string]string{"call.txt": "new"}, f.list())
				sound(t, f, d)
			})
		}
	}
}

// TestLateRenameOfAnEarlierRevision finds nothing: what attempts left is removed before a later content gets the name.
func TestLateRenameOfAnEarlierRevision(t *testing.T) {
	f := newFake()
	down := false
	var hung string
	f.before = func(_ context.Context, method, name string) error {
		if method == "rename" && hung == "" {
			hung, down = name, true
		}
		if down {
			return errServer
		}
		return nil
	}
	d := remotedrop.New(f, remotedrop.Options{})
	_, err := d.Deliver(t.Context(), call("revision 1"))
	require.ErrorIs(t, err, errServer)
	require.Equal(t, map[string]string{hung: "revision 1"}, f.list())
	down = false
	_, err = d.Deliver(t.Context(), call("revision 2"))
	require.NoError(t, err)
	require.Equal(t, map[string]string{"call.txt": "revision 2"}, f.list())
	sound(t, f, d)
}

// TestNamesOfAttempts: each attempt after one that was cut off has its own name, and the first comes back last. A delivery that
// succeeded begins anew.
func TestNamesOfAttempts(t *testing.T) {
	f := newFake()
	var names []string
	f.before = func(_ context.Context, method, name string) error {
		if method == "write" {
			names = append(names, name)
		}
		if method == "written" {
			return errServer
		}
		return nil
	}
	d := remotedrop.New(f, remotedrop.Options{})
	for range 9 {
		require.ErrorIs(t, deliverCall(t, d), errServer)
	}
	require.Len(t, slices.Compact(slices.Sorted(slices.Values(names))), 8)
	require.Equal(t, names[0], names[8])
	require.Equal(t, delivery.PartialName("call.txt", wfm.DigestOf([]byte("x"))), names[0], "the one whose debris a new process replaces")
	f.before = nil
	require.NoError(t, deliverCall(t, d))
	require.Equal(t, map[string]string{"call.txt": "x"}, f.list())
	sound(t, f, d)
}

func deliverCall(t *testing.T, d *remotedrop.Drop) error {
	_, err := d.Deliver(t.Context(), call("x"))
	return err
}

// TestDebrisThatStays: an account that may not remove files delivers all the same, and a connection that is lost while debris
// is removed writes nothing.
func TestDebrisThatStays(t *testing.T) {
	f := newFake()
	failing, removal := true, errServer
	f.before = func(_ context.Context, method, _ string) error {
		switch {
		case method == "remove":
			return removal
		case method == "written" && failing:
			return errServer
		}
		return nil
	}
	d := remotedrop.New(f, remotedrop.Options{})
	require.ErrorIs(t, deliverCall(t, d), errServer)
	failing = false
	require.ErrorIs(t, deliverCall(t, d), errServer, "it is not known what the lost session still does")
	require.NotContains(t, f.list(), "call.txt")
	removal = remotedrop.ErrHeld
	require.NoError(t, deliverCall(t, d))
	require.Equal(t, "x", f.list()["call.txt"])
	require.Len(t, f.list(), 2)
	sound(t, f, d)
}
