package icwsserver_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim/icwsserver"
)

// BenchmarkStream measures changes from the mutator to the client's socket: b.N changes of 10,000
// agents, to one or six event streams over loopback HTTP.
func BenchmarkStream(b *testing.B) {
	for _, streams := range []int{1, 6} {
		b.Run(fmt.Sprintf("streams=%d", streams), func(b *testing.B) {
			cic, err := icwsserver.NewCIC(icwsserver.Plain(10_000, 8))
			require.NoError(b, err)
			pair, err := icwsserver.New(cic, icwsserver.Options{User: account, Password: wfm.NewSecret(password), QueueBound: 1 << 30})
			require.NoError(b, err)
			server := httptest.NewServer(pair.Primary)
			defer server.Close()
			defer pair.Close()
			var ids []string
			for _, a := range cic.Agents() {
				ids = append(ids, string(a.ID))
			}
			users, err := json.Marshal(map[string]any{"userIds": ids, "userStatusProperties": []string{"statusChanged", "loggedIn"}})
			require.NoError(b, err)
			done := make(chan error, streams)
			for range streams {
				d := newDirect(b, pair.Primary)
				d.put("messaging/subscriptions/status/user-statuses", string(users))
				go func() { done <- drain(server.URL, d, b.N+1) }()
			}
			load := icwsserver.NewLoad(cic, 1)
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				load.Next()
			}
			for range streams {
				require.NoError(b, <-done)
			}
			b.ReportMetric(float64(b.N*streams)/b.Elapsed().Seconds(), "messages/s")
		})
	}
}

// drain reads so many events.
func drain(base string, d *direct, n int) error {
	r, err := http.NewRequest("GET", base+"/icws/"+d.sid+"/messaging/messages", nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "text/event-stream")
	for _, c := range d.cookies {
		r.AddCookie(c)
	}
	resp, err := new(http.Transport).RoundTrip(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	in := bufio.NewReaderSize(resp.Body, 1<<16)
	for n > 0 {
		line, err := in.ReadSlice('\n')
		if bytes.HasPrefix(line, []byte("data: ")) {
			n--
		}
		if err != nil && err != bufio.ErrBufferFull {
			return err
		}
	}
	return nil
}

// BenchmarkChange measures a change that nobody watches: the part of BenchmarkStream that is not telling it.
func BenchmarkChange(b *testing.B) {
	cic, err := icwsserver.NewCIC(icwsserver.Plain(1000, 8))
	require.NoError(b, err)
	load := icwsserver.NewLoad(cic, 1)
	b.ReportAllocs()
	for b.Loop() {
		load.Next()
	}
}
