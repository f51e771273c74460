package config

import "time"

// Example returns a commented configuration file: every key with its meaning, its default and its unit. It reads without a problem, and is the
// text that a program offers to somebody who begins.
func Example() []byte {
	return append([]byte(exampleHead), exampleConfig().Commented()...)
}

const exampleHead = `# Configuration of the integration of CIC with WFM products.
#
# Lengths of time have a unit: 90s, 10m, 48h, 400d. Relative paths count from the folder of this file. Windows paths
# stand in single quotes. Passwords and tokens never stand here: write {file: path} or {env: NAME}. Each key is
# explained where it stands first; a key that is commented out shows an example or its default.
`

func exampleConfig() *Config {
	site := 1
	lookBack := Duration(48 * time.Hour)
	return &Config{
		Version:  1,
		Service:  Service{Listen: "127.0.0.1:9464"},
		Ledger:   &Ledger{Kind: "sqlite", Connection: Connection{Path: "ledger.db"}},
		Licences: Licences{From: "icws", RealTimeFeature: "NAME_OF_YOUR_LICENCE_FEATURE"},
		Servers: []Server{{
			Name: "cic-east", Site: &site, Zone: "America/New_York",
			Database: &Database{Kind: "sqlserver", Connection: Connection{Host: "sql.example.com", Database: "I3_IC", User: "wfm_reader", Password: Secret{File: "secrets/database"}}},
			ICWS:     &ICWS{Hosts: []string{"cic-east-1.example.com", "cic-east-2.example.com"}, User: "wfm", Password: Secret{Env: "CICWFM_ICWS_PASSWORD"}},
		}},
		StatusMaps: []StatusMap{{
			Name:       "our-codes",
			Statuses:   map[string]Code{"At Lunch": {Code: "10"}, "In a meeting": {Code: "20", Reason: "3"}},
			Groups:     map[string]Code{"Break": {Code: "11"}},
			Activities: map[string]Code{"logged off": {Code: "0"}, "available": {Code: "1"}, "acd talk": {Code: "2"}, "acw": {Code: "3"}},
			Unmapped:   "code", Default: Code{Code: "99"},
		}},
		Destinations: []Destination{
			{Name: "wfm-share", Kind: "folder", Path: "out"},
			{Name: "wfm-ftp", Kind: "ftp", Host: "ftp.example.com", Folder: "wfm/in", User: "cic", Password: Secret{File: "secrets/ftp"}},
			{Name: "wfm-sftp", Kind: "sftp", Host: "sftp.example.com", User: "cic", KeyFile: "keys/wfm_ed25519", KnownHosts: "keys/known_hosts"},
			{Name: "wfm-smb", Kind: "smb", Host: "files.example.com", Share: "wfm", User: "cic", Domain: "EXAMPLE", Password: Secret{File: "secrets/smb"}},
			{Name: "wfm-upload", Kind: "http", URL: "https://wfm.example.com/files", Token: Secret{File: "secrets/upload"}},
			{Name: "wfm-socket", Kind: "tcp", Addresses: []string{"wfm.example.com:7001"}},
			{Name: "wfm-waits", Kind: "tcp-listen", Listen: "0.0.0.0:7002"},
			{Name: "wfm-datagrams", Kind: "udp", Addresses: []string{"wfm.example.com:7003"}},
			{Name: "wfm-web", Kind: "http-push", URLs: []string{"https://wfm.example.com/agent-statuses"}, Token: Secret{File: "secrets/token"}},
		},
		Historical: []HistoricalFeed{{
			Name: "verint-sales", Vendor: "verint", Workgroups: Workgroups{Names: []string{"Sales", "Support"}}, Interval: "15m", Zone: "America/New_York",
			LookBack: &lookBack, Destinations: []string{"wfm-share", "wfm-ftp"},
		}},
		RealTime: []RealTimeFeed{{
			Name: "verint-live", Vendor: "verint", Workgroups: []string{"Sales", "Support"}, Level: "minimal", StatusMap: &StatusMapRef{Name: "our-codes"},
			Destination: "wfm-socket",
		}},
	}
}
