package flows

// skimmed lists which of yes and no may be taken in the state by an answer that a text
// only begins with. An alert or a code is answered by every word or not at all, and so
// is a question that asks to have either confirmed: a text may lower access, never raise
// it. Nor is there any of it in a state that collects an answer of its own, or offers a
// choice: the rest of the text may be that answer.
func (f *Flow) skimmed(s *state) []string {
	if !f.Guesses() || s.choose != nil || s.wanted() != nil {
		return nil
	}
	var out []string
	for _, r := range s.replies {
		if r.intent == "yes" || r.intent == "no" {
			if r.confirm {
				return nil
			}
			out = append(out, r.intent)
		}
	}
	return out
}

// Skim reads a text that nothing certain could read, nor the examples of the flow's
// intents, by the yes or no that it begins with.
func (f *Flow) Skim(rd Reader, run Run, said Said) Reading {
	r := Reading{Reply: -1}
	s := f.states[run.State]
	if s == nil || rd == nil {
		return r
	}
	listen := f.skimmed(s)
	if len(listen) == 0 {
		return r
	}
	intent, ok := rd.Skim(bounded(said.Text), run.Language, listen)
	for i, reply := range s.replies {
		if ok && reply.intent == intent {
			return reply.reading(i, "head")
		}
	}
	return r
}
