package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// fuzzed are good requests of all operations that take a body: each field is in one of
// them. The conversation is one that is there.
var fuzzed = map[string][]string{
	"POST /v1/verifications": {`{"to":"+12025550123","purpose":"payment","subject":"fuzz","language":"en","ip":"198.51.100.7","line":"+12025550100","brand":"acme",
		"transaction":{"amount":"39.99","currency":"EUR","payee":"Shop"},"autofill":{"origin":"a.example.com"}}`,
		`{"purpose":"login","subject":"fuzzed","autofill":{"app":"FA+9qCX9VSu"}}`,
		`{"purpose":"number_change","subject":"fuzzier","proof":"totp"}`},
	"POST /v1/verifications/{id}/check":  {`{"code":"123456","purpose":"login","subject":"user-17","ip":"198.51.100.7","transaction":{"amount":"39.99","currency":"EUR","payee":"Shop"}}`},
	"POST /v1/verifications/{id}/resend": {`{"ip":"198.51.100.7"}`},
	"POST /v1/grants/redeem":             {`{"grant":"grant_x"}`},
	"POST /v1/events":                    {`{"type":"order.delivered","to":"+12025550178","line":"+12025550100","brand":"acme","language":"en","data":{"name":"Ann","order":"A-1"}}`},
	"POST /v1/events/batch": {`{"events":[{"type":"order.delivered","to":"+12025550179","line":"+12025550100","brand":"acme","language":"en","data":{"name":"Ann","order":"A-1"},
		"idempotency_key":"k-1"}]}`},
	"POST /v1/messages":        {`{"to":"+12025550178","text":"hello","class":"notice","line":"+12025550100","brand":"acme"}`},
	"POST /v1/runs/{id}/end":   {`{"outcome":"ended"}`},
	"PUT /v1/contacts/{phone}": {`{"name":"Ann","language":"en","timezone":"Europe/Berlin","tags":["vip"],"fields":{"street":"Elm Row"}}`},
	"PUT /v1/consents/{phone}": {`{"state":"in","how":"a form"}`},
	"POST /v1/labels":          {`{"conversation":"CONVERSATION","event":1,"text":"it broke","language":"en","flow":"delivery_feedback","state":"ask","intent":"-","agent":"ann"}`},
	"POST /v1/accounts/{ref}/lock": {`{"scope":"all","cause":"agent","agent":"ann","reason":"r","transactions":[{"id":"t1","merchant":"m","amount":{"amount":9.5,"currency":"USD"},
		"at":"2026-03-02T08:50:00Z"}]}`},
	"PUT /v1/accounts/{ref}/lock":                  {`{"applied_at":"NOW"}`},
	"POST /v1/accounts/{ref}/unlock":               {`{"proof":"passkey","failed":false,"reason":"r"}`, `{"agent":"ann","reason":"r"}`},
	"POST /v1/accounts/{ref}/reviewed":             {`{"reason":"nothing was found"}`},
	"PUT /v1/accounts/{ref}/password":              {`{"changed_at":"NOW"}`},
	"PUT /v1/accounts/{ref}/refunds/{transaction}": {`{"status":"pending"}`},
}

// refused are those of the good requests that are refused, but only by what is stored.
var refused = map[string]int{"POST /v1/accounts/{ref}/reviewed": 409, "POST /v1/verifications/{id}/check": 422, "POST /v1/verifications/{id}/resend": 429, "POST /v1/grants/redeem": 422, `{"agent":"ann","reason":"r"}`: 403}

// queried are good values of all queries.
var queried = map[string]string{"dry_run": "true", "phone": testPhone, "flow": "delivery_feedback", "since": "2026-03-02T08:50:00Z", "until": "2026-03-03T08:50:00Z",
	"after": "x", "limit": "10", "url": "https://127.0.0.1:9/photo.png"}

// oddNames stand in paths.
var oddNames = []string{"%00", "%ff", marker, strings.Repeat("a", 3000), "..%2f..", "ver_", "ver_" + strings.Repeat("a", 26), "%F0%9F%94%91", "'", "%2e", "%2B1202" + marker, "test:" + marker}

type request struct {
	op, what, method, path string
	body                   any
	headers                []string
}

// said are the fields whose values problems name: who sends the event reads there what
// they mistyped.
var said = []string{"POST /v1/events .type is ", "POST /v1/events/batch .events[].type is ", "PUT /v1/contacts/{phone} .timezone is ", "PUT /v1/contacts/{phone} .language is ",
	"PUT /v1/contacts/{phone} .tags[] is "}

// said says whether an answer may show what it was given: those that tell how things
// stand do, but for those about codes.
func (r request) said(status int) bool {
	if status < 400 {
		return slices.ContainsFunc([]string{"/v1/accounts/", "/v1/contacts/", "/v1/consents/", "/v1/labels"}, func(room string) bool { return strings.HasPrefix(r.path, room) })
	}
	return slices.ContainsFunc(said, func(field string) bool { return strings.HasPrefix(r.op+" "+r.what, field) })
}

