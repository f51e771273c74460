package deliverytest_test

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/deliverytest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMemoryConforms(t *testing.T) {
	deliverytest.Run(t, func(context.Context) (*deliverytest.Harness, error) {
		m := &deliverytest.Memory{}
		return &deliverytest.Harness{Transport: m, Files: func(ctx context.Context) (map[string][]byte, error) { return m.Files(), nil }}, nil
	})
}

// shelf is a destination in memory that a broken transport fills in whatever way it likes.
type shelf struct {
	mu    sync.Mutex
	files map[string][]byte
}

func (s *shelf) put(name string, content []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[name] = bytes.Clone(content)
}

func (s *shelf) add(name string, content []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[name] = append(s.files[name], content...)
}

func (s *shelf) get(name string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	content, ok := s.files[name]
	return content, ok
}

func (s *shelf) drop(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.files, name)
}

func (s *shelf) list(context.Context) (map[string][]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.files), nil
}

// broken is the good transport over a shelf, with some of it replaced.
type broken struct {
	*shelf
	deliver func(ctx context.Context, name string, a wfm.Artifact) (delivery.Receipt, error)
	probe   func(name string, a wfm.Artifact) bool
	check   func(ctx context.Context) error
	name    func(string) (string, error)
}

func (b *broken) good(ctx context.Context, name string, a wfm.Artifact) (delivery.Receipt, error) {
	if err := ctx.Err(); err != nil {
		return delivery.Receipt{}, err
	}
	b.put(name, a.Bytes)
	return delivery.Receipt{Where: name, Bytes: int64(len(a.Bytes))}, nil
}

func (b *broken) Deliver(ctx context.Context, a wfm.Artifact) (delivery.Receipt, error) {
	name, err := b.name(a.Name)
	if err != nil {
		return delivery.Receipt{}, err
	}
	return b.deliver(ctx, name, a)
}

func (b *broken) Probe(_ context.Context, a wfm.Artifact) (delivery.Receipt, bool, error) {
	name, err := b.name(a.Name)
	if err != nil {
		return delivery.Receipt{}, false, err
	}
	return delivery.Receipt{Where: name, Bytes: int64(len(a.Bytes))}, b.probe(name, a), nil
}

func (b *broken) Check(ctx context.Context) error { return b.check(ctx) }

func newBroken(breaks func(*broken)) *broken {
	b := &broken{shelf: &shelf{files: map[string][]byte{}}, name: delivery.SafeName}
	b.deliver = b.good
	b.probe = func(name string, a wfm.Artifact) bool {
		content, ok := b.get(name)
		return ok && bytes.Equal(content, a.Bytes)
	}
	b.check = func(ctx context.Context) error { return ctx.Err() }
	breaks(b)
	return b
}

