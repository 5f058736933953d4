package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"parley/conversation"
	"parley/conversation/classify"
	"parley/conversation/phone"
	"parley/conversation/store"
	"parley/conversation/verify"
	"parley/flows"
	"parley/inbound"
	"parley/outbound"
	"parley/outbound/provider"
)

// serveCommand runs the server.
type serveCommand struct {
	Watch bool `help:"Load the flow files again when they change, as SIGHUP does; they are looked at every second."`
}

// Run serves until it is told to stop.
func (c *serveCommand) Run(ctx context.Context, p *Program, all *commands) error {
	again := make(chan os.Signal, 1) // one that waits stands for all that come meanwhile
	signal.Notify(again, syscall.SIGHUP)
	defer signal.Stop(again)
	config, err := all.load()
	if err != nil {
		return err
	}
	log := p.logger(all.LogJSON)
	h, err := newHouse(ctx, config, log)
	if err != nil {
		return err
	}
	defer h.close()
	h.again, h.watch = again, c.Watch
	h.opened = func() { missServices(config, h.prepared.library, log) }
	return h.run(ctx)
}

// prepared is what can be made of a configuration without touching the world.
type prepared struct {
	library   *flows.Library
	directory *conversation.Directory
	stored    []byte // the directory, as it is stored
	carriers  map[string]outbound.Carrier
	lines     map[string]outbound.Line
	callbacks *outbound.Callbacks
	caller    *outbound.Caller
	llm       *classify.LLM // nil: none is configured
	fetcher   *outbound.Fetcher
	public    *url.URL
}

// defaultRate is a line's pace in segments a second when nothing else is said;
// carriers queue, or refuse, what comes faster than the line may send.
const defaultRate = 10.0

// prepare reads the flows and makes the carriers.
func prepare(c Config, log *slog.Logger) (*prepared, error) {
	public, err := url.Parse(c.PublicURL)
	if err != nil {
		return nil, fmt.Errorf("public_url: %w", err)
	}
	p := &prepared{public: public, carriers: map[string]outbound.Carrier{}, lines: map[string]outbound.Line{}}
	if p.library, err = loadFlows(c); err != nil {
		return nil, err
	}
	if p.directory, p.stored, err = directory(c); err != nil {
		return nil, err
	}
	for name, cc := range c.Carriers {
		made, traits, err := provider.New(provider.Settings{Name: name, Provider: cc.Provider, BaseURL: cc.BaseURL,
			AccountSID: cc.AccountSID, AuthToken: cc.AuthToken, Username: cc.Username, Password: cc.Password,
			Secret: cc.Secret, Secrets: cc.Secrets, Options: cc.Options})
		if err != nil {
			return nil, err
		}
		p.carriers[name] = outbound.Carrier{Provider: made, Traits: traits, OnlyTo: cc.OnlyTo, Timeout: cc.Timeout}
	}
	for _, l := range c.Lines {
		rate := cmp.Or(l.Rate, c.Carriers[l.Carrier].Rate, defaultRate)
		p.lines[l.Number] = outbound.Line{Carrier: l.Carrier, Rate: rate, Quiet: p.directory.Lines[l.Number].Quiet, Zone: p.directory.Lines[l.Number].Zone}
	}
	if p.caller, err = callerOf(c); err != nil {
		return nil, err
	}
	if p.llm, err = llmOf(c.LLM); err != nil {
		return nil, err
	}
	if p.fetcher, err = fetcherOf(c); err != nil {
		return nil, err
	}
	p.callbacks, err = callbacksOf(c, log)
	return p, err
}

// loadFlows reads the flow files and checks what the lines need of them.
func loadFlows(c Config) (*flows.Library, error) {
	library, err := flows.Load(c.Flows)
	if err != nil {
		return nil, err
	}
	for _, l := range c.Lines {
		f, ok := library.Current(l.DefaultFlow)
		switch {
		case l.DefaultFlow == "":
		case !ok:
			return nil, fmt.Errorf("line %s: there is no flow %q", l.Number, l.DefaultFlow)
		case f.Brand != "" && f.Brand != l.Brand:
			return nil, fmt.Errorf("line %s: the flow %q is of the brand %s", l.Number, l.DefaultFlow, f.Brand)
		}
	}
	classify.Train(library.Lessons()...) // no text waits for it
	return library, library.CheckBrands(slices.Sorted(maps.Keys(c.Brands)))
}

