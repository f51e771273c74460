package cicsql

import (
	"errors"
	"time"
)

// stamp is a time of the database: the fields of a clock on the wall as seconds since 1970, the milliseconds
// that follow, and the offset that a text named, if it named one.
type stamp struct {
	wall   int64
	milli  int64
	offset int64
}

// utc is the instant of a column in UTC, to the millisecond.
func (s stamp) utc() time.Time { return time.UnixMilli((s.wall-s.offset)*1000 + s.milli).UTC() }

var errTime = errors.New("is not a time; the forms YYYY-MM-DD HH:MM:SS, with a T, with fractions and with Z are read")

// parseTime reads a time as drivers give it: time.Time, text or bytes. The clock's fields are taken
// as they stand, because a driver has to put some zone on a column that has none. What is finer than a
// millisecond is cut off. ok is false for NULL.
func parseTime(cell any) (s stamp, ok bool, err error) {
	switch c := cell.(type) {
	case nil:
		return s, false, nil
	case time.Time:
		_, offset := c.Zone()
		return stamp{wall: c.Unix() + int64(offset), milli: int64(c.Nanosecond() / 1e6)}, true, nil
	case string:
		s, err = parseTimeText(c)
		return s, err == nil, err
	case []byte:
		s, err = parseTimeText(string(c))
		return s, err == nil, err
	}
	return s, false, errTime
}

// parseTimeText reads YYYY-MM-DD[(' '|'T')HH:MM[:SS[(.|,)f…]][' '](Z|±HH[:]MM|±HH)[' ' zone name]].
func parseTimeText(t string) (stamp, error) {
	if len(t) < 10 || t[4] != '-' || t[7] != '-' {
		return stamp{}, errTime
	}
	year, ok1 := digits(t[0:4])
	month, ok2 := digits(t[5:7])
	dom, ok3 := digits(t[8:10])
	if !ok1 || !ok2 || !ok3 || month < 1 || month > 12 || dom < 1 || dom > daysIn(year, month) {
		return stamp{}, errTime
	}
	s := stamp{wall: daysSince1970(year, month, dom) * day}
	t = t[10:]
	if t == "" {
		return s, nil
	}
	if len(t) < 6 || (t[0] != ' ' && t[0] != 'T' && t[0] != 't') || t[3] != ':' {
		return stamp{}, errTime
	}
	hour, ok1 := digits(t[1:3])
	minute, ok2 := digits(t[4:6])
	if !ok1 || !ok2 || hour > 23 || minute > 59 {
		return stamp{}, errTime
	}
	s.wall += int64(hour)*3600 + int64(minute)*60
	t = t[6:]
	if len(t) > 0 && t[0] == ':' {
		if len(t) < 3 {
			return stamp{}, errTime
		}
		second, ok := digits(t[1:3])
		if !ok || second > 59 {
			return stamp{}, errTime
		}
		s.wall += int64(second)
		if t = t[3:]; len(t) > 0 && (t[0] == '.' || t[0] == ',') {
			n := 1
			for n < len(t) && '0' <= t[n] && t[n] <= '9' {
				n++
			}
			if n == 1 {
				return stamp{}, errTime
			}
			for i, unit := 1, int64(100); i < min(n, 4); i, unit = i+1, unit/10 {
				s.milli += int64(t[i]-'0') * unit
			}
			t = t[n:]
		}
	}
	var err error
	s.offset, err = parseOffset(t)
	return s, err
}

// parseOffset reads what may follow a time: nothing, Z, or an offset and the name of its zone, as
// Go's time.Time prints itself.
func parseOffset(t string) (int64, error) {
	if len(t) > 0 && t[0] == ' ' {
		t = t[1:]
	}
	switch {
	case t == "" || t == "Z" || t == "z" || t == "UTC":
		return 0, nil
	case len(t) < 3 || (t[0] != '+' && t[0] != '-'):
		return 0, errTime
	}
	hour, ok := digits(t[1:3])
	if !ok || hour > 14 {
		return 0, errTime
	}
	rest, minute := t[3:], 0
	if len(rest) > 0 && rest[0] == ':' {
		if rest = rest[1:]; len(rest) < 2 {
			return 0, errTime
		}
	}
	if len(rest) >= 2 && rest[0] != ' ' {
		if minute, ok = digits(rest[:2]); !ok || minute > 59 {
			return 0, errTime
		}
		rest = rest[2:]
	}
	if rest != "" && rest[0] != ' ' {
		return 0, errTime
	}
	offset := int64(hour)*3600 + int64(minute)*60
	if t[0] == '-' {
		offset = -offset
	}
	return offset, nil
}

func digits(t string) (int, bool) {
	n := 0
	for i := range len(t) {
		if t[i] < '0' || t[i] > '9' {
			return 0, false
		}
		n = n*10 + int(t[i]-'0')
	}
	return n, true
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// daysSince1970 counts the days of the Gregorian calendar: years begin in March, so that the leap day
// is the last.
func daysSince1970(year, month, dom int) int64 {
	if month <= 2 {
		year, month = year-1, month+12
	}
	y := int64(year)
	return 365*y + floorDiv(y, 4) - floorDiv(y, 100) + floorDiv(y, 400) + int64((153*(month-3)+2)/5) + int64(dom) - 1 - 719468
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
