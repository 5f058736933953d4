package conversation_test

import (
	"fmt"
	"testing"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/flows"
)

// swapping is a Reader during whose work another library is loaded.
type swapping struct {
	catalog *conversation.Catalog
	next    shelf
}

func (s *swapping) Skim(string, string, []string) (string, bool) { return "", false }

func (s *swapping) Read(string, string, []string) (string, bool, bool) {
	s.catalog.Use(s.next)
	return "yes", true, false
}

// TestReloadUnderABatch loads another version between the events of one batch: what
// the batch has found stays found, and the run stays on its version.
func TestReloadUnderABatch(t *testing.T) {
	other, err := flows.Parse("other.yaml", []byte("flow: other\ntitle: Another\nstart: a\nstates:\n  a: {say: hi, end: done}\n"))
	if err != nil {
		t.Fatal(err)
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		swap := &swapping{next: shelf{other}}
		e := engineOn(t, s, counting, func(c *conversation.Settings) { swap.catalog, c.Reader = c.Catalog, swap })
		const phone = "+12025550101"
		submit(t, e, start(phone))
		var texts []conversation.Event
		for i := range 50 {
			texts = append(texts, text(phone, "hm", fmt.Sprint(i)))
		}
		submit(t, e, texts...)
		c, _, err := s.Conversation(t.Context(), s.ConversationID(line, phone))
		if err != nil {
			t.Fatal(err)
		}
		if c.State.Owner != "" || len(c.State.Runs) != 1 || c.Rev != 51 {
			t.Errorf("owner %q, %d runs, rev %d, handed over for %+v", c.State.Owner, len(c.State.Runs), c.Rev, c.State.Handoff)
		}
	})
}
