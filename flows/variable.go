package flows

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/types"
)

// kind is the type of a variable, as authors name it.
type kind string

const (
	kindString   kind = "string"
	kindText     kind = "text"
	kindInteger  kind = "integer"
	kindNumber   kind = "number"
	kindBoolean  kind = "boolean"
	kindDate     kind = "date"
	kindTime     kind = "time"
	kindDatetime kind = "datetime"
	kindMoney    kind = "money"
	kindList     kind = "list"
	kindEmail    kind = "email"
	kindPattern  kind = "pattern"
	kindMedia    kind = "media"
	kindAny      kind = "" // set variables: whatever was set
)

// variable is an input, a capture, or a name that set gives a value to.
type variable struct {
	name     string
	kind     kind
	at       *node
	required bool
	optional bool // may be unset from the start
	secret   bool
	foreign  bool
	def      any
	min, max *float64
	pattern  *regexp.Regexp
	values   []any
}

// Bounds of values, so that no expression over them is costly.
const (
	maxText = 1600
	maxList = 1000
	maxVars = 64 << 10 // of a run, about its JSON's size
)

var moneyType = types.Map{"amount": types.Float64, "currency": types.String}
var mediaType = types.Array(types.Map{"url": types.String, "type": types.String})

// typ is how expressions see the variable.
func (v *variable) typ() types.Type {
	switch v.kind {
	case kindString, kindText, kindTime, kindEmail, kindPattern:
		return types.String
	case kindInteger:
		return types.Int
	case kindNumber:
		return types.Float64
	case kindBoolean:
		return types.Bool
	case kindDate, kindDatetime:
		return timeType
	case kindMoney:
		return moneyType
	case kindList:
		return types.Array(types.Any)
	case kindMedia:
		return mediaType
	}
	return types.Any
}

// inputKinds and captureKinds are what a business may send and a customer may
// answer.
var (
	inputKinds = []string{"string", "integer", "number", "boolean", "date", "time", "datetime", "money", "list"}

	captureKinds = []string{"text", "integer", "number", "date", "time", "datetime", "money", "email", "pattern", "media"}
)

func (p *parser) inputs(n *node) {
	for _, e := range p.entries(n, "input", "NAME: TYPE", maxInputs) {
		if v := p.variable(e, "input", inputKinds, keysOf[inputKeys]()); v != nil {
			p.flow.inputs = append(p.flow.inputs, v)
			p.flow.vars[v.name] = v
		}
	}
	slices.SortFunc(p.flow.inputs, func(a, b *variable) int { return strings.Compare(a.name, b.name) })
}

// captures reads the answers a state stores. One question has one answer, so at
// most one of them is not media.
func (p *parser) captures(n *node) []*variable {
	if n == nil {
		return nil
	}
	if n.shape != isObject || len(n.keys) == 0 {
		p.failAt(n, "capture is %s: write NAME: TYPE", n.shape)
		return nil
	}
	var out []*variable
	answers := 0
	for _, e := range n.keys {
		v := p.variable(e, "capture", captureKinds, keysOf[captureKeys]())
		if v == nil {
			continue
		}
		if v.kind != kindMedia {
			if answers++; answers == 2 {
				p.failAt(e.at, "a second answer in one question: ask for %s in a state of its own", v.name)
			}
		}
		if old := p.flow.vars[v.name]; old != nil {
			if old.kind != kindAny && old.kind != v.kind {
				p.failAt(e.at, "%s is %s here and %s elsewhere: use two names", v.name, v.kind, old.kind)
			}
			v.secret = old.secret // a secret input that the customer may give instead
		}
		p.flow.vars[v.name] = v
		out = append(out, v)
	}
	return out
}

// builtins are the names that expressions always have.
var builtins = []string{"brand", "contact", "line", "now", "can_reply", "last_text", "reply", "event", "opens", "choices", "language"}

