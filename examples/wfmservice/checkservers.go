package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/rta/icws"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/config"
	"github.com/cicwfm/cicwfm/wfm/integration"
)

const (
	clockTolerance = 30 * time.Second
	staleAfter     = 2 * time.Hour
)

// serverTasks tries the database and the Web Services of each server.
func (k *checker) serverTasks() (tasks []task) {
	for i := range k.c.Servers {
		s := &k.c.Servers[i]
		said := &serverSaid{}
		k.servers[s.Name] = said
		if source := k.t.Databases[s.Name]; source != nil {
			item := s.Name + " database"
			var mine serverSaid
			tasks = append(tasks, task{inServers, item, func(ctx context.Context) []row { return k.database(ctx, item, s, source, &mine) },
				func() { said.database = mine.database }})
		}
		if client := k.t.Clients[s.Name]; client != nil {
			item := s.Name + " icws"
			var mine serverSaid
			said.icws = errUnreached
			tasks = append(tasks, task{inServers, item, func(ctx context.Context) []row { return k.icws(ctx, item, s, client, &mine) },
				func() { said.icws, said.inspection = mine.icws, mine.inspection }})
		}
	}
	return tasks
}

// hosts tells which host names the resolver does not know.
func (k *checker) hosts(ctx context.Context, g group, item string, m mark, names ...string) (rows []row, known int) {
	for _, name := range names {
		if name == "" {
			continue
		}
		if _, err := net.DefaultResolver.LookupHost(ctx, name); err != nil && ctx.Err() == nil {
			rows = append(rows, newRow(g, item, m, "host "+wfm.Quote(name)+" is not known", "correct the name, or have it entered into DNS: "+dnsReason(err)))
			continue
		}
		known++
	}
	return rows, known
}

func dnsReason(err error) string {
	var d *net.DNSError
	if errors.As(err, &d) {
		return d.Err
	}
	return "the resolver failed"
}

// database connects to a reporting database and looks at its clock and its latest rows. What a feed needs of it stands with the feed.
func (k *checker) database(ctx context.Context, item string, s *config.Server, source historical.Source, said *serverSaid) []row {
	if rows, known := k.hosts(ctx, inServers, item, markFail, k.t.Access[s.Name].Host); len(rows) > 0 && known == 0 {
		return rows
	}
	now := time.Now()
	inspector, ok := source.(historical.Inspector)
	if !ok {
		said.database = true
		return nil
	}
	in, err := inspector.Inspect(ctx, historical.Query{Window: wfm.Window{Start: now.Add(-24 * time.Hour).UTC(), End: now.UTC()}})
	if err != nil {
		return failures(inServers, item, markFail, err)
	}
	said.database = true
	var rows []row
	if in.ClockKnown && in.ClockOffset.Abs() > clockTolerance {
		rows = append(rows, skewRow(item, in.ClockOffset))
	}
	r, err := readRecent(ctx, source, now, 0)
	if err != nil {
		if ctx.Err() != nil {
			return failures(inServers, item, markFail, err)
		}
		return append(rows, newRow(inServers, item, markOK, "connected", "")) // what a feed misses is said there
	}
	return append(rows, k.freshness(item, s, r, now)...)
}

// freshness looks at the age and length of the latest rows.
func (k *checker) freshness(item string, s *config.Server, r recent, now time.Time) (rows []row) {
	age := now.Sub(r.newest)
	switch {
	case r.newest.IsZero():
		return []row{newRow(inServers, item, markWarn, "connected; it has no statistics rows of the last 35 days",
			"see whether CIC's statistics reach this database (Report Configuration, PMQ), and whether site and schema are right")}
	case age > staleAfter:
		rows = append(rows, newRow(inServers, item, markWarn, fmt.Sprintf("its newest statistics row ended %s, %s ago", r.newest.UTC().Format(time.RFC3339), age.Round(time.Minute)),
			"see whether CIC's statistics still reach this database; a wrong zone of the server looks the same where the database lacks dIntervalStartUTC"))
	case -age > r.row+historical.Tolerance:
		rows = append(rows, newRow(inServers, item, markFail, fmt.Sprintf("its newest statistics row ends %s, %s after now", r.newest.UTC().Format(time.RFC3339), (-age).Round(time.Minute)),
			"correct the zone of the server in the configuration, or the clock of this host"))
	}
	if s.RowLength != 0 && r.row > s.RowLength.D()+historical.Tolerance {
		rows = append(rows, newRow(inServers, item, markWarn, fmt.Sprintf("its rows are up to %s long, the configuration says %s", r.row, s.RowLength),
			`correct row-length, or "Queue/IVR reporting (min)" on the CIC server`))
	}
	if s.Site == nil && len(r.sites) > 1 {
		rows = append(rows, newRow(inServers, item, markNote, fmt.Sprintf("several sites write into it: %v", r.sites), "set site where only one of them belongs to this server"))
	}
	if len(rows) == 0 {
		rows = append(rows, newRow(inServers, item, markOK, fmt.Sprintf("connected; rows of %s, the newest ended %s ago; sites %v; %d workgroups",
			r.row.Round(time.Minute), max(age, 0).Round(time.Second), r.sites, len(r.workgroups)), ""))
	}
	return rows
}

func skewRow(item string, skew time.Duration) row {
	ahead := "ahead of"
	if skew < 0 {
		ahead = "behind"
	}
	return newRow(inServers, item, markWarn, fmt.Sprintf("its clock is %s %s this host's", skew.Abs().Round(time.Second), ahead),
		"let both follow a time server (NTP); until then intervals are closed too early or too late")
}

