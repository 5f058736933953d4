package conversation

import "parley/flows"

// skimmed reads a text that neither words nor examples settle by the answer that it
// begins with, where the front question is one that this may answer.
func (s *step) skimmed(front candidate, said flows.Said) bool {
	front.reading = front.flow.Skim(s.env.Reader, s.c.State.Runs[front.i].Run, said)
	if !front.reading.Fits {
		return false
	}
	s.take(front, said)
	return true
}
