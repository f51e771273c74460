package icws_test

import (
	"context"
	"fmt"
	"time"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/rta/icws"
	"github.com/cicwfm/cicwfm/wfm"
)

// A client is a source for rta.Stream; here its events are looked at directly.
func ExampleClient_Run() {
	f := newFake(nil, nil)
	defer f.Close()
	client, err := icws.New(icws.Options{
		URLs:     []string{f.URL}, // such as https://cic-a.example.com:8019
		User:     "svc_rta",
		Password: wfm.NewSecret("from a file"),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err = client.Run(ctx, rta.Query{Workgroups: []wfm.Workgroup{"Sales"}}, func(e rta.Event) error {
		switch e.Kind {
		case rta.Agent:
			fmt.Println(e.Facts.Status.Key, "since", e.Facts.StatusSince.Format(time.RFC3339))
		case rta.Synced:
			cancel()
		}
		return nil
	})
	fmt.Println(err)
	// Output:
	// Available since 2021-07-06T19:32:29Z
	// Available since 2021-07-06T19:32:29Z
	// context canceled
}
