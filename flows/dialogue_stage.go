package flows

import (
	"strings"
	"time"
)

// setting reads what stands behind @: how the stage is set.
func (d *dialogues) setting(s *Step, rest string, i int) bool {
	name, value, _ := strings.Cut(rest, " ")
	value = strings.TrimSpace(value)
	switch name {
	case "lang":
		s.Kind, s.Text = StepLanguage, value
		if value == "" {
			return d.fail(i, "@ lang without a language: write @ lang es")
		}
		return true
	case "at":
		s.Kind, s.At = StepAt, value
		if _, err := time.Parse("2006-01-02T15:04", value); err != nil {
			return d.fail(i, "%s is no moment: write it like 2026-03-01T09:00", quote(value))
		}
		return true
	case "contact":
		s.Kind = StepContact
		if value == "" {
			return d.fail(i, "@ contact without data: write @ contact {\"name\": \"Ann\"}")
		}
		return d.object(s, value, i)
	case "zone", "hours":
		s.Kind, s.Text = StepKind(name), value
		if value == "" {
			return d.fail(i, "@ %s without a value: write @ zone Europe/Paris or @ hours Mo-Fr 09:00-18:00", name)
		}
		return true
	case "one-way":
		s.Kind = StepOneWay
		if value != "" {
			return d.fail(i, "@ one-way with more behind it: it takes nothing")
		}
		return true
	}
	d.failAs("no-such-setting", d.at(i), "@ "+quote(name)+": "+suggest(name, []string{"lang", "at", "contact", "zone", "hours", "one-way"}))
	return false
}
