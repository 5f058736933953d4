package verify

import (
	"fmt"
	"log/slog"
)

// hidden is what a Secret shows of itself.
const hidden = "••••"

// Secret is a code or a grant on its way through the program. Printing, logging and
// encoding it give dots; Reveal gives it away, in the two places that must.
type Secret struct{ text string }

// NewSecret hides a text.
func NewSecret(text string) Secret { return Secret{text} }

// Reveal gives the text itself.
func (s Secret) Reveal() string { return s.text }

// String gives dots.
func (s Secret) String() string { return hidden }

// GoString gives dots.
func (s Secret) GoString() string { return hidden }

// Format gives dots for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// MarshalText gives dots, so that JSON does too.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue gives dots.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }
