package flows

import (
	"strconv"
	"strings"
)

// answered reads what stands behind call: a status and optional JSON, or failed.
func (d *dialogues) answered(s *Step, rest string, i int) bool {
	status, rest, _ := strings.Cut(rest, " ")
	if status == "failed" {
		if strings.TrimSpace(rest) != "" {
			return d.fail(i, "call failed with more behind it: a call that failed has no answer")
		}
		return true
	}
	n, err := strconv.Atoi(status)
	if err != nil || n < 100 || n > 599 {
		return d.fail(i, "call %s: write an HTTP status, as in call 200 {...}, or call failed", quote(status))
	}
	s.Status = n
	return d.object(s, rest, i)
}

// More of the stage: @ zone is the brand's, @ hours are the agents'.
const (
	StepZone  StepKind = "zone"  // @ zone Text: an IANA zone
	StepHours StepKind = "hours" // @ hours Text: as the configuration's
)

// stage reads the settings of the stage that are not lang and at.
func (d *dialogues) stage(s *Step, name, value string, i int) bool {
	switch name {
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