// brandOf is the brand that all flows which an event starts have; "": there is none.
func (h *house) brandOf(event string) string {
	started := h.engine.Catalog.ForEvent(event)
	for _, f := range started {
		if f.Brand != started[0].Brand {
			return ""
		}
	}
	if len(started) == 0 {
		return ""
	}
	return started[0].Brand
}

// house is a running server: every room, joined.
type house struct {
	config     Config
	log        *slog.Logger
	node       string
	store      *store.Store
	engine     *conversation.Engine
	dispatcher *outbound.Dispatcher
	feed       *conversation.Feed
	gate       *verify.Gate
	codes      *verify.Service // nil: no key for codes is configured
	prepared   *prepared
	mux        *http.ServeMux
	live       atomic.Int64
	ready      atomic.Bool
	mute       atomic.Bool   // the last heartbeat could not be written
	listening  chan struct{} // closed when the doors are open
	address    string        // where they are

	metrics      *metrics
	adminAddress string
	again        <-chan os.Signal // asks for the flow files to be loaded again; nil: nobody does
	watch        bool             // and so does a change of the files
	opened       func()           // called once the doors are open; nil: nothing is
	seen         string           // the flow files as they were just before they were read
}

// newHouse joins the rooms. Nothing runs yet, and no door is open.
func newHouse(ctx context.Context, config Config, log *slog.Logger) (*house, error) {
	seen := lookAt(config.Flows)
	p, err := prepare(config, log)
	if err != nil {
		return nil, err
	}
	h := &house{config: config, log: log, node: nodeName(), prepared: p, seen: seen, mux: http.NewServeMux(), listening: make(chan struct{})}
	if h.store, err = openStore(ctx, config, h.node, log); err != nil {
		return nil, err
	}
	if err := h.furnish(ctx); err != nil {
		h.store.Close()
		return nil, err
	}
	return h, nil
}

// furnish builds what stands on the database, up to the doors.
func (h *house) furnish(ctx context.Context) error {
	p := h.prepared
	p.callbacks.Store = h.store
	if err := remember(ctx, h.store, p); err != nil {
		return err
	}
	catalog := &conversation.Catalog{}
	catalog.Use(p.library)
	h.metrics = newMetrics(h)
	if p.llm != nil {
		p.llm.Ledger, p.llm.Observe = h.store, h.metrics.asked
	}
	h.feed = &conversation.Feed{Store: h.store, Log: h.log}
	h.engine = conversation.New(conversation.Settings{
		Store: h.store, Catalog: catalog, Directory: func() *conversation.Directory { return p.directory },
		Reader: classify.Reader{}, Shards: shards(h.config), Log: h.log, Committed: h.committed,
	})
	h.dispatcher = &outbound.Dispatcher{
		Queue: h.store, Carriers: p.carriers, Lines: p.lines, Submit: h.engine.Submit, Node: h.node,
		Live: func() int { return max(1, int(h.live.Load())) }, PublicURL: h.config.PublicURL, Sent: h.metrics.sent, Log: h.log,
	}
	if err := h.guard(ctx); err != nil {
		return err
	}
	h.doors()
	return nil
}

// guard builds what checks numbers and issues codes; there are codes where a key seals them.
func (h *house) guard(ctx context.Context) (err error) {
	if h.gate, err = newGate(h); err != nil {
		return err
	}
	if h.codes, err = newCodes(h); err != nil || h.codes == nil {
		return err
	}
	h.dispatcher.Codes = h.codes
	return h.noteSettings(ctx)
}

// shards is how many the engine gets: SQLite has one writer.
func shards(c Config) int {
	if strings.HasPrefix(c.Database, "sqlite:") {
		return 1
	}
	return 0
}

// committed passes the hints of a commit on.
func (h *house) committed(lines []string) {
	if len(lines) > 0 {
		h.dispatcher.Wake(lines)
	}
	h.feed.Hint()
	h.metrics.commits.Inc()
}

