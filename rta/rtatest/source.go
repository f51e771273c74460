// Package rtatest helps to test what stands on both sides of rta.Stream: a source that says what a
// test tells it to ([Source]), and the rules that every source of one's own must keep ([Check]).
//
// Its place: beside package rta, for tests.
package rtatest

import (
	"context"
	"errors"

	"github.com/cicwfm/cicwfm/rta"
)

// Source is a server that says what a test tells it to. It is safe for concurrent use.
type Source struct {
	steps chan step
	// Queries receives the query of each call of Run.
	queries chan rta.Query
}

type step struct {
	event rta.Event
	err   error
	done  chan struct{}
}

var _ rta.Source = (*Source)(nil)

// NewSource makes a source.
func NewSource() *Source {
	return &Source{steps: make(chan step), queries: make(chan rta.Query, 16)}
}

// Run waits for what Emit and Lose say.
func (s *Source) Run(ctx context.Context, q rta.Query, emit func(rta.Event) error) error {
	select {
	case s.queries <- q:
	default:
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case st := <-s.steps:
			err := st.err
			if err == nil {
				err = emit(st.event)
			}
			close(st.done)
			if err != nil {
				return err
			}
		}
	}
}

// Queries returns the queries that Run was called with, as they come.
func (s *Source) Queries() <-chan rta.Query { return s.queries }

// Emit lets the running Run emit events, waiting for a Run where none runs. It returns when the last was taken in.
func (s *Source) Emit(ctx context.Context, events ...rta.Event) error {
	for _, e := range events {
		if err := s.do(ctx, step{event: e}); err != nil {
			return err
		}
	}
	return nil
}

// Lose ends the running Run with an error.
func (s *Source) Lose(ctx context.Context, err error) error {
	if err == nil {
		err = errors.New("the link was lost")
	}
	return s.do(ctx, step{err: err})
}

func (s *Source) do(ctx context.Context, st step) error {
	st.done = make(chan struct{})
	select {
	case s.steps <- st:
	case <-ctx.Done():
		return ctx.Err()
	}
	<-st.done
	return nil
}

// Told is the start of a session that tells the given agents: Connected, Statuses of them, the agents, Synced.
func Told(host string, agents ...rta.Facts) []rta.Event {
	statuses := rta.Event{Kind: rta.Statuses}
	list := []rta.Event{{Kind: rta.Connected, Host: host}}
	for i := range agents {
		statuses.Statuses = append(statuses.Statuses, agents[i].Status)
	}
	list = append(list, statuses)
	for i := range agents {
		list = append(list, rta.Event{Kind: rta.Agent, Facts: &agents[i]})
	}
	return append(list, rta.Event{Kind: rta.Synced})
}
