package remotedrop_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/conform"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/deliverytest"
	"github.com/cicwfm/cicwfm/wfm/delivery/internal/remotedrop"
)

func call(content string) wfm.Artifact {
	return wfm.Artifact{Kind: "call", Name: "call.txt", Revision: 1, Bytes: []byte(content)}
}

// sound checks what must hold after everything.
func sound(t *testing.T, f *fake, d *remotedrop.Drop) {
	t.Helper()
	require.NoError(t, d.Close())
	f.mu.Lock()
	defer f.mu.Unlock()
	require.Zero(t, f.open, "sessions stay open")
	require.Zero(t, f.usedAfter, "a session was used after an error or its end")
}

func TestConforms(t *testing.T) {
	for name, o := range map[string]remotedrop.Options{"default": {}, "reads back": {ReadBack: true}, "none idle": {Idle: -1}} {
		t.Run(name, func(t *testing.T) {
			deliverytest.Run(t, func(context.Context) (*deliverytest.Harness, error) {
				f := newFake()
				d := remotedrop.New(f, o)
				return &deliverytest.Harness{Transport: d, Close: d.Close, Files: func(context.Context) (map[string][]byte, error) {
					f.mu.Lock()
					defer f.mu.Unlock()
					out := map[string][]byte{}
					for name, c := range f.contents {
						out[name] = bytes.Clone(c)
					}
					return out, nil
				}}, nil
			})
		})
	}
}

func TestStepsAreAnnouncedInOrder(t *testing.T) {
	var steps []string
	d := remotedrop.New(newFake(), remotedrop.Options{OnStep: func(s string) { steps = append(steps, s) }})
	_, err := d.Deliver(t.Context(), call("x"))
	require.NoError(t, err)
	require.Equal(t, []string{remotedrop.StepConnect, remotedrop.StepWrite, remotedrop.StepVerify, remotedrop.StepRename}, steps)
	require.NoError(t, d.Close())
}

// TestCancelledAtEachStep leaves the old file and no partial one.
func TestCancelledAtEachStep(t *testing.T) {
	for _, at := range []string{remotedrop.StepConnect, remotedrop.StepWrite, remotedrop.StepVerify, remotedrop.StepRename} {
		t.Run(at, func(t *testing.T) {
			f := newFake()
			f.put("call.txt", "old", 0)
			ctx, cancel := context.WithCancel(t.Context())
			d := remotedrop.New(f, remotedrop.Options{OnStep: func(s string) {
				if s == at {
					cancel()
				}
			}})
			_, err := d.Deliver(ctx, call("new"))
			require.ErrorIs(t, err, context.Canceled)
			require.Equal(t, wfm.LossOfInterest, wfm.KindOf(err))
			require.Equal(t, map[string]string{"call.txt": "old"}, f.list())
			sound(t, f, d)
		})
	}
}

// TestEachMethodFailsOrStalls: the old file or the new one is there, nothing partial, and the error says what to do.
func TestEachMethodFailsOrStalls(t *testing.T) {
	for _, method := range []string{"dial", "write", "written", "size", "read", "rename", "renamed"} {
		for name, c := range map[string]struct {
			stall, cancelled bool
			kind             wfm.Kind
			retry            bool
			text             string
		}{
			"fails":     {kind: wfm.Unavailable, retry: true, text: "from the server's Fault"},
			"stalls":    {stall: true, kind: wfm.Unavailable, retry: true, text: "did not answer in 1m0s"},
			"cancelled": {stall: true, cancelled: true, kind: wfm.LossOfInterest, text: "context canceled"},
		} {
			t.Run(method+" "+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					f := newFake()
					f.put("call.txt", "old", 0)
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					once := true
					f.before = func(inner context.Context, m, _ string) error {
						if m != method || !once {
							return nil
						}
						once = false
						if !c.stall {
							return errServer
						}
						if c.cancelled {
							time.AfterFunc(time.Second, cancel)
						}
						<-inner.Done()
						return inner.Err()
					}
					d := remotedrop.New(f, remotedrop.Options{Timeout: time.Minute, ReadBack: true})
					began := time.Now()
					_, err := d.Deliver(ctx, call("new"))
					require.Equal(t, c.kind, wfm.KindOf(err), err)
					retry, _ := wfm.ShouldRetry(err)
					require.Equal(t, c.retry, retry)
					require.ErrorContains(t, err, c.text)
					want := "old"
					if method == "renamed" {
						want = "new" // it landed, unconfirmed: Probe tells
					}
					require.Equal(t, map[string]string{"call.txt": want}, f.list())
					took := map[string]time.Duration{"stalls": time.Minute, "cancelled": time.Second}[name]
					require.Equal(t, took, time.Since(began))
					_, err = d.Deliver(t.Context(), call("new"))
					require.NoError(t, err, "the next attempt works")
					require.Equal(t, map[string]string{"call.txt": "new"}, f.list())
					sound(t, f, d)
				})
			})
		}
	}
}

