package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"parley/conversation"
	"parley/conversation/classify"
	"parley/flows"
)

// flowsCommand is for those who write flows.
type flowsCommand struct {
	Check struct {
		Paths  []string `arg:"" optional:"" default:"library" help:"Files or folders; library is the shipped flows."`
		Format string   `enum:"text,json,sarif" default:"text" help:"text, json or sarif."`
	} `cmd:"" help:"Say what is wrong with flow files: file:line:col, and what to do."`
	Test struct {
		Paths   []string `arg:"" optional:"" default:"library" help:"Files or folders; library is the shipped flows."`
		Verbose bool     `short:"v" help:"Name every dialogue."`
	} `cmd:"" help:"Play the dialogues (NAME.chat beside NAME.yaml) through the real engine."`
	Diff diffFlags `cmd:"" help:"Say what a change does to people; exits 0 when nothing, 1 when something, 2 when it cannot say."`
}

// Run is reached by its subcommands only.
func (c *flowsCommand) Run(ctx context.Context, p *Program, all *commands, command string) error {
	if strings.HasPrefix(command, "flows diff") {
		return c.diff(ctx, p, all)
	}
	if strings.HasPrefix(command, "flows test") {
		return c.test(p)
	}
	return c.check(p)
}

func (c *flowsCommand) check(p *Program) error {
	library, err := flows.Load(c.Check.Paths)
	problems := flows.Problems(err)
	if err != nil && len(problems) == 0 {
		return err
	}
	warnings := library.Warnings()
	if err := writeFindings(p.Out, c.Check.Format, append(problems, warnings...)); err != nil {
		return err
	}
	switch {
	case len(problems) > 0:
		return fmt.Errorf("%s and %s", plural(len(problems), "error"), plural(len(warnings), "warning"))
	case len(library.All()) == 0:
		return fmt.Errorf("there are no flow files in %s: a flow is a file NAME.yaml in the folder itself", strings.Join(c.Check.Paths, ", "))
	case c.Check.Format != "text":
	case len(warnings) > 0:
		fmt.Fprintf(p.Out, "%s: usable, with %s\n", plural(len(library.All()), "flow"), plural(len(warnings), "warning"))
	default:
		fmt.Fprintf(p.Out, "%s: good\n", plural(len(library.All()), "flow"))
	}
	return nil
}

// source is one file, on the disk or among the shipped ones.
type source struct {
	name string
	text []byte
}

// found reads the files with the ending in the given places.
func found(paths []string, ending string) ([]source, error) {
	var out []source
	for _, path := range paths {
		fsys, root := fs.FS(flows.Shipped()), "."
		if path != "library" {
			info, err := os.Stat(path)
			if err != nil {
				return nil, err
			}
			if !info.IsDir() {
				text, err := os.ReadFile(strings.TrimSuffix(strings.TrimSuffix(path, ".yaml"), ".chat") + ending)
				if err != nil {
					return nil, err
				}
				out = append(out, source{path, text})
				continue
			}
			fsys = os.DirFS(path)
		}
		err := fs.WalkDir(fsys, root, func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && name != root: // flows are not looked for below a folder either
				return fs.SkipDir
			case d.IsDir() || !strings.HasSuffix(name, ending):
				return nil
			}
			text, err := fs.ReadFile(fsys, name)
			out = append(out, source{filepath.Join(path, name), text})
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("there are no %s files in %s", ending, strings.Join(paths, ", "))
	}
	return out, nil
}

func (c *flowsCommand) test(p *Program) error {
	library, err := libraryOf(c.Test.Paths)
	if err != nil {
		return err
	}
	chats, err := found(c.Test.Paths, ".chat")
	if err != nil {
		return err
	}
	played, failed := 0, 0
	for _, chat := range chats {
		dialogues, err := flows.ParseDialogues(chat.name, chat.text)
		if err != nil {
			return err
		}
		name := strings.TrimSuffix(filepath.Base(chat.name), ".chat")
		for _, d := range dialogues {
			played++
			err := conversation.NewRehearsal(library, classify.Lexicon{}, name).Perform(d)
			switch {
			case err != nil:
				failed++
				fmt.Fprintf(p.Out, "FAIL %v\n", err)
			case c.Test.Verbose:
				fmt.Fprintf(p.Out, "ok   %s: %s\n", name, d.Title)
			}
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %s went otherwise", failed, plural(played, "dialogue"))
	}
	fmt.Fprintf(p.Out, "%s: good\n", plural(played, "dialogue"))
	return nil
}

// libraryOf loads the flows of the given places; a file stands for its folder.
func libraryOf(paths []string) (*flows.Library, error) {
	var folders []string
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			path = filepath.Dir(path)
		}
		folders = append(folders, path)
	}
	return flows.Load(folders)
}
