package cicsql_test

import (
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/historical/cicsql"
	"github.com/cicwfm/cicwfm/historical/historicaltest"
	"github.com/cicwfm/cicwfm/wfm"
)

var (
	begun = wfm.Needs{Begun: true}
	ended = wfm.Needs{Ended: true}
	both  = wfm.Needs{Begun: true, Ended: true}
)

// contacts returns the contacts of a grain, one line each: the row's start, ID, site, Seq, names, medium, end, handled and times.
func (r result) contacts(g wfm.Grain) []string {
	var list []string
	for _, row := range r.rows {
		if row.Grain != g {
			continue
		}
		c := row.Contact
		line := fmt.Sprintf("%s %s %d/%d %s %s %s %s %t", row.Start.Format("15:04:05.000"), c.ID, c.Site, c.Seq, c.Workgroup, c.Agent, c.Media,
			c.End.Format("15:04:05.000"), c.Handled)
		t := c.Times
		for _, v := range []int64{t.TIVRWait, t.TQueueWait, t.TAlert, t.TConnected, t.THeld, t.TConference, t.TExternal, t.TACW} {
			if v == wfm.Missing {
				line += " -"
			} else {
				line += fmt.Sprint(" ", v)
			}
		}
		list = append(list, line)
	}
	return list
}

// ids returns the IDs of the contacts of a grain.
func (r result) ids(g wfm.Grain) (list []string) {
	for _, row := range r.rows {
		if row.Grain == g {
			list = append(list, row.Contact.ID)
		}
	}
	return list
}

func TestContactsByStartAndByEnd(t *testing.T) {
	f := newFixture(t, shape{})
	f.stat(queues, "Sales", "*,*,*", ten, nil)
	f.contact("over both borders", "2026-01-15 09:00:00.000", "2026-01-15 11:00:00.000", nil)
	f.contact("before", "2026-01-15 09:59:00.000", "2026-01-15 09:59:59.999", nil)
	f.contact("first instant", "2026-01-15 10:00:00.000", "2026-01-15 10:15:00.000", nil)
	f.contact("last instant", "2026-01-15 10:14:59.999", "2026-01-15 10:14:59.999", nil)
	f.contact("ends in it", "2026-01-15 09:00:00.001", "2026-01-15 10:00:00.000", values{"SeqNo": 3, "SiteID": -1})
	f.contact("begins in it", "2026-01-15T10:14:00Z", "2026-01-15 12:00:00", nil)
	f.contact("after", "2026-01-15 10:15:00.000", "2026-01-15 10:15:00.000", nil)
	q := historical.Query{Window: window(t, ten, quarter), Needs: both}
	require.NoError(t, historicaltest.Check(t.Context(), f.reader(cicsql.Options{}), q))
	out := f.read(cicsql.Options{}, q)
	require.Equal(t, []string{
		"10:00:00.000 first instant 1/0 Sales anna Call 10:15:00.000 true 1 2 3 4 5 6 7 8",
		"10:14:59.999 last instant 1/0 Sales anna Call 10:14:59.999 true 1 2 3 4 5 6 7 8",
		"10:14:00.000 begins in it 1/0 Sales anna Call 12:00:00.000 true 1 2 3 4 5 6 7 8",
	}, out.contacts(wfm.GrainBegun), "the server's order, within the slack")
	require.Equal(t, []string{
		"10:00:00.000 ends in it -1/3 Sales anna Call 10:00:00.000 true 1 2 3 4 5 6 7 8",
		"10:14:59.999 last instant 1/0 Sales anna Call 10:14:59.999 true 1 2 3 4 5 6 7 8",
	}, out.contacts(wfm.GrainEnded))
	require.Len(t, out.of(wfm.GrainPresence), 1)
	require.Empty(t, out.diagnostics)
	for _, row := range out.rows {
		if row.Contact != nil {
			require.Equal(t, time.UTC, row.Contact.Start.Location())
			require.Equal(t, row.Site, row.Contact.Site)
		}
	}
	q.Needs = ended
	require.Empty(t, f.read(cicsql.Options{}, q).ids(wfm.GrainBegun), "not asked for")
	site := wfm.Site(-1)
	require.Equal(t, []string{"ends in it"}, f.read(cicsql.Options{Site: &site}, q).ids(wfm.GrainEnded))
	q.Window.Start = q.Window.Start.Add(time.Millisecond)
	require.Equal(t, []string{"last instant"}, f.read(cicsql.Options{}, q).ids(wfm.GrainEnded), "a window need not begin on a second")
	q.Needs = needQueue(nil, "nEnteredAcd")
	require.Empty(t, f.read(cicsql.Options{}, q).ids(wfm.GrainBegun))
}

