package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/config"
)

const initUsage = `init writes a commented configuration.

It asks for what the flags do not say, with defaults in brackets; the end of the input takes the
defaults for all that is left, and -yes asks nothing. It asks the database and the CIC server for
workgroups, sites, row lengths, statuses and licence features. What cannot be reached stays a
commented example, with a note at the head of the file. Passwords are never written into it: they
are typed and kept in files below secrets/ that only this account can read, or named as file:PATH or
env:NAME. Exit code: 0 a configuration is written, 1 it is, and has things to do at its head, 2
nothing is written.

`

// initializer is one run of init: the answers.
type initializer struct {
	*app
	q *asker
	f found

	server, dbKind, dbPath, dbHost, dbPort, dbInstance, dbName, dbService, dbUser, dbPassword, dbSchema, dbCA, dbEncrypt string
	icwsHosts, icwsPort, icwsUser, icwsPassword, icwsCA                                                                  string
	noTLS                                                                                                                bool
	zone, site, vendor, feeds, interval, workgroups, members, feature, out, receiver, ledger                             string
}

func (a *app) initialise(ctx context.Context, args []string) (int, error) {
	fs, path := a.flags("init")
	i := &initializer{app: a}
	output := fs.String("o", "", "`file` to write (default: that of -config)")
	force := fs.Bool("force", false, "overwrite files that are there")
	yes := fs.Bool("yes", false, "ask nothing: take the flags, and defaults for the rest")
	limit := fs.Duration("timeout", 20*time.Second, "what looking at database and CIC may take")
	for _, s := range []struct {
		value       *string
		name, usage string
	}{
		{&i.server, "server", "`name` of the CIC server in the configuration"},
		{&i.dbKind, "db-kind", "reporting database: sqlserver, oracle, sqlite or none"},
		{&i.dbPath, "db-path", "sqlite: the database `file`"},
		{&i.dbHost, "db-host", "`host` of the database"},
		{&i.dbPort, "db-port", "its `port`"},
		{&i.dbInstance, "db-instance", "sqlserver: named `instance`"},
		{&i.dbName, "db-name", "sqlserver: `name` of the database"},
		{&i.dbService, "db-service", "oracle: service `name`"},
		{&i.dbUser, "db-user", "`account` that reads the database"},
		{&i.dbPassword, "db-password", "its password: file:PATH or env:NAME"},
		{&i.dbSchema, "db-schema", "`schema` of the views"},
		{&i.dbCA, "db-ca", "sqlserver: PEM `file` of the authority of its certificate"},
		{&i.dbEncrypt, "db-encrypt", "sqlserver: true, strict, false or disable"},
		{&i.icwsHosts, "icws-host", "`host` of the CIC server or host:port, both of a switchover pair with a comma; none for no real time"},
		{&i.icwsPort, "icws-port", "its ICWS `port`"},
		{&i.icwsUser, "icws-user", "CIC user `id` of the integration"},
		{&i.icwsPassword, "icws-password", "its password: file:PATH or env:NAME"},
		{&i.icwsCA, "icws-ca", "PEM `file` of the authority of the server's certificate"},
		{&i.zone, "zone", "time `zone` of the server and the files, such as Europe/Berlin"},
		{&i.site, "site", "SiteId of the server's rows"},
		{&i.vendor, "vendor", "WFM `product`: " + strings.Join(a.registries.Vendors.Names(), ", ")},
		{&i.feeds, "feeds", "historical, real-time or both"},
		{&i.interval, "interval", "15m, 30m, 1h or day"},
		{&i.workgroups, "workgroups", "workgroups of the files, with commas, or all"},
		{&i.members, "members", "workgroups whose members are monitored"},
		{&i.feature, "real-time-feature", "`feature` of the licence for the real-time module"},
		{&i.out, "out", "`folder` for the files"},
		{&i.receiver, "receiver", "`host:port` of the real-time receiver, or listen:host:port to wait for it"},
		{&i.ledger, "ledger", "`file` that remembers what was delivered"},
	} {
		fs.StringVar(s.value, s.name, "", s.usage)
	}
	fs.BoolVar(&i.noTLS, "icws-no-tls", false, "speak http with the CIC server: anyone on the way reads the password")
	if err := parse(fs, args, initUsage, a.out); err != nil {
		return exitWrong, err
	}
	target := orElse(*output, *path)
	if fileExists(target) && !*force {
		return exitWrong, wfm.Problem{Field: "file", Value: target, Reason: "is there already", Remedy: "choose another with -o, or overwrite it with -force"}
	}
	i.q = newAsker(ctx, a, fs, filepath.Dir(target), *force, *yes)
	server, err := i.askServer()
	if ctx.Err() != nil {
		return exitWrong, errInterrupted
	}
	if err != nil {
		return exitWrong, err
	}
	if server.Database == nil && server.ICWS == nil {
		return i.example(target, *force)
	}
	c, err := config.Parse(target, (&config.Config{Version: 1, Servers: []config.Server{server}}).YAML())
	if c == nil {
		return exitWrong, err
	}
	i.f = i.look(ctx, c, *limit)
	if ctx.Err() != nil {
		return exitWrong, errInterrupted
	}
	i.f.tell(a.out)
	made, err := i.compose(server)
	if ctx.Err() != nil {
		return exitWrong, errInterrupted
	}
	if err != nil {
		return exitWrong, err
	}
	return i.save(target, made, *force)
}

