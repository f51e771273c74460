// Package integration composes the rooms into a service: it reads sources, folds rows, encodes
// and delivers, and owns time, schedule, retry, licence, ledger and logging, so that none of the
// rooms has to.
//
// Its place in the flow: around all of it.
//
//	Source ─▶ Aggregator ─▶ encoder ─▶ Ledger.Begin ─▶ Transport ─▶ Ledger.Commit ─▶ watermark
//
// and for real time
//
//	rta.Source ─▶ rta.Stream ─▶ rta.Watcher per receiver ─▶ a vendor's session ─▶ delivery.Link
//
// A [Service] is made once with [New] and then used in three ways: [Service.Check] tries everything
// without delivering anything, [Service.Backfill] delivers a window of the past, and [Service.Run]
// follows the clock until its context ends.
//
// # What is delivered when
//
// An interval is closed [HistoricalFeed].Delay after its end and read for the first time then. For
// [HistoricalFeed].Lookback after that it is read again at each boundary: rows may arrive late. An
// interval whose files came out with the same bytes is skipped; changed content is a restatement
// and is delivered under the next revision, or only reported where the product does not take
// restatements.
//
// An interval in which an expected site wrote nothing is a gap. Expected are the sites that wrote in
// the window that is read or in the two days before its end, and at least one site of each server. A
// gap is not delivered, since its figures are unknown and not zero; it is shown in
// [FeedStatus].Gaps and read again as long as the look-back lasts. A file of a whole day is delivered without its gaps, and
// restated when one of them is filled; where the product does not take restatements it waits for them. After an outage the
// service goes on where its watermark stands, oldest interval first. The watermark passes a gap in which no server wrote anything
// only when something was written after it, so that what a server writes after a long silence is found beyond the look-back too.
//
// A feed with several destinations works for each on its own: it reads, encodes and delivers, and has its own watermark,
// revisions and failures there ([LedgerFeed] is the name of each in the ledger).
//
// # Clocks
//
// The wall clock of this host decides when an interval is closed ([Options].Clock). One that is set forward makes
// the feeds read what has not happened yet: that is a gap, which moves no watermark, and read again. One that is set back ends the sleep
// of every feed, so that no feed waits for a time that came out of the wrong clock. After a machine slept the feeds go on within a
// minute, oldest interval first. Rows of a CIC server whose clock is behind by more than the delay come late, and are found in the look-back.
//
// # Two instances
//
// Services that share a ledger may run the same feeds: see [Instance]. A lease decides which of them works, and the ledger fences
// who lost it. [Service.Update] gives a running service another configuration.
//
// # Real time
//
// All real-time feeds share one rta.Stream, so one session per CIC server. A server without a licence
// is not connected, and asked for it every 15 minutes; one whose licence cannot be read yet is asked again before each session. A feed
// opens its links when its first server has told all agents and every status has a code, or after ten
// seconds without any server: its receivers are told then that the feed is unavailable.
//
// Each receiver has its own session and view: the feed's health, a snapshot, then changes, at once or in
// batches. The present time in them is that of CIC's clock, as far as a server ever told it. While a receiver
// does not read, its changes wait; beyond [RealTimeFeed].Backlog those of one agent are merged, so that it goes on with
// the present state of every agent. A receiver that comes back gets a snapshot; one that the service dials is told before who left meanwhile, which a snapshot cannot say. Statuses without
// a code that appear while a feed runs are not sent, counted in [RealTimeStatus].Unmapped and logged once. When the service
// stops, what waits is sent, and then the product's word for a shutdown.
package integration
