package main

import (
	"net/http"
	"testing"

	"parley/agentui"
	"parley/conversation"
	"parley/conversation/store/storetest"
)

// sentBy lists what a thread shows of our messages, by their text.
func (d *desk) sentBy(id, text string) (all []map[string]any) {
	for _, item := range d.seen(id)["items"].([]any) {
		if i := item.(map[string]any); i["text"] == text && i["message"] != nil {
			all = append(all, i)
		}
	}
	return all
}

// TestResend: what failed is sent again, as a message of its own; what may have arrived
// only by somebody who knows that; nothing else, and nobody else's.
func TestResend(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		c := testConfig(url)
		c.PublicURL = ""
		s := serveTest(t, c)
		ann, bob := s.seat("ann", agentui.RoleAgent), s.seat("bob", agentui.RoleAgent)
		id := s.escalated()
		ann.wants("POST", "cmd", do("a1", "take", id, ann.seen(id), ""), http.StatusOK)
		const text = "a colleague brings it tomorrow"
		ann.wants("POST", "cmd", do("a2", "reply", id, ann.seen(id), text), http.StatusOK)
		eventually(t, "it is sent", func() bool { m := ann.sentBy(id, text); return len(m) == 1 && m[0]["status"] == "sent" })
		n := len(s.carrier.Messages())
		first := ann.sentBy(id, text)[0]
		message := first["message"].(string)
		again := func(d *desk, cmd, message string, want int, more ...any) map[string]any {
			t.Helper()
			return d.wants("POST", "cmd", with(do(cmd, "resend", id, d.seen(id), ""), append(more, "message", message)...), want)
		}
		if first["who"] != "ann" || first["resend"] != nil {
			t.Errorf("%v", first)
		}
		again(ann, "a3", message, http.StatusUnprocessableEntity) // it has not failed
		theirs, _ := s.carrier.Find(message)
		if err := s.carrier.Report(t.Context(), theirs, conversation.Failed, "30003"); err != nil {
			t.Fatal(err)
		}
		if failed := ann.sentBy(id, text)[0]; failed["status"] != "failed" || failed["error"] != "30003" || failed["resend"] != true {
			t.Errorf("%v", failed)
		}
		again(bob, "b1", message, http.StatusConflict)
		again(ann, "a4", "01980f3e-0000-7000-8000-000000000000", http.StatusUnprocessableEntity)
		for range 2 { // the first answer was lost
			again(ann, "a5", message, http.StatusOK)
		}
		eventually(t, "it is sent again", func() bool { return len(s.carrier.Messages()) == n+1 })
		both := ann.sentBy(id, text)
		if len(both) != 2 || both[0]["resent"] != true || both[1]["message"] == message || both[1]["who"] != "ann" {
			t.Errorf("%v", both)
		}

		second := both[1]["message"].(string)
		eventually(t, "it is out", func() bool { return ann.sentBy(id, text)[1]["status"] == "sent" })
		if _, err := ledger(t, url).Exec(`UPDATE messages SET status = 'failed', parked = 1, error = 'unknown_fate' WHERE id = '` + second + `'`); err != nil {
			t.Fatal(err)
		}
		if why := again(ann, "a6", second, http.StatusUnprocessableEntity); why["code"] != "unsure" {
			t.Errorf("%s", why["raw"])
		}
		again(ann, "a7", second, http.StatusOK, "anyway", true)
		eventually(t, "it is sent a third time", func() bool { return len(s.carrier.Messages()) == n+2 })
		s.texts("STOP")
		if why := again(ann, "a8", second, http.StatusUnprocessableEntity, "anyway", true); why["code"] != "opted_out" {
			t.Errorf("%s", why["raw"])
		}
		if stops := ann.seen(id)["stops"].([]any); len(stops) != 1 || stops[0].(map[string]any)["code"] != "opted_out" || stops[0].(map[string]any)["anyway"] != nil {
			t.Errorf("%v", stops)
		}
		s.did("console.resend", message)
	})
}

// TestQuietHoursOfTheDesk: at night somebody who waits is answered; who does not is texted
// only by an agent who has read that it is night.
func TestQuietHoursOfTheDesk(t *testing.T) {
	c := testConfig(storetest.URL(t, "sqlite"))
	c.PublicURL = ""
	brand := c.Brands["acme"]
	brand.Quiet = "00:00-23:59"
	c.Brands["acme"] = brand
	s := serveTest(t, c)
	ann := s.seat("ann", agentui.RoleAgent)
	id := s.escalated()
	ann.wants("POST", "cmd", do("a1", "take", id, ann.seen(id), ""), http.StatusOK)
	if stops := ann.seen(id)["stops"].([]any); len(stops) != 0 {
		t.Errorf("while they wait: %v", stops)
	}
	ann.wants("POST", "cmd", do("a2", "reply", id, ann.seen(id), "good evening"), http.StatusOK)
	stops := ann.seen(id)["stops"].([]any)
	if len(stops) != 1 || stops[0].(map[string]any)["code"] != "quiet" || stops[0].(map[string]any)["until"].(float64) == 0 {
		t.Errorf("%v", stops)
	}
	if why := ann.wants("POST", "cmd", do("a3", "reply", id, ann.seen(id), "and another thing"), http.StatusUnprocessableEntity); why["code"] != "quiet" {
		t.Errorf("%s", why["raw"])
	}
	ann.wants("POST", "cmd", with(do("a4", "reply", id, ann.seen(id), "and another thing"), "anyway", true), http.StatusOK)
}
