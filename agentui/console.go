package agentui

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf8"

	"parley/conversation"
)

// Console is what the people at work read and do, behind Auth. Its fields are set before
// Handler.
type Console struct {
	Auth   *Auth
	Engine Engine
	Reads  Reads
	Hub    *Hub
	Log    *slog.Logger
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
	// at most limit: of one agent, or (agent "") of all.
	Desk(ctx context.Context, agent string, limit int) ([]conversation.Desk, error)
	// Conversation reads one by its id.
	Conversation(ctx context.Context, id string) (conversation.Conversation, bool, error)
	// Thread lists a conversation's events and messages, newest first, before position
	// (0: from the end), at most limit.
	Thread(ctx context.Context, id string, before int64, limit int) ([]conversation.Logged, []conversation.Message, error)
	// Feed returns numbered events after seq, in order, at most limit or a few more.
	Feed(ctx context.Context, after int64, limit int) (epoch string, entries []conversation.FeedEntry, err error)
	// FeedHead is the newest number.
	FeedHead(ctx context.Context) (epoch string, seq int64, err error)
}

// mostDesk is how many conversations a list shows, mostThread how many items a page of
// one.
const (
	mostDesk   = 500
	mostThread = 100
)

// Handler serves the page at /console/, /console/api/desk, /conversations/{id} and /cmd,
// and the socket /console/ws until ctx ends.
func (c *Console) Handler(ctx context.Context) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /console/api/desk", c.Auth.as(c.desk))
	mux.HandleFunc("GET /console/api/conversations/{id}", c.Auth.as(c.thread))
	mux.HandleFunc("POST /console/api/cmd", c.Auth.as(c.command))
	mux.HandleFunc("GET /console/ws", c.socket(ctx))
	mux.Handle("GET /console/", page("/console/", "console.html"))
	return guarded(mux, mostCommand)
}

// desk lists what waits and what is somebody's: ?mine=1 one's own.
func (c *Console) desk(w http.ResponseWriter, r *http.Request, _ SignIn, a Agent) {
	who := ""
	if r.URL.Query().Get("mine") != "" {
		who = a.Name
	}
	list, err := c.Reads.Desk(r.Context(), who, mostDesk)
	if err != nil {
		c.Auth.failed(w, err)
		return
	}
	if list == nil {
		list = []conversation.Desk{}
	}
	answer(w, http.StatusOK, struct {
		Conversations []conversation.Desk `json:"conversations"`
	}{list})
}

// thread shows one conversation, a page at a time: ?before=POSITION goes back.
func (c *Console) thread(w http.ResponseWriter, r *http.Request, _ SignIn, _ Agent) {
	id := r.PathValue("id")
	before, err := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	if !anID.MatchString(id) || err != nil && r.URL.Query().Get("before") != "" {
		problem(w, http.StatusNotFound, "not_found", "there is no such conversation")
		return
	}
	conv, found, err := c.Reads.Conversation(r.Context(), id)
	switch {
	case err != nil:
		c.Auth.failed(w, err)
		return
	case !found:
		problem(w, http.StatusNotFound, "not_found", "there is no such conversation")
		return
	}
	events, messages, err := c.Reads.Thread(r.Context(), id, before, mostThread)
	if err != nil {
		c.Auth.failed(w, err)
		return
	}
	answer(w, http.StatusOK, threadOf(conv, events, messages))
}

// anID is what an id of ours looks like.
var anID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,128}$`)

// Command is what somebody at work does to a conversation. ID is the browser's own: the
// same command twice is carried out once.
type Command struct {
	ID           string `json:"id"`
	Op           string `json:"op"` // take, reply, return, close, note
	Conversation string `json:"conversation"`
	IfRev        int64  `json:"if_rev,omitempty"` // what was seen; 0: whatever there is
	Epoch        int64  `json:"owner_epoch"`      // of the owner that was seen
	Text         string `json:"text,omitempty"`
}

// ops are what may be done. An auditor does nothing.
var ops = []string{"take", "reply", "return", "close", "note"}

// mostCommand is how long a command may be, in bytes.
const mostCommand = 32 << 10

// refusal is what went wrong: a code for the page, a sentence for people, and, of a
// conflict, how it stands now.
type refusal struct {
	Code    string   `json:"code"`
	Detail  string   `json:"detail"`
	Current *Current `json:"current,omitempty"`
}

// done is what came of a command.
type done struct {
	Status   conversation.OutcomeStatus `json:"status"`
	Messages []string                   `json:"messages"` // ids of what it sent
}

// command is the door for those whose socket is blocked on the way.
func (c *Console) command(w http.ResponseWriter, r *http.Request, _ SignIn, a Agent) {
	var cmd Command
	if !read(w, r, &cmd) {
		return
	}
	status, body := c.do(r.Context(), a, cmd)
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	answer(w, status, body)
}

// do carries a command out: 200 with what came of it, 409 when the conversation is not as
// it was seen, 422 when it cannot be done at all.
func (c *Console) do(ctx context.Context, a Agent, cmd Command) (status int, body any) {
	switch {
	case a.Role == RoleAuditor:
		return http.StatusForbidden, refusal{Code: "forbidden", Detail: "an auditor reads, and does nothing"}
	case !anID.MatchString(cmd.ID) || !anID.MatchString(cmd.Conversation) || !slices.Contains(ops, cmd.Op) || !utf8.ValidString(cmd.Text):
		return http.StatusUnprocessableEntity, refusal{Code: "invalid", Detail: "id, op and conversation are wanted"}
	}
	conv, found, err := c.Reads.Conversation(ctx, cmd.Conversation)
	switch {
	case err != nil:
		return c.unavailable(err)
	case !found:
		return http.StatusNotFound, refusal{Code: "not_found", Detail: "there is no such conversation"}
	}
	sum := sha256.Sum256([]byte(cmd.Op + "\x00" + cmd.Conversation + "\x00" + cmd.Text))
	out, err := c.Engine.Submit(ctx, []conversation.Event{{
		Kind: conversation.KindAgent, Conversation: conv.ID, Line: conv.Line, Phone: conv.Phone,
		Dedupe: "cmd/" + a.Name + "/" + cmd.ID, BodyHash: hex.EncodeToString(sum[:]),
		Agent: &conversation.Agent{Op: cmd.Op, Name: a.Name, IfRev: cmd.IfRev, Epoch: cmd.Epoch, Text: cmd.Text},
	}})
	if err != nil {
		return c.unavailable(err)
	}
	return c.came(ctx, out[0])
}

// came says what came of it. Who was too late sees how it stands now.
func (c *Console) came(ctx context.Context, out conversation.Outcome) (status int, body any) {
	switch out.Status {
	case conversation.Applied, conversation.Ignored:
		return http.StatusOK, done{out.Status, out.Messages}
	case conversation.Conflicting:
		conv, _, err := c.Reads.Conversation(ctx, out.Conversation)
		if err != nil {
			return c.unavailable(err)
		}
		now := currentOf(conv)
		return http.StatusConflict, refusal{"conflict", first(out.Problems), &now}
	}
	return http.StatusUnprocessableEntity, refusal{Code: "invalid", Detail: first(out.Problems)}
}

func (c *Console) unavailable(err error) (int, any) {
	if !errors.Is(err, conversation.ErrBusy) {
		c.Log.Warn("the console could not answer", "error", err)
	}
	return http.StatusServiceUnavailable, refusal{Code: "unavailable", Detail: "nothing was stored; try again"}
}

func first(problems []string) string {
	if len(problems) == 0 {
		return "it cannot be done"
	}
	return problems[0]
}
