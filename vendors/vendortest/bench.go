package vendortest

import (
	"testing"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// BenchmarkFiles measures how fast a period of 50 workgroups and agents is written. The aim is no allocation per record.
func BenchmarkFiles(b *testing.B, h Harness) {
	b.Helper()
	k := &kit{Harness: h}
	enc, err := k.historical()
	if err != nil {
		b.Fatal(err)
	}
	var who []subject
	for i := range 50 {
		who = append(who, plain(i))
	}
	reports := k.sampleOf(enc.Needs(), usual, who...)
	rows, size := 0, 0
	b.ReportAllocs()
	for b.Loop() {
		files, err := enc.EncodeHistorical(b.Context(), reports)
		if err != nil {
			b.Fatal(err)
		}
		rows, size = 0, 0
		for _, f := range files {
			rows, size = rows+f.Rows, size+len(f.Bytes)
		}
	}
	b.SetBytes(int64(size))
	b.ReportMetric(float64(rows), "rows/op")
}

// BenchmarkChanges measures one change of one agent. The aim is no allocation; it is reported and not demanded.
func BenchmarkChanges(b *testing.B, h Harness) {
	b.Helper()
	k := &kit{Harness: h}
	enc, err := k.realTime()
	if err != nil {
		b.Fatal(err)
	}
	states, err := tellable(enc, 3)
	if err != nil {
		b.Fatal(err)
	}
	session := enc.NewSession()
	var f wfm.Frames
	changes := []wfm.StatusChange{changeTo(states[0], in(states[0], 0, present().Add(-time.Second)))}
	b.ReportAllocs()
	for b.Loop() {
		f.Reset()
		if err := session.AppendChanges(&f, present(), changes); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(len(f.Bytes)))
}
