package filedrop

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/cicwfm/cicwfm/wfm"
)

// What the system says when the disk is full (ERROR_DISK_FULL, ERROR_HANDLE_DISK_FULL,
// ERROR_DISK_QUOTA_EXCEEDED), and when a file is in use (ERROR_SHARING_VIOLATION,
// ERROR_LOCK_VIOLATION, ERROR_USER_MAPPED_FILE).
var (
	noSpace = [...]syscall.Errno{112, 39, 1295}
	inUse   = [...]syscall.Errno{32, 33, 1224}
)

// shareFaults are what the system says of network shares.
var shareFaults = map[syscall.Errno]shareFault{
	53:   {true, "start the server of the share, or correct its name"},                                   // ERROR_BAD_NETPATH
	64:   {true, "look after the server of the share and the way to it"},                                 // ERROR_NETNAME_DELETED
	67:   {false, "correct the name of the share"},                                                       // ERROR_BAD_NET_NAME
	121:  {true, "look after the server of the share and the way to it"},                                 // ERROR_SEM_TIMEOUT
	1219: {false, "the service's account is connected to that server as another user: end that session"}, // ERROR_SESSION_CREDENTIAL_CONFLICT
	1231: {true, "look after the network: the server of the share cannot be reached"},                    // ERROR_NETWORK_UNREACHABLE
	1326: {false, "give the service's account a right to log on to the server of the share"},             // ERROR_LOGON_FAILURE
}

// rename replaces the file by its full path: a share refuses a rename that is relative to an open folder (MS-FSCC
// 2.4.43 on RootDirectory). Both names are single parts of a path that SafeName made, so nothing leads out.
func rename(root *os.Root, dir, from, to string) error {
	err := os.Rename(filepath.Join(dir, from), filepath.Join(dir, to))
	if err == nil || !errors.Is(err, fs.ErrPermission) {
		return err
	}
	// ERROR_ACCESS_DENIED also means that a reader has the old file open, which passes.
	if info, there := root.Lstat(to); there != nil || !info.Mode().IsRegular() {
		return err
	}
	return &wfm.Error{Op: "replace " + wfm.Quote(to), Kind: wfm.NoPermission, Retry: true, Err: err,
		Remedy: "if no program has the file open, give the service's account the right to change and delete it"}
}

// syncDir does nothing: Windows cannot flush a folder.
func syncDir(*os.Root) error { return nil }
