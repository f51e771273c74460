package layout_test

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// publishedSample is a sample that an adapter ships, with its preset.
type publishedSample struct {
	name     string
	layout   *layout.Layout
	settings vendors.Settings
	data     []byte
	differs  bool // written otherwise, which the sample explains
}

func publishedSamples(t testing.TB) (list []publishedSample) {
	t.Helper()
	files, err := filepath.Glob("../*/testdata/samples/*/sample.yaml")
	require.NoError(t, err)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		var is struct {
			Differs  string
			Settings struct {
				Location, Length string
				Presets          []string
				Values           map[string]string
			}
		}
		require.NoError(t, yaml.Unmarshal(data, &is))
		s := publishedSample{name: file, differs: is.Differs != ""}
		s.settings.Values = is.Settings.Values
		s.settings.Location, err = time.LoadLocation(is.Settings.Location)
		require.NoError(t, err)
		s.settings.Length, err = wfm.ParseLength(is.Settings.Length)
		require.NoError(t, err)
		require.Len(t, is.Settings.Presets, 1)
		vendor := filepath.Dir(filepath.Dir(filepath.Dir(filepath.Dir(file))))
		text, err := os.ReadFile(filepath.Join(vendor, "layouts", is.Settings.Presets[0]+".yaml"))
		require.NoError(t, err)
		s.layout, err = layout.Parse(vendors.File{Name: is.Settings.Presets[0] + ".yaml", Data: text})
		require.NoError(t, err)
		s.data, err = os.ReadFile(filepath.Join(filepath.Dir(file), "sample.txt"))
		require.NoError(t, err)
		list = append(list, s)
	}
	require.Greater(t, len(list), 10)
	return list
}

// TestPublishedSamplesFit compares the published samples with the presets that were made from them.
func TestPublishedSamplesFit(t *testing.T) {
	for _, s := range publishedSamples(t) {
		report, err := layout.Compare(s.layout, s.settings, s.data)
		require.NoError(t, err)
		require.True(t, report.Fits(), "%s\n%s", s.name, report)
		require.Equal(t, report.Records, report.Fitting, s.name)
		require.NotZero(t, report.Records, s.name)
		rewritten := slices.ContainsFunc(report.Findings, func(f layout.Finding) bool { return f.Kind == layout.FoundRewritten })
		require.Equal(t, s.differs, rewritten, "%s\n%s", s.name, report)
	}
}

// damages are changes of a sample that any preset can suffer, each with the kind of finding that must name it. A damage that
// leaves the bytes as they are does not apply.
func damages() map[layout.FindingKind]func(s publishedSample) []byte {
	lines := func(f func(lines []string) []string) func(s publishedSample) []byte {
		return func(s publishedSample) []byte {
			return []byte(strings.Join(f(strings.SplitAfter(string(s.data), "\n")), ""))
		}
	}
	return map[layout.FindingKind]func(s publishedSample) []byte{
		layout.FoundEncoding: func(s publishedSample) []byte {
			wide := binary.LittleEndian.AppendUint16(nil, 0xFEFF)
			for _, u := range utf16.Encode([]rune(string(s.data))) {
				wide = binary.LittleEndian.AppendUint16(wide, u)
			}
			return wide
		},
		layout.FoundBOM: func(s publishedSample) []byte { return append([]byte("\xEF\xBB\xBF"), s.data...) },
		layout.FoundLineEnd: func(s publishedSample) []byte {
			return []byte(strings.ReplaceAll(strings.ReplaceAll(string(s.data), "\r\n", "\n"), "\n", "\r\n"))
		},
		layout.FoundTitleLines: lines(func(lines []string) []string { return append([]string{"Made by hand\n"}, lines...) }),
		layout.FoundStructure:  lines(func(lines []string) []string { return append(lines, "behind the end\n") }),
	}
}