func TestWhichRowsAreContacts(t *testing.T) {
	f := newFixture(t, shape{})
	at := func(second int) string { return fmt.Sprintf("2026-01-15 10:00:%02d.250", second) }
	add := func(second int, more values) {
		f.contact(fmt.Sprint("c", second), at(second), "2026-01-15 10:01:00.000", more)
	}
	for direction := range 7 {
		add(direction, values{"Direction": direction})
	}
	add(10, values{"Direction": nil})
	add(11, values{"LastAssignedWorkgroupID": nil})
	add(12, values{"LastAssignedWorkgroupID": ""})
	add(13, values{"LastAssignedWorkgroupID": "-"})
	add(14, values{"LastAssignedWorkgroupID": "sales"})
	add(15, values{"LastAssignedWorkgroupID": "Störung"})
	add(20, values{"LastLocalUserId": "-"})
	add(21, values{"LastLocalUserId": ""})
	add(22, values{"LastLocalUserId": nil})
	add(23, values{"ConnectedDateTimeUTC": nil})
	add(28, values{"ConnectedDateTimeUTC": ""})
	add(24, values{"ConnectedDateTimeUTC": "1970-01-01 01:00:00.000"})
	add(25, values{"ConnectedDateTimeUTC": "1969-12-31 16:00:00"})
	add(26, values{"ConnectedDateTimeUTC": "1970-01-02 00:00:01"})
	add(27, values{"SeqNo": nil, "tIVRWait": nil, "tQueueWait": -1, "tAlert": 0, "tConnected": 2.0, "tHeld": "3"})
	q := historical.Query{Window: window(t, ten, quarter), Needs: begun}
	out := f.read(cicsql.Options{}, q)
	want := []string{}
	line := func(second int, rest string) {
		want = append(want, fmt.Sprintf("10:00:%02d.250 c%d 1/0 %s", second, second, rest))
	}
	line(1, "Sales anna Call 10:01:00.000 true 1 2 3 4 5 6 7 8")
	line(5, "Sales anna Call 10:01:00.000 true 1 2 3 4 5 6 7 8")
	line(14, "sales anna Call 10:01:00.000 true 1 2 3 4 5 6 7 8")
	line(15, "Störung anna Call 10:01:00.000 true 1 2 3 4 5 6 7 8")
	for _, n := range []int{20, 21, 22} {
		line(n, "Sales  Call 10:01:00.000 false 1 2 3 4 5 6 7 8")
	}
	for _, n := range []int{23, 24, 25} {
		line(n, "Sales anna Call 10:01:00.000 false 1 2 3 4 5 6 7 8")
	}
	line(26, "Sales anna Call 10:01:00.000 true 1 2 3 4 5 6 7 8")
	line(27, "Sales anna Call 10:01:00.000 true - - 0 2 3 6 7 8")
	line(28, "Sales anna Call 10:01:00.000 false 1 2 3 4 5 6 7 8")
	require.Equal(t, want, out.contacts(wfm.GrainBegun))
	require.Empty(t, out.diagnostics, "what is no contact of a workgroup is no fault")

	for name, ids := range map[wfm.Workgroup]int{"SALES": len(want) - 1, "STÖRUNG": 1, "Nobody": 0, "-": 0} {
		q.Workgroups = []wfm.Workgroup{name}
		require.Len(t, f.read(cicsql.Options{}, q).ids(wfm.GrainBegun), ids, name)
		require.NoError(t, historicaltest.Check(t.Context(), f.reader(cicsql.Options{}), q), name)
	}
	q.Workgroups = []wfm.Workgroup{}
	require.Empty(t, f.read(cicsql.Options{}, q).rows)
	q.Workgroups = nil
	for i := range 2500 {
		q.Workgroups = append(q.Workgroups, wfm.Workgroup(fmt.Sprint("Group ", i)))
	}
	q.Workgroups = append(q.Workgroups, "störung")
	require.Equal(t, []string{"c15"}, f.read(cicsql.Options{}, q).ids(wfm.GrainBegun), "more than an IN list takes")
}

