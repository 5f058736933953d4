package agentui

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Phone is the demo's handsets: a page at /phone/ that shows what some customers would
// see, side by side, and sends what is typed on them. It exists only under parley demo.
// Its fields are set before Handler.
type Phone struct {
	Customers []Handset
	Line      string // the business's sender
	Brand     string // the business's name
	Starts    []Start
	// Text hands over a typed text, as a carrier would: by a signed webhook. The picture is
	// one of Pictures, or "".
	Text func(ctx context.Context, from, text, picture string) error
	// Begin posts the event that starts a conversation with a customer.
	Begin func(ctx context.Context, to, name string) error
	// Arrived reports that a phone has a text, as a carrier does by a receipt. It does not
	// wait for anything.
	Arrived func(id string)
	// Travel begins to let time pass; Passed is called as it does. Now is the demo's clock.
	Travel func(d time.Duration)
	Now    func() time.Time
	Log    *slog.Logger

	mu       sync.Mutex
	serial   int
	bubbles  []Bubble
	waiting  []Bubble        // for phones that are off
	off      map[string]bool // phones, by number
	pictures pictures
	open     map[*socket]struct{}
}

// Handset is one customer's phone.
type Handset struct {
	Number string `json:"number"` // E.164
	Name   string `json:"name"`
}

// Start is a conversation that the page offers to begin.
type Start struct {
	Name  string `json:"name"`
	Title string `json:"title"`
}

// Bubble is one text on a screen.
type Bubble struct {
	ID     string   `json:"id"`
	Phone  string   `json:"phone"` // the customer's number
	Mine   bool     `json:"mine"`
	Text   string   `json:"text"`
	At     int64    `json:"at"`     // Unix ms
	Status string   `json:"status"` // of a customer's: sending, sent, failed
	Media  []string `json:"media,omitempty"`
}

// mostBubbles is how many texts the screens remember, and how many wait for phones that are
// off: the oldest go.
const mostBubbles = 500

// Show brings a text of the business to a phone: onto its screen, or where it waits until
// the phone is on. The carrier hears when the phone has it.
func (p *Phone) Show(b Bubble) {
	p.mu.Lock()
	b.At = p.Now().UnixMilli()
	if p.off[b.Phone] {
		p.waiting = append(p.waiting, b)
		if len(p.waiting) > mostBubbles {
			p.waiting = slices.Clone(p.waiting[1:])
		}
		p.mu.Unlock()
		return
	}
	p.mu.Unlock()
	p.put(b)
	p.Arrived(b.ID)
}

// turn switches a phone off or on; what waits for one that is on arrives.
func (p *Phone) turn(number string, off bool) {
	p.mu.Lock()
	if p.off == nil {
		p.off = map[string]bool{}
	}
	p.off[number] = off
	var arriving []Bubble
	if !off {
		p.waiting = slices.DeleteFunc(p.waiting, func(b Bubble) bool {
			if b.Phone == number {
				arriving = append(arriving, b)
			}
			return b.Phone == number
		})
	}
	p.tell(switched{"switched", number, off})
	p.mu.Unlock()
	for _, b := range arriving {
		p.Show(b)
	}
}

func (p *Phone) isOff(number string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.off[number]
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
		p.bubbles = slices.Clone(p.bubbles[len(p.bubbles)-mostBubbles:])
	}
	p.tell(struct {
		Op     string `json:"op"`
		Bubble Bubble `json:"bubble"`
	}{"bubble", b})
}

// Passed shows what time it is by now.
func (p *Phone) Passed() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tell(clock{"clock", p.Now().UnixMilli()})
}

// tell gives a frame to every page that is open; mu is held.
func (p *Phone) tell(frame any) {
	for s := range p.open {
		s.send(frame)
	}
}

// typed shows a text at once and says what became of it: the business has it, or not.
func (p *Phone) typed(ctx context.Context, from, text, picture string) {
	p.mu.Lock()
	p.serial++
	b := Bubble{ID: "typed-" + strconv.Itoa(p.serial), Phone: from, Mine: true, Text: text, At: p.Now().UnixMilli(), Status: "sending"}
	if picture != "" {
		b.Media = []string{picture}
	}
	p.mu.Unlock()
	p.put(b)
	b.Status = "sent"
	if err := p.Text(ctx, from, text, picture); err != nil {
		p.Log.Warn("a typed text was not taken", "error", err)
		b.Status = "failed"
	}
	p.put(b)
}
