package layout

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// pattern is a readable date and time pattern such as "YYYY-MM-DD HH:mm", compiled.
//
//	YYYY YY   year                 HH H  hour of 24      Z    offset: Z or +02:00
//	MM M      month                hh h  hour of 12      ZZ   offset, always +02:00
//	DD D      day                  mm m  minute          ZZZ  offset without colon: +0200
//	tt        AM or PM             ss s  second          'x'  text as it stands
//
// The whole pattern may also be unix or unixms: seconds or milliseconds since 1970 in UTC.
// Characters that are no letters, and a T between date and time, stand for themselves.
type pattern struct {
	ops    []patternOp
	source string
	step   int64 // the seconds after which the clock shows something else; 0 of seconds since 1970, which is no clock
	// patches says that the clock stands at known places: those of hour, minute and second, plus one; 0 for none.
	patches bool
	clockAt [3]int
}

type patternOp struct {
	token   string // empty for literal text
	literal string
}

const patternTokens = "YYYY YY MM M DD D HH H hh h mm m ss s tt ZZZ ZZ Z"

func compilePattern(s string) (pattern, error) {
	p := pattern{source: s}
	if s == "unix" || s == "unixms" {
		p.ops = []patternOp{{token: s}}
		return p, nil
	}
	has := map[byte]bool{}
	for rest := s; rest != ""; {
		c := rest[0]
		if c == '\'' {
			end := strings.IndexByte(rest[1:], '\'')
			if end < 0 {
				return p, errors.New("has a quote that is not closed")
			}
			p.literal(rest[1 : 1+end])
			rest = rest[end+2:]
			continue
		}
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			n := len(rest) - len(strings.TrimLeft(rest, rest[:1]))
			token := rest[:n]
			rest = rest[n:]
			switch {
			case token == "T":
				p.literal(token)
			case strings.Contains(" "+patternTokens+" ", " "+token+" "):
				p.ops = append(p.ops, patternOp{token: token})
				has[c] = true
			default:
				return p, errors.New("has the unknown part " + strconv.Quote(token))
			}
			continue
		}
		if c < ' ' || c == 0x7f {
			return p, errors.New("holds a control character")
		}
		n := strings.IndexFunc(rest[1:], func(r rune) bool {
			return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '\'' || r < ' '
		})
		if n < 0 {
			n = len(rest) - 1
		}
		p.literal(rest[:n+1])
		rest = rest[n+1:]
	}
	switch {
	case len(has) == 0:
		return p, errors.New("holds no date or time")
	case has['h'] != has['t']:
		return p, errors.New("needs both hh and tt, or HH for 24 hours")
	case has['M'] && has['H'] && !has['D']:
		return p, errors.New("has a month (MM) without a day: minutes are mm")
	case has['m'] && has['D'] && !has['M']:
		return p, errors.New("has minutes (mm) without a month: months are MM")
	}
	p.placeClock()
	return p, nil
}

// placeClock finds where the clock stands, which is known where all before it has a fixed width.
func (p *pattern) placeClock() {
	p.patches = true
	at, known := 0, true
	switch {
	case p.has("ss", "s"):
		p.step = 1
	case p.has("mm", "m"):
		p.step = 60
	case p.has("HH", "H", "hh", "h", "tt"):
		p.step = 60 * 60
	default:
		p.step = secondsOfDay
	}
	for _, op := range p.ops {
		switch op.token {
		case "HH", "mm", "ss":
			p.clockAt[strings.Index("Hms", op.token[:1])] = at + 1
			p.patches = p.patches && known
		case "H", "h", "hh", "m", "s", "tt":
			p.patches = false
		case "M", "D", "Z", "ZZ", "ZZZ":
			known = false
		}
		at += len(op.token) + len(op.literal)
	}
	// A part that stands twice has two places.
	for _, token := range []string{"HH", "mm", "ss"} {
		if len(slices.DeleteFunc(slices.Clone(p.ops), func(op patternOp) bool { return op.token != token })) > 1 {
			p.patches = false
		}
	}
}

// patch writes the clock anew into a text of the same day.
func (p *pattern) patch(text []byte, second int) {
	write := func(at, v int) {
		if at > 0 {
			text[at-1], text[at] = '0'+byte(v/10), '0'+byte(v%10)
		}
	}
	write(p.clockAt[0], second/3600)
	write(p.clockAt[1], second/60%60)
	write(p.clockAt[2], second%60)
}

func (p *pattern) literal(s string) {
	if s != "" {
		p.ops = append(p.ops, patternOp{literal: s})
	}
}

func (p *pattern) has(tokens ...string) bool {
	for _, op := range p.ops {
		for _, t := range tokens {
			if op.token == t {
				return true
			}
		}
	}
	return false
}

// instant tells whether the text alone says which instant is meant, in the given zone.
func (p *pattern) instant(utc bool) bool {
	return p.has("unix", "unixms", "Z", "ZZ", "ZZZ") || utc
}

// clock tells whether the pattern shows a time of day.
func (p *pattern) clock() bool { return p.has("HH", "H", "hh", "h", "unix", "unixms") }

// dated tells whether the pattern shows a whole date.
func (p *pattern) dated() bool {
	return p.has("unix", "unixms") || p.has("YYYY", "YY") && p.has("MM", "M") && p.has("DD", "D")
}

