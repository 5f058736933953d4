package flows

import (
	"slices"
)

// tagAction labels the contact.
type tagAction struct{ add, remove []string }

// maxTags is how many labels one contact may have.
const maxTags = 32

func (p *parser) tag(n *node) action {
	a := &tagAction{}
	p.flow.tags = true
	if n.shape != isObject {
		a.add = p.tags(n)
	} else if p.keys(n, "tag", keysOf[tagKeys]()) {
		a.add, a.remove = p.tags(n.child("add")), p.tags(n.child("remove"))
	}
	if len(a.add)+len(a.remove) == 0 && (n.shape != isText || n.text == "") {
		p.failAt(n, "tag names no label: write tag: NAME, or {add: [NAMES], remove: [NAMES]}")
	}
	for _, name := range a.remove {
		if slices.Contains(a.add, name) {
			p.failAt(n, "%s is added and removed: keep one", quote(name))
		}
	}
	return a
}

func (p *parser) tags(n *node) []string {
	var out []string
	for _, item := range p.list(n, "tag", maxTags, true) {
		if name := p.word(item, "a tag"); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// run also lets the rest of the move see the labels.
func (a *tagAction) run(c *call) error {
	c.want(Action{Kind: "tag", Add: a.add, Remove: a.remove})
	c.sc.Contact.Tags = Retag(c.sc.Contact.Tags, a.add, a.remove)
	return nil
}

// Retag adds and removes labels. A label that would be one too many is left out.
func Retag(tags, add, remove []string) []string {
	var out []string
	for _, name := range append(slices.Clip(tags), add...) {
		if !slices.Contains(remove, name) && !slices.Contains(out, name) && len(out) < maxTags {
			out = append(out, name)
		}
	}
	return out
}

func (a *tagAction) exprs() []*expression { return nil }

func (a *tagAction) sets() []string { return nil }
