package aspect

import "github.com/cicwfm/cicwfm/vendors"

// New makes the historical encoder of a feed. The error joins every problem of the settings.
func New(s vendors.Settings) (vendors.HistoricalEncoder, error) {
	e, err := Entry()
	if err != nil {
		return nil, err
	}
	return e.Historical(s)
}
