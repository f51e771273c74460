package cicsql

import (
	"context"
	"time"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/wfm"
)

// activityStream reads the states of agents, each whole and once.
type activityStream struct {
	cursor
	rd     *reading
	plan   *activityPlan
	window wfm.Window // of states: for sign-ons it begins before that of the query
	pos    activityColumns
	clock  resolver
	end    textCache

	users, keys, groups *interner
	out                 historical.Row
	unix                int64
}

func (r *Reader) openActivity(ctx context.Context, rd *reading, p *activityPlan) (*activityStream, error) {
	window := rd.query.States()
	stmt, pos := r.selectActivity(p, window)
	c, err := r.openCursor(ctx, "read "+p.view.name, stmt, pos.columns)
	if err != nil {
		return nil, err
	}
	keep := func(*interned) {}
	return &activityStream{cursor: c, rd: rd, plan: p, window: window, pos: pos, clock: resolver{rd: rd, view: p.view, zone: r.opts.Zone},
		users: newInterner(func(e *interned) { e.keep = p.agents.has(e.name) }), keys: newInterner(keep), groups: newInterner(keep)}, nil
}

func (s *activityStream) row() *historical.Row { return &s.out }
func (s *activityStream) key() int64           { return s.unix * 1000 }

func (s *activityStream) cell(at int) any {
	if at < 0 {
		return nil
	}
	return s.cells[at]
}

func (s *activityStream) next(ctx context.Context) (bool, error) {
	for {
		ok, err := s.advance(ctx)
		if !ok {
			return false, err
		}
		if ok, err := s.take(); ok || err != nil {
			return ok, err
		}
	}
}

// take makes a row of the scanned state; false if it is left out.
func (s *activityStream) take() (bool, error) {
	w, asked := s.window, s.rd.query.Window
	user := s.users.get(s.cells[s.pos.user])
	if user == nil || !user.keep {
		return false, nil
	}
	began, ambiguous, bad, err := s.began()
	if err != nil {
		return false, err
	}
	if bad != "" {
		return false, s.bad(user.name, asked.Start, bad)
	}
	start := time.Unix(began, 0).UTC()
	if !start.Before(w.End) {
		return false, nil
	}
	ended, bad := s.ended(began)
	if bad == "" && ended < began {
		bad = "the state ends " + time.Unix(ended, 0).UTC().Format(time.RFC3339) + ", before it begins"
	}
	if bad != "" {
		// What began before the window is the business of an earlier one.
		if start.Before(asked.Start) {
			return false, nil
		}
		return false, s.bad(user.name, start, bad)
	}
	end := time.Unix(ended, 0).UTC()
	if start.Before(w.Start) && !end.After(w.Start) {
		return false, nil
	}
	st, bad := s.state()
	site, siteState := toInt(s.cells[s.pos.site])
	if siteState != isNumber {
		bad = badValue(colSite, s.cells[s.pos.site])
	}
	earlier := start.Before(asked.Start) && !end.After(asked.Start) // read for sign-ons alone
	switch {
	case bad != "" && earlier:
		return false, nil
	case bad != "":
		return false, s.bad(user.name, start, bad)
	case !earlier:
		s.remarks(began, ambiguous, wfm.Site(site))
	}
	s.unix = max(began, w.Start.Unix())
	s.out = historical.Row{Grain: wfm.GrainActivity, Site: wfm.Site(site), Start: start, Duration: end.Sub(start),
		Agent: wfm.AgentID(user.name), State: st}
	return true, nil
}

