// Package icws reads the statuses of agents from a CIC server through ICWS, the Interaction Center
// Web Services: an HTTP interface with JSON.
//
// Its place in the flow:
//
//	CIC server ─ ICWS ─▶ icws.Client ─ rta.Event ─▶ rta.Stream ─▶ vendors' sessions
//
// A [Client] is one CIC server; a switchover pair is one. It implements [rta.Source], [rta.FeatureLister] and
// [rta.Inspector], and never holds more than one session, however many feeds and questions there are.
//
// # The life of a session
//
// One call of Run is one session:
//
//  1. Log on (POST connection): the last good host and the alternates that it named, then the configured hosts, and at
//     once those that a 503 names. Each host is tried once a round; then Run returns an error that says how
//     long to wait. A refused account ends the round, and nobody logs on again before
//     Options.RefusedWait has passed, so that it is not locked.
//  2. Measure the clock (connection/server-time, else the Date header); emit Connected.
//  3. Open the event stream (messaging feature 2 and later), or poll.
//  4. Read and subscribe: status messages, members of the workgroups, extensions, user statuses, user queues
//     where the query wants them, and the change feeds of the configuration.
//  5. Emit every agent whose status, and queue, is known; then Synced. What is not told within
//     Options.SyncTimeout is remarked and left out.
//  6. Emit changes until the link is lost. Nothing is carried over to the next session but times that the server does
//     not tell again (log-in, beginnings of interaction states), where the state is the same.
//  7. Log off (DELETE connection), unless the server ended the session.
//
// An end of the event stream, a poll that was not read whole (its messages are gone), a Down message, a 401, a faulted subscription,
// JSON that cannot be read and silence all end Run with an error that may be retried. Where the server
// asks not to reconnect, or refuses the account, the wait is long (Options.RefusedWait).
//
// # What facts say
//
// A status is told with the log-in, since agents who are logged off still have one. The first
// message of a subscription is full; deltas before it change nothing. A later full update replaces everything: agents
// whom it leaves out keep their last facts, and are asked for one by one before anything else is said of them.
// Absent properties are unchanged and null clears. Agents whom the server never tells are not emitted.
//
// Messages that came twice change nothing. An older statusChanged than the known one is a message in the wrong order and
// changes nothing. Where order cannot be seen (two statuses within CIC's resolution of one second, a change of the log-in,
// which carries no time) the change counts, and the agent's status is asked for and compared once no more
// messages about the agent have come for a moment. Queue contents that cannot be in order (a change of an interaction that is
// not there) are subscribed to anew.
//
// LoginSince is the time of the status that changed with the log-in, else the server's present second. Since of a talk is
// Eic_ConnectTime where that is plausible; of other states, and of a talk after a hold, the server's
// present second. A text that does not say UTC counts only if it is within seconds of now.
//
// Activations are not read: whether an agent is available follows from the ACD flag of the status, and [rta.Facts] has no place
// for them.
//
// # Load
//
// User statuses are one subscription. Queues are one subscription per agent, four requests at a time at the start,
// because the message does not name the queue; Options.QueuesPerSubscription puts more into one and trusts
// Eic_UserName. Members are read by workgroup when the change feed says that they changed, and every
// Options.MembersEvery, which is also the fallback where the feed is refused.
//
// # Evidence
//
// Documented: resources, types, B4's message shapes, error bodies and host lists, in the vendor's published ICWS help
// (help.genesys.com/developer/cic/docs/icws) and library contracts. Observed by public clients: time
// forms, the golden userStatusMessage and the :ping comment (gildas/go-icws), error codes (gildas/posh-ic,
// gildas/ruby-ic), empty bodies of a JSON type (GenesysPureConnect/IcwsQueueExample), polling intervals.
// Inferred: the meaning of Eic_State with or without a workgroup, and that a lost poll means to subscribe again.
//
// Open, and what is done:
//
//   - Cookie name: a cookie jar per session keeps whatever is set.
//   - Idle time-out and the need for heartbeats beside a stream: sent every Options.HeartbeatEvery, until the
//     server says that it does not know them (404, 405, 410).
//   - Keep-alives of the stream: after Options.SilenceTimeout the session is probed. A server that sent
//     comments before is then given up; one that never did is made to speak by a new subscription.
//   - A second PUT of user statuses, adding or replacing: it always names everybody, after a DELETE where somebody left.
//   - An unknown or invisible user, 404 for all or left out: found by halves and remarked, or counted and remarked.
//   - Event ids and replay: not used; a dropped stream is a new session.
//   - Poll and stream together: never.
//   - Limits on user ids, queues, requests: one list of users; queues in configurable chunks.
//   - errorCode 7: decides nothing; a 401 does.
//
// # Security
//
// TLS verifies always; there is no switch. Redirects are not followed. An alternate keeps the scheme
// of the URL that named it. Replies, events, error bodies, headers and lists are bounded. Password, cookie, token and session
// id (a part of every path) are removed from errors, logs and remarks, also where the server repeats them.
package icws
