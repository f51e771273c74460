package cicsql

import (
	"context"
	"fmt"

	"github.com/cicwfm/cicwfm/wfm"
)

// contactPlan is how InteractionSummary is read, once for each of the two ways to put a contact into an interval.
type contactPlan struct {
	view       *view
	grain      wfm.Grain
	assigns    string // the column whose time puts a contact into an interval
	workgroups *names
}

func wantsContacts(n wfm.Needs) bool { return n.Begun || n.Ended }

// planContacts finds the table, if single contacts are wanted.
func (r *Reader) planContacts(ctx context.Context, n wfm.Needs, workgroups *names) ([]*contactPlan, error) {
	if !wantsContacts(n) || workgroups.none() {
		return nil, nil
	}
	v, err := r.contacts(ctx)
	if err != nil {
		return nil, err
	}
	var plans []*contactPlan
	if n.Begun {
		plans = append(plans, &contactPlan{v, wfm.GrainBegun, colBegan, workgroups})
	}
	if n.Ended {
		plans = append(plans, &contactPlan{v, wfm.GrainEnded, colEnded, workgroups})
	}
	return plans, nil
}

// contacts is the table of single contacts. The view CallDetail_viw of older versions names no workgroup and does not do instead.
func (r *Reader) contacts(ctx context.Context) (*view, error) {
	v, err := r.usable(ctx, contactTable)
	switch kind := wfm.KindOf(err); kind {
	case wfm.NotFound, wfm.NoPermission:
		return nil, &wfm.Error{Op: "read single contacts", Kind: kind,
			Err: fmt.Errorf("they need the table %s of CIC 4.0 or later, and the right to read it: %w", r.baseView(contactTable).name, err),
			Remedy: "let the database administrator grant SELECT on it, set ContactTable if it has another name; with an older CIC take " +
				"single contacts out of the feed"}
	}
	return v, err
}

// contactTimes are the columns with durations, each in milliseconds, in the order of wfm.ContactTimes.
func contactTimes() [8]string {
	return [...]string{"tIVRWait", "tQueueWait", "tAlert", "tConnected", "tHeld", "tConference", "tExternal", "tACW"}
}

// contactColumns says where in the select list a contact has its values; -1 where it is not there.
type contactColumns struct {
	id, site, seq, began, ended, connected, direction, media, agent, group int
	times                                                                  [8]int
	columns                                                                int
}

// The directions of a contact that comes in, from outside and as intercom.
const (
	directionIn         = 1
	directionIntercomIn = 5
)

// selectContacts builds the statement for the contacts of a window. No function stands around the column that assigns, so an index
// on it serves. The columns are UTC by name, so no zone is needed.
func (r *Reader) selectContacts(p *contactPlan, w wfm.Window) (*statement, contactColumns) {
	s, v := r.statement(), p.view
	var pos contactColumns
	add := func(expression string) int { return s.column(&pos.columns, expression) }
	s.add("SELECT ")
	pos.id, pos.site, pos.seq = add(v.col(colContact)), add(v.col(colSite)), add(v.col(colSeq))
	pos.began, pos.ended = add(s.d.timeColumn(v.col(colBegan))), add(s.d.timeColumn(v.col(colEnded)))
	pos.connected = add(s.d.timeColumn(v.col(colConnected)))
	pos.direction, pos.media = add(v.col(colDirection)), add(v.col(colMediaType))
	pos.agent, pos.group = add(v.col(colLastAgent)), add(v.col(colLastGroup))
	for i, column := range contactTimes() {
		if pos.times[i] = -1; v.has(column) {
			pos.times[i] = add(v.col(column))
		}
	}
	at, group := v.col(p.assigns), v.col(colLastGroup)
	s.add(" FROM ", v.table, " WHERE ", s.atLeast(at, w.Start.Unix()), " AND ", s.before(at, ceilUnix(w.End)))
	s.add(" AND ", v.col(colDirection), " IN (", s.bind(int64(directionIn)))
	s.add(", ", s.bind(int64(directionIntercomIn)), ")")
	r.site(s, v)
	s.add(" AND ", group, " <> '-'") // of no workgroup; the reader leaves out the empty text, which Oracle cannot compare with
	p.workgroups.where(s, group)
	s.add(" ORDER BY ", at)
	return s, pos
}

// contacts looks at what single contacts need.
func (in *inspection) contacts(ctx context.Context, presence bool) {
	v, err := in.r.contacts(ctx)
	in.problem(err)
	if !presence {
		in.problem(in.r.noPresence())
	}
	if v == nil {
		return
	}
	for _, column := range contactTimes() {
		if !v.has(column) {
			in.note("%s has no column %s: this time is missing from every contact", v.name, column)
		}
	}
}
