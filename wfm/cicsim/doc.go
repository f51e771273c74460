// Package cicsim is a simulated contact centre on CIC: contacts and agents, second by second,
// and the reporting database that such a centre would have filled. It is for tests, demos and
// integrators who have no CIC at hand.
//
// Its place in the flow is before the beginning: it stands in for the CIC server.
//
//	cicsim.New ─ Centre ─▶ WriteDB ─ SQLite ─▶ historical/cicsql ─▶ …
//	                └────▶ Truth: what every counter must be, for any window
//
// Package icwsserver below it lives through the same history and answers ICWS, for real time.
//
// # How it is built
//
// [New] plays the days of each site as events: arrivals with a daily profile, queueing, alerts,
// abandons, flow-outs, transfers, holds, after-call work, calls through no queue, log-ons, breaks and
// stops of the server. What remains is a history: [Centre.Contacts], [Centre.PersonalCalls],
// [Centre.States] and [Centre.Activations]. The history knows nothing of databases.
//
// Two readers of that history share no code. The statistics server lives through it again and
// books seconds and events into intervals, as CIC does; [Centre.WriteDB] and [Writer] write its
// rows, and those of contacts and states. [Truth] answers any window straight from the history, one plain definition per
// counter, and contact by contact second by second.
// That both agree is a test of this package; that a reader of the database agrees with Truth is a
// test of the reader.
//
// Everything is decided by [Config]: the same Config gives the same centre, on every machine.
// There is no clock, no goroutine and no SQL driver here.
//
// # The database
//
// The tables are IWrkgrpQueueStats, IAgentQueueStats, AgentActivityLog, AgentQueueActivationHist,
// UserWorkgroups and, in a 4.x database, InteractionSummary, with the columns that the PureConnect Data Dictionary and published code
// give them; CIC's views are tables here. Date-times are text, 'YYYY-MM-DD HH:MM:SS' with or
// without '.fff', in columns declared datetime. What differs between real databases, or is not
// documented, is a field of [Schema]. A row has a sending time (I3TimeStampGMT, seconds after its
// end) and an unseen time of arrival, which [Writer.WriteThrough] obeys. nServiceLevel is the
// second answer threshold, cType is without meaning, CustomValue1 to 6 are NULL. [WriteStatistics] repeats statistics alone.
//
// # How things are booked
//
// Documented: nEnteredAcd at arrival; the outcome and the whole wait in the interval of the
// outcome; tTalkAcd, tHoldAcd and tAcw second by second where they are lived, hold inside talk;
// tTalkCompleteAcd and tAcwComplete whole at their completion; tAgentLoggedIn is exactly its
// seven parts; tAgentTalk = tTalkAcd + tAcw; status groups, tAgentStatusAcw and tAgentStatusDnd
// not below an agent or workgroup; an unanswered move between queues is only in nFlowOutAcd.
//
// Decided here, where the documents are silent:
//
//   - Agent rows: a contact enters an agent's row with each alert (nEnteredAcd = nAlertedAcd
//     there). An abandon is an agent's if it ended that agent's alert. Agents have no flow-outs.
//   - nNotAnsweredAcd counts every alert that ended without an answer, by time or by abandon, so
//     that alerts = answers + nNotAnsweredAcd over time. tAlertedAcd is booked whole at the end of
//     the alert.
//   - nHoldAcd at the start of a hold; nAcw at the end of the after-call work.
//   - A transferred contact enters the target queue anew, also within the queue.
//   - Directions: n… at connect, t… as lived. A leg handed over within the queue is internal, and
//     its count, not its seconds, is booked for both agents (two in the workgroup's row). A
//     callback through a queue is internal to external.
//   - nDisconnectAcd: talks ended by either side. nTransferedAcd = within + out, at the transfer.
//   - nAnswered: nAnsweredAcd, and in the agent view the agent's received calls.
//   - Gauges count what began before the border and did not end before it; nStartActiveAcdCalls
//     and nEndActiveAcdCalls leave out what is on hold.
//   - Calls through no queue are in the agent view only, under cReportGroup '-'; so the '*' row of
//     an agent has them and its workgroups have not. They are telephone calls.
//   - A second of an agent belongs to the first that fits: ACD talk (of another workgroup:
//     tAgentOnOtherAcdCall), a status with the ACW attribute, a call through no queue, a DND status,
//     a status that allows ACD, the rest. Alerting is availability. The '*' row has no other
//     workgroups, so tAgentOnOtherAcdCall is 0 there.
//   - tAgentOtherBusy: ACD talk of other workgroups and calls through no queue.
//   - tAgentAcdLoggedIn: logged in, activated (in any queue for the '*' row), status allows ACD,
//     neither ACD talk nor after-call work of a contact; a call through no queue does not stop it.
//     tAgentAcdLoggedIn2 is the same without the status.
//   - An agent's row of a workgroup exists whenever the agent was logged in and is a member; it
//     repeats the agent's times. A workgroup's row sums the rows of its members. Rows below
//     carry no agent times except tAgentTalk, and tAllAgentAvailable, which every row of
//     the agent view repeats.
//   - nAcwCalls and tAcwCalls belong to the contact whose after-call work it was.
//   - Always 0: nGrabbedAcd, tGrabbedAcd, nAcdSvcLvl, the two bucket columns without a digit,
//     tSuspendedAcd, tAgentLoggedInDiluted (not documented or not supported) and
//     nLocalDisconnectAgentAlertAcd (does not happen here).
//
// Therefore in every row of the workgroup view:
// nStartWaitAlertAcdCalls + nEnteredAcd = nAnsweredAcd + nAbandonedAcd + nFlowOutAcd + nEndWaitAlertAcdCalls.
//
// # Stops of the server
//
// A stop ends every contact without an outcome: lived seconds stay, nothing is completed, and the
// waiting ones are in nEndWaitAlertAcdCalls of the cut row. The next row starts off the grid at zero;
// whatever was lost has a row there, of zeros at least. All agents are logged off and log on again
// within two minutes.
//
// # Single contacts
//
// InteractionSummary has a row for each contact and each call through no queue that is over, written a minute after its end and late
// as other rows are; rows of contacts that ended in a silent span are lost. What a stop of the server cuts off has none.
// Documented: the columns, times in milliseconds, last agent and last workgroup only. Decided here:
//
//   - StartDateTimeUTC lies before the first queue by the time in menus (tIVRWait); start and end have milliseconds, what lies
//     between has whole seconds.
//   - tIVRWait, tQueueWait (without alerts), tAlert, tConnected (without holds) and tHeld exclude each other and fill the time from start
//     to end. tConference is 0, tDialing and tExternal are NULL. tACW is the after-call work that was over when the row was
//     written, NULL for none. StartDTOffset is in milliseconds.
//   - LastLocalUserId is who answered last, or whom the contact was alerting when it gave up. ConnectedDateTimeUTC is the first
//     answer. Without one it is NULL, or the first day of 1970 in the server's local time, or, where no agent was
//     alerted, the start, as if the menus had connected it.
//   - No agent and no workgroup are NULL, '-' or empty by turns. Direction is 1, 2 or 5 for queues, and 1, 2, 4 or 5 for the
//     calls through none. One contact in fifty has SeqNo 1.
//
// Milliseconds, menus and spellings are drawn apart from all else, so that they move nothing of the history.
//
// # Status log
//
// A row of AgentActivityLog is written when its state ends. A log-on is a zero-length row followed
// by the status Available in the same second (SeqNo 1); a log-off is preceded by Gone home.
// After-call work puts the agent into Follow up; an unanswered alert mostly into "ACD - Agent not
// answering".
package cicsim
