package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
)

// good are the flags of a run that works; a flag that stands again later replaces its value.
func good(db, out string) []string {
	return []string{"-driver", "sqlite", "-dsn", db, "-out", out, "-license", "I3_FEATURE_WFM_HISTORICAL", "-vendor", "verint",
		"-interval", "30m", "-tz", "Europe/Berlin", "-from", "2025-06-10T09:00", "-to", "2025-06-10T10:00", "-workgroups", "Sales,Support"}
}

// TestRefuses runs the program on what it cannot do. Each line of standard error must be one problem
// and name what to do, and nothing may be delivered.
func TestRefuses(t *testing.T) {
	views := read(t, "testdata/verint-30m-foreign-views/cic.sql")
	callLayout := read(t, "../../vendors/verint/layouts/call.yaml")
	for _, c := range []struct {
		name  string
		files map[string]string // a name that ends in .db is made by SQL, one that ends in / is a folder
		args  []string
		exit  int
		lines []string // of standard error, each a part and its remedy after a |
	}{
		// The command line.
		{name: "nothing", args: []string{"-driver", "", "-dsn", "", "-out", "", "-license", "", "-vendor", "", "-interval", "", "-tz", "", "-from", "", "-to", "", "-workgroups", ""},
			exit: 2, lines: []string{"-driver is missing|-h", "-from is missing|-h", "-to is missing|-h", "-tz is missing|-h", "-interval is missing|-h",
				"-workgroups is missing|-h", "-vendor is missing|-h", "-license is missing|-h", "-out is missing|-h", "-dsn is missing|-dsn-file"}},
		{name: "unknown flag", args: []string{"-wrokgroups", "A"}, exit: 2, lines: []string{"not defined: -wrokgroups|see -h"}},
		{name: "argument", args: []string{"Sales"}, exit: 2, lines: []string{`argument "Sales" is not expected|see -h`}},
		{name: "all wrong at once", args: []string{"-driver", "mysql", "-vendor", "verintt", "-tz", "Mars", "-interval", "31m", "-from", "yesterday", "-to", "2025-13-01",
			"-repeated-hour", "maybe", "-site", "one", "-connections", "0"}, exit: 2,
			lines: []string{`-driver "mysql"|sqlserver`, `-tz "Mars"|Europe/Berlin`, `-from "yesterday" is not a time|2026-`, `-to "2025-13-01" is not a time|2026-`,
				`interval "31m"|15m`, `-site "one"|whole number`, `-repeated-hour "maybe"|sum`, `-connections "0"|1 to 64`, `vendor "verintt" is not known|nice, pipkins, verint`}},
		{name: "unknown vendor", args: []string{"-vendor", "genesys"}, exit: 2, lines: []string{`vendor "genesys" is not known|use one of`}},
		{name: "zone of this machine", args: []string{"-tz", "Local"}, exit: 2, lines: []string{`-tz "Local"|Europe/Berlin`}},
		{name: "wrong server zone", args: []string{"-server-tz", "Europe/Berlim"}, exit: 2, lines: []string{`-server-tz "Europe/Berlim"|IANA`}},
		{name: "time that occurs twice", args: []string{"-from", "2025-10-26T02:30", "-to", "2025-10-26T04:00"}, exit: 2,
			lines: []string{`-from "2025-10-26T02:30" occurs twice|2025-10-26T02:30:00+02:00 or 2025-10-26T02:30:00+01:00`}},
		{name: "time that is skipped", args: []string{"-from", "2025-03-30T02:30", "-to", "2025-03-30T04:00"}, exit: 2,
			lines: []string{`-from "2025-03-30T02:30" does not occur|2025-03-30T03:00:00+02:00`}},
		{name: "reversed window", args: []string{"-from", "2025-06-10T11:00"}, exit: 2, lines: []string{"ends where or before it starts|give an end after the start"}},
		{name: "empty window", args: []string{"-from", "2025-06-10T10:00"}, exit: 2, lines: []string{"ends where or before it starts|give an end after the start"}},
		{name: "list file that is not there", args: []string{"-workgroups", "@none.txt"}, exit: 2, lines: []string{`-workgroups "@none.txt" cannot be read|text file`}},
		{name: "list file without names", files: map[string]string{"none.txt": "\r\n \n"}, args: []string{"-workgroups", "@none.txt"}, exit: 2, lines: []string{`names no workgroup|@file`}},
		{name: "broken list", args: []string{"-workgroups", `"Sales`}, exit: 2, lines: []string{"is not a list of names|double quotes"}},
		{name: "not a feature", args: []string{"-license", "a b;;"}, exit: 2, lines: []string{"is not the name of a feature|I3_FEATURE_WFM_HISTORICAL"}},
		{name: "value of no setting", args: []string{"-set", "acv=tAcw", "-set", "acw=tAcv"}, exit: 2, lines: []string{"setting acv is in no layout|use one of acw", `"tAcv"|tAcw`}},
		{name: "not a value", args: []string{"-set", "acw"}, exit: 2, lines: []string{`"acw" for flag -set|see -h`}},
		{name: "unknown preset", args: []string{"-presets", "call,fax"}, exit: 2, lines: []string{`presets "fax"|agent, avaya-csv, call, chat, email`}},
		{name: "settings of another database", args: []string{"-nolock", "-database", "I3_IC"}, exit: 2, lines: []string{"Database|leave it out", "NoLock|leave it out"}},
		// Layout files.
		{name: "layout that is not there", args: []string{"-layout", "none.yaml"}, exit: 2, lines: []string{`-layout "none.yaml" cannot be read|path of a layout file`}},
		{name: "broken layout", files: map[string]string{"l.yaml": "layout: [x"}, args: []string{"-layout", "l.yaml"}, exit: 2, lines: []string{"l.yaml: layout file is not YAML|correct the text"}},
		{name: "unknown keys in a layout", files: map[string]string{"l.yaml": callLayout + "colour: blue\nsize: 7\n"}, args: []string{"-layout", "l.yaml"}, exit: 2,
			lines: []string{"layout file.colour is not a known key|use one of", "layout file.size is not a known key|use one of"}},
		// The database.
		{name: "database that is not there", args: []string{"-dsn", "none.db"}, exit: 1, lines: []string{`open "none.db": file does not exist|check the path`}},
		{name: "not a database", files: map[string]string{"cic.txt": strings.Repeat("This is no database.", 100)}, args: []string{"-dsn", "cic.txt"}, exit: 1,
			lines: []string{"file is not a database|not a sound SQLite database"}},
		{name: "folder as a database", args: []string{"-dsn", "."}, exit: 2, lines: []string{`"." is a folder|name the SQLite file`}},
		{name: "views that are missing", files: map[string]string{"x.db": "CREATE TABLE t (x)"}, args: []string{"-dsn", "x.db"}, exit: 1,
			lines: []string{"no such table: IWrkgrpQueueStats|names of the views", "no such table: IAgentQueueStats|names of the views"}},
		{name: "one view is missing", files: map[string]string{"x.db": views + "; DROP VIEW IAgentQueueStats"}, args: []string{"-dsn", "x.db"}, exit: 1,
			lines: []string{"no such table: IAgentQueueStats|names of the views"}},
		{name: "columns that are missing", files: map[string]string{"x.db": views + "; DROP VIEW IWrkgrpQueueStats; CREATE VIEW IWrkgrpQueueStats AS SELECT CNAME, CREPORTGROUP, CHKEY3, CHKEY4, DINTERVALSTART FROM stat_wg"},
			args: []string{"-dsn", "x.db"}, exit: 1, lines: []string{"nDuration is missing|CIC's own view", "SiteId is missing|CIC's own view"}},
		{name: "no agent summary", files: map[string]string{"x.db": views + "; DELETE FROM stat_agent WHERE cReportGroup = '*'"}, args: []string{"-dsn", "x.db"}, exit: 1,
			lines: []string{"no '*' row per agent|let CIC write the agent summary rows"}},
		{name: "activity log is missing", args: []string{"-vendor", "injixo"}, exit: 1, lines: []string{"no such table: AgentActivityLog|names of the views"}},
		{name: "unknown workgroups", args: []string{"-workgroups", "Sale,Sales,Suport"}, exit: 1,
			lines: []string{`workgroup "Sale" is not in the reporting database|such as "Sales"`, `workgroup "Suport" is not in the reporting database|such as "Support"`}},
		{name: "hostile workgroup", args: []string{"-workgroups", "x'); DROP TABLE stat_wg; --\nforged: line"}, exit: 1,
			lines: []string{`workgroup "x'); DROP TABLE stat_wg; --" is not in|such as`, `workgroup "forged: line" is not in|such as`}},
		{name: "rows longer than the interval", args: []string{"-interval", "15m"}, exit: 1, lines: []string{"a row of 1800 seconds is longer than the feed's interval of 900 seconds|QueuePeriodStatisticsInterval"}},
		{name: "window in the future", args: []string{"-to", "2199-01-01"}, exit: 1, lines: []string{"reaches into the future|last closed interval"}},
		{name: "licence without the feature", args: []string{"-license", "I3_FEATURE_ICWS_SDK"}, exit: 1, lines: []string{"the licence lacks I3_FEATURE_WFM_HISTORICAL|add the module's feature"}},
		// The target and the ledger.
		{name: "folder around the target is not there", args: []string{"-out", "none/out"}, exit: 1, lines: []string{`-out "none/out" cannot be made|folder around it must be there`}},
		{name: "target is a file", files: map[string]string{"file": "content"}, args: []string{"-out", "file"}, exit: 1, lines: []string{`-out "file" is not a folder|may write to`}},
		{name: "ledger is damaged", files: map[string]string{"l.db-is-text": strings.Repeat("garbage", 3000)}, args: []string{"-ledger", "l.db-is-text"}, exit: 1,
			lines: []string{`open the ledger "l.db-is-text": file is not a database|restore the ledger from a backup`}},
		{name: "ledger is of something else", files: map[string]string{"l.db": views}, args: []string{"-ledger", "l.db"}, exit: 1, lines: []string{"SQLite database of something else|does not exist yet"}},
		{name: "ledger in no folder", args: []string{"-ledger", "none/l"}, exit: 1, lines: []string{`the folder "none" does not exist|create the folder`}},
		{name: "ledger is a folder", files: map[string]string{"l/": ""}, args: []string{"-ledger", "l"}, exit: 1, lines: []string{"it is not a file|name a file"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			makeDB(t, "cic.db", views)
			for name, content := range c.files {
				switch {
				case strings.HasSuffix(name, "/"):
					require.NoError(t, os.Mkdir(name, 0o755))
				case strings.HasSuffix(name, ".db"):
					makeDB(t, name, content)
				default:
					require.NoError(t, os.WriteFile(name, []byte(content), 0o644))
				}
			}
			code, stdout, stderr := try(t, append(good("cic.db", "out"), c.args...)...)
			require.Equal(t, c.exit, code, stderr)
			require.Empty(t, stdout)
			require.Empty(t, folder(t, "out"))
			got := strings.Split(strings.TrimSuffix(stderr, "\n"), "\n")
			require.Len(t, got, len(c.lines), stderr)
			for i, want := range c.lines {
				problem, remedy, _ := strings.Cut(want, "|")
				require.True(t, strings.HasPrefix(got[i], "backfill: "), got[i])
				require.Contains(t, got[i], problem)
				_, rest, _ := strings.Cut(got[i], problem)
				require.Contains(t, rest, remedy, got[i])
			}
		})
	}
}

