// Package icwsserver is the ICWS half of the simulated CIC: an HTTP server that behaves as Interaction Center Web
// Services do, for tests of ICWS clients, of ours and of others.
//
// Its place in the flow is before the beginning: it stands in for the CIC server.
//
//	cicsim.Centre ─ Playback ─┐
//	a test, Load ─────────────┼─▶ CIC ─▶ Pair (Primary, Backup: http.Handler) ─ HTTP ─▶ an ICWS client, such as rta/icws
//	Pair.Control (HTTP) ──────┘    └─ Observe: the truth, change by change
//
// [CIC] is the live state and knows nothing of HTTP except whom to tell. [Server] is a host that serves it; a
// [Pair] is one or two of them and orders faults: switchover, dead host, broken streams, silence, slowness, 503, expired
// sessions, cut JSON, unknown types and fields, messages twice or out of order, full updates, log-off by an
// administrator. [Pair.Control] orders all that over HTTP. [Playback] drives a CIC by a simulated centre, [Load] by chance.
//
// # Order
//
// Every change is told to every subscription before the next one happens, so each session gets all changes of what
// it watches in the order of the truth, once. Sessions have bounded queues: a client that does not read them is ended,
// and its next request gets 401.
//
// # What is documented
//
// Paths, methods, fields, types (__type), enumerations as integers and compact UTC times; cookie, CSRF token and
// session headers of a log-on, 201; 503 with alternateHostList of a host that is not active; 401, 400 and their error codes as
// live servers were seen to send them, WWW-Authenticate; polling and event streams (messaging 2) over
// one queue that reading empties; isDelta: the first message of a subscription is full, deltas have required
// properties and those that changed, until is null when cleared; subscriptions answered with an empty body;
// PUT of a status answered with 202 and a message; rightsFilter admin by default; at most 200 items with
// select, Range and Content-Range; "*" not in both lists of a change feed, null properties left out of its first message; user
// and status ids and attribute names in any letter case; shouldReconnect. Sources: the vendor's library and help as quoted
// by public clients (gildas/go-icws, gildas/ruby-ic, gildas/posh-ic, sekest/icwsconnect and others).
//
// # What is inferred or decided here
//
// A second subscription to user statuses replaces the first (Options.AddUsers: adds). Unknown users of a
// subscription are left out (Options.RejectUnknownUsers: 404). A Range is answered with 200 (Options.PartialContent: 206).
// A newer poll or stream takes the place of an older one of the session; Stats.Overlaps counts it. There is no replay by
// event id. The cookie's name is icws_ and the session id. A session idles out after ten minutes. Lists that the rights
// do not suffice for are empty, single objects 403. A removed subscription may be removed again. Paths that ICWS has and this
// server has not (statistics, WFM data, sessions, stations, interaction watches, people) are 404 error.request.unsupported.
// A user is on the phone while a call in the queue is connected or held. Disconnected interactions
// linger two seconds in the playback, which passes over the history of what was removed meanwhile. Setting the status that a user has is no change. After a switchover sessions
// get a Down message with shouldReconnect true.
//
// alternateHostList of CIC holds names of hosts. Here it holds what Server.SetAddress or Options say, which may be
// host:port: two hosts on one loopback differ only in the port, and a bare name would lead back to the same one.
//
// # Security
//
// This is a simulator. Bodies and queues are bounded and hostile requests end in an error, but the control handler
// asks for no credentials, and passwords are compared plainly. Serve it on loopback.
package icwsserver
