package vendortest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the zones of the cases on machines without a zone database, such as Windows
	"unicode"
	"unicode/utf8"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
)

// lengths are all interval lengths.
func lengths() []wfm.Length { return []wfm.Length{wfm.Quarter, wfm.HalfHour, wfm.Hour, wfm.Day} }

// zones are those whose nights of the clock change differ: by an hour at 2 and at midnight, by half an hour, with offsets of half an hour and of
// three quarters, and one of three quarters that never changes.
func zones() []string {
	return []string{"Europe/Berlin", "America/Havana", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Chatham", "Asia/Kathmandu"}
}

// year is the one whose names are made.
func year(loc *time.Location) wfm.Window {
	return wfm.Window{Start: time.Date(2026, 1, 1, 0, 0, 0, 0, loc).UTC(), End: time.Date(2027, 1, 1, 0, 0, 0, 0, loc).UTC()}
}

func (k *kit) namesOfAYear(ctx context.Context) error {
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return err
	}
	return k.eachLength(loc, "", func(w *walk) error { return w.over(ctx, year(loc)) })
}

func (k *kit) clockChanges(ctx context.Context) error {
	var problems []error
	for _, zone := range zones() {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			return err
		}
		for _, policy := range []vendors.RepeatPolicy{"", vendors.RepeatSum, vendors.RepeatTwo, vendors.RepeatRefuse, vendors.RepeatDistinct} {
			err := k.eachLength(loc, policy, func(w *walk) error {
				around := 6 * time.Hour
				if w.needs.WholeDays {
					around = 26 * time.Hour // the day begins in the span
				}
				for _, span := range changes(loc, around) {
					if err := w.over(ctx, span); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				problems = append(problems, err)
			}
		}
	}
	return some(problems)
}

// changes are the spans of the year around a clock change, and the turn of the year.
func changes(loc *time.Location, around time.Duration) []wfm.Window {
	span := year(loc)
	list := []wfm.Window{{Start: span.Start, End: span.Start.Add(around)}}
	for t := span.Start; ; {
		_, next := t.In(loc).ZoneBounds()
		if next.IsZero() || !next.Before(span.End) {
			return list
		}
		list = append(list, wfm.Window{Start: next.Add(-around).UTC(), End: next.Add(around).UTC()})
		t = next
	}
}

// eachLength walks with an encoder for each interval length that the adapter takes. An empty policy is the adapter's own;
// another one must be taken over, or is left out.
func (k *kit) eachLength(loc *time.Location, policy vendors.RepeatPolicy, do func(*walk) error) error {
	var problems, refused []error
	for _, length := range lengths() {
		s := k.Settings
		own := vendors.RepeatPolicy("")
		if policy != "" {
			own = k.ownPolicy(loc, length)
		}
		s.Location, s.Length = loc, length
		if policy != "" {
			s.RepeatedHour = policy
		}
		enc, err := k.Historical(s)
		if err != nil {
			refused = append(refused, err)
			continue
		}
		has := policyOf(enc)
		if policy != "" && (has != policy || has == own) {
			continue // not taken over, or walked already
		}
		w := &walk{enc: enc, grid: wfm.Grid{Length: length, Location: loc}, policy: has, needs: enc.Needs(), names: map[string]wfm.Window{}}
		w.sample = makeReport(w.needs, wfm.Window{}, usual, plain(1))
		if err := do(w); err != nil {
			problems = append(problems, fmt.Errorf("%s, %s, repeated hour %s: %w", loc, length, has, err))
		}
	}
	if policy == "" && len(refused) == len(lengths()) {
		problems = append(problems, fmt.Errorf("every interval length is refused: %w", refused[0]))
	}
	return errors.Join(problems...)
}

// policyOf is what the host takes as the policy for the repeated hour.
func policyOf(enc vendors.HistoricalEncoder) vendors.RepeatPolicy {
	if r, ok := vendors.Find[vendors.Repeater](enc); ok {
		return r.RepeatPolicy()
	}
	return vendors.RepeatDistinct
}

// ownPolicy is the policy that the adapter has by the harness's settings.
func (k *kit) ownPolicy(loc *time.Location, length wfm.Length) vendors.RepeatPolicy {
	s := k.Settings
	s.Location, s.Length = loc, length
	enc, err := k.Historical(s)
	if err != nil {
		return ""
	}
	return policyOf(enc)
}

// walk plays the host: it hands over interval by interval, or day by day, and keeps every name.
type walk struct {
	enc    vendors.HistoricalEncoder
	grid   wfm.Grid
	policy vendors.RepeatPolicy
	needs  wfm.Needs
	names  map[string]wfm.Window // of each folded name, what it stands for
	kinds  []string              // that the first period had
	sample wfm.Report            // whose records all reports share
}

// handover is what the host gives to the encoder at once.
type handover struct {
	reports []wfm.Report
	covers  []wfm.Window // the intervals
	refuse  bool         // holds the second occurrence of an interval under the policy refuse
}

func (w *walk) over(ctx context.Context, span wfm.Window) error {
	for h := range w.handovers(span) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := w.hand(ctx, h); err != nil {
			return err
		}
	}
	return nil
}

