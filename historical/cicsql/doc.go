// Package cicsql reads interval statistics and agent states from the reporting database of CIC
// (PureConnect), over any *sql.DB and a [Dialect]. It links no driver: the packages mssql, oracle and
// sqlite below it each open a connection pool and name the dialect that goes with it.
//
// Its place in the flow:
//
//	IWrkgrpQueueStats, IAgentQueueStats, AgentActivityLog ─▶ cicsql.Reader ─ historical.Row ─▶ historical.Aggregator
//
// A [Reader] implements historical.Source, historical.Ordered and historical.Inspector.
//
// # What is read
//
// Each grain that the query needs is one SELECT with only the key columns, the time columns and the
// counters of the query, one cursor on one connection, merged by start while it streams. Memory
// does not grow with the window. A pool needs [MinConnections] connections.
//
// # Roll-up levels
//
// The rows of the views are nested: a '*' in cReportGroup, cHKey3 or cHKey4 says "all", and each level
// repeats the same activity, so that adding rows of two levels counts twice. Which levels a site
// has, and which key column holds the media type, is configurable in CIC. The reader finds it out from
// the data (or is told by [Hierarchy]), reads exactly one level per record, and compares what it reads
// with another level: a difference is a wfm.RollUpMismatch diagnostic.
//
// Agent times (tAgent…, tStatusGroup…) do not add over the rows of a level, because one second of an
// agent stands in several of them. Where a record would have to be summed over rows they are
// wfm.Missing; for an agent without a '*' row they are an error.
//
// # Time
//
// dIntervalStartUTC is used where the database has it. Else dIntervalStart, which is the local time
// of the CIC server, is converted with [Options].Zone; in the hour that a clock change repeats the
// send time I3TimeStampGMT less nDuration decides.
//
// The names and meanings of the columns are those of the PureConnect Data Dictionary; the roll-up rows
// are described nowhere officially and were learned from published SQL of several sites.
package cicsql
