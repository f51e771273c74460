package config

import (
	"cmp"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	"github.com/cicwfm/cicwfm/historical/cicsql"
	"github.com/cicwfm/cicwfm/rta/icws"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/integration"
)

// madeServer is a server with its sources; nil where it has none, or where one cannot be made.
type madeServer struct {
	server *Server
	reader *cicsql.Reader
	client *icws.Client
}

// servers makes the sources of all servers, used or not, so that all of them are checked.
func (b *builder) servers() (list []madeServer) {
	wanted := map[string]bool{}
	for i := range b.c.RealTime {
		for _, s := range b.c.serversOf(b.c.RealTime[i].Servers, hasICWS) {
			wanted[s.Name] = true
		}
	}
	for i := range b.c.Servers {
		s, at := &b.c.Servers[i], fmt.Sprintf("servers[%d]", i)
		b.owner = serverPart(s.Name)
		made := madeServer{server: s}
		if s.Database != nil {
			made.reader = b.reader(at, s)
		}
		if s.ICWS != nil {
			made.client = b.client(at+".icws", s)
		}
		if made.client != nil && wanted[s.Name] {
			b.built.Options.RealTimeServers = append(b.built.Options.RealTimeServers, integration.RealTimeServer{Name: s.Name, Source: made.client})
		}
		list = append(list, made)
	}
	return list
}

// access reads the secrets of a connection, with its defaults filled in, and makes its paths whole.
func (b *builder) access(at string, c Connection) Access {
	a := Access{Connection: c, Path: b.whole(at+".path", c.Path), CAFile: b.whole(at+".ca-file", c.CAFile),
		Wallet: b.whole(at+".wallet", c.Wallet), Password: b.secret(at+".password", c.Password), DSN: b.secret(at+".dsn", c.DSN)}
	b.exists(at+".ca-file", a.CAFile)
	b.rememberFolder(a.Wallet)
	return a
}

func (b *builder) reader(at string, s *Server) *cicsql.Reader {
	d := filled(*s.Database)
	open := b.registries.Databases[d.Kind]
	access := b.access(at+".database", d.Connection)
	if open == nil || !b.clean(at+".database") {
		return nil
	}
	db, dialect, err := open(access)
	if err != nil {
		b.adopt(at+".database", err)
		return nil
	}
	b.closer(db.Close)
	o := cicsql.Options{Database: d.Reporting, Schema: d.Schema, QueueView: d.QueueView, AgentView: d.AgentView, ActivityTable: d.ActivityTable,
		MembersTable: d.MembersTable, ContactTable: d.ContactTable, Slack: d.Slack.D(), NoLock: d.NoLock, Logger: b.log.With("server", s.Name)}
	if d.NoReconcile {
		o.Reconcile = cicsql.ReconcileOff
	}
	if s.Site != nil {
		site := wfm.Site(*s.Site)
		o.Site = &site
	}
	if s.Zone != "" {
		o.Zone, _ = time.LoadLocation(string(s.Zone))
	}
	reader, err := cicsql.New(db, dialect, o)
	if err != nil {
		b.adopt(at+".database", err)
		return nil
	}
	return reader
}

func (b *builder) client(at string, s *Server) *icws.Client {
	i := filled(*s.ICWS)
	o := icws.Options{User: i.User, Password: b.secret(at+".password", i.Password), Application: i.Application, MarketPlaceName: i.MarketPlaceName,
		MarketPlaceCode: b.secret(at+".market-place-code", i.MarketPlaceCode), Extension: icws.ExtensionFrom(i.Extension), Polling: i.Polling,
		PollEvery: i.PollEvery.D(), RequestTimeout: i.RequestTimeout.D(), MembersEvery: i.MembersEvery.D(), Logger: b.log.With("server", s.Name)}
	if path := b.whole(at+".ca-file", i.CAFile); path != "" {
		o.CA = b.read(at+".ca-file", path)
	}
	if i.URL != "" {
		o.URLs, o.Hosts = []string{i.URL}, i.Hosts
	} else {
		scheme, usual := "https", 8019
		if i.NoTLS {
			scheme, usual = "http", 8018
		}
		for _, h := range i.Hosts {
			host, port, _ := splitHost(h) // what is no host was refused
			port = cmp.Or(port, i.Port, usual)
			o.URLs = append(o.URLs, (&url.URL{Scheme: scheme, Host: net.JoinHostPort(host, strconv.Itoa(port))}).String())
		}
	}
	if !b.clean(at) {
		return nil
	}
	client, err := icws.New(o)
	if err != nil {
		b.adopt(at, err)
		return nil
	}
	b.closer(func() error { client.Close(); return nil })
	return client
}
