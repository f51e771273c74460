package layout

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// inGeneral makes a codec write every column in the general way, as if there were no other.
func inGeneral(k *Codec) {
	for _, sec := range k.sections {
		sec.steps = nil
		for i, c := range sec.columns {
			c.plain = false
			sec.steps = append(sec.steps, rowStep{kind: stepGeneral, column: c, lead: sec.lead(k, i), from: i, to: i + 1})
		}
	}
}

// TestStepsWriteWhatTheGeneralWayWrites compares bytes and errors for random layouts and reports.
func TestStepsWriteWhatTheGeneralWayWrites(t *testing.T) {
	kinds := map[stepKind]int{}
	failed, written := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		text := drawLayout(t)
		quick, err := bindText(text)
		require.NoError(t, err, text)
		slow, err := bindText(text)
		require.NoError(t, err)
		inGeneral(slow)
		for _, sec := range quick.sections {
			for _, st := range sec.steps {
				kinds[st.kind]++
			}
		}
		for range 2 { // the second time with memory of the first
			reports := drawReports(t, quick.Needs())
			got, rows, gotErr := quick.Append([]byte("before"), reports[0].Interval, reports)
			want, wantRows, wantErr := slow.Append([]byte("before"), reports[0].Interval, reports)
			require.Equal(t, fmt.Sprint(wantErr), fmt.Sprint(gotErr), text)
			require.Equal(t, string(want), string(got), text)
			require.Equal(t, wantRows, rows)
			if gotErr != nil {
				failed++
			} else {
				written += rows
			}
		}
	})
	if testing.Short() {
		return // few layouts are drawn then, and none may have a given step
	}
	for _, kind := range []stepKind{stepGeneral, stepRun, stepCounter, stepWhole, stepRatio, stepText} {
		require.NotZero(t, kinds[kind], "no layout had a step of kind %d", kind)
	}
	require.NotZero(t, failed, "no report was refused")
	require.NotZero(t, written, "no report was written")
}

func bindText(text string) (*Codec, error) {
	l, err := Parse(vendors.File{Name: "test.yaml", Data: []byte(text)})
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return nil, err
	}
	return l.Bind(vendors.Settings{Location: zone})
}

// often lets the first choice be the usual one, so that most reports can be written.
func often(usual string, others ...string) []string {
	return append(slices.Repeat([]string{usual}, 4*len(others)), others...)
}

// drawLayout makes a layout of one section with columns of all kinds.
func drawLayout(t *rapid.T) string {
	pick := func(what string, of ...string) string { return rapid.SampledFrom(of).Draw(t, what) }
	rows := pick("rows", `kind: delimited, delimiter: ";", quoting: rfc4180`, `kind: delimited, delimiter: ";", quoting: rfc4180, formulas: replace`,
		`kind: delimited, delimiter: "|", trailing-delimiter: true`, `kind: delimited, delimiter: " ", unsafe-with: "~"`,
		`kind: delimited, delimiter: "||", quoting: rfc4180`, `kind: delimited, delimiter: "|", unsafe: refuse`, `kind: fixed, delimiter: " "`, "kind: json")
	fixed, inJSON := strings.Contains(rows, "fixed"), strings.Contains(rows, "json")
	grain := pick("grain", "queue", "agent", "agent-by-queue", "agent-and-queues", "states", "events", "status-times", "contacts-begun", "contacts-ended")
	statistics := !strings.Contains("states events status-times contacts-begun contacts-ended", grain)
	var columns []string
	add := func(kind, value string) {
		if fixed || !inJSON && kind == "text" && rapid.Bool().Draw(t, "has width") {
			value += ", width: " + strconv.Itoa(rapid.IntRange(1, 14).Draw(t, "width"))
			value += ", align: " + pick("align", "left", "right")
		} else if rapid.IntRange(0, 5).Draw(t, "has max") == 0 {
			value += ", max: " + strconv.Itoa(rapid.IntRange(1, 6).Draw(t, "max"))
		}
		if kind == "number" {
			value += pick("precision", "", ", precision: 2", ", precision: 1, decimal-mark: \",\"", "")
			value += pick("zero", "", ", zero: blank", ", zero: {text: none}", ", zero: zero")
			value += pick("overflow", often(", overflow: shift", ", overflow: refuse")...)
		} else {
			value += pick("overflow", often(", overflow: shift", ", overflow: refuse", ", overflow: cut")...)
		}
		if inJSON && (strings.Contains(value, "{text: none}") || strings.Contains(value, "decimal-mark") || rapid.IntRange(0, 5).Draw(t, "as text") == 0) {
			value += ", type: string"
		}
		columns = append(columns, fmt.Sprintf("      - {name: c%d, %s}\n", len(columns), value))
	}
	for range rapid.IntRange(1, 8).Draw(t, "columns") {
		switch rapid.IntRange(0, 7).Draw(t, "column") {
		case 0:
			add("time", "value: "+pick("time", "intervalStart", "intervalEnd", "fileStart")+", format: "+pick("format", "YYYYMMDD", "HHmm", "YYYYMMDDHHmmss", "unix"))
		case 1:
			add("text", `text: "`+pick("template", "x", "{start:HHmm}", "a{start:YYYYMMDD}b", "")+`"`)
		case 2:
			add("number", "value: intervalSeconds, unit: "+pick("unit", "seconds", "minutes", "milliseconds"))
		default:
			switch {
			case statistics:
				drawNumber(t, grain, add, pick)
			case strings.HasPrefix(grain, "contacts"):
				drawContact(add, pick)
			default:
				drawActivity(grain, add, pick)
			}
		}
	}
	if statistics {
		add("number", "value: nEnteredAcd")
	}
	section := "  - grain: " + grain + "\n"
	section += pick("sort", "", "    sort: [agent]\n", "    sort: [workgroup, agent]\n", "    sort: [start, -agent]\n", "    sort: [-workgroup]\n")
	if statistics {
		section += "    zero-rows: " + pick("zero rows", "write", "omit", "omit-unseen") + "\n"
	}
	missing, around := often("blank", "zero", "refuse", "{text: n/a}"), ""
	if inJSON {
		missing, around = often("blank", "zero", "refuse"), "head: '['\nfoot: ']'\n"
	}
	section += "    defaults: {missing: " + pick("missing", missing...) + ", undefined: " + pick("undefined", often("blank", "zero", "refuse")...) + "}\n"
	return "layout: x\nversion: 1\nfile: {name: \"x{start:YYYYMMDDHHmm}\"}\nrows: {" + rows + "}\n" + around + "sections:\n" + section + "    columns:\n" + strings.Join(columns, "")
}

