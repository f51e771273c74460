// Package udplink carries a real-time feed in datagrams: one frame each, for receivers that want UDP.
//
// Its place in the flow:
//
//	vendor session ─ wfm.Frames ─▶ udplink (a delivery.Links) ─▶ the WFM product's socket
//
// There is no connection. A destination's handler is called once, and has its link as long as the service
// runs, whether anyone listens or not; it is called again only after an error. Nobody knows
// whether a datagram arrived, nor in which order: a feed over UDP needs the periodic refresh of
// vendors.Traits, or states stay wrong. Where the destination's system answers that nobody
// listens (ICMP port unreachable), LinkHandler.Failed is told at most every ten seconds, with no next
// attempt, and sending goes on.
//
// A frame that is larger than Options.MaxDatagram makes Send fail before any frame of the run is sent:
// the site must choose, and nothing leaves in halves. Datagrams have neither encryption
// nor a sender that can be trusted; they belong into a network that is closed.
package udplink
