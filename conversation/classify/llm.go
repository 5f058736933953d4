package classify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"

	"parley/conversation"
)

// LLM asks an OpenAI-compatible service what a text means, when nothing in the house is
// sure of it. It may only choose among what it is offered; whatever goes wrong, the text
// is read without it.
type LLM struct {
	// Client makes the calls: one of egress.NewClient, whose timeout bounds a try.
	Client    *http.Client
	BaseURL   string // without /chat/completions
	Model     string
	Key       string  // "" : the service wants none
	Reasoning string  // the effort of models that reason; "" : the service's default
	MaxTokens int     // of an answer, those of reasoning included
	PriceIn   float64 // of a million tokens
	PriceOut  float64
	// Most is what a day may take, on all nodes together; zero: no limit.
	Most   conversation.Expense
	Ledger Ledger
	// Observe hears how each question ended and what it took; nil: nobody does.
	Observe func(outcome string, e conversation.Expense)
	// Rest is how long a service that fails is left alone; 0: 30 s.
	Rest time.Duration

	breaker circuitbreaker.CircuitBreaker[any]
	cache   cache
}

// Ledger counts what is spent.
type Ledger interface {
	// Reserve counts an estimate for a job against the day's most, once however often it
	// is asked. Not OK: there is no room. Answer is what the job was told already;
	// Settled without one: it was asked, and told nothing.
	Reserve(ctx context.Context, id string, estimate, most conversation.Expense) (conversation.Reserved, error)
	// DoubtLLM notes that a job's try may have taken the estimate and nobody knows: no less
	// is counted for the job in the end.
	DoubtLLM(ctx context.Context, id string) error
	// SpendLLM puts what a job has really taken in place of the estimate, once.
	SpendLLM(ctx context.Context, id string, e conversation.Expense, answer string) error
}

// NewLLM makes it ready: without the breaker nothing can be asked.
func NewLLM(l *LLM) *LLM {
	if l.Rest == 0 {
		l.Rest = 30 * time.Second
	}
	l.breaker = circuitbreaker.NewBuilder[any]().WithFailureThresholdRatio(5, 10).WithDelay(l.Rest).Build()
	return l
}

// staleAfter is when the conversation has surely read the text without us: its timer is
// 15 s.
const staleAfter = 12 * time.Second

// longestWait is how long a service may ask to be left alone and still be asked again.
const longestWait = 2 * time.Second

// The outcomes, besides those of egress.Reason: Result.Error, and labels of the metric.
const (
	Answered    = "answered"
	Cached      = "cached"
	TestMode    = "test_mode" // a test key's: nothing leaves
	TooLate     = "too_late"
	NoBudget    = "no_budget"
	NoLedger    = "no_ledger" // what it costs cannot be counted
	Resting     = "resting"   // it failed too often lately
	Busy        = "busy"
	BadKey      = "bad_key"
	BadRequest  = "bad_request"
	Unavailable = "unavailable"
	CutOff      = "cut_off" // the connection broke in the middle of the answer
	Refusal     = "refusal"
	Empty       = "empty"
	Malformed   = "malformed"
	WrongIntent = "wrong_intent" // one that was not offered
)

// Do makes one try of a classification. An error means that another is worth it; on the
// last try whatever came is the result. The job's id is the Idempotency-Key of both.
func (l *LLM) Do(ctx context.Context, j conversation.Job, last bool) (conversation.Event, bool, error) {
	if j.Test {
		return resultOf(j, conversation.Answer{}, TestMode)
	}
	if time.Since(time.UnixMilli(j.At)) > staleAfter {
		return resultOf(j, conversation.Answer{}, TooLate)
	}
	asking, err := conversation.AskingOf(j)
	if err != nil {
		return resultOf(j, conversation.Answer{}, BadRequest)
	}
	a, err := l.Ask(ctx, j.ID, asking, last)
	var failed *failure
	switch {
	case errors.As(err, &failed) && (last || !failed.again()):
		return resultOf(j, a, failed.reason)
	case err != nil && last:
		return resultOf(j, a, NoLedger)
	case err != nil:
		return conversation.Event{}, false, err
	}
	return resultOf(j, a, "")
}

