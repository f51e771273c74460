package remotedrop

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// Probe tells whether the file is there with exactly the artifact's bytes.
func (d *Drop) Probe(ctx context.Context, a wfm.Artifact) (delivery.Receipt, bool, error) {
	name, err := delivery.SafeName(a.Name)
	if err != nil {
		return delivery.Receipt{}, false, err
	}
	landed := false
	err = d.use(ctx, "look for "+wfm.Quote(name), "", func(ctx context.Context, s Session) error {
		size, err := s.Size(ctx, name)
		if err == nil && size == int64(len(a.Bytes)) {
			var back []byte
			back, err = s.Read(ctx, name, size+1)
			landed = err == nil && bytes.Equal(back, a.Bytes)
		}
		if errors.Is(err, fs.ErrNotExist) { // never there, or picked up in this moment
			return nil
		}
		return err
	})
	if err != nil || !landed {
		return delivery.Receipt{}, false, err
	}
	return d.receipt(name, a.Bytes), true, nil
}

// Check tries the folder: it can be reached, and a file can be written, renamed over another and removed. It leaves
// nothing behind and delivers nothing.
func (d *Drop) Check(ctx context.Context) error {
	// Both names are those of partial files, so that no pick-up sees them, and random, so that two checks do not
	// meet.
	content := random()
	first := delivery.PartialName("check", wfm.DigestOf(content))
	second := delivery.PartialName("checked", wfm.DigestOf(content))
	return d.use(ctx, "try "+d.server.Where(""), "", func(ctx context.Context, s Session) error {
		err := d.try(ctx, s, first, second, content)
		if err == nil {
			err = s.Remove(ctx, second)
		}
		if err != nil {
			d.abandon(s, err, first, second)
		}
		return err
	})
}

func (d *Drop) try(ctx context.Context, s Session, first, second string, content []byte) error {
	for range 2 { // the second rename replaces a file, as a restatement does
		if err := s.Write(ctx, first, content); err != nil {
			return err
		}
		if err := d.verify(ctx, s, first, content); err != nil {
			return err
		}
		if err := s.Rename(ctx, first, second); err != nil {
			return err
		}
	}
	return nil
}

// Expel removes the partial files of the artifact's name that another token than this wrote.
func (d *Drop) Expel(ctx context.Context, a wfm.Artifact, token int64) (int, error) {
	name, err := delivery.SafeName(a.Name)
	if err != nil {
		return 0, err
	}
	digest := a.Digest()
	mine := partialNames(delivery.Fence{Token: token}, name, digest)
	return d.removePartials(ctx, "a partial file of an earlier holder", d.unseen(name, digest, token), func(f File) bool {
		return delivery.IsPartialOf(f.Name, name) && !slices.Contains(mine, f.Name)
	})
}

// unseen returns the names of partial files that a list might hide: of this content, by earlier holders.
func (d *Drop) unseen(name string, digest wfm.Digest, token int64) (names []string) {
	if d.options.UnseenTokens == 0 || token == 0 {
		return nil
	}
	first := func(token int64) string { return partialName(delivery.Fence{Token: token}, name, digest, 0) }
	names = append(names, first(0))
	for t := token - 2; t > 0 && t >= token-int64(d.options.UnseenTokens); t-- {
		names = append(names, first(t))
	}
	if token > 1 {
		names = append(names, partialNames(delivery.Fence{Token: token - 1}, name, digest)...)
	}
	return names
}

// CleanPartials removes the partial files that deliveries which were cut off left behind, where they were last
// written more than olderThan ago, and returns how many. A file whose age the server does not tell stays.
func (d *Drop) CleanPartials(ctx context.Context, olderThan time.Duration) (int, error) {
	return d.removePartials(ctx, "a partial file", nil, func(f File) bool {
		return delivery.IsPartialName(f.Name) && !f.Modified.IsZero() && time.Since(f.Modified) >= olderThan
	})
}

// removePartials removes the regular files that are meant, and those of these names whether they are in the list or
// not, and returns how many.
func (d *Drop) removePartials(ctx context.Context, what string, names []string, meant func(File) bool) (removed int, err error) {
	err = d.use(ctx, "clean "+d.server.Where(""), "", func(ctx context.Context, s Session) error {
		list, err := s.List(ctx)
		if err != nil {
			return err
		}
		for _, f := range list {
			if f.Regular && meant(f) && !slices.Contains(names, f.Name) {
				names = append(names, f.Name)
			}
		}
		for _, name := range names {
			if err := s.Remove(ctx, name); errors.Is(err, fs.ErrNotExist) {
				continue
			} else if err != nil {
				return err
			}
			removed++
			d.log.LogAttrs(ctx, slog.LevelDebug, "removed "+what, slog.String("where", d.server.Where(name)))
		}
		return nil
	})
	return removed, err
}
