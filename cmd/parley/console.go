package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"sync"
	"time"

	"parley/agentui"
	"parley/conversation/phone"
	"parley/conversation/store"
	"parley/conversation/verify"
	"parley/flows"
	"parley/inbound"
)

// words takes what agents say towards an unlock to the database.
type words struct {
	store *store.Store
	gate  verify.NumberCheck
}

// GiveWord implements agentui.Accounts.
func (w words) GiveWord(ctx context.Context, ref, agent, seen, reason, key string) (refused string, err error) {
	account, err := w.store.Account(ctx, ref, false)
	if err != nil {
		return "", err
	}
	e := verify.AccountEvent{Op: verify.OpAgent, Who: "console", Agent: agent, Seen: &seen, Reason: reason, Moved: w.gate.NumberMoved(ctx, ref, account.Phone())}
	out, err := w.store.ChangeAccount(ctx, ref, false, e, inbound.Once{Key: key, BodyHash: fmt.Sprintf("%x", sha256.Sum256([]byte(ref+"\n"+reason)))})
	if out.Conflict {
		return "conflict", err
	}
	return out.Refused, err
}

// starts is what people at work may begin: notices that an event starts, or the flows that
// the configuration lists.
func (h *house) starts() agentui.Starts {
	may := func(f *flows.Flow) bool { return f.Class == flows.Notice && len(f.Events) > 0 }
	if list := h.config.Console.Flows; list != nil {
		may = func(f *flows.Flow) bool { return slices.Contains(list, f.Name) }
	}
	return agentui.Starts{
		Flows: func() []*flows.Flow {
			return slices.DeleteFunc(h.engine.Catalog.All(), func(f *flows.Flow) bool { return !may(f) })
		},
		Phone: func(to string) (string, error) { return phone.Parse(to, "") },
		Route: h.config.route,
	}
}

// ruleEvery is how often the rules of queues are looked at, indexEvery how far the search
// index is behind at most.
const (
	ruleEvery  = 500 * time.Millisecond
	indexEvery = time.Second
)

// console puts the doors of the people at work in place, until ctx ends; what it returns
// tells them what happens.
func (h *house) console(ctx context.Context) (hub func(context.Context) error) {
	provider, err := h.oidc()
	if err != nil {
		return func(context.Context) error { return err }
	}
	auth := &agentui.Auth{Agents: h.store, Plain: byPlainHTTP(h.config), Proxies: h.config.Console.proxies, OIDC: provider, Lasting: h.config.ahead != nil, Log: h.log}
	seats := new(agentui.Hub)
	desk := &agentui.Console{Auth: auth, Engine: h.engine, Reads: h.store, Finds: h.store, Saved: h.store, Meanings: h.store, Views: h.store, Counts: h.store, Catalog: h.engine.Catalog, Lines: h.engine.Directory, Hub: seats,
		Accounts: words{h.store, h.gate}, Starts: h.starts(), Media: h.prepared.media,
		Rulings: h.store, Queues: h.config.Console.queues, Absent: h.config.Console.AwayAfter, Node: h.node, Log: h.log}
	h.mux.Handle("/console/", desk.Handler(ctx))
	doors := auth.Handler()
	for _, path := range []string{"session", "me", "sessions", "sessions/", "totp", "password", "ways", "oidc/"} {
		h.mux.Handle("/console/api/"+path, doors)
	}
	return func(ctx context.Context) error {
		var beside sync.WaitGroup
		defer beside.Wait()
		beside.Go(func() { _ = h.every(ctx, indexEvery, "the search index stands still", desk.Index) })
		beside.Go(func() {
			_ = h.every(ctx, ruleEvery, "the rules of queues could not be carried out", once(desk.Rule))
		})
		beside.Go(func() { _ = h.every(ctx, desk.Absent/4, "who is there could not be noted", once(desk.Attend)) })
		return seats.Run(ctx, h.feed, h.store)
	}
}