func TestMediaOfContacts(t *testing.T) {
	f := newFixture(t, shape{})
	want := map[string]wfm.MediaType{"0": "Call", "1": "Chat", "2": "SMS", "3": "Unknown", "4": "Generic", "5": "Email Interaction", "6": "Callback",
		"7": "Instant Question", "8": "Web Collaboration", "11": "Monitor", "21": "Fax", "22": "Work Item", "255": "Unknown", "-1": "Unknown"}
	for code := range want {
		f.contact(code, "2026-01-15 10:00:00.000", "2026-01-15 10:01:00.000", values{"MediaType": code})
	}
	f.contact("NULL", "2026-01-15 10:00:00.000", "2026-01-15 10:01:00.000", values{"MediaType": nil})
	want["NULL"] = "Unknown"
	out := f.read(cicsql.Options{}, historical.Query{Window: window(t, ten, quarter), Needs: begun})
	got := map[string]wfm.MediaType{}
	for _, r := range out.rows {
		got[r.Contact.ID] = r.Contact.Media
	}
	require.Equal(t, want, got)
	require.Empty(t, out.diagnostics)
}

func TestContactsThatCannotBeUsed(t *testing.T) {
	const start, end = "2026-01-15 10:05:00.000", "2026-01-15 10:06:00.000"
	huge := strings.Repeat("x", 10<<20)
	f := newFixture(t, shape{})
	f.contact("no end", start, nil, nil)
	f.contact("bad end", start, "2026-01-15 10:06:61", nil)
	f.contact("no start", nil, end, nil)
	f.contact("bad start", "2026-01-15 25:00:00", end, nil)
	f.contact("reversed", start, "2026-01-15 10:04:59.999", nil)
	f.contact("site", start, end, values{"SiteID": "one"})
	f.contact("no site", start, end, values{"SiteID": nil})
	f.contact("seq", start, end, values{"SeqNo": "first"})
	f.contact("negative seq", start, end, values{"SeqNo": -1})
	f.contact("huge seq", start, end, values{"SeqNo": 1 << 40})
	f.contact("connected", start, end, values{"ConnectedDateTimeUTC": "yes"})
	f.contact("agent", start, end, values{"LastLocalUserId": huge})
	f.contact("group", start, end, values{"LastAssignedWorkgroupID": huge})
	f.contact("number", start, end, values{"LastAssignedWorkgroupID": 7.5, "LastLocalUserId": []byte("b\x00\xff")})
	f.contact("", start, end, nil)
	f.contact(huge, start, end, nil)
	f.insert(contacts, values{"StartDateTimeUTC": start, "TerminatedDateTimeUTC": end, "Direction": 1, "LastAssignedWorkgroupID": "Sales", "SiteID": 1, "SeqNo": 0})
	f.contact("direction", start, end, values{"Direction": huge})
	f.contact("times", start, end, values{"tIVRWait": "soon", "tQueueWait": 1.5, "tAlert": huge, "tConnected": 1e30, "tACW": int64(1) << 60})
	f.contact("medium", start, end, values{"MediaType": "call"})
	f.contact("good\x00\r\n\"';", start, end, nil)

	check := func(n wfm.Needs, g wfm.Grain, want map[string]int, reasons ...string) {
		t.Helper()
		out := f.read(cicsql.Options{}, historical.Query{Window: window(t, ten, quarter), Needs: n})
		require.ElementsMatch(t, []string{"number", "times", "medium", "good\x00\r\n\"';"}, out.ids(g))
		got := map[string]int{}
		var all []string
		for _, d := range out.diagnostics {
			require.Equal(t, wfm.BadRow, d.Kind)
			require.True(t, window(t, ten, quarter).Contains(d.At))
			require.LessOrEqual(t, len(d.Subject), 1000)
			require.LessOrEqual(t, len(d.Detail), 1000)
			got[d.Subject[:min(len(d.Subject), 20)]]++
			all = append(all, d.Detail)
		}
		require.Equal(t, want, got)
		for _, reason := range reasons {
			require.Contains(t, strings.Join(all, "\n"), reason)
		}
		for _, line := range out.contacts(g) {
			switch {
			case strings.Contains(line, " times "):
				require.Contains(t, line, "true - - - - 5 6 7 1152921504606846976")
			case strings.Contains(line, " medium "):
				require.Contains(t, line, " Unknown ")
			case strings.Contains(line, " number "):
				require.Contains(t, line, "7.5 b\x00\xff Call")
			}
		}
	}
	common := map[string]int{"reversed": 1, "site": 1, "no site": 1, "seq": 1, "negative seq": 1, "huge seq": 1, "connected": 1,
		"agent": 1, "group": 1, "": 2, huge[:20]: 1, "times": 4, "medium": 1}
	with := func(more ...string) map[string]int {
		m := map[string]int{}
		for k, n := range common {
			m[k] = n
		}
		for _, k := range more {
			m[k]++
		}
		return m
	}
	check(begun, wfm.GrainBegun, with("no end", "bad end"), "TerminatedDateTimeUTC is NULL; the row is left out", "before it begins",
		"InteractionIDKey is NULL, empty, too long or no text", "LastLocalUserId \"xxx", "tAlert", "the time is missing", "the medium is Unknown",
		`SeqNo "first" is no whole number in range`)
	check(ended, wfm.GrainEnded, with("no start", "bad start", "bad end"), "StartDateTimeUTC is NULL; the row is left out")
	check(both, wfm.GrainBegun, with("no end", "bad end", "no start", "bad start"))
}