func drawNumber(t *rapid.T, grain string, add func(kind, value string), pick func(what string, of ...string) string) {
	switch rapid.IntRange(0, 5).Draw(t, "number") {
	case 0, 1:
		if grain == "agent" {
			add("text", "value: agent")
		} else if grain == "queue" {
			add("text", "value: workgroup")
		} else {
			add("text", "value: "+pick("who", "agent", "workgroup"))
		}
	case 2:
		add("number", "value: "+pick("value", "nEnteredAcd", "nAnsweredAcd", "tTalkAcd", "tAcw", "handled", "handleTime", "aht", "asa"))
	case 3:
		add("number", "value: "+pick("value", "tTalkAcd", "aht", "handleTime")+", unit: "+pick("unit", "seconds", "minutes", "hours", "milliseconds"))
	case 4:
		add("number", "value: "+pick("value", "abandonRate", "serviceLevel3")+", unit: "+pick("unit", "percent", "share"))
	case 5:
		add("number", `expr: "`+pick("formula", "tTalkAcd + tAcw - nAnsweredAcd", "(tTalkAcd + tAcw) / nAnsweredAcd", "nEnteredAcd * nEnteredAcd",
			"nEnteredAcd > 3 ? tTalkAcd : tAcw", "nEnteredAcd > 0 ? tTalkAcd / nEnteredAcd : 0.0", "5")+`"`)
	}
}

func drawContact(add func(kind, value string), pick func(what string, of ...string) string) {
	switch pick("contact", "text", "flag", "formula", "time", "number", "duration", "quotient") {
	case "text":
		add("text", "value: "+pick("value", "workgroup", "agent", "media", "contactId"))
	case "flag":
		add("text", "value: handled"+pick("map", "", ", map: {'true': '1', 'false': '0'}"))
	case "formula":
		add("text", `expr: "`+pick("formula", "handled ? agent : 'nobody'", "upper(contactId)", "tHeld > 0 ? 'held' : 'not'")+`"`)
	case "time":
		add("time", "value: "+pick("value", "contactStart", "contactEnd")+", format: "+pick("format", "YYYYMMDD", "HHmm", "HHmmss", "unixms"))
	case "number":
		add("number", "value: "+pick("value", "contactSite", "contactSeq"))
	case "duration":
		add("number", "value: "+pick("value", "tConnected", "tHeld", "tACW", "tQueueWait")+", unit: "+pick("unit", "seconds", "minutes", "hours", "milliseconds"))
	case "quotient":
		add("number", `expr: "`+pick("formula", "(handled ? tConnected + tHeld : 0) / 1000", "handled ? 1 : 0", "not handled ? tACW : tHeld", "tAlert + tIVRWait",
			"media == 'Call' ? tConnected : tHeld", "tConnected > 5 ? 1.5 : 0.5", "contactEnd - contactStart")+`"`)
	}
}

