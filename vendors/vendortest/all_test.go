package vendortest_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/all"
	"github.com/cicwfm/cicwfm/vendors/layout"
	"github.com/cicwfm/cicwfm/vendors/vendortest"
	"github.com/cicwfm/cicwfm/wfm"
)

// statuses map what the kit's agents do to codes that every product takes.
func statuses() vendors.StatusMap {
	return vendors.StatusMap{ByActivity: map[wfm.AgentActivity]vendors.Code{wfm.AgentAvailable: {Code: "10"}, wfm.AgentAfterCall: {Code: "30"},
		wfm.AgentUnavailable: {Code: "50", Reason: "1"}, wfm.AgentACDTalk: {Code: "20"}, wfm.AgentLoggedOff: {Code: "99"}}, Unmapped: vendors.SkipUnmapped}
}

// required are the settings of presets that have no default, by vendor and preset.
func required() map[string]map[string]string {
	number := map[string]string{"integrationConfigurationId": "8431"}
	return map[string]map[string]string{"injixo agent-statuses": number, "injixo contact-events": number}
}

// unsupported is what holds for all adapters of this library.
func unsupported() map[string]string {
	return map[string]string{"historical formulas": "WFM products import the files and match names with their own; an apostrophe would make another name"}
}

// TestEveryAdapter runs the kit on every preset of every adapter, bare and wrapped.
func TestEveryAdapter(t *testing.T) {
	registry, err := all.Registry()
	require.NoError(t, err)
	for _, name := range registry.Names() {
		entry, err := registry.Entry(name)
		require.NoError(t, err)
		for _, p := range entry.Info.Presets {
			h := vendortest.Harness{Unsupported: unsupported()}
			values := required()[name+" "+p.Name]
			if p.Module == "rta" {
				h.RealTime = entry.RealTime
				h.RTASettings = vendors.RTASettings{Preset: p.Name, Statuses: statuses(), Values: values}
			} else {
				h.Historical = entry.Historical
				h.Settings = vendors.Settings{Presets: []string{p.Name}, Values: values}
				h.Decode = decodeLayout
			}
			for kind, h := range map[string]vendortest.Harness{"bare": h, "wrapped": vendortest.Wrapped(h)} {
				t.Run(name+" "+p.Name+" "+kind, func(t *testing.T) {
					t.Parallel()
					if testing.Short() && (kind == "wrapped" || !p.Default) {
						t.Skip("-short: the default presets alone, bare; a year of names takes its time")
					}
					vendortest.Run(t, h)
				})
			}
		}
	}
}

// TestSignOns runs the kit on an adapter that shows who was signed on, which no preset does unless a setting says so.
func TestSignOns(t *testing.T) {
	registry, err := all.Registry()
	require.NoError(t, err)
	entry, err := registry.Entry("nice")
	require.NoError(t, err)
	s := vendors.Settings{Values: map[string]string{"signOnReport": "write", "signOutReason": "status"}}
	enc, err := entry.Historical(s)
	require.NoError(t, err)
	require.NotZero(t, enc.Needs().SignOns)
	h := vendortest.Harness{Unsupported: unsupported(), Historical: entry.Historical, Settings: s, Decode: decodeLayout}
	for kind, h := range map[string]vendortest.Harness{"bare": h, "wrapped": vendortest.Wrapped(h)} {
		t.Run(kind, func(t *testing.T) {
			if testing.Short() && kind == "wrapped" {
				t.Skip("-short: bare alone; a year of names takes its time")
			}
			vendortest.Run(t, h)
		})
	}
}

// decodeLayout reads a file with the layout that wrote it. That the same bytes come of what was read proves that nothing is lost.
func decodeLayout(enc vendors.HistoricalEncoder, a wfm.Artifact) ([]vendortest.Row, error) {
	h, ok := vendors.Find[interface{ Codecs() []*layout.Codec }](enc)
	if !ok {
		return nil, errors.New("the encoder is not made of layouts")
	}
	for _, k := range h.Codecs() {
		if k.Layout().Name() != a.Kind {
			continue
		}
		doc, err := k.Decode(a.Bytes)
		if err != nil {
			return nil, err
		}
		again, err := k.AppendDocument(nil, doc)
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(a.Bytes, again) {
			return nil, fmt.Errorf("%q is written again as %q", a.Bytes, again)
		}
		var rows []vendortest.Row
		for _, s := range doc.Sections {
			for _, r := range s.Rows {
				var row vendortest.Row
				for _, f := range r.Fields {
					row.Fields = append(row.Fields, vendortest.Field{Name: f.Name, Text: f.Text})
				}
				rows = append(rows, row)
			}
		}
		return rows, nil
	}
	return nil, fmt.Errorf("no layout is of kind %q", a.Kind)
}
