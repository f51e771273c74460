package vendortest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/conform"
)

// Row is one data row of a file as the product reads it.
type Row struct {
	// Workgroup, Agent and Media say which record the row is about; Figures need them. They are empty where a
	// row has none, as the record's.
	Workgroup wfm.Workgroup
	Agent     wfm.AgentID
	Media     wfm.MediaType
	// Fields are all fields in order, without quotes and padding.
	Fields []Field
}

// Field is one field of a row by its name in the layout.
type Field struct{ Name, Text string }

// decode reads files back and holds each figure against its record.
func (k *kit) decode(ctx context.Context, enc vendors.HistoricalEncoder) error {
	if k.Decode == nil {
		return conform.Skip{Reason: "Harness.Decode is not set: nothing reads the files back"}
	}
	var problems []error
	seen := map[string]bool{}
	for name, reports := range map[string][]wfm.Report{
		"usual values": k.sample(enc),
		"zeros":        k.sampleOf(enc.Needs(), all(0), plain(1), plain(2)),
		"large values": k.sampleOf(enc.Needs(), all(86_400), plain(1)),
		"no records":   k.sampleOf(enc.Needs(), usual),
	} {
		files, err := enc.EncodeHistorical(ctx, reports)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
			continue
		}
		for _, f := range files {
			rows, err := k.Decode(enc, f)
			if err != nil {
				problems = append(problems, fmt.Errorf("%s: artifact %s: %w", name, wfm.Quote(f.Name), err))
				continue
			}
			if len(rows) != f.Rows {
				problems = append(problems, fmt.Errorf("%s: artifact %s counts %d rows, and %d are read", name, wfm.Quote(f.Name), f.Rows, len(rows)))
			}
			for _, row := range rows {
				if err := k.checkFigures(reports, row, seen); err != nil {
					problems = append(problems, fmt.Errorf("%s: artifact %s: %w", name, wfm.Quote(f.Name), err))
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(k.Figures)) {
		if !seen[name] {
			problems = append(problems, fmt.Errorf("no file has the field %s of Figures", wfm.Quote(name)))
		}
	}
	return errors.Join(problems...)
}

func (k *kit) checkFigures(reports []wfm.Report, row Row, seen map[string]bool) error {
	var rec *wfm.Record
	for _, f := range row.Fields {
		figure, ok := k.Figures[f.Name]
		if !ok {
			continue
		}
		seen[f.Name] = true
		if rec == nil {
			if rec = recordOf(&reports[0], row); rec == nil {
				return fmt.Errorf("the row of workgroup %s and agent %s is about no record", wfm.Quote(string(row.Workgroup)), wfm.Quote(string(row.Agent)))
			}
		}
		if want := figure(*rec); want != f.Text {
			return fmt.Errorf("field %s of workgroup %s and agent %s holds %s instead of %s", wfm.Quote(f.Name), wfm.Quote(string(row.Workgroup)),
				wfm.Quote(string(row.Agent)), wfm.Quote(f.Text), wfm.Quote(want))
		}
	}
	return nil
}

// recordOf finds the record of a row. All reports of a sample have the same records.
func recordOf(r *wfm.Report, row Row) *wfm.Record {
	for _, list := range [][]wfm.Record{r.Queues, r.Agents, r.AgentQueues} {
		for i := range list {
			if list[i].Workgroup == row.Workgroup && list[i].Agent == row.Agent && list[i].Media.Is(row.Media) {
				return &list[i]
			}
		}
	}
	return nil
}
