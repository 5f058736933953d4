package conversation

import (
	"sync"
	"sync/atomic"

	"parley/flows"
)

// Catalog is the loaded library and the older versions that live runs are still
// on. It is safe for many goroutines; a new library takes effect for the next
// event. The zero value is empty and useful.
type Catalog struct {
	library atomic.Pointer[Flows]
	mu      sync.RWMutex
	older   map[string]*flows.Flow
}

// mostOlder bounds the versions kept compiled; beyond it some are dropped and
// compiled again when a run needs them.
const mostOlder = 256

// Use makes a library the current one.
func (c *Catalog) Use(l Flows) { c.library.Store(&l) }

func (c *Catalog) current() Flows {
	if p := c.library.Load(); p != nil {
		return *p
	}
	return none{}
}

// ByHash finds a version that is loaded or was fetched before.
func (c *Catalog) ByHash(hash string) (*flows.Flow, bool) {
	if f, ok := c.current().ByHash(hash); ok {
		return f, true
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	f, ok := c.older[hash]
	return f, ok
}

// Keep adds a version that was fetched from the database.
func (c *Catalog) Keep(f *flows.Flow) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.older == nil {
		c.older = map[string]*flows.Flow{}
	}
	if len(c.older) >= mostOlder {
		for hash := range c.older {
			delete(c.older, hash)
			break
		}
	}
	c.older[f.Hash] = f
}

// All lists the current version of every flow; of a library that cannot list them, none.
func (c *Catalog) All() []*flows.Flow {
	if l, ok := c.current().(interface{ All() []*flows.Flow }); ok {
		return l.All()
	}
	return nil
}

// Current is the loaded version of a flow.
func (c *Catalog) Current(name string) (*flows.Flow, bool) { return c.current().Current(name) }

// ForEvent lists the loaded flows that a business event starts.
func (c *Catalog) ForEvent(typ string) []*flows.Flow { return c.current().ForEvent(typ) }

// ForKeyword finds the loaded flow that a text starts.
func (c *Catalog) ForKeyword(text string) (*flows.Flow, map[string]any, bool) {
	return c.current().ForKeyword(text)
}

// ForIntent finds the loaded flow that a text starts by the examples of an intent.
func (c *Catalog) ForIntent(g flows.Guesser, text string) (*flows.Flow, flows.Guess) {
	return c.current().ForIntent(g, text)
}

// Successor is the loaded version that a waiting run moves to.
func (c *Catalog) Successor(run flows.Run) (*flows.Flow, string, bool) {
	return c.current().Successor(run)
}

// none is the library before any was loaded.
type none struct{}

// Current knows no flow.
func (none) Current(string) (*flows.Flow, bool) { return nil, false }

// ByHash knows no version.
func (none) ByHash(string) (*flows.Flow, bool) { return nil, false }

// ForEvent starts nothing.
func (none) ForEvent(string) []*flows.Flow { return nil }

// ForKeyword starts nothing.
func (none) ForKeyword(string) (*flows.Flow, map[string]any, bool) { return nil, nil, false }

// ForIntent starts nothing.
func (none) ForIntent(flows.Guesser, string) (*flows.Flow, flows.Guess) { return nil, flows.Guess{} }

// Successor finds none.
func (none) Successor(flows.Run) (*flows.Flow, string, bool) { return nil, "", false }
