package main

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"parley/flows"
)

// flowsCommand is for those who write flows.
type flowsCommand struct {
	Check   flowsCheck   `cmd:"" help:"Say what is wrong with flow files: file:line:col, and what to do."`
	Test    flowsPlay    `cmd:"" help:"Play the dialogues (NAME.chat beside NAME.yaml) through the real engine."`
	Graph   flowsGraph   `cmd:"" help:"Draw a flow as a Mermaid or Graphviz diagram."`
	Preview flowsPreview `cmd:"" help:"Show every text of a flow as customers read it, with what it costs."`
	Diff    diffFlags    `cmd:"" help:"Say what a change does to people; exits 0 when nothing, 1 when something, 2 when it cannot say."`
	Copy    flowsCopy    `cmd:"" help:"Copy a shipped flow with its dialogues, to change it."`
	Schema  flowsSchema  `cmd:"" help:"Print the JSON Schema of flow files, for editors."`
}

// flowsCheck looks at flow files without playing them.
type flowsCheck struct {
	Paths  []string `arg:"" optional:"" default:"library" help:"Files or folders; library is the shipped flows."`
	Format string   `enum:"text,json,sarif" default:"text" help:"text, json or sarif."`

	oneWay []*flows.Problem // questions that no sender can ask
}

// Run prints the findings; errors make it fail, warnings do not.
func (c *flowsCheck) Run(p *Program, all *commands) error {
	library, err := flows.Load(c.Paths)
	if err == nil {
		err = c.configured(p, all, library)
	}
	problems := flows.Problems(err)
	if err != nil && len(problems) == 0 {
		return err
	}
	warnings := append(library.Warnings(), c.oneWay...)
	if err := writeFindings(p.Out, c.Format, append(problems, warnings...)); err != nil {
		return err
	}
	switch {
	case len(problems) > 0:
		return fmt.Errorf("%s and %s", plural(len(problems), "error"), plural(len(warnings), "warning"))
	case len(library.All()) == 0:
		return fmt.Errorf("there are no flow files in %s: a flow is a file NAME.yaml in the folder itself", strings.Join(c.Paths, ", "))
	case c.Format != "text":
	case len(warnings) > 0:
		fmt.Fprintf(p.Out, "%s: usable, with %s\n", plural(len(library.All()), "flow"), plural(len(warnings), "warning"))
	default:
		fmt.Fprintf(p.Out, "%s: good\n", plural(len(library.All()), "flow"))
	}
	return nil
}

// configured finds what only a configuration can tell, where there is one that can be
// read: brands that it does not have, questions of senders that hear no answers.
func (c *flowsCheck) configured(p *Program, all *commands, library *flows.Library) error {
	if _, err := os.Stat(all.File); err != nil {
		return nil //nolint:nilerr // flows are written before there is one
	}
	config, err := all.load()
	if err == nil {
		c.oneWay, err = oneWay(config, library)
	}
	if err != nil { // a secret that is not set here, for one
		fmt.Fprintf(p.Err, "%s cannot be used, so that senders and brands are not checked: %v\n", all.File, err)
		return nil
	}
	return library.CheckBrands(slices.Sorted(maps.Keys(config.Brands)))
}

// source is one file, on the disk or among the shipped ones.
type source struct {
	name    string
	text    []byte
	shipped bool
}

// filesIn reads the files with the ending in the given places.
func filesIn(paths []string, ending string) ([]source, error) {
	var out []source
	for _, path := range paths {
		fsys, root := fs.FS(flows.Shipped()), "."
		if path != "library" {
			info, err := os.Stat(path)
			if err != nil {
				return nil, err
			}
			if !info.IsDir() {
				name := strings.TrimSuffix(strings.TrimSuffix(path, ".yaml"), ".chat") + ending
				text, err := os.ReadFile(name)
				if err != nil {
					return nil, err
				}
				out = append(out, source{name: name, text: text})
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
			out = append(out, source{filepath.Join(path, name), text, path == "library"})
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
