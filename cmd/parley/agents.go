package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"parley/agentui"
	"parley/conversation/store"
)

// agentsCommand looks after the people who work in the console.
type agentsCommand struct {
	Add struct {
		Name string `arg:"" help:"Their name: letters, digits, dots and dashes, or an address."`
		Role string `enum:"agent,lead,admin,auditor" default:"agent" help:"agent; lead: also sees numbers, keeps saved replies, and does to colleagues' conversations what they may; admin: as lead; auditor: reads all, and changes nothing."`
	} `cmd:"" help:"Let somebody sign in to the console. Their first password is shown once; they set their own with it."`
	List struct{} `cmd:"" help:"List who may sign in."`
	Role struct {
		Name string `arg:"" help:"Their name."`
		Role string `arg:"" enum:"agent,lead,admin,auditor" help:"agent, lead, admin or auditor."`
	} `cmd:"" help:"Give somebody another role, at once: what they have open goes by it, too."`
	Reset struct {
		Name string `arg:"" help:"Their name."`
	} `cmd:"" help:"Give somebody a new first password, and sign them out everywhere."`
	Disable struct {
		Name string `arg:"" help:"Their name."`
	} `cmd:"" help:"Let somebody in no more, neither here nor by an API key of theirs, and sign them out everywhere, at once."`
}

// Run is reached by its subcommands only.
func (c *agentsCommand) Run(ctx context.Context, p *Program, all *commands, command string) error {
	s, err := all.openStore(ctx, p)
	if err != nil {
		return err
	}
	defer s.Close()
	switch command {
	case "agents add <name>":
		return c.add(ctx, p, s)
	case "agents role <name> <role>":
		return c.role(ctx, p, s)
	case "agents reset <name>":
		return c.reset(ctx, p, s)
	case "agents disable <name>":
		ok, err := s.DisableAgent(ctx, c.Disable.Name)
		if err == nil && !ok {
			err = fmt.Errorf("there is nobody called %s who may sign in", c.Disable.Name)
		}
		return err
	}
	list, err := s.Agents(ctx)
	if err != nil {
		return err
	}
	w := p.columns("NAME\tROLE\tSINCE\tSTATE")
	for _, a := range list {
		state := "may sign in"
		switch {
		case a.DisabledAt > 0:
			state = "disabled " + day(a.DisabledAt)
		case a.Once:
			state = "has to set a password"
		case a.TOTP != "":
			state = "may sign in, with a code"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", a.Name, a.Role, day(a.CreatedAt), state)
	}
	return w.Flush()
}

func (c *agentsCommand) add(ctx context.Context, p *Program, s *store.Store) error {
	agent, password, err := agentui.NewAgent(c.Add.Name, agentui.Role(cmp.Or(c.Add.Role, "agent")))
	if err != nil {
		return err
	}
	ok, err := s.AddAgent(ctx, agent)
	switch {
	case err != nil:
		return err
	case !ok:
		return fmt.Errorf("there is somebody called %s already: parley agents reset %s gives them a new password", agent.Name, agent.Name)
	}
	fmt.Fprintf(p.Out, "%s\n", password)
	fmt.Fprintf(p.Err, "%s may sign in (%s). The password above is not shown again, and is good for setting their own.\n", agent.Name, agent.Role)
	return nil
}

func (c *agentsCommand) role(ctx context.Context, p *Program, s *store.Store) error {
	name := strings.ToLower(c.Role.Name)
	ok, err := s.SetRole(ctx, name, agentui.Role(c.Role.Role))
	switch {
	case err != nil:
		return err
	case !ok:
		return fmt.Errorf("there is nobody called %s who may sign in and is not %s already", name, c.Role.Role)
	}
	fmt.Fprintf(p.Err, "%s is %s now.\n", name, c.Role.Role)
	return nil
}

func (c *agentsCommand) reset(ctx context.Context, p *Program, s *store.Store) error {
	password, hash, err := agentui.NewPassword()
	if err != nil {
		return err
	}
	ok, err := s.SetPassword(ctx, c.Reset.Name, hash, true)
	switch {
	case err != nil:
		return err
	case !ok:
		return fmt.Errorf("there is nobody called %s", c.Reset.Name)
	}
	fmt.Fprintf(p.Out, "%s\n", password)
	fmt.Fprintf(p.Err, "%s is signed out everywhere, and has no second factor any more. The password above is not shown again, and is good for setting their own.\n", c.Reset.Name)
	return nil
}
