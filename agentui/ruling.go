package agentui

import (
	"cmp"
	"slices"
	"time"

	"parley/conversation"
)

// Scene is all that the rules of queues go by, as it stood at one moment.
type Scene struct {
	Now    int64                        // Unix ms, by the database's clock
	Desk   []conversation.Desk          // what people have or should have, the most urgent first
	People []Presence                   // who may sign in, by name
	Turns  map[string]map[string]int64  // by queue and agent: the last assignment's place among all
	Lines  map[string]conversation.Line // by number: when people are there
}

// Presence is whether somebody is there.
type Presence struct {
	Name  string
	Role  Role
	Away  bool  // they say so
	Since int64 // of Away, Unix ms
	Seen  int64 // when they last had the console open, Unix ms; 0: never
}

// gone says whether somebody is away, and since when: they say so, or have not had the
// console open for longer than absent.
func (p Presence) gone(now int64, absent time.Duration) (since int64, away bool) {
	silent := p.Seen <= now-absent.Milliseconds()
	switch {
	case p.Away && silent:
		return min(p.Since, p.Seen), true
	case p.Away:
		return p.Since, true
	}
	return p.Seen, silent
}

// mostRuled is how many things the rules do at once; what is left is done at the next look.
const mostRuled = 100

// Plan says what the rules want done: first what somebody should no longer have, then who
// gets what waits, then which answers have become overdue. It is pure; whatever has changed meanwhile, Step refuses.
func (q Queues) Plan(s Scene, absent time.Duration) (events []conversation.Event) {
	t := &table{Scene: s, queues: q, absent: absent, awaiting: map[string]int{}, last: map[string]int64{}}
	t.sit()
	for _, d := range s.Desk {
		if d.Owner == conversation.OwnerAgent && d.Snoozed == 0 {
			events = t.ends(events, d)
		}
	}
	for _, d := range s.Desk {
		if d.Owner == conversation.OwnerQueue && d.Snoozed == 0 && len(events) < mostRuled {
			events = t.deals(events, d)
		}
	}
	for _, d := range s.Desk {
		if len(events) < mostRuled {
			events = t.tells(events, d)
		}
	}
	return events[:min(len(events), mostRuled)]
}

// table is a scene as it is given out from.
type table struct {
	Scene
	queues   Queues
	absent   time.Duration
	there    []string            // who works here and is present, by name
	left     map[string]int64    // since when the others are away
	awaiting map[string]int      // how many customers wait for somebody
	last     map[string]int64    // the last turn of somebody in any queue
	turn     int64               // the last of all
	members  map[string][]string // of a queue, those who are there
}

// sit finds out who is there and what they have.
func (t *table) sit() {
	t.left, t.members = map[string]int64{}, map[string][]string{}
	for _, p := range t.People {
		switch since, away := p.gone(t.Now, t.absent); {
		case !slices.Contains(works, p.Role):
			t.left[p.Name] = 0
		case away:
			t.left[p.Name] = since
		default:
			t.there = append(t.there, p.Name)
		}
	}
	for _, d := range t.Desk {
		if d.Owner == conversation.OwnerAgent && d.Awaiting > 0 {
			t.awaiting[d.Agent]++
		}
	}
	for _, turns := range t.Turns {
		for agent, turn := range turns {
			t.last[agent], t.turn = max(t.last[agent], turn), max(t.turn, turn)
		}
	}
}

// ends takes from somebody what they should no longer have. Who may not sign in any more, or
// only reads by now, is away since ever.
func (t *table) ends(events []conversation.Event, d conversation.Desk) []conversation.Event {
	queue := t.queues[nameOf(d.Queue)]
	since, away := t.left[d.Agent]
	if !away {
		away = !slices.ContainsFunc(t.People, func(p Presence) bool { return p.Name == d.Agent })
	}
	op := ""
	switch {
	case queue.Reassign && away && d.Awaiting > 0 && d.Wrote > since && d.Wrote >= d.Given:
		op = "reassign"
	case queue.ReturnAfter > 0 && d.Active() <= t.Now-queue.ReturnAfter.Milliseconds():
		op = "abandon"
	default:
		return events
	}
	return append(events, ruled(d, op, d.Agent, conversation.Ruling{Active: d.Active()}))
}

// deals gives what waits to whoever is next; when nobody may have it, it waits on.
func (t *table) deals(events []conversation.Event, d conversation.Desk) []conversation.Event {
	name := nameOf(d.Queue)
	queue := t.queues[name]
	if !queue.deals() {
		return events
	}
	who, found := t.next(name, queue)
	if !found {
		return events
	}
	t.turn++
	t.last[who] = t.turn
	if t.Turns[name] == nil {
		t.Turns[name] = map[string]int64{}
	}
	t.Turns[name][who] = t.turn
	if d.Awaiting > 0 {
		t.awaiting[who]++
	}
	return append(events, ruled(d, "assign", who, conversation.Ruling{Turn: t.turn}))
}

// tells says that the customer waits longer than they should, unless that is known.
func (t *table) tells(events []conversation.Event, d conversation.Desk) []conversation.Event {
	if d.Overdue == d.Awaiting {
		return events
	}
	due := t.queues.Due(d, t.Lines[d.Line])
	if due == 0 || due >= t.Now {
		return events
	}
	return append(events, ruled(d, "overdue", "", conversation.Ruling{Awaiting: d.Awaiting, Due: due, Next: d.Replied != 0}))
}

// next is who gets the next of a queue: a member who is there and has room. In a round it
// is who got something of the queue longest ago; else who has the fewest customers
// waiting, and of equals who got something of any queue longest ago.
func (t *table) next(name string, queue Queue) (who string, found bool) {
	order := queue.Members
	if len(order) == 0 {
		order = t.there
	}
	var able []string
	for _, m := range order {
		if slices.Contains(t.there, m) && t.awaiting[m] < queue.Capacity {
			able = append(able, m)
		}
	}
	if len(able) == 0 {
		return "", false
	}
	return slices.MinFunc(able, func(a, b string) int { // of equals the first
		if queue.Rule == RoundRobin {
			return cmp.Compare(t.Turns[name][a], t.Turns[name][b])
		}
		return cmp.Or(cmp.Compare(t.awaiting[a], t.awaiting[b]), cmp.Compare(t.last[a], t.last[b]))
	}), true
}

func ruled(d conversation.Desk, op, who string, rule conversation.Ruling) conversation.Event {
	rule.Queue = nameOf(d.Queue)
	return conversation.Event{Kind: conversation.KindAgent, Conversation: d.Conversation, Line: d.Line, Phone: d.Phone,
		Agent: &conversation.Agent{Op: op, To: who, Rule: &rule}}
}
