package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"

	"github.com/cicwfm/cicwfm/wfm"
)

// checkReport is what check found: the form of "wfmservice check -json".
type checkReport struct {
	Config string    `json:"config"` // path of the configuration file
	Time   time.Time `json:"time"`   // UTC
	Result mark      `json:"result"` // the worst mark
	Rows   []row     `json:"rows"`   // in the order of the table
}

// row is one finding.
type row struct {
	Group group  `json:"group"`
	Item  string `json:"item"`             // what was tried, such as server "cic-east" database
	Mark  mark   `json:"mark"`             // OK, NOTE, WARN or FAIL
	Text  string `json:"text"`             // what was found, one line
	Do    string `json:"remedy,omitempty"` // what to do about it, one line

	remark bool // about how a feed is read and written; the table shows it on request
}

// group is a part of the table.
type group string

// The groups, in the order of the table.
const (
	inConfiguration group = "configuration"
	inServers       group = "servers"
	inFeeds         group = "feeds"
	inDestinations  group = "destinations"
	inLedger        group = "ledger"
	inHost          group = "this host"
)

var groups = [...]group{inConfiguration, inServers, inFeeds, inDestinations, inLedger, inHost}

// mark says how bad it is.
type mark string

// The marks, from good to bad.
const (
	markOK   mark = "OK"
	markNote mark = "NOTE" // worth reading
	markWarn mark = "WARN" // it works, and somebody should look
	markFail mark = "FAIL" // it does not work
)

func (m mark) level() int { return slices.Index([]mark{markOK, markNote, markWarn, markFail}, m) }

// code is the exit code of the worst mark.
func (m mark) code() int {
	switch m {
	case markFail:
		return exitWrong
	case markWarn:
		return exitAttention
	}
	return exitOK
}

// settle puts the rows in order, each once, and finds the worst mark.
func (r *checkReport) settle() {
	seen := map[row]bool{}
	var list []row
	for _, g := range groups {
		for _, one := range r.Rows {
			if one.Group == g && !seen[one] {
				seen[one] = true
				list = append(list, one)
			}
		}
	}
	r.Rows, r.Result = list, markOK
	for _, one := range list {
		if one.Mark.level() > r.Result.level() {
			r.Result = one.Mark
		}
	}
}

func (r *checkReport) writeJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// writeTable writes the rows by group, what to do below each; remarks about feeds are counted, or shown with all.
func (r *checkReport) writeTable(w io.Writer, all bool) error {
	count := map[mark]int{}
	last := group("")
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for i, one := range r.Rows {
		count[one.Mark]++
		if one.remark && !all {
			if n := r.remarksFrom(i); n > 0 {
				fmt.Fprintf(tw, "  %s\t%s\t%d remarks about its data and layout; -v shows them\n", one.Mark, one.Item, n)
			}
			continue
		}
		if one.Group != last {
			if last != "" {
				fmt.Fprintln(tw)
			}
			last = one.Group
			fmt.Fprintln(tw, strings.ToUpper(string(last)))
		}
		fmt.Fprintf(tw, "  %s\t%s\t%s\n", one.Mark, one.Item, one.Text)
		if one.Do != "" {
			fmt.Fprintf(tw, "  \t\t-> %s\n", one.Do)
		}
	}
	fmt.Fprintf(tw, "\n%d OK, %d NOTE, %d WARN, %d FAIL\n", count[markOK], count[markNote], count[markWarn], count[markFail])
	return tw.Flush()
}

// remarksFrom counts the remarks about one item, at the first of them; 0 at the others.
func (r *checkReport) remarksFrom(i int) (n int) {
	for j, other := range r.Rows {
		if other.remark && other.Item == r.Rows[i].Item {
			if j < i {
				return 0
			}
			n++
		}
	}
	return n
}

// most is how much of a text a row shows: the answer of a foreign server can be long.
const most = 700

// newRow makes a row; texts are made one line each.
func newRow(g group, item string, m mark, text, remedy string) row {
	return row{Group: g, Item: shortenedTo(item, 120), Mark: m, Text: shortened(text), Do: shortened(remedy)}
}

func shortened(text string) string { return shortenedTo(text, most) }

func shortenedTo(text string, most int) string {
	text = wfm.OneLine(text)
	if len(text) <= most {
		return text
	}
	cut := most
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}
