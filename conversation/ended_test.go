package conversation

import (
	"reflect"
	"testing"
	"time"
)

const rated = `
flow: rated
title: Asks for a rating
languages: [en]
trigger: {events: [rate.me]}
key: "{{ order }}"
input:
  order: {type: string, max: 20}
  pin: {type: string, secret: true}
start: rate
states:
  rate:
    say: "{{ order }}: good or bad?"
    replies:
      - {match: [bad], as: bad, set: {copy: "{{ pin }}", grade: 2}, goto: why}
      - {match: [good], as: good, set: {copy: "x{{ pin }}", grade: 1}, goto: over}
    silence: {after: 24h, goto: silent}
  why:
    say: "What was wrong?"
    capture: {reason: text, photos: media}
    goto: over
    silence: {after: 24h, goto: silent}
  over: {say: "Thank you.", end: rated}
  silent: {end: silent}
`

// results are what the effects of the last event keep.
func (k *talk) results() (all []Ended) {
	for _, e := range k.effects {
		if e.Ended != nil {
			all = append(all, *e.Ended)
		}
	}
	return all
}

func TestResultOfARun(t *testing.T) {
	k := newTalk(t, rated)
	k.start("rated", map[string]any{"order": "A-1", "pin": "4711"})
	began := k.env.Now
	k.taken().after(time.Minute)
	k.text("bad")
	k.taken().after(time.Minute)
	if len(k.results()) != 0 {
		t.Error("a live run has a result")
	}
	k.text("it was late")
	all := k.results()
	if len(all) != 1 {
		t.Fatalf("%d results", len(all))
	}
	got := all[0]
	if got.Flow != "rated" || got.Key != "A-1" || got.Outcome != "rated" || got.State != "over" || got.BeganAt != began ||
		got.EndedAt != k.env.Now || got.AnswerIn != 60_000 || got.Texts != 3 || got.Phone != k.c.Phone {
		t.Errorf("%+v", got)
	}
	want := Details{Answers: map[string]any{"order": "A-1", "grade": 2.0, "reason": "it was late"}, Readings: []ReadAs{{"rate", "bad"}}}
	if !reflect.DeepEqual(got.Details, want) {
		t.Errorf("%+v, want %+v: secrets and what is made of them are left out", got.Details, want)
	}
}

// TestResultOfSilence has no answer; every way to end leaves one result.
func TestResultOfSilence(t *testing.T) {
	k := newTalk(t, rated)
	k.start("rated", map[string]any{"order": "A-1", "pin": "4711"})
	k.taken().after(25 * time.Hour).apply(Event{Kind: KindTimer})
	if all := k.results(); len(all) != 1 || all[0].Outcome != "silent" || all[0].AnswerIn != 0 || all[0].Details.Readings != nil {
		t.Errorf("%+v", all)
	}
}

// TestResultOfALateAnswer replaces the result of the silence.
func TestResultOfALateAnswer(t *testing.T) {
	k := newTalk(t, rated)
	k.start("rated", map[string]any{"order": "A-1", "pin": "4711"})
	k.taken().after(25 * time.Hour).apply(Event{Kind: KindTimer})
	silent := k.env.Now
	k.after(time.Hour).text("good")
	if all := k.results(); len(all) != 1 || all[0].Outcome != "rated" || all[0].Instead != silent {
		t.Errorf("%+v", all)
	}
}
