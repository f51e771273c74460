package rtatest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/conform"
)

// Check proves that a source keeps the rules of rta.Source. open is called for each rule and returns
// a source of a server that is up and has at least one member in the query's workgroups. The error joins
// every rule that is broken. It takes some seconds.
func Check(ctx context.Context, q rta.Query, open func() (rta.Source, error)) error {
	return conform.Check(ctx, Cases(q, open))
}

// Cases are the rules of Check one by one, for conform.Run.
func Cases(q rta.Query, open func() (rta.Source, error)) []conform.Case {
	var list []conform.Case
	for _, r := range []struct {
		name, rule string
		run        func(context.Context, rta.Source, rta.Query) error
	}{
		{"order", "a session says Connected, then Statuses and every agent, then Synced", order},
		{"whole", "facts are whole: agent, status, workgroups of the query in order", whole},
		{"emit", "Run returns the error of emit, at once", emitError},
		{"ends", "Run returns when its context ends, with an error", ends},
		{"again", "a second call of Run tells everything anew", again},
	} {
		list = append(list, conform.Case{Name: r.name, Rule: r.rule, Run: func(ctx context.Context) error {
			src, err := open()
			if err != nil {
				return err
			}
			return r.run(ctx, src, q)
		}})
	}
	return list
}

var errEnough = errors.New("enough")

// session runs until Synced and returns the events with copies of their facts.
func session(ctx context.Context, src rta.Source, q rta.Query) ([]rta.Event, error) {
	var list []rta.Event
	err := src.Run(ctx, q, func(e rta.Event) error {
		if e.Facts != nil {
			f := *e.Facts
			f.Interactions = slices.Clone(f.Interactions)
			e.Facts = &f
		}
		list = append(list, e)
		if e.Kind == rta.Synced {
			return errEnough
		}
		return nil
	})
	if !errors.Is(err, errEnough) {
		return list, fmt.Errorf("the session ended before Synced: %w", err)
	}
	return list, nil
}

func order(ctx context.Context, src rta.Source, q rta.Query) error {
	list, err := session(ctx, src, q)
	if err != nil {
		return err
	}
	agents, statuses := 0, false
	for i, e := range list {
		switch e.Kind {
		case rta.Connected:
			if i != 0 {
				return fmt.Errorf("event %d is Connected", i+1)
			}
		case rta.Statuses:
			statuses = true
		case rta.Agent:
			agents++
		}
	}
	switch {
	case list[0].Kind != rta.Connected || list[0].Host == "":
		return errors.New("the first event is not Connected with a host")
	case !statuses:
		return errors.New("no status messages were told")
	case agents == 0:
		return errors.New("no agent was told")
	}
	return nil
}

func whole(ctx context.Context, src rta.Source, q rta.Query) error {
	list, err := session(ctx, src, q)
	for _, e := range list {
		if e.Kind != rta.Agent {
			continue
		}
		f := e.Facts
		switch {
		case f == nil || f.Agent == "":
			return errors.New("facts without an agent")
		case f.Status.Key == "":
			return fmt.Errorf("agent %s has no status", wfm.Quote(string(f.Agent)))
		case len(f.Workgroups) == 0 || !slices.IsSorted(f.Workgroups):
			return fmt.Errorf("agent %s has workgroups %q", wfm.Quote(string(f.Agent)), f.Workgroups)
		case q.Queues && f.Interactions == nil:
			return fmt.Errorf("agent %s has no list of interactions, though they were asked for", wfm.Quote(string(f.Agent)))
		case f.StatusSince.Location() != time.UTC:
			return fmt.Errorf("agent %s has a time that is not UTC", wfm.Quote(string(f.Agent)))
		}
		for _, g := range f.Workgroups {
			if !slices.Contains(q.Workgroups, g) {
				return fmt.Errorf("agent %s has workgroup %s, which is not spelled as in the query", wfm.Quote(string(f.Agent)), wfm.Quote(string(g)))
			}
		}
	}
	return err
}

func emitError(ctx context.Context, src rta.Source, q rta.Query) error {
	calls := 0
	err := src.Run(ctx, q, func(rta.Event) error { calls++; return errEnough })
	switch {
	case !errors.Is(err, errEnough):
		return fmt.Errorf("it returned %v", err)
	case calls != 1:
		return fmt.Errorf("emit was called %d times", calls)
	}
	return nil
}

func ends(ctx context.Context, src rta.Source, q rta.Query) error {
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		done <- src.Run(inner, q, func(e rta.Event) error {
			if e.Kind == rta.Synced {
				cancel()
			}
			return nil
		})
	}()
	select {
	case err := <-done:
		if err == nil {
			return errors.New("it returned nil")
		}
		return nil
	case <-ctx.Done():
		return errors.New("it did not return")
	}
}

func again(ctx context.Context, src rta.Source, q rta.Query) error {
	first, err := session(ctx, src, q)
	if err != nil {
		return err
	}
	second, err := session(ctx, src, q)
	if err != nil {
		return fmt.Errorf("the second call: %w", err)
	}
	agents := func(list []rta.Event) (names []wfm.AgentID) {
		for _, e := range list {
			if e.Kind == rta.Agent {
				names = append(names, e.Facts.Agent)
			}
		}
		slices.Sort(names)
		return slices.Compact(names)
	}
	if a, b := agents(first), agents(second); !slices.Equal(a, b) {
		return fmt.Errorf("the first call told %d agents, the second %d", len(a), len(b))
	}
	return nil
}