// TestDamagedSamples damages every published sample in every way, which must be named, and what is proposed must make the
// damaged sample fit.
func TestDamagedSamples(t *testing.T) {
	proposed := map[layout.FindingKind]int{}
	for _, s := range publishedSamples(t) {
		for kind, damage := range damages() {
			data := damage(s)
			if string(data) == string(s.data) {
				continue
			}
			report, err := layout.Compare(s.layout, s.settings, data)
			require.NoError(t, err)
			require.False(t, report.Fits(), "%s, %s", s.name, kind)
			if kind != layout.FoundStructure { // a line at the end may be taken for a row or a title
				require.True(t, slices.ContainsFunc(report.Findings, func(f layout.Finding) bool { return f.Kind == kind }), "%s, %s\n%s", s.name, kind, report)
			}
			proposal, ok, err := layout.Propose(s.layout, s.settings, data)
			require.NoError(t, err)
			if !ok {
				continue
			}
			proposed[kind]++
			changed, err := layout.Parse(vendors.File{Name: "changed.yaml", Data: proposal.Layout})
			require.NoError(t, err)
			again, err := layout.Compare(changed, s.settings, data)
			require.NoError(t, err)
			require.True(t, again.Fits(), "%s, %s\n%s", s.name, kind, again)
		}
	}
	for _, kind := range []layout.FindingKind{layout.FoundEncoding, layout.FoundBOM, layout.FoundLineEnd, layout.FoundTitleLines} {
		require.Greater(t, proposed[kind], 8, kind)
	}
}

func TestCompareIsBounded(t *testing.T) {
	_, l, s, _ := readCompareCase(t, "testdata/compare/injixo-fits")
	var b strings.Builder
	b.WriteString("Queue;Date;Time;IncomingCalls;AnsweredCalls;AHT\n")
	for i := range 5000 {
		b.WriteString(strings.Repeat(";", i%200) + "\n")
	}
	report, err := layout.Compare(l, s, []byte(b.String()))
	require.NoError(t, err)
	require.LessOrEqual(t, len(report.Findings), 100)
	require.Positive(t, report.More)
	require.False(t, report.Fits())
	for _, f := range report.Findings {
		require.LessOrEqual(t, len(f.Lines), 10)
	}
	huge := make([]byte, 64<<20+1)
	report, err = layout.Compare(l, s, huge)
	require.NoError(t, err)
	require.Contains(t, report.String(), "more than 67108864")
	_, ok, err := layout.Propose(l, s, huge)
	require.NoError(t, err)
	require.False(t, ok)
}

func TestCompareNeedsSettings(t *testing.T) {
	text, err := os.ReadFile("../injixo/layouts/agent-statuses.yaml")
	require.NoError(t, err)
	l, err := layout.Parse(vendors.File{Name: "agent-statuses.yaml", Data: text})
	require.NoError(t, err)
	_, err = layout.Compare(l, vendors.Settings{}, []byte("{}"))
	require.ErrorContains(t, err, "integrationConfigurationId")
	_, err = layout.Compare(l, vendors.Settings{Values: map[string]string{"integrationConfigurationId": "1", "x": "y"}}, []byte("{}"))
	require.ErrorContains(t, err, `setting x`)
	report, err := layout.Compare(l, vendors.Settings{Values: map[string]string{"integrationConfigurationId": "1"}}, []byte("{}"))
	require.NoError(t, err)
	require.False(t, report.Fits())
}

// FuzzCompare: no sample makes Compare or Propose panic, reports are bounded, and what is proposed fits.
func FuzzCompare(f *testing.F) {
	dirs, err := filepath.Glob("testdata/compare/*/case.yaml")
	require.NoError(f, err)
	type target struct {
		l *layout.Layout
		s vendors.Settings
	}
	var targets []target
	for _, file := range dirs {
		_, l, s, sample := readCompareCase(f, filepath.Dir(file))
		targets = append(targets, target{l, s})
		f.Add(uint8(len(targets)-1), sample)
	}
	f.Fuzz(func(t *testing.T, which uint8, sample []byte) {
		if len(sample) > 4096 {
			return // slow, and no other paths
		}
		at := targets[int(which)%len(targets)]
		report, err := layout.Compare(at.l, at.s, sample)
		require.NoError(t, err)
		require.LessOrEqual(t, len(report.Findings), 100)
		require.LessOrEqual(t, report.Fitting, report.Records)
		require.NotEmpty(t, report.String())
		proposal, ok, err := layout.Propose(at.l, at.s, sample)
		require.NoError(t, err)
		require.False(t, ok && report.Fits())
		if !ok {
			return
		}
		changed, err := layout.Parse(vendors.File{Name: "changed.yaml", Data: proposal.Layout})
		require.NoError(t, err)
		again, err := layout.Compare(changed, at.s, sample)
		require.NoError(t, err)
		require.True(t, again.Fits(), "%s", again)
	})
}
