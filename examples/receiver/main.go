// Command receiver is a test receiver for real-time feeds: it stands in for a WFM product, decodes each
// frame by the product's layout, and shows what it understood and what it could not.
//
//	receiver -vendor verint -listen :7001
//
// It is also an example of the library: find an adapter, ask it for its decoder, feed it bytes.
package main

import (
	"context"
	"errors"
	"flag"
	"io"

	_ "time/tzdata" // zones on machines without a zone database, such as Windows

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/all"
	"github.com/cicwfm/cicwfm/wfm"
)

func main() { cli.Main(run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	registry, err := all.Registry()
	if err != nil {
		cli.Errors(stderr, "receiver", err)
		return cli.Failed
	}
	c, decoder, err := prepare(args, registry, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return cli.OK
	case err != nil:
		cli.Errors(stderr, "receiver", err)
		return cli.Usage
	}
	if c.lasts > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.lasts)
		defer cancel()
	}
	s := newShow(stdout, c.json)
	err = c.receive(ctx, &intake{decoder: decoder, show: s})
	bad := s.summary()
	if err != nil {
		cli.Errors(stderr, "receiver", err)
	}
	if err != nil || bad {
		return cli.Failed
	}
	return cli.OK
}

// prepare reads the command line and finds the decoder.
func prepare(args []string, registry vendors.Registry, stderr io.Writer) (config, vendors.RTADecoder, error) {
	c, err := parse(args, registry, stderr)
	if err != nil {
		return c, nil, err
	}
	encoder, err := registry.RealTime(c.vendor, c.settings)
	if err != nil {
		return c, nil, errors.Join(err, errors.New("what the layout leaves to the site must be as in the sender's feed: give it with -set name=value"))
	}
	decoder, ok := vendors.Find[vendors.RTADecoder](encoder)
	if !ok {
		return c, nil, wfm.Problem{Field: "-vendor", Value: c.vendor, Reason: "writes frames that it cannot read", Remedy: "use another, or a layout file"}
	}
	return c, decoder, nil
}
