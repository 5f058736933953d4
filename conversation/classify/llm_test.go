package classify

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/conversation"
	"parley/flows"
	"parley/outbound/egress"
)

// script is an OpenAI-compatible server that answers what it is told to, one answer a
// request; the last one stays.
type script struct {
	mu      sync.Mutex
	answers []func(w http.ResponseWriter)
	bodies  []string
	headers []http.Header
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.bodies, s.headers = append(s.bodies, string(body)), append(s.headers, r.Header)
	answer := s.answers[min(len(s.bodies), len(s.answers))-1]
	s.mu.Unlock()
	answer(w)
}

func (s *script) asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.bodies)
}

// says is an answer with this content and 1,000 tokens of prompt, 10 of answer.
func says(content string) func(w http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		b, _ := json.Marshal(content)
		fmt.Fprintf(w, `{"choices":[{"message":{"role":"assistant","content":%s},"finish_reason":"stop"}],"usage":{"prompt_tokens":1000,"completion_tokens":10,"total_tokens":1010}}`, b)
	}
}

func status(code int, headers ...string) func(w http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
		fmt.Fprint(w, `{"error":{"message":"you said: the lid came off, with the key sk-123","type":"x","code":"y"}}`)
	}
}

func raw(body string) func(w http.ResponseWriter) {
	return func(w http.ResponseWriter) { fmt.Fprint(w, body) }
}

// slow holds the answer back until the client has gone.
func slow(w http.ResponseWriter) { time.Sleep(2500 * time.Millisecond); says(good)(w) }

// cut breaks off in the midst of the answer.
func cut(w http.ResponseWriter) {
	w.Header().Set("Content-Length", "5000")
	fmt.Fprint(w, `{"choices":[{"message":{"content":"{\"mea`)
}

const good = `{"meaning":"broken","other":"late","certain":true,"value":null}`

var asking = conversation.Asking{Flow: "parcel", Hash: "h", State: "ask", Language: "en", Brand: "Acme", About: "Asks about a parcel", Asked: "Did it arrive?", Before: "hi [name]", Text: "the lid came off on 5 March",
	Ask: flows.Ask{Value: "date", Intents: []flows.Meaning{{Name: "broken", Description: "Something is broken", Examples: []string{"it is in pieces"}}, {Name: "late"}}}}