// began finds the start in UTC: the GMT column, or the local one. In the repeated hour the end less
// the length of the state decides.
func (s *activityStream) began() (unix int64, remarkable start, bad string, err error) {
	if t, ok, err := s.clock.utc.parse(s.cell(s.pos.gmt)); err != nil {
		return 0, start{}, colStateGMT + " " + err.Error(), nil
	} else if ok {
		return t.wall - t.offset, start{}, "", nil
	}
	t, ok, perr := s.clock.local.parse(s.cell(s.pos.local))
	if perr != nil {
		return 0, start{}, colState + " " + perr.Error(), nil
	}
	if !ok {
		return 0, start{}, colStateGMT + " is NULL", nil
	}
	if s.clock.zone == nil {
		return 0, start{}, "", zoneMissing(s.plan.view.name, colStateGMT+" is NULL")
	}
	length, state := toInt(s.cell(s.pos.length))
	end := s.cell(s.pos.end)
	if state != isNumber {
		end = nil
	}
	res := s.clock.resolve(t.wall)
	at := start{unix: res.First.Unix()}
	switch res.Kind {
	case wfm.Never:
		at.remark, at.kind = true, wfm.SkippedHour
	case wfm.Twice:
		e, ok, perr := s.end.parse(end)
		first, second := res.First.Unix(), res.Second.Unix()
		switch near, far := distance(e.wall-e.offset-length, first), distance(e.wall-e.offset-length, second); {
		case perr != nil || !ok || near == far:
			at.remark, at.kind = true, wfm.AmbiguousHour
		case far < near:
			at.unix = second
		}
	}
	return at.unix, at, "", nil
}

// ended finds the end in UTC: the GMT column, or the start and the length of the state.
func (s *activityStream) ended(began int64) (unix int64, bad string) {
	t, ok, err := s.end.parse(s.cell(s.pos.end))
	if err != nil {
		return 0, colEndGMT + " " + err.Error()
	}
	if ok {
		return t.wall - t.offset, ""
	}
	length, state := toInt(s.cell(s.pos.length))
	switch {
	case state == isNull:
		return 0, "the state has neither " + colEndGMT + " nor " + colStateLen
	case state == notNumber || length > longestState || length < -longestState:
		return 0, badValue(colStateLen, s.cell(s.pos.length))
	}
	return began + length, ""
}

// longestState bounds StateDuration against nonsense that would overflow.
const longestState = 50 * 366 * day

func (s *activityStream) state() (st historical.State, bad string) {
	key, group := s.keys.get(s.cells[s.pos.key]), s.groups.get(s.cells[s.pos.group])
	if key == nil || group == nil {
		return st, colKey + " or " + colStatGroup + " is not text"
	}
	st.Key, st.Group = wfm.StatusKey(key.name), wfm.StatusGroup(group.name)
	var state number
	if st.LoggedIn, state = toFlag(s.cells[s.pos.loggedIn]); state != isNumber {
		return st, badFlag(colLoggedIn, s.cells[s.pos.loggedIn])
	}
	if st.ChangedLoggedIn, state = toFlag(s.cell(s.pos.changed)); state == notNumber {
		return st, badFlag(colChanged, s.cell(s.pos.changed))
	}
	seq, state := toInt(s.cell(s.pos.seq))
	switch {
	case state == notNumber || seq > 1<<31-1 || (seq < -1<<31 && state == isNumber):
		return st, badValue(colSeq, s.cell(s.pos.seq))
	case state == isNumber:
		st.Seq = int(seq)
	}
	return st, ""
}

func badFlag(column string, cell any) string {
	if cell == nil {
		return column + " is NULL"
	}
	text, _ := toText(cell)
	return column + " " + wfm.Quote(text) + " is neither 0 nor 1, Y nor N"
}

// remarks makes the diagnostics about the start of a state that is part of the window.
func (s *activityStream) remarks(began int64, at start, site wfm.Site) {
	if at.remark {
		detail := "the clock shows the local start of a state twice, and its end and length do not tell which: the first is taken"
		if at.kind == wfm.SkippedHour {
			detail = "a state starts in the hour that the clock of " + s.clock.zone.String() + " skips: check Zone"
		}
		s.rd.once(remark{at.kind, activityTable, began}, wfm.Diagnostic{Site: site, Subject: s.plan.view.name, Detail: detail})
	}
	if began > s.rd.future {
		s.rd.once(remark{wfm.FutureRow, activityTable, began}, wfm.Diagnostic{Site: site, Subject: s.plan.view.name,
			Detail: "the state starts after it was read: check Zone, the time zone of the CIC server, and the clocks"})
	}
}

func (s *activityStream) bad(agent string, at time.Time, reason string) error {
	site, _ := toInt(s.cells[s.pos.site])
	if site == wfm.Missing {
		site = 0
	}
	s.rd.query.Diagnose(wfm.Diagnostic{Kind: wfm.BadRow, At: at, Site: wfm.Site(site), Subject: agent,
		Detail: s.plan.view.name + ": " + reason + "; the row is left out"})
	return nil
}
