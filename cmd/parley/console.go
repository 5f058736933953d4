package main

import (
	"context"
	"sync"

	"parley/agentui"
)

// console puts the doors of the people at work in place, until ctx ends; what it returns
// tells them what happens.
func (h *house) console(ctx context.Context) (hub func(context.Context) error) {
	auth := &agentui.Auth{Agents: h.store, Plain: byPlainHTTP(h.config), Proxies: h.config.Console.proxies, Log: h.log}
	seats := new(agentui.Hub)
	desk := &agentui.Console{Auth: auth, Engine: h.engine, Reads: h.store, Finds: h.store, Saved: h.store, Counts: h.store, Catalog: h.engine.Catalog, Lines: h.engine.Directory, Hub: seats, Log: h.log}
	doors := desk.Handler(ctx)
	h.mux.Handle("/console/api/", auth.Handler())
	for _, path := range []string{"", "api/desk", "api/conversations/", "api/mentions/", "api/colleagues", "api/search", "api/replies", "api/replies/", "api/cmd", "api/flows", "api/flows/", "api/numbers", "ws"} {
		h.mux.Handle("/console/"+path, doors)
	}
	return func(ctx context.Context) error {
		var index sync.WaitGroup
		defer index.Wait()
		index.Go(func() { _ = desk.Indexing(ctx) }) // it returns when ctx ends, and logs what stands in its way
		return seats.Run(ctx, h.feed, h.store)
	}
}
