package layout

import (
	"testing"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
)

// TestChoicesBySetting shows that a formula reads only the columns of the branch that the site has chosen.
func TestChoicesBySetting(t *testing.T) {
	settings := []Setting{{Name: "bucket", Number: true}, {Name: "word"}}
	values := map[string]string{"bucket": "2", "word": "all"}
	for src, want := range map[string][]wfm.Counter{
		"bucket >= 2 ? tAcw : tTalkAcd":                        {wfm.TAcw},
		"bucket > 2 ? tAcw : tTalkAcd":                         {wfm.TTalkAcd},
		"2 == bucket ? tAcw : tTalkAcd":                        {wfm.TAcw},
		"bucket < 2 or word != 'all' ? tAcw : tTalkAcd":        {wfm.TTalkAcd},
		"bucket <= 2 and word == 'all' ? tAcw : tTalkAcd":      {wfm.TAcw},
		"not (word == 'all') ? tAcw : tTalkAcd":                {wfm.TTalkAcd},
		"tAcw + (bucket == 3 ? tTalkAcd : 0)":                  {wfm.TAcw},
		"bucket == 2 ? (word == 'x' ? tAcw : tTalkAcd) : tAcw": {wfm.TTalkAcd},
		"word == 'zero' ? 0 : 100 * tAcw / tTalkAcd":           {wfm.TTalkAcd, wfm.TAcw},
		"agent == '' ? tAcw : tTalkAcd":                        {wfm.TTalkAcd, wfm.TAcw},
	} {
		e, err := compileExpression(src, grainAgent, settings, values, time.UTC)
		require.NoError(t, err, src)
		require.ElementsMatch(t, want, e.counters, src)
		require.NotNil(t, e.exact, src)
	}
}

// TestChoicesByText shows that of a choice by a text only the branch that is taken counts.
func TestChoicesByText(t *testing.T) {
	set := wfm.NewCounterSet(wfm.TAcw, wfm.TTalkAcd)
	values := make([]int64, set.Len())
	values[set.Index(wfm.TAcw)], values[set.Index(wfm.TTalkAcd)] = 7, wfm.Missing
	r := row{agent: "a", counts: wfm.NewCounts(set, values)}
	for src, want := range map[string]int64{
		"agent == 'a' ? tAcw : tTalkAcd":             7,
		"agent != 'a' ? tTalkAcd : tAcw":             7,
		"1 + (agent == 'b' ? tTalkAcd : 2 * tAcw)":   15,
		"agent == 'b' ? tAcw : tTalkAcd":             wfm.Missing,
		"agent == 'a' ? (agent == 'b' ? 1 : -2) : 3": -2,
	} {
		e, err := compileExpression(src, grainAgent, nil, nil, time.UTC)
		require.NoError(t, err, src)
		require.NotNil(t, e.exact, src)
		n, err := e.number(nil, &r)
		require.NoError(t, err, src)
		require.Equal(t, want, n.ratio.Num, src)
	}
}
