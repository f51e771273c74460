package ftpdrop_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// TestHungServer: a server hangs over a command of an attempt, the attempt is given up, and the server carries the command out
// while the next attempt is at its most delicate. The file is whole all the same.
func TestHungServer(t *testing.T) {
	for _, command := range []string{"STOR", "RNTO"} {
		t.Run(command, func(t *testing.T) {
			var hung string // what the command of the first attempt names
			var torn []string
			deaf := false
			reached := make(chan struct{})
			f, o := newFake(t, func(f *fake, c, argument string) string {
				switch {
				case deaf:
					return hang
				case hung == "" && c == command:
					hung, deaf = argument, true
					defer close(reached)
					if c == "RNTO" {
						hung = f.commands[len(f.commands)-2][len("RNFR "):]
					}
					return stall
				case c == "STOR" && command == "RNTO":
					f.files[argument] = "ha" // the upload has begun
					if content, there := f.files[hung]; there {
						f.files["call.txt"] = content
						delete(f.files, hung)
					}
				case c == "RNFR" && command == "STOR":
					f.files[hung] = "" // the data connection is gone
				}
				if text, there := f.files["call.txt"]; there && text != "content" {
					torn = append(torn, text)
				}
				return ""
			})
			d := open(t, o)
			a := call("content")
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			go func() {
				<-reached
				cancel()
			}()
			_, err := d.Deliver(ctx, a)
			require.ErrorIs(t, err, context.Canceled)
			f.mu.Lock()
			deaf = false
			require.True(t, delivery.IsPartialOf(hung, "call.txt"), hung)
			f.mu.Unlock()
			_, err = d.Deliver(t.Context(), a)
			require.NoError(t, err)
			_, err = d.Expel(t.Context(), a, 1)
			require.NoError(t, err)
			f.mu.Lock()
			defer f.mu.Unlock()
			require.Empty(t, torn, "a reader found a part")
			require.Equal(t, map[string]string{"call.txt": "content"}, f.files)
		})
	}
}
