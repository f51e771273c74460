package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/config"
	"github.com/cicwfm/cicwfm/wfm/integration"
)

// The exit codes.
const (
	exitOK        = 0
	exitAttention = 1 // it works, and somebody should look
	exitWrong     = 2 // it does not work, or the command line is wrong
)

// app is the program without the process around it.
type app struct {
	out, err   io.Writer
	in         io.Reader
	env        func(name string) (string, bool)
	registries config.Registries
}

// command is one thing that the program does. It parses its own flags.
type command struct {
	name, summary string
	do            func(ctx context.Context, args []string) (code int, err error)
}

func (a *app) commands() []command {
	return []command{
		{"init", "write a commented configuration", a.initialise},
		{"check", "try everything, deliver nothing", a.check},
		{"preview", "show what would be written and sent", a.preview},
		{"tables", "print the scripts of the ledger's tables", a.tables},
		{"run", "work until stopped (-demo needs no configuration)", a.work},
		{"backfill", "deliver a window of the past", a.backfill},
		{"status", "show what the running service does", a.status},
		{"service", "install, remove, start or stop it as a service of this system", a.service},
	}
}

// run finds the command and reports its error, each problem on a line of its own.
func (a *app) run(ctx context.Context, args []string) int {
	if len(args) == 0 || args[0] == "-h" || args[0] == "-help" || args[0] == "--help" || args[0] == "help" {
		fmt.Fprint(a.out, "usage: wfmservice COMMAND [-config FILE] …   (-h after a command lists its settings)\n\n")
		for _, c := range a.commands() {
			fmt.Fprintf(a.out, "  %-9s %s\n", c.name, c.summary)
		}
		return exitOK
	}
	for _, c := range a.commands() {
		if c.name != args[0] {
			continue
		}
		code, err := c.do(ctx, args[1:])
		switch {
		case errors.Is(err, flag.ErrHelp):
			return exitOK
		case err != nil:
			cli.Errors(a.err, "wfmservice "+c.name, err)
			return max(code, exitWrong)
		}
		return code
	}
	cli.Errors(a.err, "wfmservice", wfm.Problem{Field: "command", Value: args[0], Reason: "does not exist", Remedy: "see -h"})
	return exitWrong
}

// configName is the file that is taken without -config.
const configName = "wfmservice.yaml"

// flags makes the flag set of a command, with -config.
func (a *app) flags(name string) (fs *flag.FlagSet, path *string) {
	fs = flag.NewFlagSet("wfmservice "+name, flag.ContinueOnError)
	return fs, fs.String("config", defaultConfig(), "configuration `file`")
}

// defaultConfig prefers the working directory; a service of Windows is started elsewhere and finds the file beside the program.
func defaultConfig() string {
	if _, err := os.Stat(configName); err == nil {
		return configName
	}
	if exe, err := os.Executable(); err == nil {
		if beside := filepath.Join(filepath.Dir(exe), configName); fileExists(beside) {
			return beside
		}
	}
	return configName
}

func fileExists(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// open reads a configuration and makes a service of it. Close the built configuration after the service has ended.
func (a *app) open(ctx context.Context, path string, log *slog.Logger, adjust func(*integration.Options)) (*config.Built, *integration.Service, error) {
	c, err := config.Load(path)
	if err != nil && c == nil {
		return nil, nil, err
	}
	built, err := a.registries.Build(ctx, c, config.BuildOptions{Logger: log, Env: a.env})
	if err != nil {
		return nil, nil, err
	}
	if adjust != nil {
		adjust(&built.Options)
	}
	s, err := integration.New(built.Options)
	if err != nil {
		return nil, nil, errors.Join(err, built.Close())
	}
	return built, s, nil
}
