package cicsim

import (
	"cmp"
	"slices"
	"strings"

	"github.com/cicwfm/cicwfm/wfm"
)

// numCounters is the length of the counter table of package wfm; a test compares the two.
const numCounters = int(wfm.TStatusGroupTraining) + 1

// The sentinels of the key columns: the total, and what has no such key.
const (
	all         = "*"
	noWorkgroup = "-"
)

// The views.
const (
	queueView = iota
	agentView
)

// statRow is one row of a statistics view.
type statRow struct {
	view          int
	site          *site
	name          string
	keys          [3]string // cReportGroup, cHKey3, cHKey4
	span          Span
	sent, arrived Instant
	values        [numCounters]int32
}

// rows makes the rows of an interval from the totals of a booker.
type rows struct {
	b      *booker
	schema Schema
	span   Span
	emit   func(view int, name string, keys [3]string, v *values)
}

// levels is the choice of key columns that keep their value, one bit each.
func levels(h Hierarchy, l Levels) []int {
	full := 1<<len(h) - 1
	var masks []int
	switch l {
	case LeavesOnly:
		masks = []int{full}
	case Cube:
		for m := range full + 1 {
			masks = append(masks, m)
		}
	default:
		for n := range len(h) + 1 {
			masks = append(masks, 1<<n-1)
		}
	}
	return masks
}

// cut replaces the keys outside a level with the total's.
func cut(keys [3]string, mask int) [3]string {
	for i := range keys {
		if mask&(1<<i) == 0 {
			keys[i] = all
		}
	}
	return keys
}

// build emits every row of the interval, sorted by name and keys within each view.
func (r *rows) build() {
	queues := make([]map[[3]string]*values, len(r.b.site.names))
	agents := make([]map[[3]string]*values, len(r.b.meters))
	for i := range queues {
		queues[i] = map[[3]string]*values{}
	}
	for i := range agents {
		agents[i] = map[[3]string]*values{}
	}
	queueLevels, agentLevels := levels(r.schema.Queue, r.schema.Levels), levels(r.schema.Agent, r.schema.Levels)
	for k, v := range r.b.leaves {
		if k.agent == none {
			r.fold(queues[k.group], r.keys(r.schema.Queue, k), queueLevels, v)
		} else {
			r.fold(agents[k.agent], r.keys(r.schema.Agent, k), agentLevels, v)
		}
	}
	for i, name := range r.b.site.names {
		r.times(queues[i], [3]string{all, all, all}, queueLevels, &r.b.queueTimes[i])
		r.write(queueView, string(name), queues[i], 0)
	}
	for i, m := range r.b.meters {
		r.times(agents[i], [3]string{all, all, all}, agentLevels, &m.times)
		for j, g := range m.agent.groups {
			r.times(agents[i], [3]string{string(r.b.site.names[g]), all, all}, agentLevels, &m.groupTimes[j])
		}
		r.write(agentView, string(m.agent.ID), agents[i], m.times[wfm.TAgentAvailable])
	}
}

// fold adds a leaf to its row on every level.
func (r *rows) fold(into map[[3]string]*values, keys [3]string, masks []int, v *values) {
	for _, mask := range masks {
		at := cut(keys, mask)
		sum := into[at]
		if sum == nil {
			sum = &values{}
			into[at] = sum
		}
		sum.add(v)
	}
}

// times adds agent times to the row with these keys, if rows of its level are written at all.
func (r *rows) times(into map[[3]string]*values, keys [3]string, masks []int, v *values) {
	own := 0
	for i, k := range keys {
		if k != all {
			own |= 1 << i
		}
	}
	if !slices.Contains(masks, own) || v.zero() && r.schema.Idle == SkipIdle {
		return
	}
	r.fold(into, keys, []int{own}, v)
}

func (r *rows) keys(h Hierarchy, k leafKey) [3]string {
	keys := [3]string{all, all, all}
	for i, role := range h {
		switch role {
		case RoleWorkgroup:
			keys[i] = noWorkgroup
			if k.group != none {
				keys[i] = string(r.b.site.names[k.group])
			}
		case RoleDNIS:
			keys[i] = k.dnis
		case RoleMedia:
			keys[i] = r.mediaText(k.media)
		case RoleSkill:
			keys[i] = k.skill
		}
	}
	return keys
}

// mediaText changes its spelling from hour to hour where the schema says so.
func (r *rows) mediaText(m string) string {
	if !r.schema.MixedCaseMedia || r.span.Start/hour%2 == 0 {
		return m
	}
	if wfm.Email.Is(wfm.MediaType(m)) {
		return "Email interaction"
	}
	return strings.ToUpper(m)
}

// write emits the rows of one workgroup or agent; a row of zeros only where the schema wants idle
// rows, or for contacts that were lost when the server stopped.
func (r *rows) write(view int, name string, level map[[3]string]*values, allAvailable int64) {
	sorted := make([][3]string, 0, len(level))
	for keys := range level {
		sorted = append(sorted, keys)
	}
	slices.SortFunc(sorted, func(a, b [3]string) int { return slices.CompareFunc(a[:], b[:], cmp.Compare) })
	for _, keys := range sorted {
		v := level[keys]
		if v.zero() && r.schema.Idle == SkipIdle && !r.b.restarted {
			continue
		}
		v[wfm.TAgentTalk] = v[wfm.TTalkAcd] + v[wfm.TAcw]
		v[wfm.TAllAgentAvailable] = allAvailable
		r.emit(view, name, keys, v)
	}
}
