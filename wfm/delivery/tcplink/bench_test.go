package tcplink

import (
	"context"
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// BenchmarkSend is one change on a loopback connection.
func BenchmarkSend(b *testing.B) {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(b, err)
	defer socket.Close()
	read := make(chan struct{})
	go func() {
		defer close(read)
		conn, err := socket.Accept()
		if err == nil {
			_, _ = io.Copy(io.Discard, conn)
			_ = conn.Close()
		}
	}()
	d, err := Dial([]string{socket.Addr().String()}, Options{})
	require.NoError(b, err)
	ctx, stop := context.WithTimeout(b.Context(), time.Minute)
	defer stop()
	h := &recorder{handle: func(ctx context.Context, l delivery.Link) error {
		defer stop()
		f := frame("28|bob|7001|2026-03-02T08:00:00Z|1|Sales|||||\r\n")
		b.SetBytes(int64(len(f.Bytes)))
		b.ReportAllocs()
		b.ResetTimer()
		for range b.N {
			if err := l.Send(ctx, f); err != nil {
				return err
			}
		}
		b.StopTimer()
		return nil
	}}
	require.NoError(b, d.Serve(ctx, h))
	errs, _ := h.failures()
	require.Empty(b, errs)
	<-read
}
