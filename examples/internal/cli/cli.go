// Package cli holds what the example programs share: the process around them, reading zones, times, lists and secrets from
// the command line, opening databases, and showing progress.
//
// Its place in the flow: between a person and wfm/integration.
package cli

import (
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// Exit codes of the programs.
const (
	OK     = 0
	Failed = 1
	Usage  = 2
)

// Main is the process around a program: it ends the context on an interrupt or a request to end, and exits with the code of run.
func Main(run func(ctx context.Context, args []string, stdout, stderr io.Writer) int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// Values collects -set name=value.
type Values map[string]string

// String is empty: the values have no default.
func (v Values) String() string { return "" }

// Set takes one name=value.
func (v Values) Set(s string) error {
	name, value, ok := strings.Cut(s, "=")
	if !ok || name == "" {
		return errors.New("is not name=value")
	}
	v[name] = value
	return nil
}

// Zone reads an IANA zone name. Unlike time.LoadLocation it refuses the empty name and "Local",
// which mean something else on every machine.
func Zone(field, name string) (*time.Location, error) {
	if name != "" && !strings.EqualFold(name, "local") {
		if loc, err := time.LoadLocation(name); err == nil {
			return loc, nil
		}
	}
	return nil, wfm.Problem{Field: field, Value: name, Reason: "is not a time zone",
		Remedy: "use a name of the IANA database, such as Europe/Berlin or UTC"}
}

var wallLayouts = []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly}

// Time reads an instant: RFC 3339 with an offset or Z, or without one the wall clock of a zone. A
// wall-clock time that occurs twice is refused, since it could mean either, and so is one that the
// clock skips. A date alone is the start of that day, whatever the clock does then.
func Time(field, text string, zone *time.Location) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	for _, layout := range wallLayouts {
		wall, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		r := wfm.ResolveLocal(wall, zone)
		switch {
		case layout == time.DateOnly:
		case r.Kind == wfm.Twice:
			return time.Time{}, wfm.Problem{Field: field, Value: text, Reason: "occurs twice in " + zone.String(),
				Remedy: "write " + r.First.In(zone).Format(time.RFC3339) + " or " + r.Second.In(zone).Format(time.RFC3339)}
		case r.Kind == wfm.Never:
			return time.Time{}, wfm.Problem{Field: field, Value: text, Reason: "does not occur in " + zone.String() + ": the clocks go forward",
				Remedy: "write " + r.First.In(zone).Format(time.RFC3339) + ", where the skipped time ends"}
		}
		return r.First, nil
	}
	return time.Time{}, wfm.Problem{Field: field, Value: text, Reason: "is not a time",
		Remedy: "use 2026-03-29T08:00:00+02:00, 2026-03-29T06:00:00Z, or 2026-03-29T08:00 for the wall clock of -tz"}
}

// Workgroups reads A,B (a name with a comma in double quotes), @file with one name a line, or *
// for all, which is nil.
func Workgroups(field, text string) ([]wfm.Workgroup, error) {
	var names []string
	switch {
	case text == "*":
		return nil, nil
	case strings.HasPrefix(text, "@"):
		b, err := os.ReadFile(text[1:])
		if err != nil {
			return nil, wfm.Problem{Field: field, Value: text, Reason: "cannot be read: " + Reason(err), Remedy: "give the path of a text file with one workgroup a line"}
		}
		for line := range strings.Lines(strings.TrimPrefix(string(b), "\uFEFF")) {
			names = append(names, strings.TrimRight(line, "\r\n"))
		}
	default:
		r := csv.NewReader(strings.NewReader(text))
		r.LazyQuotes = !strings.HasPrefix(text, `"`)
		r.FieldsPerRecord = -1
		lines, err := r.ReadAll()
		if names = slices.Concat(lines...); err != nil {
			return nil, wfm.Problem{Field: field, Value: text, Reason: "is not a list of names", Remedy: `write A,B and put a name that holds a comma in double quotes: "Sales, North",B`}
		}
	}
	var list []wfm.Workgroup
	for _, n := range names {
		if n = strings.TrimSpace(n); n != "" {
			list = append(list, wfm.Workgroup(n))
		}
	}
	if len(list) == 0 {
		return nil, wfm.Problem{Field: field, Value: text, Reason: "names no workgroup", Remedy: "give names, @file, or * for all"}
	}
	return list, nil
}

// Secret takes a secret from a flag, or from a file so that it stays out of the process list.
func Secret(field, value, file string) (wfm.Secret, error) {
	switch {
	case value != "" && file != "":
		return wfm.Secret{}, wfm.Problem{Field: field, Reason: "is given twice", Remedy: "use " + field + " or " + field + "-file, not both"}
	case value != "":
		return wfm.NewSecret(value), nil
	case file == "":
		return wfm.Secret{}, wfm.Problem{Field: field, Reason: "is missing", Remedy: "give " + field + " or " + field + "-file"}
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return wfm.Secret{}, wfm.Problem{Field: field + "-file", Value: Shown(file), Reason: "cannot be read: " + Reason(err), Remedy: "give the path of a text file"}
	}
	text := strings.TrimSpace(strings.TrimPrefix(string(b), "\uFEFF"))
	if text == "" {
		return wfm.Secret{}, wfm.Problem{Field: field + "-file", Value: file, Reason: "is empty", Remedy: "write the value into it, on one line"}
	}
	return wfm.NewSecret(text), nil
}

// Shown is a value of the command line as a message may show it: nothing of what could be a
// connection string in the wrong place, since that holds a password.
func Shown(value string) string {
	if strings.Contains(value, "://") || strings.ContainsAny(value, "@=;") {
		return "(not shown)"
	}
	return value
}

// Reason strips the path from a file error; the message names it already.
func Reason(err error) string {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// Errors writes each problem on a line of its own, also those that were joined inside of a wfm.Error:
// each gets what that one knows.
func Errors(w io.Writer, program string, err error) {
	for _, e := range Problems(err) {
		fmt.Fprintf(w, "%s: %s\n", program, wfm.OneLine(e.Error()))
	}
}

// Problems returns the errors that were joined, also inside of a wfm.Error: each gets what that one knows.
func Problems(err error) (list []error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			list = append(list, Problems(e)...)
		}
		return list
	}
	if whole, ok := err.(*wfm.Error); ok {
		if inner := Problems(whole.Err); len(inner) > 1 {
			for _, e := range inner {
				part := *whole
				part.Err = e
				list = append(list, &part)
			}
			return list
		}
	}
	return []error{err}
}

// Parse reads flags. A flag that cannot be read is one error, without the usage text that the flag
// package would print; asked for help it prints the usage and returns flag.ErrHelp.
func Parse(fs *flag.FlagSet, args []string, usage string, out io.Writer) error {
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	err := fs.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(out, usage)
		fs.SetOutput(out)
		fs.PrintDefaults()
	case err != nil:
		return fmt.Errorf("%w; see -h", err)
	}
	return err
}
