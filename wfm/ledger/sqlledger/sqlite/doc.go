// Package sqlite keeps the ledger in a SQLite file of its own. It is a leaf: importing it links
// modernc.org/sqlite, which is plain Go and needs no C compiler.
//
// Its place in the flow:
//
//	sqlite.Open ─ *sqlledger.Ledger ─▶ integration (Begin before, Commit after each delivery)
//
// The file is written with a write-ahead log and synchronous=FULL: what Begin and Commit returned
// survives a power cut. Several processes on one machine may share the file, and stand in for each
// other by its leases, which go by Options.Now, the clock of that machine. It belongs on a local
// disk: on a network share the write-ahead log cannot be used, and locks are often unsound. Next to
// the file SQLite keeps two more, with -wal and -shm appended; copy a ledger only while no process
// has it open, or with SQLite's own backup.
package sqlite
