package wfm

import (
	"iter"
	"math/bits"
	"strconv"
	"strings"
)

// Derived names a value that planners compute from counters. Each has one definition, in the
// table below and nowhere else; adapters name a derived value and never re-derive it.
type Derived uint8

// The derived values. Those that end in Complete are the contact-end variants: they book a whole
// contact in the interval in which it ended, where the others book what was lived in each.
const (
	Offered Derived = iota
	OfferedByOutcome
	Handled
	Abandoned
	AHT
	AHTComplete
	ASA
	AverageTalk
	AverageTalkComplete
	AverageHold
	AverageACW
	AverageACWComplete
	AverageAbandonWait
	AbandonRate
	ServiceLevel1
	ServiceLevel2
	ServiceLevel3
	ServiceLevel4
	ServiceLevel5
	ServiceLevel6
	HandleTime
	HandleTimeComplete
	Occupancy
	numDerived
)

// DerivedInfo is one line of the table of derived values.
type DerivedInfo struct {
	Name       string    // as layouts and expressions spell it, such as aht
	Unit       Unit      // Count, Seconds or Share
	Definition string    // over CIC columns
	Num, Den   []Counter // the exact definition: sum of Num over sum of Den; no Den means one
	Note       string    // the choice made and why
}

func buckets(k int) []Counter {
	all := []Counter{NAnsweredAcdSvcLvl1, NAnsweredAcdSvcLvl2, NAnsweredAcdSvcLvl3,
		NAnsweredAcdSvcLvl4, NAnsweredAcdSvcLvl5, NAnsweredAcdSvcLvl6}
	return all[:k:k]
}

func serviceLevel(k int) DerivedInfo {
	n := strconv.Itoa(k)
	def := "nAnsweredAcdSvcLvl1 / nEnteredAcd"
	if k > 1 {
		def = "(nAnsweredAcdSvcLvl1 + … + nAnsweredAcdSvcLvl" + n + ") / nEnteredAcd"
	}
	return DerivedInfo{"serviceLevel" + n, Share, def, buckets(k), []Counter{NEnteredAcd},
		"Buckets exclude each other and their thresholds belong to the CIC configuration of the row."}
}

var derivedTable = [numDerived]DerivedInfo{
	Offered: {"offered", Count, "nEnteredAcd", []Counter{NEnteredAcd}, nil,
		"Arrivals in the interval, also those whose outcome falls in a later one."},
	OfferedByOutcome: {"offeredByOutcome", Count, "nAnsweredAcd + nAbandonedAcd + nFlowOutAcd",
		[]Counter{NAnsweredAcd, NAbandonedAcd, NFlowOutAcd}, nil,
		"Contacts whose outcome in this queue falls in the interval."},
	Handled:   {"handled", Count, "nAnsweredAcd", []Counter{NAnsweredAcd}, nil, ""},
	Abandoned: {"abandoned", Count, "nAbandonedAcd", []Counter{NAbandonedAcd}, nil, ""},
	AHT: {"aht", Seconds, "(tTalkAcd + tAcw) / nAnsweredAcd", []Counter{TTalkAcd, TAcw}, []Counter{NAnsweredAcd},
		"tTalkAcd contains hold, so tHoldAcd is never added."},
	AHTComplete: {"ahtComplete", Seconds, "(tTalkCompleteAcd + tAcwComplete) / nAnsweredAcd",
		[]Counter{TTalkCompleteAcd, TAcwComplete}, []Counter{NAnsweredAcd}, "Contact-end attribution of the time."},
	ASA: {"asa", Seconds, "tAnsweredAcd / nAnsweredAcd", []Counter{TAnsweredAcd}, []Counter{NAnsweredAcd}, ""},
	AverageTalk: {"averageTalk", Seconds, "tTalkAcd / nAnsweredAcd", []Counter{TTalkAcd}, []Counter{NAnsweredAcd},
		"Contains hold."},
	AverageTalkComplete: {"averageTalkComplete", Seconds, "tTalkCompleteAcd / nAnsweredAcd",
		[]Counter{TTalkCompleteAcd}, []Counter{NAnsweredAcd}, "Contains hold."},
	AverageHold: {"averageHold", Seconds, "tHoldAcd / nAnsweredAcd", []Counter{THoldAcd}, []Counter{NAnsweredAcd},
		"Per handled contact, not per hold."},
	AverageACW: {"averageAcw", Seconds, "tAcw / nAnsweredAcd", []Counter{TAcw}, []Counter{NAnsweredAcd}, ""},
	AverageACWComplete: {"averageAcwComplete", Seconds, "tAcwComplete / nAnsweredAcd",
		[]Counter{TAcwComplete}, []Counter{NAnsweredAcd}, ""},
	AverageAbandonWait: {"averageAbandonWait", Seconds, "tAbandonedAcd / nAbandonedAcd",
		[]Counter{TAbandonedAcd}, []Counter{NAbandonedAcd}, ""},
	AbandonRate: {"abandonRate", Share, "nAbandonedAcd / nEnteredAcd", []Counter{NAbandonedAcd},
		[]Counter{NEnteredAcd}, ""},
	ServiceLevel1: serviceLevel(1),
	ServiceLevel2: serviceLevel(2),
	ServiceLevel3: serviceLevel(3),
	ServiceLevel4: serviceLevel(4),
	ServiceLevel5: serviceLevel(5),
	ServiceLevel6: serviceLevel(6),
	HandleTime:    {"handleTime", Seconds, "tTalkAcd + tAcw", []Counter{TTalkAcd, TAcw}, nil, "Equal to tAgentTalk by CIC's documentation."},
	HandleTimeComplete: {"handleTimeComplete", Seconds, "tTalkCompleteAcd + tAcwComplete",
		[]Counter{TTalkCompleteAcd, TAcwComplete}, nil, "Contact-end attribution."},
	Occupancy: {"occupancy", Share, "tAgentTalk / (tAgentTalk + tAgentAcdLoggedIn)", []Counter{TAgentTalk},
		[]Counter{TAgentTalk, TAgentAcdLoggedIn}, "Handle time over handle time plus idle time."},
}

