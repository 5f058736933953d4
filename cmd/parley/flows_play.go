package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"

	"parley/conversation"
	"parley/conversation/classify"
	"parley/flows"
)

// flowsPlay plays written dialogues.
type flowsPlay struct {
	Paths    []string `arg:"" optional:"" default:"library" help:"Files or folders; library is the shipped flows."`
	Verbose  bool     `short:"v" help:"Name every dialogue."`
	Only     string   `name:"run" placeholder:"REGEX" help:"Play only the dialogues whose \"flow: title\" it matches."`
	Update   bool     `help:"Write what came into the dialogues that went otherwise, marked for somebody to read."`
	Coverage bool     `help:"List what no dialogue reaches."`
	Min      float64  `placeholder:"PERCENT" help:"With --coverage: fail when a flow has less."`
	Record   string   `placeholder:"CONVERSATION" help:"Print a stored conversation as a dialogue, with the customer's data taken out."`
	Database string   `placeholder:"URL" help:"With --record: the database; default the configuration's."`
}

// played is one dialogue and what came of it.
type played struct {
	flow     string
	dialogue flows.Dialogue
	found    []conversation.Difference
}

// chat is one file of dialogues.
type chat struct {
	source
	played []*played
	unread []*flows.Problem // marks of --update
}

// play carries out every wanted dialogue, some at a time.
func (c *flowsPlay) play(library *flows.Library, trace *flows.Trace) ([]*chat, error) {
	wanted, err := regexp.Compile(c.Only)
	if err != nil {
		return nil, fmt.Errorf("--run: %w", err)
	}
	chats, err := c.chats(library, wanted)
	if err != nil {
		return nil, err
	}
	var all sync.WaitGroup
	room := make(chan struct{}, runtime.GOMAXPROCS(0))
	for _, chat := range chats {
		for _, one := range chat.played {
			room <- struct{}{}
			all.Go(func() {
				defer func() { <-room }()
				r := conversation.NewRehearsal(library, classify.Reader{}, one.flow)
				r.Env.Trace = trace
				one.found = r.Compare(one.dialogue)
			})
		}
	}
	all.Wait()
	return chats, nil
}

// chats reads the wanted dialogues of every file.
func (c *flowsPlay) chats(library *flows.Library, wanted *regexp.Regexp) ([]*chat, error) {
	sources, err := filesIn(c.Paths, ".chat")
	if err != nil {
		return nil, err
	}
	var out []*chat
	for _, s := range sources {
		dialogues, unread, err := flows.ParseDraft(s.name, s.text)
		if err != nil {
			return nil, err
		}
		read := &chat{source: s, unread: unread}
		name := strings.TrimSuffix(filepath.Base(s.name), ".chat")
		if f, ok := library.Beside(s.name); ok {
			name = f.Name
		}
		for _, d := range dialogues {
			if wanted.MatchString(name + ": " + d.Title) {
				read.played = append(read.played, &played{flow: name, dialogue: d})
			}
		}
		out = append(out, read)
	}
	return out, nil
}

// test plays, and shows or writes what came otherwise.
func (c *flowsPlay) test(p *Program) error {
	library, err := libraryOf(c.Paths)
	if err != nil {
		return err
	}
	var trace *flows.Trace
	if c.Coverage {
		trace = &flows.Trace{}
	}
	chats, err := c.play(library, trace)
	if err != nil {
		return err
	}
	if c.Update {
		return c.update(p, chats)
	}
	verdict := c.report(p, chats)
	if c.Coverage {
		return errors.Join(verdict, c.coverage(p, library, trace))
	}
	return verdict
}

// report shows every dialogue that went otherwise, and counts.
func (c *flowsPlay) report(p *Program, chats []*chat) error {
	count, failed, unread, files := 0, 0, 0, 0
	for _, chat := range chats {
		if len(chat.played) > 0 {
			files++
		}
		for _, one := range chat.played {
			count++
			switch {
			case len(one.found) > 0:
				failed++
				p.painter().differences(p.Out, chat, one)
			case c.Verbose:
				fmt.Fprintf(p.Out, "ok   %s: %s\n", one.flow, one.dialogue.Title)
			}
		}
		unread += len(chat.unread)
		for _, problem := range chat.unread {
			fmt.Fprintln(p.Out, problem)
		}
	}
	switch {
	case failed > 0:
		return fmt.Errorf("%d of %d dialogues went otherwise", failed, count)
	case unread > 0:
		return fmt.Errorf("%d lines were written by --update and nobody has read them", unread)
	case count == 0:
		return fmt.Errorf("no dialogue is called %s", c.Only)
	}
	fmt.Fprintf(p.Out, "%s: good (%s)\n", plural(count, "dialogue"), plural(files, "file"))
	return nil
}

// Run plays, or writes a stored conversation down.
func (c *flowsPlay) Run(ctx context.Context, p *Program, all *commands) error {
	switch {
	case c.Record != "":
		return c.record(ctx, p, all)
	case c.Min > 0 && !c.Coverage:
		return errors.New("--min goes with --coverage: nothing is counted without it")
	}
	return c.test(p)
}
