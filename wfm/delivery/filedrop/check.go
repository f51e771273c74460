package filedrop

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// Check tries the folder: it is there, and a file can be created, written, renamed and removed in
// it. It leaves nothing behind and delivers nothing.
func (d *Drop) Check(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	root, err := d.root()
	if err != nil {
		return err
	}
	defer root.Close()
	// Both names are those of partial files, so that no pick-up sees them, and random, so that
	// two checks do not meet.
	content := []byte(rand.Text())
	first := delivery.PartialName("check", wfm.DigestOf(content))
	second := delivery.PartialName("checked", wfm.DigestOf(content))
	err = try(root, first, second, content)
	return failed("try the folder "+wfm.Quote(d.dir), errors.Join(err, remove(root, first), remove(root, second)))
}

func try(root *os.Root, first, second string, content []byte) error {
	f, err := root.OpenFile(first, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	// A full disk may show only when the file is flushed.
	if err := cmp.Or(err, f.Sync()); err != nil {
		return errors.Join(err, f.Close())
	}
	return cmp.Or(f.Close(), root.Rename(first, second))
}

// CleanPartials removes the partial files that deliveries which were cut off left behind, where
// they were last written more than olderThan ago, and returns how many. Call it when a service
// starts, with an age that no running delivery reaches, such as an hour. It touches only regular
// files whose names delivery.PartialName made.
func (d *Drop) CleanPartials(ctx context.Context, olderThan time.Duration) (int, error) {
	root, err := d.root()
	if err != nil {
		return 0, err
	}
	defer root.Close()
	list, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return 0, failed("list the folder "+wfm.Quote(d.dir), err)
	}
	removed := 0
	for _, entry := range list {
		if err := ctx.Err(); err != nil {
			return removed, err
		}
		info, err := entry.Info()
		if err != nil || !info.Mode().IsRegular() || !delivery.IsPartialName(entry.Name()) ||
			time.Since(info.ModTime()) < olderThan {
			continue
		}
		if err := remove(root, entry.Name()); err != nil {
			return removed, failed("clean the folder "+wfm.Quote(d.dir), err)
		}
		removed++
		d.log.LogAttrs(ctx, slog.LevelDebug, "removed a partial file", slog.String("folder", d.dir),
			slog.String("name", entry.Name()))
	}
	return removed, nil
}