// TestUnwritableTarget needs a folder into which even root cannot write.
func TestUnwritableTarget(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the folder into which nobody can write is one of Linux")
	}
	dir := t.TempDir()
	db := filepath.Join(dir, "cic.db")
	makeDB(t, db, read(t, "testdata/verint-30m-foreign-views/cic.sql"))
	code, stdout, stderr := try(t, append(good(db, "/proc/self/fdinfo"), "-ledger", filepath.Join(dir, "ledger.db"))...)
	require.Equal(t, cli.Failed, code, stderr)
	require.Empty(t, stdout)
	require.Contains(t, stderr, "/proc/self/fdinfo")
	require.Contains(t, stderr, "deliver \"verint_agent_scorecard_report_2025_06_10_09.00.txt\"")
	code, _, stderr = try(t, append(good(db, "/proc/self/fdinfo"), "-ledger", filepath.Join(dir, "ledger.db"), "-check")...)
	require.Equal(t, cli.Failed, code, stderr)
	require.Contains(t, stderr, "/proc/self/fdinfo")
}

// TestPasswordNeverShows puts connection strings with a password where they belong and where they do not.
func TestPasswordNeverShows(t *testing.T) {
	t.Chdir(t.TempDir())
	dsns := []string{"S3cret", "sqlserver://sa:S3cret@127.0.0.1:9?database=I3_IC&dial+timeout=2", "sqlserver://sa:S3cret%zz@host", "sqlserver://sa:S3cret@host:port",
		"sqlserver://sa:S3cret@127.0.0.1:9?encrypt=sometimes", "server=127.0.0.1,9;user id=sa;password=S3cret;dial timeout=2", "server=;password=S3cret;port=x",
		"oracle://u:S3cret@127.0.0.1:9/x", "oracle://u:S3cret@:port/x", "oracle://u:S3cret%zz@host/x", "u/S3cret@host", "oracle://u:S3cret@127.0.0.1:9/x?a=%zz", "oracle://u:S3 S3cret\n@127.0.0.1:9/x"}
	for _, driver := range []string{"sqlserver", "oracle", "sqlite"} {
		for _, dsn := range dsns {
			if dsn == "S3cret" && driver == "sqlite" {
				continue // a path
			}
			code, stdout, stderr := try(t, append(good("", "out"), "-driver", driver, "-dsn", dsn, "-v")...)
			require.NotZero(t, code, dsn)
			require.NotContains(t, stdout+stderr, "S3cret", "%s %s", driver, dsn)
			require.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
			require.Contains(t, stderr, ";", "a remedy")
		}
	}
	for _, wrong := range [][]string{{"-dsn-file", dsns[1], "-dsn", ""}, {"-driver", dsns[1]}, {dsns[1]}, {dsns[5]}, {"-dns", dsns[1]}, {"-dns=" + dsns[1]}} {
		code, stdout, stderr := try(t, append(good("", "out"), wrong...)...)
		require.Equal(t, cli.Usage, code, stderr)
		require.NotContains(t, stdout+stderr, "S3cret")
	}
}

