package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/wfm"
)

// result is the last line of -json.
type result struct {
	Feeds []struct {
		Module, Vendor, Dir, Evidence                      string
		Intervals, Artifacts, Delivered, Skipped, Restated int
		Sent, Decoded                                      int
		P50                                                float64 `json:"p50_ms"`
		P99                                                float64 `json:"p99_ms"`
	}
}

// latency is what differs from run to run.
var latency = regexp.MustCompile(` +[0-9]+\.[0-9]{2} ms`)

// TestQuickstart builds the program, runs it twice as its first user does, and compares what it shows
// with a golden file, and what it wrote with the contacts of the simulated day.
func TestQuickstart(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "program")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".").CombinedOutput()
	require.NoError(t, err, string(out))
	golden, err := os.ReadFile("testdata/stdout.golden")
	require.NoError(t, err)
	again, err := os.ReadFile("testdata/again.golden")
	require.NoError(t, err)
	target := filepath.Join(dir, "ü folder", "out")
	start := func(args ...string) (stdout string) {
		var o, e bytes.Buffer
		cmd := exec.CommandContext(t.Context(), program, append(args, "-out", target)...)
		cmd.Stdout, cmd.Stderr = &o, &e
		require.NoError(t, cmd.Run(), e.String())
		require.Empty(t, e.String())
		text := latency.ReplaceAllString(o.String(), " {ms}")
		return strings.ReplaceAll(filepath.ToSlash(text), filepath.ToSlash(target), "{dir}")
	}
	first := start("-json")
	human, last := cutLast(first)
	require.Equal(t, string(golden), human)
	r := decode(t, last)
	require.Len(t, r.Feeds, 5+6)
	checkRealTime(t, r)
	for i, want := range []struct {
		vendor string
		files  int
	}{{"aspect", 96}, {"gmt", 96}, {"injixo", 94}, {"nice", 48}, {"verint", 192}} {
		f := r.Feeds[i]
		require.Equal(t, []any{"historical", want.vendor, 48, want.files, want.files, 0, 0, "{dir}/" + want.vendor},
			[]any{f.Module, f.Vendor, f.Intervals, f.Artifacts, f.Delivered, f.Skipped, f.Restated, f.Dir})
	}
	files := map[string]string{}
	for _, vendor := range []string{"aspect", "gmt", "injixo", "nice", "verint"} {
		list, err := os.ReadDir(filepath.Join(target, vendor))
		require.NoError(t, err)
		for _, e := range list {
			b, err := os.ReadFile(filepath.Join(target, vendor, e.Name()))
			require.NoError(t, err)
			files[vendor+"/"+e.Name()] = string(b)
		}
	}
	require.Len(t, files, 96+96+94+48+192)
	compareWithTruth(t, files)

	human, last = cutLast(start("-json"))
	require.Equal(t, string(again), human)
	checkRealTime(t, decode(t, last))
	for i, f := range decode(t, last).Feeds[:5] {
		require.Equal(t, []int{48, r.Feeds[i].Artifacts, 0, r.Feeds[i].Artifacts, 0}, []int{f.Intervals, f.Artifacts, f.Delivered, f.Skipped, f.Restated})
	}
	require.Equal(t, string(again), start(), "without -json there is no JSON")
	for name, content := range files {
		b, err := os.ReadFile(filepath.Join(target, name))
		require.NoError(t, err)
		require.Equal(t, content, string(b))
	}
}

// checkRealTime checks the feeds of real time: all that was sent was understood, and it was no little.
func checkRealTime(t *testing.T, r result) {
	for i, vendor := range []string{"aspect", "gmt", "injixo", "nice", "pipkins", "verint"} {
		f := r.Feeds[5+i]
		require.Equal(t, []any{"rta", vendor}, []any{f.Module, f.Vendor})
		require.Equal(t, f.Sent, f.Decoded)
		require.Greater(t, f.Sent, 300)
		require.Positive(t, f.P50)
		require.GreaterOrEqual(t, f.P99, f.P50)
	}
}

// cutLast parts the last line from what is before it.
func cutLast(s string) (before, last string) {
	i := strings.LastIndex(strings.TrimSuffix(s, "\n"), "\n") + 1
	return s[:i], s[i:]
}

