package filedrop

import (
	"os"
	"syscall"
)

// What the system says when the disk is full (ERROR_DISK_FULL, ERROR_HANDLE_DISK_FULL,
// ERROR_DISK_QUOTA_EXCEEDED), and when a file is in use (ERROR_SHARING_VIOLATION,
// ERROR_LOCK_VIOLATION, ERROR_USER_MAPPED_FILE).
var (
	noSpace = [...]syscall.Errno{112, 39, 1295}
	inUse   = [...]syscall.Errno{32, 33, 1224}
)

// syncDir does nothing: Windows cannot flush a folder.
func syncDir(*os.Root) error { return nil }