// resultOf is the event that tells the conversation.
func resultOf(j conversation.Job, a conversation.Answer, problem string) (conversation.Event, bool, error) {
	data, err := json.Marshal(a)
	if err != nil {
		return conversation.Event{}, false, fmt.Errorf("encoding an answer: %w", err)
	}
	return j.Answered(data, problem), true, nil
}

// Ask asks about one text, under an id that is counted once. A *failure says why there
// is no answer; last, that it will not be asked for again.
func (l *LLM) Ask(ctx context.Context, id string, asking conversation.Asking, last bool) (conversation.Answer, error) {
	key := l.cacheKey(asking)
	if a, ok := l.cache.find(key); ok {
		l.observe(Cached, conversation.Expense{})
		a.Tokens, a.Cost, a.Cached = 0, 0, true
		return a, nil
	}
	request, err := l.request(asking)
	if err != nil {
		return conversation.Answer{}, err
	}
	estimate := l.estimate(request)
	reserved, err := l.Ledger.Reserve(ctx, id, estimate, l.Most)
	switch {
	case err != nil:
		return conversation.Answer{}, err
	case !reserved.OK:
		l.observe(NoBudget, conversation.Expense{})
		return conversation.Answer{}, &failure{reason: NoBudget}
	case reserved.Answer != "":
		var a conversation.Answer
		err := json.Unmarshal([]byte(reserved.Answer), &a)
		return a, err
	case reserved.Settled:
		return conversation.Answer{}, &failure{reason: Unavailable}
	}
	a, spent, failed := l.exchange(ctx, id, request, asking, estimate)
	a.Model, a.Prompt, a.Tokens, a.Cost = l.Model, PromptVersion, spent.Tokens, float64(spent.Micros)/1e6
	if failed != nil {
		l.observe(failed.reason, spent)
		if failed.again() && !last {
			return a, l.retried(ctx, id, failed)
		}
		return a, errors.Join(failed, l.Ledger.SpendLLM(ctx, id, spent, ""))
	}
	l.observe(Answered, spent)
	l.cache.keep(key, a)
	text, err := json.Marshal(a)
	if err == nil {
		err = l.Ledger.SpendLLM(ctx, id, spent, string(text))
	}
	return a, err
}

// retried is the error of a try that is not the last: the next one is counted under the
// same id.
func (l *LLM) retried(ctx context.Context, id string, f *failure) error {
	if f.lost {
		return errors.Join(f, l.Ledger.DoubtLLM(ctx, id))
	}
	return f
}

// AskTwice asks as a job would: once more where another try may go better.
func (l *LLM) AskTwice(ctx context.Context, id string, asking conversation.Asking) (conversation.Answer, error) {
	a, err := l.Ask(ctx, id, asking, false)
	var failed *failure
	if errors.As(err, &failed) && failed.again() {
		return l.Ask(ctx, id, asking, true)
	}
	return a, err
}

// Outcome is the word for how a question ended: answered, or the reason why not.
func Outcome(err error) string {
	var failed *failure
	switch {
	case err == nil:
		return Answered
	case errors.As(err, &failed):
		return failed.reason
	}
	return Unavailable
}

func (l *LLM) observe(outcome string, e conversation.Expense) {
	if l.Observe != nil {
		l.Observe(outcome, e)
	}
}

// cost is what tokens cost, in millionths; prices are of a million.
func (l *LLM) cost(in, out int64) conversation.Expense {
	return conversation.Expense{Tokens: in + out, Micros: int64(math.Ceil(float64(in)*l.PriceIn + float64(out)*l.PriceOut))}
}
