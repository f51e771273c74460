package vendors_test

import (
	"context"
	"errors"
	"testing"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/vendortest"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
)

// fake is an encoder with one capability.
type fake struct{ name string }

func (f fake) Info() vendors.Info { return vendors.Info{Name: f.name} }
func (fake) Needs() wfm.Needs     { return wfm.Needs{} }
func (fake) EncodeHistorical(context.Context, []wfm.Report) ([]wfm.Artifact, error) {
	return nil, nil
}
func (fake) RepeatPolicy() vendors.RepeatPolicy { return vendors.RepeatTwo }

// wrapped hides the capabilities of what it wraps, and adds one.
type wrapped struct{ inner vendors.Vendor }

func (w wrapped) Info() vendors.Info     { return w.inner.Info() }
func (w wrapped) Unwrap() vendors.Vendor { return w.inner }
func (wrapped) Advice() []string         { return []string{"wrapped"} }

func TestFindLooksThroughWrappers(t *testing.T) {
	v := wrapped{wrapped{fake{"x"}}}
	r, ok := vendors.Find[vendors.Repeater](v)
	require.True(t, ok)
	require.Equal(t, vendors.RepeatTwo, r.RepeatPolicy())
	a, ok := vendors.Find[vendors.Advisor](v)
	require.True(t, ok)
	require.Equal(t, []string{"wrapped"}, a.Advice())
	_, ok = vendors.Find[vendors.Restater](v)
	require.False(t, ok)
	_, ok = vendors.Find[vendors.Repeater](nil)
	require.False(t, ok)
	_, ok = vendors.Find[vendors.Repeater](wrapped{})
	require.False(t, ok)
}

func TestRegistry(t *testing.T) {
	entry := func(name string) vendors.Entry {
		return vendors.Entry{Info: vendors.Info{Name: name}, Historical: func(vendors.Settings) (vendors.HistoricalEncoder, error) {
			return fake{name}, nil
		}}
	}
	r, err := vendors.NewRegistry(entry("b"), entry("a"), vendors.Entry{Info: vendors.Info{Name: "rta"}})
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b", "rta"}, r.Names())
	enc, err := r.Historical("A", vendors.Settings{})
	require.NoError(t, err)
	require.Equal(t, "a", enc.Info().Name)
	_, err = r.Historical("c", vendors.Settings{})
	require.ErrorContains(t, err, `vendor "c" is not known; use one of a, b, rta`)
	_, err = r.Historical("rta", vendors.Settings{})
	require.ErrorContains(t, err, "has no historical module")
}

func TestRegistryRefusesTwins(t *testing.T) {
	r, err := vendors.NewRegistry(vendors.Entry{Info: vendors.Info{Name: "a"}}, vendors.Entry{Info: vendors.Info{Name: "a"}}, vendors.Entry{})
	require.ErrorContains(t, err, `vendor "a" is empty or registered twice`)
	require.Len(t, err.(interface{ Unwrap() []error }).Unwrap(), 2, "both problems are told")
	require.Equal(t, []string{"a"}, r.Names())
}

func TestRegistryWithMore(t *testing.T) {
	entry := func(name string) vendors.Entry { return vendors.Entry{Info: vendors.Info{Name: name}} }
	shipped, err := vendors.NewRegistry(entry("a"))
	require.NoError(t, err)
	more, err := shipped.With(entry("b"))
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, more.Names())
	require.Equal(t, []string{"a"}, shipped.Names(), "a registry is a value")
	_, err = more.With(entry("b"))
	require.ErrorContains(t, err, `vendor "b" is empty or registered twice`)
	_, err = vendors.Registry{}.With(entry("Mine"))
	require.ErrorContains(t, err, `vendor "Mine" has an upper-case letter, and is looked for without; use mine`)
}

// TestExamplesKeepEveryRule holds the adapters of the examples to what they teach.
func TestExamplesKeepEveryRule(t *testing.T) {
	vendortest.Run(t, vendortest.Harness{Historical: func(vendors.Settings) (vendors.HistoricalEncoder, error) { return tally{}, nil }})
	vendortest.Run(t, vendortest.Harness{
		RealTime: func(s vendors.RTASettings) (vendors.RTAEncoder, error) {
			_, level := vendors.ChooseLevel(s.Level, ticker{}.Traits().Levels)
			codes, statuses := vendors.NewStatusCodes(nil, s.Statuses)
			return ticker{codes}, errors.Join(level, statuses)
		},
		RTASettings: vendors.RTASettings{Statuses: vendors.StatusMap{Unmapped: vendors.SkipUnmapped, ByStatus: map[wfm.StatusKey]vendors.Code{
			"Available": {Code: "A"}, "At Lunch": {Code: "L"}, "Follow Up": {Code: "F"}}, ByActivity: map[wfm.AgentActivity]vendors.Code{wfm.AgentLoggedOff: {Code: "O"}}}},
	})
}
