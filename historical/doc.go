// Package historical is the room of interval statistics, states of agents and single contacts: what a source of rows is
// ([Source]), what a row is ([Row]) and how rows become reports ([Aggregator]).
//
// Its place in the flow:
//
//	historical/cicsql ─ Row ─▶ Aggregator ─ wfm.Report ─▶ a vendor's encoder
//
// A source knows databases and CIC's time columns; it yields UTC. The aggregator knows intervals
// and folds; it has no clock and does no I/O. Neither knows a vendor.
package historical
