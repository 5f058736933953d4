package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"parley/conversation"
	"parley/conversation/classify"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/flows"
	"parley/outbound/provider"
)

// account compares what the phones sent with what the database and the carrier
// have, and replays every recorded conversation. It returns how many submissions
// the carrier absorbed because it had their key.
func (w *world) account(p *phones) (absorbed int) {
	w.t.Helper()
	s := storetest.Open(w.t, store.Options{URL: w.database, Log: slog.New(slog.DiscardHandler)})
	past := w.past()
	got := w.byPhone()
	events, replayed := 0, 0
	for i := range p.count {
		phone := handsetOf(i)
		list, err := s.Conversations(w.t.Context(), phone)
		if err != nil || len(list) != 1 {
			w.t.Fatalf("%s has %d conversations: %v", phone, len(list), err)
		}
		c := list[0]
		log := w.events(c.ID)
		events += len(log)
		w.moved(c, log, p.sent[phone])
		w.replied(c, got[phone], p.sent[phone])
		if w.replays(past, c, log) {
			replayed++
		}
	}
	for what, query := range map[string]string{
		"messages that are neither sent nor delivered": `SELECT count(*) FROM messages WHERE status NOT IN ('sent', 'delivered')`,
		"messages under a lease":                       `SELECT count(*) FROM messages WHERE lease_until > 0`,
		"dead letters":                                 `SELECT count(*) FROM dead_letters`,
	} {
		if n := number(w.t, w.db, query); n > 0 {
			w.t.Errorf("%d %s", n, what)
		}
	}
	w.t.Logf("%d events in %d conversations, %d of them replayed to the same bytes", events, p.count, replayed)
	return w.doubles()
}

// moved checks that each text moved the conversation once, in order, and that the
// revs have no gap.
func (w *world) moved(c conversation.Conversation, log []conversation.Logged, sent int) {
	w.t.Helper()
	var texts []string
	for i, e := range log {
		if e.Rev != int64(i+1) {
			w.t.Errorf("%s: rev %d stands at place %d", c.Phone, e.Rev, i+1)
		}
		if e.Kind == conversation.KindText {
			texts = append(texts, textIn(w.t, e))
		}
	}
	if c.Rev != int64(len(log)) {
		w.t.Errorf("%s: rev %d after %d events", c.Phone, c.Rev, len(log))
	}
	var want []string
	for n := range sent {
		want = append(want, textOf(n))
	}
	if !slices.Equal(texts, want) {
		w.t.Errorf("%s sent %s and moved by %s", c.Phone, want, texts)
	}
}

// replied checks that the carrier got the answer to each text, in order, and once.
func (w *world) replied(c conversation.Conversation, got []provider.Outgoing, sent int) {
	w.t.Helper()
	var texts []string
	seen := map[string]bool{}
	for _, o := range got {
		if !seen[o.ID] {
			texts = append(texts, o.Text)
		} else if !w.carrier.Forgetful {
			w.t.Errorf("%s got message %s twice", c.Phone, o.ID)
		}
		seen[o.ID] = true
	}
	want := []string{"ready"}
	for n := 1; n < sent; n++ {
		want = append(want, "got "+textOf(n))
	}
	if !slices.Equal(texts, want) {
		w.t.Errorf("%s should have got %s and got %s", c.Phone, want, texts)
	}
}

// doubles says how often the carrier was asked, and what it made of it.
func (w *world) doubles() (absorbed int) {
	took := w.carrier.Messages()
	ids := map[string]bool{}
	for _, o := range took {
		ids[o.ID] = true
	}
	stored := number(w.t, w.db, `SELECT count(*) FROM messages`)
	if len(ids) != stored {
		w.t.Errorf("%d messages are stored, the carrier took %d", stored, len(ids))
	}
	absorbed = w.carrier.Posts() - len(took)
	if w.carrier.Forgetful {
		w.t.Logf("without idempotency keys: %d replies reached the customers, %d of them doubles", len(took), len(took)-len(ids))
		return absorbed
	}
	w.t.Logf("%d replies reached the carrier once each; %d repeats were absorbed by their key", len(took), absorbed)
	return absorbed
}

