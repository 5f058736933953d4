package jobs

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"parley/conversation"
)

type later time.Duration

func (l later) Error() string             { return "later" }
func (l later) RetryAfter() time.Duration { return time.Duration(l) }

// TestCallbackSchedule: ten tries over about three days, each pause three times the
// one before, and no two jobs in step.
func TestCallbackSchedule(t *testing.T) {
	var least, most time.Duration
	base := 25 * time.Second
	for n := 1; n < CallbackTries; n++ {
		pauses := make(map[time.Duration]bool)
		for range 100 {
			d := callbackPause(n)
			pauses[d] = true
			if d < base || d > base+base/10 {
				t.Errorf("after failure %d: %v", n, d)
			}
		}
		if len(pauses) < 50 {
			t.Errorf("after failure %d there are only %d different pauses", n, len(pauses))
		}
		least, most = least+base, most+base+base/10
		base *= 3
	}
	if least < 68*time.Hour || most > 76*time.Hour {
		t.Errorf("the last try comes after %v to %v, want about three days", least, most)
	}
}

// TestCallsFitTheirTimer: three tries of ten seconds, whatever the peer asks for,
// are over before the run that waits gives up, after 60 s.
func TestCallsFitTheirTimer(t *testing.T) {
	p := planOf(conversation.Job{Kind: conversation.JobCall})
	all := time.Duration(p.tries) * 10 * time.Second
	for n := 1; n < p.tries; n++ {
		all += p.after(n, fmt.Errorf("calling: %w", later(time.Hour)))
	}
	if p.tries != 3 || all > 45*time.Second {
		t.Errorf("%d tries take %v", p.tries, all)
	}
	if got := p.after(1, later(2*time.Second)); got != 2*time.Second {
		t.Errorf("Retry-After of 2 s: %v", got)
	}
	if got := p.after(2, later(0)); got != 3*time.Second {
		t.Errorf("no wish: %v", got)
	}
}

// TestClassificationsFitTheirTimer: two tries of six seconds, whatever the peer asks
// for, are over before the conversation reads the text without them, after 15 s.
func TestClassificationsFitTheirTimer(t *testing.T) {
	p := planOf(conversation.Job{Kind: conversation.JobClassify})
	if all := time.Duration(p.tries)*6*time.Second + p.after(1, later(time.Hour)); p.tries != 2 || all > 14*time.Second {
		t.Errorf("%d tries take %v", p.tries, all)
	}
	if got := p.after(1, later(0)); got != 500*time.Millisecond {
		t.Errorf("no wish: %v", got)
	}
}

// TestPauses: what a Do's error asks for is when the job is tried again; a job whose
// process died waits as its kind does.
func TestPauses(t *testing.T) {
	fails := func(err error) Do {
		return func(ctx context.Context, _ conversation.Job) (conversation.Event, bool, error) {
			if try := TryOf(ctx); try != (Try{N: 2, Of: 3}) {
				t.Errorf("%+v", try)
			}
			return conversation.Event{}, false, err
		}
	}
	for _, c := range []struct {
		err  error
		want time.Duration
	}{{errors.New("no"), 3 * time.Second}, {later(4 * time.Second), 4 * time.Second}, {later(time.Hour), 5 * time.Second}} {
		w := &worker{runner: Runner{Do: map[string]Do{conversation.JobCall: fails(c.err)}}}
		job := &river.Job[slow]{JobRow: &rivertype.JobRow{Attempt: 2}, Args: slow{Job: conversation.Job{Kind: conversation.JobCall}}}
		if err := w.Work(t.Context(), job); err == nil {
			t.Error("the failure is lost")
		}
		if pause := time.Until(w.NextRetry(job)).Round(time.Second); pause != c.want {
			t.Errorf("%v: %v, want %v", c.err, pause, c.want)
		}
		job.Args.pause = 0
		if pause := time.Until(w.NextRetry(job)).Round(time.Second); pause != 3*time.Second {
			t.Errorf("a process died: %v", pause)
		}
	}
}

func TestTry(t *testing.T) {
	if try := TryOf(context.Background()); !try.Last() {
		t.Error("outside of a runner there is one try")
	}
	ctx := context.WithValue(context.Background(), tryKey{}, Try{N: 2, Of: 3})
	if try := TryOf(ctx); try.Last() || try.N != 2 {
		t.Errorf("%+v", try)
	}
	if !(Try{N: 4, Of: 3}).Last() {
		t.Error("a try beyond the last is a last one")
	}
}

func TestQueues(t *testing.T) {
	r := Runner{Endpoints: []string{"shop.example.com", "shop-example.com", "Books & more"}}
	if n := len(r.queues()); n != 5 {
		t.Errorf("%d queues", n)
	}
	if QueueOf("") != "default" || QueueOf("a") == QueueOf("b") || len(QueueOf("a")) > 64 {
		t.Error("queues are misnamed")
	}
	call, told := insertOptions(conversation.Job{Kind: conversation.JobCall}), insertOptions(conversation.Job{Kind: conversation.JobCallback, Endpoint: "shop"})
	if asked := insertOptions(conversation.Job{Kind: conversation.JobClassify}); r.queues()[asked.Queue].MaxWorkers == 0 || asked.Queue == call.Queue {
		t.Errorf("%+v", asked)
	}
	if call.Queue == told.Queue || told.MaxAttempts <= CallbackTries {
		t.Errorf("%+v, %+v", call, told)
	}
}
