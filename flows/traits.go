package flows

import (
	"strconv"
	"strings"
)

// Trait is what is known of a variable: for whoever must not show its value.
type Trait struct {
	Kind    string // the type; "" : whatever was set
	Secret  bool
	Foreign bool
	Fixed   bool // only values that the flow lists
}

// Trait describes a variable; the zero Trait stands for one that the flow does not
// have.
func (f *Flow) Trait(name string) Trait {
	v := f.vars[name]
	if v == nil {
		return Trait{}
	}
	return Trait{Kind: string(v.kind), Secret: v.secret, Foreign: v.foreign, Fixed: len(v.values) > 0}
}

// Captures is the type of the answer that the state captures; "" : none.
func (f *Flow) Captures(stateName string) string {
	if s := f.states[stateName]; s != nil && s.wanted() != nil {
		return string(s.wanted().kind)
	}
	return ""
}

// Instead is a value to stand for another one of the variable: the given one if the
// variable takes it, else a made-up one.
func (f *Flow) Instead(name string, value any) any {
	v := f.vars[name]
	if v == nil {
		return value
	}
	if _, problem := v.check(value); problem == "" {
		return value
	}
	if made := v.sample(sampleNow); made != nil {
		return made
	}
	return value
}

// Compares says whether an expression of the flow names the text: it is a word of
// the flow then, not only of a customer.
func (f *Flow) Compares(text string) bool {
	for _, quoted := range []string{"'" + text + "'", strings.Trim(strconv.Quote(strconv.Quote(text)), `"`)} {
		if strings.Contains(string(f.source), quoted) {
			return true
		}
	}
	return false
}
