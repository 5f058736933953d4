package agentui

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"parley/conversation"
	"parley/conversation/verify"
	"parley/flows"
)

// Meanings keeps what people at work say that texts meant: parley intents learn reads it,
// with what came by the API.
type Meanings interface {
	// LabelsOf reads the labels of a conversation's texts from one event to another: which
	// event, intent and agent; most have none.
	LabelsOf(ctx context.Context, id string, from, to int64) ([]conversation.Label, error)
	// NoteLabel keeps one, in place of another of the same text, with an entry of the audit
	// trail where it says something new. The text must have been masked.
	NoteLabel(ctx context.Context, l conversation.Label) error
	// DropLabel takes one back; false: there is none.
	DropLabel(ctx context.Context, conversation, event, by string) (bool, error)
}

// Meant is what somebody says that a text meant.
type Meant struct {
	Intent string `json:"intent"` // "-" : none of the flow's
	By     string `json:"by"`
}

// Meanable is what a text may have meant: what its question listened for comes first.
type Meanable struct {
	Flow    string   `json:"flow"`
	Title   string   `json:"title"`
	Intents []string `json:"intents"`
}

const (
	// elsewhere is the label of a text that means none of the flow's intents.
	elsewhere = "-"
	// mostMeant is how many labels somebody may write in an hour.
	mostMeant = 600
)

// listened is the question that a text was read by: hash is empty when its run is over,
// state when none was open.
type listened struct{ flow, state, hash string }

// listenedFor finds it in what was decided about the text. What a person read counts as said
// to the flow that handed over, or else to the last one that lives.
func listenedFor(c conversation.Conversation, decisions []conversation.Decision) (l listened) {
	for _, d := range decisions {
		if d.About == "reading" && d.Flow != "" {
			l = listened{flow: d.Flow, state: d.State}
			for _, r := range c.State.Runs {
				if r.ID == d.Run {
					l.hash = r.Hash
				}
			}
			return l
		}
	}
	for _, r := range c.State.Runs {
		l = listened{flow: r.Flow, hash: r.Hash}
		if h := c.State.Handoff; h != nil && h.Run == r.ID {
			return l
		}
	}
	return l
}

// meanings lists the intents that a text may have meant: those of its question, the others
// of the flow, yes and no, and none of them.
func meanings(f *flows.Flow, state string) (all []string) {
	for _, where := range []string{state, ""} {
		l, err := f.Listening(where)
		if err != nil {
			continue // another version of the flow had the state
		}
		for _, name := range l.Names {
			if where != "" || !slices.Contains(flows.Intents(), name) {
				all = append(all, name)
			}
		}
	}
	var once []string
	for _, name := range append(all, "yes", "no", elsewhere) {
		if !slices.Contains(once, name) {
			once = append(once, name)
		}
	}
	return once
}

// meant puts onto the texts of a thread what people say that they meant.
func (c *Console) meant(ctx context.Context, t *Thread) error {
	if len(t.Items) == 0 {
		return nil
	}
	labels, err := c.Meanings.LabelsOf(ctx, t.ID, t.Items[0].Position>>8, t.Items[len(t.Items)-1].Position>>8)
	for i := range t.Items {
		item := &t.Items[i]
		for _, l := range labels {
			if item.By == "customer" && l.Event == strconv.FormatInt(item.Position>>8, 10) {
				item.Meant = &Meant{l.Intent, l.Agent}
			}
		}
	}
	return err
}

// textOf is a text of a customer, and what it may have meant.
type textOf struct {
	conv  conversation.Conversation
	event string
	text  string
	by    listened
	may   Meanable
}

// namedText finds the text that the path names by its event; false: it has been answered.
func (c *Console) namedText(w http.ResponseWriter, r *http.Request) (x textOf, ok bool) {
	rev, err := strconv.ParseInt(r.PathValue("event"), 10, 54)
	if x.conv, ok = c.named(w, r); !ok {
		return x, false
	}
	x.event = strconv.FormatInt(rev, 10)
	if err == nil && rev > 0 {
		if x, ok, err = c.textAt(r.Context(), x, rev); err != nil {
			c.Auth.failed(w, err)
			return x, false
		} else if ok {
			return x, true
		}
	}
	problem(w, http.StatusNotFound, "not_found", "there is no such text, or no flow that it could have meant something to")
	return x, false
}

// textAt reads it; false: there is none at this event, or no flow to say what it meant.
func (c *Console) textAt(ctx context.Context, x textOf, rev int64) (textOf, bool, error) {
	events, _, err := c.Reads.Thread(ctx, x.conv.ID, rev<<8+1, 1)
	if err != nil || len(events) == 0 || events[0].Rev != rev {
		return x, false, err
	}
	item, by := happened(events[0], x.conv)
	if x.text, x.by = item.Text, by; item.Flow == "" {
		return x, false, nil
	}
	f, found := c.Catalog.Current(by.flow)
	if by.hash != "" {
		f, err = c.version(ctx, by.hash)
		found = f != nil
	}
	if err != nil || !found {
		return x, false, err
	}
	x.may = Meanable{f.Name, f.Title, meanings(f, by.state)}
	return x, true, nil
}

// meanable says what a text may have meant.
func (c *Console) meanable(w http.ResponseWriter, r *http.Request, _ SignIn, _ Agent) {
	if x, ok := c.namedText(w, r); ok {
		answer(w, http.StatusOK, x.may)
	}
}

// mean keeps what somebody says that a text meant, masked. What it said is read from the
// thread: nobody teaches a flow by what no customer wrote.
func (c *Console) mean(w http.ResponseWriter, r *http.Request, _ SignIn, a Agent) {
	var said struct {
		Intent string `json:"intent"`
	}
	if !read(w, r, &said) {
		return
	}
	x, ok := c.namedText(w, r)
	if !ok {
		return
	}
	if !slices.Contains(x.may.Intents, said.Intent) {
		problem(w, http.StatusUnprocessableEntity, "invalid", "intent: the flow has none of this name")
		return
	}
	if !c.within(w, r, verify.Hit{Key: "mean/" + a.Name, Most: mostMeant, Per: time.Hour}) {
		return
	}
	masked, err := c.masked(r.Context(), x)
	if err == nil {
		err = c.Meanings.NoteLabel(r.Context(), conversation.Label{Conversation: x.conv.ID, Event: x.event, Text: masked,
			Language: x.conv.State.Language, Flow: x.by.flow, State: x.by.state, Intent: said.Intent, Agent: a.Name})
	}
	if err != nil {
		c.Auth.failed(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// masked is the text without what is known of its customer.
func (c *Console) masked(ctx context.Context, x textOf) (string, error) {
	contact, _, err := c.Reads.Contact(ctx, x.conv.Phone)
	if err != nil {
		return "", err
	}
	past, err := c.Reads.Ends(ctx, x.conv.Phone, conversation.MostPast)
	return conversation.MaskOf(x.conv, past, contact, c.Catalog.ByHash, x.text), err
}

// unmean takes a label back, whoever wrote it.
func (c *Console) unmean(w http.ResponseWriter, r *http.Request, _ SignIn, a Agent) {
	conv, ok := c.named(w, r)
	if !ok {
		return
	}
	event, dropped := r.PathValue("event"), false
	var err error
	if anID.MatchString(event) {
		dropped, err = c.Meanings.DropLabel(r.Context(), conv.ID, event, a.Name)
	}
	switch {
	case err != nil:
		c.Auth.failed(w, err)
	case !dropped:
		problem(w, http.StatusNotFound, "not_found", "nobody has said what it meant")
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}
