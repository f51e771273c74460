package config

// Config is a configuration file as Go values. The tags of the fields are the description of the language: key, meaning,
// default, choices, kinds for which a key is there. The reader, the writer, the schema and the example all follow them. Text
// that is empty and numbers that are 0 were not given, unless a pointer tells the two apart.
//
// A Config may also be made in Go and written with [Config.YAML] or [Config.Commented]. It is not changed by this package after Parse.
type Config struct {
	Version      int              `yaml:"version" need:"*" min:"1" max:"1" doc:"Version of the format of this file."`
	Instance     Instance         `yaml:"instance" doc:"This running program, where two of them stand in for each other."`
	Service      Service          `yaml:"service" doc:"The service around the feeds: health page, log, stop."`
	Ledger       *Ledger          `yaml:"ledger" doc:"Where deliveries are remembered. Historical feeds need it, and instances that share."`
	Licences     Licences         `yaml:"licences" doc:"How the licence features of the CIC servers are known. Each module is licensed per server."`
	Servers      []Server         `yaml:"servers" need:"*" doc:"The CIC servers. A switchover pair is one server."`
	StatusMaps   []StatusMap      `yaml:"status-maps" doc:"What CIC statuses are called in the WFM products, by name for several real-time feeds."`
	Layouts      []Layout         `yaml:"layouts" doc:"Layout files of your own, by name. A copy of a preset may be one."`
	Vendors      []Vendor         `yaml:"vendors" doc:"WFM products of your own that consist of layout files."`
	Destinations []Destination    `yaml:"destinations" doc:"Where files and real-time messages go."`
	Historical   []HistoricalFeed `yaml:"historical" doc:"Feeds of interval files, one per WFM product and set of workgroups."`
	RealTime     []RealTimeFeed   `yaml:"real-time" doc:"Feeds of agents' states."`

	source source
}

// Instance is this running program.
type Instance struct {
	Name    string   `yaml:"name" doc:"Name of this instance in the ledger and on the status page. Default: the name of the machine." example:"wfm-a"`
	Shared  bool     `yaml:"shared" doc:"true: another instance works with the same ledger, and leases decide which of them runs a feed. Default: false."`
	Lease   Duration `yaml:"lease" default:"30s" min:"1s" doc:"How long a feed stays with an instance that gives no sign of life."`
	Prefers []string `yaml:"prefers" doc:"Feeds that this instance takes at once; for the others it waits one lease at its start. Default: all." example:"[verint-sales]"`
}

// Service is what surrounds the feeds.
type Service struct {
	Listen       string   `yaml:"listen" default:"127.0.0.1:9464" doc:"Loopback address for /metrics and /healthz; off for none."`
	StopDeadline Duration `yaml:"stop-deadline" default:"20s" min:"1s" doc:"How long a stop may take before what is left is cut off."`
	Log          Log      `yaml:"log" doc:"The log."`
}

// Log is where and how the service logs.
type Log struct {
	Level  string   `yaml:"level" enum:"debug|info|warn|error" default:"info" doc:"The least that is logged."`
	Format string   `yaml:"format" enum:"text|json" default:"text" doc:"Form of the lines."`
	File   Path     `yaml:"file" doc:"File for the log, which is then rotated. Default: standard error." example:"logs/wfmservice.log"`
	Size   int      `yaml:"rotate-size" default:"50" min:"1" max:"10000" doc:"Size in MB at which a new log file is begun."`
	Keep   int      `yaml:"rotate-keep" default:"10" min:"1" max:"10000" doc:"How many old log files are kept."`
	MaxAge Duration `yaml:"rotate-age" default:"90d" min:"1h" doc:"How long old log files are kept."`
}

// Ledger is where deliveries are remembered.
type Ledger struct {
	Kind         string `yaml:"kind" need:"*" doc:"sqlite (a local file), sqlserver or oracle (tables in the CIC repository), or memory (forgets at each start; for trials)."`
	Connection   `yaml:",inline"`
	Schema       string   `yaml:"schema" kinds:"sqlserver|oracle" doc:"Schema of the ledger's tables. Default: that of the account." example:"wfm"`
	CreateTables bool     `yaml:"create-tables" kinds:"sqlserver|oracle" doc:"true: the service makes and upgrades its tables, and needs the right to. false: the administrator runs the script first. Default: false."`
	Retention    Duration `yaml:"retention" default:"400d" min:"1d" doc:"How long entries are kept after the end of their interval."`
}

// Licences says how the licence features of servers are known.
type Licences struct {
	From            string   `yaml:"from" enum:"icws|declared" default:"icws" doc:"icws: read from each server through ICWS. declared: named here or at the server."`
	Features        []string `yaml:"features" doc:"With declared: the features of servers that name none of their own." example:"[I3_FEATURE_WFM_HISTORICAL]"`
	RealTimeFeature string   `yaml:"real-time-feature" doc:"The licence feature of the real-time module. Its name is not public: take it from your licence. Required with real-time feeds." example:"NAME_OF_YOUR_LICENCE_FEATURE"`
}

// Server is a CIC server, or a switchover pair.
type Server struct {
	Name      string    `yaml:"name" need:"*" doc:"Name of the server in feeds, messages and on the status page."`
	Site      *int      `yaml:"site" min:"0" max:"32767" doc:"SiteId of the server's rows. Needed where several servers write into one database. Default: every site of the database." example:"1"`
	Zone      Zone      `yaml:"zone" doc:"Time zone of the server, IANA name. Needed where the database lacks dIntervalStartUTC." example:"Europe/Berlin"`
	RowLength Duration  `yaml:"row-length" min:"1m" max:"24h" doc:"Length of the server's statistics rows, where it is known: \"Queue/IVR reporting (min)\" in Report Configuration." example:"15m"`
	Features  []string  `yaml:"features" doc:"Licence features of this server, instead of reading or declaring them for all." example:"[I3_FEATURE_WFM_HISTORICAL]"`
	Database  *Database `yaml:"database" doc:"The reporting database. Historical feeds need it."`
	ICWS      *ICWS     `yaml:"icws" doc:"The Web Services of the CIC server. Real-time feeds need them, and reading licences."`
}

// Layout is a layout file of the site.
type Layout struct {
	Name string `yaml:"name" need:"*" doc:"Name of the layout in feeds." example:"our-calls"`
	File Path   `yaml:"file" need:"*" doc:"The file; a relative path counts from the folder of this file." example:"layouts/our-calls.yaml"`
}

// Vendor is a WFM product of the site that consists of layout files.
type Vendor struct {
	Name   string `yaml:"name" need:"*" doc:"Name of the product in feeds: lower-case letters, digits and hyphens." example:"acme"`
	Title  string `yaml:"title" doc:"Name for people. Default: the name." example:"Acme WFM"`
	Folder Path   `yaml:"folder" need:"*" doc:"Folder of the layout files (*.yaml), the product's presets. How real-time feeds run stands in the layouts." example:"layouts/acme"`
}
