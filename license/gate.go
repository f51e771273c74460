package license

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/cicwfm/cicwfm/wfm"
)

// State is what is known about one server's licence for one module.
type State string

// The states.
const (
	Licensed    State = "licensed"
	NotLicensed State = "not licensed" // its features were read, and the module's is not among them
	Unknown     State = "unknown"      // its features could not be read, or the feature's name is not set
)

// Decision is the answer for one server. It is made to be shown.
type Decision struct {
	Server string
	Module Module
	State  State
	// Reason is one line; it says which feature is there or missing, or why it is unknown.
	Reason string
	// Err is why a server is Unknown; nil otherwise.
	Err error
}

// Result is the answer for one module.
type Result struct {
	Module Module
	// Decisions has one decision per server, in the order asked.
	Decisions []Decision
	// Problem says that the gate lacks a setting for this module; nil otherwise.
	Problem error
}

// Options of a gate.
type Options struct {
	// RealTime is the name of the feature of the real-time module. It is not published, so there is
	// no default; it may stay empty where that module is not used.
	RealTime Feature
}

// Gate decides. It keeps nothing between calls and is safe for concurrent use.
type Gate struct {
	reader  FeatureReader
	options Options
}

// NewGate makes a gate that asks the reader.
func NewGate(reader FeatureReader, o Options) *Gate {
	o.RealTime = Feature(strings.TrimSpace(string(o.RealTime)))
	return &Gate{reader, o}
}

// Check reads the features of the servers, each name once and all at the same time, so that one that does
// not answer holds up no other, and decides for each. It does not fail:
// what went wrong is in the result, and Result.Err says whether the module may start.
func (g *Gate) Check(ctx context.Context, module Module, servers []string) Result {
	r := Result{Module: module}
	var needed Feature
	switch module {
	case Historical:
		needed = FeatureHistorical
	case RealTime:
		needed = g.options.RealTime
	default:
		r.Problem = wfm.Problem{Field: "module", Value: string(module), Reason: "is not known", Remedy: "use historical or rta"}
	}
	var asked []string
	for i, server := range servers {
		if !slices.Contains(servers[:i], server) {
			asked = append(asked, server)
		}
	}
	lists, errs := make([][]Feature, len(asked)), make([]error, len(asked))
	var all sync.WaitGroup
	for i, server := range asked {
		all.Go(func() { lists[i], errs[i] = g.reader.Features(ctx, server) })
	}
	all.Wait()
	var offers []string
	for i, server := range asked {
		r.Decisions = append(r.Decisions, decide(module, server, needed, lists[i], errs[i]))
		if errs[i] == nil {
			offers = append(offers, wfm.Quote(server)+" has "+join(lists[i]))
		} else {
			offers = append(offers, wfm.Quote(server)+" could not be read")
		}
	}
	if module == RealTime && needed == "" {
		remedy := "set it to the feature under which your licence lists WFM real-time adherence"
		if len(offers) > 0 {
			remedy += ": " + strings.Join(offers, "; ")
		}
		r.Problem = wfm.Problem{Field: "licence feature of the real-time module", Reason: "is not set", Remedy: remedy}
	}
	return r
}

func decide(module Module, server string, needed Feature, list []Feature, err error) Decision {
	d := Decision{Server: server, Module: module}
	switch {
	case err != nil:
		d.State, d.Err = Unknown, err
		d.Reason = "the licence could not be read: " + wfm.OneLine(err.Error())
	case needed == "":
		d.State, d.Reason = Unknown, "the name of the module's licence feature is not set; the server has "+join(list)
	case has(list, needed):
		d.State, d.Reason = Licensed, "the licence has "+string(needed)
	default:
		d.State, d.Reason = NotLicensed, "the licence lacks "+string(needed)
	}
	return d
}

// Licensed returns the servers whose data may be read, in the order asked.
func (r Result) Licensed() []string {
	var list []string
	for _, d := range r.Decisions {
		if d.State == Licensed {
			list = append(list, d.Server)
		}
	}
	return list
}

// MayStart tells whether the module may start: at least one of its servers is licensed.
func (r Result) MayStart() bool { return r.Problem == nil && len(r.Licensed()) > 0 }

// Err says why the module may not start; nil where it may. A missing setting is a wfm.Problem.
// Otherwise it is a *wfm.Error: of kind wfm.NotLicensed where every server was read, and of the
// first reader's kind where one was not, for then the licence may be there; that one may be tried
// again if the reader's error may.
func (r Result) Err() error {
	if r.Problem != nil || r.MayStart() {
		return r.Problem
	}
	e := &wfm.Error{Op: "start the " + string(r.Module) + " module", Kind: wfm.NotLicensed,
		Remedy: "add the module's feature to the licence of at least one server"}
	if len(r.Decisions) == 0 {
		e.Kind, e.Err, e.Remedy = wfm.BadConfig, errors.New("it has no CIC server"), "name at least one server"
		return e
	}
	var reasons []string
	first := true
	for _, d := range r.Decisions {
		reasons = append(reasons, fmt.Sprintf("%s: %s", wfm.Quote(d.Server), d.Reason))
		if d.State == Unknown {
			retry, after := wfm.ShouldRetry(d.Err)
			if first {
				e.Kind, e.Remedy = wfm.KindOf(d.Err), "let the account read the servers' licences, or declare the features in the configuration"
				first = false
			}
			if retry && !e.Retry {
				e.Retry, e.After = true, after
			}
		}
	}
	e.Err = errors.New("no server is known to be licensed: " + strings.Join(reasons, "; "))
	return e
}
