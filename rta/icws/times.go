package icws

import "time"

// parseTime reads the documented forms of a point in time: yyyyMMddTHHmmss[Z] (what servers send) and
// yyyy-MM-ddTHH:mm[:ss[.fff]]Z (what the vendor's own parser takes as well). zoned is false where the
// text does not say that it is UTC. Times before 1971 are a server's way to say "never": zero.
func parseTime(b []byte) (t time.Time, zoned, ok bool) {
	if len(b) == 16 && b[15] == 'Z' || len(b) == 15 {
		if t, ok = parseCompact(b[:15]); ok {
			return t, len(b) == 16, true
		}
	}
	if len(b) > 40 {
		return time.Time{}, false, false
	}
	s := string(b)
	for _, layout := range [...]string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			return sinceEpoch(t), len(layout) > len("2006-01-02T15:04:05") || layout == "2006-01-02T15:04Z07:00", true
		}
	}
	return time.Time{}, false, false
}

func parseCompact(b []byte) (time.Time, bool) {
	if b[8] != 'T' {
		return time.Time{}, false
	}
	number := func(from, to int) int {
		n := 0
		for _, c := range b[from:to] {
			if c < '0' || c > '9' {
				return -1 << 20
			}
			n = n*10 + int(c-'0')
		}
		return n
	}
	year, month, day := number(0, 4), number(4, 6), number(6, 8)
	hour, minute, second := number(9, 11), number(11, 13), number(13, 15)
	if year < 0 || month < 1 || month > 12 || day < 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
	if t.Day() != day { // 30 February
		return time.Time{}, false
	}
	return sinceEpoch(t), true
}

func sinceEpoch(t time.Time) time.Time {
	t = t.UTC()
	if t.Year() < 1971 || t.Year() > 9999 { // beyond what four digits write
		return time.Time{}
	}
	return t
}

// skewOf says how far the server's clock is ahead, from a time of its that was made between sent and
// got and is cut to resolution. Where the clocks may agree they are taken to.
func skewOf(server time.Time, resolution time.Duration, sent, got time.Time) time.Duration {
	least, most := server.Sub(got), server.Add(resolution).Sub(sent)
	if least <= 0 && most >= 0 {
		return 0
	}
	return ((least + most) / 2).Round(time.Millisecond)
}
