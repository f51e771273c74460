package remotedrop

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"strconv"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// CheckLimits checks the options that all transports to file servers have. where is that of the problems.
func CheckLimits(where string, sessions int, connectTimeout, timeout time.Duration) (problems []error) {
	bad := func(field, value, reason, remedy string) {
		problems = append(problems, wfm.Problem{Where: where, Field: field, Value: value, Reason: reason, Remedy: remedy})
	}
	if sessions < 0 {
		bad("sessions", strconv.Itoa(sessions), "are below zero", "leave them out for 2")
	}
	if connectTimeout < 0 {
		bad("connect timeout", connectTimeout.String(), "is below zero", "use a time such as 30s")
	}
	if timeout < 0 {
		bad("timeout", timeout.String(), "is below zero", "use a time such as 2m")
	}
	return problems
}

// ConnectTimeout bounds connecting and logging in where the options do not.
const ConnectTimeout = 30 * time.Second

// Within makes a session within a time limit. late is the error where only that limit has passed.
func Within[S Session](ctx context.Context, limit time.Duration, late error, connect func(context.Context) (S, error)) (Session, error) {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	made, err := connect(limited)
	if err != nil {
		if ctx.Err() == nil && limited.Err() != nil {
			err = late
		}
		return nil, err // and no session, not even one that is nil inside
	}
	return made, nil
}

// RegularSize is Session.Size by what a library says about a file.
func RegularSize(info fs.FileInfo, err error) (int64, error) {
	switch {
	case err != nil:
		return 0, err
	case !info.Mode().IsRegular():
		return 0, &fs.PathError{Op: "stat", Path: info.Name(), Err: fs.ErrNotExist}
	}
	return info.Size(), nil
}

// ReadMost is Session.Read by an open file, which it closes.
func ReadMost(f io.ReadCloser, most int64) ([]byte, error) {
	content := make([]byte, most)
	n, err := io.ReadFull(f, content)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return content[:n], cmp.Or(err, f.Close())
}

// Files is Session.List by what a library says about a folder.
func Files(infos []fs.FileInfo) (list []File) {
	for _, i := range infos {
		list = append(list, File{Name: i.Name(), Modified: i.ModTime(), Regular: i.Mode().IsRegular()})
	}
	return list
}
