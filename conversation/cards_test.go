package conversation

import (
	"os"
	"slices"
	"testing"
	"time"
)

// cards is a talk in which the shipped fraud alert asks of one payment of each account, in
// order: t1 of acc-1, t2 of acc-2 …
func cards(t *testing.T, accounts ...string) *talk {
	t.Helper()
	source, err := os.ReadFile("../flows/library/fraud_alert.yaml")
	if err != nil {
		t.Fatal(err)
	}
	k := newTalk(t, string(source), door)
	for i, account := range accounts {
		k.suspect(account, "t"+string(rune('1'+i)))
	}
	return k
}

// suspect has the customer asked of payments, and waits for a minute.
func (k *talk) suspect(account string, ids ...string) {
	k.t.Helper()
	var payments []any
	for _, id := range ids {
		payments = append(payments, map[string]any{"id": id, "merchant": "Shop", "amount": "9.00 USD", "at": "2026-03-02T08:50:00Z"})
	}
	k.start("fraud_alert", map[string]any{"name": "Ann", "account": account, "card": "1234", "transactions": payments})
	k.taken().after(time.Minute)
}

// listed is a talk in which the second of two alerts asks of two payments.
func listed(t *testing.T) *talk {
	t.Helper()
	k := cards(t, "acc-1")
	k.suspect("acc-2", "t2", "t3")
	return k
}

// recognisedOnce is a talk in which one alert was answered YES, and another asks.
func recognisedOnce(t *testing.T, ids ...string) *talk {
	t.Helper()
	k := cards(t, "acc-1")
	k.recognised("acc-1")
	k.suspect("acc-2", ids...)
	return k
}

// happens brings a business event of an account.
func (k *talk) happens(event, account string) {
	k.t.Helper()
	if out := k.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Type: event, Data: map[string]any{"account": account}}}); out.Status != Applied {
		k.t.Fatalf("%s of %s: %+v", event, account, out)
	}
	k.after(time.Minute)
}

// wantLocks holds what the last event asks to be locked: the accounts with the payments
// that are denied, in order.
func (k *talk) wantLocks(want ...string) {
	k.t.Helper()
	var got []string
	for _, c := range k.changes() {
		if c.Op == "lock" {
			one := c.Account
			for _, t := range c.Transactions {
				one += " " + t.ID
			}
			got = append(got, one)
		} else {
			got = append(got, c.Op+" "+c.Account)
		}
	}
	if len(got) != len(want) {
		k.t.Fatalf("asked for %q, want %q", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			k.t.Fatalf("asked for %q, want %q", got, want)
		}
	}
}

// recognised answers YES to the only question, and lets the account take it.
func (k *talk) recognised(account string) {
	k.t.Helper()
	k.text("yes")
	k.happens("account.recognised", account)
}

// A NO in other words than NO is the same answer.
func TestEveryNoAnswersAllAlerts(t *testing.T) {
	for _, word := range []string{"no", "fraud", "that was not me", "STOLEN!"} {
		k := cards(t, "acc-1", "acc-2")
		k.text(word)
		k.wantLocks("acc-1 t1", "acc-2 t2")
	}
	k := listed(t)
	k.text("not mine")
	k.wantLocks("acc-1 t1", "acc-2 t2 t3")
}

// A NO takes back a YES as well, beside a question or without one.
func TestNoIsForWhatWasRecognisedToo(t *testing.T) {
	k := recognisedOnce(t, "t2")
	k.text("no")
	k.wantLocks("acc-1 t1", "acc-2 t2")

	k = recognisedOnce(t, "t2")
	k.recognised("acc-2")
	k.text("fraud")
	k.wantLocks("acc-1 t1", "acc-2 t2")
}

// What was locked already is not meant by a NO that another alert waits for.
func TestNoIsForWhatIsNotLockedYet(t *testing.T) {
	k := cards(t, "acc-1")
	k.text("no")
	k.happens("account.locked", "acc-1")
	k.suspect("acc-2", "t2")
	k.text("no")
	k.wantLocks("acc-2 t2")
	k.happens("account.locked", "acc-2")
	k.text("no") // none is meant before the others: both are locked again
	k.wantLocks("acc-1 t1", "acc-2 t2")

	k = recognisedOnce(t, "t2")
	k.text("2 no")
	k.wantLocks("acc-2 t2")
	k.happens("account.locked", "acc-2")
	k.text("no")
	k.wantLocks("acc-1 t1")
}

