package icws

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/rta"
)

// Any bytes give the same events however they are cut into reads, and no event is longer than permitted.
func FuzzEvents(f *testing.F) {
	f.Add([]byte("data: one\n\n:ping\r\n\r\ndata: two\rdata:three\r\r"))
	f.Add([]byte("\uFEFFevent: x\ndata: y\n\ndata: z"))
	f.Fuzz(func(t *testing.T, b []byte) {
		whole, n, err := readEvents(bytes.NewReader(b), 500)
		single, n1, err1 := readEvents(iotest.OneByteReader(bytes.NewReader(b)), 500)
		for _, e := range whole {
			require.LessOrEqual(t, len(e), 500)
		}
		require.Equal(t, err, err1)
		require.Equal(t, whole, single)
		require.Equal(t, n, n1)
		if err != io.EOF {
			require.Equal(t, errTooLong, err)
		}
	})
}

// Any messages leave a consistent state: agents are ours, nothing is told of agents whose status is not known, and what is
// held does not outgrow its bounds.
func FuzzMessages(f *testing.F) {
	cases, _ := filepath.Glob("testdata/messages/*/in.jsonl")
	for _, path := range cases {
		b, err := os.ReadFile(path)
		require.NoError(f, err)
		f.Add(b)
	}
	f.Add([]byte(`{"__type":"urn:inin.com:queues:queueContentsMessage","isDelta":false,"subscriptionId":"wfm-1","interactionsAdded":[{"interactionId":"1","attributes":{"Eic_State":"C","Eic_ConnectTime":"20210706T193229Z","Eic_WorkgroupName":"sales"}}]}
{"__type":"urn:inin.com:queues:queueContentsMessage","isDelta":true,"subscriptionId":"wfm-1","interactionsChanged":[{"interactionId":"1","attributes":{"Eic_State":"H"}},{"interactionId":"2"}],"interactionsRemoved":["1","3"]}`))
	f.Add([]byte(`{"__type":"urn:inin.com:configuration.people:workgroupsMessage","isDelta":false,"added":[{"configurationId":{"id":"Sales"},"members":[{"id":"agent1"}]}],"removed":["x"]}
{"__type":"urn:inin.com:configuration.people:usersMessage","changed":[{"configurationId":{"id":"agent1"},"extension":null}]}
{"__type":"urn:inin.com:connection:connectionStateChangeMessage","newConnectionState":2,"shouldReconnect":false}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var m *monitor
		m = bench(t, true, []string{"agent1", "agent2"}, func(e rta.Event) error {
			if e.Kind == rta.Agent {
				a := m.find([]byte(e.Facts.Agent))
				require.NotNil(t, a)
				require.True(t, a.told)
				require.NotNil(t, e.Facts.Interactions)
				require.NotEmpty(t, e.Facts.Status.Key)
			}
			require.Equal(t, -1, strings.IndexAny(e.Text, "\r\n"))
			return nil
		})
		for i, id := range []string{"agent1", "agent2"} {
			a := m.agents[id]
			a.queue = &queueWatch{id: "wfm-" + string(rune('1'+i)), agents: []*agent{a}}
			m.watches[a.queue.id] = a.queue
			m.awaited++
		}
		for _, line := range bytes.Split(b, []byte("\n")) {
			if err := m.apply(line); err != nil {
				require.True(t, utf8.ValidString(err.Error()))
				break
			}
			require.LessOrEqual(t, len(m.asks), 2)
			require.GreaterOrEqual(t, m.awaited, 0)
			require.Len(t, m.agents, 2)
			for _, w := range m.watches {
				require.LessOrEqual(t, len(w.items), maxItems)
			}
		}
		m.keep()
	})
}

func FuzzTime(f *testing.F) {
	for _, s := range []string{"20210706T193229Z", "2021-07-06T19:32:29.250Z", "2021-07-06T19:32", "99999999T999999Z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		at, zoned, ok := parseTime([]byte(s))
		if !ok {
			require.True(t, at.IsZero())
			require.False(t, zoned)
			return
		}
		if !at.IsZero() && at.Year() < 10000 {
			again, _, ok := parseTime([]byte(at.Format("2006-01-02T15:04:05.999999999Z")))
			require.True(t, ok)
			require.True(t, at.Equal(again))
		}
	})
}

// Whatever an error body holds, the error is one line, bounded, and holds no secret.
func FuzzRefusal(f *testing.F) {
	f.Add(400, []byte(`{"errorId":"error.x","errorCode":-2147221503,"message":"hunter2"}`))
	f.Add(503, []byte(`{"errorId":-5,"alternateHostList":["a","b"],"message":null}`))
	f.Add(401, []byte(`{"ERRORID":["hunter2"],"errorCode":"7","message":{"a":"hunter2"},"alternateHostList":"x"}`))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		r := refusalOf("cic-a", "GET x", status, http.Header{"Retry-After": {string(body)}}, body, func(s string) string { return strings.ReplaceAll(s, "hunter2", "<secret>") })
		for _, err := range []error{r.classify(), func() error { e, _ := r.classifyLogOn("u", 1); return e }()} {
			require.NotContains(t, err.Error(), "hunter2")
			require.False(t, strings.ContainsAny(err.Error(), "\r\n"))
			require.LessOrEqual(t, len(err.Error()), 4000)
		}
		require.True(t, json.Valid(body) || r.id == "" && r.text == "" && r.alternates == nil)
	})
}
