package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim/icwsserver"
	"github.com/cicwfm/cicwfm/wfm/config"
	"github.com/cicwfm/cicwfm/wfm/integration"
)

// demo is a simulated CIC, the receivers of every product, and the service between them.
type demo struct {
	settings  demoSettings
	app       *app
	clock     *demoClock
	data      *demoData
	cic       *icwsserver.CIC
	pair      *icwsserver.Pair
	web       *http.Server
	receivers []*demoReceiver
	tally     *tally
	host      *host
	log       *logging
	changes   atomic.Int64
	started   time.Time
	samples   samples
	wg        sync.WaitGroup
	failed    atomic.Pointer[error] // of the simulation
}

// demo works with a simulated CIC until ctx ends or the time is over, and then checks that everything arrived.
func (a *app) demo(ctx context.Context, s demoSettings) (code int, err error) {
	if s.dir, err = filepath.Abs(s.dir); err != nil {
		return exitWrong, err
	}
	if err := makeDemoFolder(s.dir); err != nil {
		return exitWrong, err
	}
	d := &demo{settings: s, app: a, started: time.Now(), clock: newDemoClock(demoStart(), s.speed)}
	defer d.close()
	if err := d.open(ctx); err != nil {
		return exitWrong, err
	}
	return d.run(ctx)
}

// open makes everything, in the order in which one needs the other.
func (d *demo) open(ctx context.Context) (err error) {
	s := d.settings
	if d.data, err = openDemoData(ctx, filepath.Join(s.dir, "cic.db")); err != nil {
		return err
	}
	if d.cic, err = icwsserver.NewCIC(icwsserver.Plain(s.agents, 8)); err != nil {
		return err
	}
	d.cic.Observe(func(c icwsserver.Change) {
		if c.Kind == icwsserver.ChangedStatus {
			d.changes.Add(1)
		}
	})
	const password = "demo"
	if d.pair, err = icwsserver.New(d.cic, icwsserver.Options{User: "wfm", Password: wfm.NewSecret(password), Licences: demoLicences()}); err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	d.pair.Primary.SetAddress(listener.Addr().String())
	d.web = &http.Server{Handler: d.pair.Primary, ReadHeaderTimeout: 10 * time.Second}
	d.wg.Go(func() { _ = d.web.Serve(listener) }) // ends when closed
	addresses := map[string]string{}
	for _, vendor := range d.app.registries.Vendors.RealTimeNames() {
		r, err := openDemoReceiver(vendor)
		if err != nil {
			return err
		}
		d.receivers = append(d.receivers, r)
		addresses[vendor] = r.address()
	}
	return d.openHost(ctx, listener.Addr(), addresses)
}

// openHost writes the configuration, and makes the service of it in the same way as of any other.
func (d *demo) openHost(ctx context.Context, icws net.Addr, receivers map[string]string) error {
	s := d.settings
	centre, err := demoCentre(demoStart())
	if err != nil {
		return err
	}
	c, err := demoConfig(d.app.registries.Vendors, s, icws, receivers, centre.Workgroups())
	if err != nil {
		return err
	}
	if err := writeDemoConfig(s.dir, c, "demo"); err != nil {
		return err
	}
	path := filepath.Join(s.dir, configName)
	if c, err = config.Load(path); err != nil {
		return err
	}
	service := c.Service.Filled()
	if d.log, err = newLogging(service.Log, filepath.Join(s.dir, "wfmservice.log"), nil); err != nil {
		return err
	}
	folders := map[string]string{}
	for _, h := range c.Historical {
		for _, name := range h.Destinations {
			folders[integration.LedgerFeed(h.Name, name)] = filepath.Join(s.dir, "out", h.Vendor)
		}
	}
	d.tally = newTally(demoStart(), folders)
	d.host, err = newHost(ctx, d.app, path, c, d.log, func(o *integration.Options) { o.Clock, o.Observe = d.clock, d.tally.observe })
	if err != nil {
		return err
	}
	for i, f := range d.host.now().Options.RealTime {
		if err := d.receivers[i].use(f.Encoder); err != nil {
			return errors.Join(err, d.host.now().Close())
		}
	}
	return nil
}

// close ends what was opened, as far as that came.
func (d *demo) close() {
	if d.pair != nil {
		d.pair.Close()
	}
	if d.web != nil {
		_ = d.web.Close()
	}
	for _, r := range d.receivers {
		r.close()
	}
	if d.data != nil {
		_ = d.data.db.Close()
	}
	if d.log != nil {
		_ = d.log.close()
	}
	d.wg.Wait()
}

