package injixo_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/injixo"
	"github.com/cicwfm/cicwfm/vendors/layout/layouttest"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
)

// withNumber is New with the number of the integration, which contact-events alone requires.
func withNumber(s vendors.Settings) (vendors.HistoricalEncoder, error) {
	if len(s.Presets) == 1 && s.Presets[0] == "contact-events" && s.Values == nil {
		s.Values = configuration()
	}
	return injixo.New(s)
}

// duration is the sum of times as its own computation gives it: half up, with the given decimals. Where one is missing it is empty, or
// the sum of the others.
func duration(nullTimes string, decimals int, times ...int64) string {
	sum := new(big.Rat)
	for _, ms := range times {
		if ms == wfm.Missing && nullTimes == "blank" {
			return ""
		}
		if ms == wfm.Missing {
			continue
		}
		sum.Add(sum, big.NewRat(ms, 1000))
	}
	scale := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil))
	half := sum.Mul(sum, scale).Add(sum, big.NewRat(1, 2))
	whole := new(big.Int).Div(half.Num(), half.Denom())
	return new(big.Rat).Quo(new(big.Rat).SetInt(whole), scale).FloatString(decimals)
}

// TestContactsRoundTrip compares every field of contacts that were read back with its definition, under every setting.
func TestContactsRoundTrip(t *testing.T) {
	made := map[string]func(c wfm.ContactTimes) []int64{
		"connected-held-acw": func(c wfm.ContactTimes) []int64 { return []int64{c.TConnected, c.THeld, c.TACW} },
		"connected-acw":      func(c wfm.ContactTimes) []int64 { return []int64{c.TConnected, c.TACW} },
		"connected":          func(c wfm.ContactTimes) []int64 { return []int64{c.TConnected} },
	}
	for _, of := range []string{"connected blank", "connected-acw blank", "connected-acw zero", "connected-held-acw zero", "connected-held-acw blank"} {
		t.Run(of, func(t *testing.T) {
			durationOf, nullTimes, _ := strings.Cut(of, " ")
			times := made[durationOf]
			single, err := injixo.New(vendors.Settings{Presets: []string{"contact-single"}, Values: map[string]string{"durationOf": durationOf, "nullTimes": nullTimes}})
			require.NoError(t, err)
			layouttest.RoundTripContacts(t, single, layouttest.ContactFields{
				"Date":    func(c wfm.Contact) string { return c.Start.Format("02/01/2006") },
				"Time":    func(c wfm.Contact) string { return c.Start.Format("15:04") },
				"Offered": func(wfm.Contact) string { return "1" },
				"Answered": func(c wfm.Contact) string {
					if c.Handled {
						return "1"
					}
					return "0"
				},
				"Duration": func(c wfm.Contact) string {
					if !c.Handled {
						return "0"
					}
					return duration(nullTimes, 0, times(c.Times)...)
				},
			})
			for _, notHandled := range []string{"zero", "same"} {
				events, err := injixo.New(vendors.Settings{Presets: []string{"contact-events"}, Values: map[string]string{
					"integrationConfigurationId": "1", "durationOf": durationOf, "notHandled": notHandled, "nullTimes": nullTimes, "otherChannel": "documents"}})
				require.NoError(t, err)
				layouttest.RoundTripContacts(t, events, layouttest.ContactFields{
					"properties.offered": func(wfm.Contact) string { return "true" },
					"properties.handled": func(c wfm.Contact) string { return fmt.Sprint(c.Handled) },
					"properties.duration": func(c wfm.Contact) string {
						if !c.Handled && notHandled == "zero" {
							return "0.0"
						}
						return duration(nullTimes, 1, times(c.Times)...)
					},
					"timestamp": func(c wfm.Contact) string { return c.Start.Format("2006-01-02T15:04:05Z") },
					"channel": func(c wfm.Contact) string {
						return map[wfm.MediaType]string{wfm.Call: "calls", wfm.Chat: "chats", wfm.Email: "emails", "Callback": "documents", "Unknown": "documents"}[c.Media]
					},
				})
			}
		})
	}
}

// TestContactPresets holds what the host relies on: what is read, whether a later version is sent, and that neither is a default.
func TestContactPresets(t *testing.T) {
	for preset, want := range map[string]struct {
		needs   wfm.Needs
		restate vendors.Restatement
		repeat  vendors.RepeatPolicy
	}{
		"contact-single":     {wfm.Needs{Begun: true}, vendors.Restates, vendors.RepeatSum},
		"contact-single-day": {wfm.Needs{Begun: true, WholeDays: true}, vendors.Restates, vendors.RepeatSum},
		"contact-events":     {wfm.Needs{Ended: true}, vendors.Reports, vendors.RepeatDistinct},
	} {
		enc, err := withNumber(vendors.Settings{Presets: []string{preset}})
		require.NoError(t, err)
		require.Equal(t, want.needs, enc.Needs(), preset)
		restater, ok := vendors.Find[vendors.Restater](enc)
		require.True(t, ok)
		require.Equal(t, want.restate, restater.Restatement(), preset)
		repeater, ok := vendors.Find[vendors.Repeater](enc)
		require.True(t, ok)
		require.Equal(t, want.repeat, repeater.RepeatPolicy(), preset)
	}
	enc, err := injixo.New(vendors.Settings{})
	require.NoError(t, err)
	require.False(t, enc.Needs().Begun || enc.Needs().Ended, "the site chooses single contacts")
}

