package agentui

import (
	"context"
	"log/slog"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"parley/conversation"
	"parley/conversation/verify"
	"parley/flows"
)

// Console is what the people at work read and do, behind Auth. Its fields are set before
// Handler.
type Console struct {
	Auth     *Auth
	Engine   Engine
	Reads    Reads
	Finds    Finds
	Saved    SavedReplies
	Meanings Meanings
	Views    Views
	Catalog  Catalog
	Lines    func() *conversation.Directory
	Hub      *Hub
	// Accounts unlocks; nil: nothing can be unlocked here.
	Accounts Accounts
	Starts   Starts
	Media    FetchMedia
	Rulings  Rulings
	Queues   Queues
	Absent   time.Duration // without a socket for so long, somebody is away
	Node     string        // this process's name
	Log      *slog.Logger
	Counts   Counts

	counted counted
}

// Catalog is where flow versions are found and kept.
type Catalog interface {
	// ByHash finds a version that is loaded, or was kept.
	ByHash(hash string) (*flows.Flow, bool)
	// Current finds the loaded version of a flow.
	Current(name string) (*flows.Flow, bool)
	// Keep adds one that was read from the database.
	Keep(f *flows.Flow)
}

// Engine is what the console needs of the conversation engine.
type Engine interface {
	// Submit applies events and returns their outcomes in order. ErrBusy and
	// ErrUnavailable mean that nothing was stored.
	Submit(ctx context.Context, events []conversation.Event) ([]conversation.Outcome, error)
}

// Reads answers the console's questions.
type Reads interface {
	// Desk lists the conversations that people have or should have, the most urgent first,
	// behind after, at most limit: of one agent, or (agent "") of all.
	Desk(ctx context.Context, agent string, after Place, limit int) ([]conversation.Desk, error)
	// DeskOf lists those of these conversations that people have or should have.
	DeskOf(ctx context.Context, ids []string) ([]conversation.Desk, error)
	// Contact reads what is known of a phone.
	Contact(ctx context.Context, phone string) (flows.Contact, bool, error)
	// Consent reads what a phone has said about being texted; the zero state: nothing.
	Consent(ctx context.Context, phone string) (conversation.Consent, error)
	// Conversations lists a phone's conversations, the one that changed last first.
	Conversations(ctx context.Context, phone string) ([]conversation.Conversation, error)
	// Ends lists the latest results of a phone's runs, newest first, at most limit.
	Ends(ctx context.Context, phone string, limit int) ([]conversation.Ended, error)
	// AccountsOf reads the accounts of these names, and those that have proven themselves
	// under the phone; what nothing was ever heard of is left out.
	AccountsOf(ctx context.Context, phone string, names []string) ([]verify.Account, error)
	// Mentions lists where colleagues call somebody to, newest first, at most limit.
	Mentions(ctx context.Context, agent string, limit int) ([]Mentioned, error)
	// SeeMention takes one off the list; false: it is not on it.
	SeeMention(ctx context.Context, agent, conversation string) (bool, error)
	// Conversation reads one by its id.
	Conversation(ctx context.Context, id string) (conversation.Conversation, bool, error)
	// Texts lists what the customer of a conversation wrote, newest first, at most limit.
	Texts(ctx context.Context, id string, limit int) ([]conversation.Text, error)
	// Message reads one that we sent.
	Message(ctx context.Context, id string) (conversation.Message, bool, error)
	// Thread lists a conversation's events and messages, newest first, before position
	// (0: from the end), at most limit.
	Thread(ctx context.Context, id string, before int64, limit int) ([]conversation.Logged, []conversation.Message, error)
	// Feed returns numbered events after seq, in order, at most limit or a few more.
	Feed(ctx context.Context, after int64, limit int) (epoch string, entries []conversation.FeedEntry, err error)
	// FlowVersion reads a stored version of a flow; found is false when no node ever had it.
	FlowVersion(ctx context.Context, hash string) (name string, source []byte, found bool, err error)
	// FeedHead is the newest number.
	FeedHead(ctx context.Context) (epoch string, seq int64, err error)
}

// mostThread is how many items a page of a thread has.
const (
	mostThread = 50

	mostMentioned = 50
)