// TestEveryRuleCanFail breaks one rule at a time and expects the case that proves it to say so. It goes by a clock that
// stands still while anybody has something to do: a transport that sleeps with its work half done is seen and cut off there for
// sure, however busy the machine is.
func TestEveryRuleCanFail(t *testing.T) {
	for name, c := range map[string]struct {
		breaks func(*broken)
		fails  []string // among others; none for a transport that is good
	}{
		"good": {func(*broken) {}, nil},
		"text mode": {func(b *broken) {
			b.deliver = func(ctx context.Context, name string, a wfm.Artifact) (delivery.Receipt, error) {
				r, err := b.good(ctx, name, a)
				b.put(name, bytes.ReplaceAll(a.Bytes, []byte("\r\n"), []byte("\n")))
				return r, err
			}
		}, []string{"content", "twice"}},
		"empty files are left out": {func(b *broken) {
			b.deliver = func(ctx context.Context, name string, a wfm.Artifact) (delivery.Receipt, error) {
				if len(a.Bytes) == 0 {
					return delivery.Receipt{Where: name}, nil
				}
				return b.good(ctx, name, a)
			}
		}, []string{"content", "replace"}},
		"bytes are kept": {func(b *broken) {
			b.deliver = func(ctx context.Context, name string, a wfm.Artifact) (delivery.Receipt, error) {
				r, err := b.good(ctx, name, a)
				b.mu.Lock()
				defer b.mu.Unlock()
				b.files[name] = a.Bytes
				return r, err
			}
		}, []string{"untouched"}},
		"bytes are changed": {func(b *broken) {
			b.deliver = func(ctx context.Context, name string, a wfm.Artifact) (delivery.Receipt, error) {
				r, err := b.good(ctx, name, a)
				slices.Reverse(a.Bytes)
				return r, err
			}
		}, []string{"untouched"}},
		"appends": {func(b *broken) {
			b.deliver = func(ctx context.Context, name string, a wfm.Artifact) (delivery.Receipt, error) {
				if err := ctx.Err(); err != nil {
					return delivery.Receipt{}, err
				}
				b.add(name, a.Bytes)
				return delivery.Receipt{Where: name, Bytes: int64(len(a.Bytes))}, nil
			}
		}, []string{"twice", "replace", "all or nothing"}},
		"never replaces": {func(b *broken) {
			b.deliver = func(ctx context.Context, name string, a wfm.Artifact) (delivery.Receipt, error) {
				if _, there := b.get(name); there {
					return delivery.Receipt{Where: name, Bytes: int64(len(a.Bytes))}, ctx.Err()
				}
				return b.good(ctx, name, a)
			}
		}, []string{"replace", "all or nothing", "probe"}},
		"writes in place": {func(b *broken) {
			b.deliver = func(ctx context.Context, name string, a wfm.Artifact) (delivery.Receipt, error) {
				if err := ctx.Err(); err != nil {
					return delivery.Receipt{}, err
				}
				b.put(name, nil)
				for part := range slices.Chunk(a.Bytes, 1<<20) {
					b.add(name, part)
					time.Sleep(200 * time.Microsecond)
					if err := ctx.Err(); err != nil {
						return delivery.Receipt{}, err
					}
				}
				return delivery.Receipt{Where: name, Bytes: int64(len(a.Bytes))}, nil
			}
		}, []string{"all or nothing", "cancelled within"}},
		"debris that looks finished": {func(b *broken) {
			b.deliver = func(ctx context.Context, name string, a wfm.Artifact) (delivery.Receipt, error) {
				b.put("tmp_"+name, a.Bytes)
				time.Sleep(500 * time.Microsecond)
				if err := ctx.Err(); err != nil {
					return delivery.Receipt{}, err
				}
				b.drop("tmp_" + name)
				return b.good(ctx, name, a)
			}
		}, []string{"all or nothing", "cancelled before", "cancelled within"}},
		"debris after success": {func(b *broken) {
			b.deliver = func(ctx context.Context, name string, a wfm.Artifact) (delivery.Receipt, error) {
				r, err := b.good(ctx, name, a)
				if err == nil {
					b.put(delivery.PartialName(name, a.Digest()), a.Bytes)
				}
				return r, err
			}
		}, []string{"content", "twice"}},
		"one partial file for all": {func(b *broken) {
			b.deliver = func(ctx context.Context, name string, a wfm.Artifact) (delivery.Receipt, error) {
				if err := ctx.Err(); err != nil {
					return delivery.Receipt{}, err
				}
				const partial = ".upload.part"
				b.put(partial, a.Bytes)
				time.Sleep(200 * time.Microsecond)
				content, _ := b.get(partial)
				b.put(name, content)
				b.drop(partial)
				return delivery.Receipt{Where: name, Bytes: int64(len(a.Bytes))}, nil
			}
		}, []string{"at once"}},
		"context ignored": {func(b *broken) {
			b.deliver = func(_ context.Context, name string, a wfm.Artifact) (delivery.Receipt, error) {
				return b.good(context.Background(), name, a)
			}
		}, []string{"cancelled before"}},
		"names as they come": {func(b *broken) {
			b.name = func(n string) (string, error) { return n, nil }
		}, []string{"names", "refused names", "probe refused names"}},
		"names are cleaned, not escaped": {func(b *broken) {
			b.name = func(n string) (string, error) {
				return path.Base(strings.Map(func(r rune) rune {
					if strings.ContainsRune(`\:*?"<>|`, r) {
						return '_'
					}
					return r
				}, n)), nil
			}
		}, []string{"names", "refused names"}},
		"refused names are tried again": {func(b *broken) {
			b.name = func(n string) (string, error) {
				safe, err := delivery.SafeName(n)
				if err != nil {
					err = &wfm.Error{Op: "deliver", Kind: wfm.Unavailable, Retry: true, Err: err}
				}
				return safe, err
			}
		}, []string{"refused names"}},
		"refused names are shown raw": {func(b *broken) {
			b.name = func(n string) (string, error) {
				safe, err := delivery.SafeName(n)
				if err != nil {
					err = errors.Join(wfm.Problem{Reason: "is bad"}, errors.New(n))
				}
				return safe, err
			}
		}, []string{"refused names"}},
		"probe always true": {func(b *broken) {
			b.probe = func(string, wfm.Artifact) bool { return true }
		}, []string{"probe"}},
		"probe never true": {func(b *broken) {
			b.probe = func(string, wfm.Artifact) bool { return false }
		}, []string{"probe"}},
		"probe by size": {func(b *broken) {
			b.probe = func(name string, a wfm.Artifact) bool {
				content, ok := b.get(name)
				return ok && len(content) == len(a.Bytes)
			}
		}, []string{"probe"}},
		"probe by prefix": {func(b *broken) {
			b.probe = func(name string, a wfm.Artifact) bool {
				content, ok := b.get(name)
				return ok && bytes.HasPrefix(content, a.Bytes)
			}
		}, []string{"probe"}},
		"empty receipt": {func(b *broken) {
			b.deliver = func(ctx context.Context, name string, a wfm.Artifact) (delivery.Receipt, error) {
				_, err := b.good(ctx, name, a)
				return delivery.Receipt{}, err
			}
		}, []string{"content", "twice"}},
		"check leaves a file": {func(b *broken) {
			b.check = func(ctx context.Context) error { b.put("test.tmp", nil); return ctx.Err() }
		}, []string{"check"}},
		"check fails where files are": {func(b *broken) {
			b.check = func(ctx context.Context) error {
				if files, _ := b.list(ctx); len(files) > 0 {
					return errors.New("not empty")
				}
				return ctx.Err()
			}
		}, []string{"check"}},
		"check ignores the context": {func(b *broken) {
			b.check = func(context.Context) error { return nil }
		}, []string{"check"}},
		"a panic": {func(b *broken) {
			b.deliver = func(context.Context, string, wfm.Artifact) (delivery.Receipt, error) { panic("not written yet") }
		}, []string{"content", "at once"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				err := deliverytest.Check(t.Context(), func(context.Context) (*deliverytest.Harness, error) {
					b := newBroken(c.breaks)
					return &deliverytest.Harness{Transport: b, Files: b.list}, nil
				})
				if c.fails == nil {
					require.NoError(t, err)
					return
				}
				require.Error(t, err)
				for _, want := range c.fails {
					require.Regexp(t, `(?ms)^`+want+`: .*\(rule: .+\)$`, err.Error())
				}
			})
		})
	}
}

