package layout

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
)

const linesLayout = `
layout: lines
version: 1
module: rta
codes: {activities: {available: "1"}}
agent: {max: 4, too-long: truncate}
frame: {framing: terminator, max: 64}
rows: {kind: delimited, delimiter: ";"}
records:
  - {name: agent, when: [snapshot, change, left], columns: [{name: agent, value: agent}, {name: code, value: code}, {name: status, value: statusKey}]}
`

func realTime(t *testing.T, text string, s vendors.RTASettings) *RealTime {
	t.Helper()
	l, err := Parse(vendors.File{Name: "test.yaml", Data: []byte(text)})
	require.NoError(t, err)
	rt, err := NewRealTime(vendors.Info{Name: "test"}, s, l)
	require.NoError(t, err)
	return rt
}

func agent(name string) wfm.AgentState {
	return wfm.AgentState{Agent: wfm.AgentID(name), LoggedIn: true, Activity: wfm.AgentAvailable, Status: wfm.StatusDefinition{Key: "Available"},
		Since: time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC), Workgroups: []wfm.Workgroup{"A"}}
}

// TestSkippedAgentsLeaveTheOthers: every reason to leave an agent out is told, and the frames of the others are whole.
func TestSkippedAgentsLeaveTheOthers(t *testing.T) {
	rt := realTime(t, linesLayout, vendors.RTASettings{})
	s := rt.NewSession()
	lunch := agent("dora")
	lunch.Activity, lunch.Status.Key = wfm.AgentUnavailable, "Lunch"
	long := agent("eve")
	long.Status.Key = wfm.StatusKey(strings.Repeat("x", 70))
	var f wfm.Frames
	err := s.AppendSnapshot(&f, time.Now(), []wfm.AgentState{agent("anna"), agent("bert1"), agent("bert2"), lunch, long, agent("fred")})
	require.Equal(t, "anna;1;Available\nbert;1;Available\nfred;1;Available\n", string(f.Bytes))
	require.Equal(t, 3, f.Len())
	skipped, other := vendors.SkippedIn(err)
	require.NoError(t, other)
	require.Len(t, skipped, 3)
	require.EqualError(t, skipped[0], `agent "bert2" in status "Available": its identifier "bert", as it is written, is that of agent "bert1" too`)
	require.True(t, skipped[1].Unmapped)
	require.False(t, skipped[2].Unmapped)
	require.ErrorContains(t, skipped[2], "makes a frame of 77 bytes, more than 64")

	// The identifier is free again when its agent left.
	f.Reset()
	gone := agent("bert1")
	gone.Workgroups = nil
	require.NoError(t, s.AppendChanges(&f, time.Now(), []wfm.StatusChange{{Before: agent("bert1"), Now: gone}, {Before: agent("bert2"), Now: agent("bert2"), Merged: 1}}))
	require.Equal(t, "bert;1;Available\nbert;1;Available\n", string(f.Bytes))
	require.Empty(t, s.(*session).agents.taken["anna1"])
	require.Equal(t, wfm.AgentID("bert2"), s.(*session).agents.taken["bert"])
}

func TestSessionKeepsNothingOfTheCaller(t *testing.T) {
	s := newSession(realTime(t, linesLayout, vendors.RTASettings{}))
	var f wfm.Frames
	require.NoError(t, s.AppendChanges(&f, time.Now(), []wfm.StatusChange{{Before: agent("a"), Now: agent("a"), Merged: 1}}))
	require.Zero(t, s.moment)
	require.Empty(t, s.problems)
}

// TestEmptyCapabilities: a layout without records for the feed has nothing to say of it, which is no error.
func TestEmptyCapabilities(t *testing.T) {
	s := realTime(t, linesLayout, vendors.RTASettings{}).NewSession()
	var f wfm.Frames
	require.NoError(t, s.(vendors.HealthSession).AppendHealth(&f, time.Now(), wfm.FeedShutdown))
	require.NoError(t, s.(vendors.HeartbeatSession).AppendHeartbeat(&f, time.Now()))
	require.Zero(t, f.Len())
	require.Empty(t, f.Bytes)
}

