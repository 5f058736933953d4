package conversation

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/flows"
)

// nearly is a hunch that is close where the text has a question mark.
type nearly struct{ hunch }

func (n nearly) Guess(l *flows.Lesson, text string, listen []string) flows.Guess {
	g := n.hunch.Guess(l, text, listen)
	if strings.Contains(text, "?") {
		g.Score = 0.6
	}
	return g
}

// Read never knows for certain, but for yes and no.
func (n nearly) Read(text, lang string, intents []string) (string, bool, bool) {
	intent, ok, _ := n.hunch.Read(text, lang, intents)
	return intent, ok, !ok
}

func near(t *testing.T, text string) *talk {
	k := newTalk(t, strings.Replace(order, "{examples: {en: [it is broken]}}", `{ask: {en: "Did you mean that it is broken?"}, examples: {en: [it is broken]}}`, 1))
	k.env.Reader = nearly{}
	k.start("order", nil)
	k.taken().after(time.Minute).text(text)
	return k
}

func TestACloseGuessIsAskedBackOnce(t *testing.T) {
	k := near(t, "is it broken?")
	k.wantSaid("Did you mean that it is broken? Reply YES or NO.")
	if d := k.decided("model"); d.Choice != "unsure" || d.Intent != "broken" || d.Second != "other" {
		t.Errorf("%+v", d)
	}
	k.after(time.Minute).text("yes")
	k.wantSaid("How bad.")
	if d := k.decided("word"); d.Choice != "confirmed" || d.Intent != "broken" {
		t.Errorf("%+v", d)
	}
	if d := k.decided("model"); d.Choice != "damaged" || d.Intent != "broken" || d.Score != 0.6 {
		t.Errorf("%+v", d)
	}

	k = near(t, "is it broken?")
	k.after(time.Minute).text("no")
	k.wantSaid("YES or NO please.")
	k.after(time.Minute).text("is it broken?")
	if h := k.c.State.Handoff; h != nil || k.state("order") != "" { // the second time goes to otherwise
		t.Errorf("%+v %q", h, k.state("order"))
	}
	k.wantSaid("Sorry.")

	k = near(t, "is it broken?")
	k.after(time.Minute).text("it is lost or so") // neither yes nor no: read as usual
	k.wantSaid("YES or NO please.")
}

// The second yes in two seconds is the answer to the question that was asked before.
func TestAnAnswerThatCannotBeForTheAskBack(t *testing.T) {
	k := near(t, "is it broken?")
	k.after(2 * time.Second).text("yes")
	k.wantSaid("Good.")
}

// answering is an order whose text is with the classifier, which answers.
func answering(t *testing.T, text, answer, problem string) *talk {
	k := near(t, "hello")
	k.env.Line.Classifier = true
	k.after(time.Minute).text(text)
	p := k.c.State.Pending
	if p == nil {
		t.Fatal("nobody was asked")
	}
	k.said()
	k.apply(Event{Kind: KindResult, Result: &Result{Effect: p.Effect, Kind: JobClassify, Run: p.Run, Wait: p.Wait, Data: []byte(answer), Error: problem}})
	return k
}

