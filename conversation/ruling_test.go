package conversation

import (
	"testing"
	"time"
)

// ruled carries out a queue's rule.
func (k *talk) ruled(op, who string, active int64) Outcome {
	return k.apply(Event{Kind: KindAgent, Agent: &Agent{Op: op, To: who, Rule: &Ruling{Queue: "default", Turn: 3, Active: active}}})
}

// TestRulesComeTooLate: a rule changes nothing where the conversation is no longer as it
// saw it, takes nothing from anybody who took it, and people cannot act as one.
func TestRulesComeTooLate(t *testing.T) {
	k := newTalk(t, parcel)
	k.start("parcel", nil)
	wantStatus(t, "what the bot has was given", k.ruled("assign", "eve", 0), Conflicting)
	k.c.State.Owner, k.c.State.Handoff = OwnerQueue, &Handing{Reason: "flow", Since: k.env.Now}
	wantStatus(t, "a person's assign", k.does("assign", "bob", to("bob")), Refused)
	wantStatus(t, "assign to nobody", k.ruled("assign", "", 0), Refused)
	epoch := k.c.State.Epoch
	wantStatus(t, "assign", k.ruled("assign", "eve", 0), Applied)
	if st := k.c.State; st.Owner != OwnerAgent || st.Agent != "eve" || st.Epoch != epoch+1 || st.Given == 0 {
		t.Errorf("%+v", st)
	}
	wantStatus(t, "a second assign", k.ruled("assign", "bob", 0), Conflicting)
	active := deskOf(k.c).Active()
	wantStatus(t, "reassign from another", k.ruled("reassign", "bob", active), Conflicting)
	k.after(time.Second).text("are you there")
	for _, op := range []string{"reassign", "abandon"} {
		wantStatus(t, op+" by what was", k.ruled(op, "eve", active), Conflicting)
	}
	wantStatus(t, "abandon", k.ruled("abandon", "eve", deskOf(k.c).Active()), Applied)
	if st := k.c.State; st.Owner != OwnerQueue || st.Handoff.Reason != "abandoned" || st.Awaiting == 0 || st.Given != 0 {
		t.Errorf("%+v", st)
	}
}
