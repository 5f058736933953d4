package agentui

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Phone is the demo's handset: a page at /phone/ that shows what a customer would
// see and sends what is typed on it. It exists only under parley demo. Its fields
// are set before Handler.
type Phone struct {
	Number string // the customer's, E.164
	Line   string // the business's sender
	Brand  string // the business's name
	Starts []Start
	// Text hands over a typed text, as a carrier would: by a signed webhook.
	Text func(ctx context.Context, text string) error
	// Begin posts the event that starts a conversation.
	Begin func(ctx context.Context, name string) error
	Log   *slog.Logger

	mu      sync.Mutex
	serial  int
	bubbles []Bubble
	open    map[*socket]struct{}
}

// Start is a conversation that the page offers to begin.
type Start struct {
	Name  string `json:"name"`
	Title string `json:"title"`
}

// Bubble is one text on the screen.
type Bubble struct {
	ID     string   `json:"id"`
	Mine   bool     `json:"mine"`
	Text   string   `json:"text"`
	At     int64    `json:"at"` // Unix ms
	Status string   `json:"status"`
	Media  []string `json:"media,omitempty"`
}

// mostBubbles is how many texts the screen remembers.
const mostBubbles = 500

// Show puts a text of the business on the screen.
func (p *Phone) Show(id, text string) {
	p.put(Bubble{ID: id, Text: text, At: time.Now().UnixMilli()})
}

func (p *Phone) put(b Bubble) {
	p.mu.Lock()
	defer p.mu.Unlock()
	replaced := false
	for i := range p.bubbles {
		if p.bubbles[i].ID == b.ID {
			p.bubbles[i], replaced = b, true
		}
	}
	if !replaced {
		p.bubbles = append(p.bubbles, b)
	}
	if len(p.bubbles) > mostBubbles {
		p.bubbles = append([]Bubble(nil), p.bubbles[len(p.bubbles)-mostBubbles:]...)
	}
	for s := range p.open {
		s.send(struct {
			Op     string `json:"op"`
			Bubble Bubble `json:"bubble"`
		}{"bubble", b})
	}
}

// Handler serves the page and its socket below /phone/, until ctx ends.
func (p *Phone) Handler(ctx context.Context) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /phone/", page("/phone/", "phone.html"))
	mux.HandleFunc("GET /phone/ws", func(w http.ResponseWriter, r *http.Request) { p.serve(ctx, w, r) })
	return mux
}

// serve talks to one browser.
func (p *Phone) serve(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	s, err := upgrade(w, r)
	if err != nil {
		return // gorilla has answered
	}
	p.join(s)
	defer p.leave(s)
	pace := rate.NewLimiter(5, 10)
	s.run(ctx, func(frame []byte) {
		var in struct{ Op, Text, Name string }
		if err := json.Unmarshal(frame, &in); err != nil || !pace.Allow() {
			p.trouble(s, "too fast")
			return
		}
		switch in.Op {
		case "text":
			p.typed(ctx, in.Text)
		case "start":
			if err := p.Begin(ctx, in.Name); err != nil {
				p.trouble(s, err.Error())
			}
		}
	})
}

// join says hello with everything on the screen, and follows from there.
func (p *Phone) join(s *socket) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open == nil {
		p.open = map[*socket]struct{}{}
	}
	p.open[s] = struct{}{}
	bubbles := append([]Bubble{}, p.bubbles...)
	s.send(struct {
		Op      string   `json:"op"`
		Line    string   `json:"line"`
		Phone   string   `json:"phone"`
		Brand   string   `json:"brand"`
		Starts  []Start  `json:"starts"`
		Bubbles []Bubble `json:"bubbles"`
	}{"hello", p.Line, p.Number, p.Brand, p.Starts, bubbles})
}

func (p *Phone) leave(s *socket) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, s)
}

// typed shows a text at once and marks it when it could not be handed over.
func (p *Phone) typed(ctx context.Context, text string) {
	p.mu.Lock()
	p.serial++
	b := Bubble{ID: "typed-" + strconv.Itoa(p.serial), Mine: true, Text: text, At: time.Now().UnixMilli(), Status: "sent"}
	p.mu.Unlock()
	p.put(b)
	if err := p.Text(ctx, text); err != nil {
		p.Log.Warn("a typed text was not taken", "error", err)
		b.Status = "failed"
		p.put(b)
	}
}

func (p *Phone) trouble(s *socket, text string) {
	s.send(struct {
		Op   string `json:"op"`
		Text string `json:"text"`
	}{"error", text})
}