func scripted(t *testing.T, answers ...func(w http.ResponseWriter)) (*LLM, *script, *Purse) {
	t.Helper()
	s := &script{answers: answers}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	client, err := egress.NewClient(egress.Config{Private: []string{"127.0.0.1"}, Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	purse := &Purse{}
	return NewLLM(&LLM{Client: client, BaseURL: server.URL + "/v1", Model: "small", Key: "sk-123", MaxTokens: 300, PriceIn: 2, PriceOut: 8, Ledger: purse}), s, purse
}

func job(id string) conversation.Job {
	j := conversation.Job{ID: id, Kind: conversation.JobClassify, Run: "r", Wait: 3, Epoch: 1, At: time.Now().UnixMilli()}
	b, _ := json.Marshal(asking)
	_ = json.Unmarshal(b, &j.Data)
	return j
}

func TestLLMAsksForWhatMayBeChosen(t *testing.T) {
	l, s, purse := scripted(t, says(`{"meaning":"broken","other":"late","certain":true,"value":"5 March"}`))
	e, ok, err := l.Do(t.Context(), job("job_1"), false)
	if err != nil || !ok {
		t.Fatal(err)
	}
	var a conversation.Answer
	if err := json.Unmarshal(e.Result.Data, &a); err != nil || e.Result.Error != "" {
		t.Fatal(err, e.Result)
	}
	want := conversation.Answer{Intent: "broken", Other: "late", Certain: true, Value: "5 March", Model: "small", Prompt: PromptVersion, Tokens: 1010, Cost: 0.00208}
	if a != want {
		t.Errorf("%+v\nwant %+v", a, want)
	}
	if got := purse.Spent(); got != (conversation.Expense{Tokens: 1010, Micros: 2080}) {
		t.Errorf("spent %+v", got)
	}
	if h := s.headers[0]; h.Get("Idempotency-Key") != "job_1" || h.Get("Authorization") != "Bearer sk-123" {
		t.Errorf("%v", h)
	}
	var sent struct {
		Model    string
		Messages []struct{ Role, Content string }
		Format   struct {
			Type   string
			Schema struct {
				Strict bool
				Schema struct {
					Additional bool `json:"additionalProperties"`
					Required   []string
					Properties map[string]struct {
						Enum []string
						Type any
					}
				}
			} `json:"json_schema"`
		} `json:"response_format"`
		Most int `json:"max_completion_tokens"`
	}
	if err := json.Unmarshal([]byte(s.bodies[0]), &sent); err != nil {
		t.Fatal(err)
	}
	schema := sent.Format.Schema
	if sent.Model != "small" || sent.Most != 300 || sent.Format.Type != "json_schema" || !schema.Strict || schema.Schema.Additional || len(schema.Schema.Required) != 4 {
		t.Errorf("%+v", sent)
	}
	if got := strings.Join(schema.Schema.Properties["meaning"].Enum, " "); got != "broken late answers_the_question unsure" {
		t.Errorf("may choose %s", got)
	}
	var seen shown
	if err := json.Unmarshal([]byte(sent.Messages[1].Content), &seen); err != nil || sent.Messages[0].Content != instructions || len(sent.Messages) != 2 {
		t.Fatalf("%+v", sent.Messages)
	}
	if seen.Business != "Acme" || seen.Question != "Did it arrive?" || seen.Before != "hi [name]" || seen.Message != asking.Text || seen.Meanings[0].Description != "Something is broken" || seen.Value != "date" {
		t.Errorf("%+v", seen)
	}
}

// Every way in which a service can fail ends with a word that holds nothing of what was
// said, and with what it took.
func TestLLMFailures(t *testing.T) {
	estimated := int64(-1)
	for name, c := range map[string]struct {
		answers []func(w http.ResponseWriter)
		want    string // "" : answered
		tries   int
		tokens  int64
	}{
		"slow twice":           {[]func(http.ResponseWriter){slow}, "timeout", 2, estimated},
		"slow, then not":       {[]func(http.ResponseWriter){slow, says(good)}, "", 2, estimated},
		"slow, then 429":       {[]func(http.ResponseWriter){slow, status(429)}, Busy, 2, estimated},
		"429, then not":        {[]func(http.ResponseWriter){status(429, "Retry-After", "1"), says(good)}, "", 2, 1010},
		"429 twice":            {[]func(http.ResponseWriter){status(429, "Retry-After", "1")}, Busy, 2, 0},
		"429 for long":         {[]func(http.ResponseWriter){status(429, "Retry-After", "60")}, Busy, 1, 0},
		"500 twice":            {[]func(http.ResponseWriter){status(500)}, Unavailable, 2, 0},
		"401":                  {[]func(http.ResponseWriter){status(401)}, BadKey, 1, 0},
		"400":                  {[]func(http.ResponseWriter){status(400)}, BadRequest, 1, 0},
		"not JSON":             {[]func(http.ResponseWriter){raw("<html>the lid came off</html>")}, "malformed", 1, estimated},
		"JSON of another kind": {[]func(http.ResponseWriter){raw(`{"choices":"none"}`)}, "malformed", 1, estimated},
		"cut twice":            {[]func(http.ResponseWriter){cut}, "cut_off", 2, estimated},
		"cut, then not":        {[]func(http.ResponseWriter){cut, says(good)}, "", 2, estimated},
		"500, then cut":        {[]func(http.ResponseWriter){status(500), cut}, "cut_off", 2, estimated},
		"refusal":              {[]func(http.ResponseWriter){raw(`{"choices":[{"message":{"refusal":"no"}}],"usage":{"prompt_tokens":900,"completion_tokens":5}}`)}, Refusal, 1, 905},
		"filtered":             {[]func(http.ResponseWriter){raw(`{"choices":[{"finish_reason":"content_filter","message":{"content":""}}],"usage":{"prompt_tokens":900}}`)}, Refusal, 1, 900},
		"no choices":           {[]func(http.ResponseWriter){raw(`{"choices":[],"usage":{"prompt_tokens":900,"completion_tokens":0}}`)}, Empty, 1, 900},
		"another intent":       {[]func(http.ResponseWriter){says(`{"meaning":"yes","other":"unsure","certain":true,"value":null}`)}, "wrong_intent", 1, 1010},
		"more than was asked":  {[]func(http.ResponseWriter){says(`{"meaning":"broken","other":"late","certain":true,"value":null,"do":"refund"}`)}, "malformed", 1, 1010},
		"two answers":          {[]func(http.ResponseWriter){says(good + good)}, "malformed", 1, 1010},
		"cut content":          {[]func(http.ResponseWriter){says(`{"meaning":"bro`)}, "malformed", 1, 1010},
		"huge":                 {[]func(http.ResponseWriter){raw(strings.Repeat(" ", 80<<10))}, "malformed", 1, estimated},
		"huge content":         {[]func(http.ResponseWriter){says(`{"meaning":"broken","other":"late","certain":true,"value":"` + strings.Repeat("x", 5000) + `"}`)}, "malformed", 1, 1010},
		"absurd usage":         {[]func(http.ResponseWriter){raw(`{"choices":[{"message":{"content":"{\"meaning\":\"late\",\"other\":\"unsure\",\"certain\":true,\"value\":null}"}}],"usage":{"prompt_tokens":-5,"completion_tokens":99}}`)}, "", 1, estimated},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, s, purse := scripted(t, c.answers...)
			if strings.HasPrefix(name, "slow") {
				l.Client.Timeout = 1500 * time.Millisecond
			}
			e, ok, err := l.Do(t.Context(), job("j"), false)
			if err != nil {
				if strings.Contains(err.Error(), "lid") || strings.Contains(err.Error(), "sk-") {
					t.Errorf("the error says %q", err)
				}
				e, ok, err = l.Do(t.Context(), job("j"), true)
			}
			if err != nil || !ok {
				t.Fatal(err)
			}
			if e.Result.Error != c.want || s.asked() != c.tries {
				t.Errorf("%q after %d tries", e.Result.Error, s.asked())
			}
			if b, _ := json.Marshal(e); strings.Contains(string(b), "lid") || strings.Contains(string(b), "sk-") {
				t.Errorf("the result says %s", b)
			}
			want := c.tokens
			if r, err := l.request(asking); want == estimated && err == nil {
				want = l.estimate(r).Tokens
			}
			if got := purse.Spent().Tokens; got != want {
				t.Errorf("spent %d tokens, want %d", got, want)
			}
		})
	}
}

