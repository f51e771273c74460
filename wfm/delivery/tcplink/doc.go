// Package tcplink carries a real-time feed over TCP, with or without TLS, in both roles: [Dial]
// connects to receivers, [Listen] waits for them.
//
// Its place in the flow:
//
//	vendor session ─ wfm.Frames ─▶ tcplink (a delivery.Links) ─▶ the WFM product's socket
//
// # One connection
//
// Frames leave in one write, at once (without Nagle's delay), under a deadline. A receiver that does
// not take them within it, Options.WriteTimeout, is given up: the connection is closed and made
// anew, and with it comes a new snapshot. So memory stays bounded, and a receiver that hangs holds up
// no other.
//
// A connection whose other end has vanished without a word (a cable, a firewall that forgot it) is
// noticed by keep-alive probes, and on Linux also by data that nobody acknowledges (TCP_USER_TIMEOUT),
// within Options.KeepAlive.
//
// What a receiver sends is read and thrown away: no public source describes acknowledgements, so none is
// understood. The end of its sending is taken for its end: a receiver that closes only its own
// direction (shutdown for writing) and goes on reading is treated as gone, because that cannot be told
// from one whose process has died.
//
// # Reconnecting
//
// A dialled connection that failed is made again after a random time below a ceiling that doubles
// from BackoffMin to BackoffMax; the waits start anew after a connection that lasted. After an error that
// someone must mend first, such as a certificate, the wait is always BackoffMax: certificates
// get renewed. Several addresses are several receivers, each served for itself, not alternatives. A
// host name with several IP addresses is tried with IPv6 and IPv4 side by side.
//
// # Security
//
// TLS is version 1.2 or newer and always verifies. Certificate files are read anew for each connection, so
// that a renewed certificate needs no restart. A listener binds to loopback unless its address names a
// host, such as 0.0.0.0:7001 for all of them; without TLS anyone who reaches the port reads the feed.
package tcplink
