package main

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/outbound/provider"
)

// crowd fills a desk: copies of one conversation that came to it by the doors, each with a
// customer, a text and a time of its own. It is what thousands of handovers leave behind,
// without having to wait for them.
type crowd struct {
	t       *testing.T
	s       *server
	db      *sql.DB
	pattern string // the conversation that is copied
	state   string
	event   string // its last text
	rev     int64
	since   string // when it came
}

// stands is what every customer of the pattern has said.
const stands = "my cat ate the router"

func newCrowd(s *server, database string) *crowd {
	s.t.Helper()
	c := &crowd{t: s.t, s: s, db: ledger(s.t, database), pattern: s.escalated()}
	read := func(query string, to ...any) {
		s.t.Helper()
		if err := c.db.QueryRowContext(s.t.Context(), query, c.pattern).Scan(to...); err != nil {
			s.t.Fatal(err)
		}
	}
	read(`SELECT state, rev FROM conversations WHERE id = $1`, &c.state, &c.rev)
	read(`SELECT since FROM desk WHERE conversation = $1`, &c.since)
	read(`SELECT data FROM events WHERE conversation = $1 AND kind = 'text' ORDER BY rev DESC LIMIT 1`, &c.event)
	return c
}

// customer is the i-th one's number.
func customer(i int) string { return fmt.Sprintf("+1202%07d", 6_000_000+i) }

func (c *crowd) id(i int) string { return c.s.house.store.ConversationID(testLine, customer(i)) }

// grows adds the customers from one number up to another, each later than the one before.
func (c *crowd) grows(from, to int) {
	c.t.Helper()
	now := time.Now().UnixMilli()
	all := c.pile()
	for i := from; i < to; i++ {
		id, phone, since := c.id(i), customer(i), now-int64(20_000_000-i*1000)
		text := strings.ReplaceAll(c.event, stands, fmt.Sprintf("%s, says number %d", stands, i))
		state := strings.ReplaceAll(c.state, c.since, strconv.FormatInt(since, 10))
		all.add("conversations (id, line, phone, rev, state, created_at, updated_at)", id, testLine, phone, c.rev, state, since, since)
		all.add("contacts (phone, name, created_at, updated_at)", phone, fmt.Sprintf("Customer Number %d", i), since, since)
		all.add("events (conversation, rev, at, kind, data)", id, c.rev, since, "text", text)
		all.add("desk (conversation, line, phone, owner, reason, since, awaiting, urgency)", id, testLine, phone, "queue", "unclear", since, since, 2)
	}
	all.flush()
}

// talks gives a customer a past of n texts and answers, the newest last.
func (c *crowd) talks(i, n int) {
	c.t.Helper()
	id, now, all := c.id(i), time.Now().UnixMilli(), c.pile()
	for k := range n / 2 {
		rev := int64(k) + 2
		at := now - int64(n/2-k)*60_000
		all.add("events (conversation, rev, at, kind, data)", id, rev+c.rev, at, "text", strings.ReplaceAll(c.event, stands, fmt.Sprintf("text %d of somebody who has much to say, and says it", k)))
		all.add("messages (id, conversation, position, line, phone, class, priority, body, segments, created_at, due_at, expires_at, status)",
			fmt.Sprintf("past-%d-%d", i, k), id, (rev+c.rev)<<8|1, testLine, customer(i), "notice", 2, fmt.Sprintf("answer %d, with some words of comfort, and a promise", k), 1, at+1, at, at, "delivered")
	}
	all.flush()
	if _, err := c.db.ExecContext(c.t.Context(), `UPDATE conversations SET rev = $1 WHERE id = $2`, int64(n/2)+1+c.rev, id); err != nil {
		c.t.Fatal(err)
	}
}

// pours lets customers text at a steady rate, arrivals not waiting for earlier ones, from
// the numbers that who names in turn.
func (c *crowd) pours(ctx context.Context, rate float64, n int, who func(i int) string) {
	begun := time.Now()
	(&bench{t: c.t}).workers(16, 1, n, func(i int) error {
		time.Sleep(time.Until(begun.Add(time.Duration(float64(i) / rate * float64(time.Second))))) // customers text in real time
		return c.s.carrier.Text(ctx, provider.Text{From: who(i), To: testLine, Text: fmt.Sprintf("and another thing, number %d", i)})
	})
}

// pile collects rows, and writes many with one statement, all in one transaction.
type pile struct {
	c      *crowd
	tx     *sql.Tx
	values map[string][]any
	width  map[string]int
}

func (c *crowd) pile() *pile {
	c.t.Helper()
	tx, err := c.db.BeginTx(c.t.Context(), nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return &pile{c: c, tx: tx, values: map[string][]any{}, width: map[string]int{}}
}

func (r *pile) add(into string, values ...any) {
	r.width[into] = len(values)
	r.values[into] = append(r.values[into], values...)
	if len(r.values[into]) >= 100*len(values) {
		r.write(into)
	}
}

func (r *pile) write(into string) {
	r.c.t.Helper()
	var groups []string
	for i := 0; i < len(r.values[into]); i += r.width[into] {
		var one []string
		for k := range r.width[into] {
			one = append(one, fmt.Sprintf("$%d", i+k+1))
		}
		groups = append(groups, "("+strings.Join(one, ", ")+")")
	}
	if _, err := r.tx.ExecContext(r.c.t.Context(), "INSERT INTO "+into+" VALUES "+strings.Join(groups, ", "), r.values[into]...); err != nil {
		r.c.t.Fatal(err)
	}
	r.values[into] = nil
}

func (r *pile) flush() {
	r.c.t.Helper()
	for into, some := range r.values {
		if len(some) > 0 {
			r.write(into)
		}
	}
	if err := r.tx.Commit(); err != nil {
		r.c.t.Fatal(err)
	}
	if _, err := r.c.db.ExecContext(r.c.t.Context(), `ANALYZE`); err != nil {
		r.c.t.Fatal(err)
	}
}
