package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"parley/conversation"
)

// The settings of River. A crashed job starts again after rescueAfter; the
// library's default of an hour would strand it. Callbacks may take longer: the
// rescue spares a job that is still within its own timeout.
const (
	workers         = 64 // of calls, and as many of classifications
	endpointWorkers = 8  // of the callbacks to one endpoint
	fetchCooldown   = 20 * time.Millisecond
	effectTimeout   = 12 * time.Second
	rescueAfter     = 15 * time.Second
	stopAfter       = 10 * time.Second
	startAgain      = time.Second
)

// Do carries out one slow effect. It may run more than once for the same job.
// The event, when there is one (true), is submitted under the dedupe key
// effect/{id}, whatever key it came with. An error means that the job is tried
// again later, if this was not its last try (TryOf); when the error is a Later, its
// wait is respected.
type Do func(ctx context.Context, j conversation.Job) (conversation.Event, bool, error)

// Submitter is what a runner needs of the engine.
type Submitter interface {
	// Submit applies events and returns their outcomes in order.
	Submit(ctx context.Context, events []conversation.Event) ([]conversation.Outcome, error)
}

// Runner works on the queue of one database.
type Runner struct {
	Do     map[string]Do // by the job's kind; a kind without one waits for a node that has it
	Submit Submitter
	// Endpoints are the names of the callbacks' endpoints that are worked for. What
	// waits for others waits for a node that knows them.
	Endpoints []string
	Log       *slog.Logger // nil: slog.Default
}

// queues says how many jobs of each queue may run at a time.
func (r Runner) queues() map[string]river.QueueConfig {
	all := map[string]river.QueueConfig{QueueOf(""): {MaxWorkers: workers}, classifyQueue: {MaxWorkers: workers}}
	for _, name := range r.Endpoints {
		all[QueueOf(name)] = river.QueueConfig{MaxWorkers: endpointWorkers}
	}
	return all
}

// Run works until ctx ends, then lets running jobs finish for ten seconds. Any
// number of nodes may run on one database. River asks the database before it
// starts: one that is away at that moment is waited for.
func (q *Queue[T]) Run(ctx context.Context, r Runner) error {
	if r.Log == nil {
		r.Log = slog.Default()
	}
	all := river.NewWorkers()
	if err := river.AddWorkerSafely(all, &worker{runner: r}); err != nil {
		return fmt.Errorf("running jobs: %w", err)
	}
	for {
		client, err := river.NewClient(q.driver, &river.Config{
			Logger:               r.Log,
			Workers:              all,
			Queues:               r.queues(),
			FetchCooldown:        fetchCooldown,
			JobTimeout:           effectTimeout,
			RescueStuckJobsAfter: rescueAfter,
			SoftStopTimeout:      stopAfter,
		})
		if err != nil {
			return fmt.Errorf("running jobs: %w", err)
		}
		if err = client.Start(ctx); err == nil {
			<-client.Stopped()
			return nil
		}
		r.Log.Warn("the job queue could not be started and is tried again", "error", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(startAgain):
		}
	}
}

// worker is the one River worker.
type worker struct {
	river.WorkerDefaults[slow]
	runner Runner
}

// Work carries out one job and submits what it brought back.
func (w *worker) Work(ctx context.Context, job *river.Job[slow]) error {
	do := w.runner.Do[job.Args.Job.Kind]
	if do == nil {
		return river.JobSnooze(time.Minute)
	}
	p := planOf(job.Args.Job)
	e, ok, err := do(context.WithValue(ctx, tryKey{}, Try{N: job.Attempt, Of: p.tries}), job.Args.Job)
	if err != nil {
		job.Args.pause = p.after(job.Attempt, err)
		return err
	}
	if !ok {
		return nil
	}
	e.Carrier, e.Dedupe = "", "effect/"+job.Args.ID
	if e.Conversation == "" {
		e.Conversation = job.Args.Conversation
	}
	_, err = w.runner.Submit.Submit(ctx, []conversation.Event{e})
	if errors.Is(err, conversation.ErrBusy) {
		return river.JobSnooze(time.Second)
	}
	return err
}

// NextRetry is when a job that failed is tried again.
func (w *worker) NextRetry(job *river.Job[slow]) time.Time {
	pause := job.Args.pause
	if pause == 0 { // its process died
		pause = planOf(job.Args.Job).after(job.Attempt, nil)
	}
	return time.Now().Add(pause)
}

// Timeout is how long a job may run.
func (w *worker) Timeout(job *river.Job[slow]) time.Duration { return planOf(job.Args.Job).timeout }
