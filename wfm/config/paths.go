package config

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"unicode"
)

// resolve makes a path whole: a relative one counts from a folder. It never takes the path of another system for a relative one.
func resolve(system, dir, path string) (whole, reason string) {
	drive := len(path) > 1 && path[1] == ':' && path[0] < 128 && unicode.IsLetter(rune(path[0]))
	unc := strings.HasPrefix(path, `\\`)
	switch {
	case path == "":
		return "", ""
	case system != "windows" && (drive || unc):
		return "", "is a Windows path, and this is not Windows"
	case system == "windows" && drive && (len(path) == 2 || path[2] != '\\' && path[2] != '/'):
		return "", "depends on the present folder of a drive"
	case system == "windows" && (drive || unc || strings.HasPrefix(path, "//")):
		return path, ""
	case system == "windows" && (path[0] == '/' || path[0] == '\\'):
		return "", "has no drive letter"
	case system != "windows" && path[0] == '/':
		return path, ""
	}
	return filepath.Join(dir, filepath.FromSlash(path)), ""
}

// whole makes a path of the configuration whole, or reports why it cannot be.
func (f *findings) whole(at string, p Path) string {
	dir, err := filepath.Abs(f.dir())
	if err != nil {
		dir = f.dir()
	}
	whole, reason := resolve(runtime.GOOS, dir, string(p))
	if reason != "" {
		f.bad(at, string(p), reason, "write a path of this machine, or one relative to the folder of the configuration")
	}
	return whole
}

// reasonOf strips the path from a file error; the message names it already.
func reasonOf(err error) string {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
