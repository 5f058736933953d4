package agentui

import (
	"cmp"
	"encoding/json"
	"slices"

	"parley/conversation"
	"parley/flows"
)

// Current is how a conversation stands: what a command refers to.
type Current struct {
	Rev   int64              `json:"rev"`
	Epoch int64              `json:"owner_epoch"`
	Owner conversation.Owner `json:"owner"`
	Agent string             `json:"agent,omitempty"`
	// Snoozed is until when it is put aside, Unix ms.
	Snoozed int64 `json:"snoozed,omitempty"`
}

func currentOf(c conversation.Conversation) Current {
	return Current{c.Rev, c.State.Epoch, cmp.Or(c.State.Owner, conversation.OwnerBot), c.State.Agent, c.State.Snoozed}
}

// Thread is one conversation as it is read, a page of it.
type Thread struct {
	Current
	ID       string                `json:"id"`
	Line     string                `json:"line"`
	Phone    string                `json:"phone"`
	Language string                `json:"language,omitempty"`
	Handoff  *conversation.Handing `json:"handoff,omitempty"` // why a person is asked
	Labels   []string              `json:"labels"`
	Runs     []Live                `json:"runs"`
	Stops    []Stop                `json:"stops"`            // what speaks against a text now
	Items    []Item                `json:"items"`            // oldest first
	Before   int64                 `json:"before,omitempty"` // where the page before begins; 0: there is none
}

// Item is one thing in a thread: a text, or what was done and why.
type Item struct {
	Position  int64                   `json:"position"`
	At        int64                   `json:"at"`            // Unix ms
	By        string                  `json:"by"`            // customer, bot, agent, queue, business, system
	Who       string                  `json:"who,omitempty"` // of agent: their name; of queue: whose rule
	Text      string                  `json:"text,omitempty"`
	Media     []flows.Media           `json:"media,omitempty"`
	Message   string                  `json:"message,omitempty"` // its id, of what we sent
	Status    conversation.Status     `json:"status,omitempty"`
	Error     string                  `json:"error,omitempty"`
	Resent    bool                    `json:"resent,omitempty"` // somebody has sent it again
	Resend    bool                    `json:"resend,omitempty"` // somebody may
	Segments  int                     `json:"segments,omitempty"`
	Note      string                  `json:"note,omitempty"`      // what was done
	To        string                  `json:"to,omitempty"`        // of a transfer: whom; of a return: the question
	Since     int64                   `json:"since,omitempty"`     // of an overdue answer: when it was due
	Decisions []conversation.Decision `json:"decisions,omitempty"` // why the bot did what it did
	Flow      string                  `json:"flow,omitempty"`      // of a customer's text: whose intents it may have meant
	Meant     *Meant                  `json:"meant,omitempty"`     // what somebody says that it meant
}

// codeShown stands for a text that brings a code: nobody at work reads one.
const codeShown = "[code ••••]"

func threadOf(c conversation.Conversation, events []conversation.Logged, messages []conversation.Message) Thread {
	t := Thread{Current: currentOf(c), ID: c.ID, Line: c.Line, Phone: c.Phone, Language: c.State.Language, Handoff: c.State.Handoff, Labels: append([]string{}, c.State.Labels...), Runs: []Live{}, Stops: []Stop{}, Items: []Item{}}
	wrote, again := map[int64]string{}, map[string]bool{} // who, by rev; what was sent again
	for _, e := range events {
		i, _ := happened(e, c)
		if i.By == "agent" {
			wrote[e.Rev] = i.Who
		}
		for _, d := range i.Decisions {
			if d.Choice == "resent" {
				again[d.Message] = true
			}
		}
		t.Items = append(t.Items, i)
	}
	for _, m := range messages {
		i := said(m)
		i.Resent = again[m.ID]
		if m.ByAgent {
			i.Who = wrote[m.Position>>8]
		}
		t.Items = append(t.Items, i)
	}
	slices.SortStableFunc(t.Items, func(a, b Item) int { return cmp.Compare(a.Position, b.Position) }) // an event before its first message
	if len(t.Items) >= mostThread {
		t.Before = t.Items[0].Position
	}
	return t
}

// happened shows an event of a conversation, and by which question it was read.
func happened(e conversation.Logged, c conversation.Conversation) (i Item, by listened) {
	i = Item{Position: e.Rev << 8, At: e.At, By: "system"}
	var past conversation.Record
	if err := json.Unmarshal([]byte(e.Data), &past); err != nil {
		i.Note = "this cannot be shown"
		return i, by
	}
	i.Decisions = past.Decisions
	switch {
	case past.Event.Text != nil:
		i.By, i.Text, i.Media = "customer", past.Event.Text.Text, past.Event.Text.Media
		if by = listenedFor(c, past.Decisions); i.Text != "" {
			i.Flow = by.flow
		}
	case past.Event.Agent != nil:
		a := past.Event.Agent
		i.By, i.Who, i.Note, i.To = "agent", a.Name, a.Op, cmp.Or(a.To, a.State)
		if a.Rule != nil {
			i.By, i.Who, i.Since = "queue", a.Rule.Queue, a.Rule.Due
			if a.Rule.Next {
				i.Note += "_next"
			}
		}
		if a.Op != "reply" && a.Op != "resend" && a.Op != "begin" { // which stand there as messages
			i.Text = a.Text
		}
	case past.Event.Trigger != nil && past.Event.Trigger.By != "":
		i.By, i.Who, i.Note, i.To = "agent", past.Event.Trigger.By, "start", past.Event.Trigger.Flow
	case past.Event.Trigger != nil:
		i.By, i.Note = "business", past.Event.Trigger.Type
	default:
		i.Note = string(e.Kind)
	}
	return i, by
}

// said shows a text of ours.
func said(m conversation.Message) Item {
	i := Item{Position: m.Position, At: m.CreatedAt, By: "bot", Text: m.Text, Media: m.Media, Message: m.ID, Status: m.Status, Error: m.Error, Segments: m.Segments}
	if m.ByAgent {
		i.By = "agent"
	}
	i.Resend = (m.Status == conversation.Failed || m.Status == conversation.Expired) && m.Class != flows.Code && !m.Exempt
	if m.Class == flows.Code {
		i.Text = codeShown
	}
	return i
}
