package conversation

import (
	"strings"
	"testing"
)

// parallel is guarded with people of its own, and more than one run at a time.
var parallel = strings.NewReplacer("class: alert", "class: alert\noverlap: parallel", "  over: {end: done}", "  over: {end: done}\n  ask_desk: {handoff: {queue: cards}}",
	"otherwise: {say: \"NO or YES?\", tries: 9, goto: over}", "otherwise: {say: \"NO or YES?\", tries: 9, goto: ask_desk}").Replace(guarded)

func failedToSend(k *talk, why string) Event {
	run := k.c.State.Runs[len(k.c.State.Runs)-1]
	return Event{Kind: KindFailed, Settled: &Settled{Message: run.Asked, Run: run.ID, Wait: run.Wait, Error: why}}
}

// TestAlertsThatNobodyCanAnswer: the account is told that it is neither YES nor NO, and
// the people whom the flow asks get the conversation.
func TestAlertsThatNobodyCanAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		source string
		event  func(k *talk) Event
		why    string
		reason string
		queue  string
	}{
		"STOP":                    {parallel, func(*talk) Event { return Event{Kind: KindText, Text: &Text{Text: "STOP"}} }, "stopped", "opt_out_while_open", "cards"},
		"a word that may mean it": {parallel, func(*talk) Event { return Event{Kind: KindText, Text: &Text{Text: "cancel"}} }, "stopped", "opt_out_while_open", "cards"},
		"somebody else's number": {parallel, func(k *talk) Event {
			k.env.Reader = sayWrong{}
			return Event{Kind: KindText, Text: &Text{Text: "you have the wrong number"}}
		}, "stopped", "opt_out_while_open", "cards"},
		"the carrier's list":            {parallel, func(*talk) Event { return Event{Kind: KindOptOut} }, "stopped", "opt_out_while_open", "cards"},
		"no people of its own":          {guarded, func(*talk) Event { return Event{Kind: KindText, Text: &Text{Text: "STOP"}} }, "stopped", "opt_out_while_open", "fraud"},
		"not delivered":                 {parallel, func(k *talk) Event { return failedToSend(k, "unreachable") }, "undeliverable", "undeliverable", "cards"},
		"opted out before, elsewhere":   {parallel, func(k *talk) Event { return failedToSend(k, "opted_out") }, "stopped", "undeliverable", "cards"},
		"not delivered, without people": {guarded, func(k *talk) Event { return failedToSend(k, "unreachable") }, "undeliverable", "undeliverable", "fraud"},
	} {
		t.Run(name, func(t *testing.T) {
			k := newTalk(t, c.source)
			k.start("guarded", map[string]any{"account": "acc-1"})
			k.apply(c.event(k))
			k.wantChange("silenced", "acc-1", c.why)
			h := k.c.State.Handoff
			if h == nil || h.Queue != c.queue || h.Reason != c.reason || h.Priority != "alert" || !strings.Contains(h.Note, "acc-1") {
				t.Errorf("%+v", h)
			}
			if len(k.c.State.Runs) != 0 {
				t.Errorf("%+v", k.c.State.Runs)
			}
		})
	}
}

// TestStopToSeveralAlerts: each account is told once.
func TestStopToSeveralAlerts(t *testing.T) {
	k := newTalk(t, parallel)
	for _, account := range []string{"acc-1", "acc-2", "acc-1"} {
		k.start("guarded", map[string]any{"account": account})
	}
	k.text("STOP")
	var told []string
	for _, c := range k.changes() {
		told = append(told, c.Op+" "+c.Account+" "+c.Run)
	}
	if got := strings.Join(told, ","); got != "silenced acc-1 ,silenced acc-2 " {
		t.Errorf("%q", got)
	}
	if n := len(k.sent) - 3; n != 1 { // the confirmation
		t.Errorf("%d texts after the questions", n)
	}
	if k.text("STOP"); len(k.changes()) != 0 {
		t.Errorf("said twice: %+v", k.changes())
	}
}

// TestStopWithoutAnAlert is the bot's alone.
func TestStopWithoutAnAlert(t *testing.T) {
	k := newTalk(t, guarded)
	if k.text("STOP"); len(k.changes()) != 0 || k.c.State.Handoff != nil {
		t.Errorf("%+v, %+v", k.changes(), k.c.State.Handoff)
	}
}

// TestSecretAccountsStandInNoNote: people read notes.
func TestSecretAccountsStandInNoNote(t *testing.T) {
	k := newTalk(t, strings.Replace(parallel, "account: {type: string, max: 200}", "account: {type: string, max: 200, secret: true}", 1))
	k.start("guarded", map[string]any{"account": "acc-1"})
	k.text("STOP")
	k.wantChange("silenced", "acc-1", "stopped")
	if h := k.c.State.Handoff; h == nil || h.Queue != "cards" || strings.Contains(h.Note, "acc-1") {
		t.Errorf("%+v", h)
	}
}
