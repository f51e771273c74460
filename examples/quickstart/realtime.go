package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"slices"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/rta/icws"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/all"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim"
	"github.com/cicwfm/cicwfm/wfm/cicsim/icwsserver"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/httppush"
	"github.com/cicwfm/cicwfm/wfm/delivery/tcplink"
	"github.com/cicwfm/cicwfm/wfm/integration"
)

// What is shown of the day in real time: half an hour, in which each second takes pace.
const (
	liveFrom = 10*time.Hour + 15*time.Minute // of the centre's day
	liveFor  = 30 * time.Minute
	pace     = 2500 * time.Microsecond
	patience = 30 * time.Second
)

// realTimeFeature is the licence feature of the simulated server. The name of the real one is not
// public: look it up in the licence of your CIC.
const realTimeFeature = "I3_FEATURE_SIMULATED_RTA"

// rtaFeed is one line of the real-time table, and one element of the JSON.
type rtaFeed struct {
	Module   string  `json:"module"`
	Vendor   string  `json:"vendor"`
	Sent     int     `json:"sent"`
	Decoded  int     `json:"decoded"`
	P50      float64 `json:"p50_ms"`
	P99      float64 `json:"p99_ms"`
	Evidence string  `json:"evidence"`

	where, sample string
}

// realTime is the real-time half: a simulated CIC that answers ICWS over loopback, a feed per vendor, and a
// receiver of each in this process.
func realTime(ctx context.Context, stdout io.Writer) ([]rtaFeed, error) {
	centre, err := newCentre()
	if err != nil {
		return nil, err
	}
	cic, err := serveCIC(centre)
	if err != nil {
		return nil, err
	}
	defer cic.close()

	// The source: a client of the server, with one session for all feeds.
	client, err := icws.New(icws.Options{URLs: []string{cic.url}, User: "svc_rta", Password: wfm.NewSecret("quickstart")})
	if err != nil {
		return nil, err
	}
	defer client.Close()
	servers := []integration.RealTimeServer{{Name: "cic", Source: client}}

	// One feed per vendor: an encoder, and a link to the receiver.
	registry, err := all.Registry()
	if err != nil {
		return nil, err
	}
	var feeds []integration.RealTimeFeed
	var receivers []*receiver
	defer func() {
		for _, r := range receivers {
			r.close()
		}
	}()
	for _, vendor := range registry.RealTimeNames() {
		encoder, err := registry.RealTime(vendor, settings(vendor))
		if err != nil {
			return nil, err
		}
		r, links, err := receive(vendor, encoder, centre.Statuses())
		if err != nil {
			return nil, err
		}
		receivers = append(receivers, r)
		feeds = append(feeds, integration.RealTimeFeed{Name: vendor, Workgroups: []wfm.Workgroup{icwsserver.MasterWorkgroup}, Encoder: encoder, Links: links})
	}
	service, err := integration.New(integration.Options{RealTime: feeds, RealTimeServers: servers,
		Licence: license.NewGate(integration.FeaturesOf(servers), license.Options{RealTime: realTimeFeature})})
	if err != nil {
		return nil, err
	}

	// The work: the service runs while the centre lives through half an hour.
	running, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- service.Run(running) }()
	fmt.Fprintf(stdout, "\nHalf an hour of that day in real time, from %s, over ICWS on loopback: %d agents.\n", clock(centre, cic.now()), len(centre.Agents()))
	err = live(ctx, service, cic, receivers)
	status := service.Status()
	stop()
	if ended := <-done; err == nil {
		err = ended
	}
	if err != nil {
		return nil, err
	}
	var lines []rtaFeed
	for i, f := range status.RealTime {
		line := rtaFeed{Module: f.Module, Vendor: f.Vendor, where: receivers[i].scheme, Evidence: evidence(feeds[i].Encoder, "rta")}
		for _, r := range f.Receivers {
			line.Sent += int(r.States + r.Changes)
		}
		if err := receivers[i].fill(&line); err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	showRealTime(stdout, lines)
	return lines, nil
}

// live waits for the first snapshot of every receiver, lets the centre live, and waits until all has arrived.
func live(ctx context.Context, service *integration.Service, cic *liveCIC, receivers []*receiver) error {
	arrived := func(what string, ok func(*receiver) bool) error {
		deadline := time.Now().Add(patience)
		for slices.ContainsFunc(receivers, func(r *receiver) bool { return !ok(r) }) {
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case time.Now().After(deadline):
				return fmt.Errorf("%s did not arrive within %s: %+v", what, patience, service.Status())
			}
			time.Sleep(time.Millisecond)
		}
		return nil
	}
	agents := len(cic.state.Agents())
	if err := arrived("the snapshot", func(r *receiver) bool { return r.count() >= agents }); err != nil {
		return err
	}
	for _, r := range receivers {
		defer cic.state.Observe(r.expect)()
	}
	changes := 0
	defer cic.state.Observe(func(c icwsserver.Change) {
		if c.Kind == icwsserver.ChangedStatus {
			changes++
		}
	})()
	ticker := time.NewTicker(pace)
	defer ticker.Stop()
	for end := cic.now().Add(liveFor); cic.now().Before(end); {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
		if err := cic.step(); err != nil {
			return err
		}
	}
	return arrived("the last change", func(r *receiver) bool { return r.count() >= agents+changes })
}

