package agentui

import (
	"slices"
	"testing"
	"time"

	"parley/conversation"
)

// TestDue: a clock stands still while nobody is there, goes by the time zone of the brand,
// and runs only while the customer waits.
func TestDue(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	open, err := conversation.ParseHours("Mo-Fr 09:00-12:00,11:00-18:00; Sa 10:00-14:00")
	if err != nil {
		t.Fatal(err)
	}
	nights, err := conversation.ParseHours("Mo-Su 00:00-04:00")
	if err != nil {
		t.Fatal(err)
	}
	line := conversation.Line{Zone: zone, Open: open}
	q := Queues{"default": {First: 30 * time.Minute, Next: 10 * time.Hour}, "nights": {First: 2 * time.Hour, Hours: &nights}, "calm": {}}
	for _, c := range []struct {
		what, queue, awaiting, due string
		replied                    int64
	}{
		{"while people are there", "", "2026-03-02T10:00", "2026-03-02T10:30", 0},
		{"at the last minute", "", "2026-03-02T17:30", "2026-03-02T18:00", 0},
		{"over the night", "", "2026-03-02T17:40", "2026-03-03T09:10", 0},
		{"over Sunday", "", "2026-03-07T13:50", "2026-03-09T09:20", 0},
		{"before they come", "", "2026-03-02T03:00", "2026-03-02T09:30", 0},
		{"over two days, spans that overlap counted once", "", "2026-03-02T10:00", "2026-03-03T11:00", 1},
		{"where a night lost an hour", "nights", "2026-03-08T00:30", "2026-03-08T03:30", 0},
		{"where a night has an hour twice", "nights", "2026-11-01T00:30", "2026-11-01T01:30", 0},
		{"without a clock", "calm", "2026-03-02T10:00", "", 0},
		{"in a queue of which nothing is known", "unknown", "2026-03-02T10:00", "", 0},
	} {
		at, err := time.ParseInLocation("2006-01-02T15:04", c.awaiting, zone)
		if err != nil {
			t.Fatal(err)
		}
		got, text := q.Due(conversation.Desk{Queue: c.queue, Awaiting: at.UnixMilli(), Replied: c.replied}, line), ""
		if got != 0 {
			text = time.UnixMilli(got).In(zone).Format("2006-01-02T15:04")
		}
		if text != c.due {
			t.Errorf("%s: due %q, want %q", c.what, text, c.due)
		}
	}
	if due := q.Due(conversation.Desk{}, line); due != 0 {
		t.Errorf("nobody waits, and an answer is due at %d", due)
	}
}

// ms is an hour of the day on which the scenes play.
func ms(hour int64) int64 { return hour * 3_600_000 }

// scene has four who are there, and waiting conversations by name.
func scene(waiting ...string) Scene {
	s := Scene{Now: ms(12), Turns: map[string]map[string]int64{}}
	for _, name := range []string{"ann", "bob", "cyd", "dan"} {
		s.People = append(s.People, Presence{Name: name, Role: RoleAgent, Seen: ms(12)})
	}
	for _, id := range waiting {
		s.Desk = append(s.Desk, conversation.Desk{Conversation: id, Owner: conversation.OwnerQueue, Since: ms(11), Awaiting: ms(11)})
	}
	return s
}

// has gives somebody n conversations with a waiting customer, and one without.
func (s *Scene) has(agent string, n int) {
	for i := range n + 1 {
		d := conversation.Desk{Conversation: agent + string(rune('0'+i)), Owner: conversation.OwnerAgent, Agent: agent, Since: ms(10), Given: ms(11)}
		if i < n {
			d.Awaiting = ms(11)
		}
		s.Desk = append(s.Desk, d)
	}
}

func planned(q Queue, s Scene) (all []string) {
	for _, e := range (Queues{"default": q}).Plan(s, time.Minute) {
		all = append(all, e.Agent.Op+" "+e.Conversation+" "+e.Agent.To)
	}
	return all
}

func wantPlan(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// TestPlan is what the rules choose.
func TestPlan(t *testing.T) {
	balanced, round := Queue{Rule: Balanced, Capacity: 2}, Queue{Rule: RoundRobin, Capacity: 2, Members: []string{"cyd", "ann", "gone"}}
	wantPlan(t, "manual gives nothing", planned(Queue{}, scene("a")))

	s := scene("a", "b", "c")
	wantPlan(t, "members in their order, then by turns", planned(round, s), "assign a cyd", "assign b ann", "assign c cyd")
	s.Turns = map[string]map[string]int64{"default": {"cyd": 8, "ann": 7}, "other": {"ann": 9}}
	wantPlan(t, "turns go on, by queue", planned(round, s), "assign a ann", "assign b cyd", "assign c ann")

	s = scene("a", "b", "c", "d", "e", "f")
	s.has("ann", 1)
	s.has("bob", 2)
	s.Turns = map[string]map[string]int64{"default": {"cyd": 5}, "other": {"dan": 4}}
	wantPlan(t, "the fewest, of equals whose last is longest ago, and nobody beyond the limit", planned(balanced, s), "assign a dan", "assign b cyd", "assign c ann", "assign d dan", "assign e cyd")

	s = scene("a")
	for i := range s.People {
		s.People[i].Away, s.People[i].Since = true, ms(9)
	}
	s.People[1] = Presence{Name: "bob", Role: RoleAgent, Seen: ms(12) - 60_000}
	s.People[2] = Presence{Name: "cyd", Role: RoleAuditor, Seen: ms(12)}
	wantPlan(t, "nobody may have it, and it waits", planned(balanced, s))
	s.People[1].Seen++
	wantPlan(t, "who was seen in time is there", planned(balanced, s), "assign a bob")

	s = scene("a")
	s.Desk[0].Snoozed = ms(13)
	wantPlan(t, "what is put aside is nobody's next", planned(balanced, s))
}

// TestPlanEnds is what the rules take from somebody.
func TestPlanEnds(t *testing.T) {
	q := Queue{Reassign: true, ReturnAfter: 3 * time.Hour}
	s := scene()
	s.has("ann", 1)
	s.People[0].Away, s.People[0].Since = true, ms(11)+1
	held := &s.Desk[0]
	wantPlan(t, "the customer wrote before she went", planned(q, s))
	held.Wrote = ms(11) + 2
	wantPlan(t, "the customer wrote while she was away", planned(q, s), "reassign ann0 ann")
	held.Given = ms(11) + 3
	wantPlan(t, "she got it after that", planned(q, s))
	held.Given, held.Snoozed = ms(11), ms(15)
	wantPlan(t, "it is put aside", planned(q, s))
	held.Snoozed, s.People[0].Away = 0, false
	wantPlan(t, "she is there", planned(q, s))
	s.People[0].Role = RoleAuditor
	wantPlan(t, "she only reads by now", planned(q, s), "reassign ann0 ann")
	s.People = s.People[1:]
	wantPlan(t, "she works here no longer", planned(q, s), "reassign ann0 ann")
	wantPlan(t, "without the rule", planned(Queue{Rule: Balanced, Capacity: 1}, s))
	s.Now = ms(14)
	wantPlan(t, "nobody texted for long", planned(q, s), "reassign ann0 ann", "abandon ann1 ann")
}
