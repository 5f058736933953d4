package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// triggerCommand posts one business event to a running server, through the same
// door as everybody else.
type triggerCommand struct {
	Type   string   `arg:"" help:"The event type, as flows name it: order.delivered"`
	To     string   `arg:"" optional:"" help:"The customer's phone, E.164; not with --csv."`
	Data   []string `arg:"" optional:"" help:"The flow's inputs, KEY=VALUE; a value that is JSON is taken as such."`
	URL    string   `env:"PARLEY_URL" help:"Where the server listens; default what parley.yaml says, else http://127.0.0.1:8080."`
	Key    string   `env:"PARLEY_KEY" help:"An API key with the scope events."`
	Line   string   `help:"The sender; default the brand's."`
	Brand  string   `help:"The brand whose sender is used when no line is named."`
	DryRun bool     `help:"Print what would be done and why; nothing is stored or sent."`

	listFlags
}

// Run posts the event and prints the answer.
func (c *triggerCommand) Run(ctx context.Context, p *Program, all *commands) error {
	if c.CSV != "" {
		return c.list(ctx, p, all)
	}
	if c.Key == "" {
		return errors.New("an API key is needed: --key or PARLEY_KEY (parley keys create NAME makes one)")
	}
	if c.To == "" {
		return errors.New("say to whom: parley trigger TYPE TO KEY=VALUE…, or --csv FILE for a list")
	}
	data, err := values(c.Data)
	if err != nil {
		return err
	}
	body, err := json.Marshal(map[string]any{"type": c.Type, "to": c.To, "line": c.Line, "brand": c.Brand, "data": data})
	if err != nil {
		return fmt.Errorf("encoding the event: %w", err)
	}
	url := c.server(all) + "/v1/events"
	if c.DryRun {
		url += "?dry_run=true"
	}
	answer, err := postJSON(ctx, url, c.Key, body)
	if err != nil {
		return err
	}
	_, err = p.Out.Write(append(bytes.TrimSpace(answer), '\n'))
	return err
}

// server is where the server is asked.
func (c *triggerCommand) server(all *commands) string {
	if c.URL == "" {
		config, err := all.load()
		if err != nil {
			config = defaultConfig() // the server may be elsewhere, and its configuration with it
		}
		c.URL = "http://" + config.Listen
	}
	return strings.TrimSuffix(c.URL, "/")
}

// postJSON posts under a fresh idempotency key and returns the answer's body; a
// refusal is an error that says what the server said.
func postJSON(ctx context.Context, url, key string, body []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("the server's address: %w", err)
	}
	var id [12]byte
	_, _ = rand.Read(id[:]) // never fails: crypto/rand ends the process instead
	r.Header.Set("Authorization", "Bearer "+key)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", hex.EncodeToString(id[:]))
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, fmt.Errorf("the server does not answer: %w", err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	if answer.StatusCode/100 == 2 {
		return text, nil
	}
	return nil, errors.New(problemOf(answer.StatusCode, text))
}

// problemOf is what a refusal says: its problem document, or at least its status.
func problemOf(status int, text []byte) string {
	var problem struct {
		Detail string `json:"detail"`
		Errors []struct{ Location, Message string }
	}
	_ = json.Unmarshal(text, &problem) // without a problem document the status has to do
	lines := []string{fmt.Sprintf("the server answered %d: %s", status, problem.Detail)}
	for _, e := range problem.Errors {
		if strings.Contains(problem.Detail, e.Message) {
			continue // it was the only one
		}
		lines = append(lines, fmt.Sprintf("  %s: %s", e.Location, e.Message))
	}
	return strings.Join(lines, "\n")
}

// values reads KEY=VALUE pairs. JSON values keep their type, except that numbers
// which a flow may want as text stay as they were written when quoted.
func values(pairs []string) (map[string]any, error) {
	out := map[string]any{}
	for _, pair := range pairs {
		key, value, ok := strings.Cut(pair, "=")
		if !ok || key == "" {
			return nil, fmt.Errorf("%q: want KEY=VALUE", pair)
		}
		var parsed any
		if err := json.Unmarshal([]byte(value), &parsed); err != nil {
			parsed = value
		}
		out[key] = parsed
	}
	return out, nil
}
