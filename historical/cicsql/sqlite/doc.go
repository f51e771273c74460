// Package sqlite opens a SQLite file for cicsql: a simulated reporting database, or a copy of a real one.
// It is the only package of the reader that links the SQLite driver.
//
// Its place in the flow:
//
//	sqlite.Open ─ *sql.DB, Dialect ─▶ cicsql.New ─ Reader ─▶ historical.Aggregator
package sqlite
