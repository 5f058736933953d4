package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"parley/conversation/store/storetest"
	"parley/outbound/provider"
)

// receipts is how many texts have said that a password was changed.
func (s *server) receipts() (n int) {
	for _, m := range s.carrier.Messages() {
		if strings.HasSuffix(m.Text, "your password was changed. Not you? Reply NO.") {
			n++
		}
	}
	return n
}

// TestEachChangeOfAPasswordIsTold: also the second one, when nobody has said anything to the
// first, one of a name as long as names may be, one of another account at the same phone, and
// while a person has the conversation. A NO to the last one locks, and whoever asks for a
// code then is told so.
func TestEachChangeOfAPasswordIsTold(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		s := serveTest(t, testConfig(url))
		want := 0
		changes := func(subject string) {
			t.Helper()
			grant := s.granted(s.key, subject)
			if status, out := s.do(http.MethodPost, "/v1/grants/redeem", s.key, map[string]any{"grant": grant}); status != http.StatusOK {
				t.Errorf("%d %s", status, out["raw"])
			}
			want++
			eventually(t, "the customer is told of a changed password", func() bool { return s.receipts() == want })
		}
		changes("acc-1")
		changes("acc-1")
		changes(strings.Repeat("acc-1234", 16))
		s.texts("which password do you mean")
		s.texts("I do not understand this")
		eventually(t, "a person is asked", func() bool { c, _ := s.stored(); return c.State.Owner != "" && c.State.Owner != "bot" })
		changes("acc-1")
		s.texts("NO")
		s.account("locked")
		said := func(part string) func() bool {
			return func() bool {
				return slices.ContainsFunc(s.carrier.Messages(), func(m provider.Outgoing) bool { return strings.Contains(m.Text, part) })
			}
		}
		eventually(t, "the customer is told of the lock", said("we are locking your account"))
		s.do(http.MethodPost, "/v1/events", s.key, map[string]any{"type": "password.reset_requested", "to": testPhone, "data": map[string]any{"subject": "acc-1"}})
		eventually(t, "the customer is told why no code comes", said("so we sent no code"))
	})
}

// TestAGrantIsGoodOnceWhateverItsConversation: where its customer cannot be told because no
// flow does it, and where their conversation can take nothing, so that nothing is changed.
func TestAGrantIsGoodOnceWhateverItsConversation(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		config := testConfig(url)
		config.Flows = []string{t.TempDir()}
		s := serveTest(t, config)
		grant := s.granted(s.key, "other")
		db := ledger(t, url)
		for _, c := range []struct {
			state string
			want  int
		}{{"{", http.StatusUnprocessableEntity}, {"{", http.StatusUnprocessableEntity}, {"{}", http.StatusOK}, {"{}", http.StatusUnprocessableEntity}} {
			if _, err := db.ExecContext(t.Context(), `UPDATE conversations SET state = $1`, c.state); err != nil {
				t.Fatal(err)
			}
			if status, out := s.do(http.MethodPost, "/v1/grants/redeem", s.key, map[string]any{"grant": grant}); status != c.want {
				t.Errorf("with the state %s: %d %v", c.state, status, out["raw"])
			}
		}
	})
}