func TestHelp(t *testing.T) {
	code, stdout, stderr := try(t, "-h")
	require.Zero(t, code)
	require.Empty(t, stdout)
	for _, part := range []string{"Standard output has", "-repeated-hour", "-dsn-file", "aspect or gmt or injixo or nice or verint", "Exit code"} {
		require.Contains(t, stderr, part)
	}
}

// TestCheckLeavesNothing tries everything without delivering or making anything.
func TestCheckLeavesNothing(t *testing.T) {
	views := read(t, "testdata/verint-30m-foreign-views/cic.sql")
	t.Chdir(t.TempDir())
	makeDB(t, "cic.db", views)
	code, stdout, stderr := try(t, append(good("cic.db", "out"), "-check")...)
	require.Zero(t, code, stderr)
	require.Empty(t, stderr)
	require.Contains(t, stdout, "ready\tno problem was found\n")
	code, _, stderr = try(t, append(good("cic.db", "out"), "-check", "-workgroups", "A,B", "-interval", "15m", "-license", "I3_FEATURE_X")...)
	require.Equal(t, cli.Failed, code)
	for _, part := range []string{`workgroup "A"`, `workgroup "B"`, "rows of 1800 seconds", "lacks I3_FEATURE_WFM_HISTORICAL"} {
		require.Contains(t, stderr, part)
	}
	require.Equal(t, 4, strings.Count(stderr, "\n"), stderr)
	left, err := os.ReadDir(".")
	require.NoError(t, err)
	require.Len(t, left, 1)
}
