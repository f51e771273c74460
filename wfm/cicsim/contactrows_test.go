package cicsim_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim"
)

const summary = "InteractionSummary"

// incoming are the rows that a reader of single contacts takes.
const incoming = " FROM " + summary + " WHERE Direction IN (1, 5) AND coalesce(LastAssignedWorkgroupID, '') NOT IN ('', '-')"

// readContacts reads them by plain SQL.
func readContacts(t testing.TB, db *sql.DB) []wfm.Contact {
	t.Helper()
	rows, err := db.Query(`SELECT InteractionIDKey, SiteID, SeqNo, LastAssignedWorkgroupID, CASE WHEN coalesce(LastLocalUserId, '-') <> '-' THEN LastLocalUserId ELSE '' END,
		MediaType, CAST(StartDateTimeUTC AS TEXT), CAST(TerminatedDateTimeUTC AS TEXT), coalesce(ConnectedDateTimeUTC > '1970-01-03', 0),
		tIVRWait, tQueueWait, tAlert, tConnected, tHeld, tConference, tExternal, tACW` + incoming)
	require.NoError(t, err)
	defer rows.Close()
	media := map[int]wfm.MediaType{0: "Call", 1: "Chat", 2: "SMS", 5: "Email Interaction", 255: "Unknown"}
	var list []wfm.Contact
	for rows.Next() {
		var c wfm.Contact
		var medium int
		var start, end string
		var connected bool
		var times [8]sql.NullInt64
		to := []any{&c.ID, &c.Site, &c.Seq, &c.Workgroup, &c.Agent, &medium, &start, &end, &connected}
		for i := range times {
			to = append(to, &times[i])
		}
		require.NoError(t, rows.Scan(to...))
		require.Contains(t, media, medium)
		c.Media, c.Handled = media[medium], connected && c.Agent != ""
		for i, field := range []*int64{&c.Times.TIVRWait, &c.Times.TQueueWait, &c.Times.TAlert, &c.Times.TConnected, &c.Times.THeld,
			&c.Times.TConference, &c.Times.TExternal, &c.Times.TACW} {
			if *field = wfm.Missing; times[i].Valid {
				*field = times[i].Int64
			}
		}
		for text, at := range map[string]*time.Time{start: &c.Start, end: &c.End} {
			*at, err = time.Parse("2006-01-02 15:04:05.000", text)
			require.NoError(t, err)
		}
		if start == end {
			c.End = c.Start
		}
		list = append(list, c)
	}
	require.NoError(t, rows.Err())
	slices.SortFunc(list, wfm.CompareContacts)
	return list
}

// wide is a window that holds all that happened, and the menus before.
func wide(c *cicsim.Centre) wfm.Window {
	return wfm.Window{Start: c.Window().Start.Add(-time.Hour), End: c.Window().End.Add(time.Hour)}
}

// arrivedOf leaves out the contacts whose rows were lost in silent spans.
func arrivedOf(c *cicsim.Centre, list []wfm.Contact) (kept []wfm.Contact, lost int) {
	for _, contact := range list {
		sites := c.Sites()
		site := sites[slices.IndexFunc(sites, func(s cicsim.SiteInfo) bool { return s.ID == contact.Site })]
		if slices.ContainsFunc(site.Silent, func(w wfm.Window) bool { return w.Contains(contact.End) }) {
			lost++
			continue
		}
		kept = append(kept, contact)
	}
	return kept, lost
}

// TestContactsEqualTheTruth compares every row with what happened to its contact.
func TestContactsEqualTheTruth(t *testing.T) {
	compared, lost := 0, 0
	for name, cfg := range truthConfigs() {
		if cfg.Schema.Edition == cicsim.EditionLegacy || name == "irregular, full size" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			if name == "plain 1" {
				cfg.Media = []wfm.MediaType{wfm.Call, "sms", "Carrier pigeon"}
			}
			c, db := write(t, cfg)
			truth := c.Truth()
			want, n := arrivedOf(c, truth.Begun(wide(c)))
			require.Equal(t, want, readContacts(t, db))
			require.Equal(t, truth.Begun(wide(c)), truth.Ended(wide(c)))
			compared, lost = compared+len(want), lost+n
			for _, s := range want {
				total := s.Times.TIVRWait + s.Times.TQueueWait + s.Times.TAlert + s.Times.TConnected + s.Times.THeld
				require.Equal(t, s.End.Sub(s.Start).Milliseconds(), total, "the states of a contact exclude each other and fill its time")
				require.False(t, s.Handled && s.Agent == "")
			}
		})
	}
	require.Greater(t, compared, 50)
	if !raceEnabled {
		require.Positive(t, lost)
	}
}

