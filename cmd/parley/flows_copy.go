package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"parley/flows"
)

// flowsCopy makes a shipped flow one's own.
type flowsCopy struct {
	Flow  string `arg:"" help:"The shipped flow's name."`
	To    string `default:"flows" help:"The folder to copy it into."`
	As    string `placeholder:"NAME" help:"Another name for the copy, which then stands beside the shipped flow instead of replacing it."`
	Force bool   `help:"Overwrite files that are there."`
}

var flowName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]{0,59}$`)

// Run copies the flow, its dialogues and its other wordings.
func (c *flowsCopy) Run(p *Program) error {
	if c.As == "" {
		c.As = c.Flow
	}
	if !flowName.MatchString(c.As) {
		return fmt.Errorf("--as %q is no name for a flow: use letters, digits, and . _ - between them", c.As)
	}
	files, err := c.files()
	if err != nil {
		return err
	}
	if !c.Force {
		for _, f := range files {
			if _, err := os.Stat(f.name); !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("%s is there already: --force overwrites it, --as NAME copies beside it", f.name)
			}
		}
	}
	schema, err := flows.SchemaJSON()
	if err != nil {
		return err
	}
	files = append(files, source{name: filepath.Join(c.To, schemaFile), text: schema}) // Parley's own: any older one may go
	for _, f := range files {
		if err := os.MkdirAll(filepath.Dir(f.name), 0o755); err != nil {
			return fmt.Errorf("making the folder: %w", err)
		}
		if err := os.WriteFile(f.name, f.text, 0o644); err != nil {
			return fmt.Errorf("writing the copy: %w", err)
		}
		fmt.Fprintln(p.Out, "wrote", f.name)
	}
	c.advise(p)
	return nil
}

// files are what is to be written: the flow, what stands beside it, its wordings.
func (c *flowsCopy) files() ([]source, error) {
	shipped := flows.Shipped()
	text, err := fs.ReadFile(shipped, c.Flow+".yaml")
	if err != nil {
		var names []string
		all, _ := fs.Glob(shipped, "*.yaml") // the pattern is good
		for _, name := range all {
			names = append(names, strings.TrimSuffix(name, ".yaml"))
		}
		return nil, fmt.Errorf("there is no shipped flow %q: there are %s", c.Flow, strings.Join(names, ", "))
	}
	out := []source{{name: filepath.Join(c.To, c.As+".yaml"), text: c.renamed(text)}}
	if text, err := fs.ReadFile(shipped, c.Flow+".chat"); err == nil {
		out = append(out, source{name: filepath.Join(c.To, c.As+".chat"), text: text})
	}
	wordings, _ := fs.Glob(shipped, "texts/"+c.Flow+".*.yaml") // the pattern is good
	for _, name := range wordings {
		text, err := fs.ReadFile(shipped, name)
		if err != nil {
			return nil, fmt.Errorf("reading the wordings: %w", err)
		}
		name = c.As + strings.TrimPrefix(filepath.Base(name), c.Flow)
		out = append(out, source{name: filepath.Join(c.To, "texts", name), text: text})
	}
	return out, nil
}

var nameLine = regexp.MustCompile(`(?m)^flow: .*$`)

// renamed is the flow under its new name, with the schema beside it.
func (c *flowsCopy) renamed(text []byte) []byte {
	_, text = flows.CutModeline(text)
	text = nameLine.ReplaceAll(text, []byte("flow: "+c.As))
	return append([]byte(flows.Modeline(schemaFile)), text...)
}

// advise says what to do next.
func (c *flowsCopy) advise(p *Program) {
	file := filepath.Join(c.To, c.As+".yaml")
	fmt.Fprintf(p.Out, `
next:
  edit %[1]s and its dialogues (your editor knows the keys by %[2]s)
  parley flows check %[3]s
  parley flows test %[3]s
  parley chat %[1]s
  in parley.yaml: flows: [library, %[4]s]
`, file, schemaFile, c.To, configPath(c.To))
	if c.As != c.Flow {
		fmt.Fprintf(p.Out, "%s starts by what starts %s too: change trigger in one of them\n", c.As, c.Flow)
	}
}

func configPath(folder string) string {
	if filepath.IsAbs(folder) {
		return folder
	}
	return "./" + filepath.ToSlash(folder)
}
