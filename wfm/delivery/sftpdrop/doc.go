// Package sftpdrop delivers files into a folder of an SFTP server.
//
// Its place in the flow:
//
//	ledger.Begin ─▶ sftpdrop.Drop (a delivery.Transport) ─▶ SFTP over SSH ─▶ ledger.Commit
//
// # All or nothing
//
// A file is written under a partial name in the same folder (delivery.PartialName), flushed to disk where the server
// has the extension fsync@openssh.com, its size compared, and only then renamed to its name. The rename is that of the
// extension posix-rename@openssh.com, which replaces an existing file in one step. SFTP has no word to flush
// a folder.
//
// The plain rename of SFTP version 3 fails where the name exists. Where a server does not offer the extension, an
// existing file is first renamed aside, to a partial name, and removed when the new one stands: between the two
// renames, for about one round trip, a reader finds no file, and never a part. A process that is killed in this moment
// leaves no file under the name until the next attempt. A name that does not exist yet is not affected.
//
// # Host keys
//
// The server's key is always verified, against a file in the form of OpenSSH's known_hosts or against pinned
// keys; there is no way around it. A key that is not known, or another one than the known, ends the attempt before any
// password is sent; the error shows the fingerprint of the key that was offered, and what to do. Only those kinds of
// keys are asked for of which one is known, as OpenSSH does, so that a server with several keys shows the right
// one. A fingerprint does not tell the kind of its key: it must be that of the first that the server has of Ed25519,
// ECDSA and RSA, which is the one that OpenSSH shows at its first connection.
//
// # Who logs in
//
// With keys of an agent, a key file, or a password, in this order, as far as they are given and the server takes them;
// servers that ask for a key and a password get both. The password answers the methods password and keyboard-interactive,
// and is sent once in each attempt to connect, so that a wrong one locks no account sooner than need be. A question whose
// answer would be shown on a screen, such as one for a one-time code, is not answered.
//
// # What was tried
//
// OpenSSH 9.2 of Debian 12: key files with and without a passphrase, an agent, password, key and password together, internal-sftp in a
// chroot, with posix-rename refused, wrong and unknown host keys; the kit of deliverytest and hundreds of uploads for
// the main ones. The server of github.com/pkg/sftp: password and keyboard-interactive. Not tried: servers for
// Windows, and the agent of Windows, whose pipe is not a socket.
package sftpdrop
