package layout

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// sortedRow is the place of a row, and the numbers of its first two sort keys, which mostly decide.
type sortedRow struct {
	numbers [2]uint64
	rowPlace
	exact bool // no other value of the first key has its number
}

// inOrder tells whether the rows of a section stand in the reports as it sorts them, as they do by most keys: then they need not
// be gathered.
func (s *scratch) inOrder(sec *section, reports []wfm.Report) bool {
	keys, before, now, first := sec.sort, &s.other, &s.row, true
	if _, ok := sec.grain.statistics(); ok && len(reports) == 1 && keys[0].start {
		keys = keys[1:] // all records have the start of their interval
	}
	return sec.each(reports, func(at rowPlace) bool {
		sec.fill(now, reports, at)
		ok := first || compareRows(before, now, keys) <= 0
		before, now, first = now, before, false
		return ok
	})
}

// sorted returns the places of a section's rows as it sorts them. Rows that are alike stay in report order. The list holds until
// the next call.
func (s *scratch) sorted(sec *section, reports []wfm.Report) []sortedRow {
	order := s.order[:0]
	sec.each(reports, func(at rowPlace) bool {
		sec.fill(&s.row, reports, at)
		now := sortedRow{rowPlace: at}
		now.numbers[0], now.exact = sec.sort[0].of(&s.row)
		if len(sec.sort) > 1 {
			now.numbers[1], _ = sec.sort[1].of(&s.row)
		}
		order = append(order, now)
		return true
	})
	s.order = order
	s.byNumber(1)
	s.byNumber(0)
	compare := func(a, b sortedRow) int {
		if a.exact && b.exact && a.numbers[1] != b.numbers[1] {
			return cmp.Compare(a.numbers[1], b.numbers[1])
		}
		sec.fill(&s.row, reports, a.rowPlace)
		sec.fill(&s.other, reports, b.rowPlace)
		return compareRows(&s.row, &s.other, sec.sort)
	}
	for rest := s.order; len(rest) > 0; { // the numbers leave order only to rows with one first number
		n := 1
		for n < len(rest) && rest[n].numbers[0] == rest[0].numbers[0] {
			n++
		}
		if !slices.IsSortedFunc(rest[:n], compare) {
			slices.SortStableFunc(rest[:n], compare)
		}
		rest = rest[n:]
	}
	return s.order
}

// byNumber sorts the rows by one of their numbers, byte by byte from the last that differs, and keeps the order of those that have the
// same. It takes a few nanoseconds per row, where a sort that compares takes a hundred.
func (s *scratch) byNumber(which int) {
	differ := uint64(0)
	for i := range s.order {
		differ |= s.order[i].numbers[which] ^ s.order[0].numbers[which]
	}
	s.spare = slices.Grow(s.spare[:0], len(s.order))[:len(s.order)]
	for shift := 0; differ>>shift > 0; shift += 8 {
		if differ>>shift&0xff == 0 {
			continue
		}
		var begin [257]int // of the rows with a byte, behind the one of the byte before
		for i := range s.order {
			begin[s.order[i].numbers[which]>>shift&0xff+1]++
		}
		for i := range 256 {
			begin[i+1] += begin[i]
		}
		for i := range s.order {
			at := &begin[s.order[i].numbers[which]>>shift&0xff]
			s.spare[*at] = s.order[i]
			*at++
		}
		s.order, s.spare = s.spare, s.order
	}
}

// sortKey compares two rows by one property. Of most rows the number decides: what has a smaller one comes first, and where it is exact,
// no other value has it.
type sortKey struct {
	compare func(a, b *row) int
	number  func(r *row) (n uint64, exact bool)
	start   bool // the number is that of row.start
	down    bool
}

func newSortKey(name string) (k sortKey, ok bool) {
	name, down := strings.CutPrefix(name, "-")
	switch name {
	case "workgroup":
		k = byText(func(r *row) string { return r.workgroup })
	case "agent":
		k = byText(func(r *row) string { return r.agent })
	case "media":
		k = byText(func(r *row) string { return r.media })
	case "status":
		k = byText(func(r *row) string { return r.key })
	case "group":
		k = byText(func(r *row) string { return r.group })
	case "start":
		k = byTime((*row).start)
		k.start = true
	case "end":
		k = byTime(func(r *row) time.Time { return r.window.End })
	default:
		return k, false
	}
	k.down = down
	return k, true
}

// byText has the first eight bytes as a number.
func byText(get func(r *row) string) sortKey {
	return sortKey{compare: func(a, b *row) int { return strings.Compare(get(a), get(b)) }, number: func(r *row) (uint64, bool) {
		text := get(r)
		var first [8]byte
		copy(first[:], text)
		return binary.BigEndian.Uint64(first[:]), len(text) <= len(first) && strings.IndexByte(text, 0) < 0
	}}
}

// byTime has the second as a number.
func byTime(get func(r *row) time.Time) sortKey {
	return sortKey{compare: func(a, b *row) int { return get(a).Compare(get(b)) }, number: func(r *row) (uint64, bool) {
		t := get(r)
		return uint64(t.Unix()) ^ 1<<63, t.Nanosecond() == 0
	}}
}

// of is the number of a row, the greatest first where the key sorts down.
func (k *sortKey) of(r *row) (n uint64, exact bool) {
	if n, exact = k.number(r); k.down {
		n = ^n
	}
	return n, exact
}

func compareRows(a, b *row, keys []sortKey) int {
	for i := range keys {
		k := &keys[i]
		if c := k.compare(a, b); c != 0 {
			if k.down {
				return -c
			}
			return c
		}
	}
	return 0
}
