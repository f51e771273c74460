package filedrop

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/internal/turns"
)

// Options of a drop. The zero value is right.
type Options struct {
	// NoSync leaves out the flushing to disk. Deliveries are then faster, and what was delivered
	// last may be lost or empty after a power cut although the ledger says delivered.
	NoSync bool
	// Mode is given to the files, whatever the umask; it must let the owner read and write. 0 means
	// 0644 less the umask. On Windows it has no effect: files inherit the folder's rights.
	Mode fs.FileMode
	// Logger receives a line for each delivered or removed file, at debug level. Nil discards them.
	Logger *slog.Logger
	// OnStep is called before each step of a delivery, with one of the Step constants, from the
	// goroutine that called Deliver: for progress, and for tests that cut a delivery off. A
	// context that is cancelled in it ends the delivery at that step.
	OnStep func(step string)
}

// The steps of a delivery, in their order. StepWrite comes once for each 256 kB.
const (
	StepOpen    = "open"
	StepWrite   = "write"
	StepSync    = "sync" // not with NoSync
	StepVerify  = "verify"
	StepRename  = "rename"
	StepSyncDir = "sync dir" // not with NoSync
)

// Steps returns all steps in their order.
func Steps() []string {
	return []string{StepOpen, StepWrite, StepSync, StepVerify, StepRename, StepSyncDir}
}

// Drop delivers into one folder. It is safe for concurrent use and holds nothing open between
// calls, so a share may go away and come back.
type Drop struct {
	dir     string
	options Options
	log     *slog.Logger
	turns   turns.Turns
}

var (
	_ delivery.Transport = (*Drop)(nil)
	_ delivery.Prober    = (*Drop)(nil)
	_ delivery.Checker   = (*Drop)(nil)
	_ delivery.Cleaner   = (*Drop)(nil)
	_ delivery.Fencer    = (*Drop)(nil)
)

// New makes a drop for a folder. It does not touch the disk, so that a service starts while a
// share is away; Check tries the folder. A relative path counts from the working directory of now.
func New(dir string, o Options) (*Drop, error) {
	var problems []error
	if dir == "" || strings.ContainsRune(dir, 0) {
		problems = append(problems, wfm.Problem{Field: "folder", Value: dir, Reason: "is empty or contains a NUL character",
			Remedy: "name the folder that the WFM product reads from"})
	}
	if runtime.GOOS != "windows" && (strings.HasPrefix(dir, `\\`) || hasDrive(dir)) {
		problems = append(problems, wfm.Problem{Field: "folder", Value: dir, Reason: "is a path of Windows, and this is not Windows",
			Remedy: "mount the share and name the mount, or deliver to the share itself with smbdrop"})
	}
	if o.Mode&^fs.ModePerm != 0 || (o.Mode != 0 && o.Mode&0o600 != 0o600) {
		problems = append(problems, wfm.Problem{Field: "file mode", Value: o.Mode.String(),
			Reason: "is more than permissions, or keeps the owner from reading or writing", Remedy: "use a mode such as 0640"})
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return nil, wfm.Problem{Field: "folder", Value: dir, Reason: "cannot be made absolute: " + err.Error(),
			Remedy: "give an absolute path"}
	}
	log := o.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Drop{dir: absolute, options: o, log: log}, nil
}

// hasDrive tells whether a path begins as C:\ or C:/ does.
func hasDrive(dir string) bool {
	return len(dir) >= 3 && dir[1] == ':' && (dir[2] == '\\' || dir[2] == '/') && (dir[0]|0x20) >= 'a' && (dir[0]|0x20) <= 'z'
}

// Dir returns the absolute path of the folder.
func (d *Drop) Dir() string { return d.dir }

func (d *Drop) receipt(name string, size int) delivery.Receipt {
	return delivery.Receipt{Where: filepath.Join(d.dir, name), Bytes: int64(size)}
}

// root opens the folder, through which every file operation goes.
func (d *Drop) root() (*os.Root, error) {
	info, err := os.Stat(d.dir)
	if err != nil {
		return nil, failed("open the folder "+wfm.Quote(d.dir), err)
	}
	if !info.IsDir() {
		return nil, &wfm.Error{Op: "open the folder " + wfm.Quote(d.dir), Kind: wfm.BadConfig,
			Err: errors.New("it is not a folder"), Remedy: "name the folder, not a file in it"}
	}
	root, err := os.OpenRoot(d.dir)
	if err != nil {
		return nil, failed("open the folder "+wfm.Quote(d.dir), err)
	}
	return root, nil
}

// Probe tells whether the file is there with exactly the artifact's bytes.
func (d *Drop) Probe(ctx context.Context, a wfm.Artifact) (delivery.Receipt, bool, error) {
	name, err := delivery.SafeName(a.Name)
	if err != nil {
		return delivery.Receipt{}, false, err
	}
	if err := ctx.Err(); err != nil {
		return delivery.Receipt{}, false, err
	}
	root, err := d.root()
	if err != nil {
		return delivery.Receipt{}, false, err
	}
	defer root.Close()
	landed, err := holds(ctx, root, name, a.Bytes)
	if err != nil || !landed {
		return delivery.Receipt{}, false, failed("read "+wfm.Quote(name), err)
	}
	return d.receipt(name, len(a.Bytes)), true, nil
}

// holds tells whether a regular file of that name has exactly these bytes.
func holds(ctx context.Context, root *os.Root, name string, want []byte) (bool, error) {
	info, err := root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil || !info.Mode().IsRegular() || info.Size() != int64(len(want)) {
		return false, err
	}
	f, err := root.Open(name)
	if errors.Is(err, fs.ErrNotExist) { // picked up in this moment
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer f.Close()
	return same(ctx, f, want)
}
