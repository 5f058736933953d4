package agentui

import (
	"context"
	"testing"
	"time"

	"parley/conversation"
)

// silent are phones that never said anything about being texted.
type silent struct{ Reads }

func (silent) Consent(context.Context, string) (conversation.Consent, error) {
	return conversation.Consent{}, nil
}

// TestStopsOfAName: whoever writes sees before they do that the line's name is not let through,
// and that there is no way around it.
func TestStopsOfAName(t *testing.T) {
	c := &Console{Reads: silent{}, Lines: func() *conversation.Directory {
		return &conversation.Directory{Lines: map[string]conversation.Line{"ACME": {Number: "ACME", OneWay: true, Registered: []string{"SG"}}}}
	}}
	for to, want := range map[string]int{"+12025550123": 1, "+6591234567": 0} {
		stops, err := c.stops(t.Context(), conversation.Conversation{Line: "ACME", Phone: to}, time.Now())
		if err != nil || len(stops) != want || want == 1 && (stops[0].Code != "sender" || stops[0].Anyway) {
			t.Errorf("to %s: %+v %v", to[:3], stops, err)
		}
	}
}
