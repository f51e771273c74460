package layout

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
)

// extensionLayout shows extensions, or not, and has a record for whatever happens to an agent.
const extensionLayout = `
layout: x
version: 1
module: rta
traits: {fan-out: workgroup, workgroup-field: member}
agent: {identify: %s}
codes: {activities: {available: "1", logged off: "0"}}
events: {snapshot: change, entered: change, left: log-off, regrouped: change}
frame: {framing: terminator}
rows: {kind: delimited, delimiter: " "}
records:
  - {name: agent, when: [change, log-on, log-off], columns: [{name: a, value: agent}, %s{name: g, value: workgroup}, {name: c, value: code}]}
`

func changesOf(t *testing.T, rt *RealTime, changes ...wfm.StatusChange) string {
	t.Helper()
	var f wfm.Frames
	require.NoError(t, rt.NewSession().AppendChanges(&f, time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC), changes))
	return string(f.Bytes)
}

// TestExtensionsThatChange: the receiver learns the new extension at once, and knows nobody by the old one any more.
func TestExtensionsThatChange(t *testing.T) {
	before, now := agent("ann"), agent("ann")
	before.Workgroups = []wfm.Workgroup{"A", "B"}
	now.Workgroups = before.Workgroups
	before.Extension, now.Extension = "7001", "7002"
	moved := wfm.StatusChange{Before: before, Until: now.Since, Now: now}
	shown := "{name: e, value: extension}, "

	got := changesOf(t, realTime(t, fmt.Sprintf(extensionLayout, "user", shown), vendors.RTASettings{}), moved)
	require.Equal(t, "ann 7002 A 1\nann 7002 B 1\n", got)
	got = changesOf(t, realTime(t, fmt.Sprintf(extensionLayout, "user", ""), vendors.RTASettings{}), moved)
	require.Empty(t, got, "what is not shown is no news")
	byExtension := realTime(t, fmt.Sprintf(extensionLayout, "extension", ""), vendors.RTASettings{})
	require.Equal(t, "7001 A 0\n7001 B 0\n7002 A 1\n7002 B 1\n", changesOf(t, byExtension, moved))

	// The extension is known first now.
	moved.Before.Extension = ""
	require.Equal(t, "7002 A 1\n7002 B 1\n", changesOf(t, byExtension, moved))

	// Who leaves is known by the extension that was told.
	gone := now
	gone.Workgroups, gone.Extension = nil, ""
	require.Equal(t, "7002 A 0\n7002 B 0\n", changesOf(t, byExtension, wfm.StatusChange{Before: now, Until: now.Since, Now: gone}))
}

// TestAgentsWhoCameAndWent while the receiver was slow are unknown to it, and stay so.
func TestAgentsWhoCameAndWent(t *testing.T) {
	gone := agent("ann")
	gone.Workgroups = nil
	require.Empty(t, changesOf(t, realTime(t, linesLayout, vendors.RTASettings{}), wfm.StatusChange{Now: gone, Merged: 1}))
}

// TestIdentifiersThatLookAlike: two agents whose identifiers are the same as they are written would be one to the receiver.
func TestIdentifiersThatLookAlike(t *testing.T) {
	text := strings.Replace(linesLayout, "agent: {max: 4, too-long: truncate}\nframe: {", "frame: {encoding: ISO-8859-1, ", 1)
	var f wfm.Frames
	err := realTime(t, text, vendors.RTASettings{}).NewSession().AppendSnapshot(&f, time.Now(), []wfm.AgentState{agent("?uk"), agent("a;b"), agent("a_b"), agent("Łuk")})
	require.Equal(t, "?uk;1;Available\na_b;1;Available\n", string(f.Bytes))
	skipped, _ := vendors.SkippedIn(err)
	require.Len(t, skipped, 2)
	require.ErrorContains(t, skipped[0], `its identifier "a_b", as it is written, is that of agent "a;b" too`)
	require.ErrorContains(t, skipped[1], `its identifier "Łuk", as it is written, is that of agent "?uk" too`)

	f.Reset()
	rt := realTime(t, text, vendors.RTASettings{Identify: vendors.IdentifyMapped, Names: map[wfm.AgentID]string{"ann": "1", "bob": "1"}})
	err = rt.NewSession().AppendSnapshot(&f, time.Now(), []wfm.AgentState{agent("ann"), agent("bob")})
	require.ErrorContains(t, err, `agent "bob" in status "Available": its identifier "1", as it is written, is that of agent "ann" too`)
	require.Equal(t, "1;1;Available\n", string(f.Bytes))
}

// TestHeartbeatOfHealth: silence is broken with the truth about the feed.
func TestHeartbeatOfHealth(t *testing.T) {
	second := time.Second
	rt := realTime(t, linesLayout+"  - {name: feed, when: [normal, unavailable], columns: [{name: h, value: event}]}\nevents: {heartbeat: health}\n",
		vendors.RTASettings{Heartbeat: &second})
	s := rt.NewSession()
	var f wfm.Frames
	require.NoError(t, s.(vendors.HeartbeatSession).AppendHeartbeat(&f, time.Now()))
	require.NoError(t, s.(vendors.HealthSession).AppendHealth(&f, time.Now(), wfm.FeedUnavailable))
	require.NoError(t, s.(vendors.HeartbeatSession).AppendHeartbeat(&f, time.Now()))
	require.Equal(t, "normal\nunavailable\nunavailable\n", string(f.Bytes))
}