func TestContactsOfTheFuture(t *testing.T) {
	f := newFixture(t, shape{})
	for i := range 3 {
		f.contact(fmt.Sprint(i), "2026-01-15 10:05:00.000", "2026-01-15 10:06:00.000", nil)
	}
	out := f.read(cicsql.Options{Now: func() time.Time { return instant(t, "2026-01-15T09:00:00Z") }},
		historical.Query{Window: window(t, ten, quarter), Needs: begun})
	require.Len(t, out.ids(wfm.GrainBegun), 3)
	require.Equal(t, []string{"row in the future"}, out.kinds(), "once per instant")
}

// TestContactsAreMergedInOrder: contacts stand among the other rows by the instant that assigns them.
func TestContactsAreMergedInOrder(t *testing.T) {
	f := newFixture(t, shape{})
	from := instant(t, "2026-01-15T00:00:00Z")
	const form = "2006-01-02 15:04:05.000"
	for i := range 200 {
		at := from.Add(time.Duration(i) * 431 * time.Second)
		f.contact(fmt.Sprint(i), at.Format(form), at.Add(time.Duration(i*37%4000)*time.Second+7*time.Millisecond).Format(form), nil)
		f.stat(queues, "Sales", "*,*,*", from.Add(time.Duration(i)*7*time.Minute+time.Second).Format(time.RFC3339), values{"nEnteredAcd": i})
	}
	n := needQueue(nil, "nEnteredAcd")
	n.Begun, n.Ended, n.Activity = true, true, true
	q := historical.Query{Window: window(t, "2026-01-15T00:00:00Z", "2026-01-17T00:00:00Z"), Needs: n}
	require.NoError(t, historicaltest.Check(t.Context(), f.reader(cicsql.Options{Slack: 1}), q))
	out := f.read(cicsql.Options{Slack: 1}, q)
	require.True(t, slices.IsSortedFunc(out.rows, func(a, b historical.Row) int { return a.Start.Compare(b.Start) }))
	require.Len(t, out.ids(wfm.GrainBegun), 200)
	require.Len(t, out.ids(wfm.GrainEnded), 200)
	require.Len(t, out.of(wfm.GrainQueue), 200)
}