// handovers cuts a span as the host does. Whole days are those that begin in it.
func (w *walk) handovers(span wfm.Window) iter.Seq[handover] {
	return func(yield func(handover) bool) {
		if !w.needs.WholeDays {
			for slot := range w.grid.Slots(span) {
				var h handover
				w.add(&h, slot)
				if len(h.reports) > 0 && !yield(h) {
					return
				}
			}
			return
		}
		for day := range (wfm.Grid{Length: wfm.Day, Location: w.grid.Location}).Slots(span) {
			var h handover
			for slot := range w.grid.Slots(day) {
				w.add(&h, slot)
			}
			if len(h.reports) > 0 && !yield(h) {
				return
			}
		}
	}
}

// add makes the report of an interval, as the policy for the repeated hour wants it.
func (w *walk) add(h *handover, slot wfm.Window) {
	_, second, repeats := w.grid.Repeat(slot)
	isSecond := repeats && slot.Start.Equal(second.Start)
	if isSecond && w.policy == vendors.RepeatSum {
		return // is in the report of the first
	}
	r := w.sample
	r.Interval = slot
	if w.needs.Activity {
		r.Activity = []wfm.Activity{makeActivity(slot, plain(1))}
	}
	if w.needs.SignOns > 0 {
		r.SignOns = makeSignOns(slot, plain(1))
	}
	r.Begun, r.Ended = nil, nil
	addContacts(&r, w.needs, slot, usual, plain(1))
	if repeats && w.policy == vendors.RepeatSum {
		sum(&r, second)
	}
	h.refuse = h.refuse || isSecond && w.policy == vendors.RepeatRefuse
	h.reports, h.covers = append(h.reports, r), append(h.covers, slot)
}

func (w *walk) hand(ctx context.Context, h handover) error {
	files, err := w.enc.EncodeHistorical(ctx, h.reports)
	at := h.covers[0]
	switch {
	case h.refuse && err == nil:
		return fmt.Errorf("the period of %s has a second occurrence (wfm.Grid.Repeat), which the policy is to refuse, and is written; return an error", at)
	case h.refuse:
		return nil
	case err != nil:
		return fmt.Errorf("%s: %w", at, err)
	}
	var kinds []string
	for _, f := range files {
		folded := strings.ToLower(f.Name)
		if other, taken := w.names[folded]; taken {
			return fmt.Errorf("the file of %s is named %s, as is that of %s: one would replace the other%s", at, wfm.Quote(f.Name), other, w.apart(at))
		}
		w.names[folded] = f.Interval
		if !slices.Contains(kinds, f.Kind) {
			kinds = append(kinds, f.Kind)
		}
	}
	if w.kinds == nil {
		w.kinds = kinds
	}
	if len(w.kinds) == 0 {
		return fmt.Errorf("%s has figures in everything that Needs names and gives no file", at)
	}
	for _, kind := range w.kinds {
		for _, slot := range h.covers {
			if !slices.ContainsFunc(files, func(f wfm.Artifact) bool { return f.Kind == kind && f.Interval.Contains(slot.Start) }) {
				return fmt.Errorf("%s is in no file of kind %s: its figures are lost", slot, wfm.Quote(kind))
			}
		}
	}
	return nil
}

// apart says what to do about two files of one name, where they are those of the repeated hour.
func (w *walk) apart(at wfm.Window) string {
	if _, _, repeats := w.grid.Repeat(at); !repeats || w.needs.WholeDays {
		return ""
	}
	return "; their wall-clock time is the same: be a vendors.Repeater, or name them apart"
}

func (k *kit) safeNames(ctx context.Context) error {
	loc := k.Settings.Location
	if loc == nil {
		loc = time.UTC
	}
	start := time.Date(2026, 11, 30, 0, 0, 0, 0, loc).UTC()
	return k.eachLength(loc, "", func(w *walk) error {
		for h := range w.handovers(wfm.Window{Start: start, End: start.Add(48 * time.Hour)}) {
			files, err := w.enc.EncodeHistorical(ctx, h.reports)
			if err != nil {
				return err
			}
			for _, f := range files {
				if err := errors.Join(deliverable(f.Name), portable(f.Name)); err != nil {
					return fmt.Errorf("name %s %w", wfm.Quote(f.Name), err)
				}
			}
		}
		return nil
	})
}

// deliverable holds what no transport can mend.
func deliverable(name string) error {
	const most = 255 // bytes, the limit of common file systems
	switch {
	case name == "" || name == "." || name == "..":
		return errors.New("is none of a file")
	case !utf8.ValidString(name):
		return errors.New("is not valid UTF-8")
	case strings.ContainsFunc(name, unicode.IsControl):
		return errors.New("holds a control character")
	case len(name) > most:
		return fmt.Errorf("is longer than %d bytes", most)
	}
	return nil
}

// portable holds what a transport would have to escape, so that the product would look for another name.
func portable(name string) error {
	if i := strings.IndexAny(name, `/\:*?"<>|`); i >= 0 {
		return fmt.Errorf("holds %q, which Windows or Linux does not permit", name[i])
	}
	if name != strings.Trim(name, ". ") {
		return errors.New("begins or ends with a full stop or blank, which Windows drops and Linux hides")
	}
	base, _, _ := strings.Cut(strings.ToUpper(name), ".")
	base = strings.TrimRight(base, " ")
	device := slices.Contains([]string{"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}, base)
	if port := strings.TrimPrefix(strings.TrimPrefix(base, "COM"), "LPT"); port != base && utf8.RuneCountInString(port) == 1 {
		device = device || strings.Contains("0123456789¹²³", port)
	}
	if device {
		return errors.New("is a device on Windows")
	}
	return nil
}
