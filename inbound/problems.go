package inbound

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"parley/conversation"
)

// everything is the pattern of elsewhere.
const everything = "/v1/"

// elsewhere answers what no operation takes, as a problem like all others: 405 with
// Allow where another method would do, else 404.
func elsewhere(mux *http.ServeMux) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var allowed []string
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
			asked := r.Clone(r.Context())
			asked.Method = method
			if _, pattern := mux.Handler(asked); pattern != everything {
				allowed = append(allowed, method)
			}
		}
		problem := huma.NewError(http.StatusNotFound, "there is no such resource: see /v1/openapi.json")
		if len(allowed) > 0 {
			w.Header().Set("Allow", strings.Join(allowed, ", "))
			problem = huma.NewError(http.StatusMethodNotAllowed, "this resource takes "+strings.Join(allowed, ", "))
		}
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(problem.GetStatus())
		_ = json.NewEncoder(w).Encode(problem) // the client may have hung up
	}
}

// withoutValues takes out of a problem the values that were sent: a code or a phone
// number has no place in an answer, which others log.
func withoutValues(_ huma.Context, _ string, v any) (any, error) {
	if problem, ok := v.(*huma.ErrorModel); ok {
		for _, detail := range problem.Errors {
			detail.Value = nil
			detail.Location = place(detail.Location)
		}
	}
	return v, nil
}

// ours are the names that our own fields have; another may be a secret that slid into
// a name's place.
var ours = regexp.MustCompile(`^[A-Za-z]([0-9]{0,3}[A-Za-z_-]){0,31}[0-9]{0,3}(\[[0-9]{1,4}\])*$`)

// place names where something is wrong, as far as its names can be ours.
func place(location string) string {
	names := strings.Split(location, ".")
	for i, name := range names {
		if !ours.MatchString(name) {
			names[i] = "…"
		}
	}
	return strings.Join(names, ".")
}

// shallowJSON is the JSON of requests, which is nested as deep as conversations can keep
// what it holds, and of answers.
var shallowJSON = huma.Format{
	Marshal: huma.DefaultJSONFormat.Marshal,
	Unmarshal: func(data []byte, v any) error {
		if conversation.TooDeep(data) {
			return fmt.Errorf("nested deeper than %d levels", conversation.MostNested)
		}
		return huma.DefaultJSONFormat.Unmarshal(data, v)
	},
}

var shallowFormats = map[string]huma.Format{"application/json": shallowJSON, "json": shallowJSON}

// knowable says whether an id can be one of ours: anything else is not found
// without asking the database, which takes no odd bytes.
func knowable(id string) bool { return anID.MatchString(id) }

var anID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,128}$`)

// storable refuses what a body says in words of the business's own when it would be kept
// as something else: whole numbers beyond 2^53, which JSON's readers round, and U+0000.
func storable(body []byte) error {
	var free struct {
		Data        map[string]any `json:"data"`        // of an event
		Fields      map[string]any `json:"fields"`      // of a contact
		Transaction map[string]any `json:"transaction"` // of a code
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if err := dec.Decode(&free); err != nil {
		return huma.Error400BadRequest("the body is no JSON")
	}
	for field, object := range map[string]map[string]any{"data": free.Data, "fields": free.Fields, "transaction": free.Transaction} {
		for name, value := range object {
			if !storableText(name) {
				return invalid(field, "a name holds U+0000")
			}
			if why := lossy(value); why != "" {
				return invalid(field+"."+name, why)
			}
		}
	}
	return nil
}

// storableText says whether a text can be kept: PostgreSQL takes no U+0000.
func storableText(s string) bool { return !strings.ContainsRune(s, 0) }

// lossy says why a value that json.Decoder.UseNumber has read cannot be kept as it is;
// "": it can.
func lossy(value any) string {
	switch v := value.(type) {
	case json.Number:
		if tooLong(v.String()) {
			return "this number has more digits than are kept: send it as text"
		}
	case string:
		if !storableText(v) {
			return "a text holds U+0000"
		}
	case []any:
		for _, item := range v {
			if why := lossy(item); why != "" {
				return why
			}
		}
	case map[string]any:
		for name, item := range v {
			if !storableText(name) {
				return "a name holds U+0000"
			}
			if why := lossy(item); why != "" {
				return why
			}
		}
	}
	return ""
}

// tooLong says whether a number loses digits where JSON's readers make a float64 of it,
// which keeps whole numbers of up to 2^53 and any fifteen digits (IEEE 754).
func tooLong(number string) bool {
	const most, mostDigits = 1 << 53, 15
	if !strings.ContainsAny(number, ".eE") {
		n, err := strconv.ParseInt(number, 10, 64)
		return err != nil || n > most || n < -most
	}
	mantissa, _, _ := strings.Cut(strings.ToLower(number), "e")
	return len(strings.TrimLeft(strings.NewReplacer("-", "", ".", "").Replace(mantissa), "0")) > mostDigits
}

// unavailable is the answer when nothing was stored. What else went wrong is for
// the log, not for the caller.
func (a *API) unavailable(err error) error {
	if errors.Is(err, conversation.ErrBusy) || errors.Is(err, conversation.ErrUnavailable) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return huma.ErrorWithHeaders(huma.Error503ServiceUnavailable("nothing was stored; try again"), http.Header{"Retry-After": {"1"}})
	}
	log := a.Log
	if log == nil {
		log = slog.Default()
	}
	log.Error("an API request could not be answered", "error", err)
	return huma.Error500InternalServerError("this could not be answered: see the server's log")
}
