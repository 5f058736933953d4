package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"parley/conversation/verify"
	"parley/inbound"
)

// keysCommand looks after API keys.
type keysCommand struct {
	Create struct {
		Name   string   `arg:"" help:"What the key is for, so that people recognise it."`
		Mode   string   `enum:"live,test" default:"live" help:"live; or test: nothing leaves, and the phone's last digits decide what is played: 0002 fails, 0003 opts out, 0004 answers YES, all others are delivered."`
		Agent  string   `help:"The one person who has this key: unlocking an account by agents takes two keys of two of them."`
		Scopes []string `default:"events,read" help:"What it may do: events verifications accounts contacts read admin."`
	} `cmd:"" help:"Make a key; its secret is shown once."`
	List   struct{} `cmd:"" help:"List keys."`
	Revoke struct {
		ID string `arg:"" help:"The key's id, as list shows it."`
	} `cmd:"" help:"Revoke a key at once."`
}

// Run is reached by its subcommands only.
func (c *keysCommand) Run(ctx context.Context, p *Program, all *commands, command string) error {
	s, err := all.openStore(ctx, p)
	if err != nil {
		return err
	}
	defer s.Close()
	switch command {
	case "keys create <name>":
		key, secret, err := inbound.NewKey(c.Create.Name, c.Create.Mode, c.Create.Scopes)
		if err != nil {
			return err
		}
		if key.Agent = strings.ToLower(c.Create.Agent); key.Agent != "" && !verify.GoodAgent(key.Agent) {
			return fmt.Errorf("--agent %s: want letters, digits, dots and dashes, at most 64", c.Create.Agent)
		}
		if err := s.CreateKey(ctx, key, inbound.HashKey(secret)); err != nil {
			return fmt.Errorf("storing the key: %w", err)
		}
		fmt.Fprintf(p.Out, "%s\n", secret)
		fmt.Fprintf(p.Err, "This is %s (%s, %s). The secret above is not shown again.\n", key.ID, key.Mode, strings.Join(key.Scopes, " "))
		return nil
	case "keys revoke <id>":
		ok, err := s.RevokeKey(ctx, c.Revoke.ID)
		if err == nil && !ok {
			err = fmt.Errorf("there is no live key %s", c.Revoke.ID)
		}
		return err
	}
	list, err := s.ListKeys(ctx)
	if err != nil {
		return fmt.Errorf("reading the keys: %w", err)
	}
	w := p.columns("ID\tNAME\tAGENT\tMODE\tSCOPES\tCREATED\tLAST USED\tSTATE")
	for _, k := range list {
		state := "live"
		if k.RevokedAt > 0 {
			state = "revoked " + day(k.RevokedAt)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, k.Name, cmp.Or(k.Agent, "-"), k.Mode, strings.Join(k.Scopes, " "), day(k.CreatedAt), day(k.LastUsedAt), state)
	}
	return w.Flush()
}