// TestStatesEndAfterTheyBegan, whatever the clocks of two servers say.
func TestStatesEndAfterTheyBegan(t *testing.T) {
	before, now := agent("ann"), agent("ann")
	now.Since = before.Since.Add(-time.Minute)
	text := strings.Replace(linesLayout, "when: [snapshot, change, left], columns: [", "when: [change], columns: [{name: from, value: beforeTime, format: HH:mm:ss}, {name: to, value: untilTime, format: HH:mm:ss}, ", 1)
	require.Equal(t, "14:00:00;14:00:00;ann;1;Available\n", changesOf(t, realTime(t, text, vendors.RTASettings{}), wfm.StatusChange{Before: before, Until: now.Since, Now: now}))
}

// TestCheckStatuses: agents who log off need a code before the feed starts; a layout that shows no code needs none.
func TestCheckStatuses(t *testing.T) {
	defs := []wfm.StatusDefinition{{Key: "Available", ACD: true}}
	_, err := realTime(t, linesLayout, vendors.RTASettings{}).CheckStatuses(defs)
	require.EqualError(t, err, `activity "logged off" has no code; map the activity: the status of an agent who logged off says nothing`)
	for _, m := range []vendors.StatusMap{{Unmapped: vendors.SkipUnmapped}, {Unmapped: vendors.UseDefault, Default: vendors.Code{Code: "9"}},
		{ByActivity: map[wfm.AgentActivity]vendors.Code{wfm.AgentLoggedOff: {Code: "0"}}}} {
		_, err = realTime(t, linesLayout, vendors.RTASettings{Statuses: m}).CheckStatuses(defs)
		require.NoError(t, err)
	}
	unmapped, err := realTime(t, strings.Replace(linesLayout, "{name: code, value: code}, ", "", 1), vendors.RTASettings{}).CheckStatuses([]wfm.StatusDefinition{{Key: "Lunch"}})
	require.NoError(t, err)
	require.Empty(t, unmapped)
}

// TestCodesArriveAsTheyAre: a code in which something would be replaced is another code.
func TestCodesArriveAsTheyAre(t *testing.T) {
	l, err := Parse(vendors.File{Name: "test.yaml", Data: []byte(strings.Replace(linesLayout, "frame: {", "frame: {encoding: Windows-1252, ", 1))})
	require.NoError(t, err)
	codes := func(m map[wfm.StatusKey]vendors.Code) error {
		_, err := NewRealTime(vendors.Info{}, vendors.RTASettings{Statuses: vendors.StatusMap{ByStatus: m}}, l)
		return err
	}
	require.NoError(t, codes(map[wfm.StatusKey]vendors.Code{"Pause": {Code: "Größe", Reason: "€"}}))
	err = codes(map[wfm.StatusKey]vendors.Code{"a": {Code: "a;b"}, "b": {Code: "b", Reason: "Ł"}})
	require.ErrorContains(t, err, `status "a" has the code "a;b", which has a character in its code that the layout cannot write`)
	require.ErrorContains(t, err, `status "b" has the code "b", which has a character in its reason that the layout cannot write`)
}

// TestLengthsOfTwoBytes limit a frame, whatever max says: batches are split before.
func TestLengthsOfTwoBytes(t *testing.T) {
	for _, counts := range []string{"payload", "all"} {
		rt := realTime(t, fmt.Sprintf(`
layout: x
version: 1
module: rta
frame: {framing: length-prefix, length: {bytes: 2, counts: %s}, batch: document, max: 1000000}
rows: {kind: json}
head: "["
foot: "]"
records: [{name: agent, when: [snapshot], columns: [{name: a, value: agent}]}]
`, counts), vendors.RTASettings{})
		var states []wfm.AgentState
		for i := range 20_000 {
			states = append(states, agent(fmt.Sprintf("agent-%05d", i)))
		}
		var f wfm.Frames
		require.NoError(t, rt.NewSession().AppendSnapshot(&f, time.Now(), states), counts)
		n := 0
		require.NoError(t, rt.NewFrameReader().Read(f.Bytes, func(d vendors.Decoded) { require.NoError(t, d.Err); n++ }))
		require.Equal(t, len(states), n, counts)
	}
}

func TestTabFromASetting(t *testing.T) {
	text := strings.Replace(linesLayout, `delimiter: ";"`, `delimiter: "{d}"`, 1) + "settings: [{name: d, default: \";\", remark: what parts the fields}]\n"
	rt := realTime(t, text, vendors.RTASettings{Values: map[string]string{"d": "TAB"}})
	require.Equal(t, "a_b\t1\tAvailable\n", changesOf(t, rt, wfm.StatusChange{Before: agent("a\tb"), Now: agent("a\tb"), Merged: 1}))
}

// TestRawIsWhatCame: a receiver shows the bytes that it cannot understand as they are.
func TestRawIsWhatCame(t *testing.T) {
	for name, c := range map[string]struct{ from, to, bytes, raw string }{
		"no text":          {"", "", "ann;1;\xff\xfe\n", "ann;1;\xff\xfe"},
		"a mark":           {"", "", "\xEF\xBB\xBFann;1\n", "\xEF\xBB\xBFann;1"},
		"single bytes":     {"frame: {", "frame: {encoding: ISO-8859-1, ", "b\xe4r\n", "b\xe4r"},
		"wide":             {"frame: {", "frame: {encoding: UTF-16LE, ", "b\x00\xe4\x00\n\x00", "b\x00\xe4\x00"},
		"half a character": {"frame: {", "frame: {encoding: UTF-16BE, ", "\xd8\x00\x00\n", "\xd8\x00"},
	} {
		n := 0
		require.NoError(t, realTime(t, strings.Replace(linesLayout, c.from, c.to, 1), vendors.RTASettings{}).NewFrameReader().Read([]byte(c.bytes), func(d vendors.Decoded) {
			n++
			require.Error(t, d.Err, name)
			require.Equal(t, c.raw, d.Raw, name)
		}))
		require.Equal(t, 1, n, name)
	}
}
