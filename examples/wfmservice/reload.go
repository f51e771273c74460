package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/config"
)

// pollEvery is how often the configuration and the files that it names are looked at. A change counts when two looks find the same.
const pollEvery = 3 * time.Second

// watch takes over changes of the configuration until ctx ends: of its files, and by signal. Files are read and compared, not watched: that
// works on shares and with editors that replace a file, and needs no handles.
func (h *host) watch(ctx context.Context) {
	signal := h.signal
	if signal == nil {
		own, done := reloadSignal()
		defer done()
		signal = own
	}
	tick := time.NewTicker(h.poll)
	defer tick.Stop()
	known := h.digest()
	last := known
	for {
		select {
		case <-ctx.Done():
			return
		case <-signal:
			h.log.Info("a signal asks for the configuration to be read again")
		case <-tick.C:
			now := h.digest()
			stable := now == last
			last = now
			if now == known || !stable {
				continue
			}
		}
		known = h.reload(ctx)
		last = known
	}
}

// Bounds of what a digest covers; more is not read, and changes there are not noticed.
const (
	maxWatched     = 4 << 20 // bytes of a file
	maxWatchedHere = 1000    // files of a folder
)

// digest is a fingerprint of the contents of all files of the configuration. A file that is missing is a content of its own.
func (h *host) digest() [sha256.Size]byte {
	h.mu.Lock()
	files := slices.Clone(h.files)
	h.mu.Unlock()
	all := sha256.New()
	add := func(path string) {
		content := sha256.Sum256([]byte("missing"))
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Size() <= maxWatched {
			if text, err := os.ReadFile(path); err == nil {
				content = sha256.Sum256(text)
			}
		}
		all.Write([]byte(path))
		all.Write(content[:])
	}
	for _, path := range files {
		if info, err := os.Stat(path); err != nil || !info.IsDir() {
			add(path)
			continue
		}
		n := 0
		_ = filepath.WalkDir(path, func(file string, d fs.DirEntry, err error) error { // what cannot be read is not there
			switch {
			case err != nil && d != nil && d.IsDir():
				return fs.SkipDir
			case err != nil || d.IsDir():
				return nil
			case n >= maxWatchedHere:
				return fs.SkipAll
			}
			n++
			add(file)
			return nil
		})
	}
	return [sha256.Size]byte(all.Sum(nil))
}

// reload reads the configuration and lets the service take it over. A broken one is logged with everything that is wrong with it, and what
// was at work goes on. What did not change keeps its connections. It returns the digest of what was read, or of something older: what
// changes meanwhile is found by the next look.
func (h *host) reload(ctx context.Context) (read [sha256.Size]byte) {
	h.reloading.Lock()
	defer h.reloading.Unlock()
	before := h.now()
	if c, _ := config.Load(h.path); c != nil { // also a broken one: what it names may be what is repaired
		h.mu.Lock()
		h.files = c.Files()
		h.mu.Unlock()
	}
	read = h.digest()
	c, err := config.Load(h.path)
	var built *config.Built
	if c != nil {
		built, err = h.app.registries.Build(ctx, c, config.BuildOptions{Logger: h.log.Logger, Env: h.app.env, Previous: before})
	}
	if err == nil {
		if h.adjust != nil {
			h.adjust(&built.Options)
		}
		if err = h.takeOver(before, built); err != nil {
			err = errors.Join(err, built.Close())
		}
	}
	if err != nil {
		h.refuse(err)
		return read
	}
	restart := built.Restart(h.first)
	h.mu.Lock()
	h.built = built
	h.reloads.loaded, h.reloads.at, h.reloads.problems, h.reloads.restart = time.Now(), time.Time{}, nil, restart
	h.reloads.done++
	h.mu.Unlock()
	h.log.set(built.Service.Log)
	if err := before.Close(); err != nil {
		h.log.Warn("something of the earlier configuration was not closed in order", "error", err)
	}
	for _, n := range built.Notes {
		h.log.Warn("remark about the configuration", "remark", wfm.OneLine(n.Error()))
	}
	h.log.Info("the configuration was read again", "changed", orElse(strings.Join(changed(before, built), ", "), "no feed and no server"))
	if len(restart) > 0 {
		h.log.Warn("part of the configuration counts only from the next start on", "keys", strings.Join(restart, ", "))
	}
	return read
}

// takeOver gives the service another configuration. An error changes nothing.
func (h *host) takeOver(before, built *config.Built) error {
	if before.Options.Ledger == nil && len(built.Options.Historical) > 0 {
		return wfm.Problem{Field: "historical", Reason: "needs the ledger, and the service was started without one", Remedy: "restart the service"}
	}
	return h.service.Update(built.Options)
}

func (h *host) refuse(err error) {
	var lines []string
	for _, p := range each(err) {
		lines = append(lines, wfm.OneLine(p.Error()))
	}
	h.mu.Lock()
	h.reloads.refused++
	h.reloads.at, h.reloads.problems = time.Now(), lines
	h.mu.Unlock()
	h.log.problems("the changed configuration is not used; the service goes on with what it had", err)
}

// changed names feeds and servers that are new, gone or other than before.
func changed(before, now *config.Built) (list []string) {
	for _, kind := range []struct {
		word        string
		before, now map[string]string
	}{{"feed ", before.Feeds, now.Feeds}, {"server ", before.Servers, now.Servers}} {
		for name, print := range kind.now {
			switch old, known := kind.before[name]; {
			case !known:
				list = append(list, kind.word+wfm.Quote(name)+" (new)")
			case old != print:
				list = append(list, kind.word+wfm.Quote(name))
			}
		}
		for name := range kind.before {
			if _, stays := kind.now[name]; !stays {
				list = append(list, kind.word+wfm.Quote(name)+" (gone)")
			}
		}
	}
	slices.Sort(list)
	return list
}
