package wfm

import (
	"iter"
	"math"
	"slices"
	"strings"
)

// Counter names one statistics column of IWrkgrpQueueStats or IAgentQueueStats. The numbers are
// positions in a table and may change between releases: store the column name, not the number.
type Counter uint8

// Missing is the value of a counter that the database does not have, or left NULL. It is not
// zero: a layout decides what is written for it. What is summed from a missing part is missing.
const Missing int64 = math.MinInt64

// Unit says what a value counts.
type Unit uint8

// The units of counters and derived values. Every CIC interval column is a count or whole seconds.
const (
	Count   Unit = iota // events
	Seconds             // whole seconds in counters, exact fractions of them in derived values
	Share               // a fraction of one, such as a service level; layouts scale it to percent
)

// Fold says how the values of several rows become the value of a longer interval.
type Fold uint8

// The folds. First and last are for gauges at an interval's borders.
const (
	FoldSum   Fold = iota // added
	FoldMax               // the largest
	FoldFirst             // of the earliest row
	FoldLast              // of the latest row
)

// Views says which of the two views has a column.
type Views uint8

// The views of the reporting database.
const (
	InBoth      Views = iota // IWrkgrpQueueStats and IAgentQueueStats
	InAgentView              // IAgentQueueStats only
)

// Edition says which generations of the schema have a column. It is a hint for people; the
// reader looks at the database itself.
type Edition uint8

// The generations of the reporting schema.
const (
	EveryEdition Edition = iota
	Only4x               // 4.0 and later
	OnlyLegacy           // before 4.0
)

// Evidence says how well the meaning of a column is known.
type Evidence uint8

// The classes of evidence, strongest first.
const (
	Documented Evidence = iota // by the maker's published documentation
	Observed                   // in published code that runs against real databases
	Inferred                   // reasoned from documented facts
	NameOnly                   // the name is documented, the meaning is read from it
)

// CounterInfo is one line of the counter table.
type CounterInfo struct {
	Name     string   // Go name, such as NEnteredAcd
	Column   string   // CIC column, spelled as CIC spells it, such as nEnteredAcd
	Unit     Unit     // Count or Seconds
	Fold     Fold     // how it folds over time
	Views    Views    // which views have it
	Edition  Edition  // which schema generations have it
	Meaning  string   // one line
	Evidence Evidence // how well Meaning is known
}

// Info returns the counter's line of the table. It panics for a number outside the table.
func (c Counter) Info() CounterInfo { return counterTable[c] }

// String returns the CIC column, such as nEnteredAcd.
func (c Counter) String() string {
	if c >= numCounters {
		return "no counter"
	}
	return counterTable[c].Column
}

// Fold returns how the counter folds over time.
func (c Counter) Fold() Fold { return counterTable[c].Fold }

// Counters yields the whole table in its order.
func Counters() iter.Seq2[Counter, CounterInfo] {
	return func(yield func(Counter, CounterInfo) bool) {
		for i := range counterTable {
			if !yield(Counter(i), counterTable[i]) {
				return
			}
		}
	}
}

// CounterByColumn finds a counter by its CIC column. Letter case is ignored, because databases
// and published SQL differ in it.
func CounterByColumn(column string) (Counter, bool) {
	for i := range counterTable {
		if strings.EqualFold(counterTable[i].Column, column) {
			return Counter(i), true
		}
	}
	return 0, false
}

// LoggedInParts lists the counters whose sum is exactly tAgentLoggedIn in every row, as CIC
// documents; a reader uses it as a self-check.
func LoggedInParts() []Counter {
	return []Counter{TAgentOnAcdCall, TAgentOnOtherAcdCall, TAgentInAcw, TAgentOnNonAcdCall,
		TAgentAvailable, TAgentDnd, TAgentNotAvailable}
}

// CounterSet is an ordered choice of counters: the columns that a query reads and that the
// values of its rows stand in. It is immutable and safe for concurrent use. The nil set is empty.
type CounterSet struct {
	list []Counter
	pos  [numCounters]uint8 // position in list plus one
}

// NewCounterSet makes a set in table order, each counter once.
func NewCounterSet(counters ...Counter) *CounterSet {
	s := &CounterSet{list: slices.Clone(counters)}
	slices.Sort(s.list)
	s.list = slices.Compact(s.list)
	for i, c := range s.list {
		s.pos[c] = uint8(i + 1)
	}
	return s
}

// Len returns the number of counters.
func (s *CounterSet) Len() int {
	if s == nil {
		return 0
	}
	return len(s.list)
}

// At returns the counter at position i.
func (s *CounterSet) At(i int) Counter { return s.list[i] }

// Index returns the position of a counter, or -1.
func (s *CounterSet) Index(c Counter) int {
	if s == nil || c >= numCounters {
		return -1
	}
	return int(s.pos[c]) - 1
}

// List returns a copy of the counters in order.
func (s *CounterSet) List() []Counter {
	if s == nil {
		return nil
	}
	return slices.Clone(s.list)
}

// Union returns the set of all counters in either.
func (s *CounterSet) Union(other *CounterSet) *CounterSet {
	return NewCounterSet(append(s.List(), other.List()...)...)
}

// Counts are the values of one record, in the order of a set. The zero value has no counters.
type Counts struct {
	set    *CounterSet
	values []int64
}

// NewCounts binds values to a set. It keeps values, which must have the set's length.
func NewCounts(set *CounterSet, values []int64) Counts {
	if len(values) != set.Len() {
		panic("wfm.NewCounts: values do not have the length of the set")
	}
	return Counts{set, values}
}

// Get returns the value of a counter, or [Missing].
func (c Counts) Get(id Counter) int64 {
	i := c.set.Index(id)
	if i < 0 {
		return Missing
	}
	return c.values[i]
}

// Set returns the set that the values stand in.
func (c Counts) Set() *CounterSet { return c.set }

// Values returns the values in the order of the set. The caller must not change them.
func (c Counts) Values() []int64 { return c.values }
