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
	// Delivered, Skipped, Restated and Withheld count artifacts since the service was made, through all changes by Update
	// that leave the names of feed and destination. An artifact is skipped at each look at it; a version that is withheld counts once.
	Delivered, Skipped, Restated, Withheld int
	// Gaps are the latest intervals that were not sent because their figures are not known, oldest
	// first, at most 100. One that is delivered later leaves the list.
	Gaps []Gap
	// Diagnostics counts remarks about the data by kind since the service was made; the remarks
	// themselves are logged.
	Diagnostics map[string]int
	// LastError is the failure that the feed is waiting out, empty when all is well.
	LastError string
	// Refused says that the feed may not run, because none of its servers is licensed; the licence is asked for again at Next.
	Refused bool
	Licence []LicenceStatus
	Lease   LeaseStatus
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
		c.Licence = slices.Clone(c.Licence)
		f.mu.Unlock()
		f.past.show(&c)
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

// noted logs the remarks of a report, each once however often the interval is read.
func (f *feed) noted(r *wfm.Report, log *slog.Logger) {
	for _, d := range f.past.remark(r.Diagnostics) {
		log.Warn("remark about the data", append(f.attrs(), "interval", r.Interval, "kind", d.Kind.String(), "remark", d.String())...)
	}
}
