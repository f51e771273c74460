package config

// Connection is how a database is reached.
type Connection struct {
	Path              Path   `yaml:"path" kinds:"sqlite" need:"sqlite" doc:"The database file."`
	Host              string `yaml:"host" kinds:"sqlserver|oracle" doc:"Host of the database. Needed unless dsn is given." example:"sql.example.com"`
	Port              int    `yaml:"port" kinds:"sqlserver|oracle" min:"1" max:"65535" doc:"Port. Default: 1433 for sqlserver without an instance, 1521 for oracle." example:"1433"`
	Instance          string `yaml:"instance" kinds:"sqlserver" doc:"Named instance, found through the SQL Server Browser where no port is given." example:"I3"`
	Database          string `yaml:"database" kinds:"sqlserver" doc:"Name of the database. Needed unless dsn is given." example:"I3_IC"`
	Service           string `yaml:"service" kinds:"oracle" doc:"Service name. Needed unless sid or dsn is given." example:"I3"`
	SID               string `yaml:"sid" kinds:"oracle" doc:"SID, instead of a service name." example:"I3"`
	User              string `yaml:"user" kinds:"sqlserver|oracle" doc:"Account. Without one sqlserver uses the Windows account of the service, on Windows." example:"wfm_reader"`
	Password          Secret `yaml:"password" kinds:"sqlserver|oracle" doc:"Its password."`
	Encrypt           string `yaml:"encrypt" kinds:"sqlserver" enum:"true|strict|false|disable" default:"true" doc:"TLS: true, strict (TDS 8), false (the log-on only, where the server permits), disable (none)."`
	CAFile            Path   `yaml:"ca-file" kinds:"sqlserver" doc:"PEM file of the authority of the server's certificate. Default: the system's authorities." example:"certs/sql-ca.pem"`
	HostInCertificate string `yaml:"host-in-certificate" kinds:"sqlserver" doc:"Name in the server's certificate where it is not the host." example:"sql.example.com"`
	TLS               bool   `yaml:"tls" kinds:"oracle" doc:"true: connect with TLS (TCPS) and verify the server. Default: false."`
	Wallet            Path   `yaml:"wallet" kinds:"oracle" doc:"Folder of the Oracle wallet, with tls." example:"wallet"`
	DSN               Secret `yaml:"dsn" kinds:"sqlserver|oracle" doc:"The whole connection string, instead of the keys from host on."`
}

// Database is a reporting database and how it is read.
type Database struct {
	Kind          string `yaml:"kind" need:"*" doc:"sqlserver, oracle, or sqlite (copies and simulated databases)."`
	Connection    `yaml:",inline"`
	Schema        string   `yaml:"schema" kinds:"sqlserver|oracle" doc:"Schema of the views. Default: that of the account; dbo where reporting-database is given." example:"dbo"`
	Reporting     string   `yaml:"reporting-database" kinds:"sqlserver" doc:"Database of the views, where the connection is to another." example:"I3_IC"`
	QueueView     string   `yaml:"queue-view" default:"IWrkgrpQueueStats" doc:"View of the workgroup statistics, where it is not CIC's own."`
	AgentView     string   `yaml:"agent-view" default:"IAgentQueueStats" doc:"View of the agent statistics."`
	ActivityTable string   `yaml:"activity-table" default:"AgentActivityLog" doc:"Table of the agents' statuses."`
	MembersTable  string   `yaml:"members-table" default:"UserWorkgroups" doc:"Table of the members of workgroups."`
	ContactTable  string   `yaml:"contact-table" default:"InteractionSummary" doc:"Table of single contacts, of CIC 4.0 and later."`
	Slack         Duration `yaml:"slack" default:"2h" doc:"How far rows may be out of order."`
	NoLock        bool     `yaml:"no-lock" kinds:"sqlserver" doc:"true: read WITH (NOLOCK), which never waits for CIC and may see a row twice or not at all. Default: false."`
	NoReconcile   bool     `yaml:"no-reconcile" doc:"true: do not compare the roll-up level that is read with another. Default: false."`
}

// ICWS is how the Web Services of a CIC server are reached.
type ICWS struct {
	Hosts           []string `yaml:"hosts" need:"*" doc:"Host names, both of a switchover pair; host:port where one has a port of its own."`
	Port            int      `yaml:"port" min:"1" max:"65535" doc:"Port of the hosts that stand without one. Default: 8019, or 8018 with no-tls." example:"8019"`
	NoTLS           bool     `yaml:"no-tls" doc:"true: http, so that anyone on the way reads the password. Default: false."`
	URL             string   `yaml:"url" doc:"Address through a reverse proxy, with {host} for the host names; instead of port and no-tls." example:"https://proxy.example.com/api/{host}"`
	User            string   `yaml:"user" need:"*" doc:"CIC user id of an account for the integration. It logs on without a station."`
	Password        Secret   `yaml:"password" need:"*" doc:"Its password."`
	CAFile          Path     `yaml:"ca-file" doc:"PEM file of the authority of the server's certificate. Default: the system's authorities." example:"certs/cic-ca.pem"`
	Application     string   `yaml:"application" default:"cicwfm" doc:"Name of this program to the CIC server."`
	MarketPlaceName string   `yaml:"market-place-name" doc:"Application name that stands for the ICWS SDK licence, where a site has one."`
	MarketPlaceCode Secret   `yaml:"market-place-code" doc:"Licence code of that application."`
	Extension       string   `yaml:"extension" enum:"user|station" default:"user" doc:"Where an agent's extension comes from: the configured user, or the station logged on to."`
	Polling         bool     `yaml:"polling" doc:"true: ask in intervals although the server could stream. Default: false."`
	PollEvery       Duration `yaml:"poll-every" default:"1s" doc:"Wait between two polls."`
	RequestTimeout  Duration `yaml:"request-timeout" default:"10s" doc:"What a request may take."`
	MembersEvery    Duration `yaml:"members-every" default:"5m" doc:"Time between two complete readings of the members of workgroups."`
}
