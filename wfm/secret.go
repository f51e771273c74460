package wfm

import "log/slog"

// Secret is a password or key. However it is printed, logged or marshalled, it shows as
// "<secret>"; only Reveal returns it.
type Secret struct{ value string }

const hidden = "<secret>"

// NewSecret wraps a secret value.
func NewSecret(value string) Secret { return Secret{value} }

// Reveal returns the value, for the one call that needs it.
func (s Secret) Reveal() string { return s.value }

// IsZero tells whether the secret is empty.
func (s Secret) IsZero() bool { return s.value == "" }

// String hides the value.
func (s Secret) String() string { return hidden }

// GoString hides the value from %#v.
func (s Secret) GoString() string { return hidden }

// MarshalText hides the value from JSON, YAML and the like.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// UnmarshalText takes the value.
func (s *Secret) UnmarshalText(b []byte) error { s.value = string(b); return nil }

// LogValue hides the value from log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }
