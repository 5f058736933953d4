package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"parley/conversation/store"
)

// callbacksCommand looks after the endpoints that are told of events.
type callbacksCommand struct {
	List   struct{} `cmd:"" help:"List the endpoints: whether they are told, how much waits, how much was given up."`
	Enable struct {
		Name string `arg:"" help:"The endpoint's name, as list shows it."`
	} `cmd:"" help:"Tell an endpoint again that was disabled because it answered 410 (gone)."`
	Test struct {
		Name string `arg:"" help:"The endpoint's name, as list shows it."`
	} `cmd:"" help:"Send an endpoint a signed callback.test and print what it answered."`
}

// Run is reached by its subcommands only.
func (c *callbacksCommand) Run(ctx context.Context, p *Program, all *commands, command string) error {
	config, err := all.load()
	if err != nil {
		return err
	}
	if command == "callbacks test <name>" {
		return c.test(ctx, p, config, all)
	}
	s, err := all.openStore(ctx, p)
	if err != nil {
		return err
	}
	defer s.Close()
	if command == "callbacks enable <name>" {
		return c.enable(ctx, p, config, s)
	}
	return c.list(ctx, p, config, s)
}

// endpoint finds a configured endpoint.
func endpoint(config Config, name string) (CallbackConfig, error) {
	var names []string
	for _, cb := range config.Callbacks {
		if cb.Name == name {
			return cb, nil
		}
		names = append(names, cb.Name)
	}
	if len(names) == 0 {
		return CallbackConfig{}, fmt.Errorf("the configuration has no callbacks")
	}
	return CallbackConfig{}, fmt.Errorf("there is no callback endpoint %q; there is %s", name, strings.Join(names, ", "))
}

func (c *callbacksCommand) test(ctx context.Context, p *Program, config Config, all *commands) error {
	if _, err := endpoint(config, c.Test.Name); err != nil {
		return err
	}
	callbacks, err := callbacksOf(config, p.logger(all.LogJSON))
	if err != nil {
		return err
	}
	status, took, err := callbacks.Test(ctx, c.Test.Name)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.Out, "%s took it: %d in %v\n", c.Test.Name, status, took.Round(time.Millisecond))
	return nil
}

func (c *callbacksCommand) enable(ctx context.Context, p *Program, config Config, s *store.Store) error {
	if _, err := endpoint(config, c.Enable.Name); err != nil {
		return err
	}
	was, err := s.Enable(ctx, c.Enable.Name)
	switch {
	case err != nil:
		return err
	case !was:
		fmt.Fprintf(p.Out, "%s was not disabled\n", c.Enable.Name)
	default:
		fmt.Fprintf(p.Out, "%s is told again; what it missed is in parley dead list\n", c.Enable.Name)
	}
	return nil
}

func (c *callbacksCommand) list(ctx context.Context, p *Program, config Config, s *store.Store) error {
	w := p.columns("NAME\tSTATE\tPENDING\tDEAD\tEVENTS")
	for _, cb := range config.Callbacks {
		disabled, err := s.Disabled(ctx, cb.Name, cb.URL)
		if err != nil {
			return err
		}
		pending, dead, err := s.CallbackCounts(ctx, cb.Name)
		if err != nil {
			return err
		}
		state := "told"
		if disabled {
			state = "disabled (410)"
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%s\n", cb.Name, state, pending, dead, strings.Join(cb.Events, " "))
	}
	return w.Flush()
}
