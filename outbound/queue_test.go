package outbound_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"parley/conversation"
	"parley/outbound"
)

// row is one message with its lease.
type row struct {
	conversation.Message
	node   string
	lease  time.Time
	parked bool
	ids    []string
	stop   bool // an opt-out holds it back
	taken  bool // an agent took over since
}

// table is the messages table in memory, with the claim's rules.
type table struct {
	mu      sync.Mutex
	rows    map[string]*row
	events  []conversation.Event
	down    int                        // how many further calls of Settle and Submit fail
	refuse  conversation.OutcomeStatus // what Submit says instead of Applied
	settles int                        // calls of Settle
}

// add queues messages; what they leave out is filled in.
func (t *table) add(messages ...conversation.Message) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.rows == nil {
		t.rows = make(map[string]*row)
	}
	for _, m := range messages {
		n := len(t.rows) + 1
		m.Status, m.Position = conversation.Queued, int64(n)
		m.ID = cmp.Or(m.ID, fmt.Sprintf("m%03d", n))
		m.Conversation = cmp.Or(m.Conversation, "c-"+m.ID)
		m.Line, m.To = cmp.Or(m.Line, "+12025550100"), cmp.Or(m.To, "+12025550123")
		m.Priority, m.Segments = cmp.Or(m.Priority, conversation.PriorityReply), cmp.Or(m.Segments, 1)
		m.ExpiresAt = cmp.Or(m.ExpiresAt, time.Now().Add(time.Hour).UnixMilli())
		t.rows[m.ID] = &row{Message: m}
	}
}

func (t *table) sorted() []*row {
	list := make([]*row, 0, len(t.rows))
	for _, r := range t.rows {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b *row) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), cmp.Compare(a.Position, b.Position))
	})
	return list
}

func (t *table) row(id string) row {
	t.mu.Lock()
	defer t.mu.Unlock()
	return *t.rows[id]
}

func (t *table) count(s conversation.Status) (n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.rows {
		if r.Status == s {
			n++
		}
	}
	return n
}

func (t *table) Lines(context.Context) (lines []string, next time.Duration, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.rows {
		if r.Status != conversation.Queued {
			continue
		}
		if wait := time.Until(time.UnixMilli(r.DueAt)); wait > 0 {
			if next == 0 || wait < next {
				next = wait
			}
		} else if !slices.Contains(lines, r.Line) {
			lines = append(lines, r.Line)
		}
	}
	return lines, next, nil
}

func (t *table) Claim(_ context.Context, c outbound.Claim) (claimed []conversation.Message, _ error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now().UnixMilli()
	taken := make(map[string]bool)
	for _, r := range t.sorted() {
		if len(claimed) == c.Limit {
			break
		}
		if r.Status != conversation.Queued || r.Line != c.Line || r.DueAt > now || r.ExpiresAt <= now || r.stop || r.taken ||
			c.Least > 0 && r.Priority > c.Least || taken[r.Conversation] || t.blocked(r) {
			continue
		}
		taken[r.Conversation] = true
		r.Status, r.node, r.lease = conversation.Sending, c.Node, time.Now().Add(c.Lease)
		r.Attempt++
		claimed = append(claimed, r.Message)
	}
	return claimed, nil
}

// blocked says whether an older message of the conversation is unsettled.
func (t *table) blocked(r *row) bool {
	if r.Priority.Overtakes() {
		return false
	}
	for _, other := range t.rows {
		if other.Conversation == r.Conversation && other.Position < r.Position &&
			(other.Status == conversation.Queued || other.Status == conversation.Sending) {
			return true
		}
	}
	return false
}

func (t *table) Settle(_ context.Context, list []conversation.Settlement) ([]bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.settles++
	if t.down > 0 {
		t.down--
		return nil, conversation.ErrUnavailable
	}
	held := make([]bool, len(list))
	for i, s := range list {
		held[i] = t.settle(s)
	}
	return held, nil
}

func (t *table) settle(s conversation.Settlement) bool {
	r := t.rows[s.Message]
	if s.Status == conversation.Expired || s.Status == conversation.Cancelled || s.Status == conversation.Superseded {
		if r.Status != conversation.Queued {
			return false
		}
	} else if r.Status != conversation.Sending || r.node != s.Node || r.Attempt != s.Attempt {
		return false
	}
	r.Status, r.Error, r.parked, r.DueAt, r.Carrier, r.ids = s.Status, s.Error, s.Parked, s.DueAt, s.Carrier, s.Provider
	if s.Uncounted {
		r.Attempt--
	}
	return true
}

// Submit plays the engine: the guard decides.
func (t *table) Submit(_ context.Context, events []conversation.Event) ([]conversation.Outcome, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.down > 0 {
		t.down--
		return nil, conversation.ErrBusy
	}
	outcomes := make([]conversation.Outcome, len(events))
	for i, e := range events {
		outcomes[i].Status = cmp.Or(t.refuse, conversation.Applied)
		if t.refuse == "" && !t.settle(*e.Guard) {
			outcomes[i] = conversation.Outcome{Status: conversation.Ignored, Repeated: true}
			continue
		}
		t.events = append(t.events, e)
	}
	return outcomes, nil
}

func (t *table) Stranded(_ context.Context, node string, lease time.Duration, limit int) (list []conversation.Message, _ error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.sorted() {
		if r.Status == conversation.Sending && !r.lease.After(time.Now()) && len(list) < limit {
			r.node, r.lease = node, time.Now().Add(lease)
			list = append(list, r.Message)
			if r.stop {
				list[len(list)-1].Status = conversation.Cancelled
			}
		}
	}
	return list, nil
}

func (t *table) Overdue(_ context.Context, limit int) (list []conversation.Message, _ error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.sorted() {
		m := r.Message
		switch {
		case r.ExpiresAt <= time.Now().UnixMilli():
			m.Status, m.Error = conversation.Expired, "expired"
		case r.stop:
			m.Status, m.Error = conversation.Cancelled, "opted_out"
		case r.taken:
			m.Status, m.Error = conversation.Superseded, "superseded"
		}
		if r.Status == conversation.Queued && m.Status != conversation.Queued && len(list) < limit {
			list = append(list, m)
		}
	}
	return list, nil
}
