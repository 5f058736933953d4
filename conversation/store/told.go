package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"parley/conversation"
)

// tellColumns is what a callback about a message needs of its row.
const tellColumns = `, class, segments, test, CASE WHEN status = 'sent' THEN sent_at ELSE finished_at END`

// news are the callbacks about messages that one transaction leads to. They do not
// come from Step: receipts and settlements touch messages only.
type news struct {
	told fates
	jobs []conversation.Job
}

// fates are those that some endpoint listens for; none is nil.
type fates map[conversation.Status]bool

// listened is asked once, when the store is opened.
func listened(listeners func(event string) []string) (all fates) {
	for _, status := range []conversation.Status{conversation.Sent, conversation.Delivered, conversation.Failed} {
		if listeners != nil && len(listeners("message."+string(status))) > 0 {
			if all == nil {
				all = make(fates)
			}
			all[status] = true
		}
	}
	return all
}

func (s *Store) news() *news { return &news{told: s.fates} }

// wanted says whether anybody listens; else nothing is asked of the database.
func (n *news) wanted() bool { return n.told != nil }

// moved notes that a message has reached a status. The job's id is derived: a
// message reaches each status once.
func (n *news) moved(f *settled) {
	if !n.told[f.status] {
		return
	}
	fate := conversation.MessageFate{Message: f.id, Class: f.class, Segments: f.segments}
	var t conversation.Told
	switch f.status {
	case conversation.Sent:
		t = conversation.MessageSent{MessageFate: fate}
	case conversation.Delivered:
		t = conversation.MessageDelivered{MessageFate: fate}
	case conversation.Failed:
		t = conversation.MessageFailed{MessageFate: fate, Error: f.error}
	}
	n.jobs = append(n.jobs, conversation.Job{
		ID: "msg_" + f.id + "_" + string(f.status), Kind: conversation.JobCallback, Name: t.Event(),
		Conversation: f.conversation, Line: f.line, Phone: f.phone, Run: f.run,
		Data: conversation.DataOf(t), At: f.at, Test: f.test == 1,
	})
}

// toEach makes one job of a callback for every endpoint that listens for it, so
// that one which has taken it is not told again because another has not. Step knows
// only whether anybody listens: who does is nothing that a replay could need.
func (s *Store) toEach(all []conversation.Job) []conversation.Job {
	if s.listeners == nil {
		return all
	}
	out := make([]conversation.Job, 0, len(all))
	for _, j := range all {
		if j.Kind != conversation.JobCallback || j.Endpoint != "" {
			out = append(out, j)
			continue
		}
		for _, j.Endpoint = range s.listeners(j.Name) {
			out = append(out, j)
		}
	}
	return out
}

// finish flushes p, inserts jobs and commits. The jobs are asked for after the flush: p's
// answers may lead to some.
func (s *Store) finish(ctx context.Context, tx session, p *pipe, all func() []conversation.Job) error {
	if err := tx.flush(ctx, p); err != nil {
		return err
	}
	if jobs := s.toEach(all()); len(jobs) > 0 {
		if err := tx.insert(ctx, jobs); err != nil {
			return err
		}
	}
	return tx.commit(ctx, new(pipe))
}

// telling is a callback that no event of a conversation leads to.
func telling(t conversation.Told, now int64) conversation.Job {
	return conversation.Job{ID: "told_" + uuid.NewString(), Kind: conversation.JobCallback, Name: t.Event(), Data: conversation.DataOf(t), At: now}
}

// Tell lets the business know of something that concerns no conversation.
func (s *Store) Tell(ctx context.Context, t conversation.Told) error {
	var now int64
	p := new(pipe)
	p.clock(&now)
	tx := s.db.begin()
	defer tx.rollback()
	err := s.finish(ctx, tx, p, func() []conversation.Job { return []conversation.Job{telling(t, now)} })
	if err != nil {
		return fmt.Errorf("telling the business: %w", err)
	}
	return nil
}
