package vendortest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/conform"
)

func (k *kit) historicalCases() []conform.Case {
	return []conform.Case{
		{Name: "historical needs", Rule: "Needs asks for something, is the same in every call and of every encoder", Run: k.withFiles(k.needs)},
		{Name: "historical declared", Rule: "nothing that Needs does not name is read: a host fills in no more", Run: k.withFiles(k.declared)},
		{Name: "historical determinism", Rule: "the same reports give the same names and bytes in every goroutine, by every encoder and whatever was written before",
			Run: k.withFiles(k.determinism)},
		{Name: "historical input", Rule: "reports are neither changed nor kept", Run: k.withFiles(k.input)},
		{Name: "historical output", Rule: "artifacts belong to the caller, who may keep and change them", Run: k.withFiles(k.output)},
		{Name: "historical fields", Rule: "an artifact has a kind, the interval that it covers, its number of rows and a key (kind, interval, part) of its own",
			Run: k.withFiles(k.fields)},
		{Name: "historical days", Rule: "the file of a day has one name, kind, interval and part, whichever intervals of the day are known", Run: k.withFiles(k.days)},
		{Name: "historical revisions", Rule: "a revision shows in Artifact.Revision and perhaps in names, never in bytes", Run: k.withFiles(k.revisions)},
		{Name: "historical empty", Rule: "a report without records gives no artifact or one without rows, and no error", Run: k.withFiles(k.empty)},
		{Name: "historical missing", Rule: "a value that is missing, zero or undefined is refused or written as the product wants it, never as a number that nobody counted",
			Run: k.withFiles(k.missing)},
		{Name: "historical cancelled", Rule: "under a context that ended, EncodeHistorical returns its error or everything, never a part", Run: k.withFiles(k.cancelled)},
		{Name: "historical safe names", Rule: "names stand as they are on Windows and Linux: see delivery.SafeName", Run: k.safeNames},
		{Name: "historical names of a year", Rule: "no two files of a year have one name, letter case aside, at any interval length", Run: k.namesOfAYear},
		{Name: "historical clock changes", Rule: "where the clocks go back or forth nothing is overwritten or lost, under every policy for the repeated hour that the adapter takes",
			Run: k.clockChanges},
		{Name: "historical hostile names", Rule: "no name of CIC breaks a record, adds a field, or makes a file name that cannot be written", Run: k.withFiles(k.hostileFiles)},
		{Name: "historical formulas", Rule: "in a file that a spreadsheet would open, no field that comes from a name begins like a formula", Run: k.withFiles(k.formulas)},
		{Name: "historical decode", Rule: "what was written is read back: every row, with the figures of its record", Run: k.withFiles(k.decode)},
		{Name: "historical simulated day", Rule: "a day of a contact centre is written whole: every interval, in order or not", Run: k.simulatedDay},
	}
}

// withFiles gives a case an encoder.
func (k *kit) withFiles(run func(context.Context, vendors.HistoricalEncoder) error) func(context.Context) error {
	return func(ctx context.Context) error {
		enc, err := k.historical()
		if err != nil {
			return err
		}
		return run(ctx, enc)
	}
}

func (k *kit) needs(ctx context.Context, enc vendors.HistoricalEncoder) error {
	first := enc.Needs()
	if !slices.ContainsFunc([]wfm.Grain{wfm.GrainQueue, wfm.GrainAgent, wfm.GrainAgentQueue, wfm.GrainActivity, wfm.GrainBegun, wfm.GrainEnded}, first.Wants) {
		return errors.New("the method Needs asks for nothing")
	}
	if _, err := enc.EncodeHistorical(ctx, k.sample(enc)); err != nil {
		return err
	}
	other, err := k.historical()
	if err != nil {
		return err
	}
	for _, again := range []wfm.Needs{enc.Needs(), other.Needs()} {
		if !reflect.DeepEqual(needsOf(first), needsOf(again)) {
			return fmt.Errorf("the answer of Needs is %v first and %v then", needsOf(first), needsOf(again))
		}
	}
	return nil
}

// needsOf shows needs as values that compare.
func needsOf(n wfm.Needs) map[string]any {
	m := map[string]any{"activity": n.Activity, "sign-ons": n.SignOns, "contacts begun": n.Begun, "contacts ended": n.Ended, "whole days": n.WholeDays}
	for _, g := range []wfm.Grain{wfm.GrainQueue, wfm.GrainAgent, wfm.GrainAgentQueue} {
		m[g.String()] = fmt.Sprint(n.For(g).Counters.List(), n.For(g).MediaList())
	}
	return m
}

// declared fills in everything beside what was asked for, and looks whether it shows.
func (k *kit) declared(ctx context.Context, enc vendors.HistoricalEncoder) error {
	want, err := enc.EncodeHistorical(ctx, k.sample(enc))
	if err != nil {
		return err
	}
	needs := enc.Needs()
	more := needs
	var every []wfm.Counter
	for c := range wfm.Counters() {
		every = append(every, c)
	}
	for _, c := range []*wfm.Columns{&more.Queue, &more.Agent, &more.AgentQueue} {
		c.Counters = wfm.NewCounterSet(every...)
	}
	more.Activity, more.SignOns, more.Begun, more.Ended = true, max(more.SignOns, 24*time.Hour), true, true
	got, err := enc.EncodeHistorical(ctx, k.sampleOf(more, usual, plain(1), plain(2), plain(3)))
	if err != nil {
		return err
	}
	if err := sameFiles(want, got); err != nil {
		return fmt.Errorf("a report with more than Needs names is written otherwise; name in Needs what is read: %w", err)
	}
	return nil
}