func TestContactsNeedTheirTable(t *testing.T) {
	q := historical.Query{Window: window(t, ten, quarter), Needs: both}
	f := newFixture(t, shape{without: []string{contacts}})
	f.stat(queues, "Sales", "*,*,*", ten, nil)
	for _, err := range []error{readError(t, f, q), inspectError(t, f, q)} {
		require.Equal(t, wfm.NotFound, wfm.KindOf(err))
		require.ErrorContains(t, err, "InteractionSummary of CIC 4.0 or later")
		require.ErrorContains(t, err, "grant SELECT")
		retry, _ := wfm.ShouldRetry(err)
		require.False(t, retry)
	}
	f.exec("CREATE TABLE InteractionSummary (interactionidkey TEXT, SITEID INT, StartDateTimeUTC TEXT, tacw INT)")
	for _, err := range []error{readError(t, f, q), inspectError(t, f, q)} {
		for _, column := range []string{"SeqNo", "TerminatedDateTimeUTC", "ConnectedDateTimeUTC", "Direction", "MediaType", "LastLocalUserId", "LastAssignedWorkgroupID"} {
			require.ErrorContains(t, err, "InteractionSummary: "+column+" is missing")
		}
	}
	refused := &fakeDB{answer: func(query string, _ []any) (fakeRows, error) {
		if strings.Contains(query, contacts) {
			return fakeRows{}, numberedError{229, "mssql: The SELECT permission was denied on the object 'InteractionSummary'"}
		}
		return fakeRows{columns: []string{"cName", "cReportGroup", "cHKey3", "cHKey4", "dIntervalStart", "dIntervalStartUTC", "nDuration", "SiteId"}}, nil
	}}
	r, err := cicsql.New(refused.open(t), cicsql.SQLServer(), cicsql.Options{})
	require.NoError(t, err)
	_, err = read(t.Context(), r, q)
	require.Equal(t, wfm.NoPermission, wfm.KindOf(err))
	require.ErrorContains(t, err, "CIC 4.0 or later, and the right to read it")
	require.ErrorContains(t, err, "permission was denied")
}

func readError(t *testing.T, f *fixture, q historical.Query) error {
	_, err := read(t.Context(), f.reader(cicsql.Options{}), q)
	require.Error(t, err)
	return err
}

func inspectError(t *testing.T, f *fixture, q historical.Query) error {
	_, err := f.reader(cicsql.Options{}).Inspect(t.Context(), q)
	require.Error(t, err)
	return err
}

func TestInspectContacts(t *testing.T) {
	f := newFixture(t, shape{without: []string{contacts, agents}})
	f.stat(queues, "Sales", "*,*,*", ten, values{"SiteId": 4})
	f.exec(`CREATE TABLE "calls" (INTERACTIONIDKEY TEXT, SITEID INT, SEQNO INT, STARTDATETIMEUTC TEXT, TERMINATEDDATETIMEUTC TEXT, CONNECTEDDATETIMEUTC TEXT,
		DIRECTION INT, MEDIATYPE INT, LASTLOCALUSERID TEXT, LASTASSIGNEDWORKGROUPID TEXT, TCONNECTED INT)`)
	f.exec(`INSERT INTO calls VALUES ('a ', 4, 0, '2026-01-15 10:00:00.500', '2026-01-15T10:01:00.5Z', NULL, 1, 0, '-', 'Sales', 60000)`)
	q := historical.Query{Window: window(t, ten, quarter), Workgroups: []wfm.Workgroup{"sales", "Servise"}, Needs: both}
	o := cicsql.Options{ContactTable: "calls"}
	in, err := f.reader(o).Inspect(t.Context(), q)
	require.ErrorContains(t, err, `workgroup "Servise"`)
	require.NotContains(t, err.Error(), "single contacts")
	require.Equal(t, []wfm.Site{4}, in.Sites)
	require.Contains(t, strings.Join(in.Notes, "; "), "calls has no column tIVRWait")
	require.NotContains(t, strings.Join(in.Notes, "; "), "tConnected")
	out := f.read(o, q)
	require.Equal(t, []string{"10:00:00.500 a 4/0 Sales  Call 10:01:00.500 false - - - 60000 - - - -"}, out.contacts(wfm.GrainBegun),
		"columns in any case; the blanks of a char column are no part of the ID")

	f.exec("DROP TABLE " + queues)
	for _, err := range []error{func() error { _, err := f.reader(o).Inspect(t.Context(), q); return err }(), func() error { _, err := read(t.Context(), f.reader(o), q); return err }()} {
		require.ErrorContains(t, err, "neither IWrkgrpQueueStats nor IAgentQueueStats can be read")
	}
	_, err = cicsql.New(f.db, cicsql.SQLite(), cicsql.Options{ContactTable: `x"; DROP TABLE y`})
	require.ErrorContains(t, err, "ContactTable")
}

