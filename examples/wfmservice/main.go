// Command wfmservice is the program that an administrator runs beside the WFM server: it reads one configuration
// file, tries everything that the file names, and then delivers interval files and serves real-time
// receivers for years.
//
//	wfmservice init     writes a commented configuration, asking the database and CIC for what it can
//	wfmservice check    tries everything and delivers nothing; the installer's friend
//	wfmservice preview  shows what the feeds would write for one interval, and what real-time receivers would get
//	wfmservice tables   prints the scripts of the tables that the ledger adds to a database
//	wfmservice run      works until it is stopped; also under systemd and as a Windows service
//	wfmservice backfill delivers a window of the past
//	wfmservice status   shows what the running service does
//	wfmservice service  installs, removes, starts and stops it as a service of this system
//
// Every command takes -config (wfmservice.yaml beside the program, or in the working directory). It ends with 0 when all is well, 1 where something needs
// attention, 2 where something is wrong. "wfmservice run -demo" needs no configuration: it makes a simulated CIC, feeds and receivers of its own.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/cicwfm/cicwfm/wfm/config/standard"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "run" { // from here on SIGHUP does not end it; what comes before the service listens needs no reload
		_, heard := reloadSignal()
		defer heard()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	registries, err := standard.Registries()
	if err != nil {
		panic(err) // a broken preset: a test of package all finds it
	}
	a := &app{out: os.Stdout, err: os.Stderr, in: os.Stdin, env: os.LookupEnv, registries: registries}
	code := a.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}