func drawActivity(grain string, add func(kind, value string), pick func(what string, of ...string) string) {
	switch grain {
	case "states":
		switch pick("state", "text", "formula", "map", "time", "number") {
		case "text":
			add("text", "value: "+pick("value", "agent", "statusKey", "loggedIn"))
		case "formula":
			add("text", `expr: "`+pick("formula", "loggedIn ? statusKey : 'off'", "upper(statusKey)")+`"`)
		case "map":
			add("text", `value: statusKey, map: {"Available": "in"}, map-else: `+pick("else", "write", "refuse", "blank"))
		case "time":
			add("time", "value: "+pick("value", "stateStart", "stateEnd")+", format: "+pick("format", "YYYYMMDD", "HHmm", "HHmmss", "hhmmtt", "unixms"))
		case "number":
			add("number", "value: statusSeconds")
		}
	case "events":
		add("text", "value: "+pick("value", "agent", "event"))
	default:
		add("text", "value: "+pick("value", "agent", "statusKey", "statusGroup"))
	}
}

func drawReports(t *rapid.T, needs wfm.Needs) []wfm.Report {
	var reports []wfm.Report
	begin := time.Date(2026, 10, 24, 23, 0, 0, 0, time.UTC) // the clocks are put back in the second hour
	usual := rapid.SampledFrom([]string{"A", "B", "Available", "-"})
	name := rapid.OneOf(usual, usual, rapid.SampledFrom([]string{"", "a b", "=1", "x;y", `q"q`, "tab\t", "Köln", "\x00", "long long name of nobody"}), rapid.String())
	value := rapid.Int64Range(0, 20)
	if rapid.Bool().Draw(t, "extreme") {
		value = rapid.OneOf(value, value, rapid.Int64Range(0, 100000), rapid.Just(wfm.Missing), rapid.Just(int64(math.MaxInt64)), rapid.Int64())
	}
	for i := range rapid.IntRange(1, 3).Draw(t, "reports") {
		at := begin.Add(time.Duration(i) * 15 * time.Minute)
		r := wfm.Report{Interval: wfm.Window{Start: at, End: at.Add(15 * time.Minute)}, Revision: 1}
		for _, g := range []struct {
			dst     *[]wfm.Record
			columns wfm.Columns
		}{{&r.Queues, needs.Queue}, {&r.Agents, needs.Agent}, {&r.AgentQueues, needs.AgentQueue}} {
			for range rapid.IntRange(0, 4).Draw(t, "records") * min(g.columns.Counters.Len(), 1) {
				values := make([]int64, g.columns.Counters.Len())
				for j := range values {
					values[j] = value.Draw(t, "value")
				}
				*g.dst = append(*g.dst, wfm.Record{Workgroup: wfm.Workgroup(name.Draw(t, "workgroup")), Agent: wfm.AgentID(name.Draw(t, "agent")),
					Zero: rapid.Bool().Draw(t, "zero"), Counts: wfm.NewCounts(g.columns.Counters, values)})
			}
		}
		for range rapid.IntRange(0, 3).Draw(t, "activities") {
			a := wfm.Activity{Agent: wfm.AgentID(name.Draw(t, "agent"))}
			from := at
			for range rapid.IntRange(0, 3).Draw(t, "states") {
				to := from.Add(time.Duration(rapid.IntRange(0, 8*3600*1000).Draw(t, "milliseconds")) * time.Millisecond)
				key := wfm.StatusKey(name.Draw(t, "status"))
				a.States = append(a.States, wfm.StateSpan{Window: wfm.Window{Start: from, End: to}, Status: key, LoggedIn: rapid.Bool().Draw(t, "in"), Began: from})
				a.Keys = append(a.Keys, wfm.StatusTime{Key: key, Group: wfm.StatusGroup(key), Seconds: int64(to.Sub(from) / time.Second)})
				a.LogOns, a.LogOffs, from = append(a.LogOns, from), append(a.LogOffs, to), to
			}
			r.Activity = append(r.Activity, a)
		}
		for _, list := range []struct {
			dst   *[]wfm.Contact
			wants bool
		}{{&r.Begun, needs.Begun}, {&r.Ended, needs.Ended}} {
			for range rapid.IntRange(0, 4).Draw(t, "contacts") * btoi(list.wants) {
				end := at.Add(time.Duration(rapid.IntRange(0, 15*60*1000-1).Draw(t, "milliseconds")) * time.Millisecond)
				*list.dst = append(*list.dst, wfm.Contact{ID: name.Draw(t, "id"), Site: wfm.Site(rapid.IntRange(0, 12).Draw(t, "site")), Workgroup: wfm.Workgroup(name.Draw(t, "workgroup")),
					Agent: wfm.AgentID(name.Draw(t, "agent")), Media: rapid.SampledFrom([]wfm.MediaType{wfm.Call, wfm.Chat, "=x"}).Draw(t, "media"), Start: at, End: end,
					Handled: rapid.Bool().Draw(t, "handled"), Times: wfm.ContactTimes{TConnected: value.Draw(t, "ms"), THeld: value.Draw(t, "ms"), TACW: value.Draw(t, "ms"),
						TQueueWait: value.Draw(t, "ms"), TAlert: value.Draw(t, "ms"), TIVRWait: value.Draw(t, "ms")}})
			}
		}
		reports = append(reports, r)
	}
	return reports
}

