package integration

import (
	"log/slog"
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// Status is a snapshot of the service.
type Status struct {
	Feeds    []FeedStatus
	RealTime []RealTimeStatus
	// Servers is the health of the CIC servers of the real-time feeds; nil before Run.
	Servers []rta.ServerHealth
}

// FeedStatus is a snapshot of one historical feed. Times are UTC.
type FeedStatus struct {
	Name string
	// Destination is its name where the feed has several: each has a status of its own.
	Destination string
	Module      string // historical
	Vendor      string
	// Watermark is the end of the last interval of the unbroken run that was dealt with.
	Watermark time.Time
	// Working is the window being worked on and Reached how far it has come; both are zero at rest.
	Working wfm.Window
	Reached time.Time
	// Next is when the feed acts next; zero while it works.
	Next time.Time
	// Delivered, Skipped, Restated and Withheld count artifacts since the service was made.
	Delivered, Skipped, Restated, Withheld int
	// Gaps are the latest intervals that were not sent because their figures are not known, oldest
	// first, at most 100. One that is delivered later leaves the list.
	Gaps []Gap
	// Diagnostics counts remarks about the data by kind since the service was made; the remarks
	// themselves are logged.
	Diagnostics map[string]int
	// LastError is the failure that the feed is waiting out, empty when all is well.
	LastError string
	Licence   []LicenceStatus
	Lease     LeaseStatus
}

// LeaseStatus says which instance runs a feed; zero without leases.
type LeaseStatus struct {
	Holder string // an instance and a part that tells its processes apart
	Ours   bool
	Token  int64
	Until  time.Time // as this instance last heard
	// Error is why the ledger could not be asked.
	Error string
}

func leaseStatus(l ledger.Lease, ours bool, err error) LeaseStatus {
	if err != nil {
		return LeaseStatus{Error: wfm.OneLine(err.Error())}
	}
	return LeaseStatus{Holder: l.Holder, Ours: ours, Token: l.Token, Until: l.Until.UTC()}
}

// tellLease logs who runs a feed, each change once.
func tellLease(log *slog.Logger, before, now LeaseStatus) {
	switch {
	case now.Error != "" && now.Error != before.Error:
		log.Error("the ledger cannot say which instance runs the feed", "error", now.Error)
	case now.Ours && !before.Ours:
		log.Info("this instance runs the feed", "holder", now.Holder, "lease", now.Token)
	case now.Holder != "" && !now.Ours && now.Holder != before.Holder:
		log.Info("another instance runs the feed", "holder", now.Holder, "until", now.Until)
	}
}

func (s *Service) leaseTold(f *feed, l ledger.Lease, ours bool, err error) {
	f.mu.Lock()
	before := f.status.Lease
	f.status.Lease = leaseStatus(l, ours, err)
	now := f.status.Lease
	f.mu.Unlock()
	tellLease(s.log.With(f.attrs()...), before, now)
}

// LicenceStatus says whether a server may feed the module, and why not.
type LicenceStatus struct{ Server, State, Reason string }

// Status returns a snapshot. It does not wait for feeds at work.
func (s *Service) Status() Status {
	var st Status
	now := s.set.Load()
	for _, f := range now.feeds {
		f.mu.Lock()
		c := f.status
		if !c.Working.IsZero() {
			c.Next = time.Time{}
		}
		c.Gaps = slices.Clone(c.Gaps)
		c.Licence = slices.Clone(c.Licence)
		c.Diagnostics = make(map[string]int, len(f.status.Diagnostics))
		for k, n := range f.status.Diagnostics {
			c.Diagnostics[k] = n
		}
		f.mu.Unlock()
		st.Feeds = append(st.Feeds, c)
	}
	for _, f := range now.realTime {
		st.RealTime = append(st.RealTime, f.snapshot())
	}
	if stream := s.stream.Load(); stream != nil {
		st.Servers = stream.Health()
	}
	return st
}

const gapsShown = 100

func (f *feed) working(w wfm.Window) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status.Working, f.status.Reached = w, w.Start
}

func (f *feed) rest() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status.Working, f.status.Reached = wfm.Window{}, time.Time{}
}

func (f *feed) progressed(to time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status.Reached = to
}

func (f *feed) idle(next time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status.Next, f.status.LastError = next.UTC(), ""
}

func (f *feed) failed(err error, next time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status.Next, f.status.LastError = next.UTC(), err.Error()
}

// settled counts an outcome.
func (f *feed) settled(o Outcome) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch o.Action {
	case Delivered:
		f.status.Delivered++
	case Skipped:
		f.status.Skipped++
	case Restated:
		f.status.Restated++
	case Withheld:
		f.status.Withheld++
	}
}

// gapsOf keeps the list of gaps: those of a period replace what was known of it.
func (f *feed) gapsOf(per *period) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status.Gaps = slices.DeleteFunc(f.status.Gaps, func(g Gap) bool { return per.window.Contains(g.Interval.Start) })
	f.status.Gaps = append(f.status.Gaps, per.gaps...)
	slices.SortFunc(f.status.Gaps, func(a, b Gap) int { return a.Interval.Start.Compare(b.Interval.Start) })
	if n := len(f.status.Gaps); n > gapsShown {
		f.status.Gaps = slices.Clone(f.status.Gaps[n-gapsShown:])
	}
}

// noted logs the remarks of a report, each once however often the interval is read.
func (f *feed) noted(r *wfm.Report, log *slog.Logger) {
	for _, d := range f.remark(r.Diagnostics) {
		log.Warn("remark about the data", append(f.attrs(), "interval", r.Interval, "kind", d.Kind.String(), "remark", d.String())...)
	}
}

// remarksKept bounds what is remembered of remarks; they may be said again then.
const remarksKept = 10_000

// remark counts the remarks that are new and returns them.
func (f *feed) remark(list []wfm.Diagnostic) (fresh []wfm.Diagnostic) {
	if len(list) == 0 {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.status.Diagnostics == nil {
		f.status.Diagnostics = map[string]int{}
	}
	if len(f.remarks) > remarksKept {
		clear(f.remarks)
	}
	for _, d := range list {
		text := d.String()
		if f.remarks[text] {
			continue // said when the interval was read before
		}
		f.remarks[text] = true
		f.status.Diagnostics[d.Kind.String()]++
		fresh = append(fresh, d)
	}
	return fresh
}
