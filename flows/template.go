package flows

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"
)

// template is a text with {{ expressions }} in it.
type template struct {
	parts []part
	at    *node
	size  int // of the literal parts
}

// part is literal text, or an expression.
type part struct {
	text string
	expr *expression
}

// texts is one text in the flow's languages.
type texts struct {
	at     *node
	every  *template // the same in every language
	byLang []*template
}

// in returns the text for the i-th language, falling back to the first.
func (t *texts) in(i int) *template {
	if t.every != nil {
		return t.every
	}
	if t.byLang[i] != nil {
		return t.byLang[i]
	}
	return t.byLang[0]
}

// texts reads a text, or an object from language to text.
func (p *parser) texts(n *node, what string) *texts {
	if n == nil {
		return nil
	}
	t := &texts{at: n}
	if n.shape != isObject {
		t.every = p.template(n, what, true)
		return t
	}
	t.byLang = make([]*template, len(p.flow.Languages))
	for _, e := range n.keys {
		i := slices.Index(p.flow.Languages, e.name)
		if i < 0 {
			p.failAt(e.at, "%s in a language that the flow does not list: %s", what, suggest(e.name, p.flow.Languages))
			continue
		}
		t.byLang[i] = p.template(e.value, what, true)
	}
	if t.byLang[0] == nil {
		p.failAt(n, "%s is missing in %s, the language to fall back on: add it", what, p.flow.Languages[0])
		t.byLang[0] = &template{at: n}
	}
	return t
}

// maxTemplate bounds a text as written, in bytes.
const maxTemplate = 8000

// template reads a text with expressions. forText says that a customer reads it.
func (p *parser) template(n *node, what string, forText bool) *template {
	t := &template{at: n}
	source := p.text(n, what)
	if len(source) > maxTemplate {
		p.failAt(n, "%s has %d bytes: at most %d", what, len(source), maxTemplate)
		return t
	}
	if n.shape == isText && strings.TrimSpace(source) == "" && forText {
		p.failAt(n, "%s is empty: write a text, or leave the key out", what)
	}
	for from := 0; ; {
		open := strings.Index(source[from:], "{{")
		if open < 0 {
			t.literal(source[from:])
			return t
		}
		open += from
		end := closing(source, open+2)
		if end < 0 {
			at := *n
			if n.inside >= 0 && n.line > 0 && !strings.Contains(source, "\n") {
				at.col += n.inside + utf8.RuneCountInString(source[:open])
			}
			p.failAt(&at, "{{ without }}: close the expression")
			return t
		}
		t.literal(source[from:open])
		e := p.expression(n, source[open+2:end], utf8.RuneCountInString(source[:open+2]), forText)
		t.parts = append(t.parts, part{expr: e})
		from = end + 2
	}
}

func (t *template) literal(s string) {
	if s != "" {
		t.parts = append(t.parts, part{text: s})
		t.size += len(s)
	}
}

// closing finds the }} that ends an expression, past texts and objects inside it.
func closing(s string, i int) int {
	depth, quoted := 0, byte(0)
	for ; i < len(s); i++ {
		c := s[i]
		switch {
		case quoted != 0:
			if c == '\\' && quoted != '`' {
				i++
			} else if c == quoted {
				quoted = 0
			}
		case c == '"' || c == '\'' || c == '`':
			quoted = c
		case c == '{':
			depth++
		case c == '}' && depth > 0:
			depth--
		case c == '}' && i+1 < len(s) && s[i+1] == '}':
			return i
		}
	}
	return -1
}

// exprs lists the expressions of the template, which may be nil.
func (t *template) exprs() []*expression {
	if t == nil {
		return nil
	}
	var out []*expression
	for _, part := range t.parts {
		if part.expr != nil {
			out = append(out, part.expr)
		}
	}
	return out
}

func (t *texts) exprs() []*expression {
	if t == nil {
		return nil
	}
	out := t.every.exprs()
	for _, lang := range t.byLang {
		out = append(out, lang.exprs()...)
	}
	return out
}

// uses says whether the text names a variable, in any language.
func (t *texts) uses(name string) bool {
	return slices.ContainsFunc(t.exprs(), func(e *expression) bool { return slices.Contains(e.uses, name) })
}

var errTooLong = errors.New("a text grew beyond 1,600 characters")

// render writes the template as text.
func (t *template) render(c *call) (string, error) {
	if len(t.parts) == 1 && t.parts[0].expr == nil {
		return t.parts[0].text, nil
	}
	b := make([]byte, 0, t.size+64)
	for _, part := range t.parts {
		if part.expr == nil {
			b = append(b, part.text...)
			continue
		}
		v, err := part.expr.value(c)
		if err != nil {
			return "", err
		}
		foreign := part.expr.forText && part.expr.path != nil && c.flow.isForeign(part.expr.path[0])
		if b, err = c.print(b, v, foreign); err != nil {
			return "", err
		}
		if len(b) > 4*maxText {
			return "", errTooLong
		}
	}
	if len(b) > maxText && utf8.RuneCount(b) > maxText {
		return "", errTooLong
	}
	return string(b), nil
}

// data is a value of the file for set, emit and their kind: templates anywhere
// inside it. A text that is exactly one expression keeps the expression's type.
type data struct {
	literal any
	text    *template
	items   []*data
	names   []string // with items: an object
	object  bool
}

func (p *parser) data(n *node) *data {
	switch n.shape {
	case isText:
		t := p.template(n, "a value", false)
		if len(t.exprs()) == 0 {
			return &data{literal: n.text}
		}
		return &data{text: t}
	case isList:
		d := &data{items: []*data{}}
		for _, item := range n.items {
			d.items = append(d.items, p.data(item))
		}
		return d
	case isObject:
		d := &data{items: []*data{}, object: true}
		for _, e := range n.keys {
			d.names = append(d.names, e.name)
			d.items = append(d.items, p.data(e.value))
		}
		return d
	}
	return &data{literal: plain(n)}
}

func (d *data) exprs() []*expression {
	if d == nil {
		return nil
	}
	out := d.text.exprs()
	for _, item := range d.items {
		out = append(out, item.exprs()...)
	}
	return out
}

func (d *data) value(c *call) (any, error) {
	switch {
	case d.text != nil && len(d.text.parts) == 1:
		return c.stored(d.text.parts[0].expr)
	case d.text != nil:
		return d.text.render(c)
	case d.object:
		out := make(map[string]any, len(d.items))
		for i, item := range d.items {
			v, err := item.value(c)
			if err != nil {
				return nil, err
			}
			out[d.names[i]] = v
		}
		return out, nil
	case d.items != nil:
		out := make([]any, 0, len(d.items))
		for _, item := range d.items {
			v, err := item.value(c)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
		return out, nil
	}
	return d.literal, nil
}
