package agentui

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/flows"
)

// ListView is what somebody keeps of the list under a name: Which of all conversations, and
// of these what fits every one of the others that is not empty.
type ListView struct {
	Name     string      `json:"name"`
	Which    string      `json:"which"` // all, mine, waiting, snoozed
	Queue    string      `json:"queue,omitempty"`
	Label    string      `json:"label,omitempty"`
	Priority flows.Class `json:"priority,omitempty"` // alert, notice or bulk
	Flow     string      `json:"flow,omitempty"`
}

// Views keeps them, each for one person.
type Views interface {
	// Views lists somebody's, in the order in which they were first kept.
	Views(ctx context.Context, agent string) ([]ListView, error)
	// SaveView keeps one, in place of another of its name; false: there are most already.
	SaveView(ctx context.Context, agent string, v ListView, most int) (bool, error)
	// DropView takes one out; false: there is none of that name.
	DropView(ctx context.Context, agent, name string) (bool, error)
}

// ListViews are all of somebody's.
type ListViews struct {
	Views []ListView `json:"views"`
}

// The bounds of views.
const (
	mostViews     = 20
	longestView   = 40  // characters of a name
	longestFilter = 128 // of what it goes by
)

// goodView puts a view as it is kept; false: it cannot be.
func goodView(v *ListView) bool {
	v.Name = strings.Join(strings.Fields(v.Name), " ")
	return v.Name != "" && plain(v.Name, longestView) && plain(v.Queue, longestFilter) && plain(v.Label, longestFilter) && plain(v.Flow, longestFilter) &&
		slices.Contains([]string{"all", "mine", "waiting", "snoozed"}, v.Which) && slices.Contains([]flows.Class{"", flows.Alert, flows.Notice, flows.Bulk}, v.Priority)
}

// plain says whether a text is short and holds nothing that cannot be seen.
func plain(text string, most int) bool {
	return utf8.ValidString(text) && utf8.RuneCountInString(text) <= most && !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
}

// views lists one's own.
func (c *Console) views(w http.ResponseWriter, r *http.Request, _ SignIn, a Agent) {
	all, err := c.Views.Views(r.Context(), a.Name)
	if err != nil {
		c.Auth.failed(w, err)
		return
	}
	answer(w, http.StatusOK, ListViews{append([]ListView{}, all...)})
}

// saveView keeps one of one's own.
func (c *Console) saveView(w http.ResponseWriter, r *http.Request, _ SignIn, a Agent) {
	var v ListView
	if !read(w, r, &v) {
		return
	}
	if !goodView(&v) {
		problem(w, http.StatusUnprocessableEntity, "view", "a view wants a name of 1 to 40 characters, and which of all, mine, waiting or snoozed it shows")
		return
	}
	switch saved, err := c.Views.SaveView(r.Context(), a.Name, v, mostViews); {
	case err != nil:
		c.Auth.failed(w, err)
	case !saved:
		problem(w, http.StatusUnprocessableEntity, "views_full", "there are 20 already: take one out first")
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

// dropView takes one out: ?name=.
func (c *Console) dropView(w http.ResponseWriter, r *http.Request, _ SignIn, a Agent) {
	name, dropped := r.URL.Query().Get("name"), false
	var err error
	if plain(name, longestView) {
		dropped, err = c.Views.DropView(r.Context(), a.Name, name)
	}
	switch {
	case err != nil:
		c.Auth.failed(w, err)
	case !dropped:
		problem(w, http.StatusNotFound, "not_found", "there is no view of this name")
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}
