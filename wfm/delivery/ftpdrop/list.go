package ftpdrop

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"github.com/jlaffaye/ftp"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/internal/remotedrop"
)

// mostList is the longest list of a folder in bytes.
const mostList = 64 << 20

// List returns what the folder holds. Only partial files have the time of their last change.
func (n *session) List(ctx context.Context) ([]remotedrop.File, error) {
	entries, _, err := n.entries(ctx)
	if err != nil {
		return nil, err
	}
	var list []remotedrop.File
	partials := 0
	for _, e := range entries {
		list = append(list, remotedrop.File{Name: e.Name, Regular: e.Type == ftp.EntryTypeFile})
		if delivery.IsPartialName(e.Name) {
			partials++
		}
	}
	if partials == 0 {
		hidden, err := n.hidden(ctx)
		if err != nil || len(hidden) == 0 {
			return list, err
		}
		for _, name := range hidden {
			list = append(list, remotedrop.File{Name: name, Regular: true}) // nobody else makes such names
		}
	}
	offset, known, err := n.clock(ctx)
	if err != nil || !known {
		return list, err
	}
	for i := range list {
		if f := &list[i]; delivery.IsPartialName(f.Name) && f.Regular {
			at, err := n.modified(ctx, f.Name)
			if err != nil {
				return nil, err
			}
			if !at.IsZero() {
				f.Modified = at.Add(-offset)
			}
		}
	}
	return list, nil
}

// entries asks "LIST -a", since vsftpd and pure-ftpd leave out of all other lists what begins with a full stop. Where a
// server does not understand that, a list of names has to do, without sizes and as if all were files.
func (n *session) entries(ctx context.Context) (entries []*ftp.Entry, sized bool, err error) {
	n.mostData = mostList
	err = n.run(ctx, "LIST", func() (err error) {
		entries, err = n.conn.List("")
		return accepted(err)
	})
	var a *answer
	if err != nil && !errors.As(err, &a) {
		return nil, false, err
	}
	if err == nil && len(entries) > 0 {
		return entries, true, nil
	}
	var names []string
	n.mostData = mostList
	err = n.run(ctx, "NLST", func() (err error) {
		names, err = n.conn.NameList("")
		return accepted(err)
	})
	if errors.As(err, &a) && (a.code == ftp.StatusFileActionIgnored || a.code == ftp.StatusFileUnavailable) {
		return nil, false, nil // an empty folder
	}
	if err != nil {
		return nil, false, err
	}
	entries = nil
	for _, name := range names {
		entries = append(entries, &ftp.Entry{Name: name, Type: ftp.EntryTypeFile})
	}
	return entries, false, nil
}

// hidden asks for partial files by a pattern, as servers do show what is hidden to whom spells the full stop out, like a shell. Those
// that know no patterns refuse, or answer with an empty list.
func (n *session) hidden(ctx context.Context) (partials []string, err error) {
	var names []string
	n.mostData = mostList
	err = n.run(ctx, "NLST", func() (err error) {
		names, err = n.conn.NameList(".*.part")
		return accepted(err)
	})
	var a *answer
	if err != nil && !errors.As(err, &a) {
		return nil, err
	}
	for _, name := range names {
		if name = name[strings.LastIndexByte(name, '/')+1:]; delivery.IsPartialName(name) {
			partials = append(partials, name)
		}
	}
	return partials, nil
}

// modified is the time of the last change by the server's clock; zero where it does not say.
func (n *session) modified(ctx context.Context, name string) (at time.Time, err error) {
	if n.conn.IsGetTimeSupported() {
		err = n.run(ctx, "MDTM", func() (err error) {
			at, err = n.conn.GetTime(path(name))
			return err
		})
	} else {
		err = n.run(ctx, "MLST", func() error {
			entry, err := n.conn.GetEntry(path(name))
			if err == nil {
				at = entry.Time
			}
			return err
		})
	}
	var a *answer
	var malformed *time.ParseError
	if errors.As(err, &a) || errors.As(err, &malformed) {
		return time.Time{}, nil
	}
	return at, err
}

// clock finds out how far the server's time of files is ahead of this clock, by writing one: clocks differ, and some
// servers tell local time where universal time is due.
func (n *session) clock(ctx context.Context) (offset time.Duration, known bool, err error) {
	content := []byte(rand.Text())
	name := delivery.PartialName("clock", wfm.DigestOf(content))
	if err := n.Write(ctx, name, content); err != nil {
		return 0, false, err
	}
	now := time.Now()
	at, err := n.modified(ctx, name)
	if err == nil {
		err = n.Remove(ctx, name)
	}
	return at.Sub(now), err == nil && !at.IsZero(), err
}