// Info returns the line of the table. It panics for a number outside the table.
func (d Derived) Info() DerivedInfo { return derivedTable[d] }

// String returns the name as layouts spell it.
func (d Derived) String() string {
	if d >= numDerived {
		return "no derived value"
	}
	return derivedTable[d].Name
}

// DerivedValues yields the whole table in its order.
func DerivedValues() iter.Seq2[Derived, DerivedInfo] {
	return func(yield func(Derived, DerivedInfo) bool) {
		for i := range derivedTable {
			if !yield(Derived(i), derivedTable[i]) {
				return
			}
		}
	}
}

// DerivedByName finds a derived value by its name, ignoring letter case.
func DerivedByName(name string) (Derived, bool) {
	for i := range derivedTable {
		if strings.EqualFold(derivedTable[i].Name, name) {
			return Derived(i), true
		}
	}
	return 0, false
}

// Needs returns the counters of the definition.
func (d Derived) Needs() []Counter {
	info := &derivedTable[d]
	return append(append([]Counter(nil), info.Num...), info.Den...)
}

// Of computes the value from summed counters. It allocates nothing.
func (d Derived) Of(c Counts) Ratio {
	info := &derivedTable[d]
	r := Ratio{Num: sum(c, info.Num), Den: 1}
	if len(info.Den) > 0 {
		r.Den = sum(c, info.Den)
	}
	return r
}

func sum(c Counts, list []Counter) int64 {
	var s int64
	for _, id := range list {
		v := c.Get(id)
		if v == Missing {
			return Missing
		}
		s += v
	}
	return s
}

// Ratio is an exact quotient of two integers. It is kept as such until it is written, so that
// nothing is rounded twice.
type Ratio struct{ Num, Den int64 }

// State says whether a ratio has a value.
type State uint8

// The states of a ratio.
const (
	Defined   State = iota // it has a value
	Undefined              // its denominator is zero: nothing to divide by
	Absent                 // one of its counters is missing in the database
)

// State tells whether the ratio has a value. A zero denominator is Undefined, never NaN.
func (r Ratio) State() State {
	switch {
	case r.Num == Missing || r.Den == Missing:
		return Absent
	case r.Den == 0:
		return Undefined
	}
	return Defined
}

// Scaled returns the value times 10^decimals, rounded half up: toward positive infinity at
// exactly one half. ok is false where the ratio is not Defined or the result does not fit into
// an int64. It computes in integers, 128 bits wide.
func (r Ratio) Scaled(decimals int) (scaled int64, ok bool) {
	if r.State() != Defined || decimals < 0 || decimals > 18 {
		return 0, false
	}
	num, den := r.Num, r.Den
	neg := (num < 0) != (den < 0) && num != 0
	un, ud := magnitude(num), magnitude(den)
	pow := uint64(1)
	for range decimals {
		pow *= 10
	}
	hi, lo := bits.Mul64(un, pow)
	if hi >= ud {
		return 0, false
	}
	q, rem := bits.Div64(hi, lo, ud)
	if q > 1<<63-1 { // before rounding, which could carry beyond 64 bits
		return 0, false
	}
	twice, carry := bits.Add64(rem, rem, 0)
	switch {
	case !neg && (carry == 1 || twice >= ud):
		q++
	case neg && (carry == 1 || twice > ud):
		q++
	}
	if q > 1<<63-1 {
		return 0, false
	}
	if neg {
		return -int64(q), true
	}
	return int64(q), true
}

func magnitude(v int64) uint64 {
	if v < 0 {
		return uint64(-v)
	}
	return uint64(v)
}

// Float returns the nearest float64, for expressions; ok is false where the ratio has no value.
func (r Ratio) Float() (float64, bool) {
	if r.State() != Defined {
		return 0, false
	}
	return float64(r.Num) / float64(r.Den), true
}
