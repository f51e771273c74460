// Package faultnet is a way to a server that fails on demand, for tests: a TCP proxy in the test's process that counts
// what passes and, at a given step, does what networks do.
//
// Its place in the flow:
//
//	a transport under test ─▶ faultnet.Proxy ─▶ a real server
//
// # Steps
//
// What passes is divided into units, in both directions together: a line of an FTP control connection, a TLS record, an
// SMB message, or as much as arrives at once where a protocol shows no borders (Framing). Each unit is one step. A fault at
// step k strikes before that unit is forwarded: k-1 units have passed. Protocols of questions and answers so have the same
// steps each time; where both sides talk at once, or where a protocol shows no borders, the count varies a little.
//
// # Data connections of FTP
//
// They pass the proxy too. On a control connection that can be read, the port in an answer to EPSV or PASV becomes one of
// the proxy's. On one that is encrypted nothing can be changed: the proxy then listens on an address of its own, such as
// 127.0.0.2, with all ports that the server may name, and forwards each to the same port of the server. A client that
// takes the host of its control connection for data connections, as EPSV demands, finds them there.
package faultnet
