package main

import (
	"cmp"
	"encoding/json"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim/icwsserver"
	ledgerfile "github.com/cicwfm/cicwfm/wfm/ledger/sqlledger/sqlite"
)

// broken is one kind of broken configuration or environment.
type broken struct {
	name    string
	options func(*icwsserver.Config, *icwsserver.Options)
	do      func(t *testing.T, s *checkSite)
	mark    mark
	item    string // of the row
	text    string // part of it
	remedy  string // part of it
	limit   string // of -timeout, where it matters
}

// second adds a second server to the files feed, whose database is a copy of the first.
func second(t *testing.T, s *checkSite, keys string) {
	text, err := os.ReadFile(s.path("reporting.db"))
	require.NoError(t, err)
	s.write("west.db", string(text))
	s.replace("destinations:\n", "  - {name: west, zone: Europe/Berlin, database: {kind: sqlite, path: west.db}"+keys+"}\ndestinations:\n")
	s.replace("vendor: verint\n    servers: [east]", "vendor: verint\n    servers: [east, west]")
}

// destination replaces the folder by another kind.
func destination(s *checkSite, keys string) {
	s.replace("kind: folder, path: out}", keys+"}")
}

func take(t *testing.T, address string) {
	l, err := net.Listen("tcp", address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
}

// between cuts what stands between two marks out of a text.
func between(text, before, after string) string {
	_, rest, _ := strings.Cut(text, before)
	found, _, _ := strings.Cut(rest, after)
	return found
}

func brokenKinds() []broken {
	return []broken{
		// The configuration.
		{name: "no file", do: func(t *testing.T, s *checkSite) { s.config = "" }, mark: markFail, item: "wfmservice.yaml", text: "is empty"},
		{name: "unknown key", do: func(t *testing.T, s *checkSite) { s.replace("interval: 30m", "intervall: 30m") }, mark: markFail, item: "wfmservice.yaml", text: "historical[0].intervall", remedy: "interval"},
		{name: "dangling reference", do: func(t *testing.T, s *checkSite) { s.replace("destinations: [share]", "destinations: [shared]") }, mark: markFail, item: "wfmservice.yaml", text: `historical[0].destinations[0] "shared"`, remedy: "share"},
		{name: "wrong zone", do: func(t *testing.T, s *checkSite) {
			s.replace("interval: 30m\n    zone: Europe/Berlin", "interval: 30m\n    zone: Europe/Berln")
		}, mark: markFail, item: "wfmservice.yaml", text: `historical[0].zone "Europe/Berln" is not a time zone`, remedy: "Europe/Berlin"},
		{name: "layout broken", do: func(t *testing.T, s *checkSite) {
			s.write("mine.yaml", "layout: 1\nnonsense: true\n")
			s.replace("destinations:\n", "layouts:\n  - {name: mine, file: mine.yaml}\ndestinations:\n")
			s.replace("vendor: verint\n", "vendor: verint\n    layouts: [mine]\n")
		}, mark: markFail, item: "wfmservice.yaml", text: "layouts[0].file", remedy: "use"},
		{name: "secret file missing", do: func(t *testing.T, s *checkSite) { require.NoError(t, os.Remove(s.path("secrets/icws"))) },
			mark: markFail, item: "wfmservice.yaml", text: `servers[0].icws.password.file "secrets/icws" cannot be read`, remedy: "check the path"},
		{name: "environment variable missing", do: func(t *testing.T, s *checkSite) { s.replace("{file: secrets/icws}", "{env: NOT_SET}") },
			mark: markFail, item: "wfmservice.yaml", text: `"NOT_SET" is not set`, remedy: "set the environment variable"},
		{name: "secret world-readable", do: func(t *testing.T, s *checkSite) {
			if runtime.GOOS == "windows" {
				t.Skip("files have no such modes on Windows")
			}
			require.NoError(t, os.Chmod(s.path("secrets/icws"), 0o644))
		}, mark: markWarn, item: "wfmservice.yaml", text: "is open to every account of the machine", remedy: "0600"},
		{name: "duplicate file names", do: func(t *testing.T, s *checkSite) {
			s.replace("real-time:\n", "  - {name: again, vendor: verint, workgroups: all, interval: 1h, zone: Europe/Berlin, destinations: [share]}\nreal-time:\n")
		}, mark: markFail, item: "again", text: `writes the same file names as feed "files" into destination "share"`, remedy: "a folder of its own"},
		{name: "destinations are one folder", do: func(t *testing.T, s *checkSite) {
			s.replace("  - {name: live", "  - {name: twin, kind: folder, path: out/}\n  - {name: live")
			s.replace("destinations: [share]", "destinations: [share, twin]")
		}, mark: markFail, item: "files", text: `destinations "share" and "twin" are the same place`, remedy: "name one of them"},
		{name: "licence feature of real time missing", do: func(t *testing.T, s *checkSite) { s.replace(", real-time-feature: I3_FEATURE_WFM_RTA_TEST", "") },
			mark: markFail, item: "east licence", text: "is not set", remedy: "I3_FEATURE_WFM_RTA_TEST"},
		{name: "certificate expires soon", do: func(t *testing.T, s *checkSite) {
			certificate(t, s, "soon", time.Now().Add(-time.Hour), time.Now().Add(5*24*time.Hour))
			s.replace("kind: tcp-listen, ", "kind: tcp-listen, tls: {cert-file: soon.pem, key-file: soon-key.pem}, ")
		}, mark: markWarn, text: "in 4 days", remedy: "renew it"},
		{name: "certificate expired", do: func(t *testing.T, s *checkSite) {
			certificate(t, s, "old", time.Now().Add(-48*time.Hour), time.Now().Add(-24*time.Hour))
			s.replace("kind: tcp-listen, ", "kind: tcp-listen, tls: {cert-file: old.pem, key-file: old-key.pem}, ")
		}, mark: markFail, text: `the certificate "127.0.0.1" expired`, remedy: "renew it"},

		// The database.
		{name: "database unreachable", do: func(t *testing.T, s *checkSite) {
			s.write("secrets/db", otherSecret)
			s.replace("{kind: sqlite, path: reporting.db}", "{kind: sqlserver, host: 127.0.0.1, port: "+freePort(t)+", database: I3_IC, user: u, password: {file: secrets/db}}")
		}, mark: markFail, item: "east database", text: "connect to the reporting database", remedy: "can be reached"},
		{name: "database does not answer", do: func(t *testing.T, s *checkSite) {
			s.write("secrets/db", otherSecret)
			s.replace("{kind: sqlite, path: reporting.db}", "{kind: sqlserver, host: 127.0.0.1, port: "+silence(t)+", database: I3_IC, user: u, password: {file: secrets/db}}")
		}, mark: markFail, item: "east database", text: "did not answer within 2s", remedy: "-timeout", limit: "2s"},
		{name: "database host unknown", do: func(t *testing.T, s *checkSite) {
			s.write("secrets/db", otherSecret)
			s.replace("{kind: sqlite, path: reporting.db}", "{kind: sqlserver, host: sql.invalid, database: I3_IC, user: u, password: {file: secrets/db}}")
		}, mark: markFail, item: "east database", text: `host "sql.invalid" is not known`, remedy: "correct the name"},
		{name: "database file missing", do: func(t *testing.T, s *checkSite) { require.NoError(t, os.Remove(s.path("reporting.db"))) },
			mark: markFail, text: "reporting.db", remedy: ""},
		{name: "no CIC database", do: func(t *testing.T, s *checkSite) {
			require.NoError(t, os.Remove(s.path("reporting.db")))
			s.sql("reporting.db", "CREATE TABLE shop (id INTEGER)")
		}, mark: markFail, item: "files", text: "IWrkgrpQueueStats", remedy: " "},
		{name: "view missing", do: func(t *testing.T, s *checkSite) { s.sql("reporting.db", "DROP TABLE IAgentQueueStats") },
			mark: markFail, item: "files", text: "IAgentQueueStats", remedy: " "},
		{name: "column missing", do: func(t *testing.T, s *checkSite) {
			s.sql("reporting.db", "ALTER TABLE IWrkgrpQueueStats DROP COLUMN nAbandonedAcd")
		},
			mark: markWarn, item: "files", text: "the database has no column nAbandonedAcd", remedy: "the account may read the column"},
		{name: "workgroup unknown", do: func(t *testing.T, s *checkSite) { s.replace(`"Sales"`, `"Sals"`) },
			mark: markFail, item: "files", text: `workgroup "Sals" is not in the reporting database`, remedy: `"Sales"`},
		{name: "15 minutes of 30-minute rows", do: func(t *testing.T, s *checkSite) { s.replace("interval: 30m", "interval: 15m") },
			mark: markFail, item: "files", text: "rows of 1800 seconds, the feed wants intervals of 900 seconds", remedy: "QueuePeriodStatisticsInterval"},
		{name: "row length is not as configured", do: func(t *testing.T, s *checkSite) { s.replace("    site: 1\n", "    site: 1\n    row-length: 15m\n") },
			mark: markWarn, item: "east database", text: "its rows are up to 30m0s long, the configuration says 15m", remedy: "row-length"},
		{name: "stale data", do: func(t *testing.T, s *checkSite) {
			s.sql("reporting.db", "DELETE FROM IWrkgrpQueueStats WHERE dIntervalStartUTC > '"+time.Now().UTC().Add(-7*time.Hour).Format(time.DateTime)+"'")
		}, mark: markWarn, item: "east database", text: "its newest statistics row ended", remedy: "still reach this database"},
		{name: "no data at all", do: func(t *testing.T, s *checkSite) { s.sql("reporting.db", "DELETE FROM IWrkgrpQueueStats") },
			mark: markWarn, item: "east database", text: "it has no statistics rows", remedy: "PMQ"},
		{name: "zone of the server wrong", do: func(t *testing.T, s *checkSite) {
			s.sql("reporting.db", "UPDATE IWrkgrpQueueStats SET dIntervalStartUTC = NULL", "UPDATE IAgentQueueStats SET dIntervalStartUTC = NULL")
			s.replace("    zone: Europe/Berlin\n    database", "    zone: America/Los_Angeles\n    database")
		}, mark: markFail, item: "east database", text: "after now", remedy: "correct the zone of the server"},
		{name: "one site of two servers", do: func(t *testing.T, s *checkSite) { second(t, s, ", features: [I3_FEATURE_WFM_HISTORICAL]") },
			mark: markFail, item: "files", text: `SiteId "1" is written by server "east" too`, remedy: "set the site of each server"},
		{name: "one database of two is broken", do: func(t *testing.T, s *checkSite) {
			second(t, s, ", features: [I3_FEATURE_WFM_HISTORICAL]")
			s.write("west.db", "this is no database, and long enough to be looked at as one by whoever opens it")
		}, mark: markFail, item: "west database", text: "not a database", remedy: ""},
		{name: "unlicensed server among two", do: func(t *testing.T, s *checkSite) {
			second(t, s, ", site: 2, features: [I3_FEATURE_OTHER]")
			s.sql("west.db", "UPDATE IWrkgrpQueueStats SET SiteId = 2", "UPDATE IAgentQueueStats SET SiteId = 2")
		}, mark: markWarn, item: "west licence", text: "the licence lacks I3_FEATURE_WFM_HISTORICAL", remedy: "add the feature to the licence"},

		// The CIC server.
		{name: "wrong password of ICWS", do: func(t *testing.T, s *checkSite) { s.write("secrets/icws", otherSecret) },
			mark: markFail, item: "east icws", text: "log on to ICWS", remedy: "password"},
		{name: "ICWS down", do: func(t *testing.T, s *checkSite) { s.replace("port: "+s.port, "port: "+freePort(t)) },
			mark: markFail, item: "east icws", text: "connection refused", remedy: " "},
		{name: "ICWS host misspelled", do: func(t *testing.T, s *checkSite) { s.replace("hosts: [127.0.0.1]", "hosts: [cic-eats.invalid]") },
			mark: markFail, item: "east icws", text: `host "cic-eats.invalid" is not known`, remedy: "correct the name"},
		{name: "certificate of ICWS not trusted", do: func(t *testing.T, s *checkSite) { s.replace(", ca-file: ca.pem", "") },
			mark: markFail, item: "east icws", text: "certificate", remedy: " "},
		{name: "clock skew", options: func(c *icwsserver.Config, _ *icwsserver.Options) {
			c.Now = func() time.Time { return time.Now().Add(5 * time.Minute) }
		}, mark: markWarn, item: "east icws", text: "ahead of this host's", remedy: "NTP"},
		{name: "no licence feature", options: func(_ *icwsserver.Config, o *icwsserver.Options) { o.Licences = []string{"I3_FEATURE_ICWS_SDK"} },
			mark: markFail, item: "files", text: "none of its servers is licensed: east", remedy: "licences of the servers"},
		{name: "real-time feature not in the licence", do: func(t *testing.T, s *checkSite) { s.replace("I3_FEATURE_WFM_RTA_TEST", "I3_FEATURE_GUESSED") },
			mark: markWarn, item: "east licence", text: "the licence lacks I3_FEATURE_GUESSED", remedy: "I3_FEATURE_WFM_RTA_TEST"},
		{name: "licence may not be read", options: func(_ *icwsserver.Config, o *icwsserver.Options) { o.NoLicenceRights = true },
			mark: markFail, item: "east licence", text: "the licence could not be read", remedy: " "},
		{name: "monitored workgroup unknown", do: func(t *testing.T, s *checkSite) { s.replace("[WFM RTA]", "[WFM RTB]") },
			mark: markFail, item: "states", text: `"WFM RTB" is at none of the feed's servers`, remedy: "let the account view the workgroup"},
		{name: "workgroup without members", do: func(t *testing.T, s *checkSite) {
			require.NoError(t, s.cic.AddWorkgroup(icwsserver.Workgroup{Name: "Nobody"}))
			s.replace("[WFM RTA]", "[Nobody]")
		}, mark: markWarn, item: "states", text: `workgroup "Nobody" has no members`, remedy: "Interaction Administrator"},
		{name: "several workgroups for a master workgroup", do: func(t *testing.T, s *checkSite) {
			s.replace("name: states\n    vendor: verint", "name: states\n    vendor: "+masterVendor(t))
			s.replace("[WFM RTA]", "[Team 01, WFM RTA]")
		}, mark: markWarn, item: "states", text: "one master workgroup", remedy: "name it alone"},
		{name: "unmapped status", do: func(t *testing.T, s *checkSite) {
			s.replace("name: states\n    vendor: verint", "name: states\n    vendor: nice") // which has no codes of its own
			s.replace(`{unmapped: code, default: "99"}`, `{unmapped: reject, statuses: {Available: "1"}}`)
		}, mark: markFail, item: "states", text: `"At lunch"`, remedy: " "},
		{name: "unmapped status is skipped", do: func(t *testing.T, s *checkSite) {
			s.replace("name: states\n    vendor: verint", "name: states\n    vendor: nice")
			s.replace(`{unmapped: code, default: "99"}`, `{unmapped: skip, statuses: {Available: "1"}}`)
		}, mark: markWarn, item: "states", text: "statuses have no code and are not sent", remedy: "status map"},
		{name: "status map names an unknown status", do: func(t *testing.T, s *checkSite) {
			s.replace(`{unmapped: code, default: "99"}`, `{unmapped: code, default: "99", statuses: {At Lunhc: "3"}}`)
		}, mark: markWarn, item: "states", text: `the status map names status "At Lunhc", which CIC does not have`, remedy: `"At lunch"`},

		// Destinations.
		{name: "folder missing", do: func(t *testing.T, s *checkSite) { require.NoError(t, os.Remove(s.path("out"))) },
			mark: markFail, item: "share", text: "no such file or directory", remedy: " "},
		{name: "folder is a file", do: func(t *testing.T, s *checkSite) {
			require.NoError(t, os.Remove(s.path("out")))
			s.write("out", "a file")
		}, mark: markFail, item: "share", text: "it is not a folder", remedy: "name the folder"},
		{name: "folder not writable", do: func(t *testing.T, s *checkSite) {
			if os.Getuid() == 0 || runtime.GOOS == "windows" {
				t.Skip("modes do not stop this account")
			}
			require.NoError(t, os.Chmod(s.path("out"), 0o500))
		}, mark: markFail, item: "share", text: "permission denied", remedy: "right"},
		{name: "FTP refused", do: func(t *testing.T, s *checkSite) {
			s.write("secrets/ftp", otherSecret)
			destination(s, "kind: ftp, host: 127.0.0.1, port: "+freePort(t)+", security: none, user: u, password: {file: secrets/ftp}")
		}, mark: markFail, item: "share", text: "connection refused", remedy: " "},
		{name: "wrong password of FTP", do: func(t *testing.T, s *checkSite) {
			s.write("secrets/ftp", otherSecret)
			destination(s, "kind: ftp, host: 127.0.0.1, port: "+refusingFTP(t)+", security: none, user: u, password: {file: secrets/ftp}")
		}, mark: markFail, item: "share", text: "530", remedy: "password"},
		{name: "wrong host key of SFTP", do: func(t *testing.T, s *checkSite) {
			s.write("secrets/sftp", otherSecret)
			destination(s, "kind: sftp, host: 127.0.0.1, port: "+sshServer(t)+", user: u, password: {file: secrets/sftp}, host-keys: [\"SHA256:"+strings.Repeat("A", 43)+"\"]")
		}, mark: markFail, item: "share", text: "host key", remedy: " "},
		{name: "FTP host unknown", do: func(t *testing.T, s *checkSite) {
			s.write("secrets/ftp", otherSecret)
			destination(s, "kind: ftp, host: ftp.invalid, user: u, password: {file: secrets/ftp}")
		}, mark: markFail, item: "share", text: `host "ftp.invalid" is not known`, remedy: "DNS"},
		{name: "receiver away", do: func(t *testing.T, s *checkSite) {
			s.config = strings.Replace(s.config, "kind: tcp-listen, listen: \""+between(s.config, "kind: tcp-listen, listen: \"", "\"")+"\"", "kind: tcp, addresses: [\"127.0.0.1:"+freePort(t)+"\"]", 1)
		}, mark: markFail, item: "live", text: "cannot connect to 127.0.0.1:", remedy: "firewall"},
		{name: "receiver's certificate expired", do: func(t *testing.T, s *checkSite) {
			certificate(t, s, "old", time.Now().Add(-48*time.Hour), time.Now().Add(-24*time.Hour))
			s.config = strings.Replace(s.config, "kind: tcp-listen, listen: \""+between(s.config, "kind: tcp-listen, listen: \"", "\"")+"\"",
				"kind: tcp, tls: {ca-file: old.pem}, addresses: [\"127.0.0.1:"+tlsServer(t, s, "old")+"\"]", 1)
		}, mark: markFail, item: "live", text: "certificate has expired", remedy: "renewed"},
		{name: "port taken", do: func(t *testing.T, s *checkSite) { take(t, between(s.config, `tcp-listen, listen: "`, `"`)) },
			mark: markFail, item: "live", text: "cannot listen at", remedy: "choose another listen"},
		{name: "port of the health page taken", do: func(t *testing.T, s *checkSite) { take(t, between(s.config, `service: {listen: "`, `"`)) },
			mark: markFail, item: "health page", text: "cannot listen at", remedy: "choose another service.listen"},

		// The ledger, and this host.
		{name: "ledger path missing", do: func(t *testing.T, s *checkSite) { s.replace("path: ledger.db", "path: nowhere/ledger.db") },
			mark: markFail, item: "sqlite", text: "does not exist", remedy: "create the folder, or correct ledger.path"},
		{name: "ledger of something else", do: func(t *testing.T, s *checkSite) { s.replace("path: ledger.db", "path: reporting.db") },
			mark: markFail, item: "sqlite", text: "open the ledger", remedy: " "},
		{name: "ledger of a newer version", do: func(t *testing.T, s *checkSite) {
			l, err := ledgerfile.Open(t.Context(), s.path("ledger.db"), ledgerfile.Options{})
			require.NoError(t, err)
			require.NoError(t, l.Close())
			s.sql("ledger.db", "INSERT INTO wfm_ledger_schema (version, reached_at) VALUES (99, '2030-01-01T00:00:00.000000000Z')")
		}, mark: markFail, item: "sqlite", text: "99", remedy: " "},
		{name: "ledger server away", do: func(t *testing.T, s *checkSite) {
			s.write("secrets/db", otherSecret)
			s.replace("{kind: sqlite, path: ledger.db}", "{kind: sqlserver, host: 127.0.0.1, port: "+freePort(t)+", database: x, user: u, password: {file: secrets/db}}")
		}, mark: markFail, item: "sqlserver", text: "open the ledger", remedy: "can be reached"},
		{name: "log folder is a file", do: func(t *testing.T, s *checkSite) {
			s.write("logs", "a file")
			s.replace(`service: {`, `service: {log: {file: logs/wfm.log}, `)
		}, mark: markFail, item: "log", text: "is not a folder", remedy: "service.log.file"},
	}
}

// TestCheckNamesWhatIsBroken: each kind is named in a row of its own, with what to do, and no secret.
func TestCheckNamesWhatIsBroken(t *testing.T) {
	texts := map[string]string{}
	for _, b := range brokenKinds() {
		require.Empty(t, texts[b.item+b.text], "%s and %s expect the same row", b.name, texts[b.item+b.text])
		texts[b.item+b.text] = b.name
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			s := newCheckSite(t, b.options)
			if b.do != nil {
				b.do(t, s)
			}
			limit := cmp.Or(b.limit, "2m") // for a busy machine
			code, out, errs := s.run("check", "-json", "-timeout", limit)
			require.Empty(t, errs)
			for _, never := range []string{sitePassword, otherSecret, "goroutine ", "panic", ".go:"} {
				require.NotContains(t, out, never)
			}
			var r checkReport
			require.NoError(t, json.Unmarshal([]byte(out), &r))
			require.Equal(t, r.Result.code(), code)
			require.GreaterOrEqual(t, r.Result.level(), b.mark.level())
			found := false
			for _, row := range r.Rows {
				require.Equal(t, wfm.OneLine(row.Text), row.Text)
				require.True(t, row.Do != "" || row.Mark.level() < markWarn.level(), "no remedy: %+v", row)
				if row.Mark == b.mark && strings.HasSuffix(row.Item, b.item) && strings.Contains(row.Text, b.text) && strings.Contains(row.Do, b.remedy) {
					found = true
				}
			}
			if !found {
				_, table, _ := s.run("check", "-timeout", limit)
				t.Fatalf("no row %s %s %q -> %q in\n%s", b.mark, b.item, b.text, b.remedy, table)
			}
		})
	}
	require.GreaterOrEqual(t, len(texts), 25)
}
