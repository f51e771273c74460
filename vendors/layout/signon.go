package layout

import (
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// signOnSpan is how far back from the end of the file sign-ons are listed.
const signOnSpan = 24 * time.Hour

// latest leaves the last report of a file: its sign-ons cover the end of the file, and repeat those of the reports before it.
func latest(reports []wfm.Report) []wfm.Report {
	return reports[max(len(reports)-1, 0):]
}

// fillSignOn makes the row of a span of being logged in. One whose log-on is not known sorts before all others.
func (r *row) fillSignOn(s *wfm.SignOn) {
	r.at = time.Unix(0, 0)
	r.agent, r.key, r.window = string(s.Agent), string(s.Reason), wfm.Window{Start: s.In, End: s.Out}
}

// signOnSources are what a column of grain sign-ons can show beside the agent and the times of the file.
func signOnSources() []source {
	grains := []grain{grainSignOns}
	return []source{
		instant(source{name: "signIn", grains: grains, open: true, at: func(r *row) time.Time { return r.window.Start }}),
		instant(source{name: "signOut", grains: grains, open: true, at: func(r *row) time.Time { return r.window.End }}),
		{name: "signOutStatus", grains: grains, text: func(r *row) string { return r.key }},
	}
}

// writeOpen leaves a column blank where its time is not there.
func writeOpen(write func([]byte, *scratch, *row) ([]byte, error), src source) func([]byte, *scratch, *row) ([]byte, error) {
	return func(dst []byte, s *scratch, r *row) ([]byte, error) {
		if src.time(r, time.UTC).IsZero() {
			return dst, nil
		}
		return write(dst, s, r)
	}
}
