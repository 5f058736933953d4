package main

import (
	"slices"
	"time"

	"parley/agentui"
	"parley/conversation"
	"parley/conversation/verify"
)

// QueueConfig is how one queue of the console gives out work. What is left out is as if the
// queue were not here: whoever likes takes what waits, and no clock runs.
type QueueConfig struct {
	// Rule is manual (the default), round_robin or balanced.
	Rule string `yaml:"rule"`
	// Members get something, in this order at first. Default all who work in the console.
	Members []string `yaml:"members"`
	// Capacity is how many customers may wait for an agent's word who still gets more, over
	// all queues. Default 5.
	Capacity int `yaml:"capacity"`
	// FirstResponse is how long a customer may wait for a person's first answer. Default no
	// clock.
	FirstResponse time.Duration `yaml:"first_response"`
	// NextResponse is how long they may wait for each later one. Default no clock.
	NextResponse time.Duration `yaml:"next_response"`
	// Hours are when the clocks run, by the brand's time zone. Default the brand's hours.
	Hours string `yaml:"hours"`
	// ReassignReplies puts a conversation back into the queue when the customer answers while
	// their agent is away. Default no.
	ReassignReplies bool `yaml:"reassign_replies"`
	// ReturnAfter is how long somebody may have a conversation in which nobody texts: then
	// the bot goes on or, when the customer waits for a word, another agent does. Default for
	// ever.
	ReturnAfter time.Duration `yaml:"return_after"`
}

// The bounds of queues.
const (
	defaultCapacity = 5
	defaultAway     = 30 * time.Second
	longestClock    = 30 * 24 * time.Hour
)

// checkQueues reads the queues.
func (c *ConsoleConfig) checkQueues(bad func(format string, args ...any)) {
	c.queues = agentui.Queues{}
	if c.AwayAfter == 0 {
		c.AwayAfter = defaultAway
	}
	if c.AwayAfter < time.Second || c.AwayAfter > time.Hour {
		bad("console.away_after: want 1s to 1h")
	}
	for name, q := range c.Queues {
		if name == "" {
			bad(`console.queues: the queue without a name is called "default"`)
		}
		c.queues[name] = q.queue(func(format string, args ...any) { bad("console.queues."+name+"."+format, args...) })
	}
}

// queue is the queue as the console needs it.
func (q QueueConfig) queue(bad func(format string, args ...any)) agentui.Queue {
	made := agentui.Queue{Rule: agentui.Rule(q.Rule), Members: q.Members, Capacity: q.Capacity, First: q.FirstResponse, Next: q.NextResponse,
		Reassign: q.ReassignReplies, ReturnAfter: q.ReturnAfter}
	if !slices.Contains([]agentui.Rule{"", agentui.Manual, agentui.RoundRobin, agentui.Balanced}, made.Rule) {
		bad("rule: want manual, round_robin or balanced, not %q", q.Rule)
	}
	for _, m := range q.Members {
		if !verify.GoodAgent(m) {
			bad("members: %q cannot be an agent's name", m)
		}
	}
	switch {
	case q.Capacity < 0:
		bad("capacity: want a number of customers")
	case q.Capacity == 0:
		made.Capacity = defaultCapacity
	}
	for key, d := range map[string]time.Duration{"first_response": q.FirstResponse, "next_response": q.NextResponse} {
		if d < 0 || d > longestClock {
			bad("%s: want at most %s", key, longestClock)
		}
	}
	if q.ReturnAfter < 0 || q.ReturnAfter > 0 && q.ReturnAfter < time.Second {
		bad("return_after: want at least a second")
	}
	if q.Hours != "" {
		hours, err := conversation.ParseHours(q.Hours)
		if err != nil {
			bad("hours: %w", err)
		}
		made.Hours = &hours
	}
	return made
}
