package flows

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"
)

// request is what call and trigger.lookup ask of the business's HTTP API, and what
// its answer means.
type request struct {
	at      *node
	url     *address
	method  string
	json    *data // nil: no body
	headers []header
	results []result
	ways    map[string]*link // by ok, failed, or an HTTP status
}

type header struct {
	name string
	text *template
}

// result is one variable that the answer fills.
type result struct {
	name string
	v    *variable
	path []string // where the answer holds it
}

const (
	maxHeaders = 20
	maxResults = 40
)

// request reads the call's shape; prefix names its links in the machine's tables.
func (p *parser) request(n *node, what, prefix string) *request {
	q := &request{at: n, method: http.MethodGet, ways: map[string]*link{}}
	if !p.keys(n, what, keysOf[callKeys]()) {
		return q
	}
	if n.child("url") == nil {
		p.failAt(n, "%s without an address: add url: https://...", what)
	} else {
		q.url = p.callee(n.child("url"))
	}
	q.method = p.oneOf(n.child("method"), "method", methodNames...)
	if body := n.child("json"); body != nil {
		q.json = p.data(body)
		if n.child("method") == nil {
			q.method = http.MethodPost
		} else if q.method == http.MethodGet {
			p.failAt(body, "a GET has no body: leave json out, or use method: POST")
		}
	}
	for _, e := range p.entries(n.child("headers"), "headers", "NAME: TEXT", maxHeaders) {
		p.header(q, e)
	}
	for _, e := range p.entries(n.child("result"), "result", "NAME: TYPE", maxResults) {
		p.result(q, e)
	}
	for _, e := range p.entries(n.child("on"), "on", "STATUS: STATE", maxEvents) {
		if !isWay(e.name) {
			p.failAt(e.at, "%s is no answer: write ok, failed, or an HTTP status such as 404", quote(e.name))
			continue
		}
		if l := p.link(e.value, prefix+e.name); l != nil {
			q.ways[e.name] = l
		}
	}
	return q
}

// isWay says whether on of a call may name it.
func isWay(name string) bool {
	status, err := strconv.Atoi(name)
	return name == "ok" || name == "failed" || err == nil && len(name) == 3 && status >= 200 && status <= 599
}

// ourHeaders are set by whoever carries the call out.
const ourHeaders = " host content-length transfer-encoding connection idempotency-key parley-phone parley-conversation "

func (p *parser) header(q *request, e entry) {
	token := e.name != "" && len(e.name) <= 60 && strings.Trim(strings.ToLower(e.name), "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
	switch {
	case !token:
		p.failAt(e.at, "%s is no name of a header: use letters, digits and -", quote(e.name))
	case strings.Contains(ourHeaders, " "+strings.ToLower(e.name)+" "):
		p.failAt(e.at, "the header %s is set by Parley: leave it out", e.name)
	default:
		q.headers = append(q.headers, header{e.name, p.template(e.value, "a header", false)})
	}
}

func (p *parser) result(q *request, e entry) {
	v := p.variable(e, "result", inputKinds, keysOf[resultKeys]())
	if v == nil {
		return
	}
	v.required, v.optional = false, true
	r := result{name: v.name, v: v, path: []string{v.name}}
	if from := e.value.child("from"); from != nil {
		r.path = strings.Split(p.text(from, "from"), ".")
		for _, name := range r.path {
			if name == "" || len(r.path) > 10 {
				p.failAt(from, "%s is no path into the answer: write it like a.b", quote(from.text))
				break
			}
		}
	}
	q.results = append(q.results, r)
}

// exprs lists the request's expressions.
func (q *request) exprs() []*expression {
	var out []*expression
	if q.url != nil {
		out = append(out, q.url.exprs()...)
	}
	if q.json != nil {
		out = append(out, q.json.exprs()...)
	}
	for _, h := range q.headers {
		out = append(out, h.text.exprs()...)
	}
	return out
}

// ask writes the request out.
func (q *request) ask(c *call) (*Action, error) {
	url, err := q.url.render(c)
	if err != nil {
		return nil, err
	}
	data := map[string]any{"method": q.method, "url": url}
	if q.json != nil {
		body, err := q.json.value(c)
		if err != nil {
			return nil, err
		}
		if sizeOf(body) > maxVars {
			return nil, errTooMuch
		}
		data["json"] = body
	}
	headers := map[string]any{}
	for _, h := range q.headers {
		text, err := h.text.render(c)
		if err != nil {
			return nil, err
		}
		if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return nil, fmt.Errorf("the header %s holds a line break or the like", h.name)
		}
		headers[h.name] = text
	}
	if len(headers) > 0 {
		data["headers"] = headers
	}
	return &Action{Kind: "call", Name: q.url.host, Data: data}, nil
}

