package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"parley/agentui"
	"parley/conversation"
	"parley/flows"
)

const (
	// findsHeadSQL finds nothing while another node goes over the feed.
	findsHeadSQL = `SELECT seq FROM finds_head WHERE id = 1 {lock} {skiplocked}`

	findsFeedSQL = `SELECT seq, events FROM feed WHERE seq > $1 ORDER BY seq LIMIT $2`

	findsEventSQL = `SELECT conversation, rev, at, data FROM events WHERE conversation = $1 AND rev = $2`

	findsWithSQL = `SELECT c.id, c.line, c.phone, c.rev, c.wake_at, c.state, c.updated_at, COALESCE(k.name, '')
		FROM conversations AS c LEFT JOIN contacts AS k ON k.phone = c.phone WHERE c.id = $1`

	// addFindSQL writes only what is another than before.
	addFindSQL = `INSERT INTO finds (conversation, rev, at, words) VALUES ($1, $2, $3, $4)
		ON CONFLICT (conversation, rev) DO UPDATE SET at = excluded.at, words = excluded.words WHERE finds.words <> excluded.words`

	moveFindsSQL = `UPDATE finds_head SET seq = $1 WHERE id = 1`

	findSQL = `SELECT f.conversation, f.rev, f.at, c.phone, c.state, COALESCE(k.name, ''), COALESCE(e.data, '')
		FROM finds AS f JOIN conversations AS c ON c.id = f.conversation LEFT JOIN contacts AS k ON k.phone = c.phone
			LEFT JOIN events AS e ON e.conversation = f.conversation AND e.rev = f.rev
		WHERE {found} ORDER BY f.at DESC, f.conversation, f.rev LIMIT $2`
)

// toFind is one event that may have something to be found by.
type toFind struct {
	conversation string
	rev          int64
}

// Index goes over what the feed tells since the last time.
func (s *Store) Index(ctx context.Context, limit int, who func(conversation.Conversation, flows.Contact) []string) (int, error) {
	n, err := s.index(ctx, limit, who)
	if err != nil {
		return n, fmt.Errorf("indexing what was said: %w", err)
	}
	return n, nil
}

func (s *Store) index(ctx context.Context, limit int, who func(conversation.Conversation, flows.Contact) []string) (int, error) {
	tx := s.db.begin()
	defer tx.rollback()
	seq, p := int64(-1), new(pipe)
	p.query(func(r row) error { return r.Scan(&seq) }, findsHeadSQL)
	if err := tx.flush(ctx, p); err != nil || seq < 0 {
		return 0, err
	}
	seen, texts, with := 0, []toFind(nil), map[string]bool{}
	p = new(pipe)
	p.query(func(r row) error {
		var row int64
		var text string
		if err := r.Scan(&row, &text); err != nil || seen >= limit {
			return err
		}
		var events []pendingEvent
		if err := json.Unmarshal([]byte(text), &events); err != nil {
			return fmt.Errorf("feed row %d: %w", row, err)
		}
		for _, e := range events {
			switch e.Kind {
			case conversation.KindText, conversation.KindAgent:
				texts = append(texts, toFind{e.Conversation, e.Rev})
				with[e.Conversation] = true
			case conversation.KindTrigger, conversation.KindMessage:
				with[e.Conversation] = true
			}
		}
		seen, seq = seen+len(events), row
		return nil
	}, findsFeedSQL, seq, int64(limit))
	if err := tx.flush(ctx, p); err != nil || seen == 0 {
		return 0, err
	}
	out, err := found(ctx, tx, texts, with, who)
	if err != nil {
		return 0, err
	}
	out.exec(moveFindsSQL, seq)
	return seen, tx.commit(ctx, out)
}

// found reads what there is to be found by, and queues the rows of it.
func found(ctx context.Context, tx session, texts []toFind, with map[string]bool, who func(conversation.Conversation, flows.Contact) []string) (*pipe, error) {
	p, out := new(pipe), new(pipe)
	for _, t := range texts {
		p.query(func(r row) error {
			var id, data string
			var rev, at int64
			if err := r.Scan(&id, &rev, &at, &data); err != nil {
				return err
			}
			if words := agentui.Words(said(data)); len(words) > 0 {
				out.exec(addFindSQL, id, rev, at, strings.Join(words, " "))
			}
			return nil
		}, findsEventSQL, t.conversation, t.rev)
	}
	for id := range with {
		p.query(func(r row) error {
			var c conversation.Conversation
			var k flows.Contact
			var state string
			var at int64
			if err := r.Scan(&c.ID, &c.Line, &c.Phone, &c.Rev, &c.WakeAt, &state, &at, &k.Name); err != nil {
				return err
			}
			if err := c.State.Decode(state); err != nil {
				return err
			}
			out.exec(addFindSQL, c.ID, int64(0), at, strings.Join(who(c, k), " "))
			return nil
		}, findsWithSQL, id)
	}
	return out, tx.flush(ctx, p)
}

// said is what somebody wrote in a recorded event; "": nothing.
func said(event string) string {
	var past conversation.Record
	if json.Unmarshal([]byte(event), &past) != nil {
		return ""
	}
	switch e := past.Event; {
	case e.Text != nil:
		return e.Text.Text
	case e.Agent != nil:
		return e.Agent.Text
	}
	return ""
}

// Find lists conversations by what is sought.
func (s *Store) Find(ctx context.Context, terms []agentui.Term, limit int) (all []agentui.Found, err error) {
	seen := map[string]bool{}
	p := new(pipe)
	p.query(func(r row) error {
		var f agentui.Found
		var rev int64
		var state, event string
		if err := r.Scan(&f.Conversation, &rev, &f.At, &f.Phone, &state, &f.Customer, &event); err != nil || seen[f.Conversation] || len(all) == limit {
			return err
		}
		var now conversation.State
		if err := now.Decode(state); err != nil {
			return err
		}
		if f.Owner = now.Owner; f.Owner == "" {
			f.Owner = conversation.OwnerBot
		}
		if rev > 0 {
			f.Text = cut(said(event))
		}
		seen[f.Conversation] = true
		all = append(all, f)
		return nil
	}, findSQL, matching(s.db.name(), terms), int64(4*limit)) // a conversation may be found by several of its texts
	if err := s.db.read(ctx, p); err != nil {
		return nil, fmt.Errorf("searching: %w", err)
	}
	return all, nil
}

// matching writes what is sought as the engine wants it. Terms are letters and digits
// alone: nothing of them can be mistaken for an operator.
func matching(engine string, terms []agentui.Term) string {
	quote, and, or := `"%s"*`, " AND ", " OR "
	if engine == "postgres" {
		quote, and, or = `'%s':*`, " & ", " | "
	}
	all := make([]string, len(terms))
	for i, t := range terms {
		words := make([]string, len(t))
		for j, w := range t {
			words[j] = fmt.Sprintf(quote, w)
		}
		all[i] = "(" + strings.Join(words, or) + ")"
	}
	return strings.Join(all, and)
}
