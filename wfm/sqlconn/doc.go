// Package sqlconn keeps a database server that falls silent from holding its callers. It stands
// between database/sql and a driver whose connections are sockets.
//
// Its place in the flow:
//
//	database/sql ─▶ Guard ─▶ driver ─▶ Dialer ─▶ server
//
// # Why
//
// go-mssqldb v1.11.2 reads no context while it logs on: a server that accepts the connection and then
// says nothing holds Connect for ever, and with it each query that needs a new connection. go-ora
// v2.8.19 looks at the context, but leaves the socket open where a log-on fails, asks the server for
// its time zone without a context, and waits for the answer of a server to which it has sent a break, or
// from which it logs off, until its own limit for reads.
//
// # What
//
// A guard knows the sockets of each connection, because the driver dials through its Dialer. A socket
// that is closed ends every read and write, whatever the driver thinks of contexts.
//
//   - Log-on: the sockets are closed when the caller's context ends, which is then the error, or
//     when Limits.LogOn has passed, which is an *wfm.Error: Unavailable, to be tried again.
//   - Anything with a context afterwards: when the context ends, the driver asks the server to stop. The
//     sockets are closed if that has brought nothing within Limits.Grace.
//   - Closing a connection: the sockets are closed if the server has not taken leave within Limits.Grace.
//
// An operation whose context never ends is not limited: only its caller knows how long a query may take.
// Names are looked up by go-mssqldb without a context, within the limits of the system's resolver.
//
// Package sqlserver and package oracle below make guarded connectors from a DSN. They are two, so that
// a program links the drivers that it uses and no others.
package sqlconn
