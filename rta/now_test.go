package rta_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/rta"
)

func TestNowKeepsTheClockOfAServerThatIsAway(t *testing.T) {
	run(t, 1, rta.WatchOptions{}, func(b *bench) {
		require.Equal(t, time.Now().UTC(), b.watch.Now(), "nothing is known yet")
		b.emit(0, rta.Event{Kind: rta.Connected, Skew: time.Minute})
		b.emit(0, rta.Event{Kind: rta.Synced})
		require.Equal(t, time.Now().UTC().Add(time.Minute), b.watch.Now())
		require.NoError(t, b.servers[0].Lose(b.ctx, nil))
		require.Equal(t, time.Now().UTC().Add(time.Minute), b.watch.Now(), "heartbeats do not jump")
	})
}
