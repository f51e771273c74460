package rta

import (
	"slices"
	"strconv"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// ServerState says how a server is reached.
type ServerState uint8

// The states.
const (
	ServerConnecting    ServerState = iota // not reached since the stream was started
	ServerUp                               // connected, and every agent was told
	ServerSwitchingOver                    // the link was lost a short time ago
	ServerDown                             // not reached for longer
)

var serverStateNames = [...]string{"connecting", "up", "switching over", "down"}

// String names the state.
func (s ServerState) String() string {
	if int(s) >= len(serverStateNames) {
		return "state " + strconv.Itoa(int(s))
	}
	return serverStateNames[s]
}

// ServerHealth is what is known of one server. Times are UTC in the host's clock.
type ServerHealth struct {
	Server string // configured name
	Host   string // that the session is, or was, with
	State  ServerState
	Since  time.Time // of the state
	// Reason is why the server is not up, one line; empty where it is.
	Reason string
	// Next is when the next attempt to connect follows; zero where none is due.
	Next time.Time
	// Skew is how far the server's clock is ahead of the host's.
	Skew time.Duration
	// Agents is how many agents of the server are known, Connects how often it was connected.
	Agents, Connects int
	// LastEvent is when the server said something the last time.
	LastEvent time.Time
	// Remarks are the latest things that the administrator should know, oldest first, at most 20.
	Remarks []string
}

const remarksShown = 20

// remark keeps a remark that is not among the latest.
func (h *ServerHealth) remark(text string) bool {
	text = wfm.OneLine(text)
	if slices.Contains(h.Remarks, text) {
		return false
	}
	h.Remarks = append(h.Remarks, text)
	if n := len(h.Remarks); n > remarksShown {
		h.Remarks = slices.Clone(h.Remarks[n-remarksShown:])
	}
	return true
}

// Health returns the health of all servers, in their order.
func (s *Stream) Health() []ServerHealth {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.healths(^uint64(0))
}

func (s *Stream) healths(mask uint64) []ServerHealth {
	var list []ServerHealth
	for i, srv := range s.servers {
		if mask&(1<<i) != 0 && !srv.removed {
			h := srv.health
			h.Remarks = slices.Clone(h.Remarks)
			list = append(list, h)
		}
	}
	return list
}
