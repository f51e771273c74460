//go:build !unix

package sqlite_test

// instance is for the test of two instances, which pauses processes and so needs a Unix system.
func instance(string) bool { return false }
