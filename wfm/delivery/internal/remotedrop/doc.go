// Package remotedrop is what the transports to file servers have in common: FTP, SFTP and SMB differ in their
// commands, and keep one promise.
//
// Its place in the flow:
//
//	ledger.Begin ─▶ ftpdrop, sftpdrop, smbdrop ─▶ remotedrop.Drop ─ Session ─▶ the server
//
// A file is written under a partial name (delivery.PartialName), its size is compared, in doubt its content,
// and only then it is renamed to its name. After any error the session is closed and never used again: what a server
// still has to say about the failed command would be taken for the answer to the next one.
//
// # What a server does late
//
// A server that hangs, over a disk that does not answer, has the last command of a session before it that was cut off long ago,
// and carries it out when it comes to itself: an upload begins under a partial name and empties it, or a partial file
// is renamed. At most one command that names a file can be late in each session, since it waits for the answer before the next.
// So each attempt after one that was cut off writes under the next of eight partial names, and removes first what
// earlier ones of this process left: a late upload meets a name that nobody uses, and a late rename finds nothing, also
// where meanwhile another revision has the name. Another process has another token of the lease, and with it other names.
//
// What this does not reach, while a server hangs from one attempt into another: without a lease, a process that was started
// anew begins with the first name again, and a name comes back after seven more attempts at the same file that were
// cut off; in both cases a reader may find a part. An account that may not remove files leaves what a late rename finds: a
// whole file, perhaps of an earlier revision. Where a server does not replace files (Replace), a late first rename
// takes away, to a partial name, what was delivered meanwhile.
package remotedrop
