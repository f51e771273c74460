package cicsql

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"github.com/cicwfm/cicwfm/wfm"
)

// keyColumns are the columns of the report hierarchy below cName.
var keyColumns = [3]string{"cReportGroup", "cHKey3", "cHKey4"}

// mask names a roll-up level: bit i is set where key column i is '*'.
type mask uint8

const everything mask = 1<<len(keyColumns) - 1 // (*,*,*)

func (m mask) star(column int) bool { return column >= 0 && m&(1<<column) != 0 }

// String writes the level as people do: (*,*,*) or (cReportGroup,*,*).
func (m mask) String() string {
	var part [len(keyColumns)]string
	for i, c := range keyColumns {
		if part[i] = c; m.star(i) {
			part[i] = "*"
		}
	}
	return "(" + strings.Join(part[:], ",") + ")"
}

// Hierarchy says how the roll-up rows of a view are built, where detection should not decide.
type Hierarchy struct {
	// MediaColumn is the key column with the media type: cReportGroup, cHKey3 or cHKey4; empty
	// where none has it.
	MediaColumn string
	// Levels lists the levels that have rows, each as three words for cReportGroup, cHKey3 and
	// cHKey4, separated by commas: '*' where the column is '*', any other word where it is not. For
	// example "*,*,*" and "x,x,*".
	Levels []string
}

// hierarchy is what is known about the levels of a view.
type hierarchy struct {
	masks []mask // present, coarsest first
	media int    // index of the media column, or -1
	why   string // how it was found out
	empty bool   // there was no row to look at
}

func (h Hierarchy) resolve(field string) (hierarchy, error) {
	out := hierarchy{media: -1, why: "as configured"}
	if h.MediaColumn != "" {
		out.media = slices.IndexFunc(keyColumns[:], func(c string) bool { return strings.EqualFold(c, h.MediaColumn) })
		if out.media < 0 {
			return out, wfm.Problem{Field: field + ".MediaColumn", Value: h.MediaColumn, Reason: "is not a key column",
				Remedy: "use cReportGroup, cHKey3 or cHKey4, or leave it empty"}
		}
	}
	for _, level := range h.Levels {
		words := strings.Split(level, ",")
		if len(words) != len(keyColumns) {
			return out, wfm.Problem{Field: field + ".Levels", Value: level, Reason: "is not three words",
				Remedy: `write one word each for cReportGroup, cHKey3 and cHKey4, such as "x,*,*"`}
		}
		var m mask
		for i, w := range words {
			if strings.TrimSpace(w) == "*" {
				m |= 1 << i
			}
		}
		out.masks = append(out.masks, m)
	}
	if len(out.masks) == 0 {
		return out, wfm.Problem{Field: field + ".Levels", Reason: "is empty", Remedy: `list the levels that have rows, such as "*,*,*"`}
	}
	out.sort()
	return out, nil
}

// sort puts the coarsest level first. Among equally coarse ones a level that leaves the media open
// comes first, then the one whose columns stand further left, as in a nested hierarchy.
func (h *hierarchy) sort() {
	slices.SortFunc(h.masks, func(a, b mask) int {
		if n := bits.OnesCount8(uint8(b)) - bits.OnesCount8(uint8(a)); n != 0 {
			return n
		}
		if sa, sb := a.star(h.media), b.star(h.media); sa != sb {
			if sa {
				return -1
			}
			return 1
		}
		return int(b) - int(a)
	})
	h.masks = slices.Compact(h.masks)
}

// coarsest returns the coarsest level in which the columns of open are all not '*'.
func (h *hierarchy) coarsest(open mask) (mask, bool) {
	for _, m := range h.masks {
		if m&open == 0 {
			return m, true
		}
	}
	return 0, false
}

// levels are the roll-up levels that one grain is read from.
type levels struct {
	total, media       mask
	wantTotal          bool
	wantMedia          bool
	totalOne, mediaOne bool // a record is one row, not a sum over rows
}

