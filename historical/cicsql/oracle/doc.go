// Package oracle opens Oracle Database for cicsql. It is the only package of the reader that links
// the Oracle driver, which is pure Go and needs no client software.
//
// Its place in the flow:
//
//	oracle.Open ─ *sql.DB, Dialect ─▶ cicsql.New ─ Reader ─▶ historical.Aggregator
//
// The statements and the handling of errors are tested against a simulated driver; they have not
// been run against a real Oracle server by the authors. The integration test of this package runs
// where CICWFM_TEST_ORACLE_DSN is set.
package oracle
