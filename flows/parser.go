package flows

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/expr-lang/expr/vm"
)

// maxProblems bounds what one file may report: after so many nobody reads on.
const maxProblems = 50

// parser reads one flow. It goes on after a problem, so that an author sees all
// of them at once.
type parser struct {
	*origin  // the file being read
	problems []*Problem
	shared   map[string]*node // intents that several flows use

	flow    *Flow
	pending []*expression          // compiled when all variables are known
	known   map[string]*vm.Program // those compiled already, by their source
	links   []*link                // resolved when all states are known
	assigns []*setAction           // for spread
}

// link is a way to another state: a name in the machine's tables and a target.
type link struct {
	event string // the machine's name for it; unique among its state's
	to    string
	at    *node
}

// failAt reports what keeps the flow from being used.
func (p *parser) failAt(at *node, format string, args ...any) { p.report(Error, at, format, args) }

// warnAt reports what somebody should look at.
func (p *parser) warnAt(at *node, format string, args ...any) { p.report(Warning, at, format, args) }

// failAs reports under a rule that is named here what others have worded.
func (p *parser) failAs(rule string, at *node, message string) {
	p.note(&Problem{Severity: Error, Rule: rule, Message: message}, at)
}

func (p *parser) report(s Severity, at *node, format string, args []any) {
	p.note(&Problem{Severity: s, Rule: ruleOf(format), Message: fmt.Sprintf(format, args...)}, at)
}

// note completes a finding with its place.
func (p *parser) note(found *Problem, at *node) {
	if len(p.problems) >= maxProblems {
		return
	}
	from := p.origin
	if at != nil && at.from != nil {
		from = at.from
	}
	found.File = from.name
	if at != nil {
		found.Line, found.Col = at.line, at.col
	}
	if found.Line > 0 && found.Line <= len(from.lines) {
		found.Source = from.lines[found.Line-1]
	}
	p.problems = append(p.problems, found)
}

// ruleOf names a kind of finding by the words that all of its messages share, up to
// what is to be done: "there is no state %s: %s" is there-is-no-state.
func ruleOf(format string) string {
	what, _, _ := strings.Cut(format, ": ")
	var words []string
	for w := range strings.FieldsSeq(what) {
		w = strings.Trim(strings.ToLower(w), `.,:;()"{}`)
		if w != "" && !strings.Contains(w, "%") && strings.IndexFunc(w, func(r rune) bool { return r < 'a' || r > 'z' }) < 0 {
			words = append(words, w)
		}
	}
	rule := strings.Join(words[:min(len(words), 6)], "-")
	if plain := ruleNames[rule]; plain != "" {
		return plain
	}
	return rule
}

// ruleNames are those of findings whose own words are too few to tell them by.
var ruleNames = map[string]string{
	"is": "another-kind-of-value", "any": "any-takes-every-text", "call": "no-status-of-a-call", "without": "expression-not-closed",
	"cannot-be": "no-such-value", "a-reply-leads-to": "a-reply-leads-to-an-unlock", "of-nothing": "nothing-to-compare-with",
	"and-in-one-state": "two-ways-on-in-one-state",
}

// keys checks that the node is an object of known keys.
func (p *parser) keys(n *node, what string, known []string) bool {
	if n.shape != isObject {
		p.failAt(n, "%s is %s: write it as keys and values", what, n.shape)
		return false
	}
	for _, e := range n.keys {
		if !slices.Contains(known, e.name) {
			p.failAt(e.at, "%s has no key %s: %s", what, quote(e.name), suggest(e.name, known))
		}
	}
	return true
}

// suggest names the nearest of the names, or all of them.
func suggest(name string, names []string) string {
	best, at := 3, ""
	for _, n := range names {
		if d := distance(name, n); d < best {
			best, at = d, n
		}
	}
	if at != "" {
		return "did you mean " + at + "?"
	}
	if len(names) == 0 {
		return "there is none to choose from"
	}
	return "use one of " + strings.Join(names, ", ")
}

// distance is the number of edits between two short names.
func distance(a, b string) int {
	if len(a) > 40 || len(b) > 40 {
		return 40
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := last
			if a[i] != b[j] {
				cost = 1 + min(last, row[j], row[j+1])
			}
			last, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}

// quote shows a stranger's text in a message, bounded.
func quote(s string) string {
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60]) + "..."
	}
	return strconv.Quote(s)
}

