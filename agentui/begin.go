package agentui

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"parley/conversation"
	"parley/conversation/verify"
	"parley/flows"
)

// Starts is what people at work may begin with a customer, and how a number becomes a
// conversation.
type Starts struct {
	// Flows are those that they may start.
	Flows func() []*flows.Flow
	// Phone normalises a number to E.164, Route chooses the line for it.
	Phone func(to string) (string, error)
	Route func(line, brand, to string) (string, error)
}

// mostBegun is how many conversations somebody may begin in an hour: each costs money.
const mostBegun = 120

// Startable is a flow with what it wants to know.
type Startable struct {
	Flow   string        `json:"flow"`
	Title  string        `json:"title"`
	Inputs []flows.Input `json:"inputs"`
}

// Beginning is what somebody begins: a flow with its inputs as they were typed, or a text
// of their own.
type Beginning struct {
	ID       string            `json:"id"` // the browser's own: the same twice is carried out once
	To       string            `json:"to"`
	Line     string            `json:"line,omitempty"`  // "": by the brand and the customer's country
	Brand    string            `json:"brand,omitempty"` // of a text
	Text     string            `json:"text,omitempty"`
	Anyway   bool              `json:"anyway,omitempty"` // it is night there, and that has been read
	Flow     string            `json:"flow,omitempty"`
	Inputs   map[string]string `json:"inputs,omitempty"`
	Language string            `json:"language,omitempty"`
}

// Begun is what came of it.
type Begun struct {
	Conversation string   `json:"conversation"`
	Messages     []string `json:"messages"`
}

// startable lists the flows that people may start.
func (c *Console) startable(w http.ResponseWriter, _ *http.Request, _ SignIn, _ Agent) {
	all := []Startable{}
	for _, f := range c.Starts.Flows() {
		all = append(all, Startable{f.Name, cmp.Or(f.Title, f.Name), f.Inputs()})
	}
	answer(w, http.StatusOK, struct {
		Flows []Startable `json:"flows"`
	}{all})
}

// begin starts a flow, or writes to somebody and takes the conversation. The customer's
// consent, quiet hours and the rules of senders are looked at as for the business itself.
func (c *Console) begin(w http.ResponseWriter, r *http.Request, _ SignIn, a Agent) {
	var b Beginning
	if !read(w, r, &b) {
		return
	}
	event, wrong := c.beginning(b, a)
	if wrong != nil {
		answer(w, http.StatusUnprocessableEntity, wrong)
		return
	}
	if !c.within(w, r, verify.Hit{Key: "begin/" + a.Name, Most: mostBegun, Per: time.Hour}) {
		return
	}
	out, err := c.Engine.Submit(r.Context(), []conversation.Event{event})
	if err != nil {
		c.Auth.failed(w, err)
		return
	}
	switch why := first(out[0].Problems); out[0].Status {
	case conversation.Applied, conversation.Ignored:
		answer(w, http.StatusOK, Begun{out[0].Conversation, append([]string{}, out[0].Messages...)})
	case conversation.Conflicting:
		answer(w, http.StatusConflict, struct {
			Refusal
			Conversation string `json:"conversation"`
		}{Refusal{Code: "conflict", Detail: why}, out[0].Conversation})
	default:
		answer(w, http.StatusUnprocessableEntity, Refusal{Code: codeOf(why, "not_begun"), Detail: why})
	}
}

// within counts what somebody does; false: it was too often, and the answer has been given.
func (c *Console) within(w http.ResponseWriter, r *http.Request, h verify.Hit) bool {
	ok, err := c.Auth.Agents.TrySignIn(r.Context(), []verify.Hit{h})
	switch {
	case err != nil:
		c.Auth.failed(w, err)
	case !ok:
		w.Header().Set("Retry-After", "600")
		problem(w, http.StatusTooManyRequests, "too_many", "you have done this very often: wait some minutes")
	}
	return err == nil && ok
}

// aLanguage is what a BCP 47 tag looks like: it is kept with the conversation.
var aLanguage = regexp.MustCompile(`^[A-Za-z0-9-]{0,35}$`)

// beginning makes the event; wrong says why there can be none.
func (c *Console) beginning(b Beginning, a Agent) (e conversation.Event, wrong *Refusal) {
	switch {
	case !anID.MatchString(b.ID) || (b.Flow == "") == (b.Text == "") || !utf8.ValidString(b.Text) || strings.ContainsRune(b.Text, 0):
		return e, &Refusal{Code: "invalid", Detail: "id and to are wanted, and either a text or a flow"}
	case !aLanguage.MatchString(b.Language):
		return e, &Refusal{Code: "invalid", Detail: "language: want a BCP 47 tag, like es or pt-BR"}
	case utf8.RuneCountInString(b.Text) > conversation.MostReply:
		return e, &Refusal{Code: "too_long", Detail: "text: write 1 to 1600 characters"}
	}
	to, err := c.Starts.Phone(b.To)
	if err != nil {
		return e, &Refusal{Code: "number", Detail: "to: " + err.Error()}
	}
	brand, f := b.Brand, (*flows.Flow)(nil)
	if b.Flow != "" {
		all := c.Starts.Flows()
		i := slices.IndexFunc(all, func(f *flows.Flow) bool { return f.Name == b.Flow })
		if i < 0 {
			return e, &Refusal{Code: "no_flow", Detail: "flow: nobody here may start this one"}
		}
		f = all[i]
		brand = cmp.Or(f.Brand, brand)
	}
	line, err := c.Starts.Route(b.Line, brand, to)
	if err != nil {
		return e, &Refusal{Code: "no_line", Detail: "line: " + err.Error()}
	}
	e = conversation.Event{Line: line, Phone: to, Dedupe: "begin/" + a.Name + "/" + b.ID, BodyHash: b.hash()}
	if f == nil {
		e.Kind, e.Agent = conversation.KindAgent, &conversation.Agent{Op: "begin", Name: a.Name, Lead: slices.Contains(leads, a.Role), Text: b.Text, Anyway: b.Anyway}
		return e, nil
	}
	data, wrong := filledIn(f, b.Inputs)
	e.Kind = conversation.KindTrigger
	e.Trigger = &conversation.Trigger{ID: "evt_" + hashOf(e.Dedupe)[:24], Flow: f.Name, Data: data, Language: b.Language, By: a.Name}
	return e, wrong
}

// filledIn reads the inputs as they were typed; wrong names the first that will not do.
func filledIn(f *flows.Flow, typed map[string]string) (data map[string]any, wrong *Refusal) {
	data = map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(typed)) {
		if typed[name] == "" {
			continue
		}
		value, problem := f.ReadInput(name, typed[name])
		if problem != "" {
			return nil, &Refusal{Code: "input", Field: name, Detail: problem}
		}
		data[name] = value
	}
	if name, problem := f.WrongInput(data); problem != "" {
		return nil, &Refusal{Code: "input", Field: name, Detail: problem}
	}
	return data, nil
}

func (b Beginning) hash() string {
	b.ID, b.Anyway = "", false
	text, _ := json.Marshal(b) // strings
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
