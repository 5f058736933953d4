package agentui

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"golang.org/x/time/rate"
)

// Handler serves the page, its pictures and its socket below /phone/, until ctx ends.
func (p *Phone) Handler(ctx context.Context) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /phone/", page("/phone/", "phone.html"))
	mux.Handle("GET /phone/media/{id}", &p.pictures)
	mux.Handle("POST /phone/media", http.NewCrossOriginProtection().Handler(http.HandlerFunc(p.pictures.take)))
	mux.HandleFunc("GET /phone/ws", func(w http.ResponseWriter, r *http.Request) { p.serve(ctx, w, r) })
	return mux
}

// typing is a frame of the page.
type typing struct {
	Op      string `json:"op"` // text, start, turn, travel
	Phone   string `json:"phone"`
	Text    string `json:"text"`
	Picture string `json:"picture"` // what POST /phone/media answered
	Name    string `json:"name"`
	Off     bool   `json:"off"`
	Hours   int    `json:"hours"`
}

// farthest is how far one step through time may lead.
const farthest = 31 * 24 // hours

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
		var in typing
		if err := json.Unmarshal(frame, &in); err != nil || !pace.Allow() {
			p.trouble(s, "too fast")
			return
		}
		if in.Op != "travel" && !slices.ContainsFunc(p.Customers, func(h Handset) bool { return h.Number == in.Phone }) {
			p.trouble(s, "there is no such phone")
			return
		}
		p.do(ctx, s, in)
	})
}

func (p *Phone) do(ctx context.Context, s *socket, in typing) {
	switch in.Op {
	case "text":
		switch {
		case in.Picture != "" && !p.pictures.has(in.Picture):
			p.trouble(s, "there is no such picture")
		case p.isOff(in.Phone):
			p.trouble(s, "this phone is off")
		default:
			p.typed(ctx, in.Phone, in.Text, in.Picture)
		}
	case "start":
		if err := p.Begin(ctx, in.Phone, in.Name); err != nil {
			p.trouble(s, err.Error())
		}
	case "turn":
		p.turn(in.Phone, in.Off)
	case "travel":
		if in.Hours < 1 || in.Hours > farthest {
			p.trouble(s, "only forward, and by a month at most")
			return
		}
		p.Travel(time.Duration(in.Hours) * time.Hour)
	}
}

type switched struct {
	Op    string `json:"op"`
	Phone string `json:"phone"`
	Off   bool   `json:"off"`
}

type clock struct {
	Op  string `json:"op"`
	Now int64  `json:"now"` // Unix ms
}

// join says hello with everything on the screens, and follows from there.
func (p *Phone) join(s *socket) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open == nil {
		p.open = map[*socket]struct{}{}
	}
	p.open[s] = struct{}{}
	off := []string{}
	for number, is := range p.off {
		if is {
			off = append(off, number)
		}
	}
	s.send(struct {
		Op      string    `json:"op"`
		Line    string    `json:"line"`
		Brand   string    `json:"brand"`
		Phones  []Handset `json:"phones"`
		Off     []string  `json:"off"`
		Starts  []Start   `json:"starts"`
		Bubbles []Bubble  `json:"bubbles"`
		Now     int64     `json:"now"`
	}{"hello", p.Line, p.Brand, p.Customers, off, p.Starts, append([]Bubble{}, p.bubbles...), p.Now().UnixMilli()})
}

func (p *Phone) leave(s *socket) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, s)
}

func (p *Phone) trouble(s *socket, text string) {
	s.send(struct {
		Op   string `json:"op"`
		Text string `json:"text"`
	}{"error", text})
}
