package main

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/wfm"
)

// icwsOptions are the flags of the server.
type icwsOptions struct {
	addr, backup, control      string
	tls                        bool
	certs                      string
	user                       string
	password                   wfm.Secret
	passwordText, passwordFile string
	speed, load                float64
	from                       string
	at                         time.Duration // since midnight, of from
	alternate, licences        string
}

func (o *icwsOptions) define(f *flag.FlagSet) {
	f.StringVar(&o.addr, "icws", "", "serve ICWS at this `address` instead of writing a file; without a host on loopback")
	f.StringVar(&o.backup, "backup", "", "`address` of the backup of a switchover pair")
	f.StringVar(&o.control, "control", "", "`address` that takes orders: POST /switchover, /drop, /status?user=U&status=S …")
	f.BoolVar(&o.tls, "tls", false, "serve HTTPS with a self-made CA, whose certificate is written")
	f.StringVar(&o.certs, "certs", "", "`directory` for the CA's certificate (default: a temporary one)")
	f.StringVar(&o.user, "user", "", "user id that may log on")
	f.StringVar(&o.passwordText, "password", "", "its password; better -password-file")
	f.StringVar(&o.passwordFile, "password-file", "", "`file` with the password")
	f.Float64Var(&o.speed, "speed", 1, "seconds of the centre in each second; 0 stands still")
	f.Float64Var(&o.load, "load", 0, "random changes of statuses per second, besides")
	f.StringVar(&o.from, "from", "10:00", "time of the first day at which the server begins, as `HH:MM` in its zone")
	f.StringVar(&o.alternate, "alternate", "", "alternateHostList of both hosts, comma-separated (default: the other one's host:port)")
	f.StringVar(&o.licences, "licences", "I3_FEATURE_ICWS_SDK,I3_FEATURE_WFM_HISTORICAL", "licence features of the server, comma-separated")
}

// check completes the options. Every wrong value is in the error.
func (o *icwsOptions) check(f *flag.FlagSet, opt *options) error {
	var errs []error
	if o.addr == "" {
		for _, name := range []string{"backup", "control", "tls", "certs", "user", "password", "password-file", "speed", "load", "from", "alternate", "licences"} {
			if given(f, name) {
				errs = append(errs, wfm.Problem{Field: "-" + name, Reason: "is for the server", Remedy: "use it with -icws"})
			}
		}
		return errors.Join(errs...)
	}
	for _, name := range []string{"db", "force", "rows", "as-of"} {
		if given(f, name) {
			errs = append(errs, wfm.Problem{Field: "-" + name, Reason: "is for the database", Remedy: "use -db or -icws, not both"})
		}
	}
	errs = append(errs, loopback("-icws", &o.addr), loopback("-backup", &o.backup), loopback("-control", &o.control))
	if o.user == "" {
		errs = append(errs, wfm.Problem{Field: "-user", Reason: "is missing", Remedy: "give the user id that may log on"})
	}
	var err error
	if o.password, err = cli.Secret("-password", o.passwordText, o.passwordFile); err != nil {
		errs = append(errs, err)
	}
	errs = append(errs, inRange("-speed", o.speed, 0.001), inRange("-load", o.load, 0))
	if o.certs != "" && !o.tls {
		errs = append(errs, wfm.Problem{Field: "-certs", Reason: "is for HTTPS", Remedy: "use it with -tls"})
	}
	clock, err := time.Parse("15:04", o.from)
	if err != nil {
		errs = append(errs, wfm.Problem{Field: "-from", Value: o.from, Reason: "is not understood", Remedy: "write a time as 10:00"})
	}
	o.at = time.Duration(clock.Hour())*time.Hour + time.Duration(clock.Minute())*time.Minute
	if !given(f, "contacts") { // as busy as the default centre, as far as one computer simulates that in seconds
		opt.config.Contacts = min(max(opt.config.Agents, 1)*75, 40_000)
	}
	return errors.Join(errs...)
}

// inRange allows 0, and least to a million. Slower than a thousandth, the past of a day would be centuries ago.
func inRange(name string, v, least float64) error {
	if v == 0 || v >= least && v <= 1e6 && v > 0 {
		return nil
	}
	remedy := "use 0 to 1000000"
	if least > 0 {
		remedy = fmt.Sprintf("use 0, or %v to 1000000", least)
	}
	return wfm.Problem{Field: name, Value: fmt.Sprint(v), Reason: "is out of range", Remedy: remedy}
}

func given(f *flag.FlagSet, name string) (is bool) {
	f.Visit(func(g *flag.Flag) { is = is || g.Name == name })
	return is
}

// loopback completes an address without a host.
func loopback(name string, addr *string) error {
	if *addr == "" {
		return nil
	}
	host, port, err := net.SplitHostPort(*addr)
	if err != nil {
		return wfm.Problem{Field: name, Value: *addr, Reason: "is no address", Remedy: "write host:port, or :8018 for loopback"}
	}
	if host == "" {
		host = "127.0.0.1"
	}
	*addr = net.JoinHostPort(host, port)
	return nil
}

// names splits a comma-separated list; nil for none.
func names(text string) (list []string) {
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}
