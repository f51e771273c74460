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
package remotedrop
