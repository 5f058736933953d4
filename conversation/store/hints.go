package store

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// hintChannel is where PostgreSQL spreads hints.
const hintChannel = "parley_work"

// hintLimit keeps a payload below the 8,000 bytes that PostgreSQL takes.
const hintLimit = 7900

const notifySQL = `SELECT pg_notify($1, $2)`

// hint writes lines as a payload; "" stands for all lines.
func hint(lines []string) string {
	payload := strings.Join(lines, ",")
	if len(payload) > hintLimit {
		return ""
	}
	return payload
}

// Listen calls heard with the lines that have new work until ctx ends, from one
// goroutine. After a lost connection it says "all lines" once.
func (s *Store) Listen(ctx context.Context, heard func(lines []string)) error {
	for {
		err := s.db.listen(ctx, func(payload string) { heard(strings.Split(payload, ",")) })
		if ctx.Err() != nil {
			return nil
		}
		s.log.Warn("listening for work is interrupted", "error", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
	}
}

func (b *postgres) notify(p *pipe, payload string) {
	p.query(func(row) error { return nil }, notifySQL, hintChannel, payload)
}

func (b *postgres) committed(string) {}

// listen holds a connection of its own, outside the pool.
func (b *postgres) listen(ctx context.Context, heard func(string)) error {
	conn, err := pgx.ConnectConfig(ctx, b.pool.Config().ConnConfig)
	if err != nil {
		return err
	}
	defer func() {
		gone, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		conn.Close(gone)
	}()
	if _, err := conn.Exec(ctx, "LISTEN "+hintChannel); err != nil {
		return err
	}
	heard("")
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		heard(n.Payload)
	}
}

// hub spreads hints within one process.
type hub struct {
	mu   sync.Mutex
	ears map[int]chan string
	next int
}

// notify has no server to ask: see committed.
func (b *lite) notify(*pipe, string) {}

// committed tells every listener; one that is behind hears "all lines" later.
func (b *lite) committed(payload string) {
	b.hints.mu.Lock()
	defer b.hints.mu.Unlock()
	for _, ear := range b.hints.ears {
		select {
		case ear <- payload:
		default:
		}
	}
}

func (b *lite) listen(ctx context.Context, heard func(string)) error {
	ear, leave := b.hints.join()
	defer leave()
	heard("")
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case payload := <-ear:
			if len(ear) == cap(ear)-1 {
				payload = "" // it was full: some hints were dropped
			}
			heard(payload)
		}
	}
}

func (h *hub) join() (<-chan string, func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ears == nil {
		h.ears = make(map[int]chan string)
	}
	id, ear := h.next, make(chan string, 64)
	h.next++
	h.ears[id] = ear
	return ear, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.ears, id)
	}
}
