package flows

import "slices"

// Results takes apart what a run knows when it ends: the values that may be shown,
// and the addresses of the media that the customer sent. Secret inputs, and what
// was made of them, are left out. Neither shares memory that a later move changes.
func (f *Flow) Results(vars map[string]any) (answers map[string]any, media []string) {
	for name, value := range vars {
		v := f.vars[name]
		switch {
		case v == nil || v.secret || value == nil:
		case v.kind == kindMedia:
			media = append(media, addressesIn(value)...)
		default:
			if answers == nil {
				answers = make(map[string]any, len(vars))
			}
			answers[name] = value
		}
	}
	slices.Sort(media)
	return answers, media
}

// SecretKey says that the run's key is made of a secret and must not be shown.
func (f *Flow) SecretKey() bool {
	return f.key != nil && slices.ContainsFunc(f.key.exprs(), f.usesSecret)
}

func addressesIn(value any) (out []string) {
	list, _ := value.([]any)
	for _, item := range list {
		if m, ok := item.(map[string]any); ok {
			if url, ok := m["url"].(string); ok {
				out = append(out, url)
			}
		}
	}
	return out
}

// spreadSecret marks variables that are made of a secret as secret too, however many
// steps lie between: set gives them a value, or they are chosen from a secret list.
func (p *parser) spreadSecret() {
	mark := func(name string, from []*expression) bool {
		v := p.flow.vars[name]
		if v == nil || v.secret || !slices.ContainsFunc(from, p.flow.usesSecret) {
			return false
		}
		v.secret = true
		return true
	}
	for changed := true; changed; {
		changed = false
		for _, a := range p.assigns {
			for i, d := range a.values {
				changed = mark(a.names[i], d.exprs()) || changed
			}
		}
		for _, s := range p.flow.order {
			if s.choose != nil && s.choose.from != nil {
				changed = mark(s.choose.as, []*expression{s.choose.from}) || changed
			}
		}
	}
}

func (f *Flow) usesSecret(e *expression) bool { return slices.ContainsFunc(e.uses, f.Secret) }
