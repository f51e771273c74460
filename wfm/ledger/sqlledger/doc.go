// Package sqlledger keeps the ledger in a SQL database, so that it outlives the process and may be
// shared by several.
//
// Its place in the flow:
//
//	a vendor's encoder ─ wfm.Artifact ─▶ Ledger.Begin ─▶ delivery.Transport ─▶ Ledger.Commit
//
// The package links no driver. What differs between databases is a [Dialect], and each dialect
// stands in a leaf package that links its driver: sqlledger/sqlite keeps the ledger in a file of
// its own, which needs no database server; sqlledger/mssql and sqlledger/oracle add its tables to
// the customer's existing repository. The last two were not run against a real SQL Server or Oracle
// by the authors.
//
// # Tables
//
//	wfm_ledger_entries   one row per artifact; the primary key is ledger.Key.ID
//	wfm_ledger_progress  one row per feed: the watermark
//	wfm_ledger_leases    one row per feed: which instance runs it, under which token, until when
//	wfm_ledger_schema    one row per schema version, with the time at which it was reached
//
// [Script] returns the script that makes them, for an administrator to read and to run first; New runs
// the same statements, unless Options.NoMigrate says that an administrator does. A ledger of an
// older version is brought to the newest with what it holds; one of a newer version is refused and not
// touched. [Ledger.CheckRights] tries the rights that the head of the script lists.
//
// Instants are text of fixed width in UTC (2018-10-28T01:15:00.000000000Z): it sorts as time does,
// keeps nanoseconds in every database, and an administrator can read it. Digests are 64
// hexadecimal digits. Texts compare by code point, so that feeds that differ in letter case are
// different feeds; on SQL Server and Oracle kinds beyond Unicode's first plane sort by UTF-16.
// Nothing is deleted but by [Ledger.Prune].
//
// # Guarantees
//
// Begin, Commit and SetWatermark are one transaction each and return after its commit. Two
// processes that begin one key at the same time get one entry: the loser of the race reads what
// the winner wrote. Entries reads in pages and holds no connection while the loop body runs, so
// the body may call Begin, also where the pool has a single connection; an entry that is begun
// during the loop may be seen or not.
//
// # Leases
//
// Unique keys and conditional updates decide who has a feed, at the isolation level READ COMMITTED
// that every database has; nothing is read first and written later. Acquire is one UPDATE that takes the
// row only if it is the holder's own or has ended by the clock of the server. What changes anything
// under a lease ends with an update of the lease's row that changes nothing and finds it by its
// token: it locks the row up to the commit, so that an Acquire by another waits for the commit, and after
// another's Acquire it finds no row and the transaction is undone. So a change is there before the feed
// passes on, or never. What changes nothing, as the Begin of a delivered key in a look-back, only
// reads the row.
//
// A process that is stopped between that update and its commit holds the lock, and nobody can take
// its feed, until it goes on, is killed, or the server notices that it is gone; with SQLite that
// is so for the whole file.
package sqlledger
