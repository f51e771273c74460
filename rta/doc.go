// Package rta is the room of real-time adherence: one consistent state of all agents, and every
// change of it as it happens, for any number of receivers.
//
// Its place in the flow:
//
//	CIC server (ICWS) ─▶ rta/icws ─ Event ─▶ rta.Stream ─ wfm.StatusChange ─▶ a vendor's session ─ wfm.Frames ─▶ wfm/delivery
//
// # Sources
//
// A [Source] is one CIC server; a switchover pair is one. It tells complete facts about single agents
// ([Facts]) and knows nothing of other servers, activities or receivers. It connects once per call and
// returns when the link is lost; [Stream] calls it again.
//
// # The state of an agent
//
// [ActivityOf] derives one activity from facts; what each queue-state level shows of it is defined at
// [wfm.QueueLevel]. Stream keeps, per agent and level, the activity and when it began, in the
// clock of the server. One agent known to several servers is taken from the server where the agent
// is logged in; among several of them, or none, the later change decides, then the order of the servers.
//
// # Reconnects
//
// While a server is not connected the last states of its agents stay. The new session tells all
// agents anew, and only what differs goes out, with its own time of change. Agents who were not told
// when the source says [Synced] have left. A server that lost its licence ([wfm.NotLicensed]) is forgotten at once.
//
// # Receivers
//
// A [Watcher] is one receiver's view: a snapshot, then changes in order per agent. It holds a
// bounded backlog; when that is full, changes of one agent are merged into its last waiting one, so a
// slow receiver sees the latest state of every agent, never an older one later, and holds up nobody.
package rta