func TestLLMIsNotAskedInVain(t *testing.T) {
	l, s, purse := scripted(t, says(good))
	test, old := job("t"), job("o")
	test.Test = true
	old.At -= staleAfter.Milliseconds() + 1000
	for want, j := range map[string]conversation.Job{TestMode: test, TooLate: old} {
		if e, _, err := l.Do(t.Context(), j, true); err != nil || e.Result.Error != want {
			t.Errorf("%s: %v %v", want, e.Result, err)
		}
	}
	l.Most = conversation.Expense{Tokens: 10}
	if e, _, err := l.Do(t.Context(), job("b"), true); err != nil || e.Result.Error != NoBudget {
		t.Errorf("%v %v", e.Result, err)
	}
	if s.asked() != 0 || purse.Spent() != (conversation.Expense{}) {
		t.Errorf("asked %d times, spent %+v", s.asked(), purse.Spent())
	}
	l.Most = conversation.Expense{}
	for n := range 3 { // the same words of another customer
		e, _, err := l.Do(t.Context(), job(fmt.Sprint("c", n)), true)
		var a conversation.Answer
		_ = json.Unmarshal(e.Result.Data, &a)
		if err != nil || a.Intent != "broken" || a.Cached != (n > 0) || a.Cached && (a.Tokens > 0 || a.Cost > 0) {
			t.Errorf("%+v %v", a, err)
		}
	}
	dressed := asking
	dressed.Text = " The LID came off,\non 5 March!! "
	if a, err := l.Ask(t.Context(), "e", dressed, true); err != nil || !a.Cached {
		t.Errorf("the same words were asked about anew: %+v %v", a, err)
	}
	for _, change := range []func(a *conversation.Asking){func(a *conversation.Asking) { a.State = "b" }, func(a *conversation.Asking) { a.Text += "?" }, func(a *conversation.Asking) { a.Before = "no" }, func(a *conversation.Asking) { a.Asked = "x" }, func(a *conversation.Asking) { a.Hash = "x" },
		func(a *conversation.Asking) { a.Brand = "x" }, func(a *conversation.Asking) { a.Language = "de" }, func(a *conversation.Asking) { a.Value = "" }, func(a *conversation.Asking) { a.Text = "the lid came off on 6 March" }} {
		other, n := asking, s.asked()
		change(&other)
		if _, err := l.Ask(t.Context(), fmt.Sprint("d", n), other, true); err != nil || s.asked() != n+1 {
			t.Errorf("%+v was answered from memory (%v)", other, err)
		}
	}
}

