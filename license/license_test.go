package license_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/wfm"
)

// reader answers by server: a list, or an error.
type reader map[string]any

func (r reader) Features(_ context.Context, server string) ([]license.Feature, error) {
	switch v := r[server].(type) {
	case []license.Feature:
		return v, nil
	case error:
		return nil, v
	}
	return nil, nil
}

var (
	historical = []license.Feature{"I3_FEATURE_ICWS_SDK", license.FeatureHistorical}
	forbidden  = &wfm.Error{Op: "read the feature licences", Kind: wfm.NoPermission, Err: errors.New("403")}
	away       = &wfm.Error{Op: "connect", Kind: wfm.Unavailable, Retry: true, After: time.Minute, Err: errors.New("no route to host")}
)

func states(r license.Result) (s []string) {
	for _, d := range r.Decisions {
		s = append(s, d.Server+" "+string(d.State))
	}
	return s
}

func TestAtLeastOneServerMustBeLicensed(t *testing.T) {
	g := license.NewGate(reader{"a": historical, "b": []license.Feature{"I3_FEATURE_OTHER"}, "c": forbidden}, license.Options{})
	r := g.Check(t.Context(), license.Historical, []string{"c", "b", "a", "b"})
	require.Equal(t, []string{"c unknown", "b not licensed", "a licensed"}, states(r))
	require.Equal(t, []string{"a"}, r.Licensed())
	require.True(t, r.MayStart())
	require.NoError(t, r.Err())
	require.Contains(t, r.Decisions[0].Reason, "could not be read: read the feature licences: 403")
	require.ErrorIs(t, r.Decisions[0].Err, forbidden)
	require.Equal(t, "the licence lacks I3_FEATURE_WFM_HISTORICAL", r.Decisions[1].Reason)
	require.Equal(t, license.Historical, r.Decisions[1].Module)
}

func TestModulesAreLicensedApart(t *testing.T) {
	g := license.NewGate(reader{"a": historical, "b": []license.Feature{"SITE_RTA"}}, license.Options{RealTime: " site_rta "})
	require.Equal(t, []string{"a"}, g.Check(t.Context(), license.Historical, []string{"a", "b"}).Licensed())
	require.Equal(t, []string{"b"}, g.Check(t.Context(), license.RealTime, []string{"a", "b"}).Licensed())
}

func TestNoServerIsLicensed(t *testing.T) {
	g := license.NewGate(reader{"a": []license.Feature{}, "f": forbidden, "u": away}, license.Options{RealTime: "X"})
	for _, c := range []struct {
		servers []string
		kind    wfm.Kind
		retry   bool
		want    string
	}{
		{[]string{"a"}, wfm.NotLicensed, false, `"a": the licence lacks I3_FEATURE_WFM_HISTORICAL`},
		{[]string{"a", "f"}, wfm.NoPermission, false, "let the account read"},
		{[]string{"a", "f", "u"}, wfm.NoPermission, true, "no route to host"},
		{[]string{"u", "f"}, wfm.Unavailable, true, "403"},
		{nil, wfm.BadConfig, false, "it has no CIC server"},
	} {
		r := g.Check(t.Context(), license.Historical, c.servers)
		require.False(t, r.MayStart())
		require.Empty(t, r.Licensed())
		err := r.Err()
		require.Equal(t, c.kind, wfm.KindOf(err), "%v", err)
		require.ErrorContains(t, err, c.want)
		retry, after := wfm.ShouldRetry(err)
		require.Equal(t, c.retry, retry)
		if retry {
			require.Equal(t, time.Minute, after)
		}
	}
}

func TestRealTimeFeatureIsASettingWithoutDefault(t *testing.T) {
	g := license.NewGate(reader{"a": historical, "b": forbidden, "c": []license.Feature{}}, license.Options{})
	r := g.Check(t.Context(), license.RealTime, []string{"a", "b", "c"})
	require.False(t, r.MayStart())
	require.Equal(t, []string{"a unknown", "b unknown", "c unknown"}, states(r))
	err := r.Err()
	require.Equal(t, wfm.BadConfig, wfm.KindOf(err))
	require.EqualError(t, err, "licence feature of the real-time module is not set; set it to the feature under which your "+
		`licence lists WFM real-time adherence: "a" has I3_FEATURE_ICWS_SDK, I3_FEATURE_WFM_HISTORICAL; "b" could not be read; "c" has none`)
	require.NoError(t, g.Check(t.Context(), license.Historical, []string{"a"}).Err(), "the other module does not need it")
}

