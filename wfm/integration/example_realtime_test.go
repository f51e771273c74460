package integration_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/rta/icws"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/verint"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim/icwsserver"
	"github.com/cicwfm/cicwfm/wfm/delivery/tcplink"
	"github.com/cicwfm/cicwfm/wfm/integration"
)

// Example_realTime sends the statuses of agents to a receiver that understands Verint's events. The part
// between the marks is a snippet of the README.
func Example_realTime() {
	ctx, cancel := context.WithCancel(context.Background())
	cic := must(icwsserver.NewCIC(icwsserver.Config{
		Workgroups: []icwsserver.Workgroup{{Name: "WFM RTA", Members: []wfm.AgentID{"ann"}}},
		Users:      []icwsserver.User{{ID: "ann", LoggedIn: true, StatusChanged: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}},
	}))
	pair := must(icwsserver.New(cic, icwsserver.Options{User: "svc_rta", Password: wfm.NewSecret("secret"), Licences: []string{"YOUR_RTA_FEATURE"}}))
	defer pair.Close()
	server := httptest.NewServer(pair.Primary)
	defer server.Close()
	listener := must(net.Listen("tcp", "127.0.0.1:0"))
	defer listener.Close()
	url, password, receiver := server.URL, wfm.NewSecret("secret"), listener.Addr().String()
	go func() { // the WFM product
		defer cancel()
		lines := bufio.NewScanner(must(listener.Accept()))
		for lines.Scan() {
			fields := strings.Split(lines.Text(), "|")
			if fields[1] == "" {
				continue // about the feed itself
			}
			fmt.Println("event", fields[0], "agent", fields[1], "since", fields[3], "mode", fields[4])
			if fields[4] == "5" {
				return
			}
			_ = cic.SetStatus("ann", "At lunch", time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC))
		}
	}()
	// snippet
	client := must(icws.New(icws.Options{URLs: []string{url}, User: "svc_rta", Password: password}))
	defer client.Close()
	servers := []integration.RealTimeServer{{Name: "cic1", Source: client}}
	service := must(integration.New(integration.Options{
		Licence:         license.NewGate(integration.FeaturesOf(servers), license.Options{RealTime: "YOUR_RTA_FEATURE"}),
		RealTimeServers: servers, // one session each, however many feeds
		RealTime: []integration.RealTimeFeed{{
			Name:       "verint-rta",
			Workgroups: []wfm.Workgroup{"WFM RTA"}, // whose members are in adherence
			Encoder:    must(verint.NewRealTime(vendors.RTASettings{Level: "minimal"})),
			Links:      must(tcplink.Dial([]string{receiver}, tcplink.Options{})), // or Listen, udplink, httppush
		}},
	}))
	err := service.Run(ctx) // until ctx ends; historical feeds beside it
	// snippet
	if err != nil {
		panic(err)
	}

	// Output:
	// event 28 agent ann since 2026-03-02T09:00:00Z mode 1
	// event 28 agent ann since 2026-03-02T12:00:00Z mode 5
}
