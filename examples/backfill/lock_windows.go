package main

import (
	"errors"
	"path/filepath"
	"syscall"
)

const (
	deleteOnClose    = 0x04000000         // FILE_FLAG_DELETE_ON_CLOSE
	sharingViolation = syscall.Errno(32)  // ERROR_SHARING_VIOLATION
	lockName         = ".cicwfm-backfill" // a name that no file of a product has
)

// lock takes a folder for this process with a file in it that nobody else may open and that goes with
// the process, however that ends. ok is false where another has it.
func lock(folder string) (release func(), ok bool) {
	name, err := syscall.UTF16PtrFromString(filepath.Join(folder, lockName))
	if err != nil {
		return func() {}, true // the delivery will say what is wrong with the folder
	}
	h, err := syscall.CreateFile(name, syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL|deleteOnClose, 0)
	switch {
	case errors.Is(err, sharingViolation):
		return nil, false
	case err != nil:
		return func() {}, true
	}
	return func() { _ = syscall.CloseHandle(h) }, true
}
