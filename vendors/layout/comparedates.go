package layout

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// dateForms and clockForms are the forms in which dates and times of day are written in practice.
func dateForms() []string {
	return []string{"YYYY-MM-DD", "DD/MM/YYYY", "MM/DD/YYYY", "DD.MM.YYYY", "DD-MM-YYYY", "MM-DD-YYYY", "YYYY/MM/DD", "YYYY.MM.DD",
		"DD/MM/YY", "MM/DD/YY", "DD.MM.YY", "YY-MM-DD", "DD-MM-YY", "MM-DD-YY", "YYYYMMDD", "DDMMYYYY", "MMDDYYYY", "YYMMDD", "DDMMYY", "MMDDYY",
		"D/M/YYYY", "M/D/YYYY", "D.M.YYYY", "D-M-YYYY", "M-D-YYYY", "YYYY-M-D", "YYYY/M/D", "D/M/YY", "M/D/YY", "D.M.YY"}
}

func clockForms() []string {
	return []string{"HH:mm", "HH:mm:ss", "H:mm", "H:mm:ss", "HHmm", "HHmmss", "HH.mm", "HH.mm.ss", "hh:mm tt", "h:mm tt", "hh:mm:ss tt", "h:mm:ss tt",
		"hh:mmtt", "h:mmtt"}
}

// fitsTimes tells whether a pattern reads all texts as times of our days.
func fitsTimes(source string, values []string) bool {
	p, err := compilePattern(source)
	if err != nil {
		return false
	}
	for _, v := range values {
		c, ok := p.parse(v)
		if !ok {
			return false
		}
		at, ok := c.in(time.UTC)
		if !ok || p.dated() && (at.Year() < 1990 || at.Year() > 2100) {
			return false
		}
	}
	return true
}

// clocksAfter returns what can follow a date form to read a text: a separator, a time of day, an offset.
func clocksAfter(date, text string) (list []string) {
	rest, ok := consumed(date, text)
	if !ok {
		return nil
	}
	for _, between := range []string{" ", "T", "_", "", "-"} {
		behind, ok := strings.CutPrefix(rest, between)
		if !ok {
			continue
		}
		for _, c := range clockForms() {
			end, ok := consumed(c, behind)
			if !ok {
				continue
			}
			for _, offset := range []string{"", "Z", "ZZZ", " ZZ"} {
				if (offset == "") == (end == "") {
					list = append(list, between+c+offset)
				}
			}
		}
	}
	return list
}

// consumed returns what a pattern leaves of a text that begins with it.
func consumed(pattern, text string) (rest string, ok bool) {
	p, err := compilePattern(pattern)
	if err != nil {
		return text, false
	}
	return p.consume(text, &civil{year: 1, month: 1, day: 1})
}

// datePatterns finds the form of times, the one most like the layout's, and the others that fit as well.
func datePatterns(values []string, like string) (best string, others []string) {
	if len(values) == 0 {
		return "", nil
	}
	var list []string
	try := func(pattern string) {
		if fitsTimes(pattern, values) {
			list = append(list, pattern)
		}
	}
	for _, d := range dateForms() {
		try(d)
	}
	for _, c := range clockForms() {
		try(c)
	}
	for _, d := range dateForms() {
		for _, c := range clocksAfter(d, values[0]) {
			try(d + c)
		}
	}
	try("unix")
	try("unixms")
	if len(list) == 0 {
		return "", nil
	}
	// Dates for dates and times for times, and day and month in the layout's order, where the sample permits several.
	dayFirst := func(s string) bool { d, m := strings.Index(s, "D"), strings.Index(s, "M"); return d >= 0 && d < m }
	unlike := func(s string) int {
		n := btoi(dayFirst(s) != dayFirst(like))
		if like != "" {
			n += 2*btoi(strings.Contains(s, "D") != strings.Contains(like, "D")) + 2*btoi(strings.ContainsAny(s, "Hh") != strings.ContainsAny(like, "Hh"))
		}
		return n
	}
	slices.SortStableFunc(list, func(a, b string) int { return unlike(a) - unlike(b) })
	// D for DD is no other reading.
	plain := func(s string) string {
		for _, letter := range []string{"D", "M", "H", "h"} {
			s = strings.ReplaceAll(s, letter+letter, letter)
		}
		return s
	}
	for _, other := range list[1:] {
		if plain(other) != plain(list[0]) && unlike(other) < 2 {
			others = append(others, other)
		}
	}
	return list[0], others
}

func timePieces() *regexp.Regexp {
	return regexp.MustCompile(`\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}|\d{8}|\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?: ?[AP]M)?`)
}

// timeTemplate makes a template of texts that hold times: of titles and of columns such as "25/05/2020 08:00-08:30". old is
// the template of the layout.
func timeTemplate(values []string, old string) (string, bool) {
	const longest = 1000 // of a line that is worth a template
	if len(values) == 0 || len(values[0]) > longest {
		return "", false
	}
	scan, like := timePieces(), ""
	if m := regexp.MustCompile(`\{(?:start|end)(?:\.utc)?:([^}]*)\}`).FindStringSubmatch(old); m != nil {
		like = m[1]
	}
	places := scan.FindAllStringIndex(values[0], -1)
	pieces := make([][]string, len(places))
	for _, v := range values {
		found := scan.FindAllString(v, -1)
		if len(found) != len(places) {
			return "", false
		}
		for i, s := range found {
			pieces[i] = append(pieces[i], s)
		}
	}
	var b strings.Builder
	at, clocks := 0, 0
	onlyEnd := strings.Contains(old, "{end:") && !strings.Contains(old, "{start:")
	for i, place := range places {
		pattern, _ := datePatterns(pieces[i], like)
		if pattern == "" {
			return "", false
		}
		name := "start"
		if strings.ContainsAny(pattern, "Hh") {
			if clocks++; clocks > 1 {
				name = "end"
			}
		}
		if onlyEnd {
			name = "end"
		}
		b.WriteString(braces(values[0][at:place[0]]) + "{" + name + ":" + pattern + "}")
		at = place[1]
	}
	b.WriteString(braces(values[0][at:]))
	t, err := compileTemplate(b.String(), templateScope{loc: time.UTC})
	return b.String(), err == nil && !slices.ContainsFunc(values, func(v string) bool { return !t.match(v) })
}

// braces writes a text as a template that makes just this text.
func braces(s string) string {
	return strings.NewReplacer("{", "{{", "}", "}}").Replace(s)
}