func TestWhatAClassifierMayDecide(t *testing.T) {
	const text = "it is in pieces"
	for _, c := range []struct{ answer, problem, want string }{
		{`{"intent":"broken","certain":true,"other":"lost","prompt":"p","tokens":7,"cost":0.5}`, "", "How bad."},
		{`{"intent":"broken","other":"lost"}`, "", "Did you mean that it is broken? Reply YES or NO."},
		{`{"intent":"yes","certain":true}`, "", "Sorry."},    // built in
		{`{"intent":"lost","certain":true}`, "", "Sorry."},   // to be confirmed
		{`{"intent":"nobody","certain":true}`, "", "Sorry."}, // unknown
		{`{}`, "", "Sorry."},
		{``, "timeout", "Sorry."},
		{`{"intent":"broken","certain":true}`, "wrong", "Sorry."},
		{`[1`, "", "Sorry."},
	} {
		k := answering(t, text, c.answer, c.problem)
		if got := k.said(); len(got) == 0 || got[0] != c.want {
			t.Errorf("%s %s: said %q", c.answer, c.problem, got)
		}
	}
	k := answering(t, text, `{"intent":"broken","certain":true,"other":"lost","prompt":"p","tokens":7,"cost":0.5}`, "")
	if d := k.decided("llm"); d.Choice != "damaged" || d.Intent != "broken" || d.Second != "lost" || d.Prompt != "p" || d.Tokens != 7 || d.Cost != 0.5 {
		t.Errorf("%+v", d)
	}
	k = answering(t, "is it broken?", "", "timeout") // without the classifier the close guess is asked about
	k.wantSaid("Did you mean that it is broken? Reply YES or NO.")
}

// Texts that came while a classifier was asked are read behind the first, in the order in
// which they came.
func TestHeldTextsKeepTheirOrder(t *testing.T) {
	for _, c := range []struct{ first, then, want string }{{"yes", "no", "YES or NO please.|Good."}, {"no", "yes", "YES or NO please.|Sorry."}} {
		k := newTalk(t, order)
		k.env.Reader, k.env.Line.Classifier = nearly{}, true
		k.start("order", nil)
		k.taken().after(time.Minute).text("it is in pieces")
		p := k.c.State.Pending
		k.after(time.Second).text(c.first)
		k.after(time.Second).text(c.then)
		k.said()
		k.apply(Event{Kind: KindResult, Result: &Result{Effect: p.Effect, Kind: JobClassify, Run: p.Run, Wait: p.Wait, Error: "timeout"}})
		if got := strings.Join(k.said(), "|"); got != c.want+"|Acme: Thank you. Somebody will answer you here." { // the last one answers nothing
			t.Errorf("%s, then %s: said %q", c.first, c.then, got)
		}
	}
}

// Who reads on is told what it may have been.
func TestAHandoffCarriesTheGuesses(t *testing.T) {
	k := newTalk(t, strings.Replace(order, `otherwise: {say: "YES or NO please.", goto: "no"}`, "", 1))
	k.env.Reader, k.env.Line.Classifier = nearly{}, true
	k.start("order", nil)
	k.taken().after(time.Minute).text("hm, something")
	p := k.c.State.Pending
	k.apply(Event{Kind: KindResult, Result: &Result{Effect: p.Effect, Kind: JobClassify, Run: p.Run, Wait: p.Wait, Data: []byte(`{}`)}})
	h := k.c.State.Handoff
	if h == nil || h.Reason != "unclear" || h.Note != "an answer was not understood; it may have meant model: broken (0.10); llm: nothing of what is listened for" {
		t.Errorf("%+v", h)
	}
}

// classifies has a customer of the flow say a text of which an LLM answers this.
func classifies(t *testing.T, flow, text, answer string) *talk {
	t.Helper()
	k := newTalk(t, flow)
	k.env.Line.Classifier = true
	k.start("private", map[string]any{"name": "Bo", "order": "Q", "pin": "tulip", "limit": 87, "note": "x", "kind": "express"})
	k.taken().after(time.Minute).text("Bo")
	k.taken().after(time.Minute).text(text)
	p := k.c.State.Pending
	k.said()
	k.apply(Event{Kind: KindResult, Result: &Result{Effect: p.Effect, Kind: JobClassify, Run: p.Run, Wait: p.Wait, Data: []byte(answer)}})
	return k
}

// The words that an LLM points at are read by the flow's own capture, and repeated to
// the customer before anything is done.
func TestAValueIsConfirmed(t *testing.T) {
	for value, want := range map[string]string{"5 march": "To be sure: did you mean 5 march? Reply YES or NO.", "6 march": "", "march": "", "[number]": ""} {
		k := classifies(t, private, "my mum could let you in on 5 March i think, not before", `{"certain":true,"value":"`+value+`"}`)
		if got := strings.Join(k.said(), "|"); got != want {
			t.Errorf("%s: %q", value, got)
		}
		if want != "" {
			k.after(time.Minute).text("yes")
			if k.state("private") != "" {
				t.Error("the value was not taken")
			}
		}
	}
}

