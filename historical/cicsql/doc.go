// Package cicsql reads interval statistics, agent states and single contacts from the reporting database of CIC
// (PureConnect), over any *sql.DB and a [Dialect]. It links no driver: the packages mssql, oracle and
// sqlite below it each open a connection pool and name the dialect that goes with it.
//
// Its place in the flow:
//
//	IWrkgrpQueueStats, IAgentQueueStats, AgentActivityLog, InteractionSummary ─▶ cicsql.Reader ─ historical.Row ─▶ historical.Aggregator
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
// # Single contacts
//
// InteractionSummary, which CIC has from 4.0 on, holds one row per finished contact. An older database is refused where
// contacts are asked for: its CallDetail_viw names no workgroup. Rows with Direction 1 and 5 (in, intercom in) and a
// LastAssignedWorkgroupID are contacts; '-', the empty text and NULL stand for none, there and in LastLocalUserId. A
// ConnectedDateTimeUTC on the first day of 1970 means never connected, as published code has it of CallDetail_viw. Handled is
// connected with an agent, a formula of published code. The times (tQueueWait …) are milliseconds; one that is
// absent, NULL or negative is wfm.Missing. SeqNo above zero is a contact of its own. A contact without
// a readable start and end is left out with a wfm.BadRow diagnostic; without an end it lies in no window of
// wfm.GrainEnded and is told where wfm.GrainBegun is read.
//
// A row is written about a minute after the contact's end. So an interval is complete by wfm.GrainEnded soon after it is over; by
// wfm.GrainBegun it grows until its last contact is over. A host that reads intervals again for some hours (its
// look-back) finds those, and misses a contact that ends later than that after its interval.
//
// The names and meanings of the columns are those of the PureConnect Data Dictionary; the roll-up rows
// are described nowhere officially and were learned from published SQL of several sites.
package cicsql
