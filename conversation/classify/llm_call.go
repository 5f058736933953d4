package classify

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/sashabaranov/go-openai"

	"parley/conversation"
	"parley/outbound/egress"
)

// failure is why there is no answer. It holds nothing of what was asked or said: a
// service may repeat both in its errors.
type failure struct {
	reason string
	after  time.Duration // how long the service wants to be left alone
	lost   bool          // it may have answered, and charged for it
	retry  bool
}

// Error names the reason in one word.
func (f *failure) Error() string { return "asking the LLM: " + f.reason }

// RetryAfter is how long the service wants to be left alone; 0: it did not say.
func (f *failure) RetryAfter() time.Duration { return f.after }

// again says that another try may go better, soon enough.
func (f *failure) again() bool { return f.retry && f.after <= longestWait }

// exchange makes one call. spent is what it took, or may have taken.
func (l *LLM) exchange(ctx context.Context, id string, r openai.ChatCompletionRequest, asking conversation.Asking, estimate conversation.Expense) (a conversation.Answer, spent conversation.Expense, failed *failure) {
	if !l.breaker.TryAcquirePermit() {
		return a, spent, &failure{reason: Resting}
	}
	config := openai.DefaultConfig(l.Key)
	config.BaseURL, config.HTTPClient = l.BaseURL, keyed{l.Client, id}
	response, err := openai.NewClientWithConfig(config).CreateChatCompletion(ctx, r)
	if err != nil {
		failed = failureOf(err, response.Header())
		l.breaker.RecordFailure()
		if failed.lost {
			spent = estimate
		}
		return a, spent, failed
	}
	l.breaker.RecordSuccess()
	spent = l.used(response.Usage, estimate)
	if len(response.Choices) == 0 {
		return a, spent, &failure{reason: Empty}
	}
	choice := response.Choices[0]
	if choice.Message.Refusal != "" || choice.FinishReason == openai.FinishReasonContentFilter {
		return a, spent, &failure{reason: Refusal}
	}
	if a, err = understand(choice.Message.Content, asking); err != nil {
		return conversation.Answer{}, spent, &failure{reason: err.Error()}
	}
	return a, spent, nil
}

// keyed sends every request under one Idempotency-Key.
type keyed struct {
	client *http.Client
	id     string
}

// Do sends one request.
func (k keyed) Do(r *http.Request) (*http.Response, error) {
	r.Header.Set("Idempotency-Key", k.id)
	r.Header.Set("User-Agent", "Parley")
	return k.client.Do(r)
}

// failureOf names an error without a word of what it says.
func failureOf(err error, h http.Header) *failure {
	var api *openai.APIError
	var request *openai.RequestError
	status := 0
	switch {
	case errors.As(err, &api):
		status = api.HTTPStatusCode
	case errors.As(err, &request):
		status = request.HTTPStatusCode
	}
	after := egress.RetryAfter(h, time.Now())
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case status == http.StatusTooManyRequests:
		return &failure{reason: Busy, after: after, retry: true}
	case status >= 500:
		return &failure{reason: Unavailable, after: after, retry: true}
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return &failure{reason: BadKey}
	case status > 0:
		return &failure{reason: BadRequest}
	case errors.As(err, &syntax), errors.As(err, &kind), errors.Is(err, egress.ErrTooLarge):
		return &failure{reason: Malformed, lost: true}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return &failure{reason: CutOff, lost: true, retry: true}
	case errors.Is(err, egress.ErrForbidden):
		return &failure{reason: egress.Reason(err)}
	}
	reason := egress.Reason(err)
	var wire *url.Error
	var op *net.OpError
	if reason == "unreachable" && !errors.As(err, &wire) && !errors.As(err, &op) {
		return &failure{reason: BadRequest} // it was never sent: the library knows that the model would refuse it
	}
	return &failure{reason: reason, retry: true, lost: reason == "timeout" || reason == "unreachable"}
}

// mostTokens bounds what a service may say that it has used.
const mostTokens = 1 << 20

// used is what a service says that it has used; one that does not say has used what was
// estimated.
func (l *LLM) used(u openai.Usage, estimate conversation.Expense) conversation.Expense {
	in, out := int64(u.PromptTokens), int64(u.CompletionTokens)
	if in <= 0 || out < 0 || in > mostTokens || out > mostTokens {
		return estimate
	}
	return l.cost(in, out)
}

// estimate is about the most that a request takes: few tokens have less than three bytes.
func (l *LLM) estimate(r openai.ChatCompletionRequest) conversation.Expense {
	in := 0
	for _, m := range r.Messages {
		in += len(m.Content)
	}
	if b, err := r.ResponseFormat.JSONSchema.Schema.MarshalJSON(); err == nil {
		in += len(b)
	}
	return l.cost(int64(in/3+64), int64(l.MaxTokens))
}