func TestUnknownModule(t *testing.T) {
	r := license.NewGate(license.Declared{All: historical}, license.Options{}).Check(t.Context(), "chat", []string{"a"})
	require.False(t, r.MayStart())
	require.ErrorContains(t, r.Err(), `module "chat" is not known`)
}

func TestDeclared(t *testing.T) {
	d := license.Declared{ByServer: map[string][]license.Feature{"a": historical, "none": {}}, All: []license.Feature{"ALL"}}
	for server, want := range map[string][]license.Feature{"a": historical, "none": {}, "else": {"ALL"}} {
		got, err := d.Features(t.Context(), server)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := license.NewGate(d, license.Options{}).Check(ctx, license.Historical, []string{"a"})
	require.Equal(t, license.Unknown, r.Decisions[0].State, "a cancelled check knows nothing")
}

func TestParseFeatures(t *testing.T) {
	for text, want := range map[string][]license.Feature{
		"": nil, "  ": nil, "A": {"A"}, " A , B ": {"A", "B"}, "B,A,b": {"B", "A"},
	} {
		got, err := license.ParseFeatures(text)
		require.NoError(t, err, "%q", text)
		require.Equal(t, want, got, "%q", text)
	}
	for text, problems := range map[string]int{"A,,B": 1, ",": 2, "A B": 1, "A\x00,\xff,": 3} {
		got, err := license.ParseFeatures(text)
		require.Error(t, err, "%q", text)
		require.Nil(t, got)
		require.Len(t, strings.Split(err.Error(), "\n"), problems)
		require.Equal(t, wfm.BadConfig, wfm.KindOf(err))
	}
}

// TestGateNeverReadsTooMuch: whatever the readers say, a server counts as licensed only if its own
// list was read and has the feature.
func TestGateNeverReadsTooMuch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		answers := reader{}
		var servers []string
		licensed := 0
		for i := range rapid.IntRange(0, 6).Draw(t, "servers") {
			server := fmt.Sprint("s", i)
			servers = append(servers, server)
			switch rapid.IntRange(0, 3).Draw(t, server) {
			case 0:
				answers[server] = historical
				licensed++
			case 1:
				answers[server] = []license.Feature{"OTHER"}
			case 2:
				answers[server] = forbidden
			}
		}
		r := license.NewGate(answers, license.Options{}).Check(context.Background(), license.Historical, servers)
		if len(r.Licensed()) != licensed || r.MayStart() != (licensed > 0) || (r.Err() == nil) != r.MayStart() || len(r.Decisions) != len(servers) {
			t.Fatalf("%d licensed: %+v", licensed, r)
		}
	})
}

func FuzzParseFeatures(f *testing.F) {
	f.Add("I3_FEATURE_WFM_HISTORICAL, I3_FEATURE_ICWS_SDK")
	f.Add("a,,b")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := license.ParseFeatures(text)
		if err != nil {
			require.Nil(t, list)
			return
		}
		var names []string
		for _, l := range list {
			names = append(names, string(l))
		}
		again, err := license.ParseFeatures(strings.Join(names, ","))
		require.NoError(t, err)
		require.Equal(t, list, again)
	})
}

func ExampleGate() {
	features, err := license.ParseFeatures("I3_FEATURE_WFM_HISTORICAL,I3_FEATURE_ICWS_SDK")
	if err != nil {
		fmt.Println(err)
		return
	}
	declared := license.Declared{ByServer: map[string][]license.Feature{"cic-east": features}}
	gate := license.NewGate(declared, license.Options{})

	r := gate.Check(context.Background(), license.Historical, []string{"cic-east", "cic-west"})
	for _, d := range r.Decisions {
		fmt.Printf("%s: %s, %s\n", d.Server, d.State, d.Reason)
	}
	fmt.Println("read", r.Licensed(), "start:", r.MayStart())
	// Output:
	// cic-east: licensed, the licence has I3_FEATURE_WFM_HISTORICAL
	// cic-west: not licensed, the licence lacks I3_FEATURE_WFM_HISTORICAL
	// read [cic-east] start: true
}
