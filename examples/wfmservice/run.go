package main

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"runtime"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/wfm/config"
)

const runUsage = `run delivers files and serves receivers until it is stopped. It takes changes of its configuration,
and of the files that this one names, while it runs; so it does on SIGHUP. With -demo it needs no
configuration.

`

// work is the command run.
func (a *app) work(ctx context.Context, args []string) (int, error) {
	fs, path := a.flags("run")
	demo := fs.Bool("demo", false, "work with a simulated CIC, feeds and receivers in this process")
	var d demoSettings
	d.define(fs)
	if err := parse(fs, args, runUsage, a.out); err != nil {
		return exitWrong, err
	}
	if err := d.check(fs, *demo); err != nil {
		return exitWrong, err
	}
	if *demo {
		return a.demo(ctx, d)
	}
	return runUnder(ctx, systemManager{}, func(ctx context.Context, console bool) (int, error) {
		return a.runFile(ctx, *path, console)
	})
}

// runFile runs a configuration file until ctx ends. A program without a console writes its log beside the configuration, where this one
// names no file.
func (a *app) runFile(ctx context.Context, path string, console bool) (int, error) {
	signal, done := reloadSignal() // before anything is read: a signal that nobody hears would end the process
	defer done()
	path, err := filepath.Abs(path)
	if err != nil {
		return exitWrong, err
	}
	c, err := config.Load(path)
	service := config.Service{}
	if c != nil {
		service = c.Service
	}
	service = service.Filled()
	file := ""
	if c != nil {
		file = c.Whole(service.Log.File)
	}
	if file == "" && !console && runtime.GOOS == "windows" {
		file = filepath.Join(filepath.Dir(path), "wfmservice.log")
	}
	log, logErr := newLogging(service.Log, file, a.err)
	if logErr != nil {
		return exitWrong, errors.Join(logErr, err)
	}
	defer log.close()
	if c == nil {
		return exitWrong, told(log, err)
	}
	h, err := newHost(ctx, a, path, c, log, nil)
	if err != nil {
		return exitWrong, told(log, err)
	}
	h.signal = signal
	code, err := h.run(ctx)
	if err != nil {
		return code, told(log, err)
	}
	return code, nil
}

// told logs problems in a file, too: there may be nobody at the console.
func told(log *logging, err error) error {
	if log.file != nil {
		log.problems("the service does not run", err)
	}
	return err
}

// say writes what a person at the console, or the journal, should read.
func say(w io.Writer, err error) { cli.Errors(w, "wfmservice run", err) }
