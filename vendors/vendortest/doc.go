// Package vendortest proves that an adapter keeps the promises of package vendors. Whoever writes an
// adapter of their own runs it:
//
//	func TestAdapter(t *testing.T) {
//		h := vendortest.Harness{
//			Historical:  mine.New,
//			RealTime:    mine.NewRealTime,
//			RTASettings: vendors.RTASettings{Statuses: mine.Statuses()},
//		}
//		vendortest.Run(t, h)
//		vendortest.Run(t, vendortest.Wrapped(h))
//	}
//
// [For] makes the harness of a registry's entry.
//
// Its place in the flow: beside it. It hands an adapter what a host hands over, and looks at what comes
// back as a transport, a link and a receiver do. Each case proves one rule; a failure names the case
// and the rule, so that it says what to change. [Check] needs no testing.T: a program can check an adapter
// that it was given.
//
// # What is proven
//
// Of both modules: what the adapter says of itself is complete (evidence), its capabilities are found
// through a wrapper, and nothing depends on the clock.
//
// Of files: the same reports give the same names and bytes, in any order, by any encoder and in any goroutine;
// reports are neither changed nor kept, artifacts belong to the caller; only what Needs names is
// read, be it counters, states, sign-ons or single contacts; the file of a day is the same one whichever intervals of the day are known; names are unique over a year at every interval length that the adapter takes, and safe on
// Windows and Linux; on the nights of the clock change nothing is overwritten or lost in zones
// whose change is an hour or half of one and whose offset has quarters of one, under each policy for the repeated hour; revisions never
// show in bytes; empty reports, zeros and missing values give no nonsense; an ended context gives an error or everything.
//
// Of frames: traits and levels hold; sessions do not know of each other; a snapshot and each kind of change
// is told; agents without a code are a *vendors.Skipped and the frames of all others are whole; no time in
// state is negative; frames are delimited, read alike however they come, and appended behind what is there.
//
// Of both: names of CIC are free text, and none breaks a record or adds a field. A file that a
// spreadsheet would open shows no name as a formula.
//
// # What is not
//
// That an adapter does no I/O can only be seen in its imports: it should need neither os nor net. How well its format fits
// the product only a sample of the product tells. What CIC means by a counter is not checked, unless Figures says so.
//
// # What an adapter cannot do
//
// A case that does not suit a product is declared in Harness.Unsupported with the reason, which is
// printed as that of a skipped test. A declaration without a reason, of no case, or of a case that
// holds fails.
package vendortest
