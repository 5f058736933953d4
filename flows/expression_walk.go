package flows

import (
	"slices"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/types"
)

// walker looks through an expression: which names it needs, which of them it uses
// without asking whether they are set, and what the language does not allow.
type walker struct {
	known   types.Map
	uses    []string
	bare    []string
	guarded []string // compared with nil around here
	sees    []string // of the contact, as paths: name, fields.tier; contact: all of it
	problem string
}

// visit looks through a node. safe: it does not matter whether what it names is set;
// loops: how many loops are around it.
func (w *walker) visit(n ast.Node, safe bool, loops int) {
	if w.contact(n) {
		return
	}
	switch n := n.(type) {
	case *ast.IdentifierNode:
		w.name(n.Value, safe)
	case *ast.BinaryNode:
		w.binary(n, safe, loops)
	case *ast.ConditionalNode:
		w.conditional(n, safe, loops)
	case *ast.UnaryNode:
		w.visit(n.Node, safe, loops)
	case *ast.ChainNode:
		w.visit(n.Node, safe, loops)
	case *ast.MemberNode:
		if n.Method {
			w.refuse("methods cannot be called: use a function")
		}
		w.visit(n.Node, safe || n.Optional, loops)
		w.visit(n.Property, false, loops)
	case *ast.SliceNode:
		w.all(safe, loops, n.Node, n.From, n.To)
	case *ast.CallNode:
		w.call(n, loops)
	case *ast.BuiltinNode:
		w.all(false, loops, n.Arguments...)
		if n.Map != nil {
			w.visit(n.Map, false, loops)
		}
	case *ast.PredicateNode:
		w.loop(n, loops)
	case *ast.ArrayNode:
		w.all(false, loops, n.Nodes...)
	case *ast.MapNode:
		w.all(false, loops, n.Pairs...)
	case *ast.PairNode:
		w.all(false, loops, n.Key, n.Value)
	case *ast.VariableDeclaratorNode, *ast.SequenceNode:
		w.refuse("let and ; are not part of the language: use set")
	}
}

// loop visits what is done with each element of a list.
func (w *walker) loop(n *ast.PredicateNode, loops int) {
	if loops > 0 {
		w.refuse("a loop within a loop is too costly: split it with set")
		return
	}
	w.visit(n.Node, false, loops+1)
}

func (w *walker) all(safe bool, loops int, nodes ...ast.Node) {
	for _, n := range nodes {
		if n != nil {
			w.visit(n, safe, loops)
		}
	}
}

func (w *walker) name(name string, safe bool) {
	if name == "$env" {
		w.refuse("$env is not part of the language: name the variable")
		return
	}
	if _, ok := w.known[name]; !ok {
		return
	}
	if !slices.Contains(w.uses, name) {
		w.uses = append(w.uses, name)
	}
	if !safe && !slices.Contains(w.guarded, name) && !slices.Contains(w.bare, name) {
		w.bare = append(w.bare, name)
	}
}

func (w *walker) binary(n *ast.BinaryNode, safe bool, loops int) {
	_, leftNil := n.Left.(*ast.NilNode)
	_, rightNil := n.Right.(*ast.NilNode)
	switch {
	case n.Operator == "??":
		w.visit(n.Left, true, loops)
		w.visit(n.Right, safe, loops)
	case leftNil || rightNil:
		w.all(true, loops, n.Left, n.Right)
	case n.Operator == "&&" || n.Operator == "and":
		w.visit(n.Left, safe, loops)
		w.where(setIn(n.Left, "!="), n.Right, safe, loops)
	case n.Operator == "||" || n.Operator == "or":
		w.visit(n.Left, safe, loops)
		w.where(setIn(n.Left, "=="), n.Right, safe, loops)
	default:
		w.all(false, loops, n.Left, n.Right)
	}
}

func (w *walker) conditional(n *ast.ConditionalNode, safe bool, loops int) {
	w.visit(n.Cond, false, loops)
	w.where(setIn(n.Cond, "!="), n.Exp1, safe, loops)
	w.where(setIn(n.Cond, "=="), n.Exp2, safe, loops)
}

// where visits a node that is worked out only where the names are set.
func (w *walker) where(set []string, n ast.Node, safe bool, loops int) {
	before := len(w.guarded)
	w.guarded = append(w.guarded, set...)
	w.visit(n, safe, loops)
	w.guarded = w.guarded[:before]
}

// setIn names the variables that a condition compares with nil: with != they are
// set where it holds, with == where it does not.
func setIn(cond ast.Node, operator string) []string {
	b, ok := cond.(*ast.BinaryNode)
	if !ok {
		return nil
	}
	if operator == "!=" && (b.Operator == "&&" || b.Operator == "and") {
		return append(setIn(b.Left, operator), setIn(b.Right, operator)...)
	}
	id, isName := b.Left.(*ast.IdentifierNode)
	if _, isNil := b.Right.(*ast.NilNode); isName && isNil && b.Operator == operator {
		return []string{id.Value}
	}
	return nil
}

func (w *walker) call(n *ast.CallNode, loops int) {
	id, ok := n.Callee.(*ast.IdentifierNode)
	if !ok || !functions[id.Value] {
		w.refuse("only functions of the language can be called")
		return
	}
	if !slices.Contains(w.uses, id.Value) {
		w.uses = append(w.uses, id.Value)
	}
	w.all(false, loops, n.Arguments...)
}

func (w *walker) refuse(problem string) {
	if w.problem == "" {
		w.problem = problem
	}
}
