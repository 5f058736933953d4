package outbound

import (
	"strings"
	"time"

	"parley/conversation"
)

// pretend plays the carrier for messages of test keys. Reserved endings decide:
// 0002 fails, 0003 opts out, all others are delivered; 0004 also answers every
// question with YES.
func (r *run) pretend(m conversation.Message, started time.Time) {
	switch {
	case strings.HasSuffix(m.To, "0002"):
		r.fail(m, "test", "test", started)
	case strings.HasSuffix(m.To, "0003"):
		r.optOut(m, "test", "test", started)
	default:
		r.succeed(m, "test", conversation.Delivered, nil, "", started)
	}
}

// playedAnswers are the texts of the customers that test keys reserve for it.
func playedAnswers(group []result) []conversation.Event {
	var texts []conversation.Event
	for _, res := range group {
		if m := res.message; m.Test && res.kind == conversation.KindSent && strings.HasSuffix(m.To, "0004") {
			texts = append(texts, conversation.Event{Kind: conversation.KindText, Conversation: m.Conversation, Line: m.Line, Phone: m.To,
				Carrier: "test", Dedupe: "text/" + m.ID, Test: true, Text: &conversation.Text{Text: "YES"}})
		}
	}
	return texts
}
