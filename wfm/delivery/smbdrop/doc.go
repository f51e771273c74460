// Package smbdrop delivers files into a folder of a Windows or Samba share, from any system and without a mount.
//
// Its place in the flow:
//
//	ledger.Begin ─▶ smbdrop.Drop (a delivery.Transport) ─▶ SMB 2 or 3 ─▶ ledger.Commit
//
// On Windows, filedrop with the UNC path does the same under the service's own account. This package logs in with a user
// and a password (NTLMv2); it knows no Kerberos and no DFS: name the server that really holds the share.
//
// # All or nothing
//
// A file is written under a partial name in the same folder (delivery.PartialName), flushed (SMB2 FLUSH), its size
// compared, and then renamed to its name, over an existing file, in one request. While another program has that file
// open and forbids its deletion, the server refuses the rename, by a sharing violation or by "access denied" (MS-FSCC,
// FileRenameInformation); both are taken for a file in use, and are to be tried again, since the same account has just
// written into the folder.
//
// # What a dead connection holds
//
// A connection that ends without a word, because a host lost its power or a firewall forgot it, stays open at the server
// until that notices: minutes or hours, by its keep-alive settings (Samba: socket options such as TCP_KEEPIDLE). Until then
// nobody can remove or rename the files that it had open, and some cannot be read. Nothing partial becomes visible by that.
// A delivery that was cut off, so or otherwise, is repeated under another partial name. Two cases wait, as errors that are to be tried
// again: another instance that takes over cannot expel the partial file (Expel), and where the answer to the rename itself
// was lost, Probe cannot read the file before the server lets go.
//
// # Security
//
// Every request after the log-in is signed or encrypted, and every answer to it verified. A log-in that the server turns into that of a guest, which
// could not sign, is refused, also where the server offers it without being asked (Samba's "map to guest").
// Encryption is used where the server asks for it, for the whole session or for the share; RequireEncryption
// refuses servers that do not. The password never leaves this machine; what NTLMv2 sends of it can be guessed at by whoever
// listens, so it should be a long one.
//
// # What was tried
//
// Samba 4.17 of Debian 12, with and without encryption; the kit of deliverytest, hundreds of uploads, and
// connections that fail at each message (package faulttest). Not
// tried: a server of Windows.
package smbdrop
