package integration_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/rta/rtatest"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/integration"
)

// words is a real-time encoder that writes a line of words per event.
type words struct {
	traits vendors.Traits
	codes  *vendors.StatusCodes
}

func newWords(t *testing.T, traits vendors.Traits, m vendors.StatusMap) words {
	codes, err := vendors.NewStatusCodes(nil, m)
	require.NoError(t, err)
	return words{traits, codes}
}

func (words) Info() vendors.Info            { return vendors.Info{Name: "words"} }
func (w words) Traits() vendors.Traits      { return w.traits }
func (w words) NewSession() vendors.Session { return wordSession{w} }
func (w words) CheckStatuses(d []wfm.StatusDefinition) ([]wfm.StatusKey, error) {
	return w.codes.Check(d)
}

type wordSession struct{ words }

func (s wordSession) write(f *wfm.Frames, what string, st *wfm.AgentState) error {
	code, ok := s.codes.Of(st)
	if !ok {
		return &vendors.Skipped{Agent: st.Agent, Status: st.Status.Key, Unmapped: true, Reason: "has no code"}
	}
	f.Bytes = fmt.Appendf(f.Bytes, "%s %s %s\n", what, st.Agent, code.Code)
	f.End()
	return nil
}

func (s wordSession) AppendSnapshot(f *wfm.Frames, _ time.Time, all []wfm.AgentState) error {
	var list []error
	for i := range all {
		list = append(list, s.write(f, "is", &all[i]))
	}
	return errors.Join(list...)
}

func (s wordSession) AppendChanges(f *wfm.Frames, _ time.Time, changes []wfm.StatusChange) error {
	var list []error
	for i := range changes {
		list = append(list, s.write(f, changes[i].Event().String(), &changes[i].Now))
	}
	return errors.Join(list...)
}

func (wordSession) AppendHealth(f *wfm.Frames, _ time.Time, h wfm.FeedHealth) error {
	f.Bytes = append(append(f.Bytes, h.String()...), '\n')
	f.End()
	return nil
}

func (wordSession) AppendHeartbeat(f *wfm.Frames, _ time.Time) error {
	f.Bytes = append(f.Bytes, "beat\n"...)
	f.End()
	return nil
}

// memory is links to receivers in memory, each connected at once and for ever unless it is cut.
type receivers struct {
	list []*reader
	fail error // of Serve
}

type reader struct {
	name  string
	mu    sync.Mutex
	text  bytes.Buffer
	stuck chan struct{} // while not nil, Send waits for it
	cut   chan struct{}
}

func (r *reader) Where() string { return r.name }

