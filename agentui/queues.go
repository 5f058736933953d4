package agentui

import (
	"cmp"
	"slices"
	"time"

	"parley/conversation"
	"parley/flows"
)

// Rule is how a queue gives out what waits in it.
type Rule string

// The rules. By Manual nobody is given anything; by RoundRobin the members take turns; by
// Balanced whoever has the fewest customers waiting for them is next.
const (
	Manual     Rule = "manual"
	RoundRobin Rule = "round_robin"
	Balanced   Rule = "balanced"
)

// Queue is how one queue works. Its zero value gives out nothing and has no clocks.
type Queue struct {
	Rule     Rule     // "" is Manual
	Members  []string // who gets something, in this order at first; none: all who work here
	Capacity int      // how many customers may wait for an agent who still gets something
	// First is how long a customer may wait for the first answer of a person, Next for each
	// later one; 0: no clock runs.
	First, Next time.Duration
	// Hours are when the clocks run, in the time zone of the line's brand; nil: the hours of
	// the brand.
	Hours *conversation.Hours
	// Reassign lets a customer who answers while their agent is away wait for another.
	Reassign bool
	// ReturnAfter is how long an agent may have a conversation in which nobody texts; 0: for
	// ever.
	ReturnAfter time.Duration
}

// Queues are the installation's, by name.
type Queues map[string]Queue

// general is the queue of what no flow names one for.
const general = "default"

// nameOf is under which name a queue stands in the configuration.
func nameOf(queue string) string { return cmp.Or(queue, general) }

// acts says whether a rule does anything by itself.
func (q Queues) acts() bool {
	for _, one := range q {
		if one.deals() || one.Reassign || one.ReturnAfter > 0 || one.clocked() {
			return true
		}
	}
	return false
}

// clocked says whether the queue has a clock.
func (q Queue) clocked() bool { return q.First > 0 || q.Next > 0 }

func (q Queue) deals() bool { return q.Rule == RoundRobin || q.Rule == Balanced }

// Due is when an answer is due by the clock of the conversation's queue, Unix ms; 0: no
// clock runs. It goes by what the conversation knows alone: a clock is the same on every
// node, and stands still while nobody is there.
func (q Queues) Due(d conversation.Desk, line conversation.Line) int64 {
	one := q[nameOf(d.Queue)]
	within := one.Next
	if d.Replied == 0 {
		within = one.First
	}
	if d.Awaiting == 0 || within == 0 {
		return 0
	}
	hours, zone := line.Open, time.UTC
	if one.Hours != nil {
		hours = *one.Hours
	}
	if line.Zone != nil {
		zone = line.Zone
	}
	return hours.After(time.UnixMilli(d.Awaiting).In(zone), within).UnixMilli()
}

// Overdue counts those of each queue for which an answer is overdue; queues without clocks
// are left out.
func (q Queues) Overdue(desk []conversation.Desk, line func(number string) conversation.Line, now int64) map[string]int {
	late := map[string]int{}
	for name, one := range q {
		if one.clocked() {
			late[name] = 0
		}
	}
	for _, d := range desk {
		if due := q.Due(d, line(d.Line)); due > 0 && due < now {
			late[nameOf(d.Queue)]++
		}
	}
	return late
}

// sorted puts a list into the order in which it is worked off: what is put aside last,
// then the more urgent first, of these what is due first, and what has no clock after it.
func sorted(list []conversation.Desk) {
	slices.SortStableFunc(list, func(a, b conversation.Desk) int {
		return cmp.Or(cmp.Compare(flagOf(a.Snoozed > 0), flagOf(b.Snoozed > 0)), cmp.Compare(urgencyOf(a.Priority), urgencyOf(b.Priority)),
			cmp.Compare(flagOf(a.Due == 0), flagOf(b.Due == 0)), cmp.Compare(a.Due, b.Due))
	})
}

func flagOf(b bool) int {
	if b {
		return 1
	}
	return 0
}

// urgencyOf ranks what handed over: 0 is served first. The store sorts by it (PlaceOf).
func urgencyOf(c flows.Class) int {
	switch c {
	case flows.Alert:
		return 0
	case flows.Code:
		return 1
	case flows.Bulk:
		return 3
	}
	return 2
}
