package main

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim/icwsserver"
	"github.com/cicwfm/cicwfm/wfm/config"
)

// demoRealTimeFeature stands for the licence feature of the real-time module, whose name is not public.
const demoRealTimeFeature = "I3_FEATURE_SIMULATED_RTA"

// demoFirstLine marks a folder that a demo made, and that the next one may empty.
const demoFirstLine = "# Written by wfmservice run -demo, which makes this folder anew each time.\n"

// makeDemoFolder makes the folder of a demo, or empties that of an earlier one. A folder with anything else in it is left alone.
func makeDemoFolder(dir string) error {
	bad := func(reason string) error {
		return wfm.Problem{Field: "-dir", Value: dir, Reason: reason, Remedy: "name a folder that is not there yet, or one of an earlier demo"}
	}
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return bad("cannot be read")
	case len(entries) > 0:
		text, err := os.ReadFile(filepath.Join(dir, configName))
		if err != nil || !strings.HasPrefix(string(text), demoFirstLine) {
			return bad("holds something that no demo made")
		}
		if err := os.RemoveAll(dir); err != nil {
			return bad("cannot be emptied")
		}
	}
	for _, sub := range []string{"", "out", "secrets"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return bad("cannot be made")
		}
	}
	return nil
}

// demoConfig is the configuration of the demo: every product that the registry knows, with both its modules.
func demoConfig(registry vendors.Registry, d demoSettings, icws net.Addr, receivers map[string]string, workgroups []wfm.Workgroup) (*config.Config, error) {
	host, port, err := net.SplitHostPort(icws.String())
	if err != nil {
		return nil, err
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return nil, err
	}
	back := config.Duration(2 * time.Hour)
	c := &config.Config{Version: 1, Service: config.Service{Listen: d.listen, Log: config.Log{Size: 10, Keep: 2}},
		Ledger:   &config.Ledger{Kind: "sqlite", Connection: config.Connection{Path: "ledger.db"}, Retention: config.Duration(7 * demoDay)},
		Licences: config.Licences{From: "icws", RealTimeFeature: demoRealTimeFeature},
		Servers: []config.Server{{Name: "cic", Database: &config.Database{Kind: "sqlite", Connection: config.Connection{Path: "cic.db"}},
			ICWS: &config.ICWS{Hosts: []string{host}, Port: number, NoTLS: true, User: "wfm", Password: config.Secret{File: "secrets/icws"}}}}}
	var names []string
	for _, w := range workgroups {
		names = append(names, string(w))
	}
	for _, vendor := range registry.HistoricalNames() {
		c.Destinations = append(c.Destinations, config.Destination{Name: vendor + "-files", Kind: "folder", Path: config.Path("out/" + vendor), NoFlush: true})
		c.Historical = append(c.Historical, config.HistoricalFeed{Name: vendor + "-intervals", Vendor: vendor, Workgroups: config.Workgroups{Names: names},
			Interval: "30m", Zone: "UTC", LookBack: &back, Start: demoStarted, Destinations: []string{vendor + "-files"}})
	}
	atOnce := config.Duration(0)
	for _, vendor := range registry.RealTimeNames() {
		to := config.Destination{Name: vendor + "-receiver", Kind: "tcp", Addresses: []string{receivers[vendor]}}
		if overHTTP(vendor) {
			to = config.Destination{Name: vendor + "-receiver", Kind: "http-push", URLs: []string{"http://" + receivers[vendor]}}
		}
		feed := config.RealTimeFeed{Name: vendor + "-live", Vendor: vendor, Workgroups: []string{string(icwsserver.MasterWorkgroup)}, UpdateFrequency: &atOnce,
			Destination: to.Name}
		switch vendor {
		case "gmt", "nice", "pipkins", "aspect": // no codes are public, so the site maps its statuses
			feed.StatusMap = &config.StatusMapRef{Map: &config.StatusMap{Activities: map[string]config.Code{
				wfm.AgentAvailable.String(): {Code: "1"}, wfm.AgentUnavailable.String(): {Code: "2"}, wfm.AgentAfterCall.String(): {Code: "3"}, wfm.AgentLoggedOff.String(): {Code: "4"}}}}
		}
		switch vendor {
		case "aspect":
			feed.Settings = map[string]string{"longAgentIds": "truncate"}
		case "injixo":
			feed.Settings = map[string]string{"integrationConfigurationId": "1234"}
		}
		c.Destinations, c.RealTime = append(c.Destinations, to), append(c.RealTime, feed)
	}
	return c, nil
}

// overHTTP tells whether a product takes its messages as requests; the others take a connection.
func overHTTP(vendor string) bool { return vendor == "injixo" }

// writeDemoConfig writes the configuration and its secret.
func writeDemoConfig(dir string, c *config.Config, password string) error {
	for _, d := range c.Destinations {
		if d.Kind == "folder" {
			if err := os.MkdirAll(filepath.Join(dir, filepath.FromSlash(string(d.Path))), 0o755); err != nil {
				return err
			}
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "secrets", "icws"), []byte(password), 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, configName), append([]byte(demoFirstLine), c.YAML()...), 0o644)
}

// demoLicences are those of the simulated server.
func demoLicences() []string { return []string{string(license.FeatureHistorical), demoRealTimeFeature} }