func (r *reader) Send(ctx context.Context, f *wfm.Frames) error {
	r.mu.Lock()
	stuck := r.stuck
	r.mu.Unlock()
	if stuck != nil {
		<-stuck
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.text.Write(f.Bytes)
	return nil
}

// read returns the lines since the last call.
func (r *reader) read() []string {
	synctest.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	list := strings.Split(strings.TrimSuffix(r.text.String(), "\n"), "\n")
	if r.text.Len() == 0 {
		list = []string{}
	}
	r.text.Reset()
	return list
}

var errCut = errors.New("the receiver hung up")

func (m *receivers) Serve(ctx context.Context, h delivery.LinkHandler) error {
	if m.fail != nil {
		return m.fail
	}
	var wg sync.WaitGroup
	for _, r := range m.list {
		wg.Go(func() {
			for ctx.Err() == nil {
				life, end := context.WithCancelCause(ctx)
				done := make(chan struct{})
				go func() {
					defer close(done)
					select {
					case <-r.cut:
						end(errCut)
					case <-life.Done():
					}
				}()
				err := h.Handle(life, r)
				end(nil)
				<-done
				if ctx.Err() == nil {
					h.Failed(r.name, err, time.Now().Add(time.Second))
					time.Sleep(time.Second)
				}
			}
		})
	}
	wg.Wait()
	return nil
}

var (
	available = wfm.StatusDefinition{Key: "Available", Group: "Available", ACD: true}
	lunch     = wfm.StatusDefinition{Key: "At lunch", Group: "Break"}
	everyOne  = vendors.StatusMap{ByActivity: map[wfm.AgentActivity]vendors.Code{wfm.AgentAvailable: {Code: "1"}, wfm.AgentUnavailable: {Code: "5"}, wfm.AgentLoggedOff: {Code: "27"}}}
)

func told(agent wfm.AgentID, status wfm.StatusDefinition) rta.Facts {
	return rta.Facts{Agent: agent, Workgroups: []wfm.Workgroup{"Sales"}, LoggedIn: true, Status: status, StatusSince: time.Now().UTC()}
}

// centre is a service under test with servers that say what the test tells them.
type centre struct {
	t       *testing.T
	ctx     context.Context
	servers []*rtatest.Source
	service *integration.Service
	log     bytes.Buffer
}

func (c *centre) tell(server int, list ...rta.Facts) {
	for i := range list {
		require.NoError(c.t, c.servers[server].Emit(c.ctx, rta.Event{Kind: rta.Agent, Facts: &list[i]}))
	}
}

func (c *centre) begin(server int, list ...rta.Facts) {
	require.NoError(c.t, c.servers[server].Emit(c.ctx, rtatest.Told("host", list...)...))
}

var realTimeGate = license.NewGate(license.Declared{All: []license.Feature{"RTA"}}, license.Options{RealTime: "RTA"})

func runRealTime(t *testing.T, servers int, gate *license.Gate, feeds []integration.RealTimeFeed, test func(c *centre)) (err error) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		c := &centre{t: t, ctx: ctx}
		o := integration.Options{RealTime: feeds, Licence: gate, Logger: slog.New(slog.NewTextHandler(&c.log, nil))}
		for i := range servers {
			src := rtatest.NewSource()
			c.servers = append(c.servers, src)
			o.RealTimeServers = append(o.RealTimeServers, integration.RealTimeServer{Name: fmt.Sprint("cic", i+1), Source: src})
		}
		var e error
		c.service, e = integration.New(o)
		require.NoError(t, e)
		done := make(chan struct{})
		go func() { err = c.service.Run(ctx); close(done) }()
		if test != nil {
			test(c)
			cancel()
		}
		<-done
	})
	return err
}

func wordFeed(t *testing.T, name string, traits vendors.Traits, links delivery.Links) integration.RealTimeFeed {
	return integration.RealTimeFeed{Name: name, Workgroups: []wfm.Workgroup{"Sales"}, Encoder: newWords(t, traits, everyOne), Links: links}
}

func TestRealTimeSnapshotChangesHealthShutdown(t *testing.T) {
	a, b := &reader{name: "a"}, &reader{name: "b"}
	feeds := []integration.RealTimeFeed{wordFeed(t, "one", vendors.Traits{}, &receivers{list: []*reader{a, b}})}
	require.NoError(t, runRealTime(t, 1, realTimeGate, feeds, func(c *centre) {
		b.cut = make(chan struct{}) // channels belong to the bubble
		require.Empty(t, a.read())
		require.Equal(t, "waiting", c.service.Status().RealTime[0].State)
		c.begin(0, told("ann", available), told("bob", lunch))
		first := []string{"normal", "is ann 1", "is bob 5"}
		require.Equal(t, first, a.read())
		require.Equal(t, first, b.read())
		c.tell(0, told("bob", available))
		require.Equal(t, []string{"change bob 1"}, a.read())
		b.cut <- struct{}{}
		synctest.Wait()
		c.tell(0, told("ann", lunch))
		require.Equal(t, []string{"change ann 5"}, a.read())
		time.Sleep(2 * time.Second)
		require.Equal(t, []string{"change bob 1", "normal", "is ann 5", "is bob 1"}, b.read(), "a snapshot after each reconnect")

		require.NoError(t, c.servers[0].Lose(c.ctx, &wfm.Error{Op: "read", Retry: true, After: time.Minute, Err: errors.New("switchover")}))
		require.Empty(t, a.read())
		time.Sleep(6 * time.Second)
		require.Equal(t, []string{"unavailable"}, a.read())
		off := told("bob", available)
		off.LoggedIn = false
		c.begin(0, told("ann", lunch), off)
		require.Equal(t, []string{"change ann 5", "log-off bob 27", "normal"}, a.read(), "the status was set anew meanwhile")

		st := c.service.Status()
		require.Equal(t, []any{"one", "rta", "words", "serving", 2}, []any{st.RealTime[0].Name, st.RealTime[0].Module, st.RealTime[0].Vendor, st.RealTime[0].State, len(st.RealTime[0].Receivers)})
		r := st.RealTime[0].Receivers[0]
		require.Equal(t, []any{"b", true, int64(7), int64(1), int64(2)}, []any{r.Where, r.Connected, r.Frames, r.Snapshots, r.Changes})
		require.Equal(t, []any{rta.ServerUp, 2}, []any{st.Servers[0].State, st.Servers[0].Agents})
		b.read()
	}))
	require.Equal(t, "shutdown\n", a.text.String())
	require.Equal(t, "shutdown\n", b.text.String())
}

