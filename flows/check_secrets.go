package flows

import "slices"

// checkSecrets finds secrets where agents read: in the note of a handoff, which only
// they get, and in texts, which stand in the conversation before them.
func (p *parser) checkSecrets() {
	for _, s := range p.flow.order {
		if s.handoff != nil && s.handoff.note != nil {
			if name := p.secretIn(s.handoff.note.exprs()); name != "" {
				p.failAt(s.handoff.note.at, "agents read the note, and %s is secret: leave it out", name)
			}
		}
	}
	for _, t := range p.flow.allTexts() {
		if name := p.secretIn(t.exprs()); name != "" {
			p.warnAt(t.at, "%s is secret, and agents read what customers were told: leave it out if they must not know it", name)
		}
	}
}

// secretIn names a secret variable that one of them uses; "": none.
func (p *parser) secretIn(all []*expression) string {
	for _, e := range all {
		if i := slices.IndexFunc(e.uses, p.flow.Secret); i >= 0 {
			return e.uses[i]
		}
	}
	return ""
}