func TestStraysAreFound(t *testing.T) {
	err := deliverytest.Check(t.Context(), func(context.Context) (*deliverytest.Harness, error) {
		b := newBroken(func(*broken) {})
		return &deliverytest.Harness{Transport: b, Files: b.list,
			Strays: func(context.Context) ([]string, error) { return []string{"../passwd"}, nil }}, nil
	})
	require.ErrorContains(t, err, `["../passwd"] appeared outside of the destination`)
}

func TestHarnessErrorsAreReported(t *testing.T) {
	boom := errors.New("no server")
	err := deliverytest.Check(t.Context(), func(context.Context) (*deliverytest.Harness, error) { return nil, boom })
	require.ErrorIs(t, err, boom)
	err = deliverytest.Check(t.Context(), func(context.Context) (*deliverytest.Harness, error) {
		b := newBroken(func(*broken) {})
		return &deliverytest.Harness{Transport: b, Files: b.list, Close: func() error { return boom }}, nil
	})
	require.ErrorIs(t, err, boom)
}

// TestMissingCapabilitiesAreNoFailure: a transport may do nothing but deliver.
func TestMissingCapabilitiesAreNoFailure(t *testing.T) {
	require.NoError(t, deliverytest.Check(t.Context(), func(context.Context) (*deliverytest.Harness, error) {
		b := newBroken(func(*broken) {})
		return &deliverytest.Harness{Transport: struct{ delivery.Transport }{b}, Files: b.list}, nil
	}))
}