func TestRealTimeBatchesRefreshHeartbeat(t *testing.T) {
	r := &reader{name: "a"}
	traits := vendors.Traits{UpdateFrequency: 10 * time.Second, Refresh: time.Minute, Heartbeat: 26 * time.Second}
	feeds := []integration.RealTimeFeed{wordFeed(t, "one", traits, &receivers{list: []*reader{r}})}
	require.NoError(t, runRealTime(t, 1, realTimeGate, feeds, func(c *centre) {
		c.begin(0, told("ann", available), told("bob", lunch))
		require.Equal(t, []string{"normal", "is ann 1", "is bob 5"}, r.read())
		time.Sleep(4 * time.Second)
		c.tell(0, told("ann", lunch))
		c.tell(0, told("bob", available))
		require.Empty(t, r.read())
		time.Sleep(6 * time.Second)
		require.Equal(t, []string{"change ann 5", "change bob 1"}, r.read())
		time.Sleep(25 * time.Second)
		require.Empty(t, r.read())
		time.Sleep(time.Second)
		require.Equal(t, []string{"beat"}, r.read())
		time.Sleep(25 * time.Second)
		require.Equal(t, []string{"is ann 5", "is bob 1"}, r.read(), "the refresh, which puts the heartbeat off")
	}))
}

func TestRealTimeUnmappedStatuses(t *testing.T) {
	r := &reader{name: "a"}
	feed := wordFeed(t, "one", vendors.Traits{}, &receivers{list: []*reader{r}})
	feed.Encoder = newWords(t, vendors.Traits{}, vendors.StatusMap{ByStatus: map[wfm.StatusKey]vendors.Code{"available": {Code: "1"}}})
	require.NoError(t, runRealTime(t, 1, realTimeGate, []integration.RealTimeFeed{feed}, func(c *centre) {
		c.begin(0, told("ann", available), told("bob", lunch))
		require.Empty(t, r.read(), "a status without a code keeps the feed from starting")
		st := c.service.Status().RealTime[0]
		require.Equal(t, "refused", st.State)
		require.Contains(t, st.LastError, `status "At lunch" has no code; map it, its group "Break" or the activity unavailable`)

		// The status is removed at CIC: the feed starts. It comes back while the feed runs: skipped and counted.
		require.NoError(t, c.servers[0].Emit(c.ctx, rta.Event{Kind: rta.Statuses, Statuses: []wfm.StatusDefinition{available}}, rta.Event{Kind: rta.Synced}))
		require.Equal(t, []string{"normal", "is ann 1"}, r.read())
		c.tell(0, told("ann", lunch))
		c.tell(0, told("ann", available))
		require.Equal(t, []string{"change ann 1"}, r.read())
		st = c.service.Status().RealTime[0]
		require.Equal(t, map[wfm.StatusKey]int{"At lunch": 2}, st.Unmapped)
		require.Equal(t, 1, strings.Count(c.log.String(), "an agent's state is not sent"), "said once")
	}))
}