// TestContactsOfWindows: each contact is in the one window that holds its start and in the one that holds its end, site by site as
// well as together.
func TestContactsOfWindows(t *testing.T) {
	c, err := cicsim.New(small(cicsim.AllIrregularities(4)))
	require.NoError(t, err)
	both, first, second := c.Truth(), c.Truth(1), c.Truth(2)
	var begun, ended []wfm.Contact
	for w := range (wfm.Grid{Length: wfm.Hour}).Slots(wide(c)) {
		b, e := both.Begun(w), both.Ended(w)
		require.True(t, slices.IsSortedFunc(b, wfm.CompareContacts))
		require.True(t, slices.IsSortedFunc(e, wfm.CompareContacts))
		for i := range b {
			require.True(t, w.Contains(b[i].Start))
		}
		for i := range e {
			require.True(t, w.Contains(e[i].End))
		}
		sites := append(first.Begun(w), second.Begun(w)...)
		slices.SortFunc(sites, wfm.CompareContacts)
		require.Equal(t, b, sites)
		begun, ended = append(begun, b...), append(ended, e...)
	}
	slices.SortFunc(begun, wfm.CompareContacts)
	slices.SortFunc(ended, wfm.CompareContacts)
	require.Equal(t, both.Begun(wide(c)), begun)
	require.Equal(t, begun, ended)
	require.Empty(t, c.Truth(99).Begun(wide(c)))
}

// TestContactRows looks at what a reader must cope with.
func TestContactRows(t *testing.T) {
	cfg := small(cicsim.AllIrregularities(6))
	c, db := write(t, cfg)
	count := func(where string, args ...any) int64 {
		t.Helper()
		return queryInt(t, db, "SELECT count(*) FROM "+summary+" WHERE "+where, args...)
	}
	all := count("1=1")
	require.Equal(t, all, queryInt(t, db, "SELECT count(*) FROM (SELECT DISTINCT InteractionIDKey, SiteID, SeqNo FROM "+summary+")"), "a key")
	require.Zero(t, count("length(InteractionIDKey) <> 18"))
	for name, where := range map[string]string{
		"outbound":                  "Direction = 2 AND LastAssignedWorkgroupID <> '-'",
		"outbound of an agent":      "Direction = 2 AND coalesce(LastAssignedWorkgroupID, '-') IN ('', '-')",
		"intercom":                  "Direction = 5 AND ConnectionType = 2",
		"intercom out":              "Direction = 4",
		"no workgroup, NULL":        "LastAssignedWorkgroupID IS NULL",
		"no workgroup, sentinel":    "LastAssignedWorkgroupID = '-'",
		"no workgroup, empty":       "LastAssignedWorkgroupID = ''",
		"no agent, NULL":            "LastLocalUserId IS NULL",
		"no agent, sentinel":        "LastLocalUserId = '-'",
		"no agent, empty":           "LastLocalUserId = ''",
		"never connected, NULL":     "ConnectedDateTimeUTC IS NULL",
		"never connected, 1970":     "ConnectedDateTimeUTC = '1970-01-01 01:00:00.000'",
		"1970 in New York":          "ConnectedDateTimeUTC = '1969-12-31 19:00:00.000'",
		"connected to the menus":    "ConnectedDateTimeUTC = StartDateTimeUTC AND coalesce(LastLocalUserId, '-') IN ('', '-')",
		"no after-call work":        "tACW IS NULL",
		"after-call work":           "tACW > 0",
		"persisted and recreated":   "SeqNo = 1",
		"no menus":                  "tIVRWait = 0 AND nIVR = 0",
		"held":                      "tHeld > 0",
		"e-mail":                    "MediaType = 5",
		"milliseconds":              "CAST(TerminatedDateTimeUTC AS TEXT) NOT LIKE '%.000'",
		"transferred":               "nTransfer > 0 AND nQueueWait > 1",
		"an agent who did not take": "ConnectedDateTimeUTC IS NULL AND coalesce(LastLocalUserId, '-') NOT IN ('', '-')",
	} {
		if !raceEnabled {
			require.Positive(t, count(where), name)
		}
	}
	require.Zero(t, count("tExternal IS NOT NULL OR tDialing IS NOT NULL OR LineDuration < 0"))
	for _, site := range c.Sites() {
		for _, down := range site.Down {
			require.Zero(t, count("SiteID = ? AND TerminatedDateTimeUTC >= ? AND TerminatedDateTimeUTC < ?", site.ID,
				down.Start.Add(time.Second).Format("2006-01-02 15:04:05.000"), down.End.Format("2006-01-02 15:04:05.000")), "what a stop cuts off leaves no row")
		}
	}

	upper := cfg
	upper.Schema.UpperCaseColumns = true
	_, db = write(t, upper)
	require.Contains(t, columns(t, db, summary), "LASTASSIGNEDWORKGROUPID")
	legacy := cfg
	legacy.Schema.Edition = cicsim.EditionLegacy
	_, db = write(t, legacy)
	require.Empty(t, columns(t, db, summary), "CIC before 4.0 has no such table")
}

