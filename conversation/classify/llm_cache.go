package classify

import (
	"context"
	"strings"
	"sync"

	"parley/conversation"
	"parley/flows"
)

// mostCached is how many answers each half of the cache holds.
const mostCached = 2048

// cache keeps answers on this node, those asked for lately in the newer half. Its zero
// value is empty and ready.
type cache struct {
	mu         sync.Mutex
	newer, old map[string]conversation.Answer
}

// cacheKey is what an answer depends on: the flow's version, the state, what the customer
// had been asked and had written before, and the words of the text.
func (l *LLM) cacheKey(a conversation.Asking) string {
	asks := ""
	if strings.ContainsAny(a.Text, "?¿？؟") { // folded away, and it turns a statement into a question
		asks = "?"
	}
	return strings.Join([]string{l.Model, PromptVersion, a.Hash, a.Flow, a.State, a.Language, a.Value, a.Brand, a.Asked, flows.Fold(a.Before), flows.Fold(a.Text), asks}, "\x00")
}

func (c *cache) find(key string) (conversation.Answer, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a, ok := c.newer[key]
	if !ok {
		if a, ok = c.old[key]; ok {
			c.put(key, a)
		}
	}
	return a, ok
}

func (c *cache) keep(key string, a conversation.Answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.put(key, a)
}

func (c *cache) put(key string, a conversation.Answer) {
	if c.newer == nil || len(c.newer) >= mostCached {
		c.old, c.newer = c.newer, make(map[string]conversation.Answer)
	}
	c.newer[key] = a
}

// Purse is a Ledger in memory, for whoever asks without a database.
type Purse struct {
	mu    sync.Mutex
	spent conversation.Expense
	calls map[string]*call
}

// call is what is counted for one id.
type call struct {
	took             conversation.Expense
	doubted, settled bool
}

var _ Ledger = (*Purse)(nil)

// Reserve implements Ledger.
func (p *Purse) Reserve(_ context.Context, id string, e, most conversation.Expense) (conversation.Reserved, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c := p.calls[id]; c != nil {
		return conversation.Reserved{OK: true, Settled: c.settled}, nil
	}
	if most.Tokens > 0 && p.spent.Tokens+e.Tokens > most.Tokens || most.Micros > 0 && p.spent.Micros+e.Micros > most.Micros {
		return conversation.Reserved{}, nil
	}
	if p.calls == nil {
		p.calls = map[string]*call{}
	}
	p.calls[id] = &call{took: e}
	p.spent.Tokens, p.spent.Micros = p.spent.Tokens+e.Tokens, p.spent.Micros+e.Micros
	return conversation.Reserved{OK: true}, nil
}

// DoubtLLM implements Ledger.
func (p *Purse) DoubtLLM(_ context.Context, id string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c := p.calls[id]; c != nil {
		c.doubted = true
	}
	return nil
}

// SpendLLM implements Ledger.
func (p *Purse) SpendLLM(_ context.Context, id string, e conversation.Expense, _ string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.calls[id]
	if c == nil || c.settled {
		return nil
	}
	if c.doubted {
		e.Tokens, e.Micros = max(e.Tokens, c.took.Tokens), max(e.Micros, c.took.Micros)
	}
	p.spent.Tokens, p.spent.Micros = p.spent.Tokens+e.Tokens-c.took.Tokens, p.spent.Micros+e.Micros-c.took.Micros
	c.took, c.settled = e, true
	return nil
}

// Spent is what was spent so far.
func (p *Purse) Spent() conversation.Expense {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.spent
}
