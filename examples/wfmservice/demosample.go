package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// sample is the state of the process at a moment of the demo.
type sample struct {
	Seconds    float64   `json:"seconds"`   // since the start
	Simulated  time.Time `json:"simulated"` // by the clock of the centre
	Intervals  int64     `json:"intervals"` // of all feeds
	Files      int64     `json:"files"`
	Changes    int64     `json:"changes"`    // of agents' statuses
	Decoded    int64     `json:"decoded"`    // by all receivers
	Heap       uint64    `json:"heapBytes"`  // that is alive
	Memory     int64     `json:"rssBytes"`   // of the process; 0 where it is not known
	Goroutines int       `json:"goroutines"` //
	Open       int       `json:"openFiles"`  // with sockets; 0 where it is not known
	Disk       int64     `json:"diskBytes"`
}

// processSample measures the process. It collects garbage first: what is left is what the program holds on to.
func processSample() (s sample) {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	s.Heap, s.Goroutines = m.HeapAlloc, runtime.NumGoroutine()
	if entries, err := os.ReadDir("/proc/self/fd"); err == nil {
		s.Open = len(entries) - 1 // less the one that reads them
	}
	if text, err := os.ReadFile("/proc/self/statm"); err == nil {
		if fields := strings.Fields(string(text)); len(fields) > 1 {
			pages, _ := strconv.ParseInt(fields[1], 10, 64) // 0 is not known
			s.Memory = pages * int64(os.Getpagesize())
		}
	}
	return s
}

// line prints a sample.
func (s sample) line(w io.Writer) {
	fmt.Fprintf(w, "%6.0fs  %s  intervals %d  files %d  changes %d  decoded %d  heap %s  rss %s  goroutines %d  open files %d  disk %s\n", s.Seconds,
		s.Simulated.UTC().Format("2006-01-02 15:04Z"), s.Intervals, s.Files, s.Changes, s.Decoded, mega(int64(s.Heap)), mega(s.Memory), s.Goroutines, s.Open, mega(s.Disk))
}

func mega(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

// samples keeps the first, the middle and the last of a run of any length: every one at first, then every second, and so on.
type samples struct {
	list  []sample
	every int // of those that come
	seen  int
	last  sample
}

// maxSamples bounds what is kept.
const maxSamples = 64

func (l *samples) add(s sample) {
	l.every = max(l.every, 1)
	l.last = s
	if l.seen++; (l.seen-1)%l.every != 0 {
		return
	}
	l.list = append(l.list, s)
	if len(l.list) < maxSamples {
		return
	}
	half := l.list[:0]
	for i := 0; i < len(l.list); i += 2 {
		half = append(half, l.list[i])
	}
	l.list, l.every = half, l.every*2
}

// three are the first, the middle and the last sample.
func (l *samples) three() []sample {
	if l.seen == 0 {
		return nil
	}
	middle := l.list[0]
	for _, s := range l.list {
		if s.Seconds <= l.last.Seconds/2 {
			middle = s
		}
	}
	return []sample{l.list[0], middle, l.last}
}
