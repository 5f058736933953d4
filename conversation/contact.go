package conversation

import (
	"cmp"
	"slices"

	"parley/flows"
)

// Tagging adds labels to the contact of a phone, and takes some away.
type Tagging struct {
	Phone  string   `json:"phone"`
	Add    []string `json:"add,omitempty"`
	Remove []string `json:"remove,omitempty"`
}

// contact is what flows may know of the customer.
func (s *step) contact() flows.Contact {
	c := s.env.Contact
	c.Phone, c.Language = s.c.Phone, cmp.Or(s.c.State.Language, c.Language)
	return c
}

// tag labels the customer, unless it is only played for a test key or changes
// nothing.
func (s *step) tag(run string, a flows.Action) {
	tags := flows.Retag(s.env.Contact.Tags, a.Add, a.Remove)
	if s.e.Test || s.testing(run) || slices.Equal(tags, s.env.Contact.Tags) {
		return
	}
	s.env.Contact.Tags = tags
	s.effects = append(s.effects, Effect{Contact: &Tagging{Phone: s.c.Phone, Add: a.Add, Remove: a.Remove}})
}
