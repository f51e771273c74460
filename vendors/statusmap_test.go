package vendors_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
)

func state(key wfm.StatusKey, group wfm.StatusGroup, a wfm.AgentActivity) *wfm.AgentState {
	return &wfm.AgentState{Status: wfm.StatusDefinition{Key: key, Group: group}, Activity: a}
}

func TestStatusMapPrecedence(t *testing.T) {
	m := vendors.StatusMap{
		ByStatus:   map[wfm.StatusKey]vendors.Code{"Lunch": {Code: "status"}},
		ByGroup:    map[wfm.StatusGroup]vendors.Code{"Breaks": {Code: "group"}},
		ByActivity: map[wfm.AgentActivity]vendors.Code{wfm.AgentACDTalk: {Code: "talk"}, wfm.AgentUnavailable: {Code: "unavailable"}, wfm.AgentLoggedOff: {Code: "off"}},
		Unmapped:   vendors.UseDefault, Default: vendors.Code{Code: "default", Reason: "r"},
	}
	codes, err := vendors.NewStatusCodes(nil, m)
	require.NoError(t, err)
	for _, c := range []struct {
		state *wfm.AgentState
		want  string
	}{
		{state("Lunch", "Breaks", wfm.AgentACDTalk), "talk"},         // what is handled comes before the status
		{state("Lunch", "Breaks", wfm.AgentLoggedOff), "off"},        // and so does the log-in
		{state("Lunch", "Breaks", wfm.AgentNonACDTalk), "status"},    // unless it is not mapped
		{state("Lunch", "Breaks", wfm.AgentUnavailable), "status"},   // the status before its group
		{state("Tea", "Breaks", wfm.AgentUnavailable), "group"},      // the group before the activity
		{state("Tea", "Other", wfm.AgentUnavailable), "unavailable"}, // which the status decides
		{state("Tea", "Other", wfm.AgentAvailable), "default"},
		{state("LUNCH", "", wfm.AgentUnavailable), "status"}, // letter case is ignored
		{state("x", "bREAKS", wfm.AgentUnavailable), "group"},
	} {
		code, ok := codes.Of(c.state)
		require.True(t, ok)
		require.Equal(t, c.want, code.Code, "%+v", c.state)
	}
}

func TestStatusMapIgnoresCaseBeyondASCII(t *testing.T) {
	long := wfm.StatusKey(strings.Repeat("Very Long ", 10))
	codes, err := vendors.NewStatusCodes(nil, vendors.StatusMap{ByStatus: map[wfm.StatusKey]vendors.Code{"Übung": {Code: "1"}, long: {Code: "2"}}})
	require.NoError(t, err)
	code, ok := codes.Of(state("üBUNG", "", wfm.AgentUnavailable))
	require.True(t, ok)
	require.Equal(t, "1", code.Code)
	code, ok = codes.Of(state(wfm.StatusKey(strings.ToUpper(string(long))), "", wfm.AgentUnavailable))
	require.True(t, ok)
	require.Equal(t, "2", code.Code)
}

// TestStatusMapLayers: the feed's rules come before those that the layout ships, rule by rule.
func TestStatusMapLayers(t *testing.T) {
	feed := vendors.StatusMap{ByActivity: map[wfm.AgentActivity]vendors.Code{wfm.AgentAvailable: {Code: "feed"}},
		ByStatus: map[wfm.StatusKey]vendors.Code{"lunch": {Code: "feed"}}}
	ready := vendors.StatusMap{ByActivity: map[wfm.AgentActivity]vendors.Code{wfm.AgentAvailable: {Code: "ready"}, wfm.AgentAfterCall: {Code: "ready"}},
		ByStatus: map[wfm.StatusKey]vendors.Code{"Lunch": {Code: "ready"}}, Unmapped: vendors.SkipUnmapped}
	codes, err := vendors.NewStatusCodes(nil, feed, ready)
	require.NoError(t, err)
	for _, c := range []struct {
		state *wfm.AgentState
		want  string
	}{{state("", "", wfm.AgentAvailable), "feed"}, {state("", "", wfm.AgentAfterCall), "ready"}, {state("Lunch", "", wfm.AgentUnavailable), "feed"}} {
		code, ok := codes.Of(c.state)
		require.True(t, ok)
		require.Equal(t, c.want, code.Code)
	}
	_, ok := codes.Of(state("x", "", wfm.AgentUnavailable))
	require.False(t, ok)
	require.Equal(t, vendors.SkipUnmapped, codes.Unmapped())
}

