package store

import (
	"context"
	"fmt"
	"math"

	"parley/conversation"
)

const (
	reserveSQL = `INSERT INTO llm_calls (id, day, at, tokens, micros) VALUES ($1, {now} / 86400000, {now}, $2, $3)
		ON CONFLICT (id) DO NOTHING RETURNING day`

	reservedSQL = `SELECT answer, settled FROM llm_calls WHERE id = $1`

	// countDaySQL adds to a day unless it would hold more than may be: the row's lock
	// orders the nodes.
	countDaySQL = `INSERT INTO llm_days (day, tokens, micros, calls) VALUES ($1, $2, $3, 1)
		ON CONFLICT (day) DO UPDATE SET tokens = llm_days.tokens + excluded.tokens, micros = llm_days.micros + excluded.micros, calls = llm_days.calls + 1
		WHERE llm_days.tokens + excluded.tokens <= $4 AND llm_days.micros + excluded.micros <= $5
		RETURNING day`

	// A call is settled (1), or not yet (0), or is not yet and may have taken what was
	// counted (2).
	unsettledSQL = `SELECT day, tokens, micros, settled FROM llm_calls WHERE id = $1 AND settled <> 1 {lock}`

	doubtCallSQL = `UPDATE llm_calls SET settled = 2 WHERE id = $1 AND settled = 0`

	settleCallSQL = `UPDATE llm_calls SET tokens = $2, micros = $3, answer = $4, settled = 1 WHERE id = $1`

	correctDaySQL = `UPDATE llm_days SET tokens = tokens + $2, micros = micros + $3 WHERE day = $1`

	spentSQL = `SELECT tokens, micros, calls FROM llm_days WHERE day = {now} / 86400000`

	oldCallsSQL = `DELETE FROM llm_calls WHERE id IN (SELECT id FROM llm_calls WHERE at < {now} - $1 ORDER BY at LIMIT $2)`

	oldDaysSQL = `DELETE FROM llm_days WHERE day < {now} / 86400000 - $1`
)

// keepSpent is how many days of spending are kept.
const keepSpent = 400

// Reserve counts what a job may take against the day's most, of which zero is no limit.
// A job is counted once, however often it runs; it hears then what it was answered
// before, if it was. Not OK: the day's budget is spent, and nothing was counted.
func (s *Store) Reserve(ctx context.Context, id string, e, most conversation.Expense) (conversation.Reserved, error) {
	out, err := s.reserve(ctx, id, e, limit(most))
	if err != nil {
		return out, fmt.Errorf("counting what an LLM takes: %w", err)
	}
	return out, nil
}

// limit makes no limit of zero.
func limit(most conversation.Expense) conversation.Expense {
	if most.Tokens == 0 {
		most.Tokens = math.MaxInt64
	}
	if most.Micros == 0 {
		most.Micros = math.MaxInt64
	}
	return most
}

func (s *Store) reserve(ctx context.Context, id string, e, most conversation.Expense) (out conversation.Reserved, err error) {
	if e.Tokens > most.Tokens || e.Micros > most.Micros {
		return out, nil
	}
	tx := s.db.begin()
	defer tx.rollback()
	var day, settled int64
	var fresh bool
	p := new(pipe)
	p.query(func(r row) error { fresh = true; return r.Scan(&day) }, reserveSQL, id, e.Tokens, e.Micros)
	p.query(func(r row) error { return r.Scan(&out.Answer, &settled) }, reservedSQL, id)
	if err := tx.flush(ctx, p); err != nil {
		return out, err
	}
	if !fresh { // an earlier try of the same job has been counted
		out.OK, out.Settled = true, settled == 1
		return out, nil
	}
	p = new(pipe)
	p.query(func(r row) error { out.OK = true; return r.Scan(&day) }, countDaySQL, day, e.Tokens, e.Micros, most.Tokens, most.Micros)
	if err := tx.flush(ctx, p); err != nil || !out.OK {
		return out, err
	}
	return out, tx.commit(ctx, new(pipe))
}

// DoubtLLM notes that a try of a job may have taken what was counted, and that nobody
// knows: whatever the next one takes, no less stays counted.
func (s *Store) DoubtLLM(ctx context.Context, id string) error {
	tx := s.db.begin()
	defer tx.rollback()
	p := new(pipe)
	p.exec(doubtCallSQL, id)
	if err := tx.commit(ctx, p); err != nil {
		return fmt.Errorf("noting what an LLM may have taken: %w", err)
	}
	return nil
}

// SpendLLM puts what a job has really taken in place of what was counted, once, and keeps
// its answer for tries to come.
func (s *Store) SpendLLM(ctx context.Context, id string, e conversation.Expense, answer string) error {
	tx := s.db.begin()
	defer tx.rollback()
	var day, tokens, micros, state int64
	open := false
	p := new(pipe)
	p.query(func(r row) error { open = true; return r.Scan(&day, &tokens, &micros, &state) }, unsettledSQL, id)
	err := tx.flush(ctx, p)
	if state == 2 {
		e.Tokens, e.Micros = max(e.Tokens, tokens), max(e.Micros, micros)
	}
	if err == nil && open {
		p = new(pipe)
		p.exec(settleCallSQL, id, e.Tokens, e.Micros, answer)
		p.exec(correctDaySQL, day, e.Tokens-tokens, e.Micros-micros)
		err = tx.commit(ctx, p)
	}
	if err != nil {
		return fmt.Errorf("counting what an LLM took: %w", err)
	}
	return nil
}

// SpentLLM is what today's questions have taken so far, on all nodes, and how many they
// were.
func (s *Store) SpentLLM(ctx context.Context) (e conversation.Expense, calls int64, err error) {
	p := new(pipe)
	p.query(func(r row) error { return r.Scan(&e.Tokens, &e.Micros, &calls) }, spentSQL)
	if err := s.db.read(ctx, p); err != nil {
		return e, 0, fmt.Errorf("reading what an LLM took: %w", err)
	}
	return e, calls, nil
}

// sweepAsks queues the end of what questions have left behind.
func sweepAsks(p *pipe, count func(int64)) {
	p.affected(count, oldCallsSQL, keepDays.Milliseconds(), int64(sweepSize))
	p.affected(count, oldDaysSQL, int64(keepSpent))
}