func (k *kit) determinism(ctx context.Context, enc vendors.HistoricalEncoder) error {
	// Two versions of each of several inputs: what is remembered of one shows in the other.
	var inputs [][]wfm.Report
	for i := range 4 {
		inputs = append(inputs, k.sampleOf(enc.Needs(), func(c wfm.Counter, seed int) int64 { return usual(c, seed+i) }, plain(1), plain(2+i%2)))
	}
	var want [][]wfm.Artifact
	for _, in := range inputs {
		fresh, err := k.historical()
		if err != nil {
			return err
		}
		files, err := fresh.EncodeHistorical(ctx, clone(in))
		if err != nil {
			return err
		}
		want = append(want, cloneFiles(files))
	}
	return errors.Join(conform.Parallel(8, func(worker int) error {
		for i := range 8 {
			n := (i*3 + worker) % len(inputs)
			files, err := enc.EncodeHistorical(ctx, inputs[n])
			if err != nil {
				return err
			}
			if err := sameFiles(want[n], files); err != nil {
				return err
			}
		}
		return nil
	})...)
}

func (k *kit) input(ctx context.Context, enc vendors.HistoricalEncoder) error {
	in := k.sample(enc)
	before := clone(in)
	files, err := enc.EncodeHistorical(ctx, in)
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(before, in) {
		return errors.New("the reports were changed")
	}
	want := cloneFiles(files)
	scribble(in)
	if err := sameFiles(want, files); err != nil {
		return fmt.Errorf("the reports were changed after the call, and the artifacts with them: %w", err)
	}
	again, err := enc.EncodeHistorical(ctx, before)
	if err != nil {
		return err
	}
	if err := sameFiles(want, again); err != nil {
		return fmt.Errorf("reports of an earlier call were changed, and a later one shows it: %w", err)
	}
	return nil
}

func (k *kit) output(ctx context.Context, enc vendors.HistoricalEncoder) error {
	files, err := enc.EncodeHistorical(ctx, k.sample(enc))
	if err != nil {
		return err
	}
	want := cloneFiles(files)
	if _, err := enc.EncodeHistorical(ctx, k.sampleOf(enc.Needs(), all(3), plain(4), plain(5), plain(6))); err != nil {
		return err
	}
	if err := sameFiles(want, files); err != nil {
		return fmt.Errorf("a later call changed the artifacts of an earlier one; give each its own bytes: %w", err)
	}
	for i := range files {
		for j := range files[i].Bytes {
			files[i].Bytes[j] = '#'
		}
		files[i].Bytes = append(files[i].Bytes, "appended by the caller"...)
		files[i] = wfm.Artifact{Bytes: files[i].Bytes}
	}
	again, err := enc.EncodeHistorical(ctx, k.sample(enc))
	if err != nil {
		return err
	}
	if err := sameFiles(want, again); err != nil {
		return fmt.Errorf("the caller changed artifacts, and a later call shows it: %w", err)
	}
	return nil
}

func (k *kit) fields(ctx context.Context, enc vendors.HistoricalEncoder) error {
	reports := k.sample(enc)
	files, err := enc.EncodeHistorical(ctx, reports)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return errors.New("reports with figures in everything that Needs names give no artifact")
	}
	period := k.period(reports)
	keys := map[string]bool{}
	var problems []error
	rows := 0
	for _, f := range files {
		fail := func(format string, args ...any) {
			problems = append(problems, fmt.Errorf("artifact %s "+format, append([]any{wfm.Quote(f.Name)}, args...)...))
		}
		if f.Kind == "" {
			fail("has no kind")
		}
		if !f.Interval.Start.Before(f.Interval.End) || f.Interval.Start.Before(period.Start) || f.Interval.End.After(period.End) {
			fail("covers %s, which is not in %s, the period that was handed over", f.Interval, period)
		}
		if f.Rows < 0 {
			fail("has %d rows", f.Rows)
		}
		if f.Revision < 1 {
			fail("has revision %d; the first one is 1", f.Revision)
		}
		key := fmt.Sprint(f.Kind, f.Interval.Start.Unix(), f.Interval.End.Unix(), f.Part)
		if keys[key] {
			fail("has kind, interval and part of another one; number them by Part")
		}
		keys[key] = true
		rows += f.Rows
	}
	if rows == 0 {
		problems = append(problems, errors.New("no artifact counts its rows, though there were records to write"))
	}
	return errors.Join(problems...)
}

// period is what reports that are handed over together may be about: a whole day where they are one's.
func (k *kit) period(reports []wfm.Report) wfm.Window {
	w := wfm.Window{Start: reports[0].Interval.Start, End: reports[len(reports)-1].Interval.End}
	if len(reports) > 1 {
		w = wfm.Grid{Length: wfm.Day, Location: k.Settings.Location}.Slot(w.Start)
	}
	return w
}

func (k *kit) revisions(ctx context.Context, enc vendors.HistoricalEncoder) error {
	var first []wfm.Artifact
	for i, revision := range []int{1, 2, 11} {
		reports := k.sample(enc)
		for j := range reports {
			reports[j].Revision = revision
		}
		files, err := enc.EncodeHistorical(ctx, reports)
		if err != nil {
			return err
		}
		if i == 0 {
			first = files
			continue
		}
		if len(files) != len(first) {
			return fmt.Errorf("revision %d gives %d artifacts, revision 1 gives %d", revision, len(files), len(first))
		}
		for j := range files {
			if err := sameBytes(first[j].Bytes, files[j].Bytes); err != nil {
				return fmt.Errorf("artifact %s of revision %d: %w", wfm.Quote(files[j].Name), revision, err)
			}
			if files[j].Revision <= first[j].Revision {
				return fmt.Errorf("artifact %s of a report of revision %d has revision %d, and %d at revision 1", wfm.Quote(files[j].Name), revision,
					files[j].Revision, first[j].Revision)
			}
		}
	}
	return nil
}
