package conversation

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/flows"
)

// hunch is a Reader that guesses an intent when the text holds its name, and is sure
// unless there is a question mark.
type hunch struct{ ear }

func (hunch) Guess(_ *flows.Lesson, text string, listen []string) flows.Guess {
	for _, intent := range listen {
		if strings.Contains(text, intent) {
			sure := !strings.Contains(text, "?")
			return flows.Guess{Intent: intent, Score: map[bool]float64{true: 0.9, false: 0.4}[sure], Second: "other", Sure: sure}
		}
	}
	return flows.Guess{Intent: listen[0], Score: 0.1}
}

const order = `flow: order
intents:
  broken: {examples: {en: [it is broken]}}
  lost: {examples: {en: [it is gone]}}
start: ask
states:
  ask:
    say: "Did it arrive?"
    replies:
      - {intent: no, goto: "no"}
      - {intent: yes, goto: "yes"}
      - {intent: broken, as: damaged, goto: broken}
      - {intent: lost, confirm: true, goto: "no"}
    otherwise: {say: "YES or NO please.", goto: "no"}
  "yes": {say: "Good.", end: "yes"}
  "no": {say: "Sorry.", end: "no"}
  broken: {say: "How bad.", end: broken}
`

const shop = `flow: shop
trigger: {intents: [hours], keywords: [open]}
intents: {hours: {examples: {en: [are you open]}}}
start: tell
states: {tell: {say: "From 9 to 6.", end: told}}
`

func guesser(t *testing.T, sources ...string) *talk {
	k := newTalk(t, sources...)
	k.env.Reader = hunch{}
	return k
}

func (k *talk) decided(layer string) Decision {
	for _, e := range k.effects {
		if e.Record != nil && e.Record.Layer == layer {
			return *e.Record
		}
	}
	return Decision{}
}

func TestGuessAnswersTheFrontQuestion(t *testing.T) {
	k := guesser(t, order)
	k.start("order", nil)
	k.taken().after(time.Minute).text("it came but it was broken")
	k.wantSaid("How bad.")
	if d := k.decided("model"); d.Choice != "damaged" || d.Intent != "broken" || d.Score != 0.9 || d.Second != "other" || d.Flow != "order" || d.State != "ask" {
		t.Errorf("%+v", d)
	}
}

// What a guess may not decide goes the way it always went.
func TestGuessThatIsNotSure(t *testing.T) {
	for text, want := range map[string]string{"is it broken?": "YES or NO please.", "hello": "YES or NO please.", "it is lost": "YES or NO please.", "yes": "Good."} {
		k := guesser(t, order)
		k.start("order", nil)
		k.taken().after(time.Minute).text(text)
		k.wantSaid(want)
		if d := k.decided("model"); text != "yes" && (d.Choice != "unsure" || d.Intent != "broken" || text == "is it broken?" && d.Second != "other") {
			t.Errorf("%s: %+v", text, d)
		}
	}
}

// An alert's question is answered by words alone, and no guess leaves it for another flow.
func TestGuessLeavesAlertsAlone(t *testing.T) {
	k := guesser(t, strings.Replace(order, "flow: order", "flow: order\nclass: alert", 1), shop)
	k.start("order", nil)
	k.taken().after(time.Minute).text("it was broken, tell me your hours")
	k.wantSaid("YES or NO please.")
	if d := k.decided("model"); d.Choice != "" {
		t.Errorf("%+v", d)
	}
}

func TestGuessStartsAFlow(t *testing.T) {
	k := guesser(t, order, shop)
	k.text("what are your hours")
	k.wantSaid("From 9 to 6.")
	if d := k.decided("model"); d.Choice != "hours" || d.Intent != "hours" || d.Flow != "shop" || d.Score != 0.9 {
		t.Errorf("%+v", d)
	}
	k.text("hours?")
	if d := k.decided("model"); d.Choice != "unsure" || d.Intent != "hours" || d.Second != "other" || k.c.State.Handoff == nil {
		t.Errorf("%+v", d)
	}
	k = guesser(t, order, shop)
	k.start("order", nil)
	k.taken().after(time.Minute).text("your hours please")
	if !slices.Contains(k.said(), "From 9 to 6.") {
		t.Errorf("beside an open question: %q", k.said())
	}
}

