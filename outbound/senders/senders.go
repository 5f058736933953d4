// Package senders knows which sender a country lets a business use: numeric,
// alphanumeric, alphanumeric after registration, and from which day. It is a leaf.
//
// The table (sender_rules.csv) was gathered from public pages of carriers and
// regulators; each row names its sources and how sure it is. What is not sure is
// treated as forbidden: a text from a number arrives, a text from an unregistered
// name may be blocked or marked as fraud, and is billed either way.
package senders

import (
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

// Choice is what Check decides.
type Choice string

// The choices. Numeric means: use a number or short code instead; where the
// business has none for the country, refuse.
const (
	Use     Choice = "use"
	Numeric Choice = "numeric"
	Refuse  Choice = "refuse"
)

// Decision is the answer of Check, with its reason for the decision record.
type Decision struct {
	Choice  Choice
	Why     string // one sentence, without the customer's number
	Warning string // set when Use will end on a known day
	Country string // ISO 3166; "" : no rule is known
}

// Check decides whether sender may text the E.164 number to at the given time.
// expectsReply says that the flow waits for an answer, which a name cannot receive.
func Check(sender Sender, to string, at time.Time, expectsReply bool) Decision {
	rule, known := Lookup(to)
	registered := slices.Contains(sender.Registered, rule.Country)
	d := Decision{Choice: Use, Country: rule.Country}
	if !IsAlphanumeric(sender.ID) {
		d.Why = "a numeric sender"
		return d
	}
	switch {
	case len(sender.ID) > maxLen(rule):
		d.Choice, d.Why = Refuse, fmt.Sprintf("a sender name has at most %d characters", maxLen(rule))
	case expectsReply:
		d.Choice, d.Why = Numeric, "nobody can answer a sender name, and this text expects an answer"
	case !known:
		d.Choice, d.Why = Numeric, "no rule is known for this country"
	case rule.Alphanumeric == No:
		d.Choice, d.Why = Numeric, rule.Name+" does not carry sender names"
	case rule.Alphanumeric == Overwritten:
		d.Choice, d.Why = Numeric, rule.Name+" overwrites sender names"
	case rule.Confidence == "low":
		d.Choice, d.Why = Numeric, "the sources about sender names in "+rule.Name+" conflict"
	case rule.Alphanumeric == NeedsRegistration && !registered:
		d = unregistered(d, rule, at)
	default:
		d.Why = "sender names are allowed in " + rule.Name
		if registered {
			d.Why = "the sender name is registered in " + rule.Name
		}
	}
	return d
}

// unregistered treats a name without proof: tolerated with a warning until the
// day that registration becomes mandatory.
func unregistered(d Decision, rule Rule, at time.Time) Decision {
	if !rule.Effective.IsZero() && at.Before(rule.Effective) {
		day := rule.Effective.Format(time.DateOnly)
		d.Why = "sender names need no registration in " + rule.Name + " before " + day
		d.Warning = "from " + day + " this sender name must be registered in " + rule.Name
		return d
	}
	d.Choice, d.Why = Numeric, "the sender name is not registered in "+rule.Name
	if rule.Unregistered != "" {
		d.Why += ": " + rule.Unregistered
	}
	return d
}

// IsAlphanumeric says whether a sender is a name: it has a letter.
func IsAlphanumeric(id string) bool {
	return strings.ContainsFunc(id, func(r rune) bool { return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r > 0x7F })
}

func maxLen(r Rule) int {
	if r.MaxLen > 0 {
		return r.MaxLen
	}
	return 11
}
