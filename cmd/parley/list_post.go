package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"parley/inbound"
)

// post hands rows over until each has its answer. The rows' keys make repeats
// harmless; what is under way is waited for when ctx ends.
func (s *sending) post(ctx context.Context, batch []listed) error {
	left := batch
	const mostTries = 8
	for try := 1; ; try++ {
		answer, err := s.ask(ctx, left)
		if err == nil {
			left, err = s.settle(left, answer)
		}
		var fatal *refusedError
		switch {
		case err == nil && len(left) == 0:
			return nil
		case errors.As(err, &fatal):
			return err
		case try == mostTries:
			return cmp.Or(err, errors.New("the server is too busy"))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(min(30*time.Second, 250*time.Millisecond<<try)):
		}
	}
}

// settle counts what became of the rows and returns those that have to come again.
func (s *sending) settle(rows []listed, answer []inbound.BatchResult) (again []listed, err error) {
	if len(answer) != len(rows) {
		return rows, &refusedError{"the server answered otherwise than expected: is it older than this program?"}
	}
	for i, r := range answer {
		switch r.Status {
		case "accepted", "kept", "repeated":
			s.taken++
			s.last = max(s.last, rows[i].line)
			if r.Status == "repeated" {
				s.repeated++
			}
			if r.Status == "kept" {
				s.complain(rows[i].line, "it could not be applied: see parley dead list")
			}
		case "later":
			again = append(again, rows[i])
		default:
			s.refused++
			s.complain(rows[i].line, r.Problems...)
		}
	}
	return again, nil
}

// refusedError is an answer that a repeat would not change.
type refusedError struct{ says string }

// Error says what the server said.
func (e *refusedError) Error() string { return e.says }

// ask posts one batch. It goes on when ctx ends: what was sent is worth its answer.
func (s *sending) ask(ctx context.Context, rows []listed) ([]inbound.BatchResult, error) {
	var body struct {
		Events []inbound.BatchRow `json:"events"`
	}
	for _, r := range rows {
		body.Events = append(body.Events, r.row)
	}
	text, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("encoding the rows: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 40*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/v1/events/batch", bytes.NewReader(text))
	if err != nil {
		return nil, &refusedError{"the server's address: " + err.Error()}
	}
	r.Header.Set("Authorization", "Bearer "+s.Key)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, fmt.Errorf("the server does not answer: %w", err)
	}
	defer answer.Body.Close()
	text, err = io.ReadAll(io.LimitReader(answer.Body, 8<<20))
	if err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	var told inbound.BatchAnswerBody
	if err := json.Unmarshal(text, &told); err == nil && len(told.Results) > 0 {
		return told.Results, nil
	}
	if status := answer.StatusCode; status/100 == 5 || status == http.StatusTooManyRequests {
		return nil, fmt.Errorf("the server answered %d", status)
	}
	return nil, &refusedError{problemOf(answer.StatusCode, text)}
}
