package wfm

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a password or key. However it is printed, logged or marshalled, it shows as
// "<secret>"; only Reveal returns it. Two secrets are never equal by ==: compare what Reveal returns.
type Secret struct {
	// A pointer, because package fmt prints the unexported fields of a surrounding struct without
	// asking their methods.
	value *string
}

const hidden = "<secret>"

// NewSecret wraps a secret value.
func NewSecret(value string) Secret { return Secret{&value} }

// Reveal returns the value, for the one call that needs it.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// IsZero tells whether the secret is empty.
func (s Secret) IsZero() bool { return s.Reveal() == "" }

// String hides the value.
func (s Secret) String() string { return hidden }

// Format hides the value from every verb, also from those that ask no method.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// GoString hides the value from %#v.
func (s Secret) GoString() string { return hidden }

// MarshalText hides the value from JSON, YAML and the like.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// UnmarshalText takes the value.
func (s *Secret) UnmarshalText(b []byte) error { *s = NewSecret(string(b)); return nil }

// LogValue hides the value from log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }
