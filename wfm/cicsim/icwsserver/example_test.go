package icwsserver_test

import (
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim/icwsserver"
)

// A CIC with two hosts for the test of an ICWS client.
func Example() {
	cic, err := icwsserver.NewCIC(icwsserver.Plain(20, 2))
	if err != nil {
		panic(err)
	}
	pair, err := icwsserver.NewPair(cic, icwsserver.Options{User: "svc", Password: wfm.NewSecret("secret")})
	if err != nil {
		panic(err)
	}
	defer pair.Close()
	primary, backup := httptest.NewServer(pair.Primary), httptest.NewServer(pair.Backup)
	defer primary.Close()
	defer backup.Close()
	pair.Primary.SetAddress(primary.Listener.Addr().String()) // what the hosts tell of each other
	pair.Backup.SetAddress(backup.Listener.Addr().String())

	stop := cic.Observe(func(c icwsserver.Change) { // what the client must learn, in this order
		fmt.Println(c.Agent.ID, c.Agent.Status, c.Agent.LoggedIn)
	})
	defer stop()
	// … the client under test logs on at primary.URL and subscribes …
	if err := cic.SetStatus("agent0007", "At lunch", time.Time{}); err != nil {
		panic(err)
	}
	pair.Switchover()
	if err := cic.LogOff("agent0007", time.Time{}); err != nil {
		panic(err)
	}
	// Output:
	// agent0007 At lunch true
	// agent0007 At lunch false
}