func TestUnmappedRules(t *testing.T) {
	defs := []wfm.StatusDefinition{{Key: "Available", ACD: true}, {Key: "Follow Up", ACW: true, ACD: true}, {Key: "Lunch", Group: "Breaks"}}
	some := map[wfm.AgentActivity]vendors.Code{wfm.AgentAvailable: {Code: "1"}, wfm.AgentAfterCall: {Code: "3"}}
	for _, c := range []struct {
		rule     vendors.UnmappedRule
		unmapped []wfm.StatusKey
		err      string
		code     string
		ok       bool
	}{
		{"", []wfm.StatusKey{"Lunch"}, `status "Lunch" has no code; map it, its group "Breaks" or the activity unavailable`, "", false},
		{vendors.RejectUnmapped, []wfm.StatusKey{"Lunch"}, `status "Lunch" has no code`, "", false},
		{vendors.SkipUnmapped, []wfm.StatusKey{"Lunch"}, "", "", false},
		{vendors.UseDefault, []wfm.StatusKey{"Lunch"}, "", "9", true},
		{vendors.UseKey, nil, "", "Lunch", true},
	} {
		codes, err := vendors.NewStatusCodes(nil, vendors.StatusMap{ByActivity: some, Unmapped: c.rule, Default: vendors.Code{Code: c.code}})
		require.NoError(t, err)
		unmapped, err := codes.Check(defs)
		require.Equal(t, c.unmapped, unmapped, c.rule)
		if c.err == "" {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, c.err)
		}
		code, ok := codes.Of(state("Lunch", "Breaks", wfm.AgentUnavailable))
		require.Equal(t, c.ok, ok, c.rule)
		if ok {
			require.Equal(t, c.code, code.Code)
		}
	}
	codes, err := vendors.NewStatusCodes(nil, vendors.StatusMap{Unmapped: vendors.UseKey})
	require.NoError(t, err)
	_, ok := codes.Of(state("", "", wfm.AgentUnavailable))
	require.False(t, ok, "an agent without a status has no code")
}

func TestStatusMapTellsEveryProblem(t *testing.T) {
	valid := func(c vendors.Code) error {
		if c.Code == "bad" {
			return errors.New("is bad")
		}
		return nil
	}
	_, err := vendors.NewStatusCodes(valid, vendors.StatusMap{
		ByStatus:   map[wfm.StatusKey]vendors.Code{"Lunch": {Code: "1"}, "LUNCH": {Code: "2"}, "Tea": {Code: "bad"}},
		ByGroup:    map[wfm.StatusGroup]vendors.Code{"A": {Code: "bad"}, "a": {}},
		ByActivity: map[wfm.AgentActivity]vendors.Code{wfm.AgentUnknown: {}, 99: {}, wfm.AgentAvailable: {Code: "bad"}},
	}, vendors.StatusMap{Unmapped: vendors.UseDefault, Default: vendors.Code{Code: "bad"}})
	for _, part := range []string{`status "Lunch" is mapped twice`, `status "Tea" has the code "bad", which is bad`, `status group "A" has the code`,
		`status group "a" is mapped twice`, `activity "unknown" cannot be mapped`, `activity "activity 99" cannot be mapped`, `activity "available" has the code`,
		`unmapped has the code "bad"`} {
		require.ErrorContains(t, err, part)
	}
	_, err = vendors.NewStatusCodes(nil, vendors.StatusMap{Unmapped: "guess"})
	require.ErrorContains(t, err, `unmapped "guess" is not a rule; use reject, code, skip or status-key`)
}

func TestStatusCodesAllocateNothing(t *testing.T) {
	codes, err := vendors.NewStatusCodes(nil, vendors.StatusMap{ByStatus: map[wfm.StatusKey]vendors.Code{"At Lunch": {Code: "5"}},
		ByGroup: map[wfm.StatusGroup]vendors.Code{"Breaks": {Code: "6"}}, Unmapped: vendors.UseKey})
	require.NoError(t, err)
	for _, s := range []*wfm.AgentState{state("At LUNCH", "Breaks", wfm.AgentUnavailable), state("Tea", "BREAKS", wfm.AgentUnavailable), state("Other", "None", wfm.AgentAvailable)} {
		require.Zero(t, testing.AllocsPerRun(100, func() { codes.Of(s) }))
	}
}

