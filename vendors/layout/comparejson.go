package layout

import "strings"

// document compares a JSON document: what stands around its records, and each record. It is read as it was meant where the
// sample has its records in another place than the layout, which is then told.
func (p *proof) document(text string) {
	k := p.codec
	if at := strings.IndexAny(text, "{["); at > 0 && skipSpace(text[:at]) != "" {
		p.found(Finding{Kind: FoundTitleLines, Text: "text stands before the JSON document", Found: text[:at]})
		text = text[at:]
	}
	rest := skipSpace(text)
	after, _, ok := k.head.consume(rest)
	if !ok {
		at := firstArray(rest)
		if at < 0 {
			p.found(Finding{Kind: FoundStructure, Text: "the sample has no array of JSON objects, which are the records", Found: rest})
			return
		}
		p.around("head", "the document begins otherwise; blanks count there", k.head, rest[:at])
		after = rest[at:]
	}
	rest, cut := p.records(p.tables[0], skipSpace(after))
	if behind, _, ok := k.foot.consume(rest); !cut && (!ok || skipSpace(behind) != "") {
		if ok {
			p.found(Finding{Kind: FoundStructure, Text: "text stands behind the end of the JSON document", Found: behind})
		} else {
			p.around("foot", "the document ends otherwise; blanks count there", k.foot, strings.TrimRight(rest, " \t\r\n"))
		}
	}
	p.judgeColumns()
}

// around tells that the head or foot reads otherwise, and proposes that of the sample.
func (p *proof) around(key, text string, want *template, have string) {
	p.found(Finding{Kind: FoundHeader, Text: text, Expected: unquoted(want.sample()), Found: have})
	p.set(p.layout.node, key, braces(have), key)
}

// records compares the objects of the array at the start of a text, and returns what stands behind them; cut tells that the text
// ends inside one.
func (p *proof) records(t *table, rest string) (behind string, cut bool) {
	for n := 1; strings.HasPrefix(rest, "{"); n++ {
		record, ok := nextObject(rest)
		if !ok {
			p.found(Finding{Kind: FoundStructure, Text: "the sample ends inside a record", Found: rest}, n)
			return "", true
		}
		p.row(t, sampleLine{number: n, text: record})
		rest = skipSpace(rest[len(record):])
		next, more := strings.CutPrefix(rest, string(recordSeparator))
		if !more || !strings.HasPrefix(skipSpace(next), "{") {
			break
		}
		rest = skipSpace(next)
	}
	return rest, false
}

// firstArray finds the first array of objects in a JSON text: the place behind its bracket; -1 where there is none.
func firstArray(text string) int {
	inText, escape := false, false
	for i := range len(text) {
		switch c := text[i]; {
		case escape:
			escape = false
		case inText:
			escape, inText = c == '\\', c != '"'
		case c == '"':
			inText = true
		case c == '[':
			if inside := skipSpace(text[i+1:]); strings.HasPrefix(inside, "{") || strings.HasPrefix(inside, "]") {
				return i + 1
			}
		}
	}
	return -1
}