// Another question in front takes its own NO, and lets only the very words for fraud by.
func TestNoToAnotherQuestionLocksNothing(t *testing.T) {
	k := cards(t, "acc-1", "acc-2")
	k.start("door", nil)
	k.taken().after(time.Minute)
	for _, word := range []string{"it is not me who asks", "fraud"} {
		if k.after(time.Minute).text(word); word != "fraud" {
			k.wantLocks()
		}
	}
	k.wantLocks("acc-1 t1", "acc-2 t2")
	k = cards(t, "acc-1")
	k.recognised("acc-1")
	k.start("door", nil)
	k.taken().after(time.Minute).text("no")
	k.wantLocks()
}

const door = `
flow: door
start: ask
states:
  ask:
    say: "Acme: is somebody at home? YES or NO"
    replies: [{intent: no, goto: done}, {intent: yes, goto: done}]
    silence: {after: 24h, goto: done}
    otherwise: {say: "YES or NO", tries: 3, goto: done}
  done: {end: done}
`

// While people have the conversation a NO still locks, and a YES clears nothing. They have
// the text in any case.
func TestNoLocksBesideAPerson(t *testing.T) {
	for _, way := range []string{"unclear", "silence", "taken"} {
		k := cards(t, "acc-1")
		switch way {
		case "unclear":
			k.text("ok")
			k.after(time.Minute).text("ok")
		case "silence":
			k.until("2026-03-02T14:00:00Z")
		case "taken":
			k.does("take", "bo")
		}
		if k.c.State.Owner == OwnerBot || k.c.State.Owner == "" {
			t.Fatalf("%s: nobody has it", way)
		}
		k.after(2 * time.Hour).text("yes")
		k.wantLocks()
		k.text("no")
		k.wantLocks("acc-1 t1")
		if k.c.State.Awaiting == 0 || k.c.State.Wrote != k.env.Now || k.c.State.Handoff == nil {
			t.Errorf("%s: the person has not got the text: %+v", way, k.c.State)
		}
		k.happens("account.locked", "acc-1")
		k.text("yes")
		if k.wantLocks(); k.state("fraud_alert") != "shut" {
			t.Errorf("%s: in %s", way, k.state("fraud_alert"))
		}
	}
}

// Once a person has written, a NO answers the person; an alert that came after that is
// answered all the same.
func TestNoAnswersThePersonWhoAsked(t *testing.T) {
	k := cards(t, "acc-1")
	k.does("take", "bo")
	k.does("reply", "bo", func(a *Agent) { a.Text = "Can I help with anything else?" })
	k.after(time.Minute).text("no")
	k.wantLocks()
	k.suspect("acc-2", "t2")
	k.text("no")
	k.wantLocks("acc-2 t2")
}

// A number is an alert's own, or a payment's that an alert lists. Nothing is denied that
// was not named, and no account locked that was not meant.
func TestNoAndANumberOfTwo(t *testing.T) {
	for _, word := range []string{"NO 2", "2 NO", "no, number 2"} {
		k := listed(t)
		k.text(word)
		k.wantLocks("acc-2 t3")
	}
	for choice, want := range map[string]string{"1": "acc-1 t1", "2": "acc-2 t2"} {
		k := listed(t)
		k.text("NO 1")
		k.wantSaid("We asked you two things. Is this your answer to 1 or 2?\n1: Acme: Hi Ann, did you pay $9.00 at Shop with card ..1234 on...\n2: $9.00 Shop")
		k.wantLocks()
		k.after(time.Minute).text(choice)
		k.wantLocks(want)
	}
	k := listed(t) // the number again is no choice: a person is asked, and a plain NO is for all
	k.text("NO 1")
	k.after(time.Minute).text("NO 1")
	if k.wantLocks(); k.c.State.Handoff == nil {
		t.Error("nobody is asked")
	}
	k.text("NO")
	k.wantLocks("acc-1 t1", "acc-2 t2 t3")

	k = listed(t)
	k.text("NO 1")
	k.after(time.Minute).text("NO")
	k.wantLocks("acc-1 t1", "acc-2 t2 t3")

	k = listed(t)
	k.text("yes") // which one? then the number is the alert's
	k.after(time.Minute).text("2 no")
	k.wantLocks("acc-2 t2 t3")
}

