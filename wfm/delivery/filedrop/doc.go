// Package filedrop delivers files into a folder: a local one, a mounted share, or a UNC path.
//
// Its place in the flow:
//
//	ledger.Begin ─▶ filedrop.Drop (a delivery.Transport) ─▶ ledger.Commit
//
// # All or nothing
//
// A file is written under a partial name in the same folder (delivery.PartialName: hidden, and
// never *.txt), flushed to the disk, read back and compared, and only then renamed to its name;
// after that the folder is flushed. So a reader sees the old file or the new one, never a part, and
// what Deliver returned survives a power cut as far as disk and file system keep their word; a
// folder cannot be flushed on Windows, nor on some network file systems.
//
// A process that is killed leaves at most one partial file for each name and content. A retry
// overwrites it; Drop.CleanPartials removes what nobody will retry.
//
// Deliveries of one name wait for each other within a Drop. Two processes, or two Drops, must not
// deliver the same name into one folder at the same time; the ledger sees to that where each feed
// is run by one service.
//
// A share that does not answer may hold up a call for longer than its context lasts: systems have no way to end a file
// operation. Others go on meanwhile, since each destination of a feed is worked on by itself.
//
// On Windows a UNC path may be given. Its errors were mapped from the documentation; the code was built and vetted for Windows and
// never run there.
//
// # Names
//
// Names are confined to the folder by delivery.SafeName, and all file operations go through
// os.Root, so that no name and no symbolic link inside the folder leads out of it. The folder itself
// may be a symbolic link. A symbolic link that stands under a file's name is replaced, not
// followed.
package filedrop
