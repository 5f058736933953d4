package inbound

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/conversation"
	"parley/flows"
)

// MessageBody is one message as the API shows it.
type MessageBody struct {
	ID           string     `json:"id"`
	Conversation string     `json:"conversation"`
	Run          string     `json:"run,omitempty"`
	Line         string     `json:"line"`
	To           string     `json:"to"`
	Class        string     `json:"class"`
	Text         string     `json:"text,omitempty" doc:"Absent for codes."`
	Segments     int        `json:"segments"`
	Status       string     `json:"status" enum:"queued,sending,sent,delivered,failed,cancelled,superseded,expired"`
	Error        string     `json:"error,omitempty" doc:"The carrier's code, or Parley's reason."`
	Attempts     int        `json:"attempts"`
	CreatedAt    time.Time  `json:"created_at"`
	DueAt        time.Time  `json:"due_at"`
	SentAt       *time.Time `json:"sent_at,omitempty"`
}

func shownMessage(m conversation.Message) MessageBody {
	b := MessageBody{ID: m.ID, Conversation: m.Conversation, Run: m.Run, Line: m.Line, To: m.To, Class: string(m.Class),
		Text: m.Text, Segments: m.Segments, Status: string(m.Status), Error: m.Error, Attempts: m.Attempt,
		CreatedAt: time.UnixMilli(m.CreatedAt).UTC(), DueAt: time.UnixMilli(m.DueAt).UTC(), SentAt: moment(m.SentAt)}
	if m.Class == flows.Code {
		b.Text = ""
	}
	return b
}

// moment is a time, or none.
func moment(ms int64) *time.Time {
	if ms == 0 {
		return nil
	}
	at := time.UnixMilli(ms).UTC()
	return &at
}

// ConversationBody is one conversation as the API shows it.
type ConversationBody struct {
	ID       string        `json:"id"`
	Line     string        `json:"line"`
	Phone    string        `json:"phone"`
	Rev      int64         `json:"rev" doc:"Grows by one with everything that happens."`
	Owner    string        `json:"owner" enum:"bot,queue,agent"`
	Queue    string        `json:"queue,omitempty"`
	Reason   string        `json:"reason,omitempty" doc:"Why a person is asked."`
	Runs     []RunBody     `json:"runs"`
	Messages []MessageBody `json:"messages,omitempty" doc:"The latest, newest first."`
}

// RunBody is one live run.
type RunBody struct {
	ID    string `json:"id"`
	Flow  string `json:"flow"`
	Key   string `json:"key,omitempty" doc:"Left out when it is made of a secret, or when this server does not know the run's version of the flow."`
	State string `json:"state"`
}

func (a *API) shownConversation(c conversation.Conversation) ConversationBody {
	b := ConversationBody{ID: c.ID, Line: c.Line, Phone: c.Phone, Rev: c.Rev, Owner: string(c.State.Owner), Runs: []RunBody{}}
	if b.Owner == "" {
		b.Owner = string(conversation.OwnerBot)
	}
	if c.State.Handoff != nil {
		b.Queue, b.Reason = c.State.Handoff.Queue, c.State.Handoff.Reason
	}
	for _, r := range c.State.Runs {
		run := RunBody{ID: r.ID, Flow: r.Flow, State: r.State}
		if f, known := a.version(r.Hash); known && !f.SecretKey() {
			run.Key = r.Key
		}
		b.Runs = append(b.Runs, run)
	}
	return b
}

// version finds a version of a flow that is loaded.
func (a *API) version(hash string) (*flows.Flow, bool) {
	if a.Version == nil {
		return nil, false
	}
	return a.Version(hash)
}

// One wraps the answer of a read.
type One[T any] struct{ Body T }

// ByID names one thing.
type ByID struct {
	ID string `path:"id" maxLength:"128"`
}

// ByPhone names a customer.
type ByPhone struct {
	Phone string `query:"phone" required:"true" maxLength:"32" doc:"E.164, its + written as %2B."`
}

// ConversationList is the answer to GET /v1/conversations.
type ConversationList struct {
	Conversations []ConversationBody `json:"conversations"`
}

// recent is how many messages GET /v1/conversations/{id} shows.
const recent = 50

func (a *API) getMessage(ctx context.Context, in *ByID) (*One[MessageBody], error) {
	if !knowable(in.ID) {
		return nil, huma.Error404NotFound("there is no message of this id")
	}
	m, found, err := a.Reads.Message(ctx, in.ID)
	if err != nil {
		return nil, a.unavailable(err)
	}
	if !found {
		return nil, huma.Error404NotFound("there is no message of this id")
	}
	return &One[MessageBody]{shownMessage(m)}, nil
}

func (a *API) listConversations(ctx context.Context, in *ByPhone) (*One[ConversationList], error) {
	phone, err := a.Phone(in.Phone)
	if err != nil {
		return nil, huma.Error422UnprocessableEntity("phone: "+err.Error(), &huma.ErrorDetail{Location: "query.phone", Message: err.Error()})
	}
	list, err := a.Reads.Conversations(ctx, phone)
	if err != nil {
		return nil, a.unavailable(err)
	}
	out := ConversationList{Conversations: []ConversationBody{}}
	for _, c := range list {
		out.Conversations = append(out.Conversations, a.shownConversation(c))
	}
	return &One[ConversationList]{out}, nil
}

func (a *API) getConversation(ctx context.Context, in *ByID) (*One[ConversationBody], error) {
	if !knowable(in.ID) {
		return nil, huma.Error404NotFound("there is no conversation of this id")
	}
	c, found, err := a.Reads.Conversation(ctx, in.ID)
	if err != nil {
		return nil, a.unavailable(err)
	}
	if !found {
		return nil, huma.Error404NotFound("there is no conversation of this id")
	}
	body := a.shownConversation(c)
	_, messages, err := a.Reads.Thread(ctx, c.ID, 0, recent)
	if err != nil {
		return nil, a.unavailable(err)
	}
	for _, m := range messages {
		body.Messages = append(body.Messages, shownMessage(m))
	}
	return &One[ConversationBody]{body}, nil
}
