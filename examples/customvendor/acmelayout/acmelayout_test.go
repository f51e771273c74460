package acmelayout_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/examples/customvendor/acmelayout"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout"
	"github.com/cicwfm/cicwfm/vendors/vendortest"
	"github.com/cicwfm/cicwfm/wfm"
)

// TestAdapter proves the rules, and with the reader that layouts bring that files and frames are read back.
func TestAdapter(t *testing.T) {
	entry, err := acmelayout.Entry()
	require.NoError(t, err)
	h := vendortest.For(entry)
	h.Decode = decode
	h.Figures = map[string]func(wfm.Record) string{
		"Calls": func(r wfm.Record) string { return fmt.Sprint(r.Counts.Get(wfm.NEnteredAcd)) },
		"AHT": func(r wfm.Record) string {
			if seconds, ok := wfm.AHT.Of(r.Counts).Scaled(0); ok {
				return fmt.Sprint(seconds)
			}
			return "" // blank where nothing was answered, as the layout says
		},
	}
	t.Run("bare", func(t *testing.T) { vendortest.Run(t, h) })
	t.Run("wrapped", func(t *testing.T) { vendortest.Run(t, vendortest.Wrapped(h)) })
}

// decode reads a file with the layout that wrote it. The encoder may be wrapped, so what it can do is found, not asserted.
func decode(enc vendors.HistoricalEncoder, a wfm.Artifact) (rows []vendortest.Row, err error) {
	h, _ := vendors.Find[*layout.Historical](enc)
	doc, err := h.Codecs()[0].Decode(a.Bytes)
	if err != nil {
		return nil, err
	}
	for _, r := range doc.Sections[0].Rows {
		queue, _ := r.Field("Queue")
		row := vendortest.Row{Workgroup: wfm.Workgroup(queue.Text)}
		for _, f := range r.Fields {
			row.Fields = append(row.Fields, vendortest.Field{Name: f.Name, Text: f.Text})
		}
		rows = append(rows, row)
	}
	return rows, nil
}