// append writes t, whose location is the one to show.
func (p *pattern) append(dst []byte, t time.Time) []byte {
	if p.step == 0 {
		if p.ops[0].token == "unixms" {
			return strconv.AppendInt(dst, t.UnixMilli(), 10)
		}
		return strconv.AppendInt(dst, t.Unix(), 10)
	}
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	for i := range p.ops {
		switch op := &p.ops[i]; op.token {
		case "":
			dst = append(dst, op.literal...)
		case "YYYY":
			dst = appendPadded(dst, year, 4)
		case "YY":
			dst = appendPadded(dst, year%100, 2)
		case "MM", "M":
			dst = appendPadded(dst, int(month), len(op.token))
		case "DD", "D":
			dst = appendPadded(dst, day, len(op.token))
		case "HH", "H":
			dst = appendPadded(dst, hour, len(op.token))
		case "hh", "h":
			dst = appendPadded(dst, (hour+11)%12+1, len(op.token))
		case "mm", "m":
			dst = appendPadded(dst, minute, len(op.token))
		case "ss", "s":
			dst = appendPadded(dst, second, len(op.token))
		case "tt":
			dst = append(dst, "AP"[hour/12], 'M')
		case "Z", "ZZ", "ZZZ":
			dst = appendOffset(dst, t, op.token)
		}
	}
	return dst
}

func appendPadded(dst []byte, v, width int) []byte {
	if width == 2 && v >= 0 && v < 100 {
		return append(dst, '0'+byte(v/10), '0'+byte(v%10))
	}
	for ; width > 1; width-- {
		low := 1
		for range width - 1 {
			low *= 10
		}
		if v >= low {
			break
		}
		dst = append(dst, '0')
	}
	return strconv.AppendInt(dst, int64(v), 10)
}

func appendOffset(dst []byte, t time.Time, token string) []byte {
	_, offset := t.Zone()
	if offset == 0 && token == "Z" {
		return append(dst, 'Z')
	}
	sign := byte('+')
	if offset < 0 {
		sign, offset = '-', -offset
	}
	dst = appendPadded(append(dst, sign), offset/3600, 2)
	if token != "ZZZ" {
		dst = append(dst, ':')
	}
	return appendPadded(dst, offset/60%60, 2)
}

// civil is what a text said about a time.
type civil struct {
	year, month, day, hour, minute, second int
	pm, half                               bool // half: the hour is of 12
	offset                                 int  // seconds east of UTC
	hasOffset                              bool
	unix                                   time.Time
}

// parse reads a text completely. Parts that the pattern does not have are those of 1 January of year 1.
func (p *pattern) parse(s string) (civil, bool) {
	c := civil{year: 1, month: 1, day: 1}
	rest, ok := p.consume(s, &c)
	return c, ok && rest == ""
}

// consume reads the pattern from the start of s.
func (p *pattern) consume(s string, c *civil) (rest string, ok bool) {
	for i := range p.ops {
		op := &p.ops[i]
		if op.token == "" {
			if s, ok = strings.CutPrefix(s, op.literal); !ok {
				return s, false
			}
			continue
		}
		if s, ok = c.read(op.token, s); !ok {
			return s, false
		}
	}
	return s, c.year >= 0 && c.month >= 1 && c.month <= 12 && c.day >= 1 && c.day <= 31 &&
		c.hour <= 23 && c.minute <= 59 && c.second <= 59 && (!c.half || c.hour >= 1 && c.hour <= 12)
}

func (c *civil) read(token, s string) (string, bool) {
	target := map[byte]*int{'Y': &c.year, 'M': &c.month, 'D': &c.day, 'H': &c.hour, 'h': &c.hour,
		'm': &c.minute, 's': &c.second}[token[0]]
	switch token {
	case "unix", "unixms":
		n := 0
		for n < len(s) && (s[n] >= '0' && s[n] <= '9' || n == 0 && s[n] == '-') {
			n++
		}
		v, err := strconv.ParseInt(s[:n], 10, 64)
		c.unix = time.Unix(v, 0).UTC()
		if token == "unixms" {
			c.unix = time.UnixMilli(v).UTC()
		}
		return s[n:], err == nil
	case "tt":
		if len(s) < 2 || s[1] != 'M' || s[0] != 'A' && s[0] != 'P' {
			return s, false
		}
		c.pm = s[0] == 'P'
		return s[2:], true
	case "Z", "ZZ", "ZZZ":
		return c.readOffset(token, s)
	}
	least, most := len(token), len(token)
	if least == 1 {
		most = 2
	}
	n := 0
	for n < most && n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	if n < least {
		return s, false
	}
	*target, _ = strconv.Atoi(s[:n])
	if token == "YY" {
		*target += 2000
	}
	c.half = c.half || token[0] == 'h'
	return s[n:], true
}

func (c *civil) readOffset(token, s string) (string, bool) {
	c.hasOffset = true
	if token == "Z" && strings.HasPrefix(s, "Z") {
		return s[1:], true
	}
	layout := "-07:00"
	if token == "ZZZ" {
		layout = "-0700"
	}
	if len(s) < len(layout) {
		return s, false
	}
	t, err := time.Parse(layout, s[:len(layout)])
	_, c.offset = t.Zone()
	return s[len(layout):], err == nil
}

// in returns the instant that the text means in a location. A wall-clock time that occurs twice is
// the first; one that never occurs is the clock change.
func (c civil) in(loc *time.Location) (time.Time, bool) {
	if !c.unix.IsZero() {
		return c.unix, true
	}
	hour := c.hour
	if c.half {
		hour %= 12
		if c.pm {
			hour += 12
		}
	}
	wall := time.Date(c.year, time.Month(c.month), c.day, hour, c.minute, c.second, 0, time.UTC)
	if wall.Day() != c.day {
		return time.Time{}, false
	}
	if c.hasOffset {
		return wall.Add(-time.Duration(c.offset) * time.Second), true
	}
	return wfm.ResolveLocal(wall, loc).First, true
}