// fuzz makes requests of all that the OpenAPI document says.
type fuzz struct {
	*server
	document map[string]any
	names    map[string]string // that stand in paths, by operation and place
	strange  map[string]string
	op       string // whose requests are made
	requests []request
}

func (s *server) fuzz() *fuzz {
	s.t.Helper()
	_, document := s.do(http.MethodGet, "/v1/openapi.json", "", nil)
	_, event := s.do(http.MethodPost, "/v1/events", s.key, map[string]any{"type": "order.delivered", "to": testPhone, "data": map[string]any{"name": "Ann", "order": "A-1"}})
	messages, _ := event["messages"].([]any)
	if len(messages) == 0 {
		s.t.Fatalf("no message: %v", event)
	}
	return &fuzz{server: s, document: document, strange: strange(), names: map[string]string{
		"{ref}": "acc-fuzz", "{transaction}": "t1", "{phone}": "%2B12025550177", "/v1/verifications/{id}": s.wants(login()), "/v1/runs/{id}": fmt.Sprint(event["run"]),
		"/v1/messages/{id}": fmt.Sprint(messages[0]), "/v1/conversations/{id}": fmt.Sprint(event["conversation"]),
	}}
}

func (f *fuzz) asks(what, method, path string, body any, headers ...string) {
	f.requests = append(f.requests, request{f.op, what, method, path, body, headers})
}

// path fills in the names; odd takes the place of the n-th, if that is not negative.
func (f *fuzz) path(template string, n int, odd string) string {
	parts := strings.Split(template, "/")
	for i, part := range parts {
		if !strings.HasPrefix(part, "{") {
			continue
		}
		name := f.names[part]
		if name == "" {
			name = f.names[strings.Join(strings.Split(template, "/")[:i+1], "/")]
		}
		if name == "" {
			f.t.Fatalf("%s: what is %s?", template, part)
		}
		if parts[i] = name; n == 0 {
			parts[i] = odd
		}
		n--
	}
	return strings.Join(parts, "/")
}

func (f *fuzz) everyOperation() {
	f.t.Helper()
	paths, _ := f.document["paths"].(map[string]any)
	seen := 0
	for template, methods := range paths {
		for lower, operation := range methods.(map[string]any) {
			method, operation := strings.ToUpper(lower), operation.(map[string]any)
			op := method + " " + template
			f.op = op
			bodies, takes := fuzzed[op]
			if takes {
				seen++
			}
			schema := f.bodyOf(operation)
			if (schema != nil) != takes {
				f.t.Errorf("%s: it takes a body, or has one here: give it a good request", op)
				continue
			}
			body := "" // the first
			fields := map[string]any{}
			for _, text := range slices.Backward(bodies) {
				body = f.filled(text)
				var good map[string]any
				if err := json.Unmarshal([]byte(body), &good); err != nil {
					f.t.Fatal(op, err)
				}
				merge(fields, good)
				f.bodies(method, f.path(template, -1, ""), body, good)
			}
			if takes {
				f.covers(op, schema, fields)
			}
			f.queries(op, method, f.path(template, -1, ""), body, operation)
			for n := range strings.Count(template, "{") {
				for _, odd := range oddNames {
					f.asks("a name in the path", method, f.path(template, n, odd), body)
				}
			}
		}
	}
	if seen != len(fuzzed) {
		f.t.Errorf("%d of %d operations are there", seen, len(fuzzed))
	}
}

// merge adds fields to others, at any depth.
func merge(into, more map[string]any) {
	for name, value := range more {
		inner, _ := value.(map[string]any)
		if there, ok := into[name].(map[string]any); ok && inner != nil {
			merge(there, inner)
		} else if inner != nil {
			into[name] = maps.Clone(inner)
		} else {
			into[name] = value
		}
	}
}

// good makes the good requests, one after another: what is wrong with others is not to be
// hidden behind something else.
func (f *fuzz) good() {
	f.t.Helper()
	for _, op := range slices.Sorted(maps.Keys(fuzzed)) { // a lock comes before what becomes of it
		method, template, _ := strings.Cut(op, " ")
		for _, body := range fuzzed[op] {
			status, out := f.do(method, f.path(template, -1, ""), f.key, f.filled(body))
			if want := cmp.Or(refused[op], refused[body]); want > 0 && status != want || want == 0 && status >= 300 {
				f.t.Errorf("%s: the good request is answered %d %v", op, status, out["raw"])
			}
		}
	}
}

// filled has in a body what only the server knows.
func (f *fuzz) filled(body string) string {
	return strings.NewReplacer("CONVERSATION", f.names["/v1/conversations/{id}"], "NOW", time.Now().UTC().Format(time.RFC3339)).Replace(body)
}

