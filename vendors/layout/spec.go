package layout

import (
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"go.yaml.in/yaml/v3"
)

// spec is a layout file as read, with the settings filled in and not yet compiled.
type spec struct {
	node                 *yaml.Node
	name, title          string
	version              int
	evidence             vendors.Evidence
	standard             bool // chosen where a feed names no preset
	sources, siteDefined []string
	file                 fileSpec
	rows                 rowSpec
	media                []wfm.MediaType // nil leaves it to the feed
	repeat               vendors.RepeatPolicy
	restatement          vendors.Restatement
	head, foot           *lineText // of rows of kind json
	sections             []sectionSpec
	realTime             *realTimeSpec // of module rta; nil otherwise
}

// The modules of layouts.
const (
	moduleHistorical = "historical"
	moduleRealTime   = "rta"
)

type fileSpec struct {
	name       string
	nameNode   *yaml.Node
	day        bool // one file per calendar day
	whenEmpty  emptyRule
	encoding   string
	bom        bool
	unmappable strictness
	lineEnd    string
	lineEndSet bool
	node       *yaml.Node
}

// emptyRule says whether a file without rows is written.
type emptyRule string

const (
	writeEmpty emptyRule = "write"
	omitEmpty  emptyRule = "omit"
)

// strictness says what happens to a character that cannot be written.
type strictness string

const (
	keep    strictness = "keep"
	replace strictness = "replace"
	refuse  strictness = "refuse"
)

type rowSpec struct {
	fixed     bool
	json      bool
	delimiter string
	trailing  bool
	quoting   bool
	blanks    bool // inside values are unsafe
	formulas  strictness
	unsafe    strictness
	with      string
	node      *yaml.Node
}

// grain is what one row is about.
type grain string

const (
	grainQueue      grain = "queue"
	grainAgent      grain = "agent"
	grainAgentQueue grain = "agent-by-queue"
	grainAgentBoth  grain = "agent-and-queues" // an agent's total, whose workgroup is empty, and a row per workgroup
	grainStates     grain = "states"
	grainEvents     grain = "events"
	grainStatus     grain = "status-times"
	grainGroup      grain = "group-times"
	grainSignOns    grain = "sign-ons" // a span of being logged in, of the 24 hours up to the end of the file
	grainBegun      grain = "contacts-begun"
	grainEnded      grain = "contacts-ended"

	// Of module rta: what a record tells.
	grainChange grain = "change" // an agent's state or change
	grainFeed   grain = "feed"   // the feed's health, or that it lives
)

// statistics returns the grain of the records behind the rows; ok is false for grains of activity and contacts.
func (g grain) statistics() (wfm.Grain, bool) {
	switch g {
	case grainQueue:
		return wfm.GrainQueue, true
	case grainAgent, grainAgentBoth: // its second grain is GrainAgentQueue
		return wfm.GrainAgent, true
	case grainAgentQueue:
		return wfm.GrainAgentQueue, true
	}
	return wfm.GrainActivity, false
}

// zeroRows says which rows without activity are written.
type zeroRows string

const (
	writeZeroRows  zeroRows = "write"
	omitZeroRows   zeroRows = "omit"
	omitUnseenRows zeroRows = "omit-unseen"
)

type sectionSpec struct {
	node       *yaml.Node
	left       bool // left out under these settings
	name       string
	grain      grain
	media      []wfm.MediaType
	mediaSet   bool
	zero       zeroRows
	sort       []string
	sortNode   *yaml.Node
	head, foot []lineSpec
	columns    []columnSpec
}

// lineSpec is one line before or after the rows. Exactly one of the kinds is set.
type lineSpec struct {
	node      *yaml.Node
	text      string
	hasText   bool
	columns   bool
	dashes    bool
	blank     bool
	delimiter *string // of a column line, where it differs from the rows
	trailing  bool
}

type columnSpec struct {
	node                *yaml.Node
	name, title         string
	hasTitle            bool
	value, text, expr   string
	hasText             bool // text may be empty: a field that is always blank
	format              string
	zone                zone
	unit                unit
	precision           int
	mark                string
	zero, undef, absent rule
	mapping             map[string]string
	mapElse             rule
	width               int
	right               bool
	alignSet            bool
	pad                 string
	max                 int // characters, without padding; 0: any number
	overflow            overflow
	literal             jsonType            // of rows of kind json
	only                map[string][]string // texts of sources with which the column is not blank
}

type zone string

const (
	feedZone zone = "feed"
	utcZone  zone = "UTC"
)

type unit string

const (
	unitNone         unit = ""
	unitSeconds      unit = "seconds"
	unitMilliseconds unit = "milliseconds"
	unitMinutes      unit = "minutes"
	unitHours        unit = "hours"
	unitShare        unit = "share"
	unitPercent      unit = "percent"
)

// overflow says what happens to a value that is wider than its column.
type overflow string

const (
	overflowRefuse overflow = "refuse"
	overflowCut    overflow = "cut"
	overflowShift  overflow = "shift"
	overflowNines  overflow = "nines" // of numbers: the largest that fits
)

// rule says what is written for a value that is zero, undefined or missing, or not in a map.
type rule struct {
	kind ruleKind
	text string
}

type ruleKind uint8

const (
	ruleUnset  ruleKind = iota
	ruleWrite           // the value itself
	ruleBlank           // nothing
	ruleZero            // zero, at the column's precision
	ruleText            // a given text
	ruleRefuse          // an error
)
