package main

import (
	"context"
	"fmt"
	"log/slog"
)

// stages are the loops of a server. They end in the reverse order of their start,
// each before the next is told to, so that whoever hands work on ends before
// whoever takes it.
type stages struct {
	log    *slog.Logger
	stack  []*stage
	failed chan error
}

type stage struct {
	name   string
	cancel context.CancelFunc
	done   chan struct{}
}

func newStages(log *slog.Logger) *stages { return &stages{log: log, failed: make(chan error, 16)} }

// start runs a loop until the stages are stopped.
func (s *stages) start(name string, run func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	st := &stage{name: name, cancel: cancel, done: make(chan struct{})}
	s.stack = append(s.stack, st)
	go func() {
		defer close(st.done)
		if err := run(ctx); err != nil {
			if ctx.Err() != nil {
				s.log.Warn("did not end cleanly", "room", name, "error", err)
				return
			}
			s.failed <- fmt.Errorf("%s: %w", name, err)
		}
	}()
}

// wait returns when ctx ends, or with the error of a loop that ended by itself.
func (s *stages) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-s.failed:
		return err
	}
}

// stop ends every loop, the last started first.
func (s *stages) stop() {
	if len(s.stack) > 0 {
		s.log.Info("parley is stopping")
	}
	for i := len(s.stack) - 1; i >= 0; i-- {
		s.stack[i].cancel()
		<-s.stack[i].done
		s.log.Debug("a room has ended", "room", s.stack[i].name)
	}
}
