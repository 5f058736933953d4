package flows

// happening is what a business event does to the state that listens for it.
type happening struct {
	do   []action
	next *link // nil: the state stays
	at   *node
}

func (p *parser) events(n *node, prefix string) map[string]*happening {
	out := map[string]*happening{}
	for _, e := range p.entries(n, "events", "TYPE: {goto: STATE}", maxEvents) {
		if !isWord(e.name) {
			p.failAt(e.at, "%s is no event type: use letters, digits, and . _ -", quote(e.name))
		}
		if !p.keys(e.value, "an event", keysOf[eventKeys]()) {
			continue
		}
		h := &happening{next: p.link(e.value.child("goto"), prefix+e.name), at: e.at}
		if set := e.value.child("set"); set != nil {
			h.do = append(h.do, p.set(set))
		}
		h.do = append(h.do, p.actions(e.value.child("do"))...)
		if h.next == nil && len(h.do) == 0 {
			p.failAt(e.at, "the event %s does nothing: give it a goto, set or do", e.name)
		}
		out[e.name] = h
	}
	return out
}

// on reads the flow's own events and replies, valid in every state.
func (p *parser) on(n *node) {
	if n == nil || !p.keys(n, "on", keysOf[onKeys]()) {
		return
	}
	f := p.flow
	f.events = p.events(n.child("events"), "on.event/")
	f.onReplies = p.urgent(n.child("replies"), "a reply of the whole flow", "on.reply/")
	f.onError = p.onError(n.child("error"), "on.error")
}

// urgent reads on.replies: words that are read before a question's own answers.
func (p *parser) urgent(n *node, what, prefix string) []*reply {
	var out []*reply
	for _, item := range p.list(n, "on.replies", maxReplies, false) {
		r := p.reply(item, prefix, len(out))
		if r == nil {
			continue
		}
		if r.next == nil {
			p.failAt(item, "%s goes nowhere: give it a goto", what)
		}
		out = append(out, r)
	}
	return out
}

func (p *parser) onError(n *node, event string) *link {
	if n == nil || !p.keys(n, "on.error", keysOf[onErrorKeys]()) {
		return nil
	}
	if n.child("goto") == nil {
		p.failAt(n, "on.error goes nowhere: give it a goto")
	}
	return p.link(n.child("goto"), event)
}