func (w *world) byPhone() map[string][]provider.Outgoing {
	all := map[string][]provider.Outgoing{}
	for _, o := range w.carrier.Messages() {
		all[o.To] = append(all[o.To], o)
	}
	return all
}

// events are a conversation's, oldest first.
func (w *world) events(id string) (all []conversation.Logged) {
	w.t.Helper()
	rows, err := w.db.QueryContext(w.t.Context(), `SELECT conversation, rev, at, kind, data FROM events WHERE conversation = $1 ORDER BY rev`, id)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var e conversation.Logged
		if err := rows.Scan(&e.Conversation, &e.Rev, &e.At, &e.Kind, &e.Data); err != nil {
			w.t.Fatal(err)
		}
		all = append(all, e)
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
	return all
}

// past is what the stored versions of flows and lines say.
func (w *world) past() conversation.Past {
	w.t.Helper()
	versions, lines := map[string]*flows.Flow{}, map[string]map[string]conversation.Line{}
	rows, err := w.db.QueryContext(w.t.Context(), `SELECT hash, name, source FROM flow_versions`)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var hash, name, source string
		if err = rows.Scan(&hash, &name, &source); err != nil {
			w.t.Fatal(err)
		}
		if name == configVersion {
			lines[hash], err = linesFrom([]byte(source))
		} else {
			versions[hash], err = flows.Compile([]byte(source))
		}
		if err != nil {
			w.t.Fatalf("the stored version of %s: %v", name, err)
		}
	}
	return conversation.Past{
		Reader: classify.Reader{},
		Flow:   func(hash string) (*flows.Flow, bool) { f, ok := versions[hash]; return f, ok },
		Line: func(config, line string) (conversation.Line, error) {
			if found, ok := lines[config][line]; ok {
				return found, nil
			}
			return conversation.Line{}, fmt.Errorf("no version %s of the lines has %s", config, line)
		},
	}
}

// replays says whether the recorded events lead from nothing to the stored state.
func (w *world) replays(past conversation.Past, c conversation.Conversation, log []conversation.Logged) bool {
	w.t.Helper()
	var stored string
	if err := w.db.QueryRowContext(w.t.Context(), `SELECT state FROM conversations WHERE id = $1`, c.ID).Scan(&stored); err != nil {
		w.t.Fatal(err)
	}
	end, err := conversation.Replay(past, conversation.Conversation{ID: c.ID, Line: c.Line, Phone: c.Phone}, log)
	if err != nil {
		w.t.Errorf("%s: %v", c.Phone, err)
		return false
	}
	state, err := end.State.Encode()
	if err != nil {
		w.t.Fatal(err)
	}
	if state != stored {
		w.t.Errorf("%s: the replay leads to\n%s\nstored is\n%s", c.Phone, state, stored)
	}
	return state == stored
}

// textIn is what the customer wrote in a recorded event.
func textIn(t *testing.T, e conversation.Logged) string {
	t.Helper()
	_, rest, ok := strings.Cut(e.Data, `"text":{"text":"`)
	text, _, end := strings.Cut(rest, `"`)
	if !ok || !end {
		t.Fatalf("event %d holds no text", e.Rev)
	}
	return text
}

// linesFrom reads what directory encoded: for replays.
func linesFrom(b []byte) (map[string]conversation.Line, error) {
	var lines map[string]conversation.Line
	if err := json.Unmarshal(b, &lines); err != nil {
		return nil, fmt.Errorf("reading stored lines: %w", err)
	}
	for number, l := range lines {
		if err := locate(&l); err != nil {
			return nil, err
		}
		lines[number] = l
	}
	return lines, nil
}