// TestContactEventsAreJSON looks at the bodies with the decoder of the standard library alone.
func TestContactEventsAreJSON(t *testing.T) {
	enc, err := injixo.New(vendors.Settings{Presets: []string{"contact-events"}, Values: configuration()})
	require.NoError(t, err)
	start := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	r := wfm.Report{Interval: wfm.Window{Start: start, End: start.Add(15 * time.Minute)}, Revision: 1}
	const name = "a\"}],\\\n\x00\u2028\xff😀"
	for i := range 10_000 {
		r.Ended = append(r.Ended, wfm.Contact{Workgroup: name, Agent: "x", Media: wfm.Call, Start: start, End: start, Handled: i%2 == 0,
			Times: wfm.ContactTimes{TConnected: int64(i)}})
	}
	files, err := enc.EncodeHistorical(t.Context(), []wfm.Report{r})
	require.NoError(t, err)
	require.Len(t, files, 1)
	require.Equal(t, 10_000, files[0].Rows)
	var body struct {
		Data []struct {
			Properties struct {
				Offered, Handled bool
				Duration         *float64
			}
			QueueName, QueueIdentifier, Channel string
			Timestamp                           time.Time
		}
		Meta map[string]int
	}
	require.NoError(t, json.Unmarshal(files[0].Bytes, &body))
	require.Len(t, body.Data, 10_000)
	require.Equal(t, map[string]int{"integrationConfigurationId": 8431}, body.Meta)
	for i, d := range body.Data {
		require.Equal(t, "a\"}],\\\n\x00\u2028\ufffd😀", d.QueueName)
		require.Equal(t, d.QueueName, d.QueueIdentifier)
		require.Equal(t, i%2 == 0, d.Properties.Handled)
		require.True(t, d.Properties.Offered)
		require.Equal(t, start, d.Timestamp)
		want := 0.0
		if d.Properties.Handled {
			want = float64((i+50)/100) / 10
		}
		require.Equal(t, want, *d.Properties.Duration)
	}
}

func FuzzContacts(f *testing.F) {
	single, err := injixo.New(vendors.Settings{Presets: []string{"contact-single", "contact-single-day"}})
	require.NoError(f, err)
	events, err := withNumber(vendors.Settings{Presets: []string{"contact-events"}})
	require.NoError(f, err)
	layouttest.FuzzDecode(f, append(layouttest.Codecs(f, single), layouttest.Codecs(f, events)...), layouttest.Seeds(f, "testdata")...)
}

// The body of a request to contact-events. A host posts it with httppush.NewTransport.
func ExampleNew_contactEvents() {
	enc, err := injixo.New(vendors.Settings{Presets: []string{"contact-events"}, Values: map[string]string{"integrationConfigurationId": "1234"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	start := time.Date(2021, 12, 6, 10, 30, 0, 0, time.UTC)
	came := start.Add(4*time.Minute + 22*time.Second)
	files, err := enc.EncodeHistorical(context.Background(), []wfm.Report{{Interval: wfm.Window{Start: start, End: start.Add(15 * time.Minute)}, Revision: 1,
		Ended: []wfm.Contact{{ID: "100000000120211206", Site: 1, Workgroup: "Sales", Agent: "bob", Media: wfm.Call, Start: came,
			End: came.Add(3 * time.Minute), Handled: true, Times: wfm.ContactTimes{TQueueWait: 40_000, TConnected: 100_550, TACW: 24_000}}}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s\n%s\n", files[0].Name, files[0].Bytes)
	// Output:
	// injixo_contact-events_20211206_1030.json
	// {"data":[{"properties":{"offered":true,"handled":true,"duration":124.6},"queueName":"Sales","queueIdentifier":"Sales","timestamp":"2021-12-06T10:34:22Z","channel":"calls"}],"meta":{"integrationConfigurationId":1234}}
}

// One row per contact.
func ExampleNew_contactSingle() {
	enc, err := injixo.New(vendors.Settings{Presets: []string{"contact-single"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	start := time.Date(2020, 5, 25, 8, 0, 0, 0, time.UTC)
	files, err := enc.EncodeHistorical(context.Background(), []wfm.Report{{Interval: wfm.Window{Start: start, End: start.Add(15 * time.Minute)}, Revision: 1,
		Begun: []wfm.Contact{
			{Workgroup: "My Inbound Queue", Media: wfm.Call, Start: start.Add(3 * time.Minute), End: start.Add(4 * time.Minute)},
			{Workgroup: "My Inbound Queue", Agent: "bob", Media: wfm.Call, Start: start.Add(5 * time.Minute), End: start.Add(9 * time.Minute), Handled: true,
				Times: wfm.ContactTimes{TConnected: 200_000, TACW: 30_000}},
		}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s\n%s", files[0].Name, files[0].Bytes)
	// Output:
	// injixo_contact-single_20200525_0800.csv
	// Queue;Date;Time;Offered;Answered;Duration
	// My Inbound Queue;25/05/2020;08:03;1;0;0
	// My Inbound Queue;25/05/2020;08:05;1;1;230
}
