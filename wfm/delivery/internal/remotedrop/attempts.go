package remotedrop

import (
	"slices"
	"sync"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// mostAttempts is how many partial names there are for one content and token. An attempt that was cut off leaves its name
// to what the server may still do: a server that hung reads the last command of a dead session when it comes to itself,
// and an upload or a rename under the name of the attempt after it would tear that one's file. So each attempt
// after one that was cut off takes the next name, and the first comes back only after all others.
const mostAttempts = 8

// partialName is the name under which an attempt writes. The first one is that of the fence, so that debris of a
// process that died is replaced.
func partialName(fence delivery.Fence, name string, digest wfm.Digest, attempt int) string {
	if attempt %= mostAttempts; attempt > 0 {
		digest = wfm.DigestOf(append(digest[:], byte(attempt-1)))
	}
	return fence.PartialName(name, digest)
}

// partialNames are the names of all attempts.
func partialNames(fence delivery.Fence, name string, digest wfm.Digest) (names []string) {
	for attempt := range mostAttempts {
		names = append(names, partialName(fence, name, digest, attempt))
	}
	return names
}

// attempts remembers, for each file that was not delivered yet, what the attempts of this drop that were cut off may have
// left. It is empty while all goes well.
type attempts struct {
	mu    sync.Mutex
	files map[string]cutOff // by the name of the file
}

type cutOff struct {
	times int
	left  []string // partial names, of whatever content and token
}

// of returns how many attempts were cut off, and what they may have left.
func (a *attempts) of(name string) (times int, left []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.files[name].times, slices.Clone(a.files[name].left)
}

// cut says that an attempt was cut off, and may have left this partial file.
func (a *attempts) cut(name, partial string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.files == nil {
		a.files = map[string]cutOff{}
	}
	c := a.files[name]
	c.times++
	if !slices.Contains(c.left, partial) {
		c.left = append(c.left, partial)
	}
	a.files[name] = c
}

// removed says that a partial file is gone.
func (a *attempts) removed(name, partial string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if c, some := a.files[name]; some {
		c.left = slices.DeleteFunc(c.left, func(l string) bool { return l == partial })
		a.files[name] = c
	}
}

// delivered says that the file is there.
func (a *attempts) delivered(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.files, name)
}
