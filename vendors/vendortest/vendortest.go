package vendortest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/conform"
)

// Harness is the adapter under test. Historical, RealTime or both must be given.
type Harness struct {
	// Historical makes an encoder, as vendors.Entry has it.
	Historical func(vendors.Settings) (vendors.HistoricalEncoder, error)
	// RealTime makes a real-time encoder, as vendors.Entry has it.
	RealTime func(vendors.RTASettings) (vendors.RTAEncoder, error)
	// Settings are those that a feed of the adapter needs, such as required values, and a Length for an adapter
	// that does not take each: the zero value is 15 minutes. The cases about names
	// replace Location, Length and RepeatedHour; lengths and policies that Historical refuses are left out.
	// They prove the presets that they name, else the default ones: run the kit for each preset that is none of these.
	Settings vendors.Settings
	// RTASettings are the same of the real-time feed. Its status map should have codes for the statuses
	// Available, At Lunch and Follow Up, or for their activities. The kit fills Names for its own
	// agents where Identify is mapped, and replaces Level.
	RTASettings vendors.RTASettings
	// Decode reads a file back as the product would: all rows in order. Nil where nothing does; then
	// hostile names are judged by lines and delimiters alone. It gets the encoder that the kit uses.
	Decode func(vendors.HistoricalEncoder, wfm.Artifact) ([]Row, error)
	// Figures say what a field must show of the record that its row is about, by the name of the field.
	// They need Decode, with Workgroup, Agent and Media filled in rows.
	Figures map[string]func(wfm.Record) string
	// Unsupported are the cases that do not suit the product, each with the reason. The names are those that Cases gives and
	// failures begin with, such as "historical formulas".
	Unsupported map[string]string
}

// For is the harness of a registry's entry, with settings that are empty: fill in what the adapter needs.
func For(e vendors.Entry) Harness { return Harness{Historical: e.Historical, RealTime: e.RealTime} }

// Run is Check with a subtest for each case; a skipped one prints why.
func Run(t *testing.T, h Harness) {
	t.Helper()
	conform.Run(t, Cases(h))
}

// Check runs all cases and returns what failed, joined, each with the rule that it breaks; nil
// means that every rule holds. It needs no testing.T. See Cases for those that are skipped.
func Check(ctx context.Context, h Harness) error { return conform.Check(ctx, Cases(h)) }

// Cases returns the cases of an adapter. One that is declared unsupported, or does not apply, returns a conform.Skip.
func Cases(h Harness) []conform.Case {
	k := &kit{Harness: h}
	list := k.generalCases()
	if h.Historical != nil {
		list = append(list, k.historicalCases()...)
	}
	if h.RealTime != nil {
		list = append(list, k.realTimeCases()...)
	}
	known := map[string]bool{}
	for i, c := range list {
		known[c.Name] = true
		list[i].Run = k.unlessDeclared(c)
	}
	return append(list, conform.Case{Name: "harness", Rule: "the harness has a module, and each case that it declares unsupported exists and has a reason",
		Run: func(context.Context) error { return k.checkHarness(known) }})
}

// kit is the harness with what the cases share.
type kit struct{ Harness }

// unlessDeclared runs a case that is declared unsupported too: a declaration that is not needed hides the next fault.
func (k *kit) unlessDeclared(c conform.Case) func(context.Context) error {
	reason, declared := k.Unsupported[c.Name]
	if !declared {
		return c.Run
	}
	return func(ctx context.Context) error {
		err := c.Run(ctx)
		var skip conform.Skip
		switch {
		case err == nil:
			return errors.New("is declared unsupported (" + reason + ") and holds; remove the declaration")
		case errors.As(err, &skip):
			return err
		}
		return conform.Skip{Reason: "unsupported: " + reason}
	}
}

func (k *kit) checkHarness(known map[string]bool) error {
	var problems []error
	if k.Historical == nil && k.RealTime == nil {
		problems = append(problems, errors.New("neither Historical nor RealTime is set"))
	}
	if len(k.Figures) > 0 && k.Decode == nil {
		problems = append(problems, errors.New("the Figures need Decode"))
	}
	for _, name := range slices.Sorted(maps.Keys(k.Unsupported)) {
		// The cases of a module that this harness lacks may be declared: harnesses share declarations.
		if !known[name] && !slices.ContainsFunc(slices.Concat(k.historicalCases(), k.realTimeCases()), func(c conform.Case) bool { return c.Name == name }) {
			problems = append(problems, fmt.Errorf("the declaration Unsupported names %s, which is no case; names are written with blanks, as vendortest.Cases gives them",
				wfm.Quote(name)))
		}
		if k.Unsupported[name] == "" {
			problems = append(problems, fmt.Errorf("the declaration Unsupported gives no reason for %s", wfm.Quote(name)))
		}
	}
	return errors.Join(problems...)
}

// historical makes an encoder by the harness's settings.
func (k *kit) historical() (vendors.HistoricalEncoder, error) {
	enc, err := k.Historical(k.Settings)
	switch {
	case err != nil:
		return nil, fmt.Errorf("the constructor Historical refuses Harness.Settings, whose Length is %s; set them as a feed of the adapter has them: %w",
			k.Settings.Length, err)
	case enc == nil:
		return nil, errors.New("the constructor Historical returns neither an encoder nor an error")
	}
	return enc, nil
}

// realTime makes a real-time encoder by the harness's settings.
func (k *kit) realTime() (vendors.RTAEncoder, error) {
	enc, err := k.RealTime(k.rtaSettings())
	switch {
	case err != nil:
		return nil, fmt.Errorf("the constructor RealTime refuses Harness.RTASettings; set them as a feed of the adapter has them: %w", err)
	case enc == nil:
		return nil, errors.New("the constructor RealTime returns neither an encoder nor an error")
	}
	return enc, nil
}
