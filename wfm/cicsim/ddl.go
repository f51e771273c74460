package cicsim

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/cicwfm/cicwfm/wfm"
)

// The names of the reporting database.
const (
	tableQueueStats  = "IWrkgrpQueueStats"
	tableAgentStats  = "IAgentQueueStats"
	tableActivityLog = "AgentActivityLog"
	tableActivation  = "AgentQueueActivationHist"
	tableMembers     = "UserWorkgroups"
	tableContacts    = "InteractionSummary"
)

// column is a column with its declared type.
type column struct{ name, kind string }

// table is a table with its columns in order, and the columns that get an index.
type table struct {
	name    string
	columns []column
	indexed []string
}

// tables lists the tables of a schema. The views of CIC are tables here: readers cannot tell.
func (s Schema) tables() []table {
	list := []table{
		s.statsTable(tableQueueStats, queueView),
		s.statsTable(tableAgentStats, agentView),
		{tableActivityLog, []column{
			{"UserId", "nvarchar(50) not null"}, {"StatusDateTime", "datetime not null"},
			{"StatusDateTimeGMT", "datetime not null"}, {"ChangedStatus", "smallint"}, {"ChangedStatusGroup", "smallint"},
			{"ChangedLoggedIn", "smallint"}, {"ChangedAcdLoggedIn", "smallint"}, {"StatusKey", "nvarchar(50)"},
			{"StatusGroup", "nvarchar(50)"}, {"LoggedIn", "smallint"}, {"AcdLoggedIn", "smallint"},
			{"StatusDnd", "smallint"}, {"StatusAcw", "smallint"}, {"EndDateTime", "datetime"},
			{"EndDateTimeGMT", "datetime"}, {"StateDuration", "int"}, {"SeqNo", "smallint"},
			{"I3TimeStampGMT", "datetime"}, {"SiteId", "smallint"}, {"SubSiteId", "smallint"},
		}, []string{"StatusDateTimeGMT"}},
		{tableActivation, []column{
			{"UserId", "nvarchar(50)"}, {"Workgroup", "nvarchar(50)"}, {"ActivationDateTime", "datetime"},
			{"ActivationDateTimeGMT", "datetime"}, {"ActivationFlag", "smallint"}, {"HasQueueFlag", "smallint"},
			{"ActivatedBy", "nvarchar(50)"}, {"I3TimeStampGMT", "datetime"}, {"SiteId", "smallint"}, {"SubSiteId", "smallint"},
		}, []string{"ActivationDateTimeGMT"}},
		{tableMembers, []column{
			{"UserId", "nvarchar(50) not null"}, {"WorkGroup", "nvarchar(50) not null"}, {"QueueFlag", "tinyint"},
			{"I3TimeStampGMT", "datetime"}, {"SiteId", "smallint"}, {"SubSiteId", "smallint"},
		}, []string{"UserId"}},
	}
	if s.Edition == Edition4x {
		list = append(list, contactTable())
	}
	for i := range list {
		if s.UpperCaseColumns {
			for j := range list[i].columns {
				list[i].columns[j].name = strings.ToUpper(list[i].columns[j].name)
			}
		}
		if s.NoIndexes {
			list[i].indexed = nil
		}
	}
	return list
}

func (s Schema) statsTable(name string, view int) table {
	t := table{name: name, indexed: []string{"dIntervalStart"}}
	add := func(kind string, names ...string) {
		for _, n := range names {
			t.columns = append(t.columns, column{n, kind})
		}
	}
	if s.Edition == Edition4x {
		add("int not null", "StatisticsSet")
	}
	add("nvarchar(50) not null", "cName", "cReportGroup")
	add("nvarchar(50)", "cHKey3", "cHKey4")
	add("char(1)", "cType")
	add("datetime", "dIntervalStart")
	if s.UTC != UTCAbsent {
		add("datetime", "dIntervalStartUTC")
	}
	add("int", "nDuration")
	if s.Edition == Edition4x {
		add("int", "nServiceLevel")
	}
	for _, c := range s.counters(view) {
		add("int", c.String())
	}
	add("nvarchar(50)", "CustomValue1", "CustomValue2", "CustomValue3", "CustomValue4", "CustomValue5", "CustomValue6")
	add("datetime", "I3TimeStampGMT")
	add("smallint", "SiteId", "SubSiteId")
	return t
}

// counters lists the counters that a view of this edition has, in table order.
func (s Schema) counters(view int) []wfm.Counter {
	var list []wfm.Counter
	for c, info := range wfm.Counters() {
		if info.Edition == wfm.Only4x && s.Edition != Edition4x ||
			info.Edition == wfm.OnlyLegacy && s.Edition != EditionLegacy ||
			info.Views == wfm.InAgentView && view != agentView {
			continue
		}
		list = append(list, c)
	}
	return list
}

// create makes the tables that are not there yet.
func (t table) create(ctx context.Context, db execer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE IF NOT EXISTS %s (", t.name)
	for i, c := range t.columns {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(c.name + " " + c.kind)
	}
	b.WriteString(")")
	statements := []string{b.String()}
	for _, c := range t.indexed {
		statements = append(statements, fmt.Sprintf("CREATE INDEX IF NOT EXISTS IX_%s_%s ON %s (%s)", t.name, c, t.name, c))
	}
	for _, q := range statements {
		if _, err := db.ExecContext(ctx, q); err != nil {
			return writeError("create "+t.name, err)
		}
	}
	return nil
}

type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

func writeError(op string, err error) error {
	return &wfm.Error{Op: "simulated centre: " + op, Kind: wfm.Unavailable, Err: err,
		Remedy: "give an open SQLite database that can be written and has no other tables of these names"}
}
