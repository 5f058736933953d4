package outbound

import (
	"strings"

	"parley/conversation"
)

// pretend plays the carrier for messages of test keys. Reserved endings decide:
// 0002 fails, 0003 opts out, all others are delivered; 0004 also answers every
// question with YES.
func (a attempt) pretend() {
	switch {
	case strings.HasSuffix(a.m.To, "0002"):
		a.fail("test")
	case strings.HasSuffix(a.m.To, "0003"):
		a.optOut("test")
	default:
		a.succeed(conversation.Delivered, nil, "")
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
