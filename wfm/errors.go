package wfm

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Kind classes what went wrong.
type Kind uint8

// The kinds of errors.
const (
	Unclassified   Kind = iota
	BadConfig           // a setting is wrong
	NotFound            // a view, column, workgroup, file or layout is not there
	NoPermission        // the right is missing
	Unavailable         // a server or disk does not answer
	BadData             // data that cannot be right
	Conflict            // other content under a name that was already delivered
	NotLicensed         // the licence feature is missing
	Unsupported         // the vendor or the database cannot do it
	LossOfInterest      // the context ended
)

// String names the kind.
func (k Kind) String() string {
	names := [...]string{"error", "bad configuration", "not found", "no permission", "unavailable", "bad data",
		"conflict", "not licensed", "unsupported", "cancelled"}
	if int(k) >= len(names) {
		return "kind " + strconv.Itoa(int(k))
	}
	return names[k]
}

// Error is a failure with a decision. It is wrapped once, by the host, which adds feed and
// interval; adapters return it without them.
type Error struct {
	Op       string // what was done, such as "read IWrkgrpQueueStats"
	Kind     Kind
	Feed     string // name of the feed, where known
	Interval Window // where known
	// Retry says that the same call may succeed later; false means that someone must change
	// something first.
	Retry bool
	// After is how long to wait before trying again; zero leaves it to the host.
	After  time.Duration
	Remedy string // one sentence for the administrator
	Err    error
}

// Error returns one line: feed, interval, operation, cause and remedy.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Feed != "" {
		fmt.Fprintf(&b, "feed %q: ", e.Feed)
	}
	if !e.Interval.IsZero() {
		fmt.Fprintf(&b, "interval %s: ", e.Interval)
	}
	if e.Op != "" {
		b.WriteString(e.Op + ": ")
	}
	if e.Err != nil {
		b.WriteString(e.Err.Error())
	} else {
		b.WriteString(e.Kind.String())
	}
	if e.Remedy != "" {
		b.WriteString("; " + e.Remedy)
	}
	return OneLine(b.String())
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of the first *Error in the chain. A Problem is BadConfig.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) && e.Kind != Unclassified {
		return e.Kind
	}
	var p Problem
	if errors.As(err, &p) {
		return BadConfig
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return LossOfInterest
	}
	return Unclassified
}

// ShouldRetry tells whether trying again can help and after how long; zero leaves the delay to the
// caller. An error that says nothing may be tried again; a Problem and a context's end may not.
func ShouldRetry(err error) (retry bool, after time.Duration) {
	if err == nil {
		return false, 0
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Retry, e.After
	}
	var p Problem
	if errors.As(err, &p) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false, 0
	}
	return true, 0
}

// Problem is one thing that is wrong with an input: a setting, a row, a layout file.
type Problem struct {
	Where  string // file and line, or the part of a configuration
	Field  string
	Value  string // shown quoted and cut; never a secret
	Reason string // completes "field value …"
	Remedy string
}

// Error returns one line that names the field, the value and the remedy.
func (p Problem) Error() string {
	var b strings.Builder
	if p.Where != "" {
		b.WriteString(p.Where + ": ")
	}
	if p.Field != "" {
		b.WriteString(p.Field + " ")
	}
	if p.Value != "" {
		b.WriteString(Quote(p.Value) + " ")
	}
	b.WriteString(p.Reason)
	if p.Remedy != "" {
		b.WriteString("; " + p.Remedy)
	}
	return OneLine(b.String())
}

// Quote quotes foreign text for a message: control characters escaped, and cut to 80 characters,
// so that hostile input can neither forge a log line nor fill a log.
func Quote(s string) string {
	const most = 80
	if utf8.RuneCountInString(s) <= most {
		return strconv.Quote(s)
	}
	cut := []rune(strings.ToValidUTF8(s[:min(len(s), most*utf8.UTFMax)], "\uFFFD"))
	return strconv.Quote(string(cut[:min(len(cut), most)])) + "… (" + strconv.Itoa(len(s)) + " bytes)"
}

// OneLine makes a message of a foreign system fit into one line of a log: line ends and other
// control characters become blanks, so that it can neither forge a line nor steer a terminal.
func OneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
	}), " ")
}
