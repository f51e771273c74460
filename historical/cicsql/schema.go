package cicsql

import (
	"context"
	"strings"

	"github.com/cicwfm/cicwfm/wfm"
)

// The key and time columns, spelled as CIC spells them.
const (
	colName      = "cName"
	colGroup     = "cReportGroup"
	colStart     = "dIntervalStart"
	colStartUTC  = "dIntervalStartUTC"
	colDuration  = "nDuration"
	colSent      = "I3TimeStampGMT"
	colSite      = "SiteId"
	colUser      = "UserId"
	colMember    = "WorkGroup"
	colState     = "StatusDateTime"
	colStateGMT  = "StatusDateTimeGMT"
	colEndGMT    = "EndDateTimeGMT"
	colStateLen  = "StateDuration"
	colKey       = "StatusKey"
	colStatGroup = "StatusGroup"
	colLoggedIn  = "LoggedIn"
	colChanged   = "ChangedLoggedIn"
	colSeq       = "SeqNo"

	colContact   = "InteractionIDKey"
	colBegan     = "StartDateTimeUTC"
	colEnded     = "TerminatedDateTimeUTC"
	colConnected = "ConnectedDateTimeUTC"
	colDirection = "Direction"
	colMediaType = "MediaType"
	colLastAgent = "LastLocalUserId"
	colLastGroup = "LastAssignedWorkgroupID"
)

// objectID names one of the five views and tables.
type objectID uint8

const (
	queueView objectID = iota
	agentView
	activityTable
	membersTable
	contactTable
	numObjects
)

// required lists the columns that an object must have.
func (o objectID) required() []string {
	switch o {
	case activityTable:
		return []string{colUser, colKey, colStatGroup, colLoggedIn, colSite}
	case membersTable:
		return []string{colUser, colMember}
	case contactTable:
		return []string{colContact, colSite, colSeq, colBegan, colEnded, colConnected, colDirection, colMediaType, colLastAgent, colLastGroup}
	}
	return []string{colName, colGroup, keyColumns[1], keyColumns[2], colStart, colDuration, colSite}
}

// view is one view or table of the database and its columns.
type view struct {
	object   objectID
	name     string            // for messages
	table    string            // quoted, with hints
	columns  map[string]string // lower case to quoted, as the database spells it
	agents   bool
	override *hierarchy
	d        Dialect
}

// has tells whether the database has a column.
func (v *view) has(column string) bool { _, ok := v.columns[strings.ToLower(column)]; return ok }

// col returns a column quoted as the database spells it.
func (v *view) col(column string) string {
	if q, ok := v.columns[strings.ToLower(column)]; ok {
		return q
	}
	return v.d.quote(column)
}

// missing returns a problem for each required column that is not there.
func (v *view) missing() []error {
	var errs []error
	for _, c := range v.object.required() {
		if !v.has(c) {
			errs = append(errs, wfm.Problem{Where: v.name, Field: c, Reason: "is missing from the view", Remedy: remedyColumn})
		}
	}
	if v.object == activityTable && !v.has(colState) && !v.has(colStateGMT) {
		errs = append(errs, wfm.Problem{Where: v.name, Field: colStateGMT, Reason: "is missing, and so is " + colState, Remedy: remedyColumn})
	}
	if v.object == activityTable && !v.has(colEndGMT) && !v.has(colStateLen) {
		errs = append(errs, wfm.Problem{Where: v.name, Field: colEndGMT, Reason: "is missing, and so is " + colStateLen, Remedy: remedyColumn})
	}
	return errs
}

// baseView makes a view without columns.
func (r *Reader) baseView(o objectID) *view {
	v := &view{object: o, d: r.d, agents: o == agentView}
	switch o {
	case queueView:
		v.name = r.opts.QueueView
	case agentView:
		v.name = r.opts.AgentView
	case activityTable:
		v.name = r.opts.ActivityTable
	case membersTable:
		v.name = r.opts.MembersTable
	case contactTable:
		v.name = r.opts.ContactTable
	}
	h := r.opts.QueueHierarchy
	if v.agents {
		h = r.opts.AgentHierarchy
	}
	if h != nil && (o == queueView || o == agentView) {
		resolved, _ := h.resolve("") // New has checked it
		v.override = &resolved
	}
	for _, part := range []string{r.opts.Database, r.opts.Schema, v.name} {
		if part != "" {
			if v.table != "" {
				v.table += "."
			}
			v.table += r.d.quote(r.d.object(part))
		}
	}
	if r.opts.NoLock {
		v.table += " WITH (NOLOCK)"
	}
	return v
}

// view looks up the columns of an object, once per reader. A failure is not kept.
func (r *Reader) view(ctx context.Context, o objectID) (*view, error) {
	r.mu.Lock()
	v := r.views[o]
	r.mu.Unlock()
	if v != nil {
		return v, nil
	}
	v = r.baseView(o)
	s := r.statement()
	s.add("SELECT * FROM ", v.table, " WHERE 1 = 0")
	op := "read " + v.name
	rows, err := r.query(ctx, op, s)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err == nil {
		for rows.Next() {
		}
		err = rows.Err()
	}
	if err != nil {
		return nil, r.fail(ctx, op, err)
	}
	v.columns = make(map[string]string, len(names))
	for _, n := range names {
		v.columns[strings.ToLower(n)] = r.d.quote(n)
	}
	r.mu.Lock()
	r.views[o] = v
	r.mu.Unlock()
	return v, nil
}
