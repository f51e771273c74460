// Package vendors is the boundary to WFM products: what an adapter is ([Vendor]), what it can do
// ([HistoricalEncoder], [RTAEncoder]) and how it is found ([Registry]).
//
// Its place in the flow:
//
//	historical.Aggregator ─ wfm.Report ─▶ HistoricalEncoder ─ wfm.Artifact ─▶ wfm/delivery
//	rta.Stream ─ wfm.StatusChange ─▶ RTAEncoder ─▶ Session ─ wfm.Frames ─▶ wfm/delivery
//
// Adapters do no I/O. They are pure functions from values to bytes, so every adapter works with
// every transport and is tested with golden files. Most adapters are a set of layout files, read
// by vendors/layout; an adapter of your own can be plain Go instead.
//
// # What an adapter implements
//
// Required is [Vendor] and one of the encoders. The rest is optional; hosts look for it once, with [Find],
// so that a wrapper with [Unwrapper] loses nothing, and more may be added without breaking an adapter:
//
//   - [HistoricalEncoder]: [Repeater] if its files hold local times, [Restater] if the product takes no second
//     version of an interval.
//   - [RTAEncoder]: [Mapper] if it maps statuses to codes, [RTADecoder] to be understood by test receivers.
//   - both: [Advisor] for remarks about the settings.
//   - a [Session]: [HealthSession], [HeartbeatSession]; these are asked of the session itself.
//
// Package vendortest proves all of it for an adapter of your own.
package vendors

import (
	"context"

	"github.com/cicwfm/cicwfm/wfm"
)

// Vendor is an adapter for one WFM product.
type Vendor interface{ Info() Info }

// HistoricalEncoder turns reports into the files that the product imports. Implementations are
// safe for concurrent use.
type HistoricalEncoder interface {
	Vendor
	// Needs says what to read. It does not change during the life of the encoder.
	Needs() wfm.Needs
	// EncodeHistorical makes the files of one interval, or of all intervals of one day where
	// Needs().WholeDays is set; reports come in order of start and are never empty of them. The
	// result is a pure function of the reports: the same reports give the same names and bytes on
	// every machine at any time. The revision of a report may show in names, never in bytes, so
	// that unchanged figures are recognised. It must not change or keep the reports, and the caller may keep
	// and change the artifacts. It returns no artifact where there is nothing to say. An error
	// means that no artifact of this period may be delivered.
	EncodeHistorical(ctx context.Context, reports []wfm.Report) ([]wfm.Artifact, error)
}

// Info describes an adapter.
type Info struct {
	Name     string   // short, lower case, as in configuration: verint
	Title    string   // for people
	Products []string // product names, old and new
	Presets  []Preset // the layouts it ships
}

// Preset describes one layout that an adapter ships.
type Preset struct {
	Name     string // unique in the adapter, such as call
	Title    string
	Module   string // "historical" or "rta"
	Default  bool   // used by feeds that name none
	Evidence Evidence
	// Sources say where the layout is documented.
	Sources []string
	// SiteDefined names what no public source settles: settings that a site must confirm.
	SiteDefined []string
}

// Evidence says how well a layout is known.
type Evidence string

// The classes of evidence.
const (
	Documented       Evidence = "documented"        // every column is in a public source
	PartlyDocumented Evidence = "partly documented" // the layout is public, parts of it are not
	SiteDefined      Evidence = "site-defined"      // ours; a site must confirm it with its vendor
)

// RepeatPolicy says what happens in the autumn hour that occurs twice, in files whose times are
// local and have no offset.
type RepeatPolicy string

// The policies for the repeated hour.
const (
	// RepeatDistinct: times in the files are unambiguous, so nothing special happens.
	RepeatDistinct RepeatPolicy = "distinct"
	// RepeatSum: the two intervals with the same wall-clock time are summed into one file. Nothing
	// is lost where a product replaces an interval that it already has: the safe default.
	RepeatSum RepeatPolicy = "sum"
	// RepeatTwo: two files with distinct names. Right for products that add.
	RepeatTwo RepeatPolicy = "two"
	// RepeatRefuse: the second occurrence is an error, for a person to decide.
	RepeatRefuse RepeatPolicy = "refuse"
)

// Repeater is an optional capability: encoders whose files hold local times say what happens in
// the repeated hour. Without it the host assumes RepeatDistinct. The host does the summing.
type Repeater interface{ RepeatPolicy() RepeatPolicy }

// Restatement says what a product does with a second version of an interval.
type Restatement string

// What products do with restated intervals.
const (
	Restates Restatement = "accepted" // deliver again under the same rules
	Reports  Restatement = "reported" // do not deliver; tell the administrator
)

// Restater is an optional capability: whether changed content of an interval that was already
// delivered is delivered again. Without it the host assumes Restates.
type Restater interface{ Restatement() Restatement }

// Advisor is an optional capability: remarks for the administrator about how the encoder is set,
// such as a default that deserves a look. Check shows them.
type Advisor interface{ Advice() []string }

// Unwrapper is implemented by wrappers around a vendor, so that they lose no capability.
type Unwrapper interface{ Unwrap() Vendor }

// Find looks for a capability in a vendor and in what it wraps, outermost first.
func Find[T any](v Vendor) (T, bool) {
	for v != nil {
		if t, ok := v.(T); ok {
			return t, true
		}
		u, ok := v.(Unwrapper)
		if !ok {
			break
		}
		v = u.Unwrap()
	}
	var none T
	return none, false
}
