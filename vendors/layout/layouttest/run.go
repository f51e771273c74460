package layouttest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// Run runs every case below dir with encoders made by newEncoder.
func Run(t *testing.T, dir string, newEncoder func(vendors.Settings) (vendors.HistoricalEncoder, error)) {
	t.Helper()
	cases, err := filepath.Glob(filepath.Join(dir, "*", "case.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, cases, "no cases in %s", dir)
	for _, c := range cases {
		if strings.HasPrefix(filepath.Base(filepath.Dir(c)), realTimePrefix) {
			continue
		}
		t.Run(filepath.Base(filepath.Dir(c)), func(t *testing.T) { runCase(t, filepath.Dir(c), newEncoder) })
	}
}

func runCase(t *testing.T, dir string, newEncoder func(vendors.Settings) (vendors.HistoricalEncoder, error)) {
	c, err := readCase(dir)
	require.NoError(t, err)
	settings, err := c.Settings.settings(dir)
	require.NoError(t, err)
	enc, err := newEncoder(settings)
	if err != nil {
		checkError(t, c, err)
		return
	}
	var reports []wfm.Report
	for _, r := range c.Reports {
		report, err := r.report(settings, enc.Needs())
		require.NoError(t, err)
		reports = append(reports, report)
	}
	if !enc.Needs().WholeDays {
		// The host hands over one interval at a time; the files must not depend on that.
		checkOneByOne(t, enc, reports)
	}
	files, err := enc.EncodeHistorical(t.Context(), reports)
	if err != nil {
		checkError(t, c, err)
		return
	}
	require.Empty(t, c.Error, "an error is expected")
	checkCapabilities(t, c, enc)
	compareFiles(t, filepath.Join(dir, "expected"), files)
	if h, ok := vendors.Find[interface{ Codecs() []*layout.Codec }](enc); ok {
		for _, k := range h.Codecs() {
			readBack(t, k, files, c.Rewrite == nil || *c.Rewrite)
		}
	}
}

func checkError(t *testing.T, c caseFile, err error) {
	t.Helper()
	require.NotEmpty(t, c.Error, "unexpected error: %v", err)
	for _, part := range c.Error {
		require.ErrorContains(t, err, part)
	}
}

func checkOneByOne(t *testing.T, enc vendors.HistoricalEncoder, reports []wfm.Report) {
	t.Helper()
	all, err := enc.EncodeHistorical(t.Context(), reports)
	if err != nil {
		return // the caller looks at the error
	}
	byName := func(list []wfm.Artifact) map[string]wfm.Digest {
		m := map[string]wfm.Digest{}
		for _, a := range list {
			m[a.Name] = a.Digest()
		}
		return m
	}
	var single []wfm.Artifact
	for i := range reports {
		files, err := enc.EncodeHistorical(t.Context(), reports[i:i+1])
		require.NoError(t, err)
		single = append(single, files...)
	}
	require.Equal(t, byName(all), byName(single), "files depend on how intervals are handed over")
}

func checkCapabilities(t *testing.T, c caseFile, enc vendors.HistoricalEncoder) {
	t.Helper()
	if c.Repeat != "" {
		r, ok := vendors.Find[vendors.Repeater](enc)
		require.True(t, ok, "encoder has no policy for the repeated hour")
		require.Equal(t, c.Repeat, string(r.RepeatPolicy()))
	}
	if len(c.Advice) > 0 {
		a, ok := vendors.Find[vendors.Advisor](enc)
		require.True(t, ok, "encoder gives no advice")
		for _, part := range c.Advice {
			require.Contains(t, strings.Join(a.Advice(), "\n"), part)
		}
	}
}

// compareFiles compares the artifacts with the folder, or writes it.
func compareFiles(t *testing.T, dir string, files []wfm.Artifact) {
	t.Helper()
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		require.NoError(t, os.RemoveAll(dir))
		require.NoError(t, os.MkdirAll(dir, 0o755))
		for _, a := range files {
			require.Equal(t, filepath.Base(a.Name), a.Name, "golden cases need plain file names")
			require.NoError(t, os.WriteFile(filepath.Join(dir, a.Name), a.Bytes, 0o644))
		}
		return
	}
	var want, got []string
	entries, err := os.ReadDir(dir)
	if !os.IsNotExist(err) {
		require.NoError(t, err)
	}
	for _, e := range entries {
		want = append(want, e.Name())
	}
	for _, a := range files {
		got = append(got, a.Name)
	}
	slices.Sort(got)
	require.Equal(t, want, got, "names of the files")
	for _, a := range files {
		expected, err := os.ReadFile(filepath.Join(dir, a.Name))
		require.NoError(t, err)
		if diff := cmp.Diff(string(expected), string(a.Bytes)); diff != "" {
			t.Errorf("%s differs (-want +got):\n%s", a.Name, diff)
		}
	}
}

// readBack proves that a layout decodes what it encoded.
func readBack(t *testing.T, k *layout.Codec, files []wfm.Artifact, rewrite bool) {
	t.Helper()
	for _, a := range files {
		if a.Kind != k.Layout().Name() {
			continue
		}
		doc, err := k.Decode(a.Bytes)
		require.NoError(t, err, "read back %s", a.Name)
		rows := 0
		for _, s := range doc.Sections {
			rows += len(s.Rows)
		}
		require.Equal(t, a.Rows, rows, "rows of %s", a.Name)
		if again, err := k.AppendDocument(nil, doc); rewrite {
			require.NoError(t, err)
			require.Equal(t, string(a.Bytes), string(again), "written again: %s", a.Name)
		}
	}
}