func TestRealTimeSettings(t *testing.T) {
	l, err := Parse(vendors.File{Name: "test.yaml", Data: []byte(linesLayout)})
	require.NoError(t, err)
	second, minus := time.Second, -time.Second
	_, err = NewRealTime(vendors.Info{}, vendors.RTASettings{UpdateFrequency: &minus, Heartbeat: &second, Identify: "name", Level: "loud"}, l)
	for _, part := range []string{`update frequency "-1s" is negative`, `heartbeat "1s" has no record in layout lines`, `identify "name" is not an identifier`,
		`queue-state level "loud" is not known`} {
		require.ErrorContains(t, err, part)
	}
	_, err = NewRealTime(vendors.Info{}, vendors.RTASettings{Identify: vendors.IdentifyMapped}, l)
	require.ErrorContains(t, err, "names are empty")
	_, err = NewRealTime(vendors.Info{}, vendors.RTASettings{Identify: vendors.IdentifyMapped, Names: map[wfm.AgentID]string{"A": "1", "a": "2"}}, l)
	require.ErrorContains(t, err, `names "a" stands twice`)
	_, err = NewRealTime(vendors.Info{}, vendors.RTASettings{Statuses: vendors.StatusMap{ByStatus: map[wfm.StatusKey]vendors.Code{"x": {Code: "a\nb"}}}}, l)
	require.ErrorContains(t, err, "holds a control character")
	_, err = l.Bind(vendors.Settings{})
	require.ErrorContains(t, err, "use the layout in a real-time feed")
	rt, err := NewRealTime(vendors.Info{}, vendors.RTASettings{UpdateFrequency: &second, Refresh: &second, Level: "Verbose"}, l)
	require.NoError(t, err)
	require.Equal(t, vendors.Traits{FanOut: vendors.PerUser, UpdateFrequency: second, Refresh: second, Level: wfm.LevelVerbose,
		Levels: []wfm.QueueLevel{wfm.LevelOff, wfm.LevelMinimal, wfm.LevelVerbose}}, rt.Traits())
	unmapped, err := rt.CheckStatuses([]wfm.StatusDefinition{{Key: "Available", ACD: true}, {Key: "Lunch"}})
	require.Equal(t, []wfm.StatusKey{"Lunch"}, unmapped)
	require.ErrorContains(t, err, `status "Lunch" has no code`)
}

// TestBatchesAreSplit: the frames of a large snapshot stay within the limit, each with its head and foot.
func TestBatchesAreSplit(t *testing.T) {
	const text = `
layout: packets
version: 1
module: rta
codes: {unmapped: code, default: "1"}
frame: {framing: %s, batch: %s, max: 1000}
rows: {kind: %s}
head: '%s'
foot: '%s'
records:
  - {name: agent, when: [snapshot], columns: [{name: agent, value: agent %s}]}
`
	for name, layout := range map[string]string{
		"lines":    fmt.Sprintf(text, "terminator", "lines", "fixed", "HEAD", "FOOT", ", width: 11"),
		"document": fmt.Sprintf(text, "length-prefix, length: {bytes: 2}", "document", "json", "[", "]", ""),
		"fixed":    fmt.Sprintf(text, "none", "lines", "fixed", "HEAD", "FOOT", ", width: 11"),
	} {
		rt := realTime(t, layout, vendors.RTASettings{})
		var states []wfm.AgentState
		for i := range 10000 {
			states = append(states, agent(fmt.Sprintf("agent-%05d", i)))
		}
		var f wfm.Frames
		require.NoError(t, rt.NewSession().AppendSnapshot(&f, time.Now(), states))
		r, next := rt.NewFrameReader(), 0
		for frame := range f.All() {
			require.LessOrEqual(t, len(frame), 1000, name)
			require.NoError(t, r.Read(frame, func(d vendors.Decoded) {
				require.NoError(t, d.Err)
				if d.Record == "agent" {
					require.Equal(t, string(states[next].Agent), d.Agent)
					next++
				}
			}))
			require.Zero(t, r.Pending(), "a frame ends with a record")
		}
		require.Equal(t, 10000, next, name)
		require.Greater(t, f.Len(), 100, name)
	}
}

