package vendortest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/conform"
)

func (k *kit) generalCases() []conform.Case {
	return []conform.Case{
		{Name: "evidence", Rule: "Info names the adapter in lower case and says of each preset its module, how well it is known and from where; " +
			"it is the same of every encoder", Run: k.evidence},
		{Name: "capabilities", Rule: "capabilities answer with defined values, always the same, and vendors.Find finds them in the adapter and through a wrapper",
			Run: k.capabilities},
		{Name: "clock", Rule: "names, bytes and frames depend on what is handed over alone, never on the clock of the machine", Run: k.clock},
	}
}

// encoders makes one encoder of each module that there is.
func (k *kit) encoders() (list []vendors.Vendor, err error) {
	if k.Historical != nil {
		enc, err := k.historical()
		if err != nil {
			return nil, err
		}
		list = append(list, enc)
	}
	if k.RealTime != nil {
		enc, err := k.realTime()
		if err != nil {
			return nil, err
		}
		list = append(list, enc)
	}
	return list, nil
}

func (k *kit) evidence(context.Context) error {
	list, err := k.encoders()
	if err != nil {
		return err
	}
	again, err := k.encoders()
	if err != nil {
		return err
	}
	var problems []error
	for i, v := range list {
		for _, other := range []vendors.Info{v.Info(), again[i].Info(), list[0].Info()} {
			if !reflect.DeepEqual(v.Info(), other) {
				problems = append(problems, errors.New("two calls, two encoders or the two modules give different Info; both modules share one"))
				break
			}
		}
	}
	if len(list) == 0 {
		return nil // told by the harness case
	}
	info := list[0].Info()
	if info.Name == "" || strings.ContainsFunc(info.Name, func(r rune) bool { return unicode.IsUpper(r) || unicode.IsSpace(r) || unicode.IsControl(r) }) {
		problems = append(problems, fmt.Errorf("Info.Name %s is empty, or has an upper-case letter or a blank", wfm.Quote(info.Name)))
	}
	if info.Title == "" {
		problems = append(problems, errors.New("Info.Title is empty"))
	}
	return errors.Join(append(problems, k.presets(info)...)...)
}

func (k *kit) presets(info vendors.Info) (problems []error) {
	names, modules := map[string]bool{}, map[string]bool{}
	for _, p := range info.Presets {
		fail := func(format string, args ...any) {
			problems = append(problems, fmt.Errorf("preset %s "+format, append([]any{wfm.Quote(p.Name)}, args...)...))
		}
		if p.Name == "" || names[p.Name] {
			fail("has no name of its own")
		}
		names[p.Name], modules[p.Module] = true, true
		if p.Title == "" {
			fail("has no title")
		}
		if p.Module != "historical" && p.Module != "rta" {
			fail("is of module %s; use historical or rta", wfm.Quote(p.Module))
		}
		if !slices.Contains([]vendors.Evidence{vendors.Documented, vendors.PartlyDocumented, vendors.SiteDefined}, p.Evidence) {
			fail("has evidence %s, which is no class; use one of vendors.Documented, PartlyDocumented, SiteDefined", wfm.Quote(string(p.Evidence)))
		}
		switch {
		case p.Evidence == vendors.SiteDefined && len(p.SiteDefined) == 0:
			fail("is site-defined and does not say what a site must confirm")
		case p.Evidence != "" && p.Evidence != vendors.SiteDefined && len(p.Sources) == 0:
			fail("is %s and names no source", p.Evidence)
		}
	}
	for module, has := range map[string]bool{"historical": k.Historical != nil, "rta": k.RealTime != nil} {
		if has && !modules[module] {
			problems = append(problems, errors.New("Info.Presets has none of module "+module+", so nobody learns how well its layout is known"))
		}
	}
	return problems
}

// mostWrappers is how deep a vendor may be wrapped. Find goes on for ever where a wrapper holds itself.
const mostWrappers = 100

