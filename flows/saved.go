package flows

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Saved is a reply that people keep for use again: a text with expressions, which see
// agent (who writes), key (of the run that handed over, "" when there is none) and all
// that a flow's texts see: contact, brand, line, now.
type Saved struct{ flow *Flow }

// ParseSaved reads one; the error says what is wrong with the text. It is compiled as the
// text of a flow of one state, so that the same is allowed, within the same bounds.
func ParseSaved(text string) (*Saved, error) {
	source, err := json.Marshal(map[string]any{
		"flow": "saved", "title": "Saved", "class": "notice", "languages": []string{"en"},
		"input": map[string]any{"agent": map[string]any{"type": "string", "default": ""}, "key": map[string]any{"type": "string", "default": ""}},
		"start": "say", "states": map[string]any{"say": map[string]any{"say": text, "end": "done"}},
	})
	if err != nil {
		return nil, fmt.Errorf("reading a saved reply: %w", err)
	}
	f, err := Parse("saved.yaml", source)
	if err != nil {
		return nil, errors.New(plainly(err))
	}
	return &Saved{f}, nil
}

// plainly is an error without its place in a file that nobody wrote.
func plainly(err error) string {
	said := err.Error()
	if _, rest, ok := strings.Cut(said, ": "); ok && strings.HasPrefix(said, "saved.yaml") {
		said, _, _ = strings.Cut(rest, "\n")
	}
	return said
}

// Fill writes the reply for a customer.
func (s *Saved) Fill(sc Scope, language, agent, key string) (string, error) {
	m := s.flow.Start(sc, Run{Flow: s.flow.Name, Hash: s.flow.Hash, Language: language, Vars: map[string]any{"agent": agent, "key": key}})
	if m.Problem != "" || len(m.Says) != 1 {
		return "", errors.New("it cannot be filled in for this customer")
	}
	return m.Says[0].Text, nil
}