// TestServerAwayAfterTheFailure: the removal of the partial file does not hold the error up for long, and the next attempt
// writes over what stays.
func TestServerAwayAfterTheFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		away := false
		f.before = func(ctx context.Context, m, _ string) error {
			if m == "written" {
				away = true
				return errServer
			}
			if away {
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		}
		d := remotedrop.New(f, remotedrop.Options{})
		began := time.Now()
		_, err := d.Deliver(t.Context(), call("new"))
		require.ErrorIs(t, err, errServer)
		require.LessOrEqual(t, time.Since(began), 3*time.Second)
		require.Len(t, f.list(), 1)
		f.before = nil
		_, err = d.Deliver(t.Context(), call("new"))
		require.NoError(t, err)
		require.Equal(t, map[string]string{"call.txt": "new"}, f.list())
		sound(t, f, d)
	})
}

// TestWhatTheServerLost is found before the rename, over a session that is in order: it is used for the removal.
func TestWhatTheServerLost(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(f *fake, name string)
		want  string
	}{
		"shorter": {func(f *fake, name string) { f.put(name, "n", 0) }, "has 1 bytes of 3"},
		"longer":  {func(f *fake, name string) { f.put(name, "new!", 0) }, "has 4 bytes of 3"},
		"other":   {func(f *fake, name string) { f.put(name, "NEW", 0) }, "other content"},
		"gone":    {func(f *fake, name string) { f.remove(name) }, "does not have it"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			f.put("call.txt", "old", 0)
			f.before = func(_ context.Context, m, name string) error {
				if m == "written" {
					c.spoil(f, name)
				}
				return nil
			}
			d := remotedrop.New(f, remotedrop.Options{ReadBack: true})
			_, err := d.Deliver(t.Context(), call("new"))
			require.ErrorContains(t, err, c.want)
			require.Equal(t, wfm.Unavailable, wfm.KindOf(err))
			retry, _ := wfm.ShouldRetry(err)
			require.True(t, retry)
			require.Equal(t, map[string]string{"call.txt": "old"}, f.list())
			require.Equal(t, 1, f.dialled)
			require.ErrorContains(t, d.Check(t.Context()), "the server confirmed the file")
			sound(t, f, d)
		})
	}
}

// TestProblemsAndDecisionsStay: the server's Fault is not asked about what is decided.
func TestProblemsAndDecisionsStay(t *testing.T) {
	decided := &wfm.Error{Op: "log in", Kind: wfm.Unsupported, Err: errors.New("no way")}
	for want, made := range map[string]error{"user is missing": wfm.Problem{Field: "user", Reason: "is missing"}, "log in: no way": decided} {
		f := newFake()
		f.before = func(context.Context, string, string) error { return made }
		d := remotedrop.New(f, remotedrop.Options{})
		_, err := d.Deliver(t.Context(), call("x"))
		require.ErrorIs(t, err, made)
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "from the server's Fault")
		require.Equal(t, map[bool]wfm.Kind{true: wfm.Unsupported, false: wfm.BadConfig}[made == error(decided)], wfm.KindOf(err))
		retry, _ := wfm.ShouldRetry(err)
		require.False(t, retry)
		sound(t, f, d)
	}
}

func TestLeaseErrorsStayAsTheyAre(t *testing.T) {
	f := newFake()
	d := remotedrop.New(f, remotedrop.Options{})
	lost := errors.New("the lease is lost")
	_, err := d.DeliverFenced(t.Context(), call("x"), delivery.Fence{Token: 3, Held: func(context.Context) error { return lost }})
	require.Equal(t, lost, err, "the server has no part in it")
	require.Empty(t, f.list())
	sound(t, f, d)
}

func TestRefusedNamesTouchNothing(t *testing.T) {
	f := newFake()
	d := remotedrop.New(f, remotedrop.Options{})
	bad := wfm.Artifact{Name: "a\nb"}
	_, err := d.Deliver(t.Context(), bad)
	require.Equal(t, wfm.BadConfig, wfm.KindOf(err))
	_, _, err = d.Probe(t.Context(), bad)
	require.Equal(t, wfm.BadConfig, wfm.KindOf(err))
	_, err = d.Expel(t.Context(), bad, 1)
	require.Equal(t, wfm.BadConfig, wfm.KindOf(err))
	require.Zero(t, f.dialled)
}

func TestProbeFails(t *testing.T) {
	for _, method := range []string{"dial", "size", "read"} {
		f := newFake()
		f.put("call.txt", "x", 0)
		f.before = func(_ context.Context, m, _ string) error {
			if m == method {
				return errServer
			}
			return nil
		}
		d := remotedrop.New(f, remotedrop.Options{})
		_, landed, err := d.Probe(t.Context(), call("x"))
		require.ErrorIs(t, err, errServer, method)
		require.False(t, landed)
		sound(t, f, d)
	}
}

