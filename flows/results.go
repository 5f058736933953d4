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