func (k *kit) capabilities(context.Context) error {
	list, err := k.encoders()
	if err != nil {
		return err
	}
	var problems []error
	for _, v := range list {
		if !unwraps(v) {
			return fmt.Errorf("Unwrap of %T never ends", v)
		}
		if r, ok := vendors.Find[vendors.Repeater](v); ok {
			policies := []vendors.RepeatPolicy{vendors.RepeatDistinct, vendors.RepeatSum, vendors.RepeatTwo, vendors.RepeatRefuse}
			if p := r.RepeatPolicy(); !slices.Contains(policies, p) {
				problems = append(problems, fmt.Errorf("RepeatPolicy is %s, which is no policy", wfm.Quote(string(p))))
			}
		}
		if r, ok := vendors.Find[vendors.Restater](v); ok {
			if p := r.Restatement(); p != vendors.Restates && p != vendors.Reports {
				problems = append(problems, fmt.Errorf("the Restatement is %s, which is none", wfm.Quote(string(p))))
			}
		}
		if a, b := answers(v), answers(v); !reflect.DeepEqual(a, b) {
			problems = append(problems, fmt.Errorf("capabilities answer %v first and %v then", a, b))
		}
		if a, b := answers(v), answers(wrap(v)); !reflect.DeepEqual(a, b) {
			problems = append(problems, fmt.Errorf("capabilities answer %v bare and %v wrapped", a, b))
		}
	}
	return errors.Join(problems...)
}

func unwraps(v vendors.Vendor) bool {
	for range mostWrappers {
		u, ok := v.(vendors.Unwrapper)
		if !ok {
			return true
		}
		if v = u.Unwrap(); v == nil {
			return true
		}
	}
	return false
}

func wrap(v vendors.Vendor) vendors.Vendor {
	if rta, ok := v.(vendors.RTAEncoder); ok {
		return wrappedRTA{rta}
	}
	return wrappedHistorical{v.(vendors.HistoricalEncoder)}
}

// answers asks every capability that can be asked without side effects.
func answers(v vendors.Vendor) map[string]any {
	m := map[string]any{}
	if c, ok := vendors.Find[vendors.Repeater](v); ok {
		m["Repeater"] = c.RepeatPolicy()
	}
	if c, ok := vendors.Find[vendors.Restater](v); ok {
		m["Restater"] = c.Restatement()
	}
	if c, ok := vendors.Find[vendors.Advisor](v); ok {
		m["Advisor"] = c.Advice()
	}
	if c, ok := vendors.Find[vendors.Mapper](v); ok {
		unmapped, err := c.CheckStatuses(sampleStatuses())
		m["Mapper"] = fmt.Sprint(unmapped, err)
	}
	if c, ok := vendors.Find[vendors.RTADecoder](v); ok {
		m["RTADecoder"] = c.NewFrameReader() != nil
	}
	return m
}

// tick is when the clock shows another second, the step in which names and files may show a time.
func tick() <-chan time.Time {
	now := time.Now()
	return time.After(now.Truncate(time.Second).Add(time.Second + 5*time.Millisecond).Sub(now))
}

func (k *kit) clock(ctx context.Context) error {
	write := func() (files []wfm.Artifact, frames wfm.Frames, err error) {
		if k.Historical != nil {
			enc, err := k.historical()
			if err != nil {
				return nil, frames, err
			}
			if files, err = enc.EncodeHistorical(ctx, k.sample(enc)); err != nil {
				return nil, frames, err
			}
		}
		if k.RealTime != nil {
			enc, err := k.realTime()
			if err != nil {
				return nil, frames, err
			}
			if frames, _, err = k.life(enc.NewSession(), sampleStates(3)); err != nil {
				return nil, frames, err
			}
		}
		return files, frames, nil
	}
	files, frames, err := write()
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-tick():
	}
	laterFiles, laterFrames, err := write()
	if err != nil {
		return err
	}
	return errors.Join(sameFiles(files, laterFiles), sameFrames(frames, laterFrames))
}
