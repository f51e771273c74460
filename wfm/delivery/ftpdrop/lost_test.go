package ftpdrop_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
)

// TestLostAfterARefusal: a server refuses something, and the connection is lost while we find out why. The refusal must not
// be taken for a final matter of rights.
func TestLostAfterARefusal(t *testing.T) {
	refuse := func(command, then string) script {
		refused := false
		return func(_ *fake, c, _ string) string {
			switch {
			case refused && c == then:
				return hang
			case c == command:
				refused = true
				return "550 no"
			}
			return ""
		}
	}
	for name, c := range map[string]struct{ command, then string }{
		"an upload over a file":        {"STOR", "DELE"},
		"a rename":                     {"RNTO", "SIZE"},
		"a rename, then setting aside": {"RNTO", "RNFR"},
	} {
		t.Run(name, func(t *testing.T) {
			f, o := newFake(t, nil)
			f.put(map[string]string{"call.txt": "old"})
			f.set(refuse(c.command, c.then))
			_, err := open(t, o).Deliver(t.Context(), call("new"))
			require.Equal(t, wfm.Unavailable, wfm.KindOf(err), "%v", err)
			again, _ := wfm.ShouldRetry(err)
			require.True(t, again, "%v", err)
			require.Equal(t, "old", f.names()["call.txt"])
			f.set(func(*fake, string, string) string { return "" })
			_, err = open(t, o).Deliver(t.Context(), call("new"))
			require.NoError(t, err)
			require.Equal(t, map[string]string{"call.txt": "new"}, f.names())
		})
	}
	t.Run("a probe", func(t *testing.T) {
		f, o := newFake(t, nil)
		f.put(map[string]string{"call.txt": "new"})
		sizes := 0
		f.set(func(_ *fake, c, _ string) string {
			switch {
			case c == "RETR":
				return "550 no"
			case c == "SIZE":
				if sizes++; sizes == 2 {
					return hang
				}
			}
			return ""
		})
		_, _, err := open(t, o).Probe(t.Context(), call("new"))
		again, _ := wfm.ShouldRetry(err)
		require.True(t, again, "%v", err)
		require.Equal(t, wfm.Unavailable, wfm.KindOf(err))
	})
}