var errInterrupted = errors.New("interrupted; nothing was written but the secrets that you typed")

// askServer asks how database and CIC are reached, and keeps the passwords.
func (i *initializer) askServer() (s config.Server, err error) {
	q := i.q
	var errs []error
	ask := func(err error) { errs = append(errs, err) }
	ask(q.text("server", &i.server, "Name of the CIC server", "cic", nil))
	ask(q.text("db-kind", &i.dbKind, "Reporting database: sqlserver, oracle, sqlite or none", "sqlserver", oneOf("-db-kind", "sqlserver", "oracle", "sqlite", "none")))
	s.Name = i.server
	if i.dbKind != "none" && errors.Join(errs...) == nil {
		d := &config.Database{Kind: i.dbKind, Schema: i.dbSchema}
		d.Encrypt, d.CAFile = i.dbEncrypt, config.Path(i.dbCA)
		if i.dbKind == "sqlite" {
			ask(q.text("db-path", &i.dbPath, "Database file", "reporting.db", nil))
			d.Path, d.Encrypt, d.CAFile, d.Schema = config.Path(i.dbPath), "", "", ""
		} else {
			ask(q.text("db-host", &i.dbHost, "Host of the database", "sql.example.com", nil))
			if i.dbKind == "sqlserver" {
				ask(q.text("db-name", &i.dbName, "Name of the database", "I3_IC", nil))
				d.Connection.Database, d.Instance = i.dbName, i.dbInstance
			} else {
				ask(q.text("db-service", &i.dbService, "Service name", "I3", nil))
				d.Service = i.dbService
			}
			ask(q.text("db-user", &i.dbUser, "Account that reads it", "wfm_reader", nil))
			d.Host, d.User = i.dbHost, i.dbUser
			d.Password, err = q.secret("db-password", i.dbPassword, "Its password", "secrets/database")
			ask(err)
			d.Port, err = portOf("-db-port", i.dbPort)
			ask(err)
		}
		s.Database = d
	}
	ask(q.text("icws-host", &i.icwsHosts, "Host of the CIC server for ICWS (or host:port; both of a pair with a comma; none for no real time)", "none", i.icwsAddress))
	if i.icwsHosts != "none" {
		w := &config.ICWS{NoTLS: i.noTLS, CAFile: config.Path(i.icwsCA)}
		w.Hosts, w.Port, err = icwsHosts(i.icwsHosts, i.icwsPort)
		ask(err)
		ask(q.text("icws-user", &i.icwsUser, "CIC user id of the integration", "wfm", nil))
		w.User = i.icwsUser
		w.Password, err = q.secret("icws-password", i.icwsPassword, "Its password", "secrets/icws")
		ask(err)
		s.ICWS = w
	}
	return s, errors.Join(errs...)
}

