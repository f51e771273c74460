// Command layoutcheck proves a layout: it holds a sample of a site's own WFM product against it, a file or the captured bytes of
// a connection, says what fits and what does not, and proposes the smallest change that makes the sample fit.
//
//	layoutcheck -vendor injixo -preset contact -sample export.csv
//
// It is also an example of the library: find the presets of an adapter, compare, propose, and write what a layout makes.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	_ "time/tzdata" // zones on machines without a zone database, such as Windows

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/vendors/all"
	"github.com/cicwfm/cicwfm/vendors/layout"
	"github.com/cicwfm/cicwfm/wfm"
)

func main() { cli.Main(run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	registry, err := all.Registry()
	if err != nil {
		cli.Errors(stderr, "layoutcheck", err)
		return cli.Failed
	}
	c, err := parse(args, registry, stderr)
	if err == nil && c.schema {
		if _, err = stdout.Write(layout.Schema()); err != nil {
			cli.Errors(stderr, "layoutcheck", err)
			return cli.Failed
		}
		return cli.OK
	}
	var chosen []candidate
	if err == nil {
		chosen, err = c.candidates(registry)
	}
	switch {
	case errors.Is(err, flag.ErrHelp):
		return cli.OK
	case err != nil:
		cli.Errors(stderr, "layoutcheck", err)
		return cli.Usage
	}
	fits := true
	if c.preview {
		err = c.previewAll(ctx, stdout, chosen)
	} else {
		fits, err = c.check(stdout, stderr, chosen)
	}
	if err != nil {
		cli.Errors(stderr, "layoutcheck", err)
		return cli.Failed
	}
	if !fits {
		return cli.Failed
	}
	return cli.OK
}

// result is what is printed with -json.
type result struct {
	Vendor   string        `json:"vendor,omitempty"`
	Layout   string        `json:"layout"`
	Fits     bool          `json:"fits"`
	Report   layout.Report `json:"report"`
	Changes  []string      `json:"changes,omitempty"` // with which the sample fits
	Unknown  []string      `json:"unknown,omitempty"` // columns of the changed layout that are to be filled in
	Proposal string        `json:"proposal,omitempty"`
}

// check compares the sample with the candidates, and shows the report of the one that is most like it.
func (c *config) check(stdout, stderr io.Writer, chosen []candidate) (fits bool, err error) {
	best, report, err := c.closest(chosen)
	if err != nil {
		return false, err
	}
	if len(chosen) > 1 {
		fmt.Fprintf(stderr, "of %d presets, %s is most like the sample\n", len(chosen), best.layout.Name())
	}
	r := result{Vendor: c.vendor, Layout: best.layout.Name(), Fits: report.Fits(), Report: report}
	text := report.String()
	if !r.Fits {
		proposal, ok, err := layout.Propose(best.layout, best.settings, c.sample)
		switch {
		case err != nil:
			return false, err
		case ok:
			r.Changes, r.Unknown, r.Proposal = proposal.Changes, proposal.Unknown, string(proposal.Layout)
			text += proposal.String()
			if err := c.save(proposal.Layout); err != nil {
				return false, err
			}
		default:
			text += "no change of the layout was found that makes the sample fit\n"
		}
	}
	if !c.json {
		_, err = io.WriteString(stdout, text)
		return r.Fits, err
	}
	enc := json.NewEncoder(stdout)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return r.Fits, enc.Encode(r)
}

// save writes the proposed layout into a new file.
func (c *config) save(data []byte) error {
	if c.propose == "" {
		return nil
	}
	f, err := os.OpenFile(c.propose, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return wfm.Problem{Field: "-propose", Value: c.propose, Reason: "cannot be written: " + cli.Reason(err), Remedy: "name a new file"}
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}