// The list may be the older alert's, and both may have one.
func TestNoAndANumberOfLists(t *testing.T) {
	two := func() *talk {
		k := cards(t)
		k.suspect("acc-1", "t1", "t2", "t3")
		k.suspect("acc-2", "t4")
		return k
	}
	k := two()
	k.text("no 2")
	k.wantLocks()
	k.after(time.Minute).text("1")
	k.wantLocks("acc-1 t2")
	k = two()
	k.text("no 3") // no alert has that number
	k.wantLocks("acc-1 t3")

	k = cards(t)
	k.suspect("acc-1", "t1", "t2")
	k.suspect("acc-2", "t3", "t4")
	k.text("no 2")
	k.wantLocks()
	k.after(time.Minute).text("2")
	k.wantLocks("acc-2 t4")
}

// A number names what only listens too, unless a question lists it.
func TestNoAndTheNumberOfWhatWasRecognised(t *testing.T) {
	k := cards(t, "acc-1", "acc-2")
	k.text("1 yes")
	k.happens("account.recognised", "acc-1")
	k.text("no 1")
	k.wantLocks("acc-1 t1")

	k = cards(t, "acc-1", "acc-2")
	k.text("1 yes")
	k.happens("account.recognised", "acc-1")
	k.text("2 yes")
	k.happens("account.recognised", "acc-2")
	k.text("2 no")
	k.wantLocks("acc-2 t2")

	k = recognisedOnce(t, "t2", "t3")
	k.text("no 1")
	k.wantLocks("acc-2 t2")
}

// A YES and a number that a list has may be of one payment only: it clears nothing before
// the customer has been asked for the alert's number.
func TestYesAndANumberOfTwo(t *testing.T) {
	for _, word := range []string{"1 yes", "yes 2"} {
		k := listed(t)
		k.text(word)
		k.wantLocks()
		k.after(time.Minute).text("1 yes")
		k.wantLocks("recognise acc-1")
	}
	k := listed(t)
	k.text("2 yes")
	k.wantLocks()
	k.after(time.Minute).text("2")
	k.wantLocks("recognise acc-2")
}

// A NO to one alert by its number locks beside a person too; what may be a line of a list
// is left to that person.
func TestNoByNumberBesideAPerson(t *testing.T) {
	k := cards(t, "acc-1", "acc-2")
	k.until("2026-03-02T14:00:00Z")
	if k.c.State.Owner != OwnerQueue {
		t.Fatal("nobody is asked")
	}
	k.text("1 yes")
	k.wantLocks()
	k.text("2 no")
	k.wantLocks("acc-2 t2")

	k = listed(t)
	k.does("take", "bo")
	k.text("no 1")
	k.wantLocks()
	k.wantSaid()
}

// A NO that comes before the carrier has said that it took the question answers it, when
// it can answer nothing else, and what listens as well.
func TestNoBeforeTheQuestionIsKnownToBeOut(t *testing.T) {
	second := map[string]any{"name": "Ann", "account": "acc-2", "card": "1234", "transactions": []any{map[string]any{"id": "t2", "merchant": "Shop", "amount": "9.00 USD", "at": "2026-03-02T08:50:00Z"}}}
	k := cards(t, "acc-1")
	k.text("no")
	k.happens("account.locked", "acc-1")
	k.start("fraud_alert", second)
	k.after(time.Second).text("no")
	k.wantLocks("acc-2 t2")

	k = cards(t, "acc-1")
	k.recognised("acc-1")
	k.start("fraud_alert", second)
	k.after(time.Second).text("no")
	k.wantLocks("acc-1 t1", "acc-2 t2")
}

// What the account has taken of one alert clears no other of the same account.
func TestOneYesClearsOneAlert(t *testing.T) {
	k := cards(t, "acc-1", "acc-1")
	first, second := k.c.State.Runs[0].ID, k.c.State.Runs[1].ID
	k.text("1 yes")
	k.text("2 yes")
	k.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Type: "account.recognised", Run: first, Data: map[string]any{"account": "acc-1"}}})
	if a, b := k.c.State.Runs[k.run(first)].State, k.c.State.Runs[k.run(second)].State; a != "watching" || b != "recognise" {
		t.Errorf("the first is in %s, the second in %s", a, b)
	}
}

func (k *talk) run(id string) int {
	return slices.IndexFunc(k.c.State.Runs, func(r Run) bool { return r.ID == id })
}
