package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"parley/conversation"
)

// Carrier plays the other side of the generic dialect: for the demo, load tests,
// and the proof that a crash sends nothing twice. In one process it is called
// through the loopback provider; as an http.Handler it takes POST /messages from
// another process. Its fields are set before the first use.
type Carrier struct {
	// Keys verify submissions over HTTP and sign webhooks; the zero value refuses
	// the former and sends none of the latter.
	Keys Keys
	// Webhook is Parley's address for this carrier (…/webhooks/NAME); "": none.
	Webhook string
	// Forgetful makes a repeat under the same id a second message, as carriers
	// without idempotency keys do.
	Forgetful bool
	// Reports are the statuses that every message goes through, reported by Run;
	// nil: none. Those that find more than 1,024 waiting are dropped.
	Reports []conversation.Status
	// Keep bounds how many messages are remembered, oldest dropped first; 0: 100,000.
	Keep int
	// Took, when set, is called with every new message, from the sender's goroutine.
	Took func(Outgoing)
	// Client posts webhooks; nil: one with a 10 s timeout.
	Client *http.Client

	mu      sync.Mutex
	took    []Outgoing        // oldest first
	index   map[string]string // our id → the carrier's
	posts   int
	serial  int
	reports chan status
}

// Take accepts a message and returns the carrier's id for it; repeated says that
// it had been taken before under this id, and was absorbed.
func (c *Carrier) Take(o Outgoing) (id string, repeated bool) {
	c.mu.Lock()
	c.posts++
	if id, ok := c.index[o.ID]; ok && !c.Forgetful {
		c.mu.Unlock()
		return id, true
	}
	c.serial++
	id = "LB" + strconv.Itoa(c.serial) + "-" + o.ID
	if c.index == nil {
		c.index = make(map[string]string)
	}
	c.index[o.ID] = id
	c.took = append(c.took, o)
	c.trim()
	c.mu.Unlock()
	if c.Took != nil {
		c.Took(o)
	}
	for _, s := range c.Reports {
		c.ReportLater(id, s)
	}
	return id, false
}

// ReportLater queues a receipt by the carrier's own id, for Run to post.
func (c *Carrier) ReportLater(id string, s conversation.Status) {
	select {
	case c.queue() <- status{ID: id, Status: s}:
	default:
	}
}

// Find gives the carrier's id for a message of ours.
func (c *Carrier) Find(ours string) (id string, found bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id, found = c.index[ours]
	return id, found
}

// Messages lists what was taken, oldest first; a message taken twice is in it twice.
func (c *Carrier) Messages() []Outgoing {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Outgoing(nil), c.took...)
}

// Posts counts every submission, absorbed repeats included.
func (c *Carrier) Posts() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.posts
}

// ServeHTTP takes POST {…}/messages in the generic dialect and, for proofs from
// outside, lists what was taken at GET: [{"id","from","to","text"…}].
func (c *Carrier) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if r.Method == http.MethodGet {
		list := []submission{}
		for _, o := range c.Messages() {
			list = append(list, submission{o.ID, o.From, o.To, o.Text, o.Media, o.ExpiresAt})
		}
		_ = json.NewEncoder(w).Encode(list) // the reader is gone: nothing to be done
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxReply))
	if err != nil {
		http.Error(w, `{"error":"rejected"}`, http.StatusRequestEntityTooLarge)
		return
	}
	if _, err := c.Keys.Verify(r.Header, body, time.Now()); err != nil {
		http.Error(w, `{"error":"config"}`, http.StatusUnauthorized)
		return
	}
	var s submission
	if err := json.Unmarshal(body, &s); err != nil || s.ID == "" || s.To == "" {
		http.Error(w, `{"error":"rejected"}`, http.StatusBadRequest)
		return
	}
	id, _ := c.Take(Outgoing{ID: s.ID, From: s.From, To: s.To, Text: s.Text, Media: s.Media, ExpiresAt: s.ExpiresAt})
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(map[string]string{"id": id})
}

// Text posts a customer's text to Parley, as the carrier would. An empty ID gets
// one. The error says what Parley answered when that was not 2xx.
func (c *Carrier) Text(ctx context.Context, t Text) error {
	if t.ID == "" {
		t.ID = c.next("MO")
	}
	return c.post(ctx, "message.received", received{t.ID, t.From, t.To, t.Text, t.Media, t.At})
}

// Report posts a receipt for a message by the carrier's own id.
func (c *Carrier) Report(ctx context.Context, id string, s conversation.Status, code string) error {
	return c.post(ctx, "message.status", status{id, s, code})
}

// Run posts the waiting Reports until ctx ends. One that fails is tried three
// times in all, a second apart, and then dropped.
func (c *Carrier) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case s := <-c.queue():
			for try := 0; try < 3 && ctx.Err() == nil; try++ {
				if c.post(ctx, "message.status", s) == nil {
					break
				}
				select {
				case <-ctx.Done():
				case <-time.After(time.Second):
				}
			}
		}
	}
}

func (c *Carrier) post(ctx context.Context, kind string, data any) error {
	raw, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("encoding a webhook: %w", err)
	}
	body, err := json.Marshal(envelope{Type: kind, Data: raw})
	if err != nil {
		return fmt.Errorf("encoding a webhook: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Webhook, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("the webhook's address: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	c.Keys.Sign(r.Header, c.next("wh"), time.Now(), body)
	answer, failed := exchange(client(Settings{Client: c.Client}), r)
	if failed != nil {
		return fmt.Errorf("posting a webhook: %w", failed)
	}
	if answer.status/100 != 2 {
		return fmt.Errorf("posting a webhook: answered %d", answer.status)
	}
	return nil
}

// next makes an id that this carrier has not used before, nor an earlier one in
// another process.
func (c *Carrier) next(prefix string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.serial++
	return prefix + strconv.FormatInt(time.Now().UnixNano(), 36) + "-" + strconv.Itoa(c.serial)
}

func (c *Carrier) queue() chan status {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reports == nil {
		c.reports = make(chan status, 1024)
	}
	return c.reports
}

// trim drops the oldest tenth when more than Keep messages are remembered.
func (c *Carrier) trim() {
	keep := c.Keep
	if keep <= 0 {
		keep = 100_000
	}
	if len(c.took) <= keep {
		return
	}
	drop := len(c.took) - keep + keep/10
	for _, old := range c.took[:drop] {
		delete(c.index, old.ID)
	}
	c.took = append([]Outgoing(nil), c.took[drop:]...)
}
