package store_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/flows"
)

// contactLife is part of the life that runs every statement.
func contactLife(t *testing.T, s *store.Store) {
	check(t, "an opt-in of the business was not written", must(s.NoteConsent(t.Context(), "+12025550188", conversation.OptedIn, "form"))(t))
	check(t, "an opt-in is not there", must(s.Consent(t.Context(), "+12025550188"))(t).State == conversation.OptedIn)
	ctx := t.Context()
	ann := flows.Contact{Phone: phone(1), Name: "Ann", Language: "es", Timezone: "Europe/Madrid", Tags: []string{"a"}, Fields: map[string]any{"tier": "gold", "points": 3.0}}
	write := func(c flows.Contact) int {
		return must(s.ChangeContacts(ctx, []string{c.Phone}, func(old *flows.Contact) bool { *old = c; return true }))(t)
	}
	check(t, "a new contact is not written", write(ann) == 1)
	check(t, "a contact that stays the same is written", write(ann) == 0)
	ben := ann
	ben.Phone, ben.Tags, ben.Fields = phone(2), nil, nil
	check(t, "a second contact is not written", write(ben) == 1)
	c, found, err := s.Contact(ctx, phone(1))
	check(t, "the contact is lost", err == nil && found && c.Name == "Ann" && c.Fields["points"] == 3.0 && slices.Equal(c.Tags, ann.Tags))
	_, found, err = s.Contact(ctx, phone(9))
	check(t, "a contact out of nothing", err == nil && !found)

	leave := func(c *flows.Contact) bool { c.Name = "Eve"; return false }
	check(t, "what change leaves alone is written", must(s.ChangeContacts(ctx, []string{phone(1), phone(9)}, leave))(t) == 0)
	_, found, err = s.Contact(ctx, phone(9))
	check(t, "what change leaves alone has a row", err == nil && !found)

	b := begin(t, s, text(1, "c1"), text(3, "c2"))
	known, unknown := b.Load(0).Contact, b.Load(1).Contact
	check(t, "the contact is not loaded", known.Name == "Ann" && known.Language == "es" && known.Phone == phone(1) && known.Fields["tier"] == "gold")
	check(t, "a contact is loaded that is not there", unknown.Name == "" && unknown.Tags == nil)
	var w conversation.Writes
	step(b, 0, &w, nil)
	for _, tagging := range []conversation.Tagging{
		{Phone: phone(1), Add: []string{"b"}, Remove: []string{"a"}}, {Phone: phone(3), Add: []string{"new"}}, {Phone: phone(1), Add: []string{"c"}}} {
		w.Effects = append(w.Effects, conversation.Effect{Contact: &tagging})
	}
	w.Unborn = []string{b.Load(1).Conversation.ID}
	check(t, "the tags are not committed", b.Commit(ctx, w) == nil)
	c, _, _ = s.Contact(ctx, phone(1))
	check(t, "the tags are others", slices.Equal(c.Tags, []string{"b", "c"}) && c.Name == "Ann" && c.Fields["tier"] == "gold")
	l, _, err := s.Peek(ctx, conversation.Event{Line: line, Phone: phone(3)})
	check(t, "peek does not see the contact", err == nil && slices.Equal(l.Contact.Tags, []string{"new"}))
	var phones []string
	for after := ""; ; {
		page := must(s.Contacts(ctx, after, 2))(t)
		for _, c := range page {
			phones = append(phones, c.Phone)
			after = c.Phone
		}
		if len(page) < 2 {
			break
		}
	}
	check(t, "the pages do not hold every contact once", slices.Equal(phones, []string{phone(1), phone(2), phone(3)}))
}

// TestNewContactAtOnce: two transactions make the same new contact, in opposite
// orders of another one. Each works on what the other has left.
func TestNewContactAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		second := make(chan error, 1)
		language := func(c *flows.Contact) bool { c.Language = "es"; return true }
		_, err := s.ChangeContacts(t.Context(), []string{phone(1), phone(2)}, func(c *flows.Contact) bool {
			if c.Phone == phone(1) {
				go func() {
					_, err := s.ChangeContacts(context.Background(), []string{phone(2), phone(1)}, language)
					second <- err
				}()
				time.Sleep(100 * time.Millisecond) // it waits for this one to commit: there is nothing to observe
			}
			c.Name = "Ann"
			return true
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := <-second; err != nil {
			t.Fatal(err)
		}
		for i := range 2 {
			if c, _, err := s.Contact(t.Context(), phone(i+1)); err != nil || c.Name != "Ann" || c.Language != "es" {
				t.Errorf("contact %d: %+v, %v", i+1, c, err)
			}
		}
	})
}
