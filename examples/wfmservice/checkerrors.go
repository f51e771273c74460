package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/wfm"
)

// failures makes a row of each problem that was joined.
func failures(g group, item string, m mark, err error) (rows []row) {
	if err == nil {
		return nil
	}
	for _, one := range cli.Problems(err) {
		text, remedy := explain(one)
		rows = append(rows, newRow(g, item, m, text, remedy))
	}
	return rows
}

// explain tells what is wrong from what to do. The remedies of an error are at the ends of its parts.
func explain(err error) (text, remedy string) {
	if e, ok := err.(*wfm.Error); ok && e.Feed != "" { // the row names it
		plain := *e
		plain.Feed = ""
		err = &plain
	}
	text = wfm.OneLine(err.Error())
	var all []string
	for one := err; one != nil; one = errors.Unwrap(one) {
		switch e := one.(type) {
		case *wfm.Error:
			all = append(all, e.Remedy)
		case wfm.Problem:
			all = append(all, e.Remedy)
		}
	}
	var said []string
	for i := len(all) - 1; i >= 0; i-- { // the nearest to the cause first
		if r := wfm.OneLine(all[i]); r != "" && strings.Contains(text, "; "+r) {
			text = strings.Replace(text, "; "+r, "", 1)
			said = append(said, r)
		}
	}
	if len(said) > 0 {
		return text, strings.Join(said, "; ")
	}
	if before, after, found := strings.Cut(text, "; "); found { // an error without parts says it behind its cause
		return before, after
	}
	return text, usual(wfm.KindOf(err))
}

// usual is what to do about a kind of errors that say nothing of it themselves.
func usual(k wfm.Kind) string {
	switch k {
	case wfm.Unavailable:
		return "see whether the server runs, whether host and port are right, and whether a firewall lets this host through"
	case wfm.NoPermission:
		return "check the account, its password and its rights"
	case wfm.NotFound:
		return "check the name, and whether the account may see it"
	case wfm.BadConfig:
		return "correct the configuration"
	}
	return ""
}

// noted makes a row of a note, whose remedy follows a semicolon.
func noted(g group, item string, m mark, note string) row {
	text, remedy, _ := strings.Cut(note, "; ")
	return newRow(g, item, m, text, remedy)
}

// tooLate says that something did not answer in time, where that is what an error says.
func tooLate(ctx context.Context, limit time.Duration, g group, item string, rows []row) []row {
	if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return rows
	}
	var kept []row
	for _, r := range rows {
		if r.Mark != markFail && r.Mark != markWarn {
			kept = append(kept, r)
		}
	}
	return append(kept, late(limit, g, item))
}

func late(limit time.Duration, g group, item string) row {
	return newRow(g, item, markFail, fmt.Sprintf("did not answer within %s", limit), "check host, port and firewall; a slow one needs a longer -timeout")
}
