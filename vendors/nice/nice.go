package nice

import (
	"embed"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout"
)

//go:embed layouts/*.yaml
var layouts embed.FS

// Entry is the adapter for a registry. The error can only come from a broken preset.
func Entry() (vendors.Entry, error) {
	return layout.NewEntry(vendors.Info{
		Name:     "nice",
		Title:    "NICE IEX WFM",
		Products: []string{"NICE IEX WFM", "IEX TotalView"},
	}, layouts)
}

// New makes the encoder of a feed. The error joins every problem of the settings.
func New(s vendors.Settings) (vendors.HistoricalEncoder, error) {
	e, err := Entry()
	if err != nil {
		return nil, err
	}
	return e.Historical(s)
}

// NewRealTime makes the real-time encoder of a feed. The error joins every problem of the settings.
func NewRealTime(s vendors.RTASettings) (vendors.RTAEncoder, error) {
	e, err := Entry()
	if err != nil {
		return nil, err
	}
	return e.RealTime(s)
}