// TestSmallFloats compares with big numbers.
func TestSmallFloats(t *testing.T) {
	small := 0
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.OneOf(rapid.Float64Range(-1e19, 1e19), rapid.Float64Range(0, 1), rapid.Float64Range(0, 1e6), rapid.Just(0.0),
			rapid.Map(rapid.IntRange(0, 1<<30), func(n int) float64 { return float64(n) / 8 }), rapid.Map(rapid.IntRange(-1074, 63), func(n int) float64 { return math.Ldexp(1, n) })).Draw(t, "float")
		by := scale{rapid.SampledFrom([]int{0, 2, 3}).Draw(t, "pow"), rapid.SampledFrom([]int64{1, 60, 3600}).Draw(t, "div")}
		precision := rapid.IntRange(0, 9).Draw(t, "precision")
		got, ok := smallFloat(f, by, precision)
		if !ok {
			return
		}
		small++
		x := new(big.Rat).SetFloat64(f)
		x.Mul(x, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(precision+by.pow10)), nil)))
		x.Quo(x, new(big.Rat).SetInt64(by.div)).Add(x, big.NewRat(1, 2))
		require.Equal(t, new(big.Int).Div(x.Num(), x.Denom()).String(), big.NewInt(got).String())
	})
	require.NotZero(t, small)
}

// TestTimesAreWrittenAnew compares the texts of times that follow each other with those of single ones.
func TestTimesAreWrittenAnew(t *testing.T) {
	zones := []*time.Location{time.UTC}
	for _, name := range []string{"Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe"} {
		zone, err := time.LoadLocation(name)
		require.NoError(t, err)
		zones = append(zones, zone)
	}
	rapid.Check(t, func(t *rapid.T) {
		p, err := compilePattern(rapid.SampledFrom([]string{"YYYY-MM-DD HH:mm:ss", "HHmm", "YYYY-M-D HH:mm:ss", "DD.MM.YY", "hh:mm tt", "H:mm", "YYYY-MM-DDTHH:mm:ssZ",
			"Z HH:mm", "ZZZ ss", "ss mm ss", "unix", "unixms", "'ss' ss", "HH", "H", "YYYYMMDD", "Z"}).Draw(t, "pattern"))
		require.NoError(t, err)
		var memory scratch
		at := time.Unix(rapid.SampledFrom([]int64{0, 1772450000, 1792886400, 1792890000, 504901800, 1775314800, -2422054408, -62167219201, 253402300799}).Draw(t, "time"), 0)
		for range 20 {
			at = at.Add(time.Duration(rapid.SampledFrom([]int64{0, 1, 1000, 59_000, 3_600_000, 86_400_000, -1000, 1_800_000, -3_599_000}).Draw(t, "step")) * time.Millisecond)
			shown := at.In(rapid.SampledFrom(zones).Draw(t, "zone"))
			require.Equal(t, string(p.append(nil, shown)), string(memory.timeText(0, &p, shown, shown.Location())), p.source)
		}
	})
}

