package config

// HistoricalFeed is a stream of interval files to one WFM product.
type HistoricalFeed struct {
	Name           string            `yaml:"name" need:"*" doc:"Name of the feed in the ledger for ever: renaming it delivers everything anew."`
	Vendor         string            `yaml:"vendor" need:"*" doc:"The WFM product: aspect, gmt, injixo, nice, verint, or one of vendors."`
	Presets        []string          `yaml:"presets" doc:"The product's files to write. Default: its default ones." example:"[call, agent]"`
	Layouts        []string          `yaml:"layouts" doc:"Layouts of your own by name, instead of presets." example:"[our-calls]"`
	Servers        []string          `yaml:"servers" doc:"The CIC servers whose figures add up. Default: every server that has a database." example:"[cic-east]"`
	Workgroups     Workgroups        `yaml:"workgroups" need:"*" doc:"The workgroups as CIC spells them, or all. A named one that is quiet is written as zero."`
	Media          string            `yaml:"media" doc:"One medium, such as Call. Default: as the layouts say." example:"Call"`
	Interval       string            `yaml:"interval" need:"*" enum:"15m|30m|1h|day" doc:"Length of the intervals."`
	Zone           Zone              `yaml:"zone" need:"*" doc:"Time zone of the intervals and of the times in the files, IANA name."`
	RepeatedHour   string            `yaml:"repeated-hour" enum:"sum|two|refuse" doc:"What happens in the autumn hour that occurs twice. Default: as the layouts say." example:"sum"`
	Delay          Duration          `yaml:"delay" default:"10m" doc:"How long after its end an interval is read for the first time."`
	LookBack       *Duration         `yaml:"look-back" default:"48h" doc:"How long an interval is read again, for rows that come late; 0s for never."`
	Start          string            `yaml:"start" doc:"First interval of a feed that the ledger does not know yet: RFC 3339, or the wall clock of the feed's zone. Default: one look-back before now." example:"2026-03-01 00:00"`
	Split          bool              `yaml:"split" doc:"true: split rows that are longer than the interval in proportion, which is an estimate. Default: false."`
	DeliverPartial bool              `yaml:"deliver-partial" doc:"true: deliver an interval although some of the sites wrote nothing. Default: false, it is a gap."`
	Settings       map[string]string `yaml:"settings" doc:"Values that the layouts leave to the site."`
	Destinations   []string          `yaml:"destinations" need:"*" doc:"Where the files go, by name; each destination has its own progress."`
}

// RealTimeFeed is a stream of agents' states to the receivers of one WFM product.
type RealTimeFeed struct {
	Name            string            `yaml:"name" need:"*" doc:"Name of the feed on the status page and in messages."`
	Vendor          string            `yaml:"vendor" need:"*" doc:"The WFM product: aspect, gmt, injixo, nice, pipkins, verint, or one of vendors."`
	Preset          string            `yaml:"preset" doc:"The product's form of messages. Default: its default one." example:"status-fixed"`
	Layout          string            `yaml:"layout" doc:"A layout of your own by name, instead of a preset." example:"our-messages"`
	Servers         []string          `yaml:"servers" doc:"The CIC servers. Default: every server that has icws." example:"[cic-east]"`
	Workgroups      []string          `yaml:"workgroups" need:"*" doc:"Workgroups whose members are monitored; for products that want it the one master workgroup."`
	Level           string            `yaml:"level" enum:"off|minimal|verbose" default:"off" doc:"How much of what agents handle is reported; the product decides what is permitted."`
	Zone            Zone              `yaml:"zone" default:"UTC" doc:"Time zone of the times in the messages, IANA name."`
	StatusMap       *StatusMapRef     `yaml:"status-map" doc:"Name of a status map, or the map itself. Default: the codes of the layout alone." example:"our-codes"`
	Identify        string            `yaml:"identify" enum:"user|extension|mapped" doc:"What stands for an agent: CIC user id, extension, or names. Default: as the layout says." example:"user"`
	Names           map[string]string `yaml:"names" doc:"Identifiers by CIC user id, with identify: mapped."`
	UpdateFrequency *Duration         `yaml:"update-frequency" doc:"Time between two batches; 0s sends each change at once. Default: as the layout says." example:"10s"`
	Refresh         *Duration         `yaml:"refresh" doc:"Time between two snapshots; 0s for none but the first. Default: as the layout says." example:"1h"`
	Heartbeat       *Duration         `yaml:"heartbeat" doc:"Silence after which a heartbeat is sent; 0s for none. Default: as the layout says." example:"30s"`
	Backlog         int               `yaml:"backlog" min:"1" max:"10000000" doc:"Changes that wait for a slow receiver before those of one agent are merged. Default: 8192." example:"8192"`
	Settings        map[string]string `yaml:"settings" doc:"Values that the layout leaves to the site."`
	Destination     string            `yaml:"destination" need:"*" doc:"Where the messages go, by name."`
}

// StatusMap says what CIC statuses are called in a WFM product. The first that fits decides: activities that come from the log-in or
// from what the agent handles, statuses, groups, the activities available, unavailable and acw, unmapped.
type StatusMap struct {
	Name       string          `yaml:"name" doc:"Name of the map in feeds." example:"our-codes"`
	File       Path            `yaml:"file" doc:"A file with the keys below, instead of them." example:"status-maps/verint.yaml"`
	Statuses   map[string]Code `yaml:"statuses" doc:"Codes by status key: a code, or {code: …, reason: …}."`
	Groups     map[string]Code `yaml:"groups" doc:"Codes by status group."`
	Activities map[string]Code `yaml:"activities" doc:"Codes by activity: logged off, available, unavailable, alerting, acd talk, acd hold, acw, non-acd talk, dialling."`
	Unmapped   string          `yaml:"unmapped" enum:"reject|code|skip|status-key" doc:"Statuses without a code: keep the feed from starting, send default, send nothing, or send the status key. Default: as the layout says, else reject." example:"skip"`
	Default    Code            `yaml:"default" doc:"The code for unmapped: code; with status-key that of agents who are logged off."`
}
