// Package sqlledger keeps the ledger in a SQL database, so that it outlives the process and may be
// shared by several.
//
// Its place in the flow:
//
//	a vendor's encoder ─ wfm.Artifact ─▶ Ledger.Begin ─▶ delivery.Transport ─▶ Ledger.Commit
//
// The package links no driver. What differs between databases is a [Dialect], and each dialect
// stands in a leaf package that links its driver: sqlledger/sqlite keeps the ledger in a file of
// its own, which needs no database server.
//
// # Tables
//
//	wfm_ledger_entries   one row per artifact; the primary key is ledger.Key.ID
//	wfm_ledger_progress  one row per feed: the watermark
//	wfm_ledger_schema    one row per schema version, with the time at which it was reached
//
// Instants are text of fixed width in UTC (2018-10-28T01:15:00.000000000Z): it sorts as time does,
// keeps nanoseconds in every database, and an administrator can read it. Digests are 64
// hexadecimal digits. Nothing is ever deleted.
//
// # Guarantees
//
// Begin, Commit and SetWatermark are one transaction each and return after its commit. Two
// processes that begin one key at the same time get one entry: the loser of the race reads what
// the winner wrote. Entries reads in pages and holds no connection while the loop body runs, so
// the body may call Begin, also where the pool has a single connection; an entry that is begun
// during the loop may be seen or not.
package sqlledger
