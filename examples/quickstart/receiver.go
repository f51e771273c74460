package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim"
	"github.com/cicwfm/cicwfm/wfm/cicsim/icwsserver"
)

// receiver stands in for a WFM product: it takes a feed, decodes it, and measures how long each change
// was on its way from the server's change to the decoded record.
type receiver struct {
	scheme   string
	decoder  vendors.RTADecoder
	session  vendors.Session // writes what is expected, to know it again
	statuses []cicsim.Status
	listener net.Listener
	server   *http.Server
	wg       sync.WaitGroup

	mu       sync.Mutex
	decoded  int
	bad      error
	expected []expected
	arrived  map[string][]arrival // by the agent's identifier in the feed
	last     vendors.Decoded
}

// expected is a change that is to arrive.
type expected struct {
	state wfm.AgentState
	at    time.Time
}

// arrival is a change that did.
type arrival struct {
	code string
	at   time.Time
}

func newReceiver(encoder vendors.RTAEncoder, decoder vendors.RTADecoder, statuses []cicsim.Status, overHTTP bool) (*receiver, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &receiver{scheme: "tcp", decoder: decoder, session: encoder.NewSession(), statuses: statuses, listener: listener,
		arrived: map[string][]arrival{}}
	if overHTTP {
		r.scheme = "http"
		r.server = &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if req.Method != http.MethodPost {
				http.Error(w, "POST only", http.StatusMethodNotAllowed)
				return
			}
			r.read(http.MaxBytesReader(w, req.Body, 8<<20))
		})}
		r.wg.Go(func() { _ = r.server.Serve(listener) })
		return r, nil
	}
	r.wg.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			r.wg.Go(func() { defer c.Close(); r.read(c) })
		}
	})
	return r, nil
}

func (r *receiver) address() string { return r.listener.Addr().String() }

// close ends the receiver; its connections have ended with the feed.
func (r *receiver) close() {
	if r.server != nil {
		r.server.Close()
	}
	r.listener.Close()
	r.wg.Wait()
}

// read decodes a connection, or the body of a request.
func (r *receiver) read(from io.Reader) {
	frames := r.decoder.NewFrameReader()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		now := time.Now()
		if e := frames.Read(buf[:n], func(d vendors.Decoded) { r.take(d, now) }); e != nil || err != nil {
			return
		}
	}
}

func (r *receiver) take(d vendors.Decoded, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if d.Err != nil {
		r.bad = d.Err
		return
	}
	if d.Agent == "" {
		return // about the feed itself
	}
	r.decoded++
	r.arrived[d.Agent] = append(r.arrived[d.Agent], arrival{d.Code, now})
	r.last = d
}

// expect notes a change of the simulated server at the moment it happens.
func (r *receiver) expect(c icwsserver.Change) {
	if c.Kind != icwsserver.ChangedStatus {
		return
	}
	e := expected{at: time.Now(), state: wfm.AgentState{Agent: c.Agent.ID, LoggedIn: c.Agent.LoggedIn, Since: c.Agent.StatusChanged,
		Workgroups: []wfm.Workgroup{icwsserver.MasterWorkgroup}}}
	for _, s := range r.statuses {
		if s.Key == c.Agent.Status {
			e.state.Status = wfm.StatusDefinition{Key: s.Key, Group: s.Group, ACD: s.AllowsACD, ACW: s.ACW, DND: s.DND}
		}
	}
	switch {
	case !e.state.LoggedIn:
		e.state.Activity = wfm.AgentLoggedOff
	case e.state.Status.ACW:
		e.state.Activity = wfm.AgentAfterCall
	case e.state.Status.ACD:
		e.state.Activity = wfm.AgentAvailable
	default:
		e.state.Activity = wfm.AgentUnavailable
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.expected = append(r.expected, e)
}

// measure compares what arrived with what was expected, change by change, and returns how long each was on
// its way. What identifier and code a change has in the feed is found by encoding it.
func (r *receiver) measure() ([]time.Duration, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.bad != nil {
		return nil, r.bad
	}
	seen := map[string]int{}
	var took []time.Duration
	for _, e := range r.expected {
		var f wfm.Frames
		if err := r.session.AppendSnapshot(&f, e.at, []wfm.AgentState{e.state}); err != nil {
			return nil, err
		}
		var wrong error
		err := r.decoder.NewFrameReader().Read(f.Bytes, func(d vendors.Decoded) {
			if d.Agent == "" {
				return
			}
			seen[d.Agent]++ // the first arrival is that of the snapshot
			list := r.arrived[d.Agent]
			if n := seen[d.Agent]; n >= len(list) || list[n].code != d.Code {
				wrong = fmt.Errorf("change %d of agent %s to %s did not arrive", n, d.Agent, d.Code)
				return
			}
			took = append(took, list[seen[d.Agent]].at.Sub(e.at))
		})
		if err := errors.Join(err, wrong); err != nil {
			return nil, err
		}
	}
	slices.Sort(took)
	return took, nil
}

func (r *receiver) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.decoded
}

// fill completes a line of the table.
func (r *receiver) fill(line *rtaFeed) error {
	took, err := r.measure()
	if err != nil {
		return fmt.Errorf("%s: %w", line.Vendor, err)
	}
	line.Decoded, line.P50, line.P99 = r.decoded, percentile(took, 0.5), percentile(took, 0.99)
	var parts []string
	for _, f := range r.last.Fields {
		if f.Value != "" {
			parts = append(parts, f.Name+"="+f.Value)
		}
	}
	line.sample = strings.Join(parts, " ")
	return nil
}
