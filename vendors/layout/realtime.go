package layout

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
)

// RealTime is a real-time encoder made of a layout of module rta. It implements [vendors.RTAEncoder],
// [vendors.Mapper], [vendors.RTADecoder] and [vendors.Advisor], and is safe for concurrent use. Its
// sessions implement [vendors.HealthSession] and [vendors.HeartbeatSession].
type RealTime struct {
	info     vendors.Info
	wire     *wire
	traits   vendors.Traits
	codes    *vendors.StatusCodes
	identity identityRule
	advice   []string
	changes  []string // what each wfm.ChangeEvent is told as
}

// NewRealTime binds a layout to the settings of a feed. The error joins every problem.
func NewRealTime(info vendors.Info, s vendors.RTASettings, l *Layout) (*RealTime, error) {
	if l.module != moduleRealTime {
		return nil, wfm.Problem{Where: l.file, Field: "module", Value: l.module, Reason: "is not that of a real-time feed",
			Remedy: "use the layout in a historical feed, or set module: rta"}
	}
	problems := checkValues(s.Values, []*Layout{l})
	values, more := settingValues(l.file, l.settings, s.Values)
	if problems = append(problems, more...); len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	_, w, err := l.bindRealTime(values, s.Location)
	if err != nil {
		return nil, err
	}
	rt := &RealTime{info: info, wire: w, traits: w.spec.traits}
	if rt.traits.Level, err = vendors.ChooseLevel(s.Level, rt.traits.Levels); err != nil {
		problems = append(problems, err)
	}
	problems = append(problems, rt.setTimes(s)...)
	problems = append(problems, rt.setIdentity(s)...)
	if rt.codes, err = vendors.NewStatusCodes(rt.validCode, s.Statuses, w.spec.codes.statuses); err != nil {
		problems = append(problems, err)
	}
	if rt.codes.Unmapped() == vendors.UseKey && w.spec.codes.numeric {
		problems = append(problems, wfm.Problem{Field: "unmapped", Value: string(vendors.UseKey), Reason: "gives texts, and this product wants numbers",
			Remedy: "use reject, code or skip"})
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	for e := wfm.EventChange; e <= wfm.EventRegrouped; e++ {
		rt.changes = append(rt.changes, rt.told(e.String()))
	}
	rt.advise(s)
	return rt, nil
}

// setTimes takes over what the feed says about time.
func (rt *RealTime) setTimes(s vendors.RTASettings) []error {
	var problems []error
	for _, o := range []struct {
		name  string
		value *time.Duration
		dst   *time.Duration
	}{{"update frequency", s.UpdateFrequency, &rt.traits.UpdateFrequency}, {"refresh", s.Refresh, &rt.traits.Refresh},
		{"heartbeat", s.Heartbeat, &rt.traits.Heartbeat}} {
		if o.value == nil {
			continue
		}
		if *o.value < 0 {
			problems = append(problems, wfm.Problem{Field: o.name, Value: o.value.String(), Reason: "is negative", Remedy: "use 0s for none"})
		}
		*o.dst = *o.value
	}
	beat := rt.told(tellHeartbeat)
	if beat == tellHealth {
		beat = wfm.FeedNormal.String()
	}
	if rt.traits.Heartbeat > 0 && len(rt.wire.byEvent[beat]) == 0 {
		problems = append(problems, wfm.Problem{Field: "heartbeat", Value: rt.traits.Heartbeat.String(), Reason: "has no record in layout " + rt.wire.layout.Name(),
			Remedy: "set it to 0s, or describe a record for heartbeat"})
	}
	return problems
}

// setIdentity takes over what the feed says about identifiers.
func (rt *RealTime) setIdentity(s vendors.RTASettings) []error {
	rt.identity = identityRule{identitySpec: rt.wire.spec.agent, names: map[string]string{}}
	switch s.Identify {
	case "":
	case vendors.IdentifyUser, vendors.IdentifyExtension, vendors.IdentifyMapped:
		rt.identity.identify = s.Identify
	default:
		return []error{wfm.Problem{Field: "identify", Value: string(s.Identify), Reason: "is not an identifier", Remedy: "use user, extension or mapped"}}
	}
	if rt.identity.identify != vendors.IdentifyMapped {
		return nil
	}
	var problems []error
	if len(s.Names) == 0 {
		problems = append(problems, wfm.Problem{Field: "names", Reason: "are empty, so no agent has an identifier", Remedy: "map CIC user ids to identifiers"})
	}
	for _, user := range slices.Sorted(maps.Keys(s.Names)) {
		key := strings.ToLower(string(user))
		if _, twice := rt.identity.names[key]; twice {
			problems = append(problems, wfm.Problem{Field: "names", Value: string(user), Reason: "stands twice; letter case does not tell users apart", Remedy: "remove one"})
		}
		rt.identity.names[key] = s.Names[user]
	}
	return problems
}

// validCode says why a code cannot be written.
func (rt *RealTime) validCode(c vendors.Code) error {
	codes := rt.wire.spec.codes
	if codes.numeric && !wholeNumber(c.Code) {
		return errors.New("is not a whole number")
	}
	if codes.numericReason && c.Reason != "" && !wholeNumber(c.Reason) {
		return errors.New("has the reason " + wfm.Quote(c.Reason) + ", no whole number")
	}
	for _, part := range []struct{ name, text string }{{"code", c.Code}, {"reason", c.Reason}} {
		if most := rt.wire.widest(part.name); most > 0 && utf8.RuneCountInString(part.text) > most {
			return errors.New("is longer than the " + strconv.Itoa(most) + " characters of the layout's " + part.name)
		}
		if strings.ContainsFunc(part.text, unsafeRune) {
			return errors.New("holds a control character")
		}
		if !rt.wire.writable(part.text) {
			return errors.New("has a character in its " + part.name + " that the layout cannot write")
		}
	}
	return nil
}

func wholeNumber(s string) bool {
	_, err := strconv.ParseInt(s, 10, 64)
	return err == nil
}

func (rt *RealTime) advise(s vendors.RTASettings) {
	rt.advice = settingAdvice(nil, rt.wire.layout, s.Values, map[string]bool{})
	if rt.traits.MasterWorkgroup {
		rt.advice = append(rt.advice, "a master workgroup is advised: one workgroup without a queue that holds every monitored agent, as the only workgroup of the feed")
	}
}

// toldChange is told for what a change is.
func (rt *RealTime) toldChange(e wfm.ChangeEvent) string {
	if int(e) < len(rt.changes) {
		return rt.changes[e]
	}
	return rt.told(e.String())
}

// told returns what an event is told as.
func (rt *RealTime) told(event string) string {
	if as, ok := rt.wire.spec.tell[event]; ok {
		return as
	}
	return event
}

// Info implements [vendors.Vendor].
func (rt *RealTime) Info() vendors.Info { return rt.info }

// Traits implements [vendors.RTAEncoder].
func (rt *RealTime) Traits() vendors.Traits {
	t := rt.traits
	t.Levels = slices.Clone(t.Levels)
	return t
}

// NewSession implements [vendors.RTAEncoder].
func (rt *RealTime) NewSession() vendors.Session { return newSession(rt) }

// CheckStatuses implements [vendors.Mapper]. A layout that shows no codes needs none. Agents who are logged off need
// one unless the map says that what is not mapped is skipped: the last state would else stay at the receiver.
func (rt *RealTime) CheckStatuses(defs []wfm.StatusDefinition) ([]wfm.StatusKey, error) {
	if !rt.wire.codes {
		return nil, nil
	}
	unmapped, err := rt.codes.Check(defs)
	if rt.codes.Unmapped() != vendors.SkipUnmapped && !rt.codes.LoggedOff() {
		err = errors.Join(err, wfm.Problem{Field: "activity", Value: wfm.AgentLoggedOff.String(), Reason: "has no code",
			Remedy: "map the activity: the status of an agent who logged off says nothing"})
	}
	return unmapped, err
}

// NewFrameReader implements [vendors.RTADecoder].
func (rt *RealTime) NewFrameReader() vendors.FrameReader { return &frameReader{wire: rt.wire} }

// Advice implements [vendors.Advisor].
func (rt *RealTime) Advice() []string { return slices.Clone(rt.advice) }

// Layout returns the layout that the encoder was made from.
func (rt *RealTime) Layout() *Layout { return rt.wire.layout }
