package conversation

import (
	"strings"
	"testing"
	"time"
)

// given has a code given that was texted a moment ago.
func given(t *testing.T, purpose string, sources ...string) *talk {
	t.Helper()
	k := newTalk(t, sources...)
	k.apply(Event{Kind: KindCode, Code: &Code{Challenge: challenge, Purpose: purpose, Subject: "acc-1", Language: "es", Text: "Acme: " + CodeBlank, Segments: 1, Until: k.env.Now + 300_000}})
	k.after(time.Minute)
	k.apply(Event{Kind: KindVerified, Verified: &Verified{Challenge: challenge, Purpose: purpose, Subject: "acc-1", Outcome: "approved"}})
	k.said()
	return k
}

// TestANoWhenTheCodeWasUsed: a plain NO to a code for a new password locks while the password
// can still be chosen, once, in the language of the code; whatever else is said, or said
// later, or before the code can have been read, does not, nor does a NO to another purpose.
func TestANoWhenTheCodeWasUsed(t *testing.T) {
	for _, c := range []struct {
		purpose, text string
		after         time.Duration
		locks         bool
	}{
		{PurposeReset, "NO", 0, true}, {PurposeReset, "no.", GrantsLast - time.Millisecond, true}, {PurposeReset, "no", GrantsLast, false},
		{PurposeReset, "yes", 0, false}, {PurposeReset, "no that was me", 0, false}, {PurposeReset, "thanks", 0, false}, {"login", "no", 0, false},
	} {
		k := given(t, c.purpose)
		k.after(c.after).text(c.text)
		if !c.locks {
			if all := k.changes(); len(all) != 0 {
				t.Errorf("%s, %q after %s: %+v", c.purpose, c.text, c.after, all)
			}
			continue
		}
		k.wantChange("lock", "acc-1", "unexpected_code")
		if said := strings.Join(k.said(), "|"); k.changes()[0].Scope != "all" || !strings.Contains(said, "Alguien ya uso ese codigo") {
			t.Errorf("%q: %+v, said %q", c.text, k.changes(), said)
		}
		if k.text("no"); len(k.changes()) != 0 {
			t.Errorf("locked twice: %+v", k.changes())
		}
	}
	k := given(t, PurposeReset)
	if k.apply(Event{Kind: KindText, At: k.env.Now - 90_000, Text: &Text{Text: "no"}}); len(k.changes()) != 0 {
		t.Errorf("before the code was sent: %+v", k.changes())
	}
	k = given(t, PurposeReset, parcel)
	k.start("parcel", nil)
	k.taken().after(time.Minute)
	if k.text("no"); len(k.changes()) != 0 || k.state("parcel") == "ask" {
		t.Errorf("an open question was answered: %+v", k.changes())
	}
}