func (p *parser) variable(e entry, what string, kinds, known []string) *variable {
	n := e.value
	v := &variable{name: e.name, at: e.at, required: true}
	if !p.nameable(e) {
		return nil
	}
	if n.shape != isObject {
		v.kind = kind(p.oneOf(n, "the type of "+e.name, kinds...))
		if v.kind == kindPattern {
			p.failAt(n, "%s has no pattern: write {type: pattern, pattern: /.../}", e.name)
		}
		return v
	}
	if !p.keys(n, what+" "+e.name, known) {
		return nil
	}
	if n.child("type") == nil {
		p.failAt(e.at, "%s has no type: %s", e.name, suggest("", kinds))
		return nil
	}
	v.kind = kind(p.oneOf(n.child("type"), "the type of "+e.name, kinds...))
	v.secret = p.flag(n.child("secret"), "secret", false)
	v.foreign = p.flag(n.child("foreign"), "foreign", false)
	v.min, v.max = p.number(n.child("min"), "min"), p.number(n.child("max"), "max")
	p.limits(v, n)
	var values []any // not yet v's, or each had to be among those before it
	for _, item := range p.list(n.child("values"), "values", maxValues, false) {
		values = append(values, p.literal(v, item))
	}
	v.values = values
	v.required = p.flag(n.child("required"), "required", n.child("default") == nil)
	v.optional = !v.required
	if d := n.child("default"); d != nil {
		v.def, v.optional = p.literal(v, d), false
	}
	return v
}

// nameable says whether the key can be a variable's name.
func (p *parser) nameable(e entry) bool {
	switch {
	case !isIdentifier(e.name) || reserved[e.name]:
		p.failAt(e.at, "%s cannot name a variable: use letters, digits and _", quote(e.name))
	case slices.Contains(builtins, e.name) || functions[e.name]:
		p.failAt(e.at, "%s is always there and cannot be replaced: use another name", e.name)
	default:
		return true
	}
	return false
}

func (p *parser) limits(v *variable, n *node) {
	sized := slices.Contains([]kind{kindString, kindText, kindInteger, kindNumber, kindMoney, kindList}, v.kind)
	for _, key := range []string{"min", "max"} {
		if n.child(key) != nil && !sized {
			p.failAt(n.child(key), "%s is for texts, numbers, money and lists: remove it", key)
		}
	}
	if v.min != nil && v.max != nil && *v.min > *v.max {
		p.failAt(n.child("min"), "min is more than max: swap them")
	}
	if pat := n.child("pattern"); pat != nil {
		s := strings.TrimSuffix(strings.TrimPrefix(p.text(pat, "pattern"), "/"), "/")
		// An input must match as a whole; an answer may hold more than what is sought.
		v.pattern = p.pattern(pat, s, v.kind == kindString || v.kind == kindText)
		if !slices.Contains([]kind{kindString, kindText, kindPattern}, v.kind) {
			p.failAt(pat, "pattern is for texts: remove it")
		}
	} else if v.kind == kindPattern {
		p.failAt(v.at, "%s has no pattern: add pattern: /.../", v.name)
	}
}

// literal reads a value of the file that must be one of the variable's.
func (p *parser) literal(v *variable, n *node) any {
	value, problem := v.check(plain(n))
	if problem != "" {
		p.failAs("a-value-that-does-not-fit", n, v.name+" "+problem)
	}
	return value
}

// within checks the bounds of a value that has the right type. It returns what is
// wrong, or "".
func (v *variable) within(value any) string {
	size, unit := 0.0, ""
	switch x := value.(type) {
	case string:
		size, unit = float64(utf8.RuneCountInString(x)), " characters"
		if v.pattern != nil && v.kind != kindPattern && !v.pattern.MatchString(x) {
			return "does not have the form that the flow asks for"
		}
	case []any:
		size, unit = float64(len(x)), " items"
	case int:
		size = float64(x)
	case float64:
		size = x
	case map[string]any:
		size, _ = x["amount"].(float64)
	}
	switch {
	case v.max != nil && size > *v.max:
		return fmt.Sprintf("must be at most %s%s", plainNumber(*v.max), unit)
	case v.min != nil && size < *v.min:
		return fmt.Sprintf("must be at least %s%s", plainNumber(*v.min), unit)
	case len(v.values) > 0 && !slices.ContainsFunc(v.values, func(a any) bool { return same(a, value) }):
		return "must be one of " + v.choices()
	}
	return ""
}

func (v *variable) choices() string {
	var out []string
	for _, c := range v.values {
		out = append(out, fmt.Sprint(c))
	}
	return strings.Join(out, ", ")
}

func same(a, b any) bool {
	switch a.(type) {
	case string, int, float64, bool:
		return a == b
	}
	return fmt.Sprint(a) == fmt.Sprint(b)
}

// accept takes a value that set gives to a declared variable: it must be of the
// declared kind.
func (v *variable) accept(value any) (any, error) {
	if v.kind == kindAny || v.kind == kindMedia {
		return value, nil
	}
	out, ok := v.coerce(value)
	if !ok {
		return nil, fmt.Errorf("%s was set to what is not %s", v.name, kindWords[v.kind])
	}
	return out, nil
}
