package ledger

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Watermark is how far a feed was dealt with.
type Watermark struct {
	Feed    string
	Through time.Time // end of the last interval of an unbroken run, in UTC
}

// Lister is implemented by ledgers that can name the feeds they know, so that a host finds those that nobody works on any more.
type Lister interface {
	// Watermarks returns the watermark of each feed that ever set one, ordered by feed (bytewise). A watermark is never
	// removed: a feed that comes back goes on where it stood.
	Watermarks(ctx context.Context) ([]Watermark, error)
}

// Watermarks returns the watermark of each feed.
func (m *Memory) Watermarks(ctx context.Context) ([]Watermark, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []Watermark
	for feed, t := range m.watermarks {
		list = append(list, Watermark{feed, t})
	}
	SortWatermarks(list)
	return list, nil
}

// SortWatermarks puts watermarks into the order of Lister, for ledgers whose store sorts in another.
func SortWatermarks(list []Watermark) {
	slices.SortFunc(list, func(a, b Watermark) int { return strings.Compare(a.Feed, b.Feed) })
}
