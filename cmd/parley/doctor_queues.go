package main

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"parley/agentui"
	"parley/conversation/store"
)

// members looks for those of queues who do not work here: a misspelt name gets nothing, and
// nobody hears of it. A database that cannot be read has been spoken of already.
func (p *patient) members(ctx context.Context, log *slog.Logger) {
	named := false
	for _, q := range p.config.Console.Queues {
		named = named || len(q.Members) > 0
	}
	if !named {
		return
	}
	s, err := store.Open(ctx, store.Options{URL: p.config.Database, Log: log})
	if err != nil {
		return
	}
	defer s.Close()
	people, err := s.Agents(ctx)
	if err != nil {
		return
	}
	works := map[string]bool{}
	for _, a := range people {
		works[a.Name] = a.DisabledAt == 0 && a.Role != agentui.RoleAuditor
	}
	for _, name := range slices.Sorted(maps.Keys(p.config.Console.Queues)) {
		q := p.config.Console.Queues[name]
		none := slices.DeleteFunc(slices.Clone(q.Members), func(m string) bool { return works[m] })
		switch about := "console.queues." + name; {
		case len(q.Members) == 0:
		case len(none) == len(q.Members):
			p.lacks(about, "let somebody in by parley agents add, or name others", "none of its members works here: it gives nothing to anybody")
		case len(none) > 0:
			p.warn(about, "let them in by parley agents add, or take them out", "%s cannot be given anything", strings.Join(none, ", "))
		default:
			p.ok(about, "%s", plural(len(q.Members), "member"))
		}
	}
}