// TestLoggedOffHasACodeOfItsOwn: the last status of an agent who logged off is not what the agent does.
func TestLoggedOffHasACodeOfItsOwn(t *testing.T) {
	last := state("Available", "Ready", wfm.AgentLoggedOff)
	m := vendors.StatusMap{ByStatus: map[wfm.StatusKey]vendors.Code{"Available": {Code: "1"}}, ByGroup: map[wfm.StatusGroup]vendors.Code{"Ready": {Code: "1"}}}
	for _, c := range []struct {
		rule    vendors.UnmappedRule
		set     string
		code    string
		has, of bool
	}{
		{vendors.RejectUnmapped, "", "", false, false},
		{vendors.SkipUnmapped, "", "", false, false},
		{vendors.UseDefault, "9", "9", true, true},
		{vendors.UseKey, "", "", false, false},
		{vendors.UseKey, "Off", "Off", true, true},
	} {
		m.Unmapped, m.Default = c.rule, vendors.Code{Code: c.set}
		codes, err := vendors.NewStatusCodes(nil, m)
		require.NoError(t, err)
		code, ok := codes.Of(last)
		require.Equal(t, c.of, ok, c.rule)
		require.Equal(t, c.has, codes.LoggedOff(), c.rule)
		if ok {
			require.Equal(t, c.code, code.Code)
		}
		code, ok = codes.Of(state("Available", "Ready", wfm.AgentDialling))
		require.True(t, ok)
		require.Equal(t, "1", code.Code, "what an agent handles may be told by the status")
	}
	m.ByActivity = map[wfm.AgentActivity]vendors.Code{wfm.AgentLoggedOff: {Code: "27"}}
	codes, err := vendors.NewStatusCodes(nil, m)
	require.NoError(t, err)
	code, ok := codes.Of(last)
	require.True(t, ok)
	require.Equal(t, "27", code.Code)
}

func TestEmptyCodesAreRefused(t *testing.T) {
	_, err := vendors.NewStatusCodes(nil, vendors.StatusMap{ByStatus: map[wfm.StatusKey]vendors.Code{"Lunch": {Reason: "2"}},
		ByActivity: map[wfm.AgentActivity]vendors.Code{wfm.AgentLoggedOff: {}}, Unmapped: vendors.UseDefault})
	for _, part := range []string{`status "Lunch" has an empty code`, `activity "logged off" has an empty code`, `unmapped has an empty code`} {
		require.ErrorContains(t, err, part)
	}
}

// TestWhatIsHandledFallsBackToTheStatus: a map that Check accepts leaves no state of a logged-in agent without a code.
func TestWhatIsHandledFallsBackToTheStatus(t *testing.T) {
	codes, err := vendors.NewStatusCodes(nil, vendors.StatusMap{ByActivity: map[wfm.AgentActivity]vendors.Code{wfm.AgentAvailable: {Code: "1"},
		wfm.AgentUnavailable: {Code: "2"}, wfm.AgentAfterCall: {Code: "3"}}})
	require.NoError(t, err)
	defs := map[string]wfm.StatusDefinition{"1": {Key: "Available", ACD: true}, "2": {Key: "Lunch"}, "3": {Key: "Follow Up", ACD: true, ACW: true}}
	for want, d := range defs {
		_, err := codes.Check([]wfm.StatusDefinition{d})
		require.NoError(t, err)
		for _, a := range []wfm.AgentActivity{wfm.AgentAlerting, wfm.AgentACDTalk, wfm.AgentACDHold, wfm.AgentNonACDTalk, wfm.AgentDialling} {
			code, ok := codes.Of(&wfm.AgentState{Status: d, Activity: a})
			require.True(t, ok, "%s in %s", a, d.Key)
			require.Equal(t, want, code.Code)
		}
	}
	_, ok := codes.Of(state("", "", wfm.AgentACDTalk))
	require.False(t, ok, "no status decides")
	_, ok = codes.Of(state("Lunch", "", wfm.AgentUnknown))
	require.False(t, ok)
}

func TestCheckTellsEachStatusOnce(t *testing.T) {
	codes, err := vendors.NewStatusCodes(nil, vendors.StatusMap{})
	require.NoError(t, err)
	unmapped, err := codes.Check([]wfm.StatusDefinition{{Key: "Lunch"}, {Key: "Tea", Group: "Breaks"}, {Key: "LUNCH"}})
	require.Equal(t, []wfm.StatusKey{"Lunch", "Tea"}, unmapped)
	require.EqualError(t, err, `status "Lunch" has no code; map it or the activity unavailable, or choose what becomes of unmapped statuses
status "Tea" has no code; map it, its group "Breaks" or the activity unavailable, or choose what becomes of unmapped statuses`)
}
