// Package mssql keeps the ledger in SQL Server: tables that are added to the customer's existing
// repository. It is a leaf: importing it links github.com/microsoft/go-mssqldb.
//
// Its place in the flow:
//
//	mssql.Open ─ *sqlledger.Ledger ─▶ integration (Begin before, Commit after each delivery)
//
// The tables and the rights that the service needs stand in wfmtables.mssql.sql, which
// sqlledger.Script prints for a schema.
//
// The statements and the handling of errors are tested against a stand-in that runs them on another
// database; they have not been run against a real SQL Server by the authors. The integration test of
// this package runs where CICWFM_TEST_SQLSERVER_DSN is set.
//
// A server that loses a client without a word holds the locks of its transaction until its TCP
// keep-alive notices, half a minute by default. It takes that long for another instance to
// acquire the lease of a feed if a machine vanished within the round trip of a commit.
package mssql
