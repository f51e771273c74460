package cicsim

import (
	"slices"
	"strconv"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// Role is what a key column of a statistics view holds.
type Role uint8

// The roles.
const (
	RoleWorkgroup Role = iota // agent view only, and there always first
	RoleDNIS
	RoleMedia
	RoleSkill
)

// Hierarchy says what cReportGroup, cHKey3 and cHKey4 hold, in this order. A column beyond its
// end is always '*'.
type Hierarchy []Role

// QueueByDNIS is workgroup > DNIS > media > skill, the likely default of IWrkgrpQueueStats.
func QueueByDNIS() Hierarchy { return Hierarchy{RoleDNIS, RoleMedia, RoleSkill} }

// QueueByMedia has the medium in cReportGroup of IWrkgrpQueueStats.
func QueueByMedia() Hierarchy { return Hierarchy{RoleMedia, RoleSkill, RoleDNIS} }

// AgentByDNIS is agent > workgroup > DNIS > media, the likely default of IAgentQueueStats.
func AgentByDNIS() Hierarchy { return Hierarchy{RoleWorkgroup, RoleDNIS, RoleMedia} }

// AgentByMedia is agent > workgroup > media > skill.
func AgentByMedia() Hierarchy { return Hierarchy{RoleWorkgroup, RoleMedia, RoleSkill} }

// Levels says which roll-up rows are written.
type Levels uint8

// The roll-ups.
const (
	RollUp     Levels = iota // nested: (name,*,*,*), (name,g,*,*), (name,g,k3,*), (name,g,k3,k4)
	Cube                     // every combination of '*' and value
	LeavesOnly               // no '*' in a column that has a role: no rows of totals
)

// UTCColumn says how dIntervalStartUTC is written.
type UTCColumn uint8

// The choices for dIntervalStartUTC.
const (
	UTCFilled UTCColumn = iota
	UTCNull
	UTCAbsent
)

// Edition is the generation of the reporting schema.
type Edition uint8

// The generations.
const (
	Edition4x     Edition = iota
	EditionLegacy         // no 4.x columns, no StatisticsSet, no dIntervalStartUTC; with mtAnsweredAcd
)

// IdleRows says what is written for a workgroup or an agent with nothing but zeros in an
// interval.
type IdleRows uint8

// The choices for idle intervals.
const (
	SkipIdle IdleRows = iota // no row
	ZeroIdle                 // a row of zeros for the total (name,*,*,*), and for agent and workgroup
)

// Schema says how the reporting database looks. The zero value is a 4.x database with the likely
// default hierarchies, every level and everything filled.
type Schema struct {
	Edition Edition
	// Queue and Agent are the hierarchies of the two views; nil means QueueByDNIS and AgentByDNIS.
	Queue, Agent Hierarchy
	Levels       Levels
	UTC          UTCColumn
	Idle         IdleRows
	// MixedCaseMedia spells media in changing letter case: "Call" and "Email Interaction" in one
	// hour, "CALL" and "Email interaction" in the next.
	MixedCaseMedia bool
	// UpperCaseColumns spells every column in capitals, as Oracle does.
	UpperCaseColumns bool
	// Fractions writes date-times as 'YYYY-MM-DD HH:MM:SS.fff'.
	Fractions bool
	// LoggedOffRows writes an AgentActivityLog row for the time between a log-off and the next log-on.
	LoggedOffRows bool
	// QueueFlagText writes UserWorkgroups.QueueFlag as 'Y' and 'N' instead of 1 and 0.
	QueueFlagText bool
	// NoIndexes leaves dIntervalStart, StatusDateTimeGMT and the others without an index.
	NoIndexes bool
	// FirstStatisticsSet is the first StatisticsSet; it may be negative. Zero means 1.
	FirstStatisticsSet int64
}

func (s Schema) withDefaults() Schema {
	if s.Queue == nil {
		s.Queue = QueueByDNIS()
	}
	if s.Agent == nil {
		s.Agent = AgentByDNIS()
	}
	if s.FirstStatisticsSet == 0 {
		s.FirstStatisticsSet = 1
	}
	if s.Edition == EditionLegacy {
		s.UTC = UTCAbsent
	}
	return s
}

func (s Schema) problems() []error {
	var errs []error
	if i := slices.Index(s.Agent, RoleWorkgroup); i != 0 || slices.Contains(s.Agent[1:], RoleWorkgroup) {
		errs = append(errs, wfm.Problem{Field: "Schema.Agent", Reason: "does not have the workgroup in cReportGroup, and only there",
			Remedy: "start it with RoleWorkgroup"})
	}
	if slices.Contains(s.Queue, RoleWorkgroup) {
		errs = append(errs, wfm.Problem{Field: "Schema.Queue", Reason: "has the workgroup as a key below the workgroup",
			Remedy: "leave RoleWorkgroup out"})
	}
	for _, h := range []struct {
		field string
		roles Hierarchy
	}{{"Schema.Queue", s.Queue}, {"Schema.Agent", s.Agent}} {
		sorted := slices.Clone(h.roles)
		slices.Sort(sorted)
		if len(h.roles) > 3 || len(slices.Compact(sorted)) != len(h.roles) {
			errs = append(errs, wfm.Problem{Field: h.field, Value: strconv.Itoa(len(h.roles)) + " keys",
				Reason: "is too long or names a role twice", Remedy: "give at most three different roles"})
		}
	}
	return errs
}

// timeText formats a date-time column.
func (s Schema) timeText(i Instant, loc *time.Location) string {
	layout := time.DateTime
	if s.Fractions {
		layout = "2006-01-02 15:04:05.000"
	}
	return i.Time().In(loc).Format(layout)
}