// What the library refuses to send is not counted, nor tried again.
func TestLLMOfAWrongModel(t *testing.T) {
	l, s, purse := scripted(t, says(good))
	l.Model = "text-davinci-003"
	e, ok, err := l.Do(t.Context(), job("j"), false)
	if err != nil || !ok || e.Result.Error != BadRequest || s.asked() != 0 || purse.Spent() != (conversation.Expense{}) {
		t.Errorf("%+v %v, asked %d times, spent %+v", e.Result, err, s.asked(), purse.Spent())
	}
}

// A service that fails is left alone, then tried again.
func TestLLMRests(t *testing.T) {
	l, s, _ := scripted(t, status(500), status(500), status(500), status(500), status(500), says(good))
	l.Rest = 2 * time.Second
	NewLLM(l)
	ask := func(id string) string {
		other := asking
		other.Text = id
		_, err := l.Ask(t.Context(), id, other, true)
		if err != nil {
			return err.Error()
		}
		return ""
	}
	for n := range 5 {
		ask(fmt.Sprint("a", n))
	}
	if got := ask("b"); !strings.Contains(got, Resting) || s.asked() != 5 {
		t.Errorf("%q after %d", got, s.asked())
	}
	time.Sleep(2100 * time.Millisecond) // the breaker has a clock of its own
	if got := ask("c"); got != "" || s.asked() != 6 {
		t.Errorf("%q after %d", got, s.asked())
	}
}

// told is a Ledger whose jobs have been answered before.
type told struct{ Purse }

func (t *told) Reserve(ctx context.Context, id string, e, most conversation.Expense) (conversation.Reserved, error) {
	return conversation.Reserved{OK: true, Answer: `{"intent":"late","certain":true,"tokens":5}`}, nil
}

func TestLLMIsNotAskedTwiceForOneJob(t *testing.T) {
	failing, asked, purse := scripted(t, raw(`{"choices":[],"usage":{"prompt_tokens":900,"completion_tokens":0}}`), says(good))
	for range 2 { // what its first run brought back was lost
		if e, ok, err := failing.Do(t.Context(), job("f"), false); err != nil || !ok || e.Result.Error == "" || asked.asked() != 1 || purse.Spent().Tokens != 900 {
			t.Errorf("%+v %v, asked %d times, spent %+v", e.Result, err, asked.asked(), purse.Spent())
		}
	}
	l, s, _ := scripted(t, says(good))
	l.Ledger = &told{}
	a, err := l.Ask(t.Context(), "j", asking, true)
	if err != nil || a.Intent != "late" || a.Tokens != 5 || s.asked() != 0 {
		t.Errorf("%+v %v after %d", a, err, s.asked())
	}
}

func TestCacheIsBounded(t *testing.T) {
	var c cache
	for n := range 3 * mostCached {
		c.keep(fmt.Sprint(n), conversation.Answer{})
		c.find("0")
	}
	if _, ok := c.find("0"); !ok || len(c.newer)+len(c.old) > 2*mostCached {
		t.Errorf("%d and %d", len(c.newer), len(c.old))
	}
}
