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
// # Intervals and days
//
// A file per interval is written when the interval is closed. A file per day comes in one of two ways. One with
// a row per agent or workgroup for the whole day belongs to a feed whose intervals are days (Settings.Length is
// wfm.Day): the host sums, and the encoder sees one report. One with a row per interval needs
// wfm.Needs.WholeDays, and the encoder sees the intervals of the day together. An encoder that makes files of both
// kinds gets whole days, so that its interval files come once a day too: make two presets, and a feed for each.
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
// Package vendortest proves all of it for an adapter of your own. examples/customvendor has two adapters of one product, in Go
// and as layout files, and a test that runs one in a feed of each module.
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
	// EncodeHistorical makes the files of one interval, or of one calendar day where Needs().WholeDays is
	// set: then it gets every interval of the day whose figures are known, and is called again when another
	// one becomes known. Reports come in order of start; there is at least one. The
	// result is a pure function of the reports: the same reports give the same names and bytes on
	// every machine at any time. The revision of a report may show in names, never in bytes, so
	// that unchanged figures are recognised. It must not change or keep the reports, and the caller may keep
	// and change the artifacts. It returns no artifact where there is nothing to say. An error
	// means that no artifact of this period may be delivered.
	//
	// The ledger knows a file by kind, interval and part. So the file of a day has the whole day as its
	// interval, whichever reports there are: wfm.Grid{Length: wfm.Day, Location: …}.Slot(reports[0].Interval.Start).
	// Its revision rises with that of each report: 1 plus the sum of Revision-1.
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
	// RepeatTwo: two files with distinct names, which the encoder gives them. Right for products that add.
	RepeatTwo RepeatPolicy = "two"
	// RepeatRefuse: the second occurrence is an error, for a person to decide. The encoder returns it; wfm.Grid.Repeat
	// tells which interval is a second one.
	RepeatRefuse RepeatPolicy = "refuse"
)

// Repeater is an optional capability: encoders whose files hold local times say what happens in
// the repeated hour. Without it the host assumes RepeatDistinct. The host does the summing: under RepeatSum the encoder gets
// one report for both, with the start of the first as its interval (the second is in Report.Repeated), and none for the
// second. Settings.RepeatedHour is the site's choice; a constructor refuses what does not suit the product.
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
