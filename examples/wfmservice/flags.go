package main

import (
	"flag"
	"io"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/wfm"
)

// parse reads the flags of a command that takes no arguments beside them.
func parse(fs *flag.FlagSet, args []string, usage string, out io.Writer) error {
	if err := cli.Parse(fs, args, usage, out); err != nil {
		return err
	}
	if fs.NArg() > 0 {
		return wfm.Problem{Field: "argument", Value: cli.Shown(fs.Arg(0)), Reason: "is not expected", Remedy: "every setting is a flag; see -h"}
	}
	return nil
}