// shared tells whether the total is read as the sum of the rows per medium.
func (l levels) shared() bool { return l.wantTotal && l.wantMedia && l.total == l.media }

// choose picks the levels for a grain: exactly one for the total over all media, exactly one for
// single media.
func (h *hierarchy) choose(g wfm.Grain, c wfm.Columns) (levels, error) {
	var l levels
	for _, m := range c.MediaList() {
		l.wantTotal = l.wantTotal || m == wfm.AllMedia
		l.wantMedia = l.wantMedia || m != wfm.AllMedia
	}
	var keys mask // columns that tell the records of the grain apart
	if g == wfm.GrainAgentQueue {
		keys = 1
	}
	if h.empty {
		l.total, l.media = everything&^keys, everything&^keys&^mediaBit(h.media)
		l.totalOne, l.mediaOne = true, true
		return l, nil
	}
	var ok bool
	if l.wantTotal {
		if l.total, ok = h.coarsest(keys); !ok {
			return l, noLevel(g, "rows per workgroup", h)
		}
		l.totalOne = l.total|keys == everything
		if g == wfm.GrainAgent && !l.totalOne && slices.ContainsFunc(c.Counters.List(), isAgentTime) {
			return l, &wfm.Error{Op: "choose the roll-up level of IAgentQueueStats", Kind: wfm.NotFound,
				Err:    fmt.Errorf("there is no '*' row per agent (levels present: %s), and agent times do not add over workgroups", h.list()),
				Remedy: "let CIC write the agent summary rows, or leave the tAgent… and tStatusGroup… counters out of the agent layout"}
		}
	}
	if l.wantMedia {
		if h.media < 0 {
			return l, noLevel(g, "column with media types", h)
		}
		if l.media, ok = h.coarsest(keys | mediaBit(h.media)); !ok {
			return l, noLevel(g, "rows per medium", h)
		}
		l.mediaOne = l.media|keys|mediaBit(h.media) == everything
	}
	return l, nil
}

func mediaBit(column int) mask {
	if column < 0 {
		return 0
	}
	return 1 << column
}

func noLevel(g wfm.Grain, what string, h *hierarchy) error {
	return &wfm.Error{Op: "choose the roll-up level for the grain " + g.String(), Kind: wfm.NotFound,
		Err:    fmt.Errorf("no %s found (levels present: %s; %s)", what, h.list(), h.why),
		Remedy: "check the report hierarchy in Interaction Administrator, name further media types in the options, or set the hierarchy there"}
}

func (h *hierarchy) list() string {
	if len(h.masks) == 0 {
		return "none"
	}
	parts := make([]string, len(h.masks))
	for i, m := range h.masks {
		parts[i] = m.String()
	}
	return strings.Join(parts, " ")
}

// describe says in words what is read and why.
func (h *hierarchy) describe(l levels) string {
	var b strings.Builder
	if l.wantTotal {
		fmt.Fprintf(&b, "all media from %s", l.total)
	}
	if l.wantMedia {
		if b.Len() > 0 {
			b.WriteString("; ")
		}
		fmt.Fprintf(&b, "single media from %s by %s", l.media, keyColumns[max(h.media, 0)])
	}
	if h.empty {
		return b.String() + "; no rows to detect it from: " + h.why
	}
	fmt.Fprintf(&b, "; levels present: %s; %s", h.list(), h.why)
	return b.String()
}

// isAgentTime tells whether a counter is agent time, which does not add over the rows of a level.
// tAgentTalk does: it is tTalkAcd + tAcw, the handle time of the row's own contacts.
func isAgentTime(c wfm.Counter) bool {
	if c == wfm.TAgentTalk {
		return false
	}
	column := c.Info().Column
	return strings.HasPrefix(column, "tAgent") || strings.HasPrefix(column, "tAllAgent") || strings.HasPrefix(column, "tStatusGroup")
}

// adds tells whether a counter of one level must add up to that of another.
func adds(c wfm.Counter) bool { return c.Fold() == wfm.FoldSum && !isAgentTime(c) }
