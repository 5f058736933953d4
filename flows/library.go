package flows

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed library/*.yaml library/*.chat
var shipped embed.FS

// Shipped returns the flows that come with Parley: NAME.yaml beside NAME.chat.
func Shipped() fs.FS {
	sub, err := fs.Sub(shipped, "library")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return sub
}

// Library is the flows of one installation, each in its current version. It does
// not change after Load.
type Library struct {
	flows    []*Flow // by name
	byName   map[string]*Flow
	byHash   map[string]*Flow
	warnings []*Problem
}

// maxFlows bounds a library.
const maxFlows = 1000

// Load reads every *.yaml of the folders; the folder "library" means the shipped
// flows. A flow in a later folder replaces one of the same name in an earlier. The
// error joins all problems of all files (see Problems).
func Load(folders []string) (*Library, error) {
	l := &Library{byName: map[string]*Flow{}, byHash: map[string]*Flow{}}
	var errs []error
	for _, folder := range folders {
		files := os.DirFS(folder)
		if folder == "library" {
			files = Shipped()
		}
		errs = append(errs, l.add(folder, files))
	}
	for _, f := range l.byName {
		l.flows = append(l.flows, f)
		l.byHash[f.Hash] = f
	}
	slices.SortFunc(l.flows, func(a, b *Flow) int { return strings.Compare(a.Name, b.Name) })
	errs = append(errs, l.keywordsOnce(), l.othersKnown())
	return l, errors.Join(errs...)
}

// add reads one folder. Two flows of one name in it are a mistake.
func (l *Library) add(folder string, files fs.FS) error {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return fmt.Errorf("reading the flows in %s: %w", folder, err)
	}
	if len(entries) > maxFlows {
		return fmt.Errorf("reading the flows in %s: %d files, at most %d", folder, len(entries), maxFlows)
	}
	var errs []error
	here := map[string]bool{}
	for _, e := range entries {
		if e.IsDir() || path.Ext(e.Name()) != ".yaml" || e.Name() == "intents.yaml" {
			continue
		}
		f, err := l.load(files, e.Name(), filepath.Join(folder, e.Name()))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if here[f.Name] {
			errs = append(errs, f.problem("another file of %s has a flow %s too: rename one", folder, f.Name))
		}
		here[f.Name] = true
		l.byName[f.Name] = f
	}
	return errors.Join(errs...)
}

func (l *Library) load(files fs.FS, name, shown string) (*Flow, error) {
	source, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, fmt.Errorf("reading the flow %s: %w", shown, err)
	}
	f, err := Parse(shown, source)
	if err != nil {
		return nil, err
	}
	found := f.Check()
	for _, p := range found {
		if p.Severity == Warning {
			l.warnings = append(l.warnings, p)
		}
	}
	return f, join(found)
}

// keywordsOnce refuses a keyword that starts two flows.
func (l *Library) keywordsOnce() error {
	var errs []error
	owner := map[string]*Flow{}
	for _, f := range l.flows {
		for _, k := range f.keywords {
			shape := k.shape()
			if other := owner[shape]; other != nil && other != f {
				errs = append(errs, &Problem{File: f.file, Line: k.at.line, Col: k.at.col, Severity: Error,
					Message: fmt.Sprintf("the keyword %s starts the flow %s too: use another", quote(k.source), other.Name)})
			}
			owner[shape] = f
		}
	}
	return errors.Join(errs...)
}

func (f *Flow) problem(format string, args ...any) *Problem {
	return &Problem{File: f.file, Line: f.at.line, Col: f.at.col, Severity: Error, Message: fmt.Sprintf(format, args...)}
}

// All lists the flows by name.
func (l *Library) All() []*Flow { return slices.Clone(l.flows) }

// Warnings lists what Check found that does not keep the flows from being used.
func (l *Library) Warnings() []*Problem { return slices.Clone(l.warnings) }

// Current returns the present version of a flow.
func (l *Library) Current(name string) (*Flow, bool) {
	f, ok := l.byName[name]
	return f, ok
}

// ByHash returns the flow whose present version has the hash; older versions are
// the store's.
func (l *Library) ByHash(hash string) (*Flow, bool) {
	f, ok := l.byHash[hash]
	return f, ok
}

// ForEvent lists the flows that an event type starts, by name.
func (l *Library) ForEvent(typ string) []*Flow {
	var out []*Flow
	for _, f := range l.flows {
		if slices.Contains(f.Events, typ) {
			out = append(out, f)
		}
	}
	return out
}

// ForKeyword finds the flow that a text starts and the inputs it fills. The keyword
// with the most words wins, and among those one without arguments.
func (l *Library) ForKeyword(text string) (found *Flow, args map[string]any, ok bool) {
	text = bounded(text)
	best := -1
	for _, f := range l.flows {
		for _, k := range f.keywords {
			a, fits := k.match(f, text)
			score := 2 * k.words()
			if !k.opens {
				score++
			}
			if fits && score > best {
				found, args, best = f, a, score
			}
		}
	}
	if args == nil {
		args = map[string]any{}
	}
	return found, args, found != nil
}

// shape is the keyword as texts see it: two keywords of one shape match the same
// texts.
func (k keyword) shape() string {
	var out []string
	for _, t := range k.tokens {
		if t.arg != "" {
			t.word = "{}"
		}
		out = append(out, t.word)
	}
	return strings.Join(out, " ")
}
