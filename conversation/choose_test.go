package conversation

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

const slots = `
flow: slots
trigger: {events: [slots.open]}
input: {times: list}
timezone: Europe/Paris
start: offer
states:
  offer:
    say: "Which time?"
    choose: {from: times, label: "date(item.at, 'short') + ' ' + time(item.at)", as: slot, none: nothing, goto: picked}
    replies: [{match: [none, neither], goto: nothing}]
    silence: {after: 24h, goto: nothing}
    otherwise: {say: "Send a number, please.", tries: 2}
  picked:
    do: [{emit: {event: slot.picked, data: {slot: "{{ slot }}"}}}]
    say: "See you on {{ date(slot.at) }}."
    end: picked
  nothing: {say: "We will call you.", end: nothing}
`

func times(at ...string) map[string]any {
	list := []any{}
	for i, a := range at {
		list = append(list, map[string]any{"at": a, "id": i})
	}
	return map[string]any{"times": list}
}

func TestChoose(t *testing.T) {
	open := times("2026-03-05T14:00:00Z", "2026-03-06T08:30:00Z")
	for _, c := range []struct {
		text, want, state string
	}{
		{"2", "See you on Fri, Mar 6.", ""},
		{"2 please, if you can", "See you on Fri, Mar 6.", ""},
		{"Mar 5 3:00 PM", "See you on Thu, Mar 5.", ""},
		{"neither", "We will call you.", ""},
		{"3", "Send a number, please.", "offer"},
		{"1 or 2", "Send a number, please.", "offer"},
		{"tomorrow", "Send a number, please.", "offer"},
	} {
		k := newTalk(t, slots)
		k.start("slots", open)
		k.wantSaid("Which time?\n1 Mar 5 3:00 PM\n2 Mar 6 9:30 AM")
		k.taken().after(time.Minute).text(c.text)
		k.wantSaid(c.want)
		if got := k.state("slots"); got != c.state {
			t.Errorf("%q led to %q, want %q", c.text, got, c.state)
		}
		if c.want == "See you on Fri, Mar 6." {
			data, _ := json.Marshal(k.callback("slot.picked").Data)
			if want := `{"slot":{"at":"2026-03-06T08:30:00Z","id":1}}`; string(data) != want {
				t.Errorf("told the business %s, want %s", data, want)
			}
		}
	}
}

func TestChooseFromNothingAndFromMuch(t *testing.T) {
	k := newTalk(t, slots)
	k.start("slots", times())
	k.wantSaid("We will call you.")

	var many []string
	for range 12 {
		many = append(many, "2026-03-05T14:00:00Z")
	}
	k = newTalk(t, slots)
	k.start("slots", times(many...))
	if n := len(k.c.State.Runs[0].Choices); n != 9 {
		t.Errorf("%d of 12 are offered, want 9", n)
	}
}

// TestChooseAmongNumbers: a bare number is the option's number, as the customer sees
// it, also where another option is called so.
func TestChooseAmongNumbers(t *testing.T) {
	for text, want := range map[string]string{"1": "You have 2.", "2": "You have 1.", "7 8": "You have 7 8."} {
		k := newTalk(t, offering)
		k.start("offering", map[string]any{"slots": []any{"2", "1", "7\r\n8"}})
		k.wantSaid("Which?\n1 2\n2 1\n3 7 8")
		k.taken().after(time.Hour).text(text)
		k.wantSaid(strings.Replace(want, "7 8", "7\r\n8", 1))
	}
}
