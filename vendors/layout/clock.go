package layout

import "time"

// timeText is the last text of a time column and when it holds: the rows of a day show the same date, and of the clock only some
// digits change, so that most times need neither a calendar nor a look at the time zone. All in seconds since 1970.
type timeText struct {
	loc         *time.Location
	from, to    int64 // the text is that of all times between
	first, last int64 // nothing but the clock differs between: one day, without a change of the offset
	midnight    int64 // the clock counts from here
	text        []byte
}

// timeText formats a time in a location for the time column n. The text holds until the next call.
func (s *scratch) timeText(n int, p *pattern, t time.Time, loc *time.Location) []byte {
	for len(s.times) <= n {
		s.times = append(s.times, timeText{})
	}
	c, second := &s.times[n], t.Unix()
	switch {
	case second >= c.from && second < c.to && c.loc == loc:
	case second >= c.first && second < c.last && c.loc == loc && p.patches:
		p.patch(c.text, int(second-c.midnight))
		c.hold(p, second)
	default:
		c.renew(p, t.In(loc))
	}
	return c.text
}

const (
	secondsOfDay     = 24 * 60 * 60
	yearZero         = -62_167_219_200 // its begin in seconds since 1970
	tenThousandYears = 3_652_425 * secondsOfDay
)

// renew writes the text of another day. It does not hold where the pattern or the year does not permit it.
func (c *timeText) renew(p *pattern, t time.Time) {
	*c = timeText{loc: t.Location(), text: p.append(c.text[:0], t)}
	_, offset := t.Zone()
	second := t.Unix()
	wall := second + int64(offset) - yearZero
	if p.step == 0 || wall < 0 || wall >= tenThousandYears {
		return
	}
	c.midnight = second - wall%secondsOfDay
	c.first, c.last = c.midnight, c.midnight+secondsOfDay
	start, end := t.ZoneBounds()
	if !start.IsZero() {
		c.first = max(c.first, start.Unix())
	}
	if !end.IsZero() {
		c.last = min(c.last, end.Unix())
	}
	c.hold(p, second)
}

// hold notes which times show the text of a second, too.
func (c *timeText) hold(p *pattern, second int64) {
	from := second - (second-c.midnight)%p.step
	c.from, c.to = max(from, c.first), min(from+p.step, c.last)
}