func TestRealTimeFeedThatNoServerReaches(t *testing.T) {
	r := &reader{name: "a"}
	feeds := []integration.RealTimeFeed{wordFeed(t, "one", vendors.Traits{}, &receivers{list: []*reader{r}}),
		wordFeed(t, "two", vendors.Traits{}, &receivers{fail: wfm.Problem{Field: "Address", Reason: "is taken"}})}
	require.NoError(t, runRealTime(t, 1, realTimeGate, feeds, func(c *centre) {
		time.Sleep(11 * time.Second)
		require.Equal(t, []string{"unavailable"}, r.read(), "receivers are told, and not left waiting")
		c.begin(0, told("ann", available))
		require.Equal(t, []string{"entered ann 1", "normal"}, r.read())
		st := c.service.Status().RealTime[1]
		require.Equal(t, "failed", st.State)
		require.Contains(t, st.LastError, "Address is taken")
	}))
}

func TestASlowReceiverHoldsUpNobody(t *testing.T) {
	slow := &reader{name: "slow"}
	var list []*reader
	for i := range 6 {
		list = append(list, &reader{name: fmt.Sprint("fast", i)})
	}
	feed := wordFeed(t, "one", vendors.Traits{}, &receivers{list: append([]*reader{slow}, list...)})
	feed.Backlog = 10
	require.NoError(t, runRealTime(t, 1, realTimeGate, []integration.RealTimeFeed{feed}, func(c *centre) {
		var agents []rta.Facts
		for i := range 20 {
			agents = append(agents, told(wfm.AgentID(fmt.Sprintf("agent%02d", i)), available))
		}
		c.begin(0, agents...)
		for _, r := range append(list, slow) {
			require.Len(t, r.read(), 21)
		}
		slow.stuck = make(chan struct{})
		states := []wfm.StatusDefinition{lunch, available}
		for second := range 60 {
			time.Sleep(time.Second)
			for i := range agents {
				agents[i].Status, agents[i].StatusSince = states[second%2], time.Now().UTC()
			}
			c.tell(0, agents...)
			for _, r := range list {
				require.Len(t, r.read(), 20, "at once, in the same second")
			}
		}
		c.tell(0, told("agent07", lunch))
		close(slow.stuck)
		lines := slow.read()
		require.LessOrEqual(t, len(lines), 20+10+20, "what was being sent, the backlog, one per agent")
		last := map[string]string{}
		for _, l := range lines {
			w := strings.Fields(l)
			last[w[1]] = w[2]
		}
		require.Len(t, last, 20)
		for agent, code := range last {
			require.Equal(t, map[bool]string{true: "5", false: "1"}[agent == "agent07"], code, agent)
		}
		for _, r := range c.service.Status().RealTime[0].Receivers {
			require.Equal(t, r.Where == "slow", r.Merged > 0)
		}
	}))
}

func TestRealTimeProblemsAreToldTogether(t *testing.T) {
	_, err := integration.New(integration.Options{Licence: realTimeGate, RealTimeServers: []integration.RealTimeServer{{Name: "a"}},
		RealTime: []integration.RealTimeFeed{{Name: "x", Servers: []string{"b"}, Workgroups: []wfm.Workgroup{"A", "a"}}, {Name: "x"}}})
	for _, text := range []string{"server without name or source", `feed "x": Encoder is missing`, "Links is missing", `Servers "b" is none of RealTimeServers`,
		`Workgroups "a" stands twice`, "Workgroups names no workgroup", `feed "x" is configured twice`} {
		require.ErrorContains(t, err, text)
	}
	require.NotContains(t, err.Error(), "Ledger", "real-time feeds need none")
}

// inspector is a source that is only looked at.
type inspector struct {
	rta.Source
	in  rta.Inspection
	err error
}

func (i inspector) Inspect(context.Context, rta.Query) (rta.Inspection, error) { return i.in, i.err }

