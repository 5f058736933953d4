package flows

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

type reply struct {
	at       *node
	intent   string
	words    []string // folded
	numbers  []string // those of words that are option numbers
	patterns []*regexp.Regexp
	any      bool
	as       string
	do       []action // set first
	next     *link
	confirm  bool
}

func (p *parser) reply(n *node, prefix string, i int) *reply {
	if !p.keys(n, "a reply", keysOf[replyKeys]()) {
		return nil
	}
	r := &reply{at: n, as: p.word(n.child("as"), "as"), any: p.flag(n.child("any"), "any", false),
		confirm: p.flag(n.child("confirm"), "confirm", false)}
	if in := n.child("intent"); in != nil {
		r.intent, r.words = p.intent(in)
		r.words = slices.Clone(r.words)
	}
	for _, item := range p.list(n.child("match"), "match", maxReplies, true) {
		p.match(r, item)
	}
	if set := n.child("set"); set != nil {
		r.do = append(r.do, p.set(set))
	}
	r.do = append(r.do, p.actions(n.child("do"))...)
	r.next = p.link(n.child("goto"), prefix+strconv.Itoa(i))
	ways := 0
	for _, way := range []string{"intent", "match", "any"} {
		if n.child(way) != nil {
			ways++
		}
	}
	if ways != 1 {
		p.failAt(n, "a reply listens to %d things: give it exactly one of intent, match, any", ways)
	}
	return r
}

func (p *parser) match(r *reply, n *node) {
	s := n.text
	if n.shape != isText && n.shape != isInt {
		p.failAt(n, "a word to match is %s: write it in quotes", n.shape)
		return
	}
	if len(s) > 2 && s[0] == '/' && s[len(s)-1] == '/' {
		if re := p.pattern(n, s[1:len(s)-1], false); re != nil {
			r.patterns = append(r.patterns, re)
		}
		return
	}
	w := fold(s)
	if w == "" || len(w) > 200 {
		p.failAt(n, "%s has no word in it: write what the customer would", quote(s))
		return
	}
	r.words = append(r.words, w)
	if isNumber(w) {
		r.numbers = append(r.numbers, w)
	}
}

// pattern compiles an RE2 expression that ignores case. whole makes it match all
// of the text.
func (p *parser) pattern(n *node, s string, whole bool) *regexp.Regexp {
	if len(s) > 500 {
		p.failAt(n, "a pattern of %d characters: at most 500", len(s))
		return nil
	}
	if _, err := regexp.Compile(s); err != nil { // as written
		p.failAt(n, "not a pattern: %s", firstLine(strings.TrimPrefix(err.Error(), "error parsing regexp: ")))
		return nil
	}
	if whole {
		s = "^(?:" + s + ")$"
	}
	re, err := regexp.Compile("(?i)" + s)
	if err != nil { // too large with what stands around it
		p.failAs("not-a-pattern", n, "not a pattern: "+firstLine(strings.TrimPrefix(err.Error(), "error parsing regexp: ")))
		return nil
	}
	return re
}