// bodies ask with each field missing and strange, and with strange bodies.
func (f *fuzz) bodies(method, path, body string, good any) {
	spoil(good, "", func(where, text string) {
		if !strings.Contains(text, slot) {
			f.asks(where+" is missing", method, path, text)
			return
		}
		for name, value := range f.strange {
			f.asks(where+" is "+name, method, path, strings.Replace(text, slot, value, 1))
		}
	})
	for name, value := range f.strange {
		f.asks("the whole body is "+name, method, path, value)
	}
	for name, raw := range map[string]string{"empty": "", "open": "{", "twice": body + body, "half": body[:len(body)/2], "in bytes": "\xff\xfe", "of a long name": `{"` + strings.Repeat("k", 300_000) + `":1}`} {
		f.asks("the body is "+name, method, path, raw)
	}
	for name, value := range map[string]string{"long": strings.Repeat("k", 200), "a tab": "a\tb", "not ASCII": "é" + marker} {
		f.asks("Idempotency-Key is "+name, method, path, body, "Idempotency-Key", value)
	}
}

// queries ask with each query missing, strange, and twice.
func (f *fuzz) queries(op, method, path, body string, operation map[string]any) {
	good := url.Values{}
	parameters, _ := operation["parameters"].([]any)
	for _, p := range parameters {
		if p := p.(map[string]any); p["in"] == "query" {
			name := p["name"].(string)
			if queried[name] == "" {
				f.t.Fatalf("%s: what is ?%s=", op, name)
			}
			good.Set(name, queried[name])
		}
	}
	for name := range good {
		rest := maps.Clone(good)
		rest.Del(name)
		ask := func(what, raw string) { f.asks("?"+name+" is "+what, method, path+"?"+rest.Encode()+"&"+raw, body) }
		ask("missing", "")
		ask("there twice", name+"="+marker+"&"+name+"="+marker)
		ask("no escape", name+"=%zz")
		ask("in bytes", name+"=%ff%fe")
		for what, value := range f.strange {
			var text string
			if json.Unmarshal([]byte(value), &text) != nil {
				text = value
			}
			if len(text) < 5000 { // the rest is no line of a request
				ask(what, name+"="+url.QueryEscape(text))
			}
		}
	}
}

// slot stands where a strange value comes.
const slot = `"@slot@"`

// spoil gives the JSON of a value with each field, at any depth, left out, and with the
// slot in its place; and with one that nobody knows: its name may be said.
func spoil(value any, where string, each func(where, text string)) {
	inner := func(value any, at string, with func(any) any) {
		spoil(value, at, func(where, text string) {
			each(where, strings.Replace(encoded(with("@inner@")), `"@inner@"`, text, 1))
		})
	}
	switch v := value.(type) {
	case map[string]any:
		for name, field := range v {
			with := func(value any) any {
				other := maps.Clone(v)
				other[name] = value
				return other
			}
			without := maps.Clone(v)
			delete(without, name)
			each(where+"."+name, encoded(without))
			each(where+"."+name, encoded(with("@slot@")))
			inner(field, where+"."+name, with)
		}
		unknown := maps.Clone(v)
		unknown["unheard"] = "@slot@"
		each(where+".unheard", encoded(unknown))
	case []any:
		each(where+"[]", encoded([]any{"@slot@"}))
		inner(v[0], where+"[]", func(value any) any { return []any{value} })
	}
}

// bodyOf is the schema of what an operation takes; nil: it takes none.
func (f *fuzz) bodyOf(operation map[string]any) map[string]any {
	body, _ := operation["requestBody"].(map[string]any)
	content, _ := body["content"].(map[string]any)
	kind, _ := content["application/json"].(map[string]any)
	schema, _ := kind["schema"].(map[string]any)
	return schema
}

// covers expects a value to have every field of a schema.
func (f *fuzz) covers(where string, schema map[string]any, value any) {
	f.t.Helper()
	if ref, ok := schema["$ref"].(string); ok {
		components := f.document["components"].(map[string]any)["schemas"].(map[string]any)
		schema = components[ref[strings.LastIndexByte(ref, '/')+1:]].(map[string]any)
	}
	if items, ok := schema["items"].(map[string]any); ok {
		if list, _ := value.([]any); len(list) == 1 {
			f.covers(where+"[]", items, list[0])
			return
		}
		f.t.Errorf("%s: the good request has no item", where)
	}
	properties, _ := schema["properties"].(map[string]any)
	fields, _ := value.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if name == "$schema" {
			continue
		}
		if _, ok := fields[name]; !ok {
			f.t.Errorf("%s: the good request has no %s", where, name)
		}
		f.covers(where+"."+name, properties[name].(map[string]any), fields[name])
	}
}
