package main

import (
	"errors"
	"flag"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
)

const usage = `receiver stands in for a WFM product: it takes a real-time feed and shows what it understood.

With -listen it waits for any number of senders: over TCP, or UDP (-udp) or HTTP (-http: each POST is one
frame, answered with 200). With -dial it connects to a sender that listens, again whenever the connection is lost.
What a layout leaves to the site must be given as the sender has it, with -set.

Standard output has one line per record of a frame, and a summary at the end. With -json each line is a JSON
object: {"listening":ADDRESS} first, then {"receiver":CONNECTION,"time":…,"record":…,"event":…,"agent":…,…}, and a
{"summary":…} last. A frame that could not be understood has "error", and "raw" or, where it is no text, "hex": its bytes, at
most 1024, and then how many there are as "bytes". Exit code: 0 all was understood, 1 something was
not or the connection could not be made, 2 wrong usage.

`

// config is what the command line says.
type config struct {
	vendor       string
	settings     vendors.RTASettings
	listen, dial string
	protocol     string // tcp, udp or http
	tls          bool
	cert, key    string
	ca           string
	json         bool
	lasts        time.Duration
}

// parse reads the command line. The error joins every problem.
func parse(args []string, registry vendors.Registry, stderr io.Writer) (config, error) {
	c := config{protocol: "tcp"}
	set := cli.Values{}
	fs := flag.NewFlagSet("receiver", flag.ContinueOnError)
	fs.StringVar(&c.vendor, "vendor", "", "WFM product to stand in for: "+strings.Join(registry.RealTimeNames(), " or "))
	fs.StringVar(&c.settings.Preset, "preset", "", "the product's layout, where it has several (default: see the product)")
	layout := fs.String("layout", "", "a layout file of your own, instead of the product's preset")
	fs.Var(set, "set", "a value that the layout leaves to the site, as name=value; may be repeated")
	zone := fs.String("tz", "UTC", "time zone of the times in the frames, such as Europe/Berlin")
	fs.StringVar(&c.listen, "listen", "", "`address` to wait at, host:port; without a host loopback only, port 0 takes a free one")
	fs.StringVar(&c.dial, "dial", "", "`address` of a sender that listens, host:port")
	udp := fs.Bool("udp", false, "wait for datagrams")
	http := fs.Bool("http", false, "wait for HTTP POSTs")
	fs.BoolVar(&c.tls, "tls", false, "use TLS; who listens needs -cert and -key")
	fs.StringVar(&c.cert, "cert", "", "PEM file of the own certificate")
	fs.StringVar(&c.key, "key", "", "PEM file of its key")
	fs.StringVar(&c.ca, "ca", "", "PEM file of the authority that the other side's certificate must come from (default: with -dial the system's, with -listen none is asked for)")
	fs.BoolVar(&c.json, "json", false, "print JSON lines")
	fs.DurationVar(&c.lasts, "for", 0, "end after this time, such as 20s (default: run until interrupted)")
	if err := cli.Parse(fs, args, usage, stderr); err != nil {
		return c, err
	}
	c.settings.Values = set
	// Who decodes takes identifiers as they come; a map of names would be the sender's.
	c.settings.Identify = vendors.IdentifyUser
	var list []error
	problem := func(field, value, reason, remedy string) {
		list = append(list, wfm.Problem{Field: field, Value: value, Reason: reason, Remedy: remedy})
	}
	if fs.NArg() > 0 {
		problem("argument", cli.Shown(fs.Arg(0)), "is not expected", "every setting is a flag; see -h")
	}
	if c.vendor == "" {
		problem("-vendor", "", "is missing", "use "+strings.Join(registry.RealTimeNames(), " or "))
	} else if _, err := registry.Entry(c.vendor); err != nil {
		list = append(list, err)
	}
	if (c.listen == "") == (c.dial == "") {
		problem("-listen", "", "and -dial are both given, or none of them", "give one of them")
	}
	c.listen = c.address("-listen", c.listen, problem)
	c.dial = c.address("-dial", c.dial, problem)
	switch {
	case *udp && *http:
		problem("-udp", "", "and -http are both given", "give one of them, or none for TCP")
	case *udp:
		c.protocol = "udp"
	case *http:
		c.protocol = "http"
	}
	if c.protocol != "tcp" && c.dial != "" {
		problem("-dial", "", "works over TCP only", "use -listen")
	}
	c.checkTLS(problem)
	if c.lasts < 0 {
		problem("-for", c.lasts.String(), "is below zero", "use a time such as 20s")
	}
	var err error
	if c.settings.Location, err = cli.Zone("-tz", *zone); err != nil {
		list = append(list, err)
	}
	if *layout != "" {
		data, err := os.ReadFile(*layout)
		if err != nil {
			problem("-layout", *layout, "cannot be read: "+cli.Reason(err), "give the path of a layout file")
		}
		c.settings.Layout = &vendors.File{Name: filepath.Base(*layout), Data: data}
	}
	return c, errors.Join(list...)
}

// address checks host:port and fills in loopback for a listener.
func (c *config) address(field, text string, problem func(field, value, reason, remedy string)) string {
	if text == "" {
		return ""
	}
	host, port, err := net.SplitHostPort(text)
	if err != nil || port == "" || (host == "" && field == "-dial") {
		problem(field, cli.Shown(text), "is not host:port", "write it as 127.0.0.1:7001")
		return text
	}
	if host == "" {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

func (c *config) checkTLS(problem func(field, value, reason, remedy string)) {
	switch {
	case !c.tls && c.cert+c.key+c.ca != "":
		problem("-tls", "", "is missing, but certificates are given", "add -tls")
	case c.tls && c.protocol == "udp":
		problem("-tls", "", "does not work with datagrams", "leave -udp or -tls out")
	case c.tls && c.listen != "" && (c.cert == "" || c.key == ""):
		problem("-cert", "", "or -key is missing", "give both: who listens must show a certificate")
	case (c.cert == "") != (c.key == ""):
		problem("-cert", "", "or -key is missing", "give both")
	}
}
