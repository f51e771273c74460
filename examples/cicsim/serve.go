package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim"
	"github.com/cicwfm/cicwfm/wfm/cicsim/icwsserver"
)

// mostPlayed is how many agents a centre can have; more are served without one.
const mostPlayed = 5000

// greeting is the line that says that the server listens.
type greeting struct {
	URLs       []string        `json:"urls"`
	Control    string          `json:"control,omitempty"`
	CA         string          `json:"ca,omitempty"`
	Workgroups []wfm.Workgroup `json:"workgroups"`
	Master     wfm.Workgroup   `json:"master"`
	Agents     int             `json:"agents"`
}

// serve runs the server until ctx ends.
func serve(ctx context.Context, opt options, stdout, stderr io.Writer) int {
	cic, play, err := simulate(opt)
	if err != nil {
		return complain(stderr, err, cli.Usage)
	}
	if ctx.Err() != nil {
		return cli.OK // interrupted meanwhile: large centres take seconds
	}
	if err := listen(ctx, opt, cic, play, stdout, slog.New(slog.NewTextHandler(stderr, nil))); err != nil {
		return complain(stderr, err, cli.Failed)
	}
	return cli.OK
}

// simulate makes the CIC, and the playback of its day where it has one.
func simulate(opt options) (*icwsserver.CIC, *icwsserver.Playback, error) {
	cfg := opt.config
	if cfg.Agents > mostPlayed {
		if opt.icws.load == 0 {
			return nil, nil, wfm.Problem{Field: "-agents", Reason: "beyond 5000 have no simulated day", Remedy: "add -load, or use fewer"}
		}
		cic, err := icwsserver.NewCIC(icwsserver.Plain(cfg.Agents, max(cfg.Workgroups, 0)))
		return cic, nil, err
	}
	centre, err := cicsim.New(cfg)
	if err != nil {
		return nil, nil, err
	}
	cic, play, err := icwsserver.FromCentre(centre, cfg.Sites[0].ID)
	if err == nil && opt.icws.speed > 0 && play.After(startOf(opt, play)) == 0 {
		err = wfm.Problem{Field: "-from", Value: opt.icws.from, Reason: "has nothing of the day after it", Remedy: "start earlier"}
	}
	return cic, play, err
}

// listen opens the addresses, tells them and serves until ctx ends.
func listen(ctx context.Context, opt options, cic *icwsserver.CIC, play *icwsserver.Playback, stdout io.Writer, logger *slog.Logger) (err error) {
	o := &opt.icws
	settings := icwsserver.Options{User: o.user, Password: o.password, Alternates: names(o.alternate), Licences: names(o.licences), Logger: logger}
	build := icwsserver.New
	if o.backup != "" {
		build = icwsserver.NewPair
	}
	pair, err := build(cic, settings)
	if err != nil {
		return err
	}
	defer pair.Close()
	hello := greeting{Workgroups: cic.Workgroups(), Master: cmp.Or(opt.config.MasterWorkgroup, icwsserver.MasterWorkgroup), Agents: len(cic.Agents())}
	if play == nil {
		hello.Master = icwsserver.MasterWorkgroup
	}
	scheme, secure := "http", (*tls.Config)(nil)
	if o.tls {
		dir := o.certs
		if dir == "" {
			if dir, err = os.MkdirTemp("", "cicsim-"); err != nil {
				return err
			}
			defer os.RemoveAll(dir) // nothing of value is in it
		}
		scheme = "https"
		if hello.CA, secure, err = makeCertificates(dir, o.addr, o.backup); err != nil {
			return err
		}
	}
	s := servers{log: slog.NewLogLogger(logger.Handler(), slog.LevelWarn)}
	defer s.close()
	open := func(field, addr string, secure *tls.Config, h http.Handler) (string, error) {
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
		if err != nil {
			return "", wfm.Problem{Field: field, Value: addr, Reason: "cannot be listened at: " + listenReason(err), Remedy: "give a free port of this computer, or port 0 for any"}
		}
		s.serve(l, secure, h)
		return reachable(l.Addr()), nil
	}
	for _, host := range []struct {
		field, addr string
		server      *icwsserver.Server
	}{{"-icws", o.addr, pair.Primary}, {"-backup", o.backup, pair.Backup}} {
		if host.server == nil {
			continue
		}
		at, err := open(host.field, host.addr, secure, host.server)
		if err != nil {
			return err
		}
		host.server.SetAddress(at)
		hello.URLs = append(hello.URLs, scheme+"://"+at)
	}
	if o.control != "" {
		at, err := open("-control", o.control, nil, pair.Control())
		if err != nil {
			return err
		}
		hello.Control = "http://" + at
	}
	live, err := start(opt, cic, play)
	if err != nil {
		return err
	}
	line, err := json.Marshal(hello)
	if err != nil {
		return err
	}
	if _, err := stdout.Write(append(line, '\n')); err != nil {
		return err
	}
	return live(ctx)
}

