package layout_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// compareCase is case.yaml of a folder of testdata/compare, beside sample (the bytes), report.txt (what Compare must say) and,
// where Propose must find something, proposal.txt (its words and the lines of the layout that it changes).
type compareCase struct {
	About    string            `yaml:"about"`
	Layout   string            `yaml:"layout"` // below vendors, or layout.yaml of the case
	Zone     string            `yaml:"zone"`
	Interval string            `yaml:"interval"`
	Values   map[string]string `yaml:"values"`
	// Kinds are kinds of findings that the report must have, for the reader of the case.
	Kinds []layout.FindingKind `yaml:"kinds"`
}

func TestCompare(t *testing.T) {
	list, err := filepath.Glob("testdata/compare/*/case.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, list)
	for _, file := range list {
		dir := filepath.Dir(file)
		t.Run(filepath.Base(dir), func(t *testing.T) { compareOne(t, dir) })
	}
}

func readCompareCase(t testing.TB, dir string) (c compareCase, l *layout.Layout, s vendors.Settings, sample []byte) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "case.yaml"))
	require.NoError(t, err)
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	require.NoError(t, dec.Decode(&c))
	require.NotEmpty(t, c.About)
	path := filepath.Join("..", c.Layout)
	if c.Layout == "layout.yaml" {
		path = filepath.Join(dir, c.Layout)
	}
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	l, err = layout.Parse(vendors.File{Name: filepath.Base(path), Data: text})
	require.NoError(t, err)
	s = vendors.Settings{Length: wfm.HalfHour, Values: c.Values, Location: time.UTC}
	if c.Interval != "" {
		s.Length, err = wfm.ParseLength(c.Interval)
		require.NoError(t, err)
	}
	if c.Zone != "" {
		s.Location, err = time.LoadLocation(c.Zone)
		require.NoError(t, err)
	}
	sample, err = os.ReadFile(filepath.Join(dir, "sample"))
	require.NoError(t, err)
	return c, l, s, sample
}

func compareOne(t *testing.T, dir string) {
	c, l, s, sample := readCompareCase(t, dir)
	report, err := layout.Compare(l, s, sample)
	require.NoError(t, err)
	var kinds []layout.FindingKind
	for _, f := range report.Findings {
		kinds = append(kinds, f.Kind)
	}
	require.Subset(t, kinds, c.Kinds, "%s", report)
	checkFile(t, filepath.Join(dir, "report.txt"), report.String())

	proposal, ok, err := layout.Propose(l, s, sample)
	require.NoError(t, err)
	said := ""
	if ok {
		changed, err := layout.Parse(vendors.File{Name: "changed.yaml", Data: proposal.Layout})
		require.NoError(t, err)
		again, err := layout.Compare(changed, s, sample)
		require.NoError(t, err)
		require.True(t, again.Fits(), "%s", again)
		require.GreaterOrEqual(t, again.Records, report.Records)
		require.Equal(t, again.Records, again.Fitting)
		said = proposal.String() + "\n" + changedLines(t, l, proposal.Layout)
	}
	checkFile(t, filepath.Join(dir, "proposal.txt"), said)
}

// changedLines shows the lines of a layout that differ, without those that the YAML writer breaks elsewhere.
func changedLines(t *testing.T, l *layout.Layout, changed []byte) string {
	t.Helper()
	before, err := l.Text()
	require.NoError(t, err)
	old, fresh := map[string]int{}, map[string]int{}
	for line := range strings.Lines(string(before)) {
		old[line]++
	}
	for line := range strings.Lines(string(changed)) {
		fresh[line]++
	}
	var b strings.Builder
	for line := range strings.Lines(string(before)) {
		if fresh[line] == 0 {
			b.WriteString("-" + line)
		}
	}
	for line := range strings.Lines(string(changed)) {
		if old[line] == 0 {
			b.WriteString("+" + line)
		}
	}
	return b.String()
}

// checkFile compares a text with a file of a case, which is not there where the text is empty.
func checkFile(t *testing.T, file, got string) {
	t.Helper()
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		if got == "" {
			require.NoError(t, os.RemoveAll(file))
			return
		}
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(file)
	if !os.IsNotExist(err) {
		require.NoError(t, err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", filepath.Base(file), diff)
	}
}
