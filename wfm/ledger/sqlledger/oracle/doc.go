// Package oracle keeps the ledger in Oracle Database: tables that are added to the customer's
// existing repository. It is a leaf: importing it links github.com/sijms/go-ora/v2, which is pure Go
// and needs no client software.
//
// Its place in the flow:
//
//	oracle.Open ─ *sqlledger.Ledger ─▶ integration (Begin before, Commit after each delivery)
//
// The tables and the rights that the service needs stand in wfmtables.oracle.sql, which
// sqlledger.Script prints for a schema. Oracle commits each CREATE by itself: where making the tables
// is cut off, the next start goes on from there.
//
// The statements and the handling of errors are tested against a stand-in that runs them on another
// database; they have not been run against a real Oracle server by the authors. The integration test
// of this package runs where CICWFM_TEST_ORACLE_DSN is set.
//
// A server that loses a client without a word holds the locks of its transaction until it notices,
// which SQLNET.EXPIRE_TIME on the server governs; set it to a minute. It takes that long for another
// instance to acquire the lease of a feed if a machine vanished within the round trip of a commit.
package oracle