// TestQuotientsInSixtyFourBits compares with the wide computation.
func TestQuotientsInSixtyFourBits(t *testing.T) {
	quick := 0
	rapid.Check(t, func(t *rapid.T) {
		c := &column{precision: rapid.IntRange(0, 9).Draw(t, "precision"), scale: scale{rapid.SampledFrom([]int{0, 2, 3}).Draw(t, "pow"), rapid.SampledFrom([]int64{1, 60, 3600}).Draw(t, "div")}}
		var st rowStep
		st.setScale(c)
		value := rapid.OneOf(rapid.Int64Range(0, 50), rapid.Int64(), rapid.Int64Range(st.limit-2, st.limit+2), rapid.Int64Range(st.divisor-2, st.divisor+2))
		n := wfm.Ratio{Num: value.Draw(t, "numerator"), Den: value.Draw(t, "denominator")}
		got, ok := st.scaled(n)
		if !ok {
			return
		}
		quick++
		want, err := number{ratio: n}.scaled(c.scale, c.precision)
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
	require.NotZero(t, quick)
}

// TestRowsTakeNoMemory counts the allocations of a thousand rows: a few for the call, and for memory that a pool may have given up, none for a row.
func TestRowsTakeNoMemory(t *testing.T) {
	k, err := bindText(`
layout: x
version: 1
file: {name: "x{start:YYYYMMDDHHmm}"}
rows: {kind: delimited, delimiter: ";", quoting: rfc4180}
sections:
  - grain: queue
    sort: [-workgroup]
    defaults: {missing: blank, undefined: blank}
    columns:
      - {name: at, value: intervalStart, format: "YYYY-MM-DD HH:mm"}
      - {name: queue, value: workgroup}
      - {name: offered, value: offered}
      - {name: aht, value: aht, precision: 2, unit: minutes}
      - {name: float, expr: "nAnsweredAcd > 0 ? (tTalkAcd + tAcw) / nAnsweredAcd : 0.0", precision: 2}
      - {name: word, expr: "nAnsweredAcd > 100 ? 'busy' : workgroup"}
`)
	require.NoError(t, err)
	at := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	r := wfm.Report{Interval: wfm.Window{Start: at, End: at.Add(15 * time.Minute)}, Revision: 1}
	set := k.Needs().Queue.Counters
	for i := range 1000 {
		values := make([]int64, set.Len())
		for j := range values {
			values[j] = int64(i * j)
		}
		r.Queues = append(r.Queues, wfm.Record{Workgroup: wfm.Workgroup(fmt.Sprintf("Köln; \"%d\"", i)), Counts: wfm.NewCounts(set, values)})
	}
	var buf []byte
	reports := []wfm.Report{r}
	require.Less(t, testing.AllocsPerRun(20, func() {
		if buf, _, err = k.Append(buf[:0], r.Interval, reports); err != nil {
			t.Error(err)
		}
	}), 100.0, "allocations in a thousand rows")
}

// TestContactsTakeNoMemory counts the allocations of a thousand contacts, in a table that is sorted and in a JSON document.
func TestContactsTakeNoMemory(t *testing.T) {
	for _, rows := range []string{"rows: {kind: delimited, delimiter: \";\", quoting: rfc4180}", "rows: {kind: json}\nhead: '['\nfoot: ']'"} {
		k, err := bindText("layout: x\nversion: 1\nfile: {name: \"x{start:YYYYMMDDHHmm}\"}\n" + rows + `
sections:
  - grain: contacts-begun
    sort: [start, -workgroup]
    defaults: {missing: blank, undefined: blank}
    columns:
      - {name: id, value: contactId}
      - {name: queue, value: workgroup}
      - {name: at, value: contactStart, format: "YYYY-MM-DDTHH:mm:ss", zone: UTC}
      - {name: handled, value: handled}
      - {name: connected, value: tConnected, unit: seconds, precision: 1}
      - {name: took, expr: "(handled ? tConnected + tHeld : 0) / 1000"}
      - {name: word, expr: "handled ? agent : 'nobody'"}
`)
		require.NoError(t, err)
		at := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
		r := wfm.Report{Interval: wfm.Window{Start: at, End: at.Add(15 * time.Minute)}, Revision: 1}
		for i := range 1000 {
			r.Begun = append(r.Begun, wfm.Contact{ID: strconv.Itoa(i), Workgroup: wfm.Workgroup(fmt.Sprintf("Köln; \"%d\"", i)), Agent: "a", Media: wfm.Call,
				Start: at.Add(time.Duration(1000-i) * time.Millisecond), Handled: i%2 > 0, Times: wfm.ContactTimes{TConnected: int64(i), THeld: wfm.Missing}})
		}
		var buf []byte
		reports := []wfm.Report{r}
		require.Less(t, testing.AllocsPerRun(20, func() {
			if buf, _, err = k.Append(buf[:0], r.Interval, reports); err != nil {
				t.Error(err)
			}
		}), 100.0, "allocations in a thousand rows: %s", rows)
	}
}
