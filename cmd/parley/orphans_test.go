package main

import (
	"strings"
	"testing"
)

// TestOrphansAreListed: a text to a line that nobody has, or from what is no number,
// is taken and kept with its reason; `parley dead list` shows that, and no words.
func TestOrphansAreListed(t *testing.T) {
	t.Parallel()
	const words = "top secret words"
	text := func(id, from, to string) string {
		return `{"type":"message.received","data":{"id":"` + id + `","from":"` + from + `","to":"` + to + `","text":"` + words + `"}}`
	}
	file := buried(t, testLine, func(s *server) {
		for what, body := range map[string]string{
			"an unrouted line":  text("o1", testPhone, "+12025550199"),
			"an unknown number": text("o2", "call me maybe", testLine),
		} {
			for range 2 { // the carrier may repeat it
				if status := s.signed("/webhooks/lab", body); status/100 != 2 {
					t.Errorf("%s: %d", what, status)
				}
			}
		}
		db := ledger(t, s.house.config.Database)
		for _, table := range []string{"conversations", "events", "messages"} {
			if n := number(t, db, "SELECT count(*) FROM "+table); n != 0 {
				t.Errorf("orphans left %d rows in %s", n, table)
			}
		}
	})
	code, out, errs := invoke(t, "", "--config", file, "dead", "list")
	if code != 0 || strings.Count(out, "\n") != 3 {
		t.Fatalf("%d\n%s%s", code, out, errs)
	}
	for _, reason := range []string{"no line has the number that it was sent to", "the sender's number cannot be read"} {
		if strings.Count(out, reason) != 1 {
			t.Errorf("it does not say once %q:\n%s", reason, out)
		}
	}
	for _, id := range deadIDs(t, file) {
		_, one, errs := invoke(t, "", "--config", file, "dead", "show", id)
		out += one + errs
	}
	for _, secret := range []string{words, "secret", testPhone, "maybe"} {
		if strings.Contains(out+errs, secret) {
			t.Errorf("it shows %q:\n%s", secret, out)
		}
	}
}
