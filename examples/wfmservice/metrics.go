package main

import (
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/wfm/integration"
)

// metrics answers in the text form of Prometheus, from a registry of its own.
func (h *host) metrics() http.Handler {
	r := prometheus.NewRegistry()
	r.MustRegister(&collector{h}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{ErrorHandling: promhttp.HTTPErrorOnError, MaxRequestsInFlight: 4, Timeout: 20 * time.Second})
}

// collector makes metrics of a snapshot at the moment that they are asked for, so that the service counts everything once. Counters of a feed go on
// through all reloads that leave its name; those of a receiver begin again with each connection, as Prometheus expects of a counter that is reset.
type collector struct{ *host }

// Describe sends nothing: feeds and receivers come and go.
func (c *collector) Describe(chan<- *prometheus.Desc) {}

// metric describes one of ours.
type metric struct {
	kind   prometheus.ValueType
	name   string
	help   string
	labels []string
}

const (
	counter = prometheus.CounterValue
	gauge   = prometheus.GaugeValue
)

// m names a metric. Timestamps are Unix seconds.
func m(kind prometheus.ValueType, name, help string, labels ...string) *metric {
	return &metric{kind, "cicwfm_" + name, help, labels}
}

// sender sends metrics of one moment.
type sender chan<- prometheus.Metric

func (s sender) put(m *metric, value float64, labels ...string) {
	for i := range labels {
		labels[i] = strings.ToValidUTF8(labels[i], "\uFFFD")
	}
	s <- prometheus.MustNewConstMetric(prometheus.NewDesc(m.name, m.help, m.labels, nil), m.kind, value, labels...)
}

func (s sender) at(m *metric, t time.Time, labels ...string) {
	if !t.IsZero() {
		s.put(m, float64(t.UnixMilli())/1000, labels...)
	}
}

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// Collect implements prometheus.Collector.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	s := sender(out)
	st := c.service.Status()
	b := readBuild()
	s.put(m(gauge, "build_info", "The program.", "version", "revision", "go"), 1, b.Version, b.Revision, b.Go)
	s.put(m(gauge, "healthy", "1 where /healthz answers 200."), one(c.health().Status == healthy))
	c.mu.Lock()
	r := c.reloads
	c.mu.Unlock()
	s.at(m(gauge, "config_loaded_timestamp_seconds", "When the configuration at work was read."), r.loaded)
	s.put(m(gauge, "config_refused", "1 where the configuration file was changed and is broken."), one(!r.at.IsZero()))
	s.put(m(gauge, "config_restart_needed", "1 where a change waits for the next start."), one(len(r.restart) > 0))
	reloads := m(counter, "config_reloads_total", "Changed configurations, by what became of them.", "result")
	s.put(reloads, float64(r.done), "done")
	s.put(reloads, float64(r.refused), "refused")
	now := c.clock.Now()
	for _, f := range st.Feeds {
		s.historical(f, now)
	}
	for _, f := range st.RealTime {
		s.realTime(f)
	}
	for _, h := range st.Servers {
		s.server(h)
	}
}

func (s sender) historical(f integration.FeedStatus, now time.Time) {
	at := []string{f.Name, f.Destination}
	put := func(kind prometheus.ValueType, name, help string, value float64) {
		s.put(m(kind, name, help, "feed", "destination"), value, at...)
	}
	files := m(counter, "artifacts_total", "Files by what became of them.", "feed", "destination", "action")
	for action, n := range map[integration.Action]int{integration.Delivered: f.Delivered, integration.Skipped: f.Skipped, integration.Restated: f.Restated, integration.Withheld: f.Withheld} {
		s.put(files, float64(n), f.Name, f.Destination, string(action))
	}
	put(gauge, "gaps", "Intervals that were not sent since their figures are not known, at most 100.", float64(len(f.Gaps)))
	if !f.Watermark.IsZero() {
		s.at(m(gauge, "watermark_timestamp_seconds", "End of the last interval of the unbroken run that was dealt with.", "feed", "destination"), f.Watermark, at...)
		put(gauge, "watermark_age_seconds", "How long ago that is.", now.Sub(f.Watermark).Seconds())
	}
	put(gauge, "failing", "1 while the feed waits out a failure.", one(f.LastError != ""))
	put(gauge, "working", "1 while the feed reads and delivers.", one(!f.Working.IsZero()))
	remarks := m(counter, "remarks_total", "Remarks about the data, by kind.", "feed", "destination", "kind")
	for kind, n := range f.Diagnostics {
		s.put(remarks, float64(n), f.Name, f.Destination, kind)
	}
	s.shared(f.Name, f.Destination, f.Licence, f.Lease)
}