// icwsAddress checks the answer for the hosts.
func (i *initializer) icwsAddress(text string) error {
	if text == "none" {
		return nil
	}
	_, _, err := icwsHosts(text, i.icwsPort)
	return err
}

// icwsHosts reads hosts, and their port, which may stand behind them: behind one of them it is meant for all. Where there are several, each
// stays behind its host.
func icwsHosts(text, port string) (hosts []string, number int, err error) {
	list, err := listOf("-icws-host", text)
	if err != nil {
		return nil, 0, err
	}
	if number, err = portOf("-icws-port", port); err != nil {
		return nil, 0, err
	}
	noHost := wfm.Problem{Field: "-icws-host", Value: cli.Shown(text), Reason: "is not a host name", Remedy: "write cic1.example.com, or cic1.example.com:8019"}
	several := false
	for _, h := range list {
		if strings.ContainsAny(h, "/@ {}") {
			return nil, 0, noHost
		}
		if host, behind, err := net.SplitHostPort(h); err == nil {
			own, err := portOf("-icws-host", orElse(behind, "none"))
			if err != nil {
				return nil, 0, err
			}
			several = several || number != 0 && number != own
			number = cmp.Or(number, own)
			h = host
		}
		if h == "" || strings.Contains(h, ":") && net.ParseIP(h) == nil {
			return nil, 0, noHost
		}
		hosts = append(hosts, h)
	}
	if several {
		number, err = portOf("-icws-port", port)
		return list, number, err
	}
	return hosts, number, nil
}

func portOf(field, text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || n == 0 {
		return 0, wfm.Problem{Field: field, Value: cli.Shown(text), Reason: "is not a port", Remedy: "use 1 to 65535"}
	}
	return int(n), nil
}

// example writes the commented example: nothing is known.
func (i *initializer) example(target string, force bool) (int, error) {
	if err := writeNew(target, config.Example(), 0o640, force); err != nil {
		return exitWrong, err
	}
	fmt.Fprintf(i.app.out, "Wrote the commented example to %s: neither a database nor a CIC server was named. Edit it, then: wfmservice check\n", target)
	return exitAttention, nil
}

// makeFolder makes the folder for the files where it is to be beside the configuration. Others are the site's: a share that is not mounted
// must not become a folder of this disk.
func (i *initializer) makeFolder(target string, c *config.Config) {
	for _, d := range c.Destinations {
		path := filepath.FromSlash(string(d.Path))
		if d.Kind != "folder" || !filepath.IsLocal(path) {
			continue
		}
		path = filepath.Join(filepath.Dir(target), path)
		if _, err := os.Stat(path); err == nil {
			continue
		}
		if err := os.MkdirAll(path, 0o750); err != nil {
			i.note("the folder %s cannot be made: %s", wfm.Quote(path), cli.Reason(err))
			continue
		}
		fmt.Fprintf(i.app.out, "Made the folder %s.\n", path)
	}
}

// save writes the configuration with its notes.
func (i *initializer) save(target string, c *config.Config, force bool) (int, error) {
	i.makeFolder(target, c)
	text := i.head() + string(c.Commented())
	again, err := config.Parse(target, []byte(text))
	if again != nil {
		_, err = i.registries.Check(again)
	}
	if err != nil {
		for _, p := range cli.Problems(err) {
			text, remedy := explain(p)
			if _, after, ok := strings.Cut(text, ": "); ok && strings.HasPrefix(text, target+":") { // the line moves with the notes
				text = after
			}
			i.note("%s; %s", text, remedy)
		}
		text = i.head() + string(c.Commented())
	}
	if err := writeNew(target, []byte(text), 0o640, force); err != nil {
		return exitWrong, err
	}
	fmt.Fprintf(i.app.out, "Wrote %s.\n", target)
	for _, n := range i.f.notes {
		fmt.Fprintf(i.app.out, "To do: %s\n", n)
	}
	fmt.Fprintf(i.app.out, "Next: wfmservice check -config %s\n", target)
	if len(i.f.notes) > 0 {
		return exitAttention, nil
	}
	return exitOK, nil
}
