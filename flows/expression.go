package flows

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"
)

// Bounds of one expression. With one loop at most, over a bounded list, none can
// take long or make much.
const (
	maxExpression = 1000 // characters
	maxNodes      = 120
	memoryBudget  = 10_000

	maxExpressions = 3000 // of one flow
)

var timeType = types.TypeOf(time.Time{})

// allowed lists expr's own functions that flows may use: pure, and with results
// not longer than what they are given.
var allowed = []string{
	"len", "all", "any", "none", "one", "filter", "map", "find", "count", "sum", "first", "last",
	"upper", "lower", "trim", "split", "join", "int", "float", "string", "abs", "ceil", "floor",
	"round", "max", "min", "indexOf", "hasPrefix", "hasSuffix", "duration",
}

// functions are the language's own, by language and clock of the run.
var functions = map[string]bool{"money": true, "date": true, "time": true}

// reserved words of expr cannot name a variable.
var reserved = map[string]bool{
	"true": true, "false": true, "nil": true, "in": true, "not": true, "and": true, "or": true,
	"let": true, "if": true, "else": true, "matches": true, "contains": true, "startsWith": true, "endsWith": true,
}

// expression is one {{ … }} or bare expression, compiled. A plain name or path,
// and "path ?? constant", run without the virtual machine.
type expression struct {
	source    string
	at        *node
	forText   bool // goes into a text: foreign values are defused
	condition bool // must be true or false
	moment    bool // must be a date or a moment
	item      bool // may use item, the element of a choose

	path     []string
	fallback any // of path ?? constant
	program  *vm.Program
	uses     []string // what the environment must hold
	bare     []string // names used without ?? or a look at nil
}

// environment is what expressions of this flow see, by type.
func (p *parser) environment() types.Map {
	env := types.Map{
		"brand": types.String, "line": types.String, "now": timeType, "can_reply": types.Bool,
		"last_text": types.String, "language": types.String, "opens": types.String, "choices": types.String,
		"contact": types.Map{"name": types.String, "language": types.String, "timezone": types.String,
			"tags": types.Array(types.String), "fields": types.TypeOf(map[string]any{})},
		"reply": types.Map{"text": types.String, "as": types.String, "intent": types.String, "media": mediaType},
		"event": types.Map{"type": types.String, "data": types.TypeOf(map[string]any{})},
		"money": types.TypeOf(func(any) (string, error) { return "", nil }),
		"date":  types.TypeOf(func(any, ...string) (string, error) { return "", nil }),
		"time":  types.TypeOf(func(any) (string, error) { return "", nil }),
	}
	for name, v := range p.flow.vars {
		env[name] = v.typ()
	}
	return env
}

// expression notes an expression found offset characters into a node's text.
func (p *parser) expression(n *node, source string, offset int, forText bool) *expression {
	at := *n
	if n.inside >= 0 && n.line > 0 && !strings.Contains(n.text, "\n") {
		at.col += n.inside + offset
	}
	trimmed := strings.TrimLeft(source, " \t\n")
	at.col += utf8.RuneCountInString(source) - utf8.RuneCountInString(trimmed)
	e := &expression{source: strings.TrimSpace(trimmed), at: &at, forText: forText}
	p.pending = append(p.pending, e)
	return e
}

// condition notes a bare expression that must hold or not.
func (p *parser) condition(n *node) *expression {
	source := n.text
	switch {
	case n.shape != isText && n.shape != isFlag:
		p.failAt(n, "when is %s: write an expression", n.shape)
	case strings.Contains(source, "{{"):
		p.failAt(n, "when is a bare expression: write it without {{ }}")
		source = "true"
	}
	e := p.expression(n, source, 0, false)
	e.condition = true
	return e
}

// bare notes an expression that is written without braces.
func (p *parser) bare(n *node, what string) *expression {
	switch {
	case n == nil:
		return nil
	case n.shape != isText || strings.Contains(n.text, "{{"):
		p.failAt(n, "%s is a bare expression: write it without {{ }}", what)
		return nil
	}
	return p.expression(n, n.text, 0, false)
}

// moment notes a bare expression that gives a moment.
func (p *parser) moment(n *node, what string) *expression {
	if n.shape != isText || strings.Contains(n.text, "{{") {
		p.failAt(n, "%s is a bare expression: write it without {{ }}, as in at - duration('2h')", what)
		return nil
	}
	e := p.expression(n, n.text, 0, false)
	e.moment = true
	return e
}

// those leaves out expressions that are not there.
func those(all ...*expression) []*expression {
	return slices.DeleteFunc(all, func(e *expression) bool { return e == nil })
}

// compileAll compiles what has been noted, now that all variables are known.
func (p *parser) compileAll() {
	env := p.environment()
	p.known = make(map[string]*vm.Program, len(p.pending))
	if len(p.pending) > maxExpressions {
		p.failAt(p.pending[maxExpressions].at, "%d expressions in one flow: at most %d; split it", len(p.pending), maxExpressions)
		return
	}
	for _, e := range p.pending {
		if len(p.problems) >= maxProblems {
			return
		}
		if e.item { // inside choose it is the element, whatever else has the name
			with := maps.Clone(env)
			with["item"] = types.Any
			p.compile(e, with)
			continue
		}
		p.compile(e, env)
	}
}