func (p *parser) text(n *node, what string) string {
	if n == nil {
		return ""
	}
	if n.shape != isText {
		p.failAt(n, "%s is %s: write a text (in quotes where it looks like something else)", what, n.shape)
		return ""
	}
	return n.text
}

// oneOf reads a text out of a fixed set; absent gives the first.
func (p *parser) oneOf(n *node, what string, allowed ...string) string {
	if n == nil {
		return allowed[0]
	}
	s := p.text(n, what)
	if s != "" && !slices.Contains(allowed, s) {
		p.failAt(n, "%s cannot be %s: %s", what, quote(s), suggest(s, allowed))
	}
	return s
}

// word reads a name: letters, digits, and . _ - after the first.
func (p *parser) word(n *node, what string) string {
	s := p.text(n, what)
	if n != nil && n.shape == isText && !isWord(s) {
		p.failAt(n, "%s %s is no name: use letters, digits, and . _ - between them, 60 at most", what, quote(s))
		return ""
	}
	return s
}

func isWord(s string) bool {
	for i, r := range s {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_'
		if !letter && (i == 0 || !(r >= '0' && r <= '9' || r == '.' || r == '-')) {
			return false
		}
	}
	return s != "" && len(s) <= 60
}

// isIdentifier says whether the name can stand in an expression.
func isIdentifier(s string) bool { return isWord(s) && !strings.ContainsAny(s, ".-") }

func (p *parser) flag(n *node, what string, absent bool) bool {
	if n == nil {
		return absent
	}
	if n.shape != isFlag {
		p.failAt(n, "%s is %s: write true or false", what, n.shape)
		return absent
	}
	return n.text == "true"
}

func (p *parser) number(n *node, what string) *float64 {
	if n == nil {
		return nil
	}
	if n.shape != isInt && n.shape != isFloat {
		p.failAt(n, "%s is %s: write a number", what, n.shape)
		return nil
	}
	f, _ := strconv.ParseFloat(n.text, 64)
	return &f
}

// list reads a list of at most limit items; a lone value counts as a list of one
// where lone is set.
func (p *parser) list(n *node, what string, limit int, lone bool) []*node {
	switch {
	case n == nil:
		return nil
	case n.shape != isList && lone:
		return []*node{n}
	case n.shape != isList:
		p.failAt(n, "%s is %s: write a list", what, n.shape)
		return nil
	case len(n.items) > limit:
		p.failAt(n, "%s has %d items: at most %d", what, len(n.items), limit)
		return n.items[:limit]
	}
	return n.items
}

// entries reads names that the author chose, at most limit of them, each with what
// form shows.
func (p *parser) entries(n *node, what, form string, limit int) []entry {
	switch {
	case n == nil:
		return nil
	case n.shape != isObject:
		p.failAt(n, "%s is %s: write %s", what, n.shape, form)
		return nil
	case len(n.keys) > limit:
		p.failAt(n, "%s has %d entries: at most %d; split the flow", what, len(n.keys), limit)
		return nil
	}
	return n.keys
}

func (p *parser) duration(n *node, what string) time.Duration {
	if n == nil {
		return 0
	}
	d, err := ParseDuration(n.text)
	if n.shape != isText || err != nil || d <= 0 {
		p.failAt(n, "%s is no span of time: write it like 30m, 24h or 3d", what)
	}
	return d
}

// ParseDuration reads a span as flows and dialogues write it: Go's durations and
// days, as in "3d" or "1d12h". It is at most a year.
func ParseDuration(s string) (time.Duration, error) {
	var days time.Duration
	rest := s
	if d, after, ok := strings.Cut(s, "d"); ok {
		n, err := strconv.Atoi(d)
		if err != nil || n < 0 || n > 366 {
			return 0, fmt.Errorf("%s is no span of time", quote(s))
		}
		days, rest = time.Duration(n)*24*time.Hour, after
	}
	if rest == "" && days > 0 {
		return days, nil
	}
	d, err := time.ParseDuration(rest)
	if err != nil || d < 0 || days+d > 366*24*time.Hour {
		return 0, fmt.Errorf("%s is no span of time", quote(s))
	}
	return days + d, nil
}
