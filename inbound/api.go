package inbound

import (
	"errors"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"parley/conversation/verify"
	"parley/flows"
)

// ErrNoRoute means that no line was named, and none can be told by the number.
var ErrNoRoute = errors.New("say which line or brand to send from")

// API is the business's door under /v1: it reports events, sends texts and reads
// what became of them. OpenAPI 3.1 comes from the types and is served at
// /v1/openapi.json.
type API struct {
	Engine Engine
	Keys   Keys
	Reads  Reads
	// Contacts are what GET and PUT /v1/contacts/{phone} read and write.
	Contacts Contacts
	// Consents are what GET and PUT /v1/consents/{phone} read and write.
	Consents Consents
	// Labels are what POST /v1/labels writes.
	Labels Labels
	// Accounts are what /v1/accounts locks and unlocks.
	Accounts Accounts
	// Numbers is asked before an unlock whether the customer's number may be somebody
	// else's by now; nil: nobody is asked.
	Numbers verify.NumberCheck
	// Route chooses the line: the one that was asked for, else the sender of the
	// brand for the customer's country, else the only one.
	// Nothing else that it says may depend on the number: ErrNoRoute when no line reaches it.
	Route func(line, brand, to string) (string, error)
	// Codes issues one-time codes; nil: no key for them is configured.
	Codes *verify.Service
	// Brand is the brand of the flows that an event starts, for events that name neither
	// line nor brand; "": they have none, or not the same.
	Brand func(event string) string
	// Version finds a version of a flow by its hash: what is secret of a run is not shown. nil: no
	// run's key is.
	Version func(hash string) (*flows.Flow, bool)
	// Phone normalises the customer's number to E.164.
	Phone func(to string) (string, error)
	// Media brings what customers sent beside their texts.
	Media FetchMedia
	Log   *slog.Logger // nil: slog.Default
}

// Mount registers the operations on mux.
func (a *API) Mount(mux *http.ServeMux) {
	config := huma.DefaultConfig("Parley", "1")
	config.OpenAPIPath = "/v1/openapi"
	config.DocsPath, config.SchemasPath, config.CreateHooks, config.Formats = "", "/v1/schemas", nil, shallowFormats
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"key": {Type: "http", Scheme: "bearer", Description: "An API key: parley keys create"},
	}
	config.Transformers = append(config.Transformers, withoutValues)
	config.Security = []map[string][]string{{"key": {}}}
	api := humago.New(mux, config)
	guard := a.guard(api)
	mux.HandleFunc(everything, elsewhere(mux))

	huma.Register(api, operation(guard, "post-event", http.MethodPost, "/v1/events", "events", http.StatusAccepted,
		"Report a business event: starts the flows that it triggers, or reaches the live runs that wait for it."), a.postEvent)
	batch := operation(guard, "post-events", http.MethodPost, "/v1/events/batch", "events", http.StatusAccepted,
		"Report up to 1,000 business events: a result for each row. A request may be sent again as it is: rows that were applied answer as repeated.")
	batch.MaxBodyBytes = mostBatch
	huma.Register(api, batch, a.postBatch)
	huma.Register(api, operation(guard, "list-results", http.MethodGet, "/v1/results", "read", http.StatusOK,
		"List what the runs of a flow led to, oldest end first; follow next for more, also later."), a.listResults)
	huma.Register(api, operation(guard, "post-message", http.MethodPost, "/v1/messages", "events", http.StatusAccepted,
		"Send one text outside any flow."), a.postMessage)
	huma.Register(api, operation(guard, "get-message", http.MethodGet, "/v1/messages/{id}", "read", http.StatusOK,
		"Read one message and where it stands."), a.getMessage)
	huma.Register(api, operation(guard, "list-conversations", http.MethodGet, "/v1/conversations", "read", http.StatusOK,
		"List a customer's conversations."), a.listConversations)
	huma.Register(api, operation(guard, "get-conversation", http.MethodGet, "/v1/conversations/{id}", "read", http.StatusOK,
		"Read one conversation with its latest messages."), a.getConversation)
	huma.Register(api, operation(guard, "end-run", http.MethodPost, "/v1/runs/{id}/end", "events", http.StatusOK,
		"End a live run: what it had queued is taken back."), a.endRun)
	huma.Register(api, operation(guard, "get-contact", http.MethodGet, "/v1/contacts/{phone}", "contacts", http.StatusOK,
		"Read what is known of a phone."), a.getContact)
	huma.Register(api, operation(guard, "put-contact", http.MethodPut, "/v1/contacts/{phone}", "contacts", http.StatusOK,
		"Write what is known of a phone: what the body leaves out is taken away."), a.putContact)
	huma.Register(api, operation(guard, "get-consent", http.MethodGet, "/v1/consents/{phone}", "contacts", http.StatusOK,
		"Read what a phone has said about being texted."), a.getConsent)
	huma.Register(api, operation(guard, "put-consent", http.MethodPut, "/v1/consents/{phone}", "contacts", http.StatusOK,
		"Write down an opt-in that was given elsewhere, in writing, or an opt-out. A customer's own STOP is only undone by their START."), a.putConsent)
	huma.Register(api, operation(guard, "post-label", http.MethodPost, "/v1/labels", "admin", http.StatusOK,
		"Say what a text meant: parley intents learn proposes keywords and examples from it."), a.postLabel)
	a.mountMedia(api, guard)
	a.mountVerifications(api, guard)
	a.mountAccounts(api, guard)
}

// mostRequest is the size of the largest API request, in bytes.
const mostRequest = 256 << 10

func operation(guard func(huma.Context, func(huma.Context)), id, method, path, scope string, status int, summary string) huma.Operation {
	return huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: summary, DefaultStatus: status, MaxBodyBytes: mostRequest,
		Middlewares: huma.Middlewares{guard}, Metadata: map[string]any{"scope": scope},
		Errors: []int{400, 401, 403, 404, 409, 422, 503},
	}
}