// doors puts the handlers in place.
func (h *house) doors() {
	carriers := map[string]provider.Provider{}
	for name, c := range h.prepared.carriers {
		carriers[name] = c.Provider
	}
	webhooks := &inbound.Webhooks{Engine: h.engine, Receipts: h.store, Carriers: carriers, Public: h.prepared.public,
		Line:  func(to string) (string, bool) { l := h.config.line(to); return l, l != "" },
		Phone: func(from, line string) (string, error) { return phone.Parse(from, phone.Region(line)) }, Log: h.log}
	if h.codes != nil {
		webhooks.Screen = h.codes.Screen
	}
	h.mux.Handle("/webhooks/{carrier}", h.metrics.counted(webhooks, func(name string) bool { return carriers[name] != nil }))
	api := &inbound.API{Engine: h.engine, Keys: h.store, Codes: h.codes, Reads: h.store, Contacts: h.store, Accounts: h.store, Numbers: h.gate, Consents: h.store, Labels: h.store, Route: h.config.route, Brand: h.brandOf, Version: h.engine.Catalog.ByHash,
		Phone: func(to string) (string, error) { return phone.Parse(to, "") }, Media: h.prepared.media, Log: h.log}
	api.Mount(h.mux)
}

// run opens the doors and works until ctx ends; then it closes in order: doors,
// engine, dispatcher, jobs, pools.
func (h *house) run(ctx context.Context) error {
	listener, err := net.Listen("tcp", h.config.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	admin, err := h.admin()
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	h.address = listener.Addr().String()
	server := &http.Server{Handler: h.mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(h.log.Handler(), slog.LevelWarn)}

	rooms := newStages(h.log)
	if admin != nil {
		rooms.start("admin", admin)
	}
	rooms.start("jobs", func(ctx context.Context) error { return h.store.RunJobs(ctx, h.runner()) })
	rooms.start("hints", func(ctx context.Context) error { return h.store.Listen(ctx, h.dispatcher.Wake) })
	rooms.start("nodes", h.beat)
	rooms.start("sweep", h.sweep)
	rooms.start("feed", h.feed.Run)
	rooms.start("hub", h.console(ctx))
	rooms.start("accounts", h.accounts)
	rooms.start("audit", h.audit)
	rooms.start("flows", h.reloading)
	rooms.start("dispatcher", h.dispatcher.Run)
	if h.codes != nil {
		rooms.start("codes", h.codes.Run)
	}
	rooms.start("engine", h.engine.Run)
	rooms.start("doors", func(ctx context.Context) error { return serveUntil(ctx, server, listener) })
	h.ready.Store(true)
	close(h.listening)
	if h.opened != nil {
		h.opened()
	}
	h.log.Info("parley is ready", "address", "http://"+h.address, "node", h.node, "admin", cmp.Or(h.adminAddress, "off"))
	err = rooms.wait(ctx)
	h.ready.Store(false)
	rooms.stop()
	h.log.Info("parley has stopped")
	return err
}

// serveUntil serves until ctx ends, then lets requests under way finish.
func serveUntil(ctx context.Context, s *http.Server, l net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- s.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.Shutdown(ending); err != nil {
		return errors.Join(err, s.Close())
	}
	return nil
}

// beat keeps this node's heartbeat and counts the live ones.
func (h *house) beat(ctx context.Context) error {
	const every, dead = 2 * time.Second, 6 * time.Second
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		live, err := h.store.Beat(ctx, h.node, dead)
		if err == nil {
			h.live.Store(int64(live))
		}
		if mute := err != nil && ctx.Err() == nil; h.mute.Swap(mute) != mute && mute {
			h.log.Error("the database takes no writes: look at its disk and its connection", "error", err)
		}
		select {
		case <-ctx.Done():
			leaving, cancel := context.WithTimeout(context.Background(), 2*time.Second)
			defer cancel()
			return h.store.Leave(leaving, h.node)
		case <-tick.C:
		}
	}
}

// sweep ends what has been kept long enough.
func (h *house) sweep(ctx context.Context) error {
	return h.every(ctx, time.Minute, "retention could not be carried out", func(ctx context.Context) (bool, error) {
		_, err := h.store.Sweep(ctx)
		return false, err
	})
}

func (h *house) close() { h.store.Close() }

// nodeName is unique for each process that ever runs.
func nodeName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "node"
	}
	return fmt.Sprintf("%s-%d-%x", host, os.Getpid(), time.Now().UnixNano())
}
