package integration

import (
	"context"
	"log/slog"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// Action says what became of an artifact.
type Action string

// What becomes of an artifact.
const (
	// Delivered: the first version of its period.
	Delivered Action = "delivered"
	// Skipped: the ledger says that these very bytes were delivered before.
	Skipped Action = "skipped"
	// Restated: content that changed, delivered again under a new revision.
	Restated Action = "restated"
	// Withheld: content changed, and the product takes no restatement; for a person to decide.
	Withheld Action = "withheld"
)

// level is that of the log: each look at an interval that has not changed is a skip, and a version that is
// withheld wants a person, who is told once.
func (a Action) level() slog.Level {
	switch a {
	case Skipped:
		return slog.LevelDebug
	case Withheld:
		return slog.LevelWarn
	}
	return slog.LevelInfo
}

// Outcome is what became of one artifact.
type Outcome struct {
	Feed string
	// Destination is its name; empty for a feed with one.
	Destination string
	Artifact    wfm.Artifact
	Digest      wfm.Digest
	Action      Action
	Receipt     delivery.Receipt
}

// settle delivers the files of a period, each exactly once in effect. It returns the outcomes as
// far as it got.
func (s *Service) settle(ctx context.Context, f *feed, per period) ([]Outcome, error) {
	if len(per.files) == 0 {
		return nil, nil
	}
	known, err := s.known(ctx, f, per)
	if err != nil {
		return nil, err
	}
	files, next := per.files, restatement(per.files, known)
	if next > 1 {
		// A file name may show the revision, so the files are made once more under it.
		for i := range per.reports {
			per.reports[i].Revision = next
		}
		if files, err = f.Encoder.EncodeHistorical(ctx, per.reports); err != nil {
			return nil, err
		}
		if err := sameBytes(per.files, files); err != nil {
			return nil, err
		}
	}
	var out []Outcome
	for _, a := range files {
		o, err := s.settleOne(ctx, f, a, known[identity(a)], next)
		if err != nil {
			return out, err
		}
		out = append(out, o)
		level := slog.LevelDebug
		if f.past.settled(o) {
			level = o.Action.level()
		}
		s.log.Log(ctx, level, "artifact "+string(o.Action), append(f.attrs(), "name", o.Artifact.Name, "interval", o.Artifact.Interval,
			"revision", o.Artifact.Revision, "bytes", len(o.Artifact.Bytes), "sha256", o.Digest, "where", o.Receipt.Where)...)
		if s.o.Observe != nil {
			s.o.Observe(o)
		}
	}
	return out, nil
}

// part identifies the successive versions of one file.
type part struct {
	kind   string
	period wfm.Window
	number int
}

func identity(a wfm.Artifact) part { return part{a.Kind, utc(a.Interval), a.Part} }

// utc makes windows of the same instants equal, whatever zone an encoder shows them in.
func utc(w wfm.Window) wfm.Window {
	return wfm.Window{Start: w.Start.UTC().Round(0), End: w.End.UTC().Round(0)}
}

// known returns the newest ledger entry of each file of a period.
func (s *Service) known(ctx context.Context, f *feed, per period) (map[part]ledger.Entry, error) {
	latest := map[part]ledger.Entry{}
	for e, err := range f.ledger.Entries(ctx, f.key, per.window) {
		if err != nil {
			return nil, err
		}
		id := part{e.Key.Kind, utc(e.Key.Period), e.Key.Part}
		if old, ok := latest[id]; !ok || e.Key.Revision > old.Key.Revision {
			latest[id] = e
		}
	}
	return latest, nil
}

// restatement returns the revision under which changed files of a period go out; 1 where none has
// changed.
func restatement(files []wfm.Artifact, known map[part]ledger.Entry) int {
	next := 1
	for _, a := range files {
		if e, ok := known[identity(a)]; ok && e.Digest != a.Digest() {
			next = max(next, e.Key.Revision+1)
		}
	}
	return next
}

// sameBytes holds an encoder to its contract: the revision may show in a name, never in the bytes,
// or every look would be a restatement.
func sameBytes(first, again []wfm.Artifact) error {
	if len(first) != len(again) {
		return wfm.Problem{Field: "artifacts", Reason: "differ in number between two revisions of the same figures"}
	}
	for i := range first {
		if first[i].Digest() != again[i].Digest() {
			return wfm.Problem{Field: "artifact", Value: again[i].Name, Reason: "has bytes that depend on the revision",
				Remedy: "show the revision in the file name only"}
		}
	}
	return nil
}

// settleOne decides about one file, given its newest ledger entry and the revision under which the
// files were made, and delivers it.
func (s *Service) settleOne(ctx context.Context, f *feed, a wfm.Artifact, e ledger.Entry, next int) (Outcome, error) {
	digest := a.Digest()
	o := Outcome{Feed: f.Name, Destination: f.destination, Artifact: a, Digest: digest, Action: Delivered}
	switch {
	case e.Status == 0:
		o.Artifact.Revision = next
		return o, s.send(ctx, f, &o, e)
	case e.Digest == digest && e.Status == ledger.Delivered:
		o.Artifact.Revision, o.Action, o.Receipt = e.Key.Revision, Skipped, e.Receipt
		return o, nil
	case e.Digest == digest: // an attempt that was cut off
		o.Artifact.Revision = e.Key.Revision
		o.Artifact.Name = e.Key.Name
	case e.Status == ledger.Delivered && !restates(f):
		o.Artifact.Revision, o.Action = e.Key.Revision, Withheld
		return o, nil
	default:
		// What was begun and never confirmed does not withhold: for all we know it never arrived, and
		// what nobody sends is lost.
		o.Artifact.Revision = next
	}
	if o.Artifact.Revision > 1 && restates(f) {
		o.Action = Restated
	}
	return o, s.send(ctx, f, &o, e)
}
