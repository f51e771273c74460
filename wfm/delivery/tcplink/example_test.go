package tcplink_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/tcplink"
)

// hello sends one frame on each connection and a last one when the service stops.
type hello struct{}

func (hello) Handle(ctx context.Context, l delivery.Link) error {
	var f wfm.Frames
	f.Bytes = append(f.Bytes, "28;bob;7001\n"...)
	f.End()
	if err := l.Send(ctx, &f); err != nil {
		return err
	}
	<-ctx.Done()
	f.Reset()
	f.Bytes = append(f.Bytes, "bye\n"...)
	f.End()
	return l.Send(ctx, &f)
}

func (hello) Failed(where string, err error, next time.Time) { fmt.Println(where, err) }

func ExampleDial() {
	receiver, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer receiver.Close()
	links, err := tcplink.Dial([]string{receiver.Addr().String()}, tcplink.Options{})
	if err != nil {
		panic(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	served := make(chan error)
	go func() { served <- links.Serve(ctx, hello{}) }()
	conn, err := receiver.Accept()
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	for lines := bufio.NewScanner(conn); lines.Scan(); stop() {
		fmt.Println(lines.Text())
	}
	fmt.Println(<-served)
	// Output:
	// 28;bob;7001
	// bye
	// <nil>
}

func ExampleListen() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	links, err := tcplink.Listen("127.0.0.1:0", tcplink.Options{OnListen: func(a net.Addr) {
		go func() {
			conn, err := net.Dial("tcp", a.String())
			if err != nil {
				panic(err)
			}
			defer conn.Close()
			for lines := bufio.NewScanner(conn); lines.Scan(); stop() {
				fmt.Println(lines.Text())
			}
		}()
	}})
	if err != nil {
		panic(err)
	}
	_ = links.Serve(ctx, hello{})
	// Output:
	// 28;bob;7001
	// bye
}
