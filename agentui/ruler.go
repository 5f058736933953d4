package agentui

import (
	"context"
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

// A node that stood still beyond its lease plans by what was, and Step refuses what is no
// longer so: no conversation is given twice.
const (
	ruleLease = 3 * time.Second
	mostScene = 10_000
)

// Rule carries the rules of queues out once. A look that finds nothing only reads; what it
// would do is planned anew when no other node does it meanwhile.
func (c *Console) Rule(ctx context.Context) error {
	if !c.Queues.acts() {
		return nil
	}
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
	scene.Lines = c.Lines().Lines
	return c.Queues.Plan(scene, c.Absent), err
}
