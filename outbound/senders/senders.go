// Package senders knows under which names a country lets a business text: none, any,
// or those that are registered there, and from which day. It is a leaf.
//
// The table (sender_rules.csv) was gathered from public pages of carriers and
// regulators; each row names its sources and how sure it is. What is not sure is
// treated as forbidden: a text from a number arrives, a text from an unregistered
// name may be blocked or marked as fraud, and is billed either way.
package senders

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Sender is the identity that a text would go out under.
type Sender struct {
	ID         string   // a number, a short code, or a name of up to 11 characters
	Registered []string // the countries (ISO 3166-1 alpha-2) where the business has it registered
}

// mostName is how long a name may be where the country's rule says nothing else.
const mostName = 11

// Refusal says why sender may not text the E.164 number to at the given time: one
// sentence without the number; "": it may. Numbers and short codes always may.
func Refusal(sender Sender, to string, at time.Time) string {
	if !IsAlphanumeric(sender.ID) {
		return ""
	}
	rule, known := Lookup(to)
	most := cmp.Or(rule.MaxLen, mostName)
	switch {
	case len(sender.ID) > most:
		return fmt.Sprintf("a sender name has at most %d characters", most)
	case !known:
		return "no rule is known for this country"
	case rule.Alphanumeric == No:
		return rule.Name + " does not carry sender names"
	case rule.Alphanumeric == Overwritten:
		return rule.Name + " overwrites sender names"
	case rule.Confidence == "low":
		return "the sources about sender names in " + rule.Name + " conflict"
	case rule.Alphanumeric == Yes, at.Before(rule.Effective), slices.Contains(sender.Registered, rule.Country):
		return ""
	case rule.Unregistered == "":
		return "the sender name is not registered in " + rule.Name
	}
	return "the sender name is not registered in " + rule.Name + ": " + rule.Unregistered
}

// IsAlphanumeric says whether a sender is a name: it has a letter.
func IsAlphanumeric(id string) bool {
	return strings.ContainsFunc(id, func(r rune) bool { return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r > 0x7F })
}
