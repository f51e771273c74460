package ledger

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// The longest texts that a ledger keeps, in bytes of UTF-8. They are what the indexes of every
// supported database hold.
const (
	MaxFeed   = 200
	MaxHolder = 200
	MaxKind   = 100
	MaxName   = 1000
	MaxWhere  = 1000
)

// Check refuses what cannot be a key. The error joins every wfm.Problem. Ledgers call it in
// Begin and Commit, so that no ledger accepts what another cannot store.
func (k Key) Check() error {
	var problems []error
	bad := func(field, value, reason string) {
		problems = append(problems, wfm.Problem{Where: "ledger key", Field: field, Value: value, Reason: reason})
	}
	if reason := badLabel(k.Feed, MaxFeed); reason != "" {
		bad("feed", k.Feed, reason)
	}
	if reason := badText(k.Kind, MaxKind); reason != "" {
		bad("kind", k.Kind, reason)
	}
	if reason := badText(k.Name, MaxName); reason != "" {
		bad("name", k.Name, reason)
	}
	if !k.Period.Start.Before(k.Period.End) {
		bad("period", k.Period.String(), "ends where or before it starts")
	} else if y, z := k.Period.Start.UTC().Year(), k.Period.End.UTC().Year(); y < 1 || z > 9999 {
		bad("period", k.Period.String(), "lies outside the years 1 to 9999")
	}
	if k.Part < 0 {
		bad("part", strconv.Itoa(k.Part), "is negative")
	}
	if k.Revision < 1 {
		bad("revision", strconv.Itoa(k.Revision), "is not 1 or more")
	}
	return errors.Join(problems...)
}

// CheckFeed refuses what cannot be the name of a feed. Ledgers call it in SetWatermark.
func CheckFeed(feed string) error {
	if reason := badLabel(feed, MaxFeed); reason != "" {
		return wfm.Problem{Where: "ledger", Field: "feed", Value: feed, Reason: reason}
	}
	return nil
}

// badText says why a text cannot be stored; "" where it can.
func badText(text string, most int) string {
	switch {
	case text == "":
		return "is empty"
	case !utf8.ValidString(text):
		return "is not valid UTF-8"
	case len(text) > most:
		return "is longer than " + strconv.Itoa(most) + " bytes"
	}
	return ""
}

// badLabel is badText for what databases look up as it stands: some take "sales" and "sales " for
// the same.
func badLabel(text string, most int) string {
	if reason := badText(text, most); reason != "" || strings.TrimSpace(text) == text {
		return reason
	}
	return "begins or ends with a blank"
}

// Stored returns the receipt as ledgers keep it: Where is cut to MaxWhere bytes, and bytes that are
// no UTF-8 are replaced. A receipt is never refused, since what it tells of has happened.
func Stored(r delivery.Receipt) delivery.Receipt {
	r.Where = strings.ToValidUTF8(r.Where, "\uFFFD")
	if cut := r.Where; len(cut) > MaxWhere {
		cut = cut[:MaxWhere]
		for !utf8.ValidString(cut) {
			cut = cut[:len(cut)-1]
		}
		r.Where = cut
	}
	return r
}

// UTC returns the key with its period in UTC, which is how ledgers keep it.
func (k Key) UTC() Key {
	k.Period = wfm.Window{Start: k.Period.Start.UTC().Round(0), End: k.Period.End.UTC().Round(0)}
	return k
}

// ID returns 64 hexadecimal digits that stand for the key: SHA-256 over its fields, each with its
// length. Two keys have one ID only if every field is the same, byte by byte; a period counts by its
// instants. Databases use it as the primary key, because names may be longer than an index allows
// and because collations take different names for the same. It is stored: it must never change.
func (k Key) ID() string {
	var b []byte
	text := func(s string) {
		b = binary.BigEndian.AppendUint64(b, uint64(len(s)))
		b = append(b, s...)
	}
	instant := func(t time.Time) {
		b = binary.BigEndian.AppendUint64(b, uint64(t.Unix()))
		b = binary.BigEndian.AppendUint64(b, uint64(t.Nanosecond()))
	}
	text(k.Feed)
	text(k.Kind)
	text(k.Name)
	instant(k.Period.Start)
	instant(k.Period.End)
	b = binary.BigEndian.AppendUint64(b, uint64(k.Part))
	b = binary.BigEndian.AppendUint64(b, uint64(k.Revision))
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Compare is the order of Entries: period start, kind (bytewise), part, revision. Keys that differ
// only in the rest compare equal.
func Compare(a, b Key) int {
	return cmp.Or(a.Period.Start.Compare(b.Period.Start), cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.Part, b.Part), cmp.Compare(a.Revision, b.Revision))
}

// String names the status.
func (s Status) String() string {
	switch s {
	case Begun:
		return "begun"
	case Delivered:
		return "delivered"
	}
	return "status " + strconv.Itoa(int(s))
}

// ConflictError is what Begin returns for a key that is known with another digest.
func ConflictError(known Entry, digest wfm.Digest) error {
	return &wfm.Error{Op: "begin " + wfm.Quote(known.Key.Name), Kind: wfm.Conflict,
		Remedy: "deliver changed content under a higher revision",
		Err: fmt.Errorf("revision %d is already %s with other content (SHA-256 %.12s…, now %.12s…)",
			known.Key.Revision, known.Status, known.Digest, digest)}
}

// NotBegunError is what Commit returns for a key that was never begun.
func NotBegunError(key Key) error {
	return &wfm.Error{Op: "commit " + wfm.Quote(key.Name), Kind: wfm.NotFound,
		Remedy: "call Begin before the artifact is sent",
		Err:    fmt.Errorf("revision %d for %s was never begun in this ledger", key.Revision, key.Period)}
}
