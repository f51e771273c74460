package cicsql

import (
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// MinConnections is how many connections a read may hold at once: one cursor per grain, and one
// to look up.
const MinConnections = 8

// DefaultSlack is the slack of a reader that is not told another; see [Options].
const DefaultSlack = 2 * time.Hour

// Reconcile says whether what is read is compared with another roll-up level.
type Reconcile uint8

// The modes. Reconciling costs one more aggregate query per view and pair of levels; only
// differences come back.
const (
	ReconcileOn Reconcile = iota
	ReconcileOff
)

// Options are the settings of a reader. The zero value reads every site of the connection's own
// database and schema and needs UTC columns.
type Options struct {
	// Database is the name of the reporting database, where the connection is to another. SQL
	// Server only; without a Schema, dbo is meant.
	Database string
	// Schema holds the views. On Oracle names are folded to upper case as Oracle does it; write
	// "name" with quotation marks for exactly that name. The same goes for the five names below.
	Schema string

	// The names of the views and tables, where they are not CIC's own.
	QueueView, AgentView, ActivityTable, MembersTable, ContactTable string

	// Site limits everything to one CIC server; nil reads every SiteId of the database.
	Site *wfm.Site
	// Zone is the time zone of the CIC server. It is required where dIntervalStartUTC is missing or NULL.
	Zone *time.Location
	// Slack bounds how far rows may be out of order; zero means DefaultSlack. The server sorts by
	// local time, which the autumn clock change sets back by an hour.
	Slack time.Duration

	// NoLock reads with WITH (NOLOCK). SQL Server only. It never waits for the writer, and may see
	// a row twice or not at all.
	NoLock bool
	// Reconcile switches the comparison of roll-up levels and the identity of tAgentLoggedIn.
	Reconcile Reconcile

	// QueueHierarchy and AgentHierarchy override what would be detected.
	QueueHierarchy, AgentHierarchy *Hierarchy
	// Media adds media types by which the media column is recognised.
	Media []wfm.MediaType

	// Now is the clock for rows that lie in the future; nil means time.Now.
	Now func() time.Time
	// Logger is told the statements (debug) and the detected hierarchy; nil discards.
	Logger *slog.Logger
}

func (o Options) withDefaults() Options {
	set := func(p *string, name string) {
		if *p == "" {
			*p = name
		}
	}
	set(&o.QueueView, "IWrkgrpQueueStats")
	set(&o.AgentView, "IAgentQueueStats")
	set(&o.ActivityTable, "AgentActivityLog")
	set(&o.MembersTable, "UserWorkgroups")
	set(&o.ContactTable, "InteractionSummary")
	if o.Database != "" {
		set(&o.Schema, "dbo")
	}
	if o.Slack == 0 {
		o.Slack = DefaultSlack
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

func (o Options) check(d Dialect) error {
	var errs []error
	name := func(field, value string) { errs = append(errs, d.checkIdentifier(field, value)) }
	name("QueueView", o.QueueView)
	name("AgentView", o.AgentView)
	name("ActivityTable", o.ActivityTable)
	name("MembersTable", o.MembersTable)
	name("ContactTable", o.ContactTable)
	if o.Schema != "" {
		name("Schema", o.Schema)
	}
	if o.Database != "" {
		name("Database", o.Database)
		if d.kind != sqlServer {
			errs = append(errs, wfm.Problem{Field: "Database", Value: o.Database, Reason: "cannot be chosen in a statement on " + d.String(),
				Remedy: "leave it out and choose the database in the connection, the owner of the views in Schema"})
		}
	}
	if o.NoLock && d.kind != sqlServer {
		errs = append(errs, wfm.Problem{Field: "NoLock", Value: "true", Reason: "has no meaning on " + d.String(), Remedy: "leave it out"})
	}
	if o.Slack < 0 {
		errs = append(errs, wfm.Problem{Field: "Slack", Value: o.Slack.String(), Reason: "is negative", Remedy: "leave it out"})
	}
	if o.Reconcile > ReconcileOff {
		errs = append(errs, wfm.Problem{Field: "Reconcile", Value: fmt.Sprint(uint8(o.Reconcile)), Reason: "is not a mode", Remedy: "use ReconcileOn or ReconcileOff"})
	}
	for _, h := range []struct {
		field string
		h     *Hierarchy
	}{{"QueueHierarchy", o.QueueHierarchy}, {"AgentHierarchy", o.AgentHierarchy}} {
		if h.h != nil {
			_, err := h.h.resolve(h.field)
			errs = append(errs, err)
		}
	}
	if h := o.AgentHierarchy; h != nil && strings.EqualFold(h.MediaColumn, keyColumns[0]) {
		errs = append(errs, wfm.Problem{Field: "AgentHierarchy.MediaColumn", Value: h.MediaColumn,
			Reason: "holds the workgroup in the agent view", Remedy: "use cHKey3 or cHKey4"})
	}
	return errors.Join(errs...)
}

func checkPool(db *sql.DB) error {
	if n := db.Stats().MaxOpenConnections; n > 0 && n < MinConnections {
		return wfm.Problem{Field: "MaxOpenConns", Value: fmt.Sprint(n), Reason: "is too small: each grain holds a connection while it streams",
			Remedy: fmt.Sprintf("allow at least %d connections, or leave the pool unlimited", MinConnections)}
	}
	return nil
}
