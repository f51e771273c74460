package ftpdrop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/jlaffaye/ftp"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery/internal/remotedrop"
)

// session is one connection that is logged in and stands in the folder.
type session struct {
	server   *server
	conn     *ftp.ServerConn
	wire     wire
	password wfm.Secret // to be kept out of what the server says
	began    time.Time
	// mostData is how much the next data connection may receive.
	mostData int64
	noSize   bool // the server does not know SIZE
	closed   bool
}

// run does one exchange with the server within the context.
func (n *session) run(ctx context.Context, command string, exchange func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	end := n.wire.during(ctx)
	err := readable(exchange)
	end()
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return n.told(command, err)
}

// errUnreadable is an answer that the library cannot take apart.
var errUnreadable = errors.New("the server's answer cannot be read")

// readable ends an exchange in which the library panics: it does so over some malformed answers, such as an address
// of PASV whose brackets are exchanged.
func readable(exchange func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = errUnreadable
		}
	}()
	return exchange()
}

// path writes a name so that servers take it for a name: some read a leading tilde as a home folder and a
// leading dash as an option.
func path(name string) string {
	if strings.HasPrefix(name, "~") || strings.HasPrefix(name, "-") {
		return "./" + name
	}
	return name
}

// Write uploads. Where the server does not permit that a file is overwritten, the one that stands there, debris of an earlier
// attempt, is removed first.
func (n *session) Write(ctx context.Context, name string, content []byte) error {
	store := func() error {
		n.mostData = drainMost
		return n.run(ctx, "STOR", func() error { return accepted(n.conn.Stor(path(name), bytes.NewReader(content))) })
	}
	err := store()
	if !refusedPath(err) {
		return err
	}
	if removeErr := n.Remove(ctx, name); removeErr != nil {
		if answered(removeErr) {
			return err
		}
		return removeErr // the connection was lost: that it cannot be overwritten is not final
	}
	return store()
}

// Size asks SIZE, else MLST, else the list, and last reads the file.
func (n *session) Size(ctx context.Context, name string) (size int64, err error) {
	if !n.noSize {
		err = n.run(ctx, "SIZE", func() (err error) {
			size, err = n.conn.FileSize(path(name))
			return err
		})
		var number *strconv.NumError
		var a *answer
		switch {
		case err == nil && size >= 0:
			return size, nil
		case errors.As(err, &a) && a.code == ftp.StatusFileUnavailable:
			return 0, fs.ErrNotExist
		case err == nil, errors.As(err, &number), a != nil && a.unknown():
			n.noSize = true
		default:
			return 0, err
		}
	}
	return n.sizeElse(ctx, name)
}

// sizeElse is Size where the server does not know SIZE.
func (n *session) sizeElse(ctx context.Context, name string) (int64, error) {
	var entry *ftp.Entry
	err := n.run(ctx, "MLST", func() (err error) {
		entry, err = n.conn.GetEntry(path(name))
		return err
	})
	var a *answer
	switch {
	case err == nil && entry.Type == ftp.EntryTypeFile:
		return int64(entry.Size), nil
	case err == nil:
		return 0, fs.ErrNotExist
	case errors.As(err, &a) && a.code == ftp.StatusFileUnavailable:
		return 0, fs.ErrNotExist
	case errors.As(err, &a) && !a.unknown():
		return 0, err
	}
	entries, sized, err := n.entries(ctx)
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		if sized && e.Name == name && e.Type == ftp.EntryTypeFile {
			return int64(e.Size), nil
		}
	}
	// The list may leave out what is hidden, or know names alone.
	content, err := n.retrieve(ctx, name, mostUnknown)
	if refusedPath(err) {
		return 0, fs.ErrNotExist
	}
	return int64(len(content)), err
}

// mostUnknown bounds what is read to learn a size: far above any file of this library.
const mostUnknown = 1 << 30

// Read downloads.
func (n *session) Read(ctx context.Context, name string, most int64) ([]byte, error) {
	content, err := n.retrieve(ctx, name, most)
	if refusedPath(err) {
		if _, sizeErr := n.Size(ctx, name); sizeErr != nil && (errors.Is(sizeErr, fs.ErrNotExist) || !answered(sizeErr)) {
			return nil, sizeErr
		}
	}
	return content, err
}

func (n *session) retrieve(ctx context.Context, name string, most int64) (content []byte, err error) {
	err = n.run(ctx, "RETR", func() error {
		n.mostData = most + drainMost
		r, err := n.conn.Retr(path(name))
		if err != nil {
			return err
		}
		var received bytes.Buffer
		_, readErr := io.Copy(&received, io.LimitReader(r, most))
		content = received.Bytes()
		closeErr := accepted(r.Close())
		if int64(len(content)) == most && textual(closeErr) != nil {
			closeErr = nil // the server says that we hung up on it
		}
		return errors.Join(readErr, closeErr)
	})
	return content, err
}

// Remove deletes. Servers answer alike where there is no file and where it must not be deleted: the size tells.
func (n *session) Remove(ctx context.Context, name string) error {
	err := n.run(ctx, "DELE", func() error { return accepted(n.conn.Delete(path(name))) })
	if !refusedPath(err) {
		return err
	}
	if _, sizeErr := n.Size(ctx, name); sizeErr != nil {
		return sizeErr
	}
	return fmt.Errorf("%w: %w", remotedrop.ErrHeld, err)
}

// oldest is the age at which a session is given up: TLS sessions, which data connections resume, grow old too.
const oldest = 4 * time.Minute

var errOld = errors.New("the session is old")

// Ping asks for a sign of life.
func (n *session) Ping(ctx context.Context) error {
	if time.Since(n.began) > oldest {
		return errOld
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	return n.run(ctx, "NOOP", func() error { return accepted(n.conn.NoOp()) })
}

// Close says farewell where it can, and waits for no answer.
func (n *session) Close() error {
	if n.closed {
		return nil
	}
	n.closed = true
	if n.wire.control == nil {
		return nil
	}
	if n.conn != nil && !n.wire.severed() {
		_ = n.wire.control.SetDeadline(time.Now().Add(500 * time.Millisecond))
		_ = n.conn.Quit()
	}
	_ = n.wire.control.Close() // a second time, mostly
	return nil
}
