//go:build !windows

package main

import (
	"errors"
	"os"
	"syscall"
)

// lock takes a folder for this process; it ends with the process, however that ends. ok is false where
// another has it. A file system without locks is taken as it is.
func lock(folder string) (release func(), ok bool) {
	f, err := os.Open(folder)
	if err != nil {
		return func() {}, true // the delivery will say what is wrong with the folder
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); errors.Is(err, syscall.EWOULDBLOCK) {
		f.Close()
		return nil, false
	}
	return func() { f.Close() }, true
}
