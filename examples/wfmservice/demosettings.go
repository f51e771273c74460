package main

import (
	"errors"
	"flag"
	"fmt"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// demoSettings are the flags of run -demo.
type demoSettings struct {
	speed  float64
	span   time.Duration
	rate   float64
	agents int
	dir    string
	listen string
	json   bool
	every  time.Duration // between two lines
}

// demoFlags need -demo.
var demoFlags = [...]string{"speed", "for", "rate", "agents", "dir", "listen", "json", "every"}

func (d *demoSettings) define(fs *flag.FlagSet) {
	fs.Float64Var(&d.speed, "speed", 600, "demo: `seconds` of the simulated centre in each second, for interval files")
	fs.DurationVar(&d.span, "for", 0, "demo: how long it works; 0 means until it is stopped")
	fs.Float64Var(&d.rate, "rate", 20, "demo: changes of agents' statuses per `second`")
	fs.IntVar(&d.agents, "agents", 200, "demo: `number` of agents whose statuses change")
	fs.StringVar(&d.dir, "dir", "wfmservice-demo", "demo: `folder` for configuration, database, ledger and files; made anew")
	fs.StringVar(&d.listen, "listen", "127.0.0.1:9464", "demo: loopback `address` of /status, /metrics and /healthz; off for none")
	fs.BoolVar(&d.json, "json", false, "demo: end with one line of JSON")
	fs.DurationVar(&d.every, "every", 15*time.Second, "demo: time between two lines")
}

// check refuses what cannot be, and settings of the demo without it.
func (d *demoSettings) check(fs *flag.FlagSet, demo bool) error {
	var list []error
	bad := func(name string, value any, reason, remedy string) {
		list = append(list, wfm.Problem{Field: "-" + name, Value: fmt.Sprint(value), Reason: reason, Remedy: remedy})
	}
	fs.Visit(func(f *flag.Flag) {
		for _, name := range demoFlags {
			if f.Name == name && !demo {
				bad(name, f.Value, "is a setting of the demo", "use it with -demo")
			}
		}
		if f.Name == "config" && demo {
			bad("config", f.Value, "is not read by the demo", "leave it out, or leave -demo out")
		}
	})
	if !(d.speed >= 1 && d.speed <= 100_000) {
		bad("speed", d.speed, "is out of range", "use 1 to 100000")
	}
	if !(d.rate > 0 && d.rate <= 20_000) {
		bad("rate", d.rate, "is out of range", "use more than 0, up to 20000")
	}
	if d.agents < 1 || d.agents > 10_000 {
		bad("agents", d.agents, "is out of range", "use 1 to 10000")
	}
	if d.span < 0 {
		bad("for", d.span, "is negative", "use a time such as 3m, or 0")
	}
	if d.every < 100*time.Millisecond {
		bad("every", d.every, "is too short", "use 100ms or more")
	}
	return errors.Join(list...)
}