// TestContactsAsServersGiveThem: each driver's way to give numbers, texts and times.
func TestContactsAsServersGiveThem(t *testing.T) {
	columns := []string{"INTERACTIONIDKEY", "SITEID", "SEQNO", "STARTDATETIMEUTC", "TERMINATEDDATETIMEUTC", "CONNECTEDDATETIMEUTC", "DIRECTION", "MEDIATYPE",
		"LASTLOCALUSERID", "LASTASSIGNEDWORKGROUPID", "TQUEUEWAIT"}
	begin := instant(t, ten).Add(123 * time.Millisecond)
	labelled := time.Date(2026, 1, 15, 10, 0, 0, 123e6, time.FixedZone("session", -5*3600)) // a driver's label on a column without a zone
	for name, c := range map[string]struct {
		dialect cicsql.Dialect
		row     []driver.Value
	}{
		"SQL Server": {cicsql.SQLServer(), []driver.Value{"100000000120260115", int64(1), int64(0), begin, begin.Add(time.Minute), begin, int64(1), int64(5), "anna", "Sales", []byte("1500")}},
		"Oracle":     {cicsql.Oracle(), []driver.Value{"100000000120260115", "1", "0", labelled, labelled.Add(time.Minute), labelled, "1", "5", "anna", "Sales", "1500"}},
		"bytes":      {cicsql.SQLServer(), []driver.Value{[]byte("100000000120260115"), []byte("1"), 0.0, begin, begin.Add(time.Minute), begin, 5.0, []byte("5"), []byte("anna"), []byte("Sales"), 1500.0}},
	} {
		t.Run(name, func(t *testing.T) {
			db := &fakeDB{answer: func(query string, _ []any) (fakeRows, error) {
				upper := strings.ToUpper(query)
				switch {
				case strings.Contains(upper, "1 = 0") && strings.Contains(upper, "INTERACTIONSUMMARY"):
					return fakeRows{columns: columns}, nil
				case strings.Contains(upper, "1 = 0"):
					return fakeRows{columns: []string{"cName", "cReportGroup", "cHKey3", "cHKey4", "dIntervalStart", "dIntervalStartUTC", "nDuration", "SiteId"}}, nil
				case strings.Contains(upper, "INTERACTIONSUMMARY"):
					return fakeRows{columns: make([]string, len(c.row)), rows: [][]driver.Value{c.row}}, nil
				}
				return fakeRows{columns: make([]string, strings.Count(query[:strings.Index(query, " FROM ")], ",")+1)}, nil
			}}
			r, err := cicsql.New(db.open(t), c.dialect, cicsql.Options{})
			require.NoError(t, err)
			out, err := read(t.Context(), r, historical.Query{Window: window(t, ten, quarter), Needs: both})
			require.NoError(t, err)
			want := " 100000000120260115 1/0 Sales anna Email Interaction 10:01:00.123 true - 1500 - - - - - -"
			require.Equal(t, []string{"10:00:00.123" + want}, out.contacts(wfm.GrainBegun))
			require.Equal(t, []string{"10:01:00.123" + want}, out.contacts(wfm.GrainEnded))
			require.Empty(t, out.diagnostics)
		})
	}
}
