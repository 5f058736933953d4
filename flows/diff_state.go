package flows

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// states compares one state of both versions.
func (d *differ) states(was, is *node) {
	if source(was) == source(is) {
		return
	}
	before := len(d.changes)
	d.text("the text", was.at("say"), is.at("say"))
	d.text("the reminder after an interruption", was.at("resume"), is.at("resume"))
	d.rest("text", "what is attached", was.at("media"), is.at("media"))
	d.answers("", answersIn(was.at("replies"), was.at("goto")), answersIn(is.at("replies"), is.at("goto")))
	d.captures(was.at("capture"), is.at("capture"))
	d.rest("answer", "the numbered choice", was.at("choose"), is.at("choose"))
	d.text("the text after an answer that fits nothing", was.at("otherwise", "say"), is.at("otherwise", "say"))
	if old, now := wordOf(was.at("otherwise", "goto"), "a person"), wordOf(is.at("otherwise", "goto"), "a person"); old != now {
		d.add("answer", "what fits nothing leads to %s, before to %s", now, old)
	}
	d.rest("answer", "how often an answer may fit nothing", was.at("otherwise", "tries"), is.at("otherwise", "tries"))
	d.silence(was.at("silence"), is.at("silence"))
	d.listening(was.at("on"), is.at("on"), "")
	d.way(was, is)
	d.rest("action", "what is done on entering", was.at("do"), is.at("do"))
	d.rest("setting", "send_before", was.at("send_before"), is.at("send_before"))
	if len(d.changes) == before {
		d.add("setting", "something else changed")
	}
}

// leading is one way to answer a question: where it leads and what it does besides.
type leading struct{ leads, as, does string }

// answersIn lists the ways to answer by what the customer says.
func answersIn(replies, next *node) map[string]leading {
	out := map[string]leading{}
	for _, r := range itemsIn(replies) {
		a := leading{leads: wordOf(r.at("goto"), wordOf(next, "")), as: wordOf(r.at("as"), ""),
			does: source(r.at("set")) + source(r.at("do")) + source(r.at("confirm"))}
		var labels []string
		for _, m := range itemsIn(r.at("match")) {
			if strings.HasPrefix(m.text, "/") && len(m.text) > 2 {
				labels = append(labels, "the pattern "+m.text)
			} else {
				labels = append(labels, `the answer "`+fold(m.text)+`"`)
			}
		}
		if intent := wordOf(r.at("intent"), ""); intent != "" {
			labels = append(labels, "an answer that means "+intent)
		}
		if wordOf(r.at("any"), "") == "true" {
			labels = append(labels, "any other answer")
		}
		for _, label := range labels {
			if _, first := out[label]; !first {
				out[label] = a
			}
		}
	}
	return out
}

func (d *differ) answers(where string, was, is map[string]leading) {
	for _, label := range slices.Sorted(maps.Keys(is)) {
		old, there := was[label]
		now := is[label]
		switch {
		case !there:
			d.add("answer", "%s%s is new and leads to %s", where, label, now.leads)
		case old.leads != now.leads:
			d.add("answer", "%s%s leads to %s, before to %s", where, label, now.leads, old.leads)
		}
		if there && old.as != now.as {
			d.add("answer", "%s%s counts as %s in results, before as %s", where, label, cmp.Or(now.as, "nothing"), cmp.Or(old.as, "nothing"))
		}
		if there && old.does != now.does {
			d.add("action", "%swhat %s does besides changed", where, label)
		}
	}
	for _, label := range slices.Sorted(maps.Keys(was)) {
		if _, still := is[label]; !still {
			d.add("answer", "%s%s is no longer understood (it led to %s)", where, label, was[label].leads)
		}
	}
}

// captures compares the answers that are stored.
func (d *differ) captures(was, is *node) {
	for _, name := range keysIn(is) {
		switch {
		case was.at(name) == nil:
			d.add("answer", "it now asks for %s", name)
		case source(was.at(name)) != source(is.at(name)):
			d.add("answer", "what %s may be changed", name)
		}
	}
	for _, name := range keysIn(was) {
		if is.at(name) == nil {
			d.add("answer", "it no longer asks for %s", name)
		}
	}
}

// silence compares the steps of a wait: their times and ways, then their texts.
func (d *differ) silence(was, is *node) {
	old, now := itemsIn(was), itemsIn(is)
	if a, b := stepsOf(old), stepsOf(now); a != b {
		d.add("silence", "silence: %s, before %s", b, a)
	}
	for i := range max(len(old), len(now)) {
		d.text(fmt.Sprintf("reminder %d", i+1), itemAt(old, i).at("say"), itemAt(now, i).at("say"))
	}
}

