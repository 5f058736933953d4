package agentui

import (
	"cmp"
	"context"
	"net/http"
	"regexp"
	"slices"
	"time"
	"unicode/utf8"

	"parley/conversation"
	"parley/flows"
)

// SavedReply is what people keep for use again.
type SavedReply struct {
	Name string `json:"name"`
	Text string `json:"text"` // with expressions, see flows.Saved
	By   string `json:"by"`   // who wrote it last
	At   int64  `json:"at"`   // Unix ms
	// Filled is Text for the customer who was asked about; Problem why it cannot be filled
	// in for them.
	Filled  string `json:"filled,omitempty"`
	Problem string `json:"problem,omitempty"`
}

// SavedReplies keeps them.
type SavedReplies interface {
	// SavedReplies lists them by name, at most limit.
	SavedReplies(ctx context.Context, limit int) ([]SavedReply, error)
	// SaveReply keeps one, in place of another of its name, and notes by whom.
	SaveReply(ctx context.Context, name, text, by string) error
	// DropReply takes one out; false: there is none of that name.
	DropReply(ctx context.Context, name, by string) (bool, error)
}

// Replies are all of them.
type Replies struct {
	Replies []SavedReply `json:"replies"`
}

// The bounds of saved replies.
const (
	mostSaved    = 200
	longestSaved = 1600 // characters, before it is filled in
)

// savedName begins with a letter: the audit trail names what was changed, and a code that
// was typed in the wrong place must not come to stand there.
var savedName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)

// replies lists them, filled in for ?conversation=.
func (c *Console) replies(w http.ResponseWriter, r *http.Request, _ SignIn, a Agent) {
	all, err := c.Saved.SavedReplies(r.Context(), mostSaved)
	if err != nil {
		c.Auth.failed(w, err)
		return
	}
	if id := r.URL.Query().Get("conversation"); anID.MatchString(id) {
		if err := c.fillIn(r.Context(), all, id, a); err != nil {
			c.Auth.failed(w, err)
			return
		}
	}
	answer(w, http.StatusOK, Replies{append([]SavedReply{}, all...)})
}

// fillIn writes all of them for a conversation's customer.
func (c *Console) fillIn(ctx context.Context, all []SavedReply, id string, a Agent) error {
	conv, found, err := c.Reads.Conversation(ctx, id)
	if err != nil || !found {
		return err
	}
	contact, _, err := c.Reads.Contact(ctx, conv.Phone)
	if err != nil {
		return err
	}
	runs, err := c.runs(ctx, conv)
	if err != nil {
		return err
	}
	line := c.Lines().Lines[conv.Line]
	sc := flows.Scope{Now: time.Now(), Brand: line.Brand, Contact: contact, Line: conv.Line, CanReply: !line.OneWay}
	language := cmp.Or(conv.State.Language, contact.Language, line.Language)
	for i := range all {
		s, err := flows.ParseSaved(all[i].Text)
		if err == nil {
			all[i].Filled, err = s.Fill(sc, language, a.Name, keyOf(conv, runs))
		}
		if err != nil {
			all[i].Problem = err.Error()
		}
	}
	return nil
}

// keyOf is what the run that handed over is about, or else the last one that has a key.
func keyOf(conv conversation.Conversation, runs []Live) (key string) {
	for _, r := range runs {
		if h := conv.State.Handoff; h != nil && h.Run == r.ID && r.Key != "" {
			return r.Key
		}
		key = cmp.Or(r.Key, key)
	}
	return key
}

// saveReply keeps one, for leads.
func (c *Console) saveReply(w http.ResponseWriter, r *http.Request, _ SignIn, a Agent) {
	var said struct {
		Text string `json:"text"`
	}
	name := r.PathValue("name")
	switch {
	case !slices.Contains(leads, a.Role):
		problem(w, http.StatusForbidden, "forbidden", "this is for leads")
		return
	case !read(w, r, &said):
		return
	case !savedName.MatchString(name):
		problem(w, http.StatusUnprocessableEntity, "invalid", "name: a small letter, then letters, digits and dashes, at most 32")
		return
	case utf8.RuneCountInString(said.Text) > longestSaved:
		problem(w, http.StatusUnprocessableEntity, "invalid", "text: at most 1600 characters")
		return
	}
	if _, err := flows.ParseSaved(said.Text); err != nil {
		problem(w, http.StatusUnprocessableEntity, "invalid", "text: "+err.Error())
		return
	}
	all, err := c.Saved.SavedReplies(r.Context(), mostSaved)
	if err == nil && len(all) == mostSaved && !slices.ContainsFunc(all, func(s SavedReply) bool { return s.Name == name }) {
		problem(w, http.StatusUnprocessableEntity, "invalid", "there are 200 already: take one out first")
		return
	}
	if err == nil {
		err = c.Saved.SaveReply(r.Context(), name, said.Text, a.Name)
	}
	if err != nil {
		c.Auth.failed(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// dropReply takes one out, for leads.
func (c *Console) dropReply(w http.ResponseWriter, r *http.Request, _ SignIn, a Agent) {
	name := r.PathValue("name")
	if !slices.Contains(leads, a.Role) {
		problem(w, http.StatusForbidden, "forbidden", "this is for leads")
		return
	}
	dropped := false
	var err error
	if savedName.MatchString(name) {
		dropped, err = c.Saved.DropReply(r.Context(), name, a.Name)
	}
	switch {
	case err != nil:
		c.Auth.failed(w, err)
	case !dropped:
		problem(w, http.StatusNotFound, "not_found", "there is no reply of this name")
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}
