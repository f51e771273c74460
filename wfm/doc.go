// Package wfm is the vocabulary of the library: the words that every other room uses and that
// a workforce planner would recognise. It holds values only. It imports the standard library,
// does no I/O and starts no goroutine.
//
// Its place in the flow:
//
//	historical/cicsql ─ rows of Counters ─▶ historical.Aggregator ─ Report ─▶ a vendor's encoder ─ Artifact ─▶ wfm/delivery
//	rta/icws ─ facts ─▶ rta.Stream ─ AgentState, StatusChange ─▶ a vendor's session ─ Frames ─▶ wfm/delivery
//
// # Time
//
// Every instant inside the library is UTC and every [Window] is half-open, [Start, End).
// Calendar days and the alignment of intervals belong to a location and are made by a [Grid]: a
// day has 23, 24 or 25 hours, and the hour that is repeated in autumn yields two intervals.
//
// # Counters and derived values
//
// All statistics columns of CIC stand in one table ([Counters]): name, CIC column, unit, how
// the column folds over time, meaning and evidence. What planners derive from them ([Derived]:
// offered, handled, AHT, ASA, service level and so on) has one definition each, is a ratio of two
// exact integers and is rounded once, half up, when it is written.
//
// # Absence
//
// Three things look alike and are kept apart: a counter that the database does not have or left
// NULL is [Missing]; a workgroup without a row in an interval in which its site wrote others is
// a record of zeros ([Record].Zero); an interval in which a site wrote nothing is a gap
// ([Report].Gaps) and never becomes zeros.
//
// # Real time
//
// [AgentState] is what one agent does at one [QueueLevel]; [StatusChange] is the step from the state
// that a receiver saw last to the present one. Times are CIC's own, in UTC. Real-time data is state:
// changes may be merged for a slow receiver, the last state never is lost.
//
// # Errors
//
// Errors carry a decision. [Error] says what was done, for which feed and interval, and whether
// trying again can help; [Problem] is one thing that is wrong with an input, with the field, the
// value and the remedy; several are joined with [errors.Join].
package wfm