// shared is what feeds of both modules have.
func (s sender) shared(feed, destination string, licences []integration.LicenceStatus, lease integration.LeaseStatus) {
	licensed := m(gauge, "licensed", "1 where the licence of the server is there for the feed's module.", "feed", "destination", "server")
	for _, l := range licences {
		s.put(licensed, one(l.State == string(license.Licensed)), feed, destination, l.Server)
	}
	if lease != (integration.LeaseStatus{}) {
		s.put(m(gauge, "lease_ours", "1 where this instance runs the feed.", "feed", "destination"), one(lease.Ours), feed, destination)
	}
}

func (s sender) realTime(f integration.RealTimeStatus) {
	s.put(m(gauge, "realtime_serving", "1 while the feed serves receivers.", "feed"), one(f.State == "serving"), f.Name)
	s.put(m(gauge, "realtime_failing", "1 while the feed is refused or failed.", "feed"), one(f.LastError != ""), f.Name)
	s.put(m(counter, "realtime_skipped_total", "States that could not be written.", "feed"), float64(f.Skipped), f.Name)
	unmapped := m(counter, "realtime_unmapped_total", "States that were not sent since their status has no code.", "feed", "status")
	for status, n := range f.Unmapped {
		s.put(unmapped, float64(n), f.Name, string(status))
	}
	seen := map[string]bool{}
	connected := 0
	for _, r := range f.Receivers {
		if r.Connected {
			connected++
		}
		// Those that once came to a listener, from some port, would pile up in what reads this.
		if seen[r.Where] || !r.Connected && r.Next.IsZero() {
			continue
		}
		seen[r.Where] = true
		put := func(kind prometheus.ValueType, name, help string, value float64) {
			s.put(m(kind, name, help, "feed", "receiver"), value, f.Name, r.Where)
		}
		put(gauge, "receiver_connected", "1 while the receiver is connected.", one(r.Connected))
		put(counter, "receiver_frames_total", "Frames handed to the network.", float64(r.Frames))
		put(counter, "receiver_bytes_total", "Bytes handed to the network.", float64(r.Bytes))
		put(counter, "receiver_states_total", "States of agents in snapshots.", float64(r.States))
		put(counter, "receiver_changes_total", "Changes taken from the stream.", float64(r.Changes))
		put(counter, "receiver_merged_total", "Changes left out since the receiver was slow.", float64(r.Merged))
	}
	s.put(m(gauge, "receivers", "Receivers that are connected.", "feed"), float64(connected), f.Name)
	s.shared(f.Name, "", f.Licence, f.Lease)
}

func (s sender) server(h rta.ServerHealth) {
	put := func(kind prometheus.ValueType, name, help string, value float64) {
		s.put(m(kind, name, help, "server"), value, h.Server)
	}
	put(gauge, "server_up", "1 while the session with the CIC server stands.", one(up(h)))
	put(counter, "server_connects_total", "How often the server was connected.", float64(h.Connects))
	put(gauge, "server_agents", "Agents that are known.", float64(h.Agents))
	put(gauge, "server_skew_seconds", "How far the clock of the server is ahead.", h.Skew.Seconds())
	s.at(m(gauge, "server_last_event_timestamp_seconds", "When the server said something the last time.", "server"), h.LastEvent, h.Server)
}

func up(h rta.ServerHealth) bool { return h.State == rta.ServerUp }