// run lives for the span of the settings, lets everything arrive, stops the service and verifies.
func (d *demo) run(ctx context.Context) (int, error) {
	s := d.settings
	fmt.Fprintf(d.app.out, "A simulated CIC: %d agents with %g changes per second; a centre of 20 agents whose day takes %s. Everything is in %s.\n",
		s.agents, s.rate, (time.Duration(float64(demoDay) / s.speed)).Round(time.Millisecond), s.dir)
	life, end := context.WithCancel(ctx)
	if s.span > 0 {
		life, end = context.WithTimeout(ctx, s.span)
	}
	defer end()
	serving, stop := context.WithCancel(context.WithoutCancel(ctx)) // outlives ctx: what is under way shall arrive
	defer stop()
	type result struct {
		code int
		err  error
	}
	ended := make(chan result, 1)
	go func() {
		code, err := d.host.run(serving)
		ended <- result{code, err}
	}()
	var simulation sync.WaitGroup
	simulation.Go(func() { d.simulate(life, end) })
	if d.allConnected(life) {
		simulation.Go(func() { _ = icwsserver.NewLoad(d.cic, 1).Run(life, s.rate) }) // ends with life
	}
	tick := time.NewTicker(s.every)
	defer tick.Stop()
	var early *result
	for life.Err() == nil && early == nil {
		select {
		case <-life.Done():
		case r := <-ended:
			early = &r
			end()
		case <-tick.C:
			d.sample().line(d.app.out)
		}
	}
	simulation.Wait()
	if early != nil {
		return exitWrong, errors.Join(errors.New("the service ended by itself; see wfmservice.log in the folder"), early.err)
	}
	arrived := d.settle(ctx)
	live, status := d.live(arrived), d.host.service.Status()
	d.sample().line(d.app.out)
	l := d.host.now().Options.Ledger
	problems, files, err := d.quiesce(ctx, l)
	stop()
	r := <-ended
	if err == nil {
		err = r.err
	}
	if err != nil {
		return max(r.code, exitAttention), err
	}
	if r.code != exitOK {
		problems = append(problems, "the service did not stop in time")
	}
	if p := d.failed.Load(); p != nil {
		problems = append(problems, "the simulation failed: "+(*p).Error())
	}
	return d.summary(status, live, problems, files)
}

// simulate writes the database ahead of the clock, holds the clock where a feed is far behind, and clears up behind the feeds.
func (d *demo) simulate(ctx context.Context, end func()) {
	d.clock.allow(d.data.through.Add(-demoAhead))
	for ctx.Err() == nil {
		if err := d.simulateOnce(ctx); err != nil && ctx.Err() == nil {
			d.failed.Store(&err)
			end()
			return
		}
		systemClock{}.Sleep(ctx, 50*time.Millisecond)
	}
}

func (d *demo) simulateOnce(ctx context.Context) error {
	slowest := d.slowest()
	if d.clock.Now().Add(demoAhead + demoLength.Duration()).After(d.data.through) {
		if err := d.data.write(ctx); err != nil {
			return err
		}
	}
	until := d.data.through.Add(-demoAhead)
	if limit := slowest.Add(demoLag); limit.Before(until) {
		until = limit
	}
	d.clock.allow(until)
	before := slowest.Add(-demoKept)
	if err := d.data.forget(ctx, before); err != nil {
		return err
	}
	return d.tally.forget(before)
}

// slowest is where the feed stands that is behind all others.
func (d *demo) slowest() time.Time {
	at := demoStart().Add(100 * 365 * demoDay)
	for _, f := range d.host.service.Status().Feeds {
		stands := f.Watermark
		if stands.IsZero() {
			stands = demoStart()
		}
		if stands.Before(at) {
			at = stands
		}
	}
	return at
}

// sample measures, and remembers it.
func (d *demo) sample() sample {
	s := processSample()
	s.Seconds, s.Simulated, s.Changes = time.Since(d.started).Seconds(), d.clock.Now(), d.changes.Load()
	s.Files, s.Intervals = d.tally.count()
	for _, r := range d.receivers {
		_, total, _, _ := r.counts()
		s.Decoded += total
	}
	_ = filepath.WalkDir(d.settings.dir, func(_ string, e fs.DirEntry, err error) error { // files come and go meanwhile
		if err == nil && !e.IsDir() {
			if info, err := e.Info(); err == nil {
				s.Disk += info.Size()
			}
		}
		return nil
	})
	d.samples.add(s)
	return s
}

// summary prints what became of it, and tells it by the exit code.
func (d *demo) summary(status integration.Status, live []liveResult, problems []string, files int) (int, error) {
	for _, l := range live {
		problems = append(problems, l.Problems...)
	}
	if problems == nil {
		problems = []string{}
	}
	delivered, intervals := d.tally.count()
	three := d.samples.three()
	simulated := d.clock.Now().Sub(demoStart())
	seconds := time.Since(d.started).Seconds()
	fmt.Fprintf(d.app.out, "\n%.1f simulated days in %.0f s: %d intervals of %d feeds in %d files, each delivered once; %d of them are still there.\n",
		simulated.Hours()/24, seconds, intervals, len(status.Feeds), delivered, files)
	for _, l := range live {
		fmt.Fprintf(d.app.out, "%-14s sent %d, decoded %d, merged %d, connections %d\n", l.Feed, l.Sent, l.Decoded, l.Merged, l.Connections)
	}
	for i, s := range three {
		fmt.Fprintf(d.app.out, "%-6s", [...]string{"start", "middle", "end"}[i])
		s.line(d.app.out)
	}
	for _, p := range problems {
		fmt.Fprintln(d.app.out, "wrong:", p)
	}
	if d.settings.json {
		line, err := json.Marshal(map[string]any{"seconds": seconds, "simulatedDays": simulated.Hours() / 24, "intervals": intervals, "files": delivered,
			"changes": d.changes.Load(), "live": live, "samples": three, "problems": problems})
		if err != nil {
			return exitWrong, err
		}
		fmt.Fprintf(d.app.out, "%s\n", line)
	}
	if len(problems) > 0 {
		return exitAttention, nil
	}
	fmt.Fprintln(d.app.out, "Everything arrived, and nothing twice.")
	return exitOK, nil
}

// encoderOf is the encoder of the real-time feed of a product.
func (d *demo) encoderOf(vendor string) vendors.RTAEncoder {
	for _, f := range d.host.now().Options.RealTime {
		if f.Encoder.Info().Name == vendor {
			return f.Encoder
		}
	}
	return nil
}