// What the question of a flow does not take does not start the flow anew.
func TestGuessDoesNotStartWhatIsLive(t *testing.T) {
	k := guesser(t, strings.Replace(shop, "tell: {say", `tell: {say: "Which shop?", replies: [{match: east, goto: open}]}, open: {say`, 1))
	k.text("shop")
	k.taken().after(time.Minute).text("hours of the other one")
	if d := k.decided("model"); d.Choice != "unsure" || d.Intent != "hours" || d.Second != "other" || len(k.c.State.Queued) > 0 {
		t.Errorf("%+v, queued %d", d, len(k.c.State.Queued))
	}
}

// A text that was sent before the question could be seen is guessed at by nobody.
func TestGuessKnowsWhatWasSeen(t *testing.T) {
	k := guesser(t, order)
	k.start("order", nil)
	k.text("it was broken")
	if len(k.c.State.Runs) == 0 || k.c.State.Runs[0].State != "ask" {
		t.Errorf("said %q", k.said())
	}
}

// A replay hears the guesses of then, whatever a model would make of the texts now.
func TestReplayOfGuesses(t *testing.T) {
	for _, text := range []string{"it was broken", "broken?", "hours", "hours?"} {
		k := guesser(t, order, shop)
		k.start("order", nil)
		k.taken().after(time.Minute)
		record := Record{Event: Event{Kind: KindText, Text: &Text{Text: text}}, Took: Took{Now: k.env.Now}}
		live := k.env
		live.Flows, live.Reader = taking{k.env.Flows, &record.Took, live.Contact}, noted(k.env.Reader, &record.Took)
		next, _, _ := Step(live, k.c, record.Event)
		data, err := json.Marshal(record)
		if err != nil {
			t.Fatal(err)
		}
		past := Past{Flow: k.env.Flows.ByHash, Reader: ear{}, Line: func(string, string) (Line, error) { return k.env.Line, nil }}
		got, err := Replay(past, k.c, []Logged{{Rev: next.Rev, Kind: KindText, Data: string(data)}})
		if err != nil {
			t.Fatal(err)
		}
		one, _ := next.State.Encode()
		two, _ := got.State.Encode()
		if one != two {
			t.Errorf("%s: replayed to\n%s\nnot\n%s", text, two, one)
		}
	}
}

// Texts that were held may ask for several intents in one step: a replay hears the
// same answers in the same order.
func TestReplayOfIntentsInOneStep(t *testing.T) {
	f, err := flows.Parse("shop.yaml", []byte(shop))
	if err != nil {
		t.Fatal(err)
	}
	took := Took{}
	live := taking{shelf{f}, &took, flows.Contact{}}
	replay := &replaying{versions: func(hash string) (*flows.Flow, bool) { return f, hash == f.Hash }}
	texts := []string{"hours?", "your hours", "nothing"}
	var flowsThen []*flows.Flow
	var guesses []flows.Guess
	for _, text := range texts {
		f, g := live.ForIntent(hunch{}, text)
		flowsThen, guesses = append(flowsThen, f), append(guesses, g)
	}
	replay.took = took
	for i, text := range texts {
		if f, g := replay.ForIntent(nil, text); f != flowsThen[i] || g != guesses[i] {
			t.Errorf("%s: %v %+v, then %v %+v", text, f, g, flowsThen[i], guesses[i])
		}
	}
	if flowsThen[1] != f || flowsThen[0] != nil {
		t.Errorf("%v", flowsThen)
	}
}

// Retold, a guessed text is the author's example, and one that nobody was sure of is
// nothing: neither shows what the customer wrote.
func TestRetellOfGuesses(t *testing.T) {
	f, err := flows.Parse("order.yaml", []byte(order))
	if err != nil {
		t.Fatal(err)
	}
	p, _ := newPast(t)
	p.env.Flows, p.env.Reader = flows.LibraryOf(f), hunch{}
	p.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Flow: "order"}})
	p.text(time.Minute, "is it broken? ask Maria Lopez")
	p.text(time.Minute, "Maria Lopez says it was broken")
	out, err := Retell(Recorded{Events: p.log, Phone: p.c.Phone, Versions: []*flows.Flow{f}}, hunch{})
	if err != nil || strings.Contains(out, "Maria") || !strings.Contains(out, "> it is broken\n< How bad.") || !strings.Contains(out, "> TEXT1\n< YES or NO please.") {
		t.Errorf("%v\n%s", err, out)
	}
}
