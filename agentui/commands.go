package agentui

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"parley/conversation"
	"parley/flows"
)

// Command is what somebody at work does to a conversation. ID is the browser's own: the
// same command twice is carried out once.
type Command struct {
	ID           string `json:"id"`
	Op           string `json:"op"` // a key of ops
	Conversation string `json:"conversation"`
	IfRev        int64  `json:"if_rev,omitempty"` // what was seen; 0: whatever there is
	Epoch        int64  `json:"owner_epoch"`      // of the owner that was seen
	Text         string `json:"text,omitempty"`   // of a reply; of others a note
	// To is the colleague of a transfer.
	To string `json:"to,omitempty"`
	// Run, State and Answers say how the bot goes on after a return.
	Run     string            `json:"run,omitempty"`
	State   string            `json:"state,omitempty"`
	Answers map[string]string `json:"answers,omitempty"`
	// Labels are all that the conversation has after a label.
	Labels   []string    `json:"labels,omitempty"`
	Priority flows.Class `json:"priority,omitempty"` // alert, notice or bulk
	Until    int64       `json:"until,omitempty"`    // of a snooze, Unix ms; 0 ends it
	Message  string      `json:"message,omitempty"`  // of a resend: which
	Anyway   bool        `json:"anyway,omitempty"`   // the refusal has been read
}

// works are the roles of those who do something to conversations; leads, of those who do
// it to everybody's.
var (
	works = []Role{RoleAgent, RoleLead, RoleAdmin}
	leads = []Role{RoleLead, RoleAdmin}
)

// atWork lets only those in who do something, not those who read.
func (c *Console) atWork(do func(http.ResponseWriter, *http.Request, SignIn, Agent)) http.HandlerFunc {
	return c.Auth.as(func(w http.ResponseWriter, r *http.Request, s SignIn, a Agent) {
		if !slices.Contains(works, a.Role) {
			problem(w, http.StatusForbidden, "forbidden", "an auditor reads, and does nothing")
			return
		}
		do(w, r, s, a)
	})
}

// ops are what may be done to a conversation, and by whom. An auditor does nothing; whose
// conversation it is, Step sees to.
var ops = map[string][]Role{
	"take": works, "reply": works, "resend": works, "note": works, "return": works, "close": works, "release": works, "transfer": works,
	"snooze": works, "label": works, "priority": works,
}

// mostCommand is how long a command may be, in bytes.
const mostCommand = 32 << 10

// Refusal is what went wrong: a code for the page, a sentence for people, and, of a
// conflict, how it stands now.
type Refusal struct {
	Code    string   `json:"code"`
	Detail  string   `json:"detail"`
	Field   string   `json:"field,omitempty"` // of what somebody filled in: which input
	Current *Current `json:"current,omitempty"`
}

