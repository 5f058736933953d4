package main

import (
	"context"
	"fmt"
	"slices"

	"parley/conversation"
	"parley/conversation/classify"
	"parley/conversation/store"
	"parley/flows"
)

// record prints a stored conversation as a dialogue without the customer's data.
func (c *flowsPlay) record(ctx context.Context, p *Program, all *commands) error {
	s, err := all.storeAt(ctx, p, c.Database)
	if err != nil {
		return err
	}
	defer s.Close()
	rec, err := recorded(ctx, s, c.Record)
	if err != nil {
		return err
	}
	text, err := conversation.Retell(rec, classify.Reader{})
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(p.Out, text)
	return err
}

// recorded reads the events of a conversation and the flow versions they name.
func recorded(ctx context.Context, s *store.Store, id string) (conversation.Recorded, error) {
	c, found, err := s.Conversation(ctx, id)
	if err != nil {
		return conversation.Recorded{}, fmt.Errorf("reading the conversation: %w", err)
	}
	if !found {
		return conversation.Recorded{}, fmt.Errorf("there is no conversation %q", id)
	}
	rec := conversation.Recorded{Phone: c.Phone, Language: c.State.Language}
	const page = 500
	for before := int64(0); ; {
		events, messages, err := s.Thread(ctx, id, before, page)
		if err != nil {
			return rec, err
		}
		if len(events)+len(messages) == 0 {
			break
		}
		for _, e := range events {
			rec.Events = append(rec.Events, e)
			before = e.Rev << 8
		}
		if n := len(messages); n > 0 && (len(events) == 0 || messages[n-1].Position < before) {
			before = messages[n-1].Position
		}
	}
	slices.Reverse(rec.Events)
	rec.Versions, err = namedVersions(ctx, s, rec.Events)
	return rec, err
}

func namedVersions(ctx context.Context, s *store.Store, events []conversation.Logged) ([]*flows.Flow, error) {
	hashes, err := conversation.Versions(events)
	if err != nil {
		return nil, err
	}
	var out []*flows.Flow
	for _, hash := range hashes {
		name, source, found, err := s.FlowVersion(ctx, hash)
		if err != nil {
			return nil, err
		}
		if !found {
			return nil, fmt.Errorf("a version of a flow that the conversation ran on is no longer stored (%.12s)", hash)
		}
		f, err := flows.Compile(source)
		if err != nil {
			return nil, fmt.Errorf("the stored version of %s: %w", name, err)
		}
		out = append(out, f)
	}
	return out, nil
}