// Handler serves the page at /console/, what it reads and does below /console/api/, and the
// socket /console/ws until ctx ends. Who comes in is Auth's, in a handler of its own.
func (c *Console) Handler(ctx context.Context) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /console/api/desk", c.Auth.as(c.desk))
	mux.HandleFunc("GET /console/api/conversations/{id}", c.Auth.as(c.thread))
	mux.HandleFunc("DELETE /console/api/mentions/{id}", c.Auth.as(c.looked))
	mux.HandleFunc("GET /console/api/replies", c.Auth.as(c.replies))
	mux.HandleFunc("PUT /console/api/replies/{name}", c.Auth.as(c.saveReply))
	mux.HandleFunc("DELETE /console/api/replies/{name}", c.Auth.as(c.dropReply))
	mux.HandleFunc("GET /console/api/views", c.Auth.as(c.views))
	mux.HandleFunc("PUT /console/api/views", c.Auth.as(c.saveView))
	mux.HandleFunc("DELETE /console/api/views", c.Auth.as(c.dropView))
	mux.HandleFunc("GET /console/api/search", c.Auth.as(c.search))
	mux.HandleFunc("GET /console/api/colleagues", c.Auth.as(c.colleagues))
	mux.HandleFunc("GET /console/api/conversations/{id}/customer", c.Auth.as(c.customer))
	mux.HandleFunc("GET /console/api/conversations/{id}/media", c.Auth.as(c.media))
	mux.HandleFunc("GET /console/api/conversations/{id}/texts/{event}/label", c.Auth.as(c.meanable))
	mux.HandleFunc("PUT /console/api/conversations/{id}/texts/{event}/label", c.atWork(c.mean))
	mux.HandleFunc("DELETE /console/api/conversations/{id}/texts/{event}/label", c.atWork(c.unmean))
	mux.HandleFunc("GET /console/api/starts", c.Auth.as(c.startable))
	mux.HandleFunc("POST /console/api/begin", c.atWork(c.begin))
	if c.Accounts != nil {
		mux.HandleFunc("POST /console/api/conversations/{id}/accounts/{account}/unlock", c.atWork(c.unlock))
	}
	mux.HandleFunc("GET /console/api/conversations/{id}/flows", c.Auth.as(c.pictures))
	mux.HandleFunc("GET /console/api/flows", c.overseen(c.flowNames))
	mux.HandleFunc("GET /console/api/flows/{name}", c.overseen(c.flowNumbers))
	mux.HandleFunc("GET /console/api/numbers", c.overseen(c.numbers))
	mux.HandleFunc("POST /console/api/cmd", c.Auth.as(c.command))
	mux.HandleFunc("POST /console/api/presence", c.atWork(c.presence))
	mux.HandleFunc("GET /console/ws", c.socket(ctx))
	mux.Handle("GET /console/", page("/console/", "console.html"))
	return guarded(mux, mostCommand)
}

// named finds the conversation that the path names; false: it has been answered.
func (c *Console) named(w http.ResponseWriter, r *http.Request) (conversation.Conversation, bool) {
	id, found := r.PathValue("id"), false
	var conv conversation.Conversation
	var err error
	if anID.MatchString(id) {
		conv, found, err = c.Reads.Conversation(r.Context(), id)
	}
	switch {
	case err != nil:
		c.Auth.failed(w, err)
	case !found:
		problem(w, http.StatusNotFound, "not_found", "there is no such conversation")
	}
	return conv, found && err == nil
}

// thread shows one conversation, a page at a time: ?before=POSITION goes back.
func (c *Console) thread(w http.ResponseWriter, r *http.Request, _ SignIn, _ Agent) {
	before, err := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	if err != nil && r.URL.Query().Get("before") != "" {
		problem(w, http.StatusNotFound, "not_found", "there is no such page")
		return
	}
	conv, ok := c.named(w, r)
	if !ok {
		return
	}
	events, messages, err := c.Reads.Thread(r.Context(), conv.ID, before, mostThread)
	if err != nil {
		c.Auth.failed(w, err)
		return
	}
	t := threadOf(conv, events, messages)
	if t.Stops, err = c.stops(r.Context(), conv, time.Now()); err != nil {
		c.Auth.failed(w, err)
		return
	}
	if t.Runs, err = c.runs(r.Context(), conv); err != nil {
		c.Auth.failed(w, err)
		return
	}
	if err = c.meant(r.Context(), &t); err != nil {
		c.Auth.failed(w, err)
		return
	}
	answer(w, http.StatusOK, t)
}

// anID is what an id of ours looks like.
var anID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,128}$`)
