package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/all"
	"github.com/cicwfm/cicwfm/vendors/layout"
	"github.com/cicwfm/cicwfm/wfm"
)

// try runs the program in this process.
func try(t testing.TB, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, &out, &errs)
	return code, out.String(), errs.String()
}

const published = "Queue;Date;Time;IncomingCalls;AnsweredCalls;AHT\nMy Inbound Queue;25/05/2020;08:00;15;14;230\n"

func sampleFile(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sample.csv")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	return path
}

func TestFits(t *testing.T) {
	code, stdout, stderr := try(t, "-vendor", "injixo", "-sample", sampleFile(t, published))
	require.Zero(t, code, stderr)
	require.Equal(t, "the sample fits layout contact\n1 of 1 records can be read\n", stdout)
	require.Contains(t, stderr, "presets, contact is most like the sample")
}

func TestDoesNotFitAndProposes(t *testing.T) {
	sample := sampleFile(t, strings.ReplaceAll(strings.ReplaceAll(published, ";", "\t"), "25/05/2020", "2020-05-25"))
	changed := filepath.Join(t.TempDir(), "changed.yaml")
	args := []string{"-vendor", "injixo", "-preset", "contact", "-sample", sample, "-propose", changed}
	code, stdout, stderr := try(t, args...)
	require.Equal(t, 1, code, stderr)
	require.Contains(t, stdout, `delimiter: another character parts the columns; expected ";"; found "TAB"`)
	require.Contains(t, stdout, `date form of column Date`)
	require.Contains(t, stdout, "a changed layout makes the sample fit:")

	code, stdout, stderr = try(t, "-layout", changed, "-sample", sample)
	require.Zero(t, code, stdout+stderr)
	data, err := os.ReadFile(changed)
	require.NoError(t, err)
	require.Contains(t, string(data), "# Contact data per interval", "comments stay")

	code, _, stderr = try(t, args...)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "name a new file", "a file that exists is not replaced")
}

func TestNoProposal(t *testing.T) {
	code, stdout, _ := try(t, "-vendor", "injixo", "-preset", "contact", "-sample", sampleFile(t, published+"My Inbound Queue;25/05/2020;08:30;15\n"))
	require.Equal(t, 1, code)
	require.Contains(t, stdout, "line 3: column count: the row has 4 columns instead of 6")
	require.Contains(t, stdout, "no change of the layout was found that makes the sample fit")
}

func TestJSON(t *testing.T) {
	code, stdout, _ := try(t, "-vendor", "injixo", "-preset", "contact", "-json", "-sample", sampleFile(t, strings.ReplaceAll(published, ";230", ";230512")))
	require.Equal(t, 1, code)
	var r result
	require.NoError(t, json.Unmarshal([]byte(stdout), &r))
	require.False(t, r.Fits)
	require.Len(t, r.Report.Findings, 1)
	require.Equal(t, layout.FoundUnit, r.Report.Findings[0].Kind)
	require.Equal(t, "milliseconds", r.Report.Findings[0].Found)
	require.NotEmpty(t, r.Changes)
	require.Contains(t, r.Proposal, "unit: milliseconds")
}

func TestWrongUsage(t *testing.T) {
	sample := sampleFile(t, published)
	for args, want := range map[string]string{
		"":                                    "-vendor",
		"-vendor nobody -sample " + sample:    "is not known",
		"-vendor injixo":                      "-sample is missing",
		"-vendor injixo -sample no-such-file": "cannot be read",
		"-vendor injixo -preset x -sample " + sample:                `-preset "x" is no preset of injixo`,
		"-vendor injixo -tz local -sample " + sample:                "-tz",
		"-vendor injixo -interval 7m -sample " + sample:             "7m",
		"-vendor injixo -preset contact -set a -sample " + sample:   "name=value",
		"-vendor injixo -preset contact -set a=b -sample " + sample: "is in no layout",
		"-vendor injixo -preset agent-statuses -sample " + sample:   "integrationConfigurationId",
		"-vendor injixo extra -sample " + sample:                    "extra",
		"-layout no-such-file -sample " + sample:                    "cannot be read",
		"-vendor injixo -no-such-flag":                              "no-such-flag",
	} {
		code, stdout, stderr := try(t, strings.Fields(args)...)
		require.Equal(t, 2, code, args)
		require.Contains(t, stderr, want, args)
		require.Empty(t, stdout, args)
	}
	code, _, stderr := try(t, "-h")
	require.Zero(t, code)
	require.Contains(t, stderr, "-propose")
}

