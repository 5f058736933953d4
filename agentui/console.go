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
}

// mostDesk is how many conversations a list shows, mostThread how many items a page of
// one.
const (
	mostDesk   = 500
	mostThread = 100
)

// Handler serves /console/api/desk, /conversations/{id} and /cmd.
func (c *Console) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /console/api/desk", c.Auth.as(c.desk))
	mux.HandleFunc("GET /console/api/conversations/{id}", c.Auth.as(c.thread))
	mux.HandleFunc("POST /console/api/cmd", c.Auth.as(c.command))
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

// command answers 200 with what came of it, 409 when the conversation is not as it was
// seen, 422 when it cannot be done at all.
func (c *Console) command(w http.ResponseWriter, r *http.Request, _ SignIn, a Agent) {
	var cmd Command
	if !read(w, r, &cmd) {
		return
	}
	switch {
	case a.Role == RoleAuditor:
		problem(w, http.StatusForbidden, "forbidden", "an auditor reads, and does nothing")
	case !anID.MatchString(cmd.ID) || !anID.MatchString(cmd.Conversation) || !slices.Contains(ops, cmd.Op) || !utf8.ValidString(cmd.Text):
		problem(w, http.StatusUnprocessableEntity, "invalid", "id, op and conversation are wanted")
	default:
		c.carryOut(w, r, a, cmd)
	}
}

func (c *Console) carryOut(w http.ResponseWriter, r *http.Request, a Agent, cmd Command) {
	conv, found, err := c.Reads.Conversation(r.Context(), cmd.Conversation)
	switch {
	case err != nil:
		c.Auth.failed(w, err)
		return
	case !found:
		problem(w, http.StatusNotFound, "not_found", "there is no such conversation")
		return
	}
	sum := sha256.Sum256([]byte(cmd.Op + "\x00" + cmd.Conversation + "\x00" + cmd.Text))
	out, err := c.Engine.Submit(r.Context(), []conversation.Event{{
		Kind: conversation.KindAgent, Conversation: conv.ID, Line: conv.Line, Phone: conv.Phone,
		Dedupe: "cmd/" + a.Name + "/" + cmd.ID, BodyHash: hex.EncodeToString(sum[:]),
		Agent: &conversation.Agent{Op: cmd.Op, Name: a.Name, IfRev: cmd.IfRev, Epoch: cmd.Epoch, Text: cmd.Text},
	}})
	switch {
	case errors.Is(err, conversation.ErrBusy):
		w.Header().Set("Retry-After", "1")
		problem(w, http.StatusServiceUnavailable, "busy", "too much at once: try again")
	case err != nil:
		c.Auth.failed(w, err)
	default:
		c.came(w, r, out[0])
	}
}

// came answers what came of a command. Who was too late sees how it stands now.
func (c *Console) came(w http.ResponseWriter, r *http.Request, out conversation.Outcome) {
	switch out.Status {
	case conversation.Applied, conversation.Ignored:
		answer(w, http.StatusOK, struct {
			Status   conversation.OutcomeStatus `json:"status"`
			Messages []string                   `json:"messages"`
		}{out.Status, out.Messages})
		return
	case conversation.Conflicting:
		conv, _, err := c.Reads.Conversation(r.Context(), out.Conversation)
		if err != nil {
			c.Auth.failed(w, err)
			return
		}
		answer(w, http.StatusConflict, struct {
			Code    string  `json:"code"`
			Detail  string  `json:"detail"`
			Current Current `json:"current"`
		}{"conflict", first(out.Problems), currentOf(conv)})
		return
	}
	problem(w, http.StatusUnprocessableEntity, "invalid", first(out.Problems))
}

func first(problems []string) string {
	if len(problems) == 0 {
		return "it cannot be done"
	}
	return problems[0]
}
