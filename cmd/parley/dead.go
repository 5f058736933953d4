package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"parley/conversation"
	"parley/conversation/phone"
	"parley/conversation/store"
)

// deadCommand looks after events that could not be applied and callbacks that were
// given up. It never prints a text, a callback's data or a whole number.
type deadCommand struct {
	List struct {
		Limit int `default:"100" help:"How many, oldest first."`
	} `cmd:"" help:"List events that could not be applied and callbacks that nobody took."`
	Show struct {
		ID string `arg:"" help:"Its id, as list shows it."`
	} `cmd:"" help:"Show one of them: what it is, why it failed; never a customer's text."`
	Retry struct {
		ID string `arg:"" help:"Its id, as list shows it."`
	} `cmd:"" help:"Apply an event again, once (the server must run the mended flows), or tell an endpoint again."`
	Drop struct {
		ID string `arg:"" help:"Its id, as list shows it."`
	} `cmd:"" help:"Close one of them without applying it."`
}

// Run is reached by its subcommands only.
func (c *deadCommand) Run(ctx context.Context, p *Program, all *commands, command string) error {
	s, err := all.openStore(ctx, p)
	if err != nil {
		return err
	}
	defer s.Close()
	switch command {
	case "dead show <id>":
		return c.show(ctx, p, s, c.Show.ID)
	case "dead retry <id>":
		return c.retry(ctx, p, all, s, c.Retry.ID)
	case "dead drop <id>":
		ok, err := s.CloseDeadLetter(ctx, c.Drop.ID, "dropped")
		if err == nil && !ok {
			err = fmt.Errorf("there is no open dead letter %s", c.Drop.ID)
		}
		return err
	}
	list, err := s.DeadLetters(ctx, c.List.Limit)
	if err != nil {
		return fmt.Errorf("reading dead letters: %w", err)
	}
	w := p.columns("ID\tAT\tKIND\tFROM\tREASON")
	for _, d := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", d.ID, day(d.At), d.Kind, phone.Mask(about(d)), d.Reason)
	}
	return w.Flush()
}

// about is the phone that a dead letter is about.
func about(d conversation.DeadLetter) string {
	if d.Job != nil {
		return d.Job.Phone
	}
	return d.Event.Phone
}

func (c *deadCommand) show(ctx context.Context, p *Program, s *store.Store, id string) error {
	d, found, err := s.DeadLetter(ctx, id)
	if err != nil {
		return fmt.Errorf("reading a dead letter: %w", err)
	}
	if !found {
		return fmt.Errorf("there is no dead letter %s", id)
	}
	if d.Job != nil {
		fmt.Fprintf(p.Out, "id            %s\nstatus        %s\nat            %s\nkind          %s\nendpoint      %s\nevent         %s\nwebhook-id    %s\nphone         %s\nconversation  %s\nreason        %s\ndata          %d values, not shown\n",
			d.ID, d.Status, day(d.At), d.Kind, d.Job.Endpoint, d.Job.Name, d.Job.ID, phone.Mask(d.Job.Phone), d.Conversation, d.Reason, len(d.Job.Data))
		return nil
	}
	length := 0
	if d.Event.Text != nil {
		length = len([]rune(d.Event.Text.Text))
	}
	fmt.Fprintf(p.Out, "id            %s\nstatus        %s\nat            %s\nkind          %s\ncarrier       %s\nkey           %s\nto            %s\nfrom          %s\nconversation  %s\nreason        %s\ntext          %d characters, not shown\n",
		d.ID, d.Status, day(d.At), d.Kind, d.Carrier, d.Key, d.Event.Line, phone.Mask(d.Event.Phone), d.Conversation, d.Reason, length)
	return nil
}

// retry applies the event through an engine of its own: the database arbitrates
// between it and the running servers.
func (c *deadCommand) retry(ctx context.Context, p *Program, all *commands, s *store.Store, id string) error {
	d, found, err := s.DeadLetter(ctx, id)
	if err != nil {
		return fmt.Errorf("reading a dead letter: %w", err)
	}
	if !found || d.Status != "dead" {
		return fmt.Errorf("there is no open dead letter %s", id)
	}
	config, err := all.load()
	if err != nil {
		return err
	}
	if d.Job != nil {
		return c.tellAgain(ctx, p, config, s, d)
	}
	if momentary(d.Event) {
		return errors.New("what became of a code, or of a grant, held for that moment alone: nothing is approved by it later. Let another code be asked for, and drop the letter")
	}
	engine, stop, err := lonelyEngine(ctx, config, s, p.logger(all.LogJSON))
	if err != nil {
		return err
	}
	defer stop()
	e, err := again(config, d)
	if err != nil {
		return err
	}
	outcomes, err := engine.Submit(ctx, []conversation.Event{e})
	if err != nil {
		return fmt.Errorf("applying the event: %w", err)
	}
	out := outcomes[0]
	if out.Status != conversation.Applied && out.Status != conversation.Buried {
		return errors.Join(fmt.Errorf("the event was %s", out.Status), fmt.Errorf("%v", out.Problems))
	}
	if _, err := s.CloseDeadLetter(ctx, d.ID, "retried"); err != nil {
		return fmt.Errorf("closing the dead letter: %w", err)
	}
	if out.Status == conversation.Buried {
		return errors.New("the event could not be applied again: it is kept as a new dead letter (parley dead list)")
	}
	fmt.Fprintln(p.Out, "applied")
	return nil
}

// momentary says that an event depended on what is not kept with it: on a code that was live
// then, or a grant. Letters of before that was noted are known by what they say.
func momentary(e conversation.Event) bool {
	return e.Guarded || e.Kind == conversation.KindCode || e.Verified != nil && e.Verified.Outcome == "approved"
}

// tellAgain puts a callback back into its queue, for the running servers.
func (c *deadCommand) tellAgain(ctx context.Context, p *Program, config Config, s *store.Store, d conversation.DeadLetter) error {
	if !slices.ContainsFunc(config.Callbacks, func(cb CallbackConfig) bool { return cb.Name == d.Job.Endpoint }) {
		return fmt.Errorf("the configuration has no callback endpoint %q any more: drop the letter, or add the endpoint", d.Job.Endpoint)
	}
	open, err := s.RetryCallback(ctx, d)
	if err == nil && !open {
		err = fmt.Errorf("there is no open dead letter %s", d.ID)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(p.Out, "%s is told again\n", d.Job.Endpoint)
	return nil
}

// again is a dead letter's event as it is submitted once more: addressed anew, for
// the configuration may know its line by now, and under a key of its own, for its
// old one is taken. A second retry under that key hears what the first led to.
func again(config Config, d conversation.DeadLetter) (conversation.Event, error) {
	e := d.Event
	e.Carrier, e.Dedupe, e.BodyHash = "", "retry/"+d.ID, ""
	if e.Line == "" {
		return e, nil // of one of our own ids
	}
	line := config.line(e.Line)
	if line == "" {
		return e, fmt.Errorf("no line of the configuration has the number %s", e.Line)
	}
	number, err := phone.Parse(e.Phone, phone.Region(line))
	if err != nil {
		return e, errors.New("the sender's number cannot be read")
	}
	e.Line, e.Phone, e.Conversation = line, number, ""
	return e, nil
}
