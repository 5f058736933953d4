package flows

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	yamlparser "github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Bounds of a file: flow files may come from strangers.
const (
	maxFile   = 256 << 10 // bytes
	maxDepth  = 24        // of nesting
	maxTokens = 20_000
	dense     = maxFile / 4 // bytes that are cut into tokens first
	maxBlank  = 30          // empty lines in a row: the scanner is slow with them
	maxKeys   = 400         // of one object
)

// shape is what a node of a file is.
type shape string

const (
	isNull   shape = "nothing"
	isText   shape = "a text"
	isInt    shape = "a whole number"
	isFloat  shape = "a number"
	isFlag   shape = "true or false"
	isList   shape = "a list"
	isObject shape = "an object"
)

// node is one value of a file with its place: the same tree for YAML, as authors
// write it, and for JSON, as versions are stored.
type node struct {
	shape shape
	text  string // of a text, a number as written canonically, "true" or "false"
	items []*node
	keys  []entry

	from      *origin // nil: of a stored flow
	line, col int
	inside    int // characters from col to the first character of a text; -1: unknown (blocks)
}

// origin is the file that a node was written in.
type origin struct {
	name  string
	lines []string
}

type entry struct {
	name  string
	at    *node // the key's own place
	value *node
}

// child returns the value under the key, or nil.
func (n *node) child(name string) *node {
	for _, e := range n.keys {
		if e.name == name {
			return e.value
		}
	}
	return nil
}

// readYAML turns a file into nodes. What breaks the bounds, and what the language
// does not have (anchors, aliases, tags, merges), is refused before parsing.
func (p *parser) readYAML(source []byte) *node {
	if !p.bounded(source) {
		return nil
	}
	file, err := yamlparser.Parse(p.tokens(source), 0, yamlparser.AllowDuplicateMapKey())
	if len(p.problems) > 0 {
		return nil
	}
	if err != nil {
		p.syntax(err)
		return nil
	}
	var body ast.Node
	for _, d := range file.Docs {
		if d.Body == nil {
			continue
		}
		if body != nil {
			p.failAt(place(d.Body), "a second document in one file: put each flow into a file of its own")
			return nil
		}
		body = d.Body
	}
	if body == nil {
		p.failAt(&node{line: 1, col: 1}, "the file is empty: write at least flow, start and states")
		return nil
	}
	return p.fromAST(body, 0)
}

func (p *parser) bounded(source []byte) bool {
	first := &node{line: 1, col: 1}
	switch {
	case len(source) > maxFile:
		p.failAt(first, "the file has %d bytes: at most %d are read", len(source), maxFile)
	case !utf8.Valid(source) || strings.ContainsRune(string(source), 0):
		p.failAt(first, "the file is not UTF-8 text: save it as UTF-8")
	default:
		return p.airy(source)
	}
	return false
}

// airy refuses long runs of empty lines, over which the scanner's time grows with
// their square, and the line ends of another age.
func (p *parser) airy(source []byte) bool {
	if bytes.Count(source, []byte("\r")) != bytes.Count(source, []byte("\r\n")) {
		p.failAt(&node{line: 1, col: 1}, "a line ends with CR alone: save the file with LF")
		return false
	}
	blank, line := 0, 0
	for text := range strings.Lines(string(source)) {
		line++
		if blank++; strings.TrimSpace(text) != "" {
			blank = 0
		}
		if blank > maxBlank {
			p.failAt(&node{line: line, col: 1}, "more than %d empty lines in a row: remove some", maxBlank)
			return false
		}
	}
	return true
}

// refused names the parts of YAML that flow files do without.
var refused = map[token.Type]string{
	token.AnchorType:     "an anchor (&name)",
	token.AliasType:      "an alias (*name)",
	token.TagType:        "a tag (!name)",
	token.MergeKeyType:   "a merge key (<<)",
	token.DirectiveType:  "a directive (%)",
	token.MappingKeyType: "a complex key (?)",
}

