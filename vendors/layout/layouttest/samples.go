package layouttest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// sampleFile is sample.yaml.
type sampleFile struct {
	About    string       `yaml:"about"`
	Source   string       `yaml:"source"` // where the sample is published
	Settings settingsFile `yaml:"settings"`
}

// RunSamples reads the published samples below dir with encoders made by newEncoder, compares what is read, and writes
// it again, which must give the bytes of the sample. Each is a folder:
//
//	<dir>/<sample>/sample.yaml   where it is from, and the settings with one preset
//	<dir>/<sample>/sample.txt    the bytes of the sample
//	<dir>/<sample>/decoded.txt   what is read
func RunSamples(t *testing.T, dir string, newEncoder func(vendors.Settings) (vendors.HistoricalEncoder, error)) {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(dir, "*", "sample.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, list, "no samples in %s", dir)
	for _, file := range list {
		folder := filepath.Dir(file)
		t.Run(filepath.Base(folder), func(t *testing.T) { runSample(t, folder, newEncoder) })
	}
}

func runSample(t *testing.T, dir string, newEncoder func(vendors.Settings) (vendors.HistoricalEncoder, error)) {
	var s sampleFile
	data, err := os.ReadFile(filepath.Join(dir, "sample.yaml"))
	require.NoError(t, err)
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	require.NoError(t, dec.Decode(&s))
	require.NotEmpty(t, s.Source, "a sample needs its source")
	settings, err := s.Settings.settings(dir)
	require.NoError(t, err)
	enc, err := newEncoder(settings)
	require.NoError(t, err)
	codecs := Codecs(t, enc)
	require.Len(t, codecs, 1, "name one preset")

	sample, err := os.ReadFile(filepath.Join(dir, "sample.txt"))
	require.NoError(t, err)
	doc, err := codecs[0].Decode(sample)
	require.NoError(t, err)
	compareText(t, filepath.Join(dir, "decoded.txt"), documentText(doc))

	again, err := codecs[0].AppendDocument(nil, doc)
	require.NoError(t, err)
	require.Equal(t, string(sample), string(again), "what was read is not written as it was")
}

func absentKind(f layout.Field) string {
	if f.Kind == layout.TimeField {
		return "time"
	}
	return "number"
}

// documentText shows a document field by field.
func documentText(d layout.Document) string {
	var b strings.Builder
	for _, s := range d.Sections {
		fmt.Fprintf(&b, "section %s\n", s.Name)
		for _, r := range s.Rows {
			fmt.Fprintf(&b, "line %d\n", r.Line)
			for _, f := range r.Fields {
				switch {
				case f.Absent:
					fmt.Fprintf(&b, "\t%s: no %s (%q)\n", f.Name, absentKind(f), f.Text)
				case f.Kind == layout.NumberField:
					fmt.Fprintf(&b, "\t%s: %de-%d\n", f.Name, f.Number, f.Decimals)
				case f.Kind == layout.TimeField:
					fmt.Fprintf(&b, "\t%s: %s\n", f.Name, f.Time.Format(time.RFC3339))
				default:
					fmt.Fprintf(&b, "\t%s: %q\n", f.Name, f.Text)
				}
			}
		}
	}
	return b.String()
}

// compareText compares a text with a file, or writes it.
func compareText(t *testing.T, file, got string) {
	t.Helper()
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", filepath.Base(file), diff)
	}
}
