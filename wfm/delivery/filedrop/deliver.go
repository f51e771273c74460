package filedrop

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"runtime"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// chunk is how much is written or compared between two looks at the context.
const chunk = 256 << 10

// Deliver puts the artifact into the folder, whole or not at all. See the package comment.
func (d *Drop) Deliver(ctx context.Context, a wfm.Artifact) (delivery.Receipt, error) {
	return d.DeliverFenced(ctx, a, delivery.Fence{})
}

// DeliverFenced is Deliver under a fence: where the lease is lost nothing becomes visible.
func (d *Drop) DeliverFenced(ctx context.Context, a wfm.Artifact, fence delivery.Fence) (delivery.Receipt, error) {
	name, err := delivery.SafeName(a.Name)
	if err != nil {
		return delivery.Receipt{}, err
	}
	if err := ctx.Err(); err != nil {
		return delivery.Receipt{}, err
	}
	end, err := d.turns.Take(ctx, name)
	if err != nil {
		return delivery.Receipt{}, err
	}
	defer end()
	root, err := d.root()
	if err != nil {
		return delivery.Receipt{}, err
	}
	defer root.Close()
	partial := fence.PartialName(name, a.Digest())
	if err := d.put(ctx, root, fence, partial, name, a.Bytes); err != nil {
		return delivery.Receipt{}, failed("deliver "+wfm.Quote(name), err)
	}
	d.log.LogAttrs(ctx, slog.LevelDebug, "delivered", slog.String("folder", d.dir), slog.String("name", name),
		slog.Int("bytes", len(a.Bytes)))
	return d.receipt(name, len(a.Bytes)), nil
}

// put writes under the partial name and renames. It leaves no partial file behind when it fails.
func (d *Drop) put(ctx context.Context, root *os.Root, fence delivery.Fence, partial, name string, content []byte) error {
	err := d.write(ctx, root, partial, content)
	if err == nil {
		err = fence.Still(ctx)
	}
	if err == nil {
		err = d.step(ctx, StepRename)
	}
	if err != nil {
		return errors.Join(err, remove(root, partial))
	}
	if err := rename(root, d.dir, partial, name); err != nil {
		return errors.Join(err, remove(root, partial))
	}
	if d.options.NoSync {
		return nil
	}
	return cmp.Or(d.step(ctx, StepSyncDir), syncDir(root))
}

// write leaves the content under the partial name: complete, on disk, and read back.
func (d *Drop) write(ctx context.Context, root *os.Root, partial string, content []byte) (err error) {
	if err := d.step(ctx, StepOpen); err != nil {
		return err
	}
	f, err := d.open(root, partial)
	if err != nil {
		return err
	}
	defer func() { err = cmp.Or(err, f.Close()) }()
	for rest := content; ; {
		if err := d.step(ctx, StepWrite); err != nil {
			return err
		}
		n, err := f.Write(rest[:min(len(rest), chunk)])
		if err != nil {
			return err
		}
		if rest = rest[n:]; len(rest) == 0 {
			break
		}
	}
	if !d.options.NoSync {
		if err := d.step(ctx, StepSync); err != nil {
			return err
		}
		if err := f.Sync(); err != nil {
			return err
		}
	}
	if err := d.step(ctx, StepVerify); err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	equal, err := same(ctx, f, content)
	if err == nil && !equal {
		err = errors.New("the file does not hold what was written")
	}
	return err
}

func (d *Drop) open(root *os.Root, partial string) (*os.File, error) {
	// What is no regular file was not left by us: a symbolic link would be written through.
	if info, err := root.Lstat(partial); err == nil && !info.Mode().IsRegular() {
		if err := root.Remove(partial); err != nil {
			return nil, err
		}
	}
	f, err := root.OpenFile(partial, os.O_RDWR|os.O_CREATE|os.O_TRUNC, cmp.Or(d.options.Mode, 0o644))
	if err != nil {
		return nil, err
	}
	if d.options.Mode != 0 && runtime.GOOS != "windows" {
		if err := f.Chmod(d.options.Mode); err != nil {
			return nil, errors.Join(err, f.Close())
		}
	}
	return f, nil
}

// step announces a step and ends the delivery where the context has ended.
func (d *Drop) step(ctx context.Context, step string) error {
	if d.options.OnStep != nil {
		d.options.OnStep(step)
	}
	return ctx.Err()
}

// same tells whether the reader holds exactly these bytes.
func same(ctx context.Context, r io.Reader, want []byte) (bool, error) {
	buffer := make([]byte, min(len(want)+1, chunk))
	for {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		n, err := r.Read(buffer)
		if n > len(want) || !bytes.Equal(buffer[:n], want[:n]) {
			return false, nil
		}
		want = want[n:]
		if errors.Is(err, io.EOF) {
			return len(want) == 0, nil
		}
		if err != nil {
			return false, err
		}
	}
}

func remove(root *os.Root, name string) error {
	if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the partial file could not be removed: %w", err)
	}
	return nil
}
