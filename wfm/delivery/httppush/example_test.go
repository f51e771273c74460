package httppush_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/httppush"
)

// single posts one body.
type single struct{ stop func() }

func (s single) Handle(ctx context.Context, l delivery.Link) error {
	defer s.stop()
	var f wfm.Frames
	f.Bytes = append(f.Bytes, `{"data":[]}`...)
	f.End()
	return l.Send(ctx, &f)
}

func (single) Failed(where string, err error, next time.Time) { fmt.Println(where, err) }

func ExampleNew() {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		fmt.Println(r.Header.Get("Authorization"), string(body), err)
	}))
	defer service.Close()
	links, err := httppush.New([]string{service.URL}, httppush.Options{Token: wfm.NewSecret("abc")})
	if err != nil {
		panic(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	if err := links.Serve(ctx, single{stop}); err != nil {
		panic(err)
	}
	// Output:
	// Bearer abc {"data":[]} <nil>
}