// Returned is what a call brought back.
type Returned struct {
	Status int    // HTTP's; 0: there was no answer
	Body   any    // the answer, as JSON decodes it
	Error  string // why there is none, in short; "" : it was answered
}

// outcome applies an answer and returns the way it leads; nil: the state goes on.
func (q *request) outcome(c *call, r Returned) (*link, error) {
	status := strconv.Itoa(r.Status)
	why := fmt.Errorf("the call to %s answered %s", q.url.host, status)
	if r.Error != "" || r.Status == 0 {
		why = fmt.Errorf("the call to %s failed: %s", q.url.host, cmp.Or(r.Error, "there was no answer"))
	} else if r.Status/100 == 2 {
		if why = q.fill(c, r.Body); why == nil {
			return cmp.Or(q.ways[status], q.ways["ok"]), nil
		}
		status = ""
	}
	if l := cmp.Or(q.ways[status], q.ways["failed"]); l != nil {
		return l, nil
	}
	return nil, why
}

// fill gives the result's variables what the answer holds, or nothing where it
// holds nothing. An answer that does not fit changes none of them.
func (q *request) fill(c *call, body any) error {
	values := make([]any, len(q.results))
	for i, r := range q.results {
		raw := member(body, r.path)
		if raw == nil {
			continue
		}
		value, problem := r.v.check(raw)
		if problem == "" && !clean(value) {
			problem = "must be UTF-8 text"
		}
		if problem != "" {
			return fmt.Errorf("the answer of %s does not fit: %s %s", q.url.host, r.name, problem)
		}
		values[i] = value
	}
	for i, r := range q.results {
		if values[i] != nil || c.run.State != lookingUp { // a lookup leaves defaults alone
			c.set(r.name, values[i])
		}
	}
	return c.fits()
}

// member follows a path into a value of JSON; nil: there is nothing.
func member(v any, path []string) any {
	for _, name := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[name]
	}
	return v
}

// clean says whether every text inside a value can be stored and sent.
func clean(v any) bool {
	switch x := v.(type) {
	case string:
		return utf8.ValidString(x) && !strings.ContainsRune(x, 0)
	case []any:
		for _, item := range x {
			if !clean(item) {
				return false
			}
		}
	case map[string]any:
		for name, item := range x {
			if !clean(name) || !clean(item) {
				return false
			}
		}
	}
	return true
}

var errNotAwaited = errors.New("no result is waited for here")

// Returned goes on with the result of the call that the run waits for: the way that
// on names for it, else what the state says and its way on. A run whose lookup has
// come back enters its first state.
func (f *Flow) Returned(sc Scope, run Run, r Returned) Move {
	return f.do(&sc, run, func(c *call) error {
		q := f.awaited(run)
		if q == nil {
			return errNotAwaited
		}
		next, err := q.outcome(c, r)
		switch {
		case err != nil:
			return err
		case next != nil:
			return c.follow(next)
		case run.State == lookingUp:
			return c.found(q)
		}
		return c.goOn()
	})
}

// awaited is the request whose answer the run waits for.
func (f *Flow) awaited(run Run) *request {
	if run.State == lookingUp {
		return f.lookup
	}
	if s := f.states[run.State]; s != nil {
		if a, ok := s.suspends().(*callAction); ok {
			return a.request
		}
	}
	return nil
}
