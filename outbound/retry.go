package outbound

import (
	"time"

	"parley/conversation"
	"parley/outbound/provider"
)

// delays before the next try, by attempt. A code is of no use later, so its tries
// are closer together.
var (
	delays     = []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute}
	codeDelays = []time.Duration{time.Second, 3 * time.Second, 10 * time.Second, 30 * time.Second}
)

// Next decides about a message whose send failed with class: when to try again,
// or to give up. Attempt counts from 1. Nothing is tried again that the carrier
// refused for good, nor later than the message expires. Errors of configuration
// are tried again, because an operator can mend them.
func Next(m conversation.Message, class provider.Class, now time.Time) (due time.Time, giveUp bool) {
	if class != provider.Temporary && class != provider.Config {
		return time.Time{}, true
	}
	list := delays
	if m.Priority == conversation.PriorityCode {
		list = codeDelays
	}
	if m.Attempt > len(list) {
		return time.Time{}, true
	}
	due = now.Add(list[max(m.Attempt, 1)-1])
	if m.ExpiresAt > 0 && due.UnixMilli() >= m.ExpiresAt {
		return time.Time{}, true
	}
	return due, false
}
