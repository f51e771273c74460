package cli

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/cicwfm/cicwfm/wfm"
)

// Progress shows how far a window has come: a bar on a terminal, a line for each tenth elsewhere.
type Progress struct {
	out    io.Writer
	bar    *progressbar.ProgressBar
	tenths int
}

// NewProgress makes a progress display on w, such as os.Stderr.
func NewProgress(w io.Writer) *Progress {
	p := &Progress{out: w}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.bar = progressbar.NewOptions64(1000, progressbar.OptionSetWriter(w), progressbar.OptionSetWidth(40),
			progressbar.OptionShowDescriptionAtLineEnd(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	}
	return p
}

// Show moves the display to an instant of the window.
func (p *Progress) Show(upTo time.Time, w wfm.Window) {
	share := float64(upTo.Sub(w.Start)) / float64(w.Duration())
	if p.bar != nil {
		p.bar.Describe(upTo.UTC().Format("2006-01-02 15:04Z"))
		_ = p.bar.Set64(int64(share * 1000)) // a bar that cannot be drawn must not stop the work
		return
	}
	if t := int(share * 10); t > p.tenths {
		p.tenths = t
		fmt.Fprintf(p.out, "%3d %%  up to %s\n", t*10, upTo.UTC().Format(time.RFC3339))
	}
}

// Done removes the bar.
func (p *Progress) Done() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
