// Package mssql opens SQL Server for cicsql. It is the only package of the reader that links the SQL
// Server driver.
//
// Its place in the flow:
//
//	mssql.Open ─ *sql.DB, Dialect ─▶ cicsql.New ─ Reader ─▶ historical.Aggregator
package mssql
