package faulttest_test

import (
	"bytes"
	"fmt"
	"sync"
	"text/tabwriter"
)

// totals are the sums per server and fault.
type totals struct {
	mu   sync.Mutex
	keys [][2]string // in the order of their coming
	sums map[[2]string]*tally
}

func (s *totals) add(server, fault string, t tally) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sums == nil {
		s.sums = map[[2]string]*tally{}
	}
	key := [2]string{server, fault}
	if s.sums[key] == nil {
		s.sums[key] = &tally{}
		s.keys = append(s.keys, key)
	}
	s.sums[key].add(t)
}

// String is a table.
func (s *totals) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "server\tfault\truns\tstep not reached\tfiles expected\tdelivered\tfound by the probe\tredelivered\tpartials seen\texpelled\tcleaned\trenamed twice\tserver had to let go\tslow before the fault\t")
	var all tally
	line := func(server, fault string, t tally) {
		expected := t.Runs * len(artifacts())
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t\n", server, fault, t.Runs, t.NotReached, expected, t.Delivered, t.Found,
			t.Redelivered, t.Partials, t.Expelled, t.Cleaned, t.Twice, t.Blocked, t.Slow)
	}
	for _, key := range s.keys {
		line(key[0], key[1], *s.sums[key])
		all.add(*s.sums[key])
	}
	line("all", "", all)
	_ = w.Flush() // into a buffer
	return b.String()
}
