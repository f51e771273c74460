package icws

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/rta"
)

const benchAgents = 10_000

// messagesOf makes n status changes of 10,000 agents as the wire has them.
func messagesOf(n int) [][]byte {
	statuses := [...]string{"Available", "Follow Up", "Do Not Disturb"}
	list := make([][]byte, n)
	for i := range list {
		list[i] = fmt.Appendf(nil, `{"__type":"urn:inin.com:status:userStatusMessage","isDelta":true,"userStatusList":[{"userId":"agent%05d","statusId":%q,"statusChanged":"20210706T%02d%02d%02dZ"}]}`,
			i%benchAgents, statuses[(i/benchAgents+i)%3], i/benchAgents/3600%24, i/benchAgents/60%60, i/benchAgents%60)
	}
	return list
}

func benchMonitor(b testing.TB, emit func(rta.Event) error) *monitor {
	var ids []string
	var full bytes.Buffer
	full.WriteString(`{"__type":"urn:inin.com:status:userStatusMessage","isDelta":false,"userStatusList":[`)
	for i := range benchAgents {
		id := fmt.Sprintf("agent%05d", i)
		ids = append(ids, id)
		if i > 0 {
			full.WriteByte(',')
		}
		fmt.Fprintf(&full, `{"userId":%q,"statusId":"Available","statusChanged":"20210705T000000Z","loggedIn":true,"onPhone":false}`, id)
	}
	full.WriteString(`]}`)
	m := bench(b, false, ids, emit)
	require.NoError(b, m.apply(full.Bytes()))
	require.True(b, m.synced)
	return m
}

// BenchmarkApply is one status change: decoding, state and emit.
func BenchmarkApply(b *testing.B) {
	told := 0
	m := benchMonitor(b, func(rta.Event) error { told++; return nil })
	list := messagesOf(6 * benchAgents)
	told = 0
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if i%len(list) == 0 && i > 0 {
			b.StopTimer()
			m = benchMonitor(b, func(rta.Event) error { told++; return nil })
			told -= benchAgents + 1
			b.StartTimer()
		}
		if err := m.apply(list[i%len(list)]); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "changes/s")
	if told < b.N {
		b.Fatalf("%d of %d changes were told", told, b.N)
	}
}

// BenchmarkStream is the same from the bytes of the event stream on.
func BenchmarkStream(b *testing.B) {
	var wire bytes.Buffer
	for _, m := range messagesOf(2 * benchAgents) {
		fmt.Fprintf(&wire, "data: %s\n\n", m)
	}
	m := benchMonitor(b, func(rta.Event) error { return nil })
	b.ReportAllocs()
	b.ResetTimer()
	for n := 0; n < b.N; {
		e := &eventReader{r: bytes.NewReader(wire.Bytes()), limit: maxReply, before: m.touch, after: m.touch, comment: func() {}}
		for ; n < b.N; n++ {
			data, err := e.next()
			if err == io.EOF {
				break
			}
			if err := m.apply(data); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "changes/s")
}

// BenchmarkFull is the first full update of 10,000 agents; the memory that stays is per agent.
func BenchmarkFull(b *testing.B) {
	var before, after runtime.MemStats
	b.ReportAllocs()
	for range b.N {
		runtime.GC()
		runtime.ReadMemStats(&before)
		m := benchMonitor(b, func(rta.Event) error { return nil })
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/benchAgents, "B/agent")
		runtime.KeepAlive(m)
	}
}

// After decoding, a change allocates nothing.
func TestChangesAllocateNothing(t *testing.T) {
	m := benchMonitor(t, func(rta.Event) error { return nil })
	list := messagesOf(3 * benchAgents)[benchAgents:] // every second change of an agent is to another status
	i := 0
	decoding := testing.AllocsPerRun(2000, func() {
		if err := m.msg.decode(list[i]); err != nil {
			t.Fatal(err)
		}
		i++
	})
	i = 0
	all := testing.AllocsPerRun(2000, func() {
		if err := m.apply(list[i]); err != nil {
			t.Fatal(err)
		}
		i++
	})
	require.Equal(t, decoding, all)
}
