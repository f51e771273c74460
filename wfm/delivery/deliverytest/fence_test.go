package deliverytest_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/deliverytest"
)

// fenced is a transport that keeps the rules of delivery.Fencer, where no flag says otherwise.
type fenced struct {
	*shelf
	noPartial, neverAsks, keepsDebris, expelsAll, expelsOthers bool
}

func (f *fenced) Deliver(ctx context.Context, a wfm.Artifact) (delivery.Receipt, error) {
	return f.DeliverFenced(ctx, a, delivery.Fence{})
}

func (f *fenced) DeliverFenced(ctx context.Context, a wfm.Artifact, fence delivery.Fence) (delivery.Receipt, error) {
	name, err := delivery.SafeName(a.Name)
	if err = errors.Join(err, ctx.Err()); err != nil {
		return delivery.Receipt{}, err
	}
	partial := fence.PartialName(name, a.Digest())
	if !f.noPartial {
		f.put(partial, a.Bytes)
	}
	if !f.neverAsks {
		if err := fence.Still(ctx); err != nil {
			if !f.keepsDebris {
				f.drop(partial)
			}
			return delivery.Receipt{}, err
		}
	}
	if _, there := f.get(partial); !there && !f.noPartial {
		return delivery.Receipt{}, &wfm.Error{Op: "rename", Kind: wfm.Conflict, Err: errors.New("the partial file was removed")}
	}
	f.drop(partial)
	f.put(name, a.Bytes)
	return delivery.Receipt{Where: "shelf " + name, Bytes: int64(len(a.Bytes))}, nil
}

func (f *fenced) Expel(ctx context.Context, a wfm.Artifact, token int64) (int, error) {
	name, err := delivery.SafeName(a.Name)
	if err != nil {
		return 0, err
	}
	files, err := f.list(ctx)
	n := 0
	for other := range files {
		mine := other == delivery.Fence{Token: token}.PartialName(name, a.Digest()) && !f.expelsAll
		if delivery.IsPartialName(other) && !mine && (f.expelsOthers || delivery.IsPartialOf(other, name)) {
			f.drop(other)
			n++
		}
	}
	return n, err
}

func TestEveryFenceRuleCanFail(t *testing.T) {
	for name, c := range map[string]struct {
		breaks func(*fenced)
		want   string
	}{
		"good":                               {func(*fenced) {}, ""},
		"no partial file":                    {func(f *fenced) { f.noPartial = true }, `expelled: expel of the file, under a later token removed 0 partial files; want 1, .* leave delivery\.Fencer out`},
		"the lease is not asked":             {func(f *fenced) { f.neverAsks = true }, `fence held: the fence was asked 0 times`},
		"a lost lease leaves a partial file": {func(f *fenced) { f.keepsDebris = true }, `fence lost: the files .* are too many`},
		"expels its own":                     {func(f *fenced) { f.expelsAll = true }, `expelled: expel under its own token removed 1 partial files; want 0`},
		"expels those of other files":        {func(f *fenced) { f.expelsOthers = true }, `expelled: expel of another file removed 1 partial files; want 0`},
	} {
		t.Run(name, func(t *testing.T) {
			err := deliverytest.Check(t.Context(), func(context.Context) (*deliverytest.Harness, error) {
				f := &fenced{shelf: &shelf{files: map[string][]byte{}}}
				c.breaks(f)
				return &deliverytest.Harness{Transport: f, Files: f.list}, nil
			})
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.Regexp(t, c.want, err.Error())
		})
	}
}
