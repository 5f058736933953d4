package agentui

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"parley/conversation"
)

// Hub keeps the sockets of the people at work: every committed event is told to all of
// them, by its number, in order, once. What an event changed is read by those who want to
// know; the hub holds nothing that the database does not. Its zero value is ready to Run.
type Hub struct {
	mu    sync.Mutex
	seats map[*seat]struct{}
	// looks are who has which conversation open, until when: nothing that anybody relies on.
	looks map[looking]time.Time
	open  sync.WaitGroup
}

// looking is one person's look at one conversation.
type looking struct {
	conversation, agent string
	typing              bool
}

// looksFor is how long a look holds that is not renewed: pages renew it every four
// seconds.
const looksFor = 8 * time.Second

// Watcher is what the hub needs of the feed.
type Watcher interface {
	// Watch calls seen with every event after the number after, in order, until ctx ends
	// or seen returns an error.
	Watch(ctx context.Context, after int64, seen func(epoch string, entries []conversation.FeedEntry) error) error
}

// frame is one frame to a browser.
type frame struct {
	Op   string `json:"op"`
	Data any    `json:"d,omitempty"`
}

// Happening is one event as it is told: what changed is for the page to read.
type Happening struct {
	Seq          int64             `json:"seq"`
	Conversation string            `json:"conv"`
	Rev          int64             `json:"rev"`
	Kind         conversation.Kind `json:"type"`
}

// Run tells what happens from now on, until ctx ends and every seat is left.
func (h *Hub) Run(ctx context.Context, feed Watcher, reads Reads) error {
	defer h.open.Wait()
	head := int64(-1) // not known yet
	for {
		var err error
		if head < 0 {
			_, head, err = reads.FeedHead(ctx)
		}
		if err == nil {
			err = feed.Watch(ctx, head, func(_ string, entries []conversation.FeedEntry) error {
				for _, e := range entries {
					h.tell(e)
					head = e.Seq
				}
				return nil
			})
		} else {
			head = -1
		}
		if err == nil || ctx.Err() != nil {
			return nil
		}
		select { // the database is away: what is missed meanwhile is in the feed
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// tell gives an event to every seat that follows.
func (h *Hub) tell(e conversation.FeedEntry) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.seats {
		s.hear(e)
	}
}

// mostSeats is how many sockets one person may have.
const mostSeats = 10

// join takes a seat in; false: its owner has as many as they may.
func (h *Hub) join(s *seat) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for other := range h.seats {
		if other.agent.Name == s.agent.Name {
			n++
		}
	}
	if n >= mostSeats {
		return false
	}
	if h.seats == nil {
		h.seats, h.looks = map[*seat]struct{}{}, map[looking]time.Time{}
	}
	h.seats[s] = struct{}{}
	h.open.Add(1)
	return true
}

func (h *Hub) leave(s *seat) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.seats, s)
	h.open.Done()
}

// here says who has a socket on this node.
func (h *Hub) here() map[string]bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := map[string]bool{}
	for s := range h.seats {
		all[s.agent.Name] = true
	}
	return all
}

// look notes that somebody has a conversation open, or types in it, and shows the others.
func (h *Hub) look(l looking, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for old, until := range h.looks {
		if now.After(until) {
			delete(h.looks, old)
		}
	}
	h.looks[l] = now.Add(looksFor)
	for s := range h.seats {
		if s.agent.Name != l.agent {
			s.show(l)
		}
	}
}

// lookers are who looks at what just now, for somebody who comes in.
func (h *Hub) lookers(now time.Time) []looking {
	h.mu.Lock()
	defer h.mu.Unlock()
	var all []looking
	for l, until := range h.looks {
		if now.Before(until) {
			all = append(all, l)
		}
	}
	return all
}

// Look is somebody's look at a conversation as it is told.
type Look struct {
	Conversation string `json:"conv"`
	Agent        string `json:"agent"`
	Typing       bool   `json:"typing"`
	TTL          int64  `json:"ttl_ms"`
}

// MarshalJSON shows a look.
func (l looking) MarshalJSON() ([]byte, error) {
	return json.Marshal(Look{l.conversation, l.agent, l.typing, looksFor.Milliseconds()})
}