// TestRecordsThatFitNoFrame are skipped, and leave no empty frame.
func TestRecordsThatFitNoFrame(t *testing.T) {
	rt := realTime(t, `
layout: packets
version: 1
module: rta
frame: {framing: terminator, batch: lines, max: 64}
rows: {kind: delimited, delimiter: ";"}
head: "0123456789012345678901234567890123456789"
records:
  - {name: agent, when: [snapshot], columns: [{name: agent, value: agent}]}
`, vendors.RTASettings{})
	var f wfm.Frames
	err := rt.NewSession().AppendSnapshot(&f, time.Now(), []wfm.AgentState{agent(strings.Repeat("x", 30))})
	skipped, other := vendors.SkippedIn(err)
	require.NoError(t, other)
	require.Len(t, skipped, 1)
	require.ErrorContains(t, skipped[0], "does not fit into a frame")
	require.Zero(t, f.Len())
	require.Empty(t, f.Bytes)
}

func TestFrameReaderGoesOn(t *testing.T) {
	rt := realTime(t, linesLayout, vendors.RTASettings{})
	r := rt.NewFrameReader()
	var got []string
	yield := func(d vendors.Decoded) {
		text := d.Agent
		if d.Err != nil {
			text = "bad " + d.Raw
			require.ErrorContains(t, d.Err, "frame")
		}
		got = append(got, text)
	}
	require.NoError(t, r.Read([]byte("anna;1;x\r\nno\n\nbert;1;\xff\nca"), yield))
	require.Equal(t, 2, r.Pending())
	require.NoError(t, r.Read([]byte("rl;1;y\n"), yield))
	require.Equal(t, []string{"anna", "bad no", "bad ", "bad bert;1;\xff", "carl"}, got)

	err := r.Read([]byte(strings.Repeat("x", 65)), yield)
	require.ErrorContains(t, err, "a frame is longer than the layout permits")
	require.Equal(t, wfm.BadData, wfm.KindOf(err))
	require.Equal(t, err, r.Read([]byte("dora;1;z\n"), yield), "the connection is of no use any more")
	require.Len(t, got, 5)
}

func TestFrameReaderRefuses(t *testing.T) {
	document := `
layout: x
version: 1
module: rta
frame: {framing: %s, batch: document, max: 100}
rows: {kind: json}
head: '{{"data":['
foot: ']}}'
records:
  - {name: agent, when: [snapshot], columns: [{name: a, value: agent}, {name: n, value: sequence}, {name: in, value: loggedIn, type: boolean}]}
`
	for _, c := range []struct{ framing, bytes, fatal, bad string }{
		{"none", `{"data":[{"a":"x","n":1,"in":true,"more":{}}]}`, "", ""},
		{"none", `hello`, "no JSON document", ""},
		{"none", `{"data":[` + strings.Repeat(" ", 100), "longer than the layout permits", ""},
		{"none", `{"other":[]}`, "", "does not begin like the layout's head"},
		{"none", `{"data":[{"a":1,"n":1,"in":true}]}`, "", `member "a" is not of the column's type`},
		{"none", `{"data":[{"a":"x","in":true}]}`, "", `has no member "n"`},
		{"none", `{"data":[{"a":"x","n":1.5,"in":true}]}`, "", `is not a number`},
		{"none", `{"data":[{"a":"x","n":1,"in":true}{}]}`, "", "neither another record nor the layout's foot"},
		{"none", `{"data":[[]]}`, "", "no record between head and foot"},
		{"none", `{"data":[{"a" "x"}]}`, "", "is not a JSON object"},
		{"length-prefix, length: {bytes: 2}", "\x00\x02[]", "", "does not begin"},
		{"length-prefix, length: {bytes: 2}", "\x00\x63", "99 bytes", ""},
		{"length-prefix, length: {bytes: 4}", "\xff\xff\xff\xff", "4294967295 bytes", ""},
		{"length-prefix, length: {bytes: 4, counts: all}", "\x00\x00\x00\x03", "-1 bytes", ""},
	} {
		r := realTime(t, fmt.Sprintf(document, c.framing), vendors.RTASettings{}).NewFrameReader()
		var problems error
		n := 0
		err := r.Read([]byte(c.bytes), func(d vendors.Decoded) { problems = errors.Join(problems, d.Err); n++ })
		if c.fatal == "" {
			require.NoError(t, err, c.bytes)
		} else {
			require.ErrorContains(t, err, c.fatal, c.bytes)
		}
		if c.bad == "" {
			require.NoError(t, problems, c.bytes)
		} else {
			require.ErrorContains(t, problems, c.bad, c.bytes)
		}
		require.Equal(t, c.fatal == "", n > 0, c.bytes)
	}
}

