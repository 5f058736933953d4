package outbound_test

import (
	"testing"
	"time"

	"parley/conversation"
	"parley/outbound"
	"parley/outbound/provider"
)

func TestNext(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	hour := now.Add(time.Hour)
	tests := []struct {
		name     string
		attempt  int
		priority conversation.Priority
		class    provider.Class
		expires  time.Time
		after    time.Duration // 0: give up
	}{
		{"first", 1, conversation.PriorityReply, provider.Temporary, hour, 5 * time.Second},
		{"fourth", 4, conversation.PriorityReply, provider.Temporary, hour, 10 * time.Minute},
		{"fifth", 5, conversation.PriorityReply, provider.Temporary, hour, 0},
		{"a code hurries", 2, conversation.PriorityCode, provider.Temporary, hour, 3 * time.Second},
		{"not beyond expiry", 4, conversation.PriorityReply, provider.Temporary, now.Add(10 * time.Minute), 0},
		{"no expiry", 4, conversation.PriorityReply, provider.Temporary, time.UnixMilli(0), 10 * time.Minute},
		{"an operator may mend it", 1, conversation.PriorityReply, provider.Config, hour, 5 * time.Second},
		{"invalid", 1, conversation.PriorityReply, provider.Invalid, hour, 0},
		{"rejected", 1, conversation.PriorityReply, provider.Rejected, hour, 0},
		{"opted out", 1, conversation.PriorityReply, provider.OptedOut, hour, 0},
		{"a class of tomorrow", 1, conversation.PriorityReply, "new", hour, 0},
	}
	for _, tt := range tests {
		m := conversation.Message{Attempt: tt.attempt, Priority: tt.priority, ExpiresAt: tt.expires.UnixMilli()}
		due, giveUp := outbound.Next(m, tt.class, now)
		if giveUp != (tt.after == 0) || !giveUp && !due.Equal(now.Add(tt.after)) {
			t.Errorf("%s: %v, %v", tt.name, due.Sub(now), giveUp)
		}
	}
}