// TestContactsArriveLate: a row comes a minute after its contact's end at the earliest, and some come hours later.
func TestContactsArriveLate(t *testing.T) {
	cfg := small(cicsim.AllIrregularities(4))
	cfg.Days, cfg.Restarts = 1, 1
	c, whole := write(t, cfg)
	db, w, late := openDB(t), (*cicsim.Writer)(nil), int64(0)
	w = c.NewWriter(db)
	written := 0
	settled := c.Settled()
	for at := c.Window().Start; ; at = at.Add(2 * time.Hour) {
		sum, err := w.WriteThrough(context.Background(), at)
		require.NoError(t, err)
		written += sum[summary]
		text := func(ago time.Duration) string { return at.Add(-ago).Format("2006-01-02 15:04:05.000") }
		require.Zero(t, queryInt(t, db, "SELECT count(*) FROM "+summary+" WHERE TerminatedDateTimeUTC > ?", text(time.Minute)), "nothing comes early")
		over := queryInt(t, whole, "SELECT count(*) FROM "+summary+" WHERE TerminatedDateTimeUTC < ?", text(2*time.Minute))
		late += max(0, over-queryInt(t, db, "SELECT count(*) FROM "+summary+" WHERE TerminatedDateTimeUTC < ?", text(2*time.Minute)))
		if at.After(settled) {
			break
		}
	}
	require.Positive(t, late)
	require.EqualValues(t, written, queryInt(t, whole, "SELECT count(*) FROM "+summary))
	require.True(t, dump(t, whole) == dump(t, db), "in steps or at once, the database is the same")
}

// The truth says which contacts a reader of InteractionSummary must find.
func ExampleTruth_Begun() {
	centre, err := cicsim.New(cicsim.Config{Seed: 1, Workgroups: 1, Agents: 4, Contacts: 40})
	if err != nil {
		panic(err)
	}
	hour := wfm.Window{Start: centre.Window().Start.Add(10 * time.Hour)}
	hour.End = hour.Start.Add(time.Hour)
	for _, c := range centre.Truth().Begun(hour) {
		fmt.Println(c.Start.Format("15:04:05.000"), c.Workgroup, c.Media, c.Handled, c.End.Sub(c.Start))
	}
	// Output:
	// 10:01:58.760 Sales Chat true 2m45.726s
	// 10:25:02.248 Sales Call true 4m22.876s
	// 10:27:54.000 Sales Call true 8m47.067s
	// 10:51:02.446 Sales Call true 55.986s
}
