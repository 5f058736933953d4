package agentui

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"parley/conversation"
)

// Rulings keeps what the rules of queues go by.
type Rulings interface {
	// Scene reads it, at most limit conversations, the most urgent first.
	Scene(ctx context.Context, limit int) (Scene, error)
	// Rules makes the node the one that carries the rules out, for so long; false: another
	// is. It may be asked again at any time.
	Rules(ctx context.Context, node string, lease time.Duration) (bool, error)
	// SeenHere notes that a node has sockets of these agents.
	SeenHere(ctx context.Context, names []string) error
	// SetAway keeps whether somebody says that they are away.
	SetAway(ctx context.Context, name string, away bool) error
}

// The pace of the rules. A node that stood still beyond its lease plans by what was, and
// Step refuses what is no longer so: no conversation is given twice.
const (
	ruleEvery = 500 * time.Millisecond
	ruleLease = 3 * time.Second
	mostScene = 10_000
)

// Ruling carries the rules of queues out, until ctx ends. An idle look only reads.
func (c *Console) Ruling(ctx context.Context) error {
	if !c.Queues.acts() {
		return nil
	}
	tick := time.NewTicker(ruleEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := c.rule(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, conversation.ErrBusy) {
			c.Log.Warn("the rules of queues could not be carried out", slog.Any("error", err))
		}
	}
}

// rule looks once. What it would do is planned anew when no other node does it meanwhile.
func (c *Console) rule(ctx context.Context) error {
	if events, err := c.planned(ctx); err != nil || len(events) == 0 {
		return err
	}
	if ours, err := c.Rulings.Rules(ctx, c.Node, ruleLease); err != nil || !ours {
		return err
	}
	events, err := c.planned(ctx)
	if err == nil && len(events) > 0 {
		_, err = c.Engine.Submit(ctx, events) // a conflict is somebody who was faster
	}
	return err
}

func (c *Console) planned(ctx context.Context) ([]conversation.Event, error) {
	scene, err := c.Rulings.Scene(ctx, mostScene)
	return c.Queues.Plan(scene, c.Absent), err
}
