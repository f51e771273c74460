package config_test

import (
	"context"
	"fmt"

	"github.com/cicwfm/cicwfm/vendors/all"
	"github.com/cicwfm/cicwfm/wfm/config"
	"github.com/cicwfm/cicwfm/wfm/config/standard"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/deliverytest"
	"github.com/cicwfm/cicwfm/wfm/integration"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

const small = `version: 1
ledger: {kind: memory}
licences: {from: declared, features: [I3_FEATURE_WFM_HISTORICAL]}
servers:
  - name: cic
    database: {kind: sqlserver, host: sql.example.com, database: I3_IC, user: wfm, password: {env: WFM_PASSWORD}}
destinations:
  - {name: share, kind: folder, path: out}
historical:
  - {name: calls, vendor: verint, workgroups: [Sales], interval: 15m, zone: Europe/Berlin, destinations: [share]}
`

// passwords stands in for the environment.
func passwords(string) (string, bool) { return "secret", true }

// A file becomes an integration.
func ExampleRegistries_Build() {
	registries, err := standard.Registries()
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := config.Parse("wfm.yaml", []byte(small)) // usually config.Load
	if err != nil {
		fmt.Println(err)
		return
	}
	built, err := registries.Build(context.Background(), c, config.BuildOptions{Env: passwords})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer built.Close()
	service, err := integration.New(built.Options)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range service.Status().Feeds {
		fmt.Println(f.Name, f.Vendor, f.Destination)
	}
	for _, n := range built.Notes {
		fmt.Println("note:", n)
	}
	// Output:
	// calls verint share
	// note: wfm.yaml:2: ledger.kind "memory" forgets at each start; use it for trials only: what is in the look-back is delivered again
}

// Everything that is wrong is told at once.
func ExampleRegistries_Check() {
	registries, err := standard.Registries()
	if err != nil {
		fmt.Println(err)
		return
	}
	c, _ := config.Parse("wfm.yaml", []byte(`version: 1
ledger: {kind: sqlite, path: ledger.db}
licences: {from: declared, features: [I3_FEATURE_WFM_HISTORICAL]}
servers:
  - name: cic
    row-length: 30m
    database: {kind: sqlserver, host: sql.example.com, database: I3_IC, user: wfm, password: hunter2}
historical:
  - {name: calls, vendor: pipkins, workgroup: [Sales], interval: 15m, zone: Europe/Berlin, destinations: [share]}
`)) // Check tells what Parse found, too
	_, err = registries.Check(c)
	fmt.Println(err)
	// Output:
	// wfm.yaml:7: servers[0].database.password is no reference to a secret; write {file: path} or {env: NAME}, and put the secret there
	// wfm.yaml:9: historical[0].workgroup is not a known key; did you mean workgroups?
	// wfm.yaml:9: historical[0].workgroups is missing; add it: the workgroups as CIC spells them, or all. A named one that is quiet is written as zero
	// wfm.yaml:9: historical[0].destinations[0] "share" is none of destinations; add it to destinations
	// wfm.yaml:9: historical[0].interval "15m" is shorter than the rows of server "cic", 30m; shorten "Queue/IVR reporting (min)" on the CIC server, choose a longer interval, or set split: true for an estimate
	// wfm.yaml:9: historical[0].vendor "pipkins" has no historical module; use it in real-time feeds only
}

// A kind of destination of one's own is one function; what the file says beside name and kind stands in its settings.
func ExampleRegistries_destinations() {
	vendors, err := all.Registry()
	if err != nil {
		fmt.Println(err)
		return
	}
	registries := config.Registries{Vendors: vendors, Databases: standard.Databases(), Destinations: map[string]config.DestinationKind{
		"bucket": {Files: func(t config.Target) (delivery.Transport, error) {
			fmt.Println("files of", t.Name, "go to bucket", t.Settings["bucket"])
			return &deliverytest.Memory{}, nil
		}},
	}}
	c, err := config.Parse("wfm.yaml", []byte(`version: 1
ledger: {kind: memory}
licences: {from: declared, features: [I3_FEATURE_WFM_HISTORICAL]}
servers:
  - name: cic
    database: {kind: sqlserver, host: sql.example.com, database: I3_IC, user: wfm, password: {env: WFM_PASSWORD}}
destinations:
  - {name: cloud, kind: bucket, settings: {bucket: wfm-in}}
historical:
  - {name: calls, vendor: verint, workgroups: all, interval: 15m, zone: Europe/Berlin, destinations: [cloud]}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	built, err := registries.Build(context.Background(), c, config.BuildOptions{Env: passwords, Ledger: ledger.NewMemory(nil)})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(built.Close())
	// Output:
	// files of cloud go to bucket wfm-in
	// <nil>
}

// A program writes the configuration that it found out.
func ExampleConfig_YAML() {
	c := &config.Config{Version: 1, Servers: []config.Server{{Name: "cic",
		ICWS: &config.ICWS{Hosts: []string{"cic1", "cic2"}, User: "wfm", Password: config.Secret{File: "secrets/icws"}}}}}
	fmt.Print(string(c.YAML()))
	// Output:
	// version: 1
	// servers:
	//   - name: cic
	//     icws:
	//       hosts: [cic1, cic2]
	//       user: wfm
	//       password: {file: secrets/icws}
}