func TestProbeOfAFileThatIsPickedUp(t *testing.T) {
	f := newFake()
	f.put("call.txt", "x", 0)
	f.before = func(_ context.Context, m, name string) error {
		if m == "read" {
			f.remove(name)
		}
		return nil
	}
	d := remotedrop.New(f, remotedrop.Options{})
	_, landed, err := d.Probe(t.Context(), call("x"))
	require.NoError(t, err)
	require.False(t, landed)
	sound(t, f, d)
}

// TestCheckCleansUp wherever it fails.
func TestCheckCleansUp(t *testing.T) {
	for _, method := range []string{"write", "written", "size", "rename", "renamed", "remove"} {
		for at := range 2 {
			t.Run(fmt.Sprint(method, at), func(t *testing.T) {
				f := newFake()
				seen := 0
				f.before = func(_ context.Context, m, _ string) error {
					if m != method {
						return nil
					}
					if seen++; seen-1 == at {
						return errServer
					}
					return nil
				}
				d := remotedrop.New(f, remotedrop.Options{})
				err := d.Check(t.Context())
				if seen > at {
					require.ErrorIs(t, err, errServer)
				} else {
					require.NoError(t, err)
				}
				require.Empty(t, f.list())
				sound(t, f, d)
			})
		}
	}
}

func TestExpel(t *testing.T) {
	for _, unseen := range []int{0, 2} {
		for _, hidden := range []bool{false, true} {
			t.Run(fmt.Sprintf("unseen %d, hidden %t", unseen, hidden), func(t *testing.T) {
				f := newFake()
				f.hidden = hidden
				a := call("x")
				for _, token := range []int64{0, 4, 7, 8, 9} {
					f.put(delivery.Fence{Token: token}.PartialName("call.txt", a.Digest()), "x", 0)
				}
				f.put(delivery.Fence{Token: 8}.PartialName("call.txt", wfm.DigestOf([]byte("other"))), "x", 0)
				kept := []string{"call.txt", delivery.PartialName("other.txt", a.Digest()), delivery.Fence{Token: 9}.PartialName("call.txt", a.Digest())}
				for _, name := range kept {
					f.put(name, "x", time.Hour)
				}
				folder := delivery.Fence{Token: 5}.PartialName("call.txt", a.Digest())
				f.files[folder] = remotedrop.File{Name: folder}
				d := remotedrop.New(f, remotedrop.Options{UnseenTokens: unseen})
				n, err := d.Expel(t.Context(), a, 9)
				require.NoError(t, err)
				switch {
				case !hidden:
					require.Equal(t, 5, n)
					require.Len(t, f.list(), len(kept))
				case unseen == 0:
					require.Zero(t, n)
				default:
					require.Equal(t, 3, n, "those of no lease and of the two tokens before")
				}
				for _, name := range kept {
					require.Contains(t, f.list(), name)
				}
				sound(t, f, d)
			})
		}
	}
}

func TestCleanPartials(t *testing.T) {
	f := newFake()
	digest := wfm.DigestOf(nil)
	f.put(delivery.PartialName("old.txt", digest), "x", 2*time.Hour)
	f.put(delivery.PartialName("running.txt", digest), "x", time.Minute)
	f.put("call.txt", "x", 2*time.Hour)
	f.put(".foreign.part", "x", 2*time.Hour)
	ageless := delivery.PartialName("ageless.txt", digest)
	f.put(ageless, "x", 0)
	f.files[ageless] = remotedrop.File{Name: ageless, Regular: true}
	gone := delivery.PartialName("gone.txt", digest)
	f.files[gone] = remotedrop.File{Name: gone, Regular: true, Modified: time.Now().Add(-2 * time.Hour)}
	d := remotedrop.New(f, remotedrop.Options{})
	n, err := d.CleanPartials(t.Context(), time.Hour)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Len(t, f.list(), 4)
	for _, method := range []string{"list", "remove"} {
		f.put(delivery.PartialName("old.txt", digest), "x", 2*time.Hour)
		f.before = func(_ context.Context, m, _ string) error {
			if m == method {
				return errServer
			}
			return nil
		}
		_, err = d.CleanPartials(t.Context(), time.Hour)
		require.ErrorIs(t, err, errServer)
	}
	sound(t, f, d)
}

// TestSameNameTakesTurns: two deliveries of one name never overlap, and waiting for one ends with the context.
func TestSameNameTakesTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.before = func(ctx context.Context, m, _ string) error {
			if m == "write" {
				time.Sleep(time.Second)
			}
			return ctx.Err()
		}
		d := remotedrop.New(f, remotedrop.Options{Sessions: 8})
		began := time.Now()
		for _, err := range conform.Parallel(3, func(i int) error {
			_, err := d.Deliver(t.Context(), call(strings.Repeat("x", i)))
			return err
		}) {
			require.NoError(t, err)
		}
		require.Equal(t, 3*time.Second, time.Since(began))
		go func() { _, _ = d.Deliver(t.Context(), call("first")) }()
		synctest.Wait()
		short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		_, err := d.Deliver(short, call("second"))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		synctest.Wait()
		time.Sleep(time.Minute)
		sound(t, f, d)
	})
}
