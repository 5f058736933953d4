package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"parley/conversation"
	"parley/conversation/jobs"
	"parley/conversation/verify"
)

// newGate judges numbers, for codes and for unlocks.
func newGate(h *house) (*verify.Gate, error) {
	swaps, err := h.config.Codes.SIMSwap.swaps()
	return &verify.Gate{Store: h.store, Rules: h.config.rules(), Swaps: swaps, Log: h.log}, err
}

// newCodes makes the part that issues one-time codes; nil when there is no key for
// them.
func newCodes(h *house) (*verify.Service, error) {
	ring, err := codeKeys(h.config)
	if err != nil {
		return nil, err
	}
	if ring == nil {
		h.log.Warn("one-time codes are off: on PostgreSQL codes.keys must be given, the same on every node")
		return nil, nil
	}
	if h.config.Codes.Hash == "hmac+argon2id" {
		ring = ring.Slow()
	}
	gate := h.gate
	if len(gate.Rules.Countries) == 0 {
		h.log.Warn("no one-time code is sent: the lines' numbers name no country; list those that codes may go to in codes.countries")
	}
	s := &verify.Service{
		Store: h.store, Submit: h.engine.Submit, Keys: ring, Tenant: h.config.Name, Settings: h.config.Codes.settings(), Log: h.log,
		Line: func(number string) (conversation.Line, bool) {
			l, ok := h.prepared.directory.Lines[number]
			return l, ok
		},
		Judge: gate.Judge,
		Alarm: func(ctx context.Context, t conversation.Told) {
			if err := h.store.Tell(ctx, t); err != nil {
				h.log.Warn("the business could not be told", "event", t.Event(), "error", err)
			}
		},
	}
	s.Prepare()
	return s, nil
}

// codeKeys are the configured keys, or the one beside a SQLite database.
func codeKeys(c Config) (*verify.Keyring, error) {
	if len(c.Codes.Keys) > 0 {
		return c.Codes.ring()
	}
	path, lite := strings.CutPrefix(c.Database, "sqlite:")
	if !lite {
		return nil, nil
	}
	secret, err := keyBeside(path + ".key")
	if err != nil {
		return nil, err
	}
	return verify.NewKeyring(verify.Key{ID: "k1", Secret: secret})
}

// keyBeside reads a key's file, or makes it: readable by its owner alone.
func keyBeside(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		var secret [32]byte
		_, _ = rand.Read(secret[:]) // never fails: crypto/rand ends the process instead
		text = []byte(base64.StdEncoding.EncodeToString(secret[:]) + "\n")
		err = writeNew(path, text)
		if errors.Is(err, fs.ErrExist) { // another process was faster
			text, err = os.ReadFile(path)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("the key for codes: %w", err)
	}
	secret, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(text)))
	if err != nil || len(secret) != 32 {
		return nil, fmt.Errorf("the key for codes: %s does not hold 32 bytes of base64", path)
	}
	return secret, nil
}

func writeNew(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// ofCode is the slow effect that does something with the challenge that it names.
func (h *house) ofCode(do func(s *verify.Service, ctx context.Context, challenge string) (conversation.Event, bool, error)) jobs.Do {
	return func(ctx context.Context, j conversation.Job) (conversation.Event, bool, error) {
		challenge, _ := j.Data["challenge"].(string)
		if h.codes == nil {
			return conversation.Event{}, false, nil
		}
		return do(h.codes, ctx, challenge)
	}
}

// issueForFlow has a code made for a flow's run. What becomes of it comes back as an
// event; here only what was refused does.
func (h *house) issueForFlow(ctx context.Context, j conversation.Job) (conversation.Event, bool, error) {
	text := func(name string) string { s, _ := j.Data[name].(string); return s }
	failed := func(reason string) (conversation.Event, bool, error) {
		return conversation.Event{Kind: conversation.KindVerified, Conversation: j.Conversation, Line: j.Line, Phone: j.Phone, Test: j.Test,
			Verified: &conversation.Verified{Purpose: text("purpose"), Subject: text("subject"), Run: j.Run, Outcome: "failed", Reason: reason}}, true, nil
	}
	if h.codes == nil {
		return failed("unavailable")
	}
	r := verify.Request{To: j.Phone, Line: j.Line, Purpose: verify.Purpose(text("purpose")), Subject: text("subject"), Language: text("language"), IP: text("ip"),
		Run: j.Run, Origin: "effect/" + j.ID, Test: j.Test, By: "flow"}
	switch transaction := j.Data["transaction"].(type) {
	case map[string]any:
		r.Transaction = transaction
	case string:
		if transaction != "" {
			r.Transaction = map[string]any{"id": transaction}
		}
	}
	_, err := h.codes.Create(ctx, r)
	var limited *verify.LimitedError
	switch {
	case err == nil:
		return conversation.Event{}, false, nil
	case errors.As(err, &limited) && limited.Live:
		return failed("live")
	case errors.As(err, &limited):
		return failed("limited")
	case errors.Is(err, verify.ErrAsked):
		return failed("refused")
	}
	return conversation.Event{}, false, err
}
