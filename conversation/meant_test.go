package conversation

import (
	"strings"
	"testing"
	"time"
)

// TestAYesThatOneAlertIsToGet: nothing that was written to say which alert a YES is for
// clears another, or denies what a number happens to stand for elsewhere.
func TestAYesThatOneAlertIsToGet(t *testing.T) {
	two := func() *talk {
		k := cards(t)
		k.suspect("acc-1", "t1", "t2", "t3")
		k.suspect("acc-2", "t4")
		k.text("yes")
		k.wantSaid("Which one do you mean? Please put its number before your answer, for example: 1 YES")
		k.after(time.Minute)
		return k
	}
	for _, word := range []string{"2", "2!", "#2.", "(2)"} {
		k := two()
		k.text(word)
		k.wantLocks("recognise acc-2")
	}
	for _, word := range []string{"3", "3!", "17"} { // no alert has that number, but one lists a third payment
		k := two()
		k.text(word)
		if k.wantLocks(); k.c.State.Handoff == nil {
			t.Errorf("%s: nobody is asked", word)
		}
	}
	k := two()
	k.text("no 3") // which denies what it names
	k.wantLocks("acc-1 t3")
}

// TestWhatStandsAroundANumber says nothing: "NO 2!" and "no, number 2" are "NO 2".
func TestWhatStandsAroundANumber(t *testing.T) {
	for _, word := range []string{"no 2", "no 2!", "no 2.", "no 2!!", "NO number 2", "no el 2"} {
		k := cards(t)
		k.suspect("acc-1", "t1", "t2")
		k.suspect("acc-2", "t3")
		k.text(word)
		if k.wantLocks(); len(k.said()) != 1 || !strings.HasPrefix(k.said()[0], "We asked you two things.") {
			t.Errorf("%s: said %q", word, k.said())
		}
	}
}

// TestANumberWithAYesDeniesNothing: an alert's list is of what is wrong, and what is said of
// a line of it may be that it is not.
func TestANumberWithAYesDeniesNothing(t *testing.T) {
	for _, word := range []string{"1 yes", "2 is mine", "1 ok, 2 and 3?", "3 not sure"} {
		k := cards(t)
		k.suspect("acc-1", "t1", "t2", "t3")
		k.text(word)
		k.wantLocks()
	}
	for word, want := range map[string]string{"2": "acc-1 t2", "2!": "acc-1 t2", "$9.00 Shop": "acc-1 t1", "2 no": "acc-1 t2", "no 2": "acc-1 t2"} {
		k := cards(t)
		k.suspect("acc-1", "t1", "t2", "t3")
		k.text(word)
		k.wantLocks(want)
	}
}

// TestAChoiceWithAnAnswer: "1 no", when asked which of two a YES was for, is a NO to it.
func TestAChoiceWithAnAnswer(t *testing.T) {
	for _, c := range []struct{ text, alarm, fraud string }{
		{"1", "fine", "ask"}, {"1 yes", "fine", "ask"}, {"2.", "ask", "fine"},
		{"1 no", "locked", "ask"}, {"2 no!", "ask", "locked"}, {"1 not sure", "ask", "ask"}, {"no", "locked", "locked"},
	} {
		k := twoAlerts(t)
		k.text("yes")
		k.after(time.Minute).text(c.text)
		for flow, want := range map[string]string{"alarm": c.alarm, "fraud": c.fraud} {
			if got := k.ended(flow); got != want {
				t.Errorf("%q: %s is in %s, want %s", c.text, flow, got, want)
			}
		}
	}
}

// ended is the outcome of a flow's run, or the state that it is in.
func (k *talk) ended(flow string) string {
	for _, f := range k.effects {
		if f.Ended != nil && f.Ended.Flow == flow {
			return f.Ended.Outcome
		}
	}
	return k.state(flow)
}

// TestAYesBehindAnotherQuestion: two alerts wait behind a question that a YES does not fit.
// It clears none of them before the customer has said which.
func TestAYesBehindAnotherQuestion(t *testing.T) {
	k := twoAlerts(t, count)
	k.start("count", nil)
	k.taken().after(time.Minute).text("yes")
	if k.state("alarm") != "ask" || k.state("fraud") != "ask" || len(k.said()) != 1 || !strings.HasPrefix(k.said()[0], "We asked you two things.") {
		t.Errorf("alarm in %q, fraud in %q, said %q", k.state("alarm"), k.state("fraud"), k.said())
	}
	k = twoAlerts(t, count)
	k.start("count", nil)
	k.after(time.Second).taken().after(time.Second).text("yes") // before it can have been seen
	if k.state("alarm") != "ask" || k.state("fraud") != "ask" {
		t.Errorf("before it was seen: alarm in %q, fraud in %q, said %q", k.state("alarm"), k.state("fraud"), k.said())
	}
	k = newTalk(t, alarm, count) // of one there is nothing to ask
	k.start("alarm", nil)
	k.taken().after(time.Minute)
	k.start("count", nil)
	k.taken().after(time.Minute).text("yes")
	if k.ended("alarm") != "fine" {
		t.Errorf("the only alert is in %q, said %q", k.state("alarm"), k.said())
	}
}

// TestAYesToThreeAlerts is left to a person: a text does not ask which of three.
func TestAYesToThreeAlerts(t *testing.T) {
	third := strings.NewReplacer("flow: alarm", "flow: theft", "card.suspicious", "bag.missing").Replace(alarm)
	k := twoAlerts(t, third)
	k.start("theft", nil)
	k.taken().after(time.Minute).text("yes")
	if k.wantSaid(willAnswer); k.c.State.Handoff == nil || k.c.State.Handoff.Priority != "alert" || k.state("alarm") != "ask" || k.state("fraud") != "ask" || k.state("theft") != "ask" {
		t.Errorf("%+v", k.c.State)
	}
}
