package icwsserver

import (
	"errors"
	"log/slog"
	"strconv"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// Options say how the server behaves where CICs differ, or where no document says how they behave. The zero
// value, with User and Password, is a plain server of 2020.
type Options struct {
	// User and Password log on; the user id whatever its letter case. CIC.SetPassword adds others.
	User     string
	Password wfm.Secret

	// PrimaryHost and BackupHost are how clients reach the two hosts, as they are told by alternateHostList and
	// switchover-status. CIC gives names of hosts; here it may be host:port, since both hosts of a pair on one
	// loopback differ in nothing else. They can be set later: Server.SetAddress.
	PrimaryHost, BackupHost string
	// Alternates, if not nil, are the whole alternateHostList of both hosts instead.
	Alternates []string

	// Features override or add to the versions of DefaultFeatures; version 0 removes a feature.
	// {"messaging": 1} is a server without event streams.
	Features map[string]int
	// NoHeartbeat leaves out the heartbeat resource, as old servers do.
	NoHeartbeat bool
	// Admin gives the accounts administrator rights: rightsFilter admin shows what view does.
	Admin bool
	// NoLicenceRights answers 403 to reads of licences.
	NoLicenceRights bool
	// Licences are the licence features of the server.
	Licences []string

	// RejectUnknownUsers answers 404 to a subscription with an unknown user id; otherwise such ids are left out.
	RejectUnknownUsers bool
	// AddUsers makes a second subscription to user statuses add to the first; otherwise it replaces it.
	AddUsers bool
	// PartialContent answers a Range request with 206; otherwise with 200. Content-Range is there in both.
	PartialContent bool
	// PerSecond sends one notification for all changes of a user's status within a second, at its end,
	// as CIC's granularity of one second allows. Otherwise every change is a notification.
	PerSecond bool

	// IdleTimeout ends a session that neither asked for anything nor kept a stream open for so long;
	// zero means 10 minutes.
	IdleTimeout time.Duration
	// QueueBound is how many messages may wait in a session, which is ended beyond it; zero means 100,000.
	QueueBound int
	// Ping is how often an idle stream gets a comment; zero means 15 seconds.
	Ping time.Duration
	// Logger hears of sessions; nil discards. Secrets, cookies, tokens and session ids are never logged.
	Logger *slog.Logger
}

// DefaultFeatures are the features that a server of 2020 has, as far as their names are documented.
func DefaultFeatures() map[string]int {
	return map[string]int{"connection": 11, "messaging": 2, "queues": 1}
}

func (o Options) withDefaults() (Options, error) {
	var errs []error
	negative := func(field string, bad bool, value string) {
		if bad {
			errs = append(errs, wfm.Problem{Field: field, Value: value, Reason: "is negative", Remedy: "use zero for the default"})
		}
	}
	negative("IdleTimeout", o.IdleTimeout < 0, o.IdleTimeout.String())
	negative("QueueBound", o.QueueBound < 0, strconv.Itoa(o.QueueBound))
	negative("Ping", o.Ping < 0, o.Ping.String())
	if o.User != "" && o.Password.IsZero() {
		errs = append(errs, wfm.Problem{Field: "Password", Reason: "is missing", Remedy: "give the account a password"})
	}
	features := DefaultFeatures()
	for id, version := range o.Features {
		if features[id] = version; version <= 0 {
			delete(features, id)
		}
	}
	o.Features = features
	if o.IdleTimeout == 0 {
		o.IdleTimeout = 10 * time.Minute
	}
	if o.QueueBound == 0 {
		o.QueueBound = 100_000
	}
	if o.Ping == 0 {
		o.Ping = 15 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o, errors.Join(errs...)
}