// A value is repeated beside an intent too, however certain the LLM is of both.
func TestAValueBesideAnIntentIsConfirmed(t *testing.T) {
	for ask, want := range map[string]string{
		"":                       "To be sure: did you mean BROKEN, 5 march? Reply YES or NO.",
		`ask: "Is it broken?", `: "Is it broken? (5 march) Reply YES or NO."} {
		flow := strings.Replace(strings.Replace(private, "broken: {", "broken: {"+ask, 1), "broken, goto: z}", "broken, goto: b}", 1) + "  b: {say: \"Broken since {{ day }}.\", end: b}\n"
		k := classifies(t, flow, "the lid came off on 5 March when my mum opened it", `{"intent":"broken","certain":true,"value":"5 march"}`)
		k.wantSaid(want)
		k.after(time.Minute).text("yes")
		if got := strings.Join(k.said(), "|"); !strings.HasPrefix(got, "Broken since") {
			t.Errorf("after a yes: %q", got)
		}
	}
}

func TestOneConversationCannotSpendTheBudget(t *testing.T) {
	k := newTalk(t, strings.Replace(order, "YES or NO please.\"", "YES or NO please.\", tries: 9", 1))
	k.env.Reader, k.env.Line.Classifier = nearly{}, true
	asked := 0
	for n := range 40 {
		if k.state("order") == "" {
			k.start("order", nil)
			k.taken().after(time.Second)
		}
		k.after(20 * time.Second).text(fmt.Sprint("what is this ", n))
		if p := k.c.State.Pending; p != nil {
			asked++
			k.apply(Event{Kind: KindResult, Result: &Result{Effect: p.Effect, Kind: JobClassify, Run: p.Run, Wait: p.Wait, Error: "down"}})
		}
	}
	if asked != mostClassified {
		t.Errorf("asked %d times", asked)
	}
}

// A test key's run is never shown to anybody.
func TestATestRunAsksNobody(t *testing.T) {
	k := newTalk(t, order)
	k.env.Reader, k.env.Line.Classifier = nearly{}, true
	k.apply(Event{Kind: KindTrigger, Test: true, Trigger: &Trigger{Flow: "order"}})
	k.taken().after(time.Minute).text("what is this")
	if k.c.State.Pending != nil {
		t.Error("asked")
	}
}

// What was answered is in the event: a replay needs nobody.
func TestReplayOfAnAnswer(t *testing.T) {
	k := near(t, "hello")
	k.env.Line.Classifier = true
	k.after(time.Minute).text("it is in pieces")
	p := k.c.State.Pending
	e := Event{Kind: KindResult, Result: &Result{Effect: p.Effect, Kind: JobClassify, Run: p.Run, Wait: p.Wait, Data: []byte(`{"intent":"broken","certain":true}`)}}
	record := Record{Event: e, Took: Took{Now: k.env.Now}}
	next, _, _ := Step(k.env, k.c, e)
	data, err := json.Marshal(record)
	if err != nil {
		t.Fatal(err)
	}
	past := Past{Flow: k.env.Flows.ByHash, Reader: ear{}, Line: func(string, string) (Line, error) { return k.env.Line, nil }}
	got, err := Replay(past, k.c, []Logged{{Rev: next.Rev, Kind: KindResult, Data: string(data)}})
	if err != nil {
		t.Fatal(err)
	}
	a, _ := json.Marshal(next.State)
	b, _ := json.Marshal(got.State)
	if string(a) != string(b) || len(next.State.Runs) != 0 {
		t.Errorf("replayed\n%s\nwas\n%s", b, a)
	}
}