func TestCheckOfRealTimeFeeds(t *testing.T) {
	src := inspector{in: rta.Inspection{Host: "cic-a", Version: "2021 R1", Skew: time.Minute, Statuses: []wfm.StatusDefinition{available, lunch},
		Members: map[wfm.Workgroup]int{"sales": 0}, Agents: 5, Told: 3, Remarks: []string{"polling"}}}
	feed := wordFeed(t, "one", vendors.Traits{MasterWorkgroup: true}, &receivers{})
	feed.Workgroups = []wfm.Workgroup{"Sales", "Nowhere"}
	feed.Encoder = newWords(t, vendors.Traits{MasterWorkgroup: true}, vendors.StatusMap{ByStatus: map[wfm.StatusKey]vendors.Code{"Available": {Code: "1"}}})
	s, err := integration.New(integration.Options{RealTime: []integration.RealTimeFeed{feed}, Licence: realTimeGate,
		RealTimeServers: []integration.RealTimeServer{{Name: "cic1", Source: src}}})
	require.NoError(t, err)
	report := s.Check(t.Context(), wfm.Window{})
	require.Len(t, report.Feeds, 1)
	problems := report.Err().Error()
	require.Contains(t, problems, `Workgroups "Nowhere" is at none of the feed's servers`)
	require.Contains(t, problems, `status "At lunch" has no code`)
	notes := strings.Join(report.Feeds[0].Notes, "\n")
	require.Subset(t, report.Feeds[0].Notes, report.Feeds[0].Attention)
	for _, text := range []string{"is not visible", "clock is", "has no members"} {
		require.Contains(t, strings.Join(report.Feeds[0].Attention, "\n"), text)
	}
	require.NotContains(t, strings.Join(report.Feeds[0].Attention, "\n"), "5 agents")
	for _, text := range []string{"cic-a, CIC 2021 R1; 5 agents", "the status of 2 agents is not visible", "clock is 1m0s off", "polling", `"Sales" has no members`, "one master workgroup"} {
		require.Contains(t, notes, text)
	}
	src.err = &wfm.Error{Op: "log on", Kind: wfm.NoPermission, Err: errors.New("wrong password")}
	s, err = integration.New(integration.Options{RealTime: []integration.RealTimeFeed{feed}, RealTimeServers: []integration.RealTimeServer{{Name: "cic1", Source: src}},
		Licence: license.NewGate(integration.FeaturesOf(nil), license.Options{RealTime: "RTA"})})
	require.NoError(t, err)
	problems = s.Check(t.Context(), wfm.Window{}).Err().Error()
	require.Contains(t, problems, `server "cic1": log on: wrong password`)
	require.Contains(t, problems, "the licence could not be read")
}

// Destination makes readers receivers that are found again.
func (r *reader) Destination() string { return r.name }

func TestAReceiverThatComesBackHearsWhoLeft(t *testing.T) {
	r := &reader{name: "a"}
	feeds := []integration.RealTimeFeed{wordFeed(t, "one", vendors.Traits{}, &receivers{list: []*reader{r}})}
	require.NoError(t, runRealTime(t, 1, realTimeGate, feeds, func(c *centre) {
		r.cut = make(chan struct{})
		c.begin(0, told("ann", available), told("bob", lunch), told("cid", lunch), told("dan", lunch))
		require.Len(t, r.read(), 5)
		leave := func(agent wfm.AgentID) {
			require.NoError(t, c.servers[0].Emit(c.ctx, rta.Event{Kind: rta.AgentGone, Facts: &rta.Facts{Agent: agent}}))
		}
		leave("dan")
		require.Equal(t, []string{"left dan 5"}, r.read())
		time.Sleep(5 * time.Minute)
		leave("ann")
		require.Equal(t, []string{"left ann 1"}, r.read())
		r.cut <- struct{}{}
		synctest.Wait()
		leave("bob")
		leave("cid")
		c.tell(0, told("cid", available))
		time.Sleep(2 * time.Second)
		require.Equal(t, []string{"normal", "left ann 1", "left bob 5", "is cid 1"}, r.read(),
			"who left meanwhile, or just before; not who came back, nor who left long ago")
	}))
}
