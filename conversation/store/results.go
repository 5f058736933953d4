package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"parley/conversation"
)

const (
	resultColumns = `run, conversation, line, phone, flow, hash, key, language, outcome, state, began_at, ended_at, answer_in, texts, test, details, path`

	endedSQL = `INSERT INTO results (` + resultColumns + `)
		VALUES {each}($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17){/each}`

	// insteadSQL takes out the result that a run had before a late answer took it up.
	insteadSQL = `DELETE FROM results WHERE flow = $1 AND ended_at = $2 AND run = $3`

	resultsSQL = `SELECT ` + resultColumns + ` FROM results
		WHERE flow = $1 AND ended_at >= $2 AND ended_at < $3 AND (ended_at, run) > ($4, $5) ORDER BY ended_at, run LIMIT $6`

	// walkSQL walks all conversations by their key: no index says which have runs,
	// and none is worth its cost for every text.
	walkSQL = `SELECT id, line, phone, rev, wake_at, state FROM conversations WHERE id > $1 ORDER BY id LIMIT $2`
)

// writeResults queues the results of the runs that ended.
func writeResults(p *pipe, effects []conversation.Effect) error {
	var rows [][]any
	for _, effect := range effects {
		e := effect.Ended
		if e == nil {
			continue
		}
		if e.Instead > 0 {
			p.exec(insteadSQL, e.Flow, e.Instead, e.Run)
			rows = slices.DeleteFunc(rows, func(r []any) bool { return r[0] == e.Run }) // it ended twice in this batch
		}
		details, err := json.Marshal(e.Details)
		if err != nil {
			return fmt.Errorf("encoding a result: %w", err)
		}
		rows = append(rows, []any{e.Run, e.Conversation, e.Line, e.Phone, e.Flow, e.Hash, e.Key, e.Language, e.Outcome, e.State,
			e.BeganAt, e.EndedAt, e.AnswerIn, e.Texts, flag(e.Test), string(details), e.Path})
	}
	p.each(nil, endedSQL, rows)
	return nil
}

// Results lists results of a flow, oldest end first: a page of at most limit, after
// the last one of the page before. Rows of batches that are still being committed
// may come in up to twelve seconds late.
func (s *Store) Results(ctx context.Context, q conversation.ResultQuery, limit int) ([]conversation.Ended, error) {
	return readAll(ctx, s, "reading results", func(r row, e *conversation.Ended) error {
		var test int64
		var details string
		err := r.Scan(&e.Run, &e.Conversation, &e.Line, &e.Phone, &e.Flow, &e.Hash, &e.Key, &e.Language, &e.Outcome, &e.State,
			&e.BeganAt, &e.EndedAt, &e.AnswerIn, &e.Texts, &test, &details, &e.Path)
		if err != nil {
			return err
		}
		e.Test = test == 1
		if err := json.Unmarshal([]byte(details), &e.Details); err != nil {
			return fmt.Errorf("reading the result of run %s: %w", e.Run, err)
		}
		return nil
	}, resultsSQL, q.Flow, q.Since, q.Until, q.AfterAt, q.AfterRun, int64(limit))
}

// Walk gives every conversation that has live runs to each, in the order of the
// ids, and reads at most a thousand at a time; looked says after each page how many
// conversations have been read so far. An error of each ends the walk.
func (s *Store) Walk(ctx context.Context, looked func(n int), each func(conversation.Conversation) error) error {
	const page = 1000
	after, n := "", 0
	for {
		var all []conversation.Conversation
		p, read := new(pipe), 0
		p.query(func(r row) error {
			var c conversation.Conversation
			var state string
			if err := r.Scan(&c.ID, &c.Line, &c.Phone, &c.Rev, &c.WakeAt, &state); err != nil {
				return err
			}
			if after, read = c.ID, read+1; c.State.Decode(state) == nil && len(c.State.Runs) > 0 {
				all = append(all, c) // one that is beyond reading has no run that goes on
			}
			return nil
		}, walkSQL, after, int64(page))
		if err := s.db.read(ctx, p); err != nil {
			return fmt.Errorf("reading conversations: %w", err)
		}
		for _, c := range all {
			if err := each(c); err != nil {
				return err
			}
		}
		n += read
		looked(n)
		if read < page {
			return nil
		}
	}
}
