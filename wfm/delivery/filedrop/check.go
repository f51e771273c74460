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

// Expel removes the partial files of the artifact's name that another token than this wrote.
func (d *Drop) Expel(ctx context.Context, a wfm.Artifact, token int64) (int, error) {
	name, err := delivery.SafeName(a.Name)
	if err != nil {
		return 0, err
	}
	mine := delivery.Fence{Token: token}.PartialName(name, a.Digest())
	return d.removePartials(ctx, "a partial file of an earlier holder", func(info fs.FileInfo) bool {
		return delivery.IsPartialOf(info.Name(), name) && info.Name() != mine
	})
}

// CleanPartials removes the partial files that deliveries which were cut off left behind, where
// they were last written more than olderThan ago, and returns how many. Call it when a service
// starts, with an age that no running delivery reaches, such as an hour. It touches only regular
// files whose names delivery.PartialName made.
func (d *Drop) CleanPartials(ctx context.Context, olderThan time.Duration) (int, error) {
	return d.removePartials(ctx, "a partial file", func(info fs.FileInfo) bool {
		return delivery.IsPartialName(info.Name()) && time.Since(info.ModTime()) >= olderThan
	})
}

// removePartials removes the regular files that are meant, and returns how many.
func (d *Drop) removePartials(ctx context.Context, what string, meant func(fs.FileInfo) bool) (int, error) {
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
		if err != nil || !info.Mode().IsRegular() || !meant(info) {
			continue
		}
		if err := remove(root, entry.Name()); err != nil {
			return removed, failed("clean the folder "+wfm.Quote(d.dir), err)
		}
		removed++
		d.log.LogAttrs(ctx, slog.LevelDebug, "removed "+what, slog.String("folder", d.dir),
			slog.String("name", entry.Name()))
	}
	return removed, nil
}