// TestFrameReaderKeepsLittle: a large chunk leaves no large buffer behind.
func TestFrameReaderKeepsLittle(t *testing.T) {
	r := realTime(t, linesLayout, vendors.RTASettings{}).NewFrameReader().(*frameReader)
	require.NoError(t, r.Read([]byte(strings.Repeat("anna;1;x\n", 100000)+"rest"), func(vendors.Decoded) {}))
	require.Equal(t, 4, r.Pending())
	require.LessOrEqual(t, cap(r.rest), 4*64)
}

func TestControls(t *testing.T) {
	for s, want := range map[string]string{"LF": "\n", "crlf": "\r\n", "STX ETX": "\x02\x03", "NUL": "\x00"} {
		got, err := controls(s)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, s := range []string{"", " ", "|", "LF |"} {
		_, err := controls(s)
		require.Error(t, err, s)
	}
}

func TestSettingInsideAPlaceholder(t *testing.T) {
	values := map[string]string{"p": "HH:mm", "a": "x"}
	for s, want := range map[string]string{"{now:{p}}": "{now:HH:mm}", "{{{a}": "{{x", "{a}{b}": "x{b}", "{b{a}": "{bx", "{{a}}": "{{a}}", "{": "{"} {
		require.Equal(t, want, substitute(s, values), s)
	}
}

// TestReaderTellsRecordsApart: constant texts, maps, types of codes and flags decide which record a text is.
func TestReaderTellsRecordsApart(t *testing.T) {
	rt := realTime(t, `
layout: x
version: 1
module: rta
codes: {numeric: true, numeric-reason: true, unmapped: skip}
frame: {framing: terminator}
rows: {kind: json}
records:
  - name: agent
    when: [change, log-on]
    columns:
      - {name: t, text: A}
      - {name: e, value: event, map: {change: "1", log-on: "2"}}
      - {name: s, value: server, map: {one: "1"}}
      - {name: c, value: code}
      - {name: r, value: reason}
      - {name: in, value: loggedIn, type: boolean}
  - {name: open, when: [snapshot, entered], columns: [{name: o, value: event, map: {entered: E}, map-else: write}]}
`, vendors.RTASettings{})
	for text, want := range map[string]string{
		`{"t":"A","e":"2","s":"1","c":"7","r":"","in":true}`: "agent log-on",
		`{"o":"E"}`:        "open entered",
		`{"o":"snapshot"}`: "open snapshot",
		`{"o":"other"}`:    "open other",
		`{"t":"B","e":"2","s":"1","c":"7","r":"","in":true}`:   `column t "B" is not "A"`,
		`{"t":"A","e":"3","s":"1","c":"7","r":"","in":true}`:   `column e "3" is no event of the record`,
		`{"t":"A","e":"2","s":"2","c":"7","r":"","in":true}`:   `column s "2" is not in the column's map`,
		`{"t":"A","e":"2","s":"1","c":"x","r":"","in":true}`:   `column c "x" is not a whole number`,
		`{"t":"A","e":"2","s":"1","c":"7","r":"x","in":true}`:  `column r "x" is not a whole number`,
		`{"t":"A","e":"2","s":"1","c":"7","r":"","in":"true"}`: `member "in" is not of the column's type`,
		`{"t":"A"} {}`: "has text behind the JSON object",
		`[]`:           "is not a JSON object",
	} {
		n := 0
		require.NoError(t, rt.NewFrameReader().Read([]byte(text+"\n"), func(d vendors.Decoded) {
			n++
			if d.Err != nil {
				require.ErrorContains(t, d.Err, want, text)
				require.Equal(t, text, d.Raw)
				return
			}
			require.Equal(t, want, d.Record+" "+d.Event, text)
		}))
		require.Equal(t, 1, n)
	}
}

// TestFixedRecordsWithoutFraming are cut at whole characters in every encoding, however the bytes come.
func TestFixedRecordsWithoutFraming(t *testing.T) {
	for _, encoding := range encodingNames() {
		rt := realTime(t, fmt.Sprintf(`
layout: x
version: 1
module: rta
frame: {framing: none, encoding: %s}
rows: {kind: fixed}
records: [{name: agent, when: [snapshot], columns: [{name: a, value: agent, width: 5}]}]
`, encoding), vendors.RTASettings{})
		var f wfm.Frames
		require.NoError(t, rt.NewSession().AppendSnapshot(&f, time.Now(), []wfm.AgentState{agent("a😀é"), agent("bär")}))
		r, names := rt.NewFrameReader(), []string{}
		for _, b := range f.Bytes {
			require.NoError(t, r.Read([]byte{b}, func(d vendors.Decoded) {
				require.NoError(t, d.Err)
				names = append(names, d.Agent)
			}))
		}
		want := []string{"a😀é", "bär"}
		if !strings.HasPrefix(encoding, "UTF") {
			want[0] = "a?é"
		}
		require.Equal(t, want, names, encoding)
		require.Zero(t, r.Pending())
	}
}

func TestChooseRealTime(t *testing.T) {
	var presets []*Layout
	for _, text := range []string{"layout: a\ndefault: false\n", "layout: b\n"} {
		l, err := Parse(vendors.File{Name: "x.yaml", Data: []byte(text + strings.TrimPrefix(linesLayout, "\nlayout: lines\n"))})
		require.NoError(t, err)
		presets = append(presets, l)
	}
	l, err := ChooseRealTime(vendors.RTASettings{}, presets)
	require.NoError(t, err)
	require.Equal(t, "b", l.Name())
	l, err = ChooseRealTime(vendors.RTASettings{Preset: "a"}, presets)
	require.NoError(t, err)
	require.Equal(t, "a", l.Name())
	_, err = ChooseRealTime(vendors.RTASettings{Preset: "c"}, presets)
	require.EqualError(t, err, `preset "c" is not a real-time preset of this adapter; use one of a, b`)
	_, err = ChooseRealTime(vendors.RTASettings{}, presets[:1])
	require.ErrorContains(t, err, "is missing, and no preset is the default")
	file := &vendors.File{Name: "own.yaml", Data: []byte(linesLayout)}
	l, err = ChooseRealTime(vendors.RTASettings{Layout: file}, presets)
	require.NoError(t, err)
	require.Equal(t, "lines", l.Name())
	_, err = ChooseRealTime(vendors.RTASettings{Layout: file, Preset: "a"}, presets)
	require.ErrorContains(t, err, "stands beside a layout file of the site")
	require.ErrorContains(t, checkPresets([]*Layout{presets[1], presets[1]}), `is the name of another preset too`)
	require.ErrorContains(t, checkPresets([]*Layout{presets[1], l}), "let one real-time preset be the default")
}
