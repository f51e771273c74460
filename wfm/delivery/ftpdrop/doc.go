// Package ftpdrop delivers files into a folder of an FTP server: plain, with explicit TLS (AUTH TLS) or with implicit
// TLS, over passive connections (EPSV, PASV).
//
// Its place in the flow:
//
//	ledger.Begin ─▶ ftpdrop.Drop (a delivery.Transport) ─ github.com/jlaffaye/ftp ─▶ the server
//
// # All or nothing
//
// A file is uploaded under a partial name in the same folder (delivery.PartialName: it begins with a full stop and ends
// in .part), its size is compared with SIZE, and only then it is renamed to its name. The server's word that an
// upload is complete is not enough: proftpd has confirmed uploads over TLS 1.3 that it had cut, because clients
// closed data connections with something unread. Here a data connection says that it is complete, reads on until the
// server has closed too, and closes then. Options.ReadBack also compares the content.
//
// FTP has no word for "flush to the disk": a power cut at the server just after a delivery can lose it, and nobody
// here can tell. The ledger and Probe find out about everything else: after a connection that was cut, whether the
// file is there with exactly its bytes. For that the user must be allowed to read.
//
// What a server does not know or permit, and what happens then:
//
//	no SIZE                          MLST, else the size in the list, else the file is read back
//	250 or another success for 226   taken for the success that it is; after a rename it is looked at first
//	no upload over a file            debris of an earlier process is deleted, and the upload repeated
//	no rename over a file            the file is renamed to a partial name, the new one gets its name, and the old one
//	                                 is deleted. This is not atomic: for a moment there is no file of that name. If
//	                                 the second rename is refused, the old file is put back. If the connection is cut
//	                                 between the two, the old content stays under the partial name, and the next
//	                                 attempt delivers the new one. A finished file is never deleted before
//	                                 the new one has its name
//	no list of hidden files          "LIST -a" is asked, which shows them on vsftpd, proftpd and pure-ftpd; where it shows
//	                                 no partial file, "NLST .*.part", which many servers answer like a shell (proftpd
//	                                 does where its ListOptions are strict). Where a server hides them all the same, as
//	                                 vsftpd does by hide_file, Expel still removes the partial files of the same content
//	                                 by their computed names: all of the token before, the first of seven more
//	                                 tokens and that of no lease. Others cannot be found, since their names depend on
//	                                 content that nobody has any more, and CleanPartials finds nothing. They are never
//	                                 visible under a final name, but a holder that was paused so long ago, and wakes,
//	                                 can still rename its own
//	no MDTM and no MLST              the age of partial files is unknown: CleanPartials leaves them
//
// The age of partial files is measured by the server's clock: a small one is written, its time is asked, and it is
// deleted. So clocks that differ, and servers that answer in local time, do no harm.
//
// A server that hangs may carry out the last command of a connection that was given up, much later: each attempt after
// such a one writes under another partial name, and the debris is deleted first, so that a late STOR or RNTO meets no file
// of a later attempt. What is left of the danger stands in package remotedrop; the worst is on servers that refuse to
// rename over a file, where a late RNTO of the old file's moving aside takes the new one away. Its content is then
// under a partial name, and the ledger has it as delivered.
//
// # Connections
//
// Options.Sessions bounds how many are open. One is used again for some seconds, after a sign of life (NOOP), and
// closed after every error. TLS always verifies the certificate; each session keeps one TLS session that its
// data connections resume, as vsftpd and proftpd demand. The address in an answer to PASV is ignored, so that a server
// can send this host nowhere else. Every call ends soon after its context, whatever the server leaves
// unanswered: a delivery that was cut off may take up to three seconds more to remove its partial file.
//
// Plain FTP shows password and files to everyone on the way. It is permitted, since WFM servers want it;
// New warns of it in the log, and Notes says so, unless the server is on this host.
//
// # Tried with
//
// Debian 12's packages on loopback: vsftpd 3.0.3, proftpd 1.3.8 and pure-ftpd 1.0.50, by tests that are run where they
// are installed (.ci/servers): plain, explicit TLS with versions 1.2 and 1.3, EPSV and PASV; vsftpd and proftpd also with
// implicit TLS, and with and without required reuse of the TLS session; proftpd also without AllowOverwrite. At least 500
// uploads to each, of 0 bytes to 500 kB, every file compared with the server's disk, and the whole kit of
// deliverytest. Without the half-closed data connection the same tests fail. proftpd also with lists that hide partial
// files. In the test's process: ftpserverlib, and a scripted server for what the others do not do. Never tried with: FileZilla Server, IIS, Serv-U, mainframes, and
// any server behind a firewall that rewrites addresses.
package ftpdrop
