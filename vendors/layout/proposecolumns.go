package layout

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/cicwfm/cicwfm/wfm"
	"go.yaml.in/yaml/v3"
)

// The formulas of columns whose meaning is not known: an empty text that is read whatever it holds. Rows of statistics need a
// counter, which the second names where no column shows one.
const (
	unknownText    = `""`
	unknownCounter = `nEnteredAcd >= 0 ? "" : ""`
)

func unknownColumn(expr string) bool { return expr == unknownText || expr == unknownCounter }

// reshape proposes other columns where rows have another number of them, or stand in another order.
func (p *proof) reshape() (edits []edit) {
	for _, t := range p.tables {
		switch {
		case p.rows.json:
		case p.rows.fixed:
			edits = append(edits, p.widths(t)...)
		default:
			edits = append(edits, p.columnsOf(t)...)
		}
	}
	return edits
}

// fieldRows are the rows of a table by field, all of the same number; nil where they have several.
func (p *proof) fieldRows(lines []sampleLine) (rows [][]string, trailing bool) {
	n := -1
	trailing = true
	for _, line := range lines {
		if line.text == "" {
			continue
		}
		if n >= 0 && len(line.fields) != n || line.broken != "" {
			return nil, false
		}
		n = len(line.fields)
		trailing = trailing && n > 1 && line.fields[n-1] == ""
		if rows = append(rows, line.fields); len(rows) >= mostValues {
			break
		}
	}
	if trailing && len(rows) > 0 {
		for i := range rows {
			rows[i] = rows[i][:n-1]
		}
	}
	return rows, trailing && len(rows) > 0
}

// columnsOf proposes the columns of a delimited table anew: those of the layout that are known again, and unknown ones.
func (p *proof) columnsOf(t *table) []edit {
	rows, trailing := p.fieldRows(t.misfits)
	if len(t.lines) > 0 && (len(t.misfits) > 0 || sorted(t.titles) != sorted(p.wantedTitles(t)) || slices.Equal(t.titles, p.wantedTitles(t))) || len(t.lines)+len(rows) == 0 {
		return nil
	}
	if len(t.lines) > 0 {
		rows, _ = p.fieldRows(t.lines)
	}
	if len(rows) == 0 || len(rows[0]) > mostColumns {
		return nil
	}
	n := len(rows[0])
	if p.rows.trailing && !trailing && len(t.misfits) > 0 {
		p.set(p.rows.node, "trailing-delimiter", "false", "rows.trailing-delimiter")
	}
	places := make([]int, n) // of the layout's column for each of the sample's; -1 for unknown
	if len(t.titles) == n {
		for i, title := range t.titles {
			places[i] = slices.IndexFunc(t.section.columns, func(c *column) bool { return strings.EqualFold(strings.TrimSpace(c.title), strings.TrimSpace(title)) })
		}
	} else if places = p.placesByKind(t, rows); places == nil {
		return nil
	}
	titles := t.titles
	if len(titles) != n {
		titles = nil
	}
	return []edit{p.newColumns(t, places, titles, rows, nil)}
}

// placesByKind pairs the columns of a table with those of rows, so that as many as possible suit and their order stays.
func (p *proof) placesByKind(t *table, rows [][]string) []int {
	const most = 3
	n := len(rows[0])
	suits := func(i, j int) int {
		c, bad := t.section.columns[i], 0
		for _, row := range rows {
			if _, ok := p.judge(t, c, row[j]); !ok {
				bad++
			}
		}
		switch {
		case bad > 0:
			return 4 * costAlone
		case c.kind == TextField && c.fixed == nil && looksNumeric(rows[0][j]):
			return costSame + 1 // a text column takes everything; figures rather belong to another
		}
		return costSame
	}
	places := slices.Repeat([]int{-1}, n)
	known := 0
	for _, s := range align(len(t.section.columns), n, suits) {
		if s.want >= 0 && s.have >= 0 {
			places[s.have] = s.want
			known++
		}
	}
	// Columns that came, or went: where some came and others went, places tell nothing.
	if known == 0 || known < n && known < len(t.section.columns) || n-known > most || len(t.section.columns)-known > most {
		return nil
	}
	return places
}

