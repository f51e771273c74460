package main

import (
	"errors"
	"flag"
	"io"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/rta/icws"
	"github.com/cicwfm/cicwfm/wfm"
)

// options are the command line, understood.
type options struct {
	servers    []rta.Server
	clients    []*icws.Client
	workgroups []wfm.Workgroup
	level      wfm.QueueLevel
	length     time.Duration
	json       bool
}

func (o *options) query() rta.Query {
	return rta.Query{Workgroups: o.workgroups, Queues: o.level > wfm.LevelOff}
}

func (o *options) close() {
	for _, c := range o.clients {
		c.Close()
	}
}

const usage = `usage: rtamonitor -url URL[,URL…] -user U -password-file F -workgroups A,B [flags]

Shows the live statuses of agents of CIC servers.

`

// parse reads the command line. The error joins every problem.
func parse(args []string, stderr io.Writer) (*options, error) {
	f := flag.NewFlagSet("rtamonitor", flag.ContinueOnError)
	var urls []string
	f.Func("url", "`URLs` of the hosts of a CIC server, comma-separated; again for another server", func(s string) error {
		urls = append(urls, s)
		return nil
	})
	hosts := f.String("hosts", "", "host `names` for {host} in -url, comma-separated")
	user := f.String("user", "", "CIC user id")
	password := f.String("password", "", "its password; better -password-file")
	passwordFile := f.String("password-file", "", "`file` with the password")
	workgroups := f.String("workgroups", "", "`names`, comma-separated, or @file")
	ca := f.String("ca", "", "PEM `file` of the authority that signed the server's certificate (default: the system's)")
	level := f.String("levels", "off", "queue states: off, minimal or verbose")
	length := f.Duration("for", 0, "how long to look (default: until interrupted)")
	asJSON := f.Bool("json", false, "one JSON object a line")
	if err := cli.Parse(f, args, usage, stderr); err != nil {
		return nil, err
	}
	o := &options{length: *length, json: *asJSON}
	var problems []error
	add := func(err error) {
		if err != nil {
			problems = append(problems, err)
		}
	}
	if f.NArg() > 0 {
		add(wfm.Problem{Field: "argument", Value: cli.Shown(f.Arg(0)), Reason: "is not understood", Remedy: "put - before flags"})
	}
	if *length < 0 {
		add(wfm.Problem{Field: "-for", Value: length.String(), Reason: "is negative", Remedy: "leave it out to look until interrupted"})
	}
	var err error
	if o.level, err = wfm.ParseQueueLevel(strings.ToLower(*level)); err != nil {
		add(wfm.Problem{Field: "-levels", Value: *level, Reason: "is not a level", Remedy: "use off, minimal or verbose"})
	}
	o.workgroups, err = cli.Workgroups("-workgroups", *workgroups)
	add(err)
	if err == nil && o.workgroups == nil {
		add(wfm.Problem{Field: "-workgroups", Value: *workgroups, Reason: "names no workgroup", Remedy: "name them, or a master workgroup that holds every agent"})
	}
	secret, err := cli.Secret("-password", *password, *passwordFile)
	add(err)
	var pem []byte
	if *ca != "" {
		if pem, err = os.ReadFile(*ca); err != nil {
			add(wfm.Problem{Field: "-ca", Value: cli.Shown(*ca), Reason: "cannot be read: " + cli.Reason(err), Remedy: "give the path of a PEM file"})
		}
	}
	if len(urls) == 0 {
		add(wfm.Problem{Field: "-url", Reason: "is missing", Remedy: "give http(s)://host:port of the CIC server"})
	}
	if secret.IsZero() {
		secret = wfm.NewSecret("missing") // told already; the other settings are checked all the same
	}
	for _, one := range urls {
		c, err := icws.New(icws.Options{URLs: split(one), Hosts: split(*hosts), User: *user, Password: secret, CA: pem})
		if err != nil {
			add(err)
			continue
		}
		o.clients = append(o.clients, c)
		name := nameOf(one, split(*hosts))
		if slices.ContainsFunc(o.servers, func(s rta.Server) bool { return s.Name == name }) {
			add(wfm.Problem{Field: "-url", Value: name, Reason: "begins the list of two servers", Remedy: "name the hosts of one server, a switchover pair being one, in one -url"})
		}
		o.servers = append(o.servers, rta.Server{Name: name, Source: c})
	}
	return o, errors.Join(problems...)
}

func split(list string) (parts []string) {
	for p := range strings.SplitSeq(list, ",") {
		if p = strings.TrimSpace(p); p != "" {
			parts = append(parts, p)
		}
	}
	return parts
}

// nameOf is how a server is called: by the host of its first URL.
func nameOf(urls string, hosts []string) string {
	first := split(urls)[0]
	if len(hosts) > 0 {
		first = strings.ReplaceAll(first, "{host}", hosts[0])
	}
	if u, err := url.Parse(first); err == nil && u.Host != "" {
		return u.Host
	}
	return first
}