// startOf is the time of -from on the clocks of the centre, also on a day on which they are changed.
func startOf(opt options, play *icwsserver.Playback) time.Time {
	midnight := play.Window().Start
	if zone, err := time.LoadLocation(opt.config.Sites[0].Zone); err == nil { // it is known: the centre was made with it
		midnight = midnight.In(zone)
	}
	y, m, d := midnight.Date()
	return time.Date(y, m, d, 0, int(opt.icws.at.Minutes()), 0, 0, midnight.Location())
}

// start puts the CIC into its state at the beginning, so that the first client sees it, and returns what lets it
// live on until ctx ends.
func start(opt options, cic *icwsserver.CIC, play *icwsserver.Playback) (func(context.Context) error, error) {
	o := &opt.icws
	var from time.Time
	if play != nil {
		from = startOf(opt, play)
		if err := play.Seek(from, cmp.Or(o.speed, 1)); err != nil {
			return nil, err
		}
	}
	return func(ctx context.Context) error {
		var wg sync.WaitGroup
		ctx, stop := context.WithCancelCause(ctx)
		defer stop(nil)
		run := func(f func() error) {
			wg.Go(func() {
				if err := f(); err != nil && !errors.Is(err, context.Canceled) {
					stop(err)
				}
			})
		}
		if play != nil && o.speed > 0 {
			run(func() error { return play.PlayForever(ctx, o.speed, from) })
		}
		if o.load > 0 {
			run(func() error { return icwsserver.NewLoad(cic, opt.config.Seed).Run(ctx, o.load) })
		}
		<-ctx.Done()
		wg.Wait()
		if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
			return err
		}
		return nil // interrupted, which is the way to end it
	}, nil
}

// listenReason is why an address could not be opened, without the address, which the message names already.
func listenReason(err error) string {
	var op *net.OpError
	if errors.As(err, &op) && op.Err != nil {
		err = op.Err
	}
	return err.Error()
}

// reachable is an address that a client on this computer can use.
func reachable(a net.Addr) string {
	tcp, is := a.(*net.TCPAddr)
	if is && tcp.IP.IsUnspecified() {
		return (&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: tcp.Port}).String()
	}
	return a.String()
}

// servers are the listeners that are open.
type servers struct {
	log  *log.Logger // hears of refused handshakes
	list []*http.Server
	wg   sync.WaitGroup
}

func (s *servers) serve(l net.Listener, secure *tls.Config, h http.Handler) {
	srv := &http.Server{Handler: h, TLSConfig: secure, ReadHeaderTimeout: 10 * time.Second, ErrorLog: s.log}
	s.list = append(s.list, srv)
	s.wg.Go(func() {
		if secure != nil {
			_ = srv.ServeTLS(l, "", "") // ends when closed
			return
		}
		_ = srv.Serve(l) // ends when closed
	})
}

// close breaks all connections: event streams never end by themselves.
func (s *servers) close() {
	for _, srv := range s.list {
		_ = srv.Close() // the program ends
	}
	s.wg.Wait()
}
