package icws

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/wfm"
)

var update = flag.Bool("update", false, "write the expected files anew")

// bench makes a monitor without a server, which awaits its first full update.
func bench(t testing.TB, queues bool, agents []string, emit func(rta.Event) error) *monitor {
	t.Helper()
	c, err := New(Options{URLs: []string{"http://cic.example:8018"}, User: "u", Password: wfm.NewSecret("p")})
	require.NoError(t, err)
	s := &session{opt: &c.opt, at: c.configured[0], features: map[string]int{"messaging": 2, "queues": 1}}
	jarless(s)
	m := newMonitor(c, s, rta.Query{Workgroups: []wfm.Workgroup{"Sales"}, Queues: queues}, emit)
	for _, a := range agents {
		m.addAgent(a, []wfm.Workgroup{"Sales"})
	}
	m.defs.set([]statusMessage{{ID: "Available", Group: "Available", ACD: true}, {ID: "Do Not Disturb", DND: true}, {ID: "Follow Up", ACW: true}})
	m.usersSubscribed, m.ready = true, true
	return m
}

// The golden cases: messages in, events out. A case is a folder with in.jsonl and expected.
func TestGoldenMessages(t *testing.T) {
	cases, err := filepath.Glob("testdata/messages/*")
	require.NoError(t, err)
	require.NotEmpty(t, cases)
	for _, dir := range cases {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				in, err := os.ReadFile(filepath.Join(dir, "in.jsonl"))
				require.NoError(t, err)
				var out strings.Builder
				m := bench(t, false, []string{"agent1", "agent2", "Administrator"}, func(e rta.Event) error {
					describe(&out, e)
					return nil
				})
				for i, line := range bytes.Split(bytes.TrimSpace(in), []byte("\n")) {
					fmt.Fprintf(&out, "message %d\n", i+1)
					if err := m.apply(line); err != nil {
						fmt.Fprintf(&out, "  error %v\n", err)
					}
				}
				for _, a := range m.asks {
					fmt.Fprintf(&out, "asked for: %s\n", a.facts.Agent)
				}
				path := filepath.Join(dir, "expected")
				if *update {
					require.NoError(t, os.WriteFile(path, []byte(out.String()), 0o644))
				}
				want, err := os.ReadFile(path)
				require.NoError(t, err)
				require.Equal(t, strings.ReplaceAll(string(want), "\r\n", "\n"), out.String())
			})
		})
	}
}

func describe(out *strings.Builder, e rta.Event) {
	switch e.Kind {
	case rta.Agent:
		f := e.Facts
		fmt.Fprintf(out, "  agent %s, status %q group %q acd=%t acw=%t dnd=%t since %s, logged in %t since %s, on phone %t since %s\n", f.Agent, f.Status.Key, f.Status.Group,
			f.Status.ACD, f.Status.ACW, f.Status.DND, f.StatusSince.Format("2006-01-02T15:04:05Z"), f.LoggedIn, f.LoginSince.Format("15:04:05"), f.OnPhone, f.OnPhoneSince.Format("15:04:05"))
	case rta.Statuses:
		fmt.Fprintf(out, "  %d statuses\n", len(e.Statuses))
	case rta.Synced:
		fmt.Fprintf(out, "  synced\n")
	case rta.Remark:
		fmt.Fprintf(out, "  remark: %s\n", e.Text)
	}
}

// A message that repeats an agent leaves nothing of one message in the next.
func TestMessageIsCleanWhenReused(t *testing.T) {
	var m message
	require.NoError(t, m.decode([]byte(`{"__type":"urn:inin.com:status:userStatusMessage","isDelta":true,"userStatusList":[{"userId":"a","statusId":"s","statusChanged":"20210706T193229Z","loggedIn":true,"onPhone":true,"stations":["1"]},{"userId":"b","statusId":"s","loggedIn":true}],"interactionsAdded":[{"interactionId":"1","attributes":{"Eic_State":"A"}}]}`)))
	require.NoError(t, m.decode([]byte(`{"__type":"urn:inin.com:status:userStatusMessage","isDelta":true,"userStatusList":[{"userId":"c","statusId":"s","loggedIn":null},{"userId":"d","statusId":"s"}],"interactionsAdded":[{"interactionId":"2"}]}`)))
	require.Equal(t, "c", m.Users[0].User.String())
	for _, u := range m.Users {
		require.False(t, u.Changed.set || u.LoggedIn.set || u.OnPhone.set || u.Stations.set)
	}
	require.False(t, m.InteractionsAdded[0].Attributes.State.set)
}

func TestNullIsNotAbsent(t *testing.T) {
	var o configObject
	for text, set := range map[string]bool{`{"extension":null}`: true, `{}`: false, `{"extension":""}`: true} {
		o = configObject{}
		require.NoError(t, unmarshal(text, &o))
		require.Equal(t, set, o.Extension.set, text)
		require.Empty(t, o.Extension.String())
	}
}

func TestTextsOfAnyLength(t *testing.T) {
	for _, s := range []string{"", "a", "ü\n\"\\", strings.Repeat("x", 46), strings.Repeat("x", 47), strings.Repeat("ü", 5000)} {
		var v text
		require.NoError(t, unmarshal(fmt.Sprintf("%q", s), &v))
		require.Equal(t, s, v.String())
	}
}
