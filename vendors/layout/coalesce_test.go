package layout_test

import (
	"strings"
	"testing"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
)

// TestValuesForWhatIsMissing: a ?? b is b where a is missing, in formulas of whole numbers; in others it is refused.
func TestValuesForWhatIsMissing(t *testing.T) {
	const text = `
layout: x
version: 1
settings: [{name: empty, default: zero, choices: [zero, blank], remark: x}]
file: {name: "x{start:YYYYMMDDHHmm}"}
rows: {kind: delimited, delimiter: ";"}
sections:
  - grain: contacts-ended
    defaults: {missing: blank, undefined: blank}
    columns: [{name: id, value: contactId}, {name: f, expr: "FORMULA"}]
`
	r := wfm.Report{Interval: wfm.Window{Start: start, End: start.Add(15 * time.Minute)}, Revision: 1, Ended: []wfm.Contact{
		{ID: "both", Start: start, End: start, Handled: true, Times: wfm.ContactTimes{TConnected: 3000, TACW: 500}},
		{ID: "one", Start: start, End: start, Handled: true, Times: wfm.ContactTimes{TConnected: 3000, TACW: wfm.Missing}},
		{ID: "none", Start: start, End: start, Times: wfm.ContactTimes{TConnected: wfm.Missing, TACW: wfm.Missing}}}}
	for formula, want := range map[string]string{
		"tConnected + (tACW ?? 0)":                                "both;3500\none;3000\nnone;\n",
		"((tConnected ?? 0) + (tACW ?? 0)) / 1000":                "both;4\none;3\nnone;0\n",
		"(tConnected ?? tACW) ?? -1":                              "both;3000\none;3000\nnone;-1\n",
		"empty == 'zero' ? (tACW ?? 0) : tACW":                    "both;500\none;0\nnone;0\n",
		"empty == 'blank' ? (tACW ?? 0) : tACW":                   "both;500\none;\nnone;\n",
		"(handled ? tConnected + tACW : 7) ?? 9":                  "both;3500\none;9\nnone;7\n",
		"tACW ?? 9223372036854775807 + 1":                         "",
		"(tACW ?? 9223372036854775807) + tConnected - tConnected": "",
		"max(tACW ?? 0, 1)":                                       "uses ??",
		"tACW > 0 ? (tACW ?? 0) : 1":                              "uses ??",
		"(agent ?? contactId)":                                    "uses ??",
		"(tACW ?? 0) / tConnected * 2":                            "uses ??",
	} {
		file := vendors.File{Name: "x.yaml", Data: []byte(strings.Replace(text, "FORMULA", formula, 1))}
		k, err := bindFile(file)
		if strings.HasPrefix(want, "uses") {
			require.ErrorContains(t, err, want, formula)
			continue
		}
		if want == "" { // does not parse, or overflows: told, never wrong
			if err == nil {
				_, _, err = k.Append(nil, r.Interval, []wfm.Report{r})
			}
			require.Error(t, err, formula)
			continue
		}
		require.NoError(t, err, formula)
		data, _, err := k.Append(nil, r.Interval, []wfm.Report{r})
		require.NoError(t, err, formula)
		require.Equal(t, want, string(data), formula)
	}
}
