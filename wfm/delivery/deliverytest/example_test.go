package deliverytest_test

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/deliverytest"
)

// bucket is an object store, as a program sees it: it replaces an object at once, and has no rename.
type bucket struct{ objects sync.Map }

// store is a transport of one's own into a bucket.
type store struct {
	bucket *bucket
	name   func(string) (string, error)
}

func (s store) Deliver(ctx context.Context, a wfm.Artifact) (delivery.Receipt, error) {
	key, err := s.name(a.Name)
	if err != nil {
		return delivery.Receipt{}, err
	}
	if err := ctx.Err(); err != nil {
		return delivery.Receipt{}, &wfm.Error{Op: "put " + key, Kind: wfm.LossOfInterest, Err: err}
	}
	s.bucket.objects.Store(key, string(a.Bytes))
	return delivery.Receipt{Where: "bucket " + key, Bytes: int64(len(a.Bytes))}, nil
}

// harness makes a transport with an empty bucket, and the view of a reader.
func harness(name func(string) (string, error)) deliverytest.Maker {
	return func(context.Context) (*deliverytest.Harness, error) {
		b := &bucket{}
		return &deliverytest.Harness{Transport: store{b, name}, Files: func(context.Context) (map[string][]byte, error) {
			files := map[string][]byte{}
			b.objects.Range(func(key, content any) bool {
				files[key.(string)] = []byte(content.(string))
				return true
			})
			return files, nil
		}}, nil
	}
}

// A program checks a transport of one's own, here into an object store. In a test it is deliverytest.Run.
func ExampleCheck() {
	ctx := context.Background()
	fmt.Println(deliverytest.Check(ctx, harness(delivery.SafeName)))
	asTheyCome := func(name string) (string, error) { return name, nil }
	for line := range strings.Lines(deliverytest.Check(ctx, harness(asTheyCome)).Error()) {
		name, _, _ := strings.Cut(line, ":")
		fmt.Println(name)
	}
	// Output:
	// <nil>
	// names
	// refused names
}