// Done is what came of a command.
type Done struct {
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

// do carries a command out: 200 with what came of it, 403 when the role does not reach,
// 409 when the conversation is not as it was seen, 422 when it cannot be done at all.
func (c *Console) do(ctx context.Context, a Agent, cmd Command) (status int, body any) {
	roles, known := ops[cmd.Op]
	switch {
	case a.Role == RoleAuditor:
		return http.StatusForbidden, Refusal{Code: "forbidden", Detail: "an auditor reads, and does nothing"}
	case !known || !cmd.sound():
		return http.StatusUnprocessableEntity, Refusal{Code: "invalid", Detail: "id, op and conversation are wanted"}
	case !slices.Contains(roles, a.Role):
		return http.StatusForbidden, Refusal{Code: "forbidden", Detail: "this is for leads"}
	}
	conv, found, err := c.Reads.Conversation(ctx, cmd.Conversation)
	switch {
	case err != nil:
		return c.unavailable(err)
	case !found:
		return http.StatusNotFound, Refusal{Code: "not_found", Detail: "there is no such conversation"}
	}
	event := conversation.Agent{Op: cmd.Op, Name: a.Name, Lead: slices.Contains(leads, a.Role), IfRev: cmd.IfRev, Epoch: cmd.Epoch,
		Text: cmd.Text, To: cmd.To, Run: cmd.Run, State: cmd.State, Answers: cmd.Answers,
		Labels: cmd.Labels, Priority: cmd.Priority, Until: cmd.Until, Message: cmd.Message, Anyway: cmd.Anyway}
	if refused, err := c.fill(ctx, cmd, &event); err != nil {
		return c.unavailable(err)
	} else if refused != "" {
		return http.StatusUnprocessableEntity, Refusal{Code: "invalid", Detail: refused}
	}
	out, err := c.Engine.Submit(ctx, []conversation.Event{{
		Kind: conversation.KindAgent, Conversation: conv.ID, Line: conv.Line, Phone: conv.Phone,
		Dedupe: "cmd/" + a.Name + "/" + cmd.ID, BodyHash: cmd.hash(), Agent: &event,
	}})
	if err != nil {
		return c.unavailable(err)
	}
	return c.came(ctx, out[0])
}

// sound says whether the command names things by what may be a name.
func (cmd *Command) sound() bool {
	for _, id := range []string{cmd.ID, cmd.Conversation} {
		if !anID.MatchString(id) {
			return false
		}
	}
	for _, id := range []string{cmd.Run, cmd.State, cmd.To, cmd.Message} {
		if id != "" && !anID.MatchString(id) {
			return false
		}
	}
	for name, value := range cmd.Answers {
		if !utf8.ValidString(name) || !utf8.ValidString(value) {
			return false
		}
	}
	for _, label := range cmd.Labels {
		if !utf8.ValidString(label) {
			return false
		}
	}
	return utf8.ValidString(cmd.Text) && !strings.ContainsRune(cmd.Text, 0)
}

// hash is of all that the command does, not of what was seen: that may be newer when it
// is sent again.
func (cmd Command) hash() string {
	cmd.ID, cmd.IfRev, cmd.Epoch, cmd.Anyway = "", 0, 0, false
	b, _ := json.Marshal(cmd) // strings and numbers
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// fill looks up what Step cannot know. refused is why the command cannot be carried out.
func (c *Console) fill(ctx context.Context, cmd Command, e *conversation.Agent) (refused string, err error) {
	switch cmd.Op {
	case "reply":
		return "", nil
	case "resend":
		return c.again(ctx, cmd, e)
	default:
		if e.Mentions, err = c.mentioned(ctx, cmd.Text); err != nil {
			return "", err
		}
	}
	if cmd.Op != "transfer" {
		return "", nil
	}
	to, found, err := c.Auth.Agents.Agent(ctx, cmd.To)
	if err != nil {
		return "", err
	}
	if !found || to.DisabledAt != 0 || !slices.Contains(works, to.Role) {
		return "to: nobody of this name works here", nil
	}
	return "", nil
}

// came says what came of it. Who was too late sees how it stands now.
func (c *Console) came(ctx context.Context, out conversation.Outcome) (status int, body any) {
	switch out.Status {
	case conversation.Applied, conversation.Ignored:
		return http.StatusOK, Done{out.Status, out.Messages}
	case conversation.Conflicting:
		conv, _, err := c.Reads.Conversation(ctx, out.Conversation)
		if err != nil {
			return c.unavailable(err)
		}
		now := currentOf(conv)
		return http.StatusConflict, Refusal{Code: "conflict", Detail: first(out.Problems), Current: &now}
	}
	why := first(out.Problems)
	return http.StatusUnprocessableEntity, Refusal{Code: codeOf(why, "invalid"), Detail: why}
}

// refusals are the codes of what the page has more to say about.
var refusals = map[string]string{
	conversation.HasOptedOut: "opted_out", conversation.OutOfReach: "opted_out", conversation.NotOptedIn: "not_opted_in", conversation.InQuietHours: "quiet", conversation.MayHaveArrived: "unsure",
}

// codeOf is the code of what Step says; otherwise, where the page has no more to say.
func codeOf(why, otherwise string) string {
	if strings.HasPrefix(why, conversation.NotCarried) {
		return "sender"
	}
	return cmp.Or(refusals[why], otherwise)
}

// again finds the text that a resend sends. Only what failed is sent again, no codes, and
// nothing of another conversation.
func (c *Console) again(ctx context.Context, cmd Command, e *conversation.Agent) (refused string, err error) {
	m, found, err := c.Reads.Message(ctx, cmd.Message)
	switch {
	case err != nil:
		return "", err
	case !found || m.Conversation != cmd.Conversation:
		return "message: there is none of this id here", nil
	case m.Status != conversation.Failed && m.Status != conversation.Expired:
		return "message: it has not failed", nil
	case m.Class == flows.Code || m.Exempt:
		return "message: this one is not yours to send", nil
	}
	e.Text, e.Media, e.Unsure = m.Text, m.Media, m.Error == conversation.UnknownFate
	return "", nil
}

func (c *Console) unavailable(err error) (int, any) {
	if !errors.Is(err, conversation.ErrBusy) {
		c.Log.Warn("the console could not answer", "error", err)
	}
	return http.StatusServiceUnavailable, Refusal{Code: "unavailable", Detail: "nothing was stored; try again"}
}

func first(problems []string) string {
	if len(problems) == 0 {
		return "it cannot be done"
	}
	return problems[0]
}