// settings are what a site says about each vendor's feed. All statuses are sent at once, without batches.
func settings(vendor string) vendors.RTASettings {
	s := vendors.RTASettings{UpdateFrequency: new(time.Duration)}
	own := vendors.StatusMap{ByActivity: map[wfm.AgentActivity]vendors.Code{
		wfm.AgentAvailable: {Code: "1"}, wfm.AgentUnavailable: {Code: "2"}, wfm.AgentAfterCall: {Code: "3"}, wfm.AgentLoggedOff: {Code: "4"}}}
	switch vendor {
	case "gmt", "nice", "pipkins": // no codes are public, so the site maps its statuses
		s.Statuses = own
	case "aspect":
		s.Statuses = own
		s.Values = map[string]string{"longAgentIds": "truncate"}
	case "injixo":
		s.Values = map[string]string{"integrationConfigurationId": "1234"}
	}
	return s
}

// receive opens a receiver and the links to it.
func receive(vendor string, encoder vendors.RTAEncoder, statuses []cicsim.Status) (*receiver, delivery.Links, error) {
	decoder, ok := vendors.Find[vendors.RTADecoder](encoder)
	if !ok {
		return nil, nil, fmt.Errorf("%s cannot read what it writes", vendor)
	}
	r, err := newReceiver(encoder, decoder, statuses, vendor == "injixo")
	if err != nil {
		return nil, nil, err
	}
	if vendor == "injixo" {
		links, err := httppush.New([]string{"http://" + r.address()}, httppush.Options{Token: wfm.NewSecret("quickstart")})
		return r, links, err
	}
	links, err := tcplink.Dial([]string{r.address()}, tcplink.Options{})
	return r, links, err
}

// liveCIC is the simulated server.
type liveCIC struct {
	url    string
	state  *icwsserver.CIC
	play   *icwsserver.Playback
	pair   *icwsserver.Pair
	server *http.Server
	second atomic.Int64
}

// serveCIC answers ICWS on a free port of loopback, in the clock of the simulated day.
func serveCIC(centre *cicsim.Centre) (*liveCIC, error) {
	c := &liveCIC{}
	c.second.Store(centre.Window().Start.Add(liveFrom).Unix())
	var err error
	if c.state, c.play, err = icwsserver.FromCentreWithClock(centre, 1, c.now); err != nil {
		return nil, err
	}
	if _, err = c.play.Step(c.now()); err != nil {
		return nil, err
	}
	if c.pair, err = icwsserver.New(c.state, icwsserver.Options{User: "svc_rta", Password: wfm.NewSecret("quickstart"), Licences: []string{realTimeFeature}}); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	c.url = "http://" + listener.Addr().String()
	c.server = &http.Server{Handler: c.pair.Primary, ReadHeaderTimeout: 10 * time.Second}
	go c.server.Serve(listener)
	return c, nil
}

func (c *liveCIC) now() time.Time { return time.Unix(c.second.Load(), 0).UTC() }

// step lives one second.
func (c *liveCIC) step() error {
	to := c.second.Add(1)
	_, err := c.play.Step(time.Unix(to, 0).UTC())
	return err
}

func (c *liveCIC) close() {
	c.pair.Close()
	c.server.Close()
}

func clock(centre *cicsim.Centre, t time.Time) string {
	return t.In(centre.Sites()[0].Location).Format("15:04")
}

func showRealTime(w io.Writer, lines []rtaFeed) {
	fmt.Fprintln(w)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "FEED\tOVER\tSENT\tDECODED\tMEDIAN\t99TH PERCENTILE")
	for _, l := range lines {
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%.2f ms\t%.2f ms\n", l.Vendor, l.where, l.Sent, l.Decoded, l.P50, l.P99)
	}
	t.Flush()
	fmt.Fprint(w, "\nHow well the frames are known:\n")
	for _, l := range lines {
		fmt.Fprintf(w, "    %s: %s\n", l.Vendor, l.Evidence)
	}
	for _, l := range lines {
		fmt.Fprintf(w, "\n%s, the last change as it was received:\n    %s\n", l.Vendor, l.sample)
	}
}

// percentile returns a latency in milliseconds.
func percentile(sorted []time.Duration, share float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	i := int(math.Ceil(share*float64(len(sorted)))) - 1
	ms := float64(sorted[max(i, 0)]) / float64(time.Millisecond)
	return math.Round(ms*1000) / 1000
}
