//go:build !windows

package filedrop

import (
	"errors"
	"os"
	"syscall"
)

// What the system says when the disk is full, and when a file is in use.
var (
	noSpace = [...]syscall.Errno{syscall.ENOSPC, syscall.EDQUOT}
	inUse   = [...]syscall.Errno{syscall.EBUSY, syscall.ETXTBSY}
)

// shareFaults are what the system says of network shares; here a mount hides them.
var shareFaults map[syscall.Errno]shareFault

// rename replaces the file within the folder.
func rename(root *os.Root, _, from, to string) error { return root.Rename(from, to) }

// syncDir flushes the folder, so that a rename survives a power cut. File systems that cannot do
// it, as those of some networks, say so and are believed.
func syncDir(root *os.Root) error {
	dir, err := root.Open(".")
	if err != nil {
		return err
	}
	err = dir.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		err = nil
	}
	return errors.Join(err, dir.Close())
}
