package conversation

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"parley/flows"
)

// errNoStage: the line is no setting of the stage.
var errNoStage = errors.New("no setting")

// stage carries out what a dialogue says of its circumstances.
func (r *Rehearsal) stage(s flows.Step) error {
	switch s.Kind {
	case flows.StepLanguage:
		r.Conversation.State.Language = s.Text
	case flows.StepAt:
		at, err := time.ParseInLocation("2006-01-02T15:04", s.At, r.Env.Line.Zone)
		if err != nil {
			return fmt.Errorf("the time %q: %w", s.At, err)
		}
		r.Env.Now = at.UnixMilli()
	case flows.StepContact:
		b, err := json.Marshal(s.Data)
		if err != nil {
			return fmt.Errorf("the contact: %w", err)
		}
		dec := json.NewDecoder(strings.NewReader(string(b)))
		dec.DisallowUnknownFields()
		r.Env.Contact = flows.Contact{}
		if err := dec.Decode(&r.Env.Contact); err != nil {
			return fmt.Errorf("the contact has name, language, timezone, tags and fields: %w", err)
		}
	case flows.StepZone:
		zone, err := time.LoadLocation(s.Text)
		if err != nil {
			return fmt.Errorf("the zone %q: %w", s.Text, err)
		}
		r.Env.Line.Brand.Timezone, r.Env.Line.Zone = s.Text, zone
	case flows.StepHours:
		open, err := ParseHours(s.Text)
		if err != nil {
			return fmt.Errorf("the hours: %w", err)
		}
		r.Env.Line.Brand.Hours, r.Env.Line.Open = s.Text, open
	case flows.StepOneWay:
		r.Env.Line.OneWay = true
	default:
		return errNoStage
	}
	return nil
}

// Awaited names the host whose answer a call waits for; "": none does. A call that
// the run no longer waits for is forgotten.
func (r *Rehearsal) Awaited() string {
	for len(r.calls) > 0 {
		for _, run := range r.Conversation.State.Runs {
			if run.Calling != nil && run.Calling.Effect == r.calls[0].ID {
				return run.Calling.Host
			}
		}
		r.calls = r.calls[1:]
	}
	return ""
}

// Answer answers the call that has waited longest; status 0: it failed.
func (r *Rehearsal) Answer(status int, body any) error {
	if r.Awaited() == "" {
		return errors.New("no call waits for an answer")
	}
	j := r.calls[0]
	result := Result{Effect: j.ID, Kind: JobCall, Run: j.Run, Wait: j.Wait, Epoch: j.Epoch, Error: "it was answered by nobody"}
	if status > 0 {
		data, err := json.Marshal(map[string]any{"status": status, "body": body})
		if err != nil {
			return fmt.Errorf("the answer: %w", err)
		}
		result.Data, result.Error = data, ""
	}
	return applied(r.Apply(Event{Kind: KindResult, Result: &result}))
}

func (r *Rehearsal) answer(s flows.Step) error {
	var body any
	if s.Data != nil {
		body = s.Data
	}
	return r.Answer(s.Status, body)
}