// tokens cuts the file into tokens and refuses what would be deep, long or
// strange, so that the recursive parser never sees it. A token takes some 300
// bytes, and the scanner does not stop before the end: so a file is refused by its
// beginning where that has too many already. A text that is cut there in the midst of
// its quotes is one token, as the whole one is.
func (p *parser) tokens(source []byte) token.Tokens {
	tokens := lexer.Tokenize(string(source[:min(len(source), dense)]))
	if len(source) > dense && len(tokens) <= maxTokens {
		tokens = lexer.Tokenize(string(source))
	}
	if len(tokens) > maxTokens {
		p.failAt(&node{line: 1, col: 1}, "the file has %s words and signs: at most %d are read", "too many", maxTokens)
		return nil
	}
	depth, dashes, line := 0, 0, 0
	for _, t := range tokens {
		at := &node{line: t.Position.Line, col: t.Position.Column}
		if t.Position.Line != line {
			line, dashes = t.Position.Line, 0
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			depth++
			if t.Type == token.MappingStartType && t.Next != nil && t.Next.Type == token.MappingStartType {
				p.failAt(at, "{{ without quotes means something else in YAML: put the text in quotes")
				return nil
			}
		case token.SequenceEndType, token.MappingEndType:
			depth--
		case token.SequenceEntryType:
			dashes++
		}
		if depth+dashes > maxDepth {
			p.failAt(at, "nested more than %d deep: a flow needs far less", maxDepth)
			return nil
		}
		if what, ok := refused[t.Type]; ok {
			p.failAs("not-plain-yaml", at, what+": flow files are plain; write the value out")
			return nil
		}
	}
	return tokens
}

func (p *parser) syntax(err error) {
	at, message := &node{line: 1, col: 1}, "not readable as YAML: "+firstLine(err.Error())
	if e, ok := err.(yaml.Error); ok {
		if t := e.GetToken(); t != nil && t.Position != nil {
			at = &node{line: t.Position.Line, col: t.Position.Column}
		}
		message = "not readable as YAML: " + firstLine(e.GetMessage())
	}
	p.failAs("not-readable-as-yaml", at, message)
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

func place(n ast.Node) *node {
	at := &node{line: 1, col: 1}
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		n = m.Values[0]
	}
	if v, ok := n.(*ast.MappingValueNode); ok {
		n = v.Key
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		at.line, at.col = t.Position.Line, t.Position.Column
	}
	return at
}

func (p *parser) fromAST(n ast.Node, depth int) *node {
	out := place(n)
	out.from = p.origin
	if depth > maxDepth {
		p.failAt(out, "nested more than %d deep: a flow needs far less", maxDepth)
		out.shape = isNull
		return out
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		out.shape = isObject
		if len(n.Values) > maxKeys {
			p.failAt(out, "%d keys in one place: at most %d", len(n.Values), maxKeys)
			return out
		}
		for _, v := range n.Values {
			p.addKey(out, v, depth)
		}
	case *ast.MappingValueNode:
		out.shape = isObject
		p.addKey(out, n, depth)
	case *ast.SequenceNode:
		out.shape = isList
		for _, v := range n.Values {
			out.items = append(out.items, p.fromAST(v, depth+1))
		}
	default:
		p.scalar(out, n)
	}
	return out
}

func (p *parser) addKey(out *node, v *ast.MappingValueNode, depth int) {
	at := place(v.Key)
	at.from = p.origin
	key := &node{}
	p.scalar(key, v.Key)
	name := key.text
	if t := v.Key.GetToken(); t != nil && key.shape != isText {
		name = t.Value
	}
	if out.child(name) != nil {
		p.failAt(at, "%s is written twice: keep one", quote(name))
		return
	}
	value := v.Value
	if value == nil {
		out.keys = append(out.keys, entry{name, at, &node{shape: isNull, from: p.origin, line: at.line, col: at.col}})
		return
	}
	out.keys = append(out.keys, entry{name, at, p.fromAST(value, depth+1)})
}

func (p *parser) scalar(out *node, n ast.Node) {
	switch n := n.(type) {
	case *ast.StringNode:
		out.shape, out.text = isText, n.Value
		if n.Token.Type == token.DoubleQuoteType || n.Token.Type == token.SingleQuoteType {
			out.inside = 1
		}
	case *ast.LiteralNode:
		out.shape, out.text, out.inside = isText, strings.TrimRight(n.Value.Value, "\n"), -1
	case *ast.IntegerNode:
		v, err := strconv.ParseInt(n.Token.Value, 10, 64)
		if err != nil {
			p.failAs("not-a-plain-number", out, quote(n.Token.Value)+": write whole numbers in plain digits, at most 18")
		}
		out.shape, out.text = isInt, strconv.FormatInt(v, 10)
	case *ast.FloatNode:
		out.shape, out.text = isFloat, strconv.FormatFloat(n.Value, 'g', -1, 64)
	case *ast.BoolNode:
		out.shape, out.text = isFlag, strconv.FormatBool(n.Value)
	case *ast.NullNode:
		out.shape = isNull
	default:
		out.shape = isNull
		p.failAt(out, "%s cannot stand here: write a text, a number, true or false", n.Type())
	}
}