func TestSchema(t *testing.T) {
	code, stdout, _ := try(t, "-schema")
	require.Zero(t, code)
	require.True(t, json.Valid([]byte(stdout)))
	require.Equal(t, string(layout.Schema()), stdout)
}

// required are the settings without a default of all presets.
func required() map[string]string {
	return map[string]string{"integrationConfigurationId": "1"}
}

// TestOwnOutputFits compares what every preset of every product writes with the preset itself: nothing may be found but remarks.
func TestOwnOutputFits(t *testing.T) {
	registry, err := all.Registry()
	require.NoError(t, err)
	zone, err := cli.Zone("zone", "Europe/Berlin")
	require.NoError(t, err)
	c := config{zone: zone}
	shown := 0
	for _, name := range registry.Names() {
		entry, err := registry.Entry(name)
		require.NoError(t, err)
		for _, preset := range entry.Info.Presets {
			for _, length := range []wfm.Length{wfm.Quarter, wfm.HalfHour, wfm.Hour} {
				t.Run(name+"/"+preset.Name+"/"+length.String(), func(t *testing.T) {
					c.vendor, c.preset, c.length, c.values = name, preset.Name, length, map[string]string{}
					found, err := c.candidate(entry, preset)
					if err != nil {
						c.values = required()
						found, err = c.candidate(entry, preset)
					}
					require.NoError(t, err)
					for _, sample := range samplesOf(t, &c, found) {
						report, err := layout.Compare(found.layout, found.settings, sample)
						require.NoError(t, err)
						require.True(t, report.Fits(), "%s\n%s", report, sample)
						require.Equal(t, report.Records, report.Fitting)
						shown += report.Records
					}
				})
			}
		}
	}
	require.Greater(t, shown, 500)
}

// samplesOf is what a preset writes.
func samplesOf(t *testing.T, c *config, found candidate) (list [][]byte) {
	t.Helper()
	switch encoder := found.encoder.(type) {
	case vendors.HistoricalEncoder:
		r, err := c.interval(encoder.Needs())
		require.NoError(t, err)
		files, err := encoder.EncodeHistorical(t.Context(), []wfm.Report{r})
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, f := range files {
			list = append(list, f.Bytes)
		}
	case vendors.RTAEncoder:
		require.NoError(t, previewFrames(io.Discard, "", encoder))
		var all wfm.Frames
		ann, bob := sampleStates()
		require.NoError(t, encoder.NewSession().AppendSnapshot(&all, sampleTime(), []wfm.AgentState{ann, bob}))
		require.NotEmpty(t, all.Bytes)
		list = append(list, all.Bytes)
	}
	return list
}

func TestPreview(t *testing.T) {
	code, stdout, stderr := try(t, "-vendor", "verint", "-preset", "call", "-preview", "-tz", "Europe/Berlin")
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "--- verint_call_stats_report_2025_03_03_10.00.txt, 8 rows")
	require.Contains(t, stdout, "03/03/2025 10:00-10:30  Sales ")

	code, stdout, stderr = try(t, "-vendor", "verint", "-preset", "event", "-preview")
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "28|ann||2025-03-03T10:00:05Z|2|Sales||||0\n")
	require.Contains(t, stdout, "27|bob||2025-03-03T10:00:08Z|27|||||0\n")

	code, stdout, stderr = try(t, "-vendor", "injixo", "-preset", "contact-single", "-preview", "-tz", "Europe/Berlin")
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "--- injixo_contact-single_20250303_1000.csv, 8 rows")
	require.Regexp(t, `(?m)^Billing;03/03/2025;10:\d\d;1;1;\d+$`, stdout)

	code, stdout, stderr = try(t, "-vendor", "injixo", "-preset", "contact-events", "-preview", "-set", "integrationConfigurationId=1234")
	require.Zero(t, code, stderr)
	_, body, ok := strings.Cut(stdout, "\n")
	require.True(t, ok)
	var events struct {
		Data []struct{ QueueName string }
		Meta map[string]int
	}
	require.NoError(t, json.Unmarshal([]byte(body), &events), body)
	require.Len(t, events.Data, 8)
	require.Equal(t, map[string]int{"integrationConfigurationId": 1234}, events.Meta)
}
