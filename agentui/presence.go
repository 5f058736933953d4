package agentui

import (
	"context"
	"maps"
	"net/http"
	"slices"
)

// Away is what somebody says of themselves: whether rules should pass them over. It holds
// until they say otherwise, at any browser.
type Away struct {
	Agent string `json:"agent,omitempty"` // of what is told: who
	Away  bool   `json:"away"`
}

// presence is the door for those whose socket is blocked on the way.
func (c *Console) presence(w http.ResponseWriter, r *http.Request, _ SignIn, a Agent) {
	var said Away
	if !read(w, r, &said) {
		return
	}
	if err := c.setAway(r.Context(), a.Name, said.Away); err != nil {
		c.Auth.failed(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// setAway keeps what somebody says, and tells the screens at this node.
func (c *Console) setAway(ctx context.Context, name string, away bool) error {
	if err := c.Rulings.SetAway(ctx, name, away); err != nil {
		return err
	}
	c.Hub.toAll(frame{"presence", Away{name, away}})
	return nil
}

// toAll gives a frame that nobody relies on to every seat.
func (h *Hub) toAll(f frame) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.seats {
		s.sendIfRoom(f)
	}
}

// Attend notes who has the console open at this node. Whoever runs the console calls it
// four times in the time after which they would count as away; who comes in is noted at once,
// by themselves.
func (c *Console) Attend(ctx context.Context) error {
	names := slices.Collect(maps.Keys(c.Hub.here()))
	if len(names) == 0 {
		return nil
	}
	return c.Rulings.SeenHere(ctx, names)
}