// query is what the real-time feeds ask of a server.
func (k *checker) query(server string) (q rta.Query, used bool) {
	for i := range k.t.Options.RealTime {
		f := &k.t.Options.RealTime[i]
		if f.Servers != nil && !slices.Contains(f.Servers, server) {
			continue
		}
		used = true
		for _, g := range f.Workgroups {
			if !slices.Contains(q.Workgroups, g) {
				q.Workgroups = append(q.Workgroups, g)
			}
		}
		q.Queues = q.Queues || f.Encoder.Traits().Level != wfm.LevelOff
	}
	return q, used
}

// icws logs on to a CIC server. A server that serves for its licence alone is asked nothing else.
func (k *checker) icws(ctx context.Context, item string, s *config.Server, client *icws.Client, said *serverSaid) []row {
	names := s.ICWS.HostNames()
	m := markFail
	if len(names) > 1 {
		m = markWarn // the other one of the pair may do
	}
	if s.ICWS.URL != "" {
		if u, err := url.Parse(strings.ReplaceAll(s.ICWS.URL, "{host}", "host")); err == nil {
			names, m = []string{u.Hostname()}, markFail // the proxy's
		}
	}
	rows, known := k.hosts(ctx, inServers, item, m, names...)
	if known == 0 && len(rows) > 0 {
		for i := range rows {
			rows[i].Mark = markFail
		}
		said.icws = errors.New("not known")
		return rows
	}
	q, used := k.query(s.Name)
	if !used {
		features, err := client.Features(ctx)
		if said.icws = err; err != nil {
			return append(rows, failures(inServers, item, markFail, err)...)
		}
		return append(rows, newRow(inServers, item, markOK, fmt.Sprintf("logged on; %d licence features", len(features)), ""))
	}
	said.inspection, said.icws = client.Inspect(ctx, q)
	if said.icws != nil {
		return append(rows, failures(inServers, item, markFail, said.icws)...)
	}
	in := &said.inspection
	if in.Skew.Abs() > clockTolerance {
		rows = append(rows, skewRow(item, in.Skew))
	}
	if in.Told < in.Agents {
		rows = append(rows, newRow(inServers, item, markWarn, fmt.Sprintf("the status of %d of %d agents is not visible to the account", in.Agents-in.Told, in.Agents),
			"give the CIC user the right to view these users and their statuses"))
	}
	for _, r := range in.Remarks {
		if !strings.HasPrefix(r, "workgroup ") { // said with the feed
			rows = append(rows, noted(inServers, item, markNote, r))
		}
	}
	return append(rows, newRow(inServers, item, markOK, fmt.Sprintf("logged on to %s, CIC %s; %d statuses, %d agents in the workgroups of the feeds",
		in.Host, in.Version, len(in.Statuses), in.Agents), ""))
}

// licences asks for the licence of each server and module that a feed uses, and says which feeds have no licensed server.
func (k *checker) licences(ctx context.Context) (rows []row) {
	var tasks []task
	for i := range k.c.Servers {
		s := &k.c.Servers[i]
		said := k.servers[s.Name]
		if said.icws != nil && len(s.Features) == 0 && k.c.Licences.From != "declared" {
			continue // why it cannot be read stands there
		}
		item := s.Name + " licence"
		mine := map[license.Module]license.Decision{}
		tasks = append(tasks, task{inServers, item, func(ctx context.Context) (rows []row) {
			for _, m := range k.modulesOf(s.Name) {
				rows = append(rows, k.licence(ctx, item, s.Name, m, mine))
			}
			return rows
		}, func() { said.licence = mine }})
	}
	return runTasks(ctx, k.limit, tasks)
}

// modulesOf are the modules that a server feeds.
func (k *checker) modulesOf(server string) (list []license.Module) {
	for _, f := range k.t.Options.Historical {
		if slices.ContainsFunc(f.Servers, func(s integration.Server) bool { return s.Name == server }) {
			list = append(list, license.Historical)
			break
		}
	}
	if _, used := k.query(server); used && k.t.Clients[server] != nil {
		list = append(list, license.RealTime)
	}
	return list
}

func (k *checker) licence(ctx context.Context, item, server string, m license.Module, said map[license.Module]license.Decision) row {
	result := k.t.Options.Licence.Check(ctx, m, []string{server})
	d := result.Decisions[0]
	said[m] = d
	title := map[license.Module]string{license.Historical: "historical module: ", license.RealTime: "real-time module: "}[m]
	switch d.State {
	case license.Licensed:
		return newRow(inServers, item, markOK, title+d.Reason, "")
	case license.NotLicensed:
		remedy := "add the feature to the licence of this server"
		if m == license.RealTime {
			remedy = "correct licences.real-time-feature, or add the feature to the licence of this server"
		}
		return newRow(inServers, item, markWarn, title+d.Reason+"; nothing of this server is read for it", remedy+k.offers(ctx, server))
	}
	if result.Problem != nil {
		text, remedy := explain(result.Problem)
		return newRow(inServers, item, markFail, title+text, remedy)
	}
	if d.Err != nil {
		text, remedy := explain(d.Err)
		return newRow(inServers, item, markFail, title+"the licence could not be read: "+text, orElse(remedy, "let the account read the server's licence, or declare the features in the configuration"))
	}
	return newRow(inServers, item, markFail, title+d.Reason, "set licences.real-time-feature")
}

// offers lists the features that a server has, so that one can be picked.
func (k *checker) offers(ctx context.Context, server string) string {
	client := k.t.Clients[server]
	if client == nil {
		return ""
	}
	features, err := client.Features(ctx)
	if err != nil || len(features) == 0 {
		return ""
	}
	return "; the licence has " + strings.Join(features, ", ")
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
