package filedrop

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"syscall"

	"github.com/cicwfm/cicwfm/wfm"
)

// failed gives an error of the system its decision; errors that carry one stay as they are.
func failed(op string, err error) error {
	var decided *wfm.Error
	if err == nil || errors.As(err, &decided) {
		return err
	}
	e := &wfm.Error{Op: op, Kind: wfm.Unavailable, Retry: true, Err: err}
	var number syscall.Errno
	errors.As(err, &number)
	share, ofShare := shareFaults[number]
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		e.Kind, e.Retry = wfm.LossOfInterest, false
	case ofShare:
		e.Retry, e.Remedy = share.retry, share.remedy
		if !share.retry {
			e.Kind = wfm.BadConfig
		}
	case slices.Contains(noSpace[:], number):
		e.Remedy = "free space on the disk, or raise the quota"
	case slices.Contains(inUse[:], number):
		e.Remedy = "another program has the file open; it is tried again"
	case errors.Is(err, fs.ErrPermission), number == syscall.EROFS:
		e.Kind, e.Retry = wfm.NoPermission, false
		e.Remedy = "give the service's account the right to create, change and delete files in the folder"
	case errors.Is(err, fs.ErrNotExist):
		// A share that is not mounted looks like a folder that does not exist, and may come back.
		e.Kind = wfm.NotFound
		e.Remedy = "create the folder, mount the share, or correct the path"
	case number == syscall.ENOTDIR:
		e.Kind, e.Retry = wfm.BadConfig, false
		e.Remedy = "correct the path: a part of it is a file"
	}
	return e
}

// shareFault is what an error of a network share means.
type shareFault struct {
	retry  bool
	remedy string
}
