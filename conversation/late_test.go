package conversation

import (
	"strings"
	"testing"
	"time"
)

// endsBySilence lets a run ask and nobody answer.
func endsBySilence(t *testing.T, flow string, more ...string) *talk {
	t.Helper()
	k := newTalk(t, append([]string{flow}, more...)...)
	name := strings.Fields(strings.TrimSpace(flow))[1]
	k.start(name, nil)
	k.taken().after(48 * time.Hour).apply(Event{Kind: KindTimer})
	k.after(0).apply(Event{Kind: KindTimer})
	if k.state(name) != "" {
		t.Fatalf("it has not ended: %+v", k.c.State)
	}
	return k
}

func TestLateAnswer(t *testing.T) {
	quick := strings.Replace(parcel, "      - {after: 24h, say: \"Acme: did it arrive?\"}\n", "", 1)
	k := endsBySilence(t, quick)
	k.after(71 * time.Hour).text("yes")
	k.wantSaid("How? 1 fine, 2 damaged")
	k.taken().after(time.Minute).text("1")
	k.wantSaid("Thanks!")
	if len(k.c.State.Late) != 0 || len(k.c.State.Runs) != 0 {
		t.Errorf("left behind: %+v", k.c.State)
	}

	k = endsBySilence(t, quick)
	k.after(time.Hour).text("where is it?")
	if k.c.State.Owner != OwnerQueue || k.c.State.Handoff.Reason != "unclear" {
		t.Errorf("what is no answer was taken for one: %+v", k.c.State)
	}

	k = endsBySilence(t, quick)
	k.after(73 * time.Hour).text("yes")
	if k.state("parcel") != "" {
		t.Error("an answer after more than 72 h was read")
	}

	k = endsBySilence(t, strings.Replace(quick, "class: notice", "class: notice\nlate: ignore", 1))
	k.after(time.Hour).text("yes")
	if k.wantSaid(); k.c.State.Owner != "" || k.state("parcel") != "" {
		t.Errorf("it was not ignored: %+v", k.c.State)
	}
}

// TestLateAlert: a NO to an alert that has ended must reach a person at once.
func TestLateAlert(t *testing.T) {
	for _, text := range []string{"NO", "what was that??"} {
		k := endsBySilence(t, alarm)
		k.after(time.Hour).text(text)
		k.wantSaid(willAnswer)
		if h := k.c.State.Handoff; h == nil || h.Reason != "late_answer" || h.Priority != "alert" {
			t.Errorf("%q: %+v", text, h)
		}
	}
	k := endsBySilence(t, alarm)
	k.after(time.Hour).text("thanks")
	if k.c.State.Handoff != nil {
		t.Errorf("thanks went to a person: %+v", k.c.State.Handoff)
	}
}

// TestLateBesideAQuestion: only the exact word of the ended question is taken away
// from the one that is open.
func TestLateBesideAQuestion(t *testing.T) {
	quick := strings.Replace(parcel, "      - {after: 24h, say: \"Acme: did it arrive?\"}\n", "", 1)
	k := endsBySilence(t, quick, count)
	k.start("count", nil)
	k.taken().after(time.Minute).text("yes")
	if k.state("parcel") != "how" {
		t.Errorf("the late yes is lost: %+v", k.c.State.Runs)
	}
	k = endsBySilence(t, quick, count)
	k.start("count", nil)
	k.taken().after(time.Minute).text("7")
	if k.state("parcel") != "" || k.c.State.Runs[0].Vars["n"] != 7.0 {
		t.Errorf("the open question was robbed: %+v", k.c.State.Runs)
	}
}
