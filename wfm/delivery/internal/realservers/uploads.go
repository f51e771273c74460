package realservers

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/conform"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/deliverytest"
)

// Uploads delivers many files of all sizes, several at the same time, and compares what then lies on the server's disk,
// in an empty folder, byte by byte. It prints the count and the time.
func Uploads(t testing.TB, to delivery.Transport, dir string, many int) {
	t.Helper()
	const atOnce = 4
	random := rand.New(rand.NewPCG(5, 500))
	want := map[string][]byte{}
	total := 0
	for i := range many {
		size := random.IntN(40_000)
		switch {
		case i%100 == 0:
			size = 0
		case i%50 == 1:
			size = 1<<20 - 1 + random.IntN(3)*1_000_000 // around and beyond what one request of any protocol carries
		case i%10 == 2:
			size = i
		}
		content := make([]byte, size)
		for j := range content {
			content[j] = byte(random.Uint32())
		}
		want[fmt.Sprintf("call_%04d.txt", i)] = content
		total += size
	}
	began := time.Now()
	for _, err := range conform.Parallel(atOnce, func(worker int) error {
		for i := worker; i < many; i += atOnce {
			name := fmt.Sprintf("call_%04d.txt", i)
			if _, err := to.Deliver(t.Context(), wfm.Artifact{Kind: "call", Name: name, Bytes: want[name]}); err != nil {
				return err
			}
		}
		return nil
	}) {
		require.NoError(t, err)
	}
	took := time.Since(began)
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, list, many, "nothing else is left")
	files, err := deliverytest.FilesIn(dir)(t.Context())
	require.NoError(t, err)
	for name, content := range want {
		require.True(t, bytes.Equal(content, files[name]), "%s: %d bytes of %d", name, len(files[name]), len(content))
	}
	t.Logf("%d uploads, %d bytes in %v: every file is byte-identical", many, total, took.Round(time.Millisecond))
}