// decode reads the JSON line and holds it to its keys.
func decode(t *testing.T, line string) (r result) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(line))
	d.DisallowUnknownFields()
	require.NoError(t, d.Decode(&r), line)
	keys := map[string][]map[string]any{}
	require.NoError(t, json.Unmarshal([]byte(line), &keys))
	require.Len(t, keys, 1)
	for _, f := range keys["feeds"] {
		want := []string{"module", "vendor", "intervals", "artifacts", "delivered", "skipped", "restated", "dir", "evidence"}
		if f["module"] == "rta" {
			want = []string{"module", "vendor", "sent", "decoded", "p50_ms", "p99_ms", "evidence"}
		}
		require.ElementsMatch(t, want, slices.Collect(maps.Keys(f)))
	}
	return r
}

// compareWithTruth compares every queue figure of the day with what the contacts themselves say.
func compareWithTruth(t *testing.T, files map[string]string) {
	centre, err := newCentre()
	require.NoError(t, err)
	location, err := time.LoadLocation(zone)
	require.NoError(t, err)
	truth, compared, calls := centre.Truth(), 0, int64(0)
	for slot := range (wfm.Grid{Length: wfm.HalfHour, Location: location}).Slots(centre.Window()) {
		local := slot.Start.In(location)
		contact := rows(t, files["injixo/injixo_contact_"+local.Format("20060102_1504")+".csv"])
		verint := files["verint/verint_call_stats_report_"+local.Format("2006_01_02_15.04")+".txt"]
		require.Len(t, contact, 1+len(centre.Workgroups()))
		for i, w := range centre.Workgroups() {
			all, call := truth.Queue(w, wfm.AllMedia, slot), truth.Queue(w, wfm.Call, slot)
			require.Equal(t, []string{string(w), local.Format("02/01/2006"), local.Format("15:04"), number(all.Get(wfm.NEnteredAcd)),
				number(all.Get(wfm.NAnsweredAcd)), average("", all.Get(wfm.TTalkAcd)+all.Get(wfm.TAcw), all.Get(wfm.NAnsweredAcd))}, contact[i+1])
			lines := strings.Split(verint, "\n")
			line := lines[i+1] // fixed columns, 1-based: queue 25-74, Calls 76-80, SL 82-86, ASA 88-92, AHT 94-100, Abd 102-106
			require.Equal(t, string(w), strings.TrimSpace(line[24:74]))
			within := call.Get(wfm.NAnsweredAcdSvcLvl1) + call.Get(wfm.NAnsweredAcdSvcLvl2) + call.Get(wfm.NAnsweredAcdSvcLvl3)
			answered := call.Get(wfm.NAnsweredAcd)
			require.Equal(t, []string{number(call.Get(wfm.NEnteredAcd)), average("-1", 100*within, call.Get(wfm.NEnteredAcd)), average("-1", call.Get(wfm.TAnsweredAcd), answered),
				average("-1", call.Get(wfm.TTalkAcd)+call.Get(wfm.TAcw), answered), number(call.Get(wfm.NAbandonedAcd))}, strings.Fields(line[74:]), "%s %s", w, slot)
			compared++
			calls += call.Get(wfm.NEnteredAcd)
		}
	}
	require.Equal(t, 48*8, compared)
	require.Greater(t, calls, int64(1000), "the day must not be empty")
	require.Equal(t, 8, len(centre.Workgroups()))
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

// average rounds half up, once.
func average(none string, sum, n int64) string {
	if n == 0 {
		return none
	}
	return number((2*sum + n) / (2 * n))
}

func rows(t *testing.T, text string) [][]string {
	t.Helper()
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = ';'
	list, err := r.ReadAll()
	require.NoError(t, err)
	return list
}

func TestRefuses(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("file", []byte("content"), 0o644))
	for _, c := range []struct {
		args []string
		exit int
		line string
	}{
		{[]string{"-bogus"}, cli.Usage, "see -h"},
		{[]string{"here"}, cli.Usage, `argument "here" is not expected; name the folder with -out`},
		{[]string{"-out", "file"}, cli.Failed, `-out "file" cannot be made`},
		{[]string{"-out", "file/out"}, cli.Failed, `-out "file/out" cannot be made`},
	} {
		var o, e bytes.Buffer
		require.Equal(t, c.exit, run(t.Context(), c.args, &o, &e), e.String())
		require.Empty(t, o.String())
		require.Equal(t, 1, strings.Count(e.String(), "\n"), e.String())
		require.Contains(t, e.String(), c.line)
	}
	var o, e bytes.Buffer
	require.Zero(t, run(t.Context(), []string{"-h"}, &o, &e))
	require.Contains(t, e.String(), "-json")
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	require.Len(t, entries, 1)
}
