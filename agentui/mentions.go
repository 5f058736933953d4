package agentui

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// Mentioned is where a colleague calls somebody to.
type Mentioned struct {
	Conversation string `json:"conversation"`
	By           string `json:"by"`
	At           int64  `json:"at"` // Unix ms
	Phone        string `json:"phone"`
	Customer     string `json:"customer,omitempty"`
}

// aMention is how a note calls somebody. A dot behind a name ends the sentence.
var aMention = regexp.MustCompile(`(?:^|[^\pL\pN])@([A-Za-z0-9][A-Za-z0-9.-]{0,63})`)

// mostMentions is how many one note calls.
const mostMentions = 10

// mentioned finds those of a note who may sign in.
func (c *Console) mentioned(ctx context.Context, text string) ([]string, error) {
	var all []string
	for _, m := range aMention.FindAllStringSubmatch(text, mostMentions) {
		name := strings.ToLower(strings.TrimRight(m[1], ".-"))
		if slices.Contains(all, name) {
			continue
		}
		a, found, err := c.Auth.Agents.Agent(ctx, name)
		if err != nil {
			return nil, err
		}
		if found && a.DisabledAt == 0 {
			all = append(all, name)
		}
	}
	return all, nil
}

// looked takes a conversation off the list of those that one is called to.
func (c *Console) looked(w http.ResponseWriter, r *http.Request, _ SignIn, a Agent) {
	id := r.PathValue("id")
	if !anID.MatchString(id) {
		problem(w, http.StatusNotFound, "not_found", "nobody calls you there")
		return
	}
	switch seen, err := c.Reads.SeeMention(r.Context(), a.Name, id); {
	case err != nil:
		c.Auth.failed(w, err)
	case !seen:
		problem(w, http.StatusNotFound, "not_found", "nobody calls you there")
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

// Colleague is somebody to whom a conversation may be given.
type Colleague struct {
	Name string `json:"name"`
	Role Role   `json:"role"`
	Here bool   `json:"here"` // they have the console open, at any node
	Away bool   `json:"away"` // they say that they are away
}

// colleagues lists who works here.
func (c *Console) colleagues(w http.ResponseWriter, r *http.Request, _ SignIn, _ Agent) {
	scene, err := c.Rulings.Scene(r.Context(), 0)
	if err != nil {
		c.Auth.failed(w, err)
		return
	}
	here := c.Hub.here()
	all := []Colleague{}
	for _, p := range scene.People {
		all = append(all, Colleague{p.Name, p.Role, here[p.Name] || p.Seen > scene.Now-c.Absent.Milliseconds(), p.Away})
	}
	answer(w, http.StatusOK, Colleagues{all})
}

// Colleagues are those who may sign in, by name.
type Colleagues struct {
	Colleagues []Colleague `json:"colleagues"`
}
