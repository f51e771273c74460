// Package rooms holds the test that compares the import graph with the architecture: which room
// may import which, and which modules each public package links.
package rooms

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/cicwfm/cicwfm"

var update = flag.Bool("update", false, "write testdata/modules.txt anew")

// rules are looked up by the longest prefix of a package's path. A room may import the rooms that are
// listed, and its own sub-rooms may import it. A trailing slash means everything below.
var rules = map[string][]string{
	"wfm/sqlconn":        {"wfm", "wfm/sqlconn"},
	"wfm":                {},
	"wfm/conform":        {},
	"wfm/internal":       {"wfm"},
	"wfm/ledger":         {"wfm", "wfm/delivery", "wfm/ledger", "wfm/ledger/sqlledger", "wfm/conform", "wfm/internal/", "wfm/sqlconn/"},
	"wfm/delivery":       {"wfm", "wfm/delivery", "wfm/delivery/deliverytest", "wfm/delivery/internal/", "wfm/conform", "wfm/internal/"},
	"wfm/config":         {"wfm", "wfm/", "historical", "historical/", "rta", "rta/", "vendors", "vendors/", "license"},
	"wfm/integration":    {"wfm", "wfm/delivery", "wfm/ledger", "historical", "rta", "vendors", "license"},
	"wfm/cicsim":         {"wfm", "historical", "rta", "wfm/cicsim"},
	"historical":         {"wfm", "historical"},
	"historical/cicsql":  {"wfm", "historical", "historical/cicsql", "wfm/sqlconn/"},
	"vendors":            {"wfm", "vendors", "vendors/layout"},
	"vendors/all":        {"wfm", "vendors", "vendors/"},
	"vendors/vendortest": {"wfm", "wfm/conform", "wfm/cicsim", "vendors"},
	"rta":                {"wfm", "rta"},
	"rta/rtatest":        {"wfm", "wfm/conform", "rta"},
	"rta/icws":           {"wfm", "rta"},
	"license":            {"wfm"},
	"examples":           {"wfm", "wfm/", "historical", "historical/", "rta", "rta/", "vendors", "vendors/", "license", "examples/"},
}

// pure rooms do no I/O.
var (
	pure    = []string{"wfm", "historical", "vendors", "vendors/layout", "vendors/verint", "vendors/aspect", "vendors/gmt", "vendors/injixo", "vendors/nice", "vendors/pipkins", "vendors/all"}
	outside = []string{"os", "net", "net/http", "database/sql", "os/exec", "syscall"}
)

type pkg struct {
	ImportPath string
	Name       string
	Standard   bool
	Imports    []string
	Deps       []string
	Module     *struct{ Path string }
}

// touch opens every source file, so that go test does not take a result from its cache after one
// has changed: it cannot see what the go command below reads.
func touch(t *testing.T) {
	t.Helper()
	require.NoError(t, filepath.WalkDir("../../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		_, err = os.ReadFile(path)
		return err
	}))
}

func list(t *testing.T, args ...string) []pkg {
	t.Helper()
	touch(t)
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Name,Standard,Imports,Deps,Module"}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err)
	var all []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else {
			require.NoError(t, err)
		}
		all = append(all, p)
	}
}

func room(path string) string { return strings.TrimPrefix(strings.TrimPrefix(path, module), "/") }

func rule(path string) ([]string, bool) {
	for {
		if allowed, ok := rules[path]; ok {
			return allowed, true
		}
		i := strings.LastIndex(path, "/")
		if i < 0 {
			return nil, false
		}
		path = path[:i]
	}
}

func permits(allowed []string, path string) bool {
	return slices.ContainsFunc(allowed, func(a string) bool {
		return a == path || (strings.HasSuffix(a, "/") && strings.HasPrefix(path, a))
	})
}

func TestImportsFollowTheArchitecture(t *testing.T) {
	for _, p := range list(t, module+"/...") {
		from := room(p.ImportPath)
		allowed, ok := rule(from)
		require.True(t, ok, "%s stands in no room", from)
		for _, imp := range p.Imports {
			if slices.Contains(pure, from) && slices.Contains(outside, imp) {
				t.Errorf("%s does no I/O, but imports %s", from, imp)
			}
			if !strings.HasPrefix(imp, module) {
				continue
			}
			if to := room(imp); !permits(allowed, to) {
				t.Errorf("%s imports %s, which the architecture does not permit", from, to)
			}
		}
	}
}

func TestModulesThatEachPackageLinks(t *testing.T) {
	modules := map[string]string{}
	for _, p := range list(t, "-deps", module+"/...") {
		if p.Module != nil {
			modules[p.ImportPath] = p.Module.Path
		}
	}
	var got strings.Builder
	for _, p := range list(t, module+"/...") {
		if p.Name == "main" || strings.Contains(p.ImportPath, "/internal/") {
			continue
		}
		linked := map[string]bool{}
		for _, d := range p.Deps {
			if m := modules[d]; m != "" && m != module {
				linked[m] = true
			}
		}
		fmt.Fprintf(&got, "%s: %s\n", room(p.ImportPath), strings.Join(slices.Sorted(maps.Keys(linked)), " "))
	}
	const file = "testdata/modules.txt"
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got.String()), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), got.String(), "a package links other modules than before: look whether it should, then run this test with -update")
}
