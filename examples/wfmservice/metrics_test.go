package main

import (
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/integration"
)

// fixed is a collector of a status.
type fixed integration.Status

func (fixed) Describe(chan<- *prometheus.Desc) {}

func (f fixed) Collect(out chan<- prometheus.Metric) {
	for _, st := range f.Feeds {
		sender(out).historical(st, time.Now())
	}
	for _, st := range f.RealTime {
		sender(out).realTime(st)
	}
	for _, st := range f.Servers {
		sender(out).server(st)
	}
}

// TestMetricsOfOddStatus: names that are no text, and receivers that are listed twice, break no answer.
func TestMetricsOfOddStatus(t *testing.T) {
	st := integration.Status{
		Feeds: []integration.FeedStatus{{Name: "a\xff", Destination: "\"x\n", Diagnostics: map[string]int{"k": 1}}, {Name: "a", Destination: "y"}},
		RealTime: []integration.RealTimeStatus{{Name: "r", Unmapped: map[wfm.StatusKey]int{"\xfe": 2}, Receivers: []integration.ReceiverStatus{
			{Where: "tcp 1", Connected: true, Frames: 7}, {Where: "tcp 1"}, {Where: "tcp 1", Next: time.Now()}, {Where: "tcp gone"}}}},
		Servers: []rta.ServerHealth{{Server: "s"}},
	}
	r := prometheus.NewPedanticRegistry()
	r.MustRegister(fixed(st))
	families, err := r.Gather()
	require.NoError(t, err)
	for _, f := range families {
		if f.GetName() == "cicwfm_receiver_frames_total" {
			require.Len(t, f.Metric, 1)
			require.EqualValues(t, 7, f.Metric[0].Counter.GetValue())
		}
	}
}
