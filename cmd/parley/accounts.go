package main

import (
	"context"
	"fmt"
	"time"

	"parley/conversation"
	"parley/conversation/verify"
)

// AccountsConfig is what an installation decides about locked accounts.
type AccountsConfig struct {
	// Cooling is how long an unlocked account waits before it may be used, while a NO
	// still locks it again: 0s to 24h. Default 1h.
	Cooling *time.Duration `yaml:"cooling"`
	// Alert is how long a suspicious payment waits for its answer; later ones go to an
	// agent. At most 72h; default 24h.
	Alert time.Duration `yaml:"alert"`
}

// check says what is wrong with them.
func (c AccountsConfig) check(bad func(format string, args ...any)) {
	if c.Cooling != nil && (*c.Cooling < 0 || *c.Cooling > 24*time.Hour) {
		bad("accounts.cooling: want 0s to 24h")
	}
	if c.Alert < 0 || c.Alert > 72*time.Hour {
		bad("accounts.alert: want at most 72h")
	}
}

// rules are what an account goes by.
func (c AccountsConfig) rules() verify.Rules {
	r := verify.Rules{AlertFor: c.Alert}
	if c.Cooling != nil {
		r.Cooling = *c.Cooling
		if r.Cooling == 0 {
			r.Cooling = -1
		}
	}
	return r
}

// settleEvery is how often accounts are looked at in which time alone changes
// something, and how often the audit trail is chained.
const settleEvery = time.Second

// accounts carries out what time brings to accounts: alerts expire, locks that nobody
// acknowledged raise an alarm, unlocks come into force.
func (h *house) accounts(ctx context.Context) error {
	return h.every(ctx, settleEvery, "accounts could not be looked after", func(ctx context.Context) (bool, error) {
		n, err := h.store.SettleAccounts(ctx)
		return n >= 100, err
	})
}

// audit chains the entries of the audit trail that were committed.
func (h *house) audit(ctx context.Context) error {
	const most = 500
	return h.every(ctx, settleEvery, "the audit trail could not be chained", func(ctx context.Context) (bool, error) {
		n, err := h.store.RelayAudit(ctx, most)
		return n == most, err
	})
}

// news brings what became of an account back to its conversation, as a business event.
func news(_ context.Context, j conversation.Job) (conversation.Event, bool, error) {
	if j.Line == "" || j.Phone == "" {
		return conversation.Event{}, false, fmt.Errorf("news of %s for no conversation", j.Name)
	}
	t := conversation.Trigger{ID: j.ID, Type: j.Name, Data: j.Data}
	if j.Name == (conversation.AccountRecognised{}).Event() { // another alert of the account has not been answered by it
		t.Run = j.Run
	}
	return conversation.Event{Kind: conversation.KindTrigger, Line: j.Line, Phone: j.Phone, At: j.At, Test: j.Test, Trigger: &t}, true, nil
}
