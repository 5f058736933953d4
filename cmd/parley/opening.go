package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"parley/conversation"
	"parley/conversation/classify"
	"parley/conversation/phone"
	"parley/conversation/store"
	"parley/flows"
	"parley/inbound"
	"parley/outbound"
)

// openStore opens the configured database. SQLite is migrated on the way, since
// nobody else shares it; PostgreSQL wants parley migrate.
func openStore(ctx context.Context, c Config, node string, log *slog.Logger) (*store.Store, error) {
	o := store.Options{URL: c.Database, Node: node, Log: slog.New(onlyWarnings{log.Handler()}), Listeners: listeners(c), Accounts: c.Accounts.rules(), Ahead: c.ahead}
	if strings.HasPrefix(c.Database, "sqlite:") {
		if err := store.Migrate(ctx, o); err != nil {
			return nil, err
		}
	}
	return store.Open(ctx, o)
}

// listeners says which endpoints of the configuration listen for an event.
func listeners(c Config) func(event string) []string {
	all := &outbound.Callbacks{}
	for _, cb := range c.Callbacks {
		all.Endpoints = append(all.Endpoints, outbound.Endpoint{Name: cb.Name, Events: cb.Events})
	}
	return all.Listeners
}

// onlyWarnings keeps the database's everyday news out of the log.
type onlyWarnings struct{ slog.Handler }

// Enabled says no below warnings.
func (h onlyWarnings) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && h.Handler.Enabled(ctx, l)
}

// WithAttrs keeps the restraint.
func (h onlyWarnings) WithAttrs(a []slog.Attr) slog.Handler {
	return onlyWarnings{h.Handler.WithAttrs(a)}
}

// WithGroup keeps the restraint.
func (h onlyWarnings) WithGroup(name string) slog.Handler {
	return onlyWarnings{h.Handler.WithGroup(name)}
}

// configVersion is the name under which the lines are kept among the flow
// versions: recorded events refer to them by hash.
const configVersion = "(lines)"

// remember stores every flow version and the lines, so that runs and recorded
// events find them again.
func remember(ctx context.Context, s *store.Store, p *prepared) error {
	versions := append(versionsOf(p.library), conversation.FlowVersion{Hash: p.directory.Hash, Name: configVersion, Source: p.stored})
	if err := s.SaveFlowVersions(ctx, versions); err != nil {
		return fmt.Errorf("storing the flow versions: %w", err)
	}
	return nil
}

// versionsOf lists the flows as they are stored.
func versionsOf(l *flows.Library) (versions []conversation.FlowVersion) {
	for _, f := range l.All() {
		versions = append(versions, conversation.FlowVersion{Hash: f.Hash, Name: f.Name, Source: f.Source()})
	}
	return versions
}

// lonelyEngine is an engine for one command: it applies and hints nobody; the
// running servers find by their poll what it left.
func lonelyEngine(ctx context.Context, c Config, s *store.Store, log *slog.Logger) (*conversation.Engine, func(), error) {
	p, err := prepare(c, log)
	if err != nil {
		return nil, nil, err
	}
	if err := remember(ctx, s, p); err != nil {
		return nil, nil, err
	}
	catalog := &conversation.Catalog{}
	catalog.Use(p.library)
	engine := conversation.New(conversation.Settings{Store: s, Catalog: catalog, Shards: 1, Log: log, Reader: classify.Reader{},
		Directory: func() *conversation.Directory { return p.directory }})
	rooms := newStages(log)
	rooms.start("engine", engine.Run)
	return engine, rooms.stop, nil
}

// line finds the configured line of a number as a carrier writes it; "": none.
func (c *Config) line(to string) string {
	for _, l := range c.Lines {
		if l.Number == to {
			return l.Number
		}
	}
	parsed, err := phone.ParseLine(to, "")
	if err != nil && !strings.HasPrefix(to, "+") {
		parsed, err = phone.ParseLine("+"+to, "")
	}
	if err != nil {
		return ""
	}
	for _, l := range c.Lines {
		if l.Number == parsed {
			return l.Number
		}
	}
	return ""
}

// route chooses the line for a customer: the one named, else the brand's sender
// for the customer's country, else the brand's default, else the only line.
func (c *Config) route(line, brand, to string) (string, error) {
	if line != "" {
		if found := c.line(line); found != "" {
			return found, nil
		}
		return "", errNoLine
	}
	if brand == "" && len(c.Brands) == 1 {
		for id := range c.Brands {
			brand = id
		}
	}
	b, ok := c.Brands[brand]
	if brand != "" && !ok {
		return "", errNoBrand
	}
	for _, country := range []string{phone.Region(to), "default"} {
		if sender := b.Senders[country]; sender != "" && c.line(sender) != "" {
			return c.line(sender), nil
		}
	}
	var only []string
	for _, l := range c.Lines {
		if brand == "" || l.Brand == brand {
			only = append(only, l.Number)
		}
	}
	if len(only) == 1 {
		return only[0], nil
	}
	return "", inbound.ErrNoRoute
}

// Their texts are answers of the API, which never repeat what they were given.
var (
	errNoLine  = errors.New("no line has this number")
	errNoBrand = errors.New("there is no such brand")
)
