package udplink_test

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/udplink"
)

// pair sends two frames at once, which are two datagrams.
type pair struct{ stop func() }

func (p pair) Handle(ctx context.Context, l delivery.Link) error {
	defer p.stop()
	var f wfm.Frames
	for _, text := range []string{"28;bob;7001", "28;eve;7002"} {
		f.Bytes = append(f.Bytes, text...)
		f.End()
	}
	return l.Send(ctx, &f)
}

func (pair) Failed(where string, err error, next time.Time) { fmt.Println(where, err) }

func ExampleNew() {
	receiver, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		panic(err)
	}
	defer receiver.Close()
	links, err := udplink.New([]string{receiver.LocalAddr().String()}, udplink.Options{})
	if err != nil {
		panic(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	if err := links.Serve(ctx, pair{stop}); err != nil {
		panic(err)
	}
	for buf := make([]byte, 100); ; {
		n, _ := receiver.Read(buf)
		fmt.Println(string(buf[:n]))
		if string(buf[3:6]) == "eve" {
			return
		}
	}
	// Output:
	// 28;bob;7001
	// 28;eve;7002
}