func itemAt(list []*node, i int) *node {
	if i < len(list) {
		return list[i]
	}
	return nil
}

// stepsOf is "after 24h a reminder, after 72h over".
func stepsOf(steps []*node) string {
	var out []string
	for _, s := range steps {
		at := "after " + wordOf(s.at("after"), "")
		if moment := wordOf(s.at("at"), ""); moment != "" {
			at = "at " + moment
		}
		if hours := s.at("between"); hours != nil {
			at += " between " + strings.Join(textsIn(hours), " and ")
		}
		out = append(out, at+" "+wordOf(s.at("goto"), "a reminder"))
	}
	if len(out) == 0 {
		return "none"
	}
	return strings.Join(out, ", ")
}

// listening compares the business events and the emergency words that are heard.
func (d *differ) listening(was, is *node, where string) {
	old, now := was.at("events"), is.at("events")
	for _, typ := range keysIn(now) {
		a, b := old.at(typ), now.at(typ)
		switch {
		case a == nil:
			d.add("event", "%sthe event %s is new and leads to %s", where, typ, wordOf(b.at("goto"), "the same state"))
		case wordOf(a.at("goto"), "") != wordOf(b.at("goto"), ""):
			d.add("event", "%sthe event %s leads to %s, before to %s", where, typ, wordOf(b.at("goto"), "the same state"), wordOf(a.at("goto"), "the same state"))
		case source(a) != source(b):
			d.add("event", "%swhat the event %s does changed", where, typ)
		}
	}
	for _, typ := range keysIn(old) {
		if now.at(typ) == nil {
			d.add("event", "%sthe event %s is no longer listened to", where, typ)
		}
	}
	d.answers(where+"at any time, ", answersIn(was.at("replies"), nil), answersIn(is.at("replies"), nil))
	d.rest("way", where+"where an error leads", was.at("error"), is.at("error"))
}

// way compares how a state goes on by itself.
func (d *differ) way(was, is *node) {
	old, now := wayOf(was), wayOf(is)
	if old != now {
		d.add("way", "it %s, before it %s", now, old)
	}
	a, b := was.at("handoff"), is.at("handoff")
	d.text("the text before a person comes", a.at("say"), b.at("say"))
	d.text("the text while nobody is there", a.at("closed_say"), b.at("closed_say"))
	d.rest("way", "the note for the person", a.at("note"), b.at("note"))
}

func wayOf(s *node) string {
	switch {
	case s.at("end") != nil:
		return "ends as " + wordOf(s.at("end"), "")
	case s.at("handoff") != nil:
		h := s.at("handoff")
		return fmt.Sprintf("asks for a person (queue %s, then %s, priority %s)", wordOf(h.at("queue"), "general"), wordOf(h.at("then"), "the end"), wordOf(h.at("priority"), "of its class"))
	case s.at("branch") != nil:
		var ways []string
		for _, b := range itemsIn(s.at("branch")) {
			ways = append(ways, wordOf(b.at("goto"), "")+" if "+wordOf(b.at("when"), "nothing else holds"))
		}
		return "goes on to " + strings.Join(ways, ", ")
	case s.at("goto") != nil && s.at("replies") == nil:
		return "goes on to " + wordOf(s.at("goto"), "")
	}
	return "waits"
}

// treeOf is the canonical source of a flow as a tree.
func treeOf(f *Flow) *node {
	n, err := readJSON(f.source)
	if err != nil { // the flow was compiled from it
		return &node{shape: isObject}
	}
	return n
}

// at follows a path of keys; nil where there is nothing.
func (n *node) at(path ...string) *node {
	for _, name := range path {
		if n == nil || n.shape != isObject {
			return nil
		}
		n = n.child(name)
	}
	return n
}

// source is the canonical form of a part; "" of nothing.
func source(n *node) string {
	if n == nil {
		return ""
	}
	return string(canonical(n))
}

// wordOf is a part that is one word, or what its absence means.
func wordOf(n *node, absent string) string {
	if n == nil {
		return absent
	}
	if n.shape == isObject || n.shape == isList {
		return source(n)
	}
	return n.text
}

// itemsIn lists a part's items; one that stands alone is a list of one.
func itemsIn(n *node) []*node {
	switch {
	case n == nil:
		return nil
	case n.shape == isList:
		return n.items
	}
	return []*node{n}
}

func textsIn(n *node) (out []string) {
	for _, item := range itemsIn(n) {
		out = append(out, wordOf(item, ""))
	}
	return out
}

func listIn(n *node, path ...string) []string { return textsIn(n.at(path...)) }

func keysIn(n *node) (out []string) {
	if n == nil || n.shape != isObject {
		return nil
	}
	for _, e := range n.keys {
		out = append(out, e.name)
	}
	return out
}