// newColumns replaces the columns of a table. places says which of the old ones each is; -1 is an unknown one.
func (p *proof) newColumns(t *table, places []int, titles []string, rows [][]string, widths []placed) edit {
	var words []string
	kept, counters := map[int]bool{}, false
	for _, i := range places {
		if i >= 0 {
			kept[i] = true
			counters = counters || len(t.section.columns[i].counters) > 0
		}
	}
	for i, c := range t.section.columns {
		if !kept[i] && len(kept) > 0 {
			words = append(words, "column "+c.name+" goes")
		}
	}
	_, statistics := t.section.grain.statistics()
	names := map[string]bool{}
	for i := range kept {
		names[t.specs[i].name] = true
	}
	var fresh []func(c *nodeCopy) *yaml.Node
	var firstUnknown *guess
	for j, i := range places {
		if i >= 0 && !slices.Contains(places[:j], i) {
			fresh = append(fresh, func(c *nodeCopy) *yaml.Node { return place(c.of[t.specs[i].node], widths, j) })
			continue
		}
		if widths != nil && widths[j].blank {
			fresh = append(fresh, func(*nodeCopy) *yaml.Node { return place(blankColumn(j), widths, j) })
			continue
		}
		title := "field " + strconv.Itoa(j+1)
		if titles != nil {
			title = titles[j]
		}
		guess := p.guessColumn(title, rows, j, t.section.grain, statistics)
		counters = counters || guess.counts
		name := title
		for n := 2; names[name] || name == ""; n++ {
			name = strings.TrimSpace(title + " " + strconv.Itoa(n))
		}
		names[name] = true
		words = append(words, fmt.Sprintf("column %s comes at place %d: %s", name, j+1, guess.words))
		if firstUnknown == nil && guess.unknown {
			firstUnknown = &guess
		}
		fresh = append(fresh, func(*nodeCopy) *yaml.Node { return place(guess.node(name, title, titles != nil), widths, j) })
	}
	if statistics && !counters && firstUnknown != nil {
		firstUnknown.keys[0][1] = unknownCounter
	}
	if titles == nil && len(words) > 0 && len(kept) > 0 {
		words = append(words, "the others are known by their place alone; confirm them")
	}
	if len(words) == 0 {
		words = append(words, "columns stand in the order of the sample")
	}
	return edit{words: "section " + t.name + ": " + strings.Join(words, ", "), apply: func(c *nodeCopy) {
		list := valueOf(c.of[t.node], "columns")
		list.Content = nil
		for _, f := range fresh {
			list.Content = append(list.Content, f(c))
		}
	}}
}

// blankColumn fills the room between two fixed columns.
func blankColumn(j int) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
	setKey(n, "name", "blank "+strconv.Itoa(j+1))
	setKey(n, "title", "")
	setKey(n, "text", "")
	return n
}

// guess is what a new column shows.
type guess struct {
	keys    [][2]string
	words   string
	remark  string
	counts  bool // shows a counter
	unknown bool
}

func (g guess) node(name, title string, titled bool) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle, LineComment: "# " + g.remark}
	setKey(n, "name", name)
	if titled && title != name {
		setKey(n, "title", title)
	}
	for _, k := range g.keys {
		setKey(n, k[0], k[1])
	}
	return n
}

// guessColumn finds what a column of the sample can show, by its title and its values.
func (p *proof) guessColumn(title string, rows [][]string, j int, g grain, statistics bool) guess {
	var values []string
	for _, row := range rows {
		if text := strings.TrimSpace(row[j]); text != "" {
			values = append(values, text)
		}
	}
	const confirm = "by its title; confirm it"
	known := meanings()[plainTitle(title)]
	numeric := len(values) > 0 && !slices.ContainsFunc(values, func(v string) bool { _, ok := parseDecimal(v, 9, "."); return !ok })
	switch {
	case known == "" || g.realTime() || p.blind:
	case known == "workgroup" || known == "agent":
		if _, ok := sourceFor(known, g); ok {
			return guess{keys: [][2]string{{"value", known}}, words: "shows " + known + ", " + confirm, remark: confirm}
		}
	case known == "intervalStart":
		if pattern, _ := datePatterns(values, ""); pattern != "" && statistics {
			return guess{keys: [][2]string{{"value", known}, {"format", pattern}}, words: "shows the start of the interval as " + pattern + ", " + confirm, remark: confirm}
		}
	case numeric && statistics:
		keys := [][2]string{{"value", known}, {"missing", "blank"}, {"undefined", "blank"}}
		decimals := 0
		for _, v := range values {
			_, fraction, _ := strings.Cut(v, ".")
			decimals = max(decimals, len(fraction))
		}
		if decimals > 0 {
			keys = append(keys, [2]string{"precision", strconv.Itoa(min(decimals, 9))})
		}
		if d, ok := wfm.DerivedByName(known); ok && d.Info().Unit == wfm.Share {
			keys = append(keys, [2]string{"unit", "percent"})
		}
		return guess{keys: keys, words: "shows " + known + ", " + confirm, remark: confirm, counts: true}
	}
	return guess{keys: [][2]string{{"expr", unknownText}}, words: "its meaning is not known", remark: "fill in what it shows: value, text or expr", unknown: true}
}

// plainTitle is a title without case, blanks and signs.
func plainTitle(s string) string {
	return strings.Map(func(c rune) rune {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			return -1
		}
		return unicode.ToLower(c)
	}, s)
}

// meanings are titles whose meaning is common to the field, beside the names of counters and derived values.
func meanings() map[string]string {
	m := map[string]string{}
	for _, info := range wfm.Counters() {
		m[plainTitle(info.Column)] = info.Column
	}
	for _, info := range wfm.DerivedValues() {
		m[plainTitle(info.Name)] = info.Name
	}
	for value, titles := range map[string]string{
		"workgroup":     "queue,workgroup,skill,group,split,queuename,skillname,servicename,acdqueue",
		"agent":         "agent,agentid,agentname,user,userid",
		"intervalStart": "date,time,interval,start,starttime,startdate,datetime,timestamp,intervalstart,starttimestamp",
		"offered":       "offered,callsoffered,incoming,incomingcalls,received,calls,entered",
		"handled":       "handled,answered,callsanswered,callshandled,answeredcalls",
		"abandoned":     "abandoned,callsabandoned,abandons,abd,lost",
		"aht":           "aht,averagehandletime,averagehandlingtime,avghandletime",
		"asa":           "asa,averagespeedofanswer,avganswertime,averageanswertime",
		"serviceLevel3": "sl,sla,servicelevel,slapercent",
	} {
		for title := range strings.SplitSeq(titles, ",") {
			m[title] = value
		}
	}
	return m
}
