//go:build unix

package main

import "golang.org/x/sys/unix"

// freeBytes is how much an account without privileges may still write in a folder.
func freeBytes(folder string) (int64, bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true
}
