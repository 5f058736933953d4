package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/riverqueue/river"

	"parley/conversation"
)

// plan says how the jobs of one kind are tried.
type plan struct {
	tries   int           // with the first one
	spare   int           // see spareTries
	timeout time.Duration // of one try: whoever is asked is given up before
	longest time.Duration // that a peer may ask us to wait, see Later
	pause   func(n int) time.Duration
}

// plans by the job's kind. Codes and news, which stay in the house, are tried as
// othersPlan says.
//
// A run that waits for a call gives up after 60 s: three tries of ten seconds and
// the pauses between them fit in. Nobody waits for a callback, which may be late by
// days: see callbackPause. A text waits for a classifier for 15 s: two tries of six
// seconds and the pause between them fit in.
var plans = map[string]plan{
	conversation.JobClassify: {tries: 2, spare: spareTries, timeout: 8 * time.Second, longest: 2 * time.Second, pause: classifyPause},
	conversation.JobCall:     {tries: 3, spare: spareTries, timeout: 12 * time.Second, longest: 5 * time.Second, pause: callPause},
	conversation.JobCallback: {tries: CallbackTries, spare: spareTries, timeout: 20 * time.Second, longest: 24 * time.Hour, pause: callbackPause},
}

var othersPlan = plan{tries: 5, timeout: effectTimeout, longest: time.Minute, pause: otherPause}

// CallbackTries is how often a callback is tried before it becomes a dead letter.
const CallbackTries = 10

func planOf(j conversation.Job) plan {
	if p, ok := plans[j.Kind]; ok {
		return p
	}
	return othersPlan
}

// callPause waits one second after the first failure and three after the second.
func callPause(n int) time.Duration { return time.Duration(2*n-1) * time.Second }

func classifyPause(int) time.Duration { return 500 * time.Millisecond }

// callbackPause is how long a callback waits after its n-th failure: 25 s, then
// three times as long after each, and up to a tenth more, so that what failed
// together does not come back together. The ten tries are made at about
//
//	0, 25 s, 1 min 40 s, 5 min, 17 min, 50 min, 2 h 30 min, 7 h 35 min, 22 h 45 min, 2 d 20 h
//
// after the event, plus at most a tenth: three days in all.
func callbackPause(n int) time.Duration {
	d := 25 * time.Second
	for range min(max(n, 1), CallbackTries) - 1 {
		d *= 3
	}
	return d + rand.N(d/10)
}

// otherPause is for those whose waiting run has a timer of its own: 1, 16, 81 s …
func otherPause(n int) time.Duration { return time.Duration(n*n*n*n) * time.Second }

// Try says which try of a job is being made: the N-th of Of.
type Try struct{ N, Of int }

// Last says that the job is not tried again after this: a failure must be made
// known now. Should the process die in the midst of a last try, one more follows,
// which is a last one too.
func (t Try) Last() bool { return t.N >= t.Of }

type tryKey struct{}

// TryOf says which try of its job a Do is called for. Outside of a runner it is
// the only one.
func TryOf(ctx context.Context) Try {
	if t, ok := ctx.Value(tryKey{}).(Try); ok {
		return t
	}
	return Try{N: 1, Of: 1}
}

// Later is what an error may be besides, when the peer said how long it wants to
// be left alone (Retry-After). The wait gets longer by that, never shorter, and
// each kind of job has a limit to it.
type Later interface {
	error
	RetryAfter() time.Duration
}

func (p plan) after(n int, err error) time.Duration {
	pause := p.pause(n)
	var later Later
	if errors.As(err, &later) {
		pause = max(pause, min(later.RetryAfter(), p.longest))
	}
	return pause
}

// spareTries are for processes that die in the midst of a job's last try, and for a
// database that is away just then: River counts those, and must not discard a job
// whose end nobody has heard of.
const spareTries = 5

// insertOptions bounds the tries and names the queue.
func insertOptions(j conversation.Job) *river.InsertOpts {
	p := planOf(j)
	return &river.InsertOpts{MaxAttempts: p.tries + p.spare, Queue: queueFor(j)}
}

// classifyQueue is where classifications wait: a service that takes seconds for each
// must not hold up calls.
const classifyQueue = "classifications"

func queueFor(j conversation.Job) string {
	if j.Kind == conversation.JobClassify {
		return classifyQueue
	}
	return QueueOf(j.Endpoint)
}

// QueueOf is the name of the queue in which the callbacks of one endpoint wait; of
// "", the queue of everything else. Each has workers of its own, so that an endpoint
// that is slow holds up neither the others nor calls and classifications. River
// takes no dots in a name, and endpoints are called after hosts.
func QueueOf(endpoint string) string {
	if endpoint == "" {
		return river.QueueDefault
	}
	sum := sha256.Sum256([]byte(endpoint))
	return "callbacks_" + hex.EncodeToString(sum[:8])
}
