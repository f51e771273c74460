package cicsql_test

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/historical/cicsql"
	"github.com/cicwfm/cicwfm/wfm"
)

// sqlCase is a folder under testdata/sql: case.json says what is asked of which database, want.sql holds
// every statement with its parameters. Write the folders anew with CICWFM_UPDATE_GOLDEN=1.
type sqlCase struct {
	Dialect          string
	Database, Schema string
	Zone             string
	Site             *wfm.Site
	NoLock           bool
	NoReconcile      bool
	Inspect          bool // what Inspect asks, instead of Rows
	Columns          map[string][]string
	Queue, Agent     *cicsql.Hierarchy
	From, To         string
	Workgroups       []wfm.Workgroup
	Needs            map[string]struct {
		Counters []string
		Media    []wfm.MediaType
	}
	Activity bool
	SignOns  string // a duration
	Begun    bool
	Ended    bool
}

var fromObject = regexp.MustCompile(`(?i)FROM .*?(IWrkgrpQueueStats|IAgentQueueStats|AgentActivityLog|UserWorkgroups|InteractionSummary)`)

func TestStatements(t *testing.T) {
	folders, err := filepath.Glob("testdata/sql/*/case.json")
	require.NoError(t, err)
	require.NotEmpty(t, folders)
	for _, file := range folders {
		dir := filepath.Dir(file)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			var c sqlCase
			decoder := json.NewDecoder(strings.NewReader(string(text)))
			decoder.DisallowUnknownFields()
			require.NoError(t, decoder.Decode(&c))
			got := c.run(t)
			want := filepath.Join(dir, "want.sql")
			if os.Getenv("CICWFM_UPDATE_GOLDEN") != "" {
				require.NoError(t, os.WriteFile(want, []byte(got), 0o644))
			}
			expected, err := os.ReadFile(want)
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(strings.ReplaceAll(string(expected), "\r\n", "\n"), got))
		})
	}
}

// run asks and returns the statements.
func (c sqlCase) run(t *testing.T) string {
	dialect, ok := map[string]cicsql.Dialect{"SQL Server": cicsql.SQLServer(), "Oracle": cicsql.Oracle(), "SQLite": cicsql.SQLite()}[c.Dialect]
	require.True(t, ok, c.Dialect)
	if c.Begun || c.Ended {
		require.Contains(t, c.Columns, contacts)
	}
	db := &fakeDB{answer: func(query string, _ []any) (fakeRows, error) {
		m := fromObject.FindStringSubmatch(query)
		if m == nil || !strings.Contains(query, "1 = 0") {
			if m != nil && strings.EqualFold(m[1], members) && !strings.Contains(query, "DISTINCT") {
				return fakeRows{columns: make([]string, 2), rows: [][]driver.Value{{"anna", string(c.Workgroups[0])}, {"bert", string(c.Workgroups[0])}}}, nil
			}
			return fakeRows{columns: make([]string, strings.Count(query, ",")+1)}, nil
		}
		for name, columns := range c.Columns {
			if strings.EqualFold(name, m[1]) {
				return fakeRows{columns: columns}, nil
			}
		}
		return fakeRows{}, numberedError{208, "no such view"}
	}}
	o := cicsql.Options{Database: c.Database, Schema: c.Schema, Site: c.Site, NoLock: c.NoLock, QueueHierarchy: c.Queue, AgentHierarchy: c.Agent}
	if c.NoReconcile {
		o.Reconcile = cicsql.ReconcileOff
	}
	if c.Zone != "" {
		zone, err := time.LoadLocation(c.Zone)
		require.NoError(t, err)
		o.Zone = zone
	}
	r, err := cicsql.New(db.open(t), dialect, o)
	require.NoError(t, err)
	q := historical.Query{Window: window(t, c.From, c.To), Workgroups: c.Workgroups}
	for grain, n := range c.Needs {
		columns := wfm.Columns{Counters: set(n.Counters...), Media: n.Media}
		switch grain {
		case "queue":
			q.Needs.Queue = columns
		case "agent":
			q.Needs.Agent = columns
		case "agent-by-queue":
			q.Needs.AgentQueue = columns
		default:
			t.Fatal("no grain ", grain)
		}
	}
	q.Needs.Activity, q.Needs.Begun, q.Needs.Ended = c.Activity, c.Begun, c.Ended
	if c.SignOns != "" {
		q.Needs.SignOns, err = time.ParseDuration(c.SignOns)
		require.NoError(t, err)
	}
	if c.Inspect {
		if _, err := r.Inspect(t.Context(), q); err != nil {
			t.Log(err)
		}
	} else {
		_, err = read(t.Context(), r, q)
		require.NoError(t, err)
	}
	var b strings.Builder
	breaks := strings.NewReplacer(" FROM ", "\n  FROM ", " WHERE ", "\n WHERE ", " GROUP BY ", "\n GROUP BY ", " HAVING ", "\nHAVING ", " ORDER BY ", "\n ORDER BY ")
	for _, s := range db.statements {
		b.WriteString(breaks.Replace(s.text) + ";\n")
		for i, a := range s.args {
			fmt.Fprintf(&b, "-- %d %T %v\n", i+1, a, a)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// numberedError is an error as SQL Server's driver gives it.
type numberedError struct {
	number int32
	text   string
}

func (e numberedError) Error() string         { return e.text }
func (e numberedError) SQLErrorNumber() int32 { return e.number }