func (p *parser) compile(e *expression, env types.Map) {
	if e.source == "" || len(e.source) > maxExpression {
		p.failAt(e.at, "an expression of %d characters: write 1 to %d", len(e.source), maxExpression)
		return
	}
	key := e.source
	if e.item {
		key = "\x00" + key // it sees one name more
	}
	program, err := p.known[key], error(nil)
	if program == nil {
		program, err = compileExpr(e.source, env)
	}
	if err != nil {
		at := *e.at
		message := firstLine(err.Error())
		if fe, ok := errors.AsType[*file.Error](err); ok {
			message = fe.Message
			if fe.Line == 1 && at.inside >= 0 && at.line > 0 {
				at.col += fe.Column
			}
		}
		p.failAs("not-an-expression", &at, p.advise(e.source, message))
		return
	}
	p.known[key] = program
	root := program.Node()
	walk := &walker{known: env}
	walk.visit(root, false, 0)
	if walk.problem != "" {
		p.failAt(e.at, "in the expression %s: %s", quote(e.source), walk.problem)
		return
	}
	if t := root.Type(); e.condition && t != nil && t.String() != "bool" && t.String() != "interface {}" {
		p.failAt(e.at, "when is %s, not true or false: compare it with something", t)
	} else if e.moment && t != nil && t.String() != "time.Time" && t.String() != "interface {}" {
		p.failAt(e.at, "%s is %s, not a moment: use a date, a datetime, or now with a duration", quote(e.source), t)
	} else if t != nil && strings.HasPrefix(t.String(), "func(") {
		p.failAt(e.at, "%s is a function: give it what it works on, as in %s(now)", e.source, e.source)
	}
	e.program, e.uses, e.bare = program, walk.uses, walk.bare
	p.flow.see(walk.sees)
	e.shortcut(root)
}

// compileExpr shields us from panics of the library: the source is a stranger's.
func compileExpr(source string, env types.Map) (program *vm.Program, err error) {
	defer func() {
		if r := recover(); r != nil {
			program, err = nil, errors.New("it cannot be read")
		}
	}()
	options := []expr.Option{expr.Env(env), expr.Optimize(false), expr.MaxNodes(maxNodes), expr.DisableAllBuiltins()}
	for _, name := range allowed {
		options = append(options, expr.EnableBuiltin(name))
	}
	return expr.Compile(source, options...)
}

// advise adds what to do to a message of expr.
func (p *parser) advise(source, message string) string {
	if name, ok := strings.CutPrefix(message, "unknown name "); ok {
		names := slices.Clone(builtins)
		for v := range p.flow.vars {
			names = append(names, v)
		}
		slices.Sort(names)
		hint := "declare it under input, or set or capture it"
		if near := suggest(name, names); strings.HasPrefix(near, "did") {
			hint = near
		}
		return fmt.Sprintf("there is no %s: %s", quote(name), hint)
	}
	return fmt.Sprintf("%s: correct the expression %s", message, quote(source))
}

// shortcut recognises what needs no virtual machine.
func (e *expression) shortcut(root ast.Node) {
	if path := pathOf(root); path != nil {
		e.path = path
		return
	}
	b, ok := root.(*ast.BinaryNode)
	if !ok || b.Operator != "??" {
		return
	}
	path := pathOf(b.Left)
	if path == nil {
		return
	}
	switch n := b.Right.(type) {
	case *ast.StringNode:
		e.path, e.fallback = path, n.Value
	case *ast.IntegerNode:
		e.path, e.fallback = path, n.Value
	case *ast.FloatNode:
		e.path, e.fallback = path, n.Value
	case *ast.BoolNode:
		e.path, e.fallback = path, n.Value
	case *ast.ArrayNode:
		if len(n.Nodes) == 0 {
			e.path, e.fallback = path, []any{}
		}
	}
}

// pathOf returns the names of a plain path such as order or reply.as.
func pathOf(n ast.Node) []string {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return []string{n.Value}
	case *ast.MemberNode:
		name, ok := n.Property.(*ast.StringNode)
		if head := pathOf(n.Node); ok && head != nil && !n.Optional {
			return append(head, name.Value)
		}
	}
	return nil
}

// value evaluates the expression. Its error never holds the customer's data.
func (e *expression) value(c *call) (any, error) {
	if e.path != nil {
		v, ok := c.lookup(e.path)
		if ok && v != nil {
			return v, nil
		}
		if ok || e.fallback != nil {
			return e.fallback, nil
		}
		return nil, e.broken()
	}
	en := c.engine
	for _, name := range e.uses {
		v := c.variable(name)
		if e.forText && c.flow.isForeign(name) {
			v = defuseAll(v)
		}
		en.env[name] = v
	}
	v, err := en.vm.Run(e.program, en.env)
	clear(en.env)
	if err != nil {
		return nil, e.broken()
	}
	return v, nil
}

func (e *expression) broken() error {
	return fmt.Errorf("the expression %s failed", quote(e.source))
}

func (e *expression) holds(c *call) (bool, error) {
	v, err := e.value(c)
	if err != nil {
		return false, err
	}
	b, ok := v.(bool)
	if !ok {
		return false, fmt.Errorf("the expression %s is neither true nor false", quote(e.source))
	}
	return b, nil
}
