package flows

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// maxFlows bounds a library.
const maxFlows = 1000

// Load reads every *.yaml of the folders, the intents.yaml that they share, and the
// texts/NAME.LANG.yaml that override single texts. The folder "library" means the
// shipped flows; a path may also be one file. A flow in a later folder replaces one
// of the same name in an earlier. The error joins all problems of all files (see
// Problems); what does not keep the flows from being used is among the Warnings.
func Load(paths []string) (*Library, error) {
	l := &loader{flows: map[string]*draft{}, intents: map[string]*node{}}
	for i, path := range paths {
		l.rank = i
		if err := l.path(path); err != nil {
			l.errs = append(l.errs, err)
		}
	}
	return l.library()
}

// loader gathers what was read until all of it is known.
type loader struct {
	flows     map[string]*draft // by name
	intents   map[string]*node  // by name
	overrides []*override
	errs      []error
	rank      int // of the path that is being read
}

// draft is a flow file that has been read and not yet built.
type draft struct {
	*parser
	root   *node
	folder string
	rank   int
}

func (l *loader) path(where string) error {
	if where == "library" {
		return l.folder(where, Shipped())
	}
	info, err := os.Stat(where)
	switch {
	case err != nil:
		return fmt.Errorf("reading the flows in %s: %w", where, err)
	case info.IsDir():
		return l.folder(where, os.DirFS(where))
	}
	folder, name := filepath.Split(where)
	files := os.DirFS(filepath.Join(folder, "."))
	l.beside(filepath.Clean(folder), files)
	return l.flow(files, name, where, where)
}

// folder reads one folder. Two flows of one name in it are a mistake.
func (l *loader) folder(where string, files fs.FS) error {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return fmt.Errorf("reading the flows in %s: %w", where, err)
	}
	if len(entries) > maxFlows {
		return fmt.Errorf("reading the flows in %s: %d files, at most %d", where, len(entries), maxFlows)
	}
	l.beside(where, files)
	var errs []error
	for _, e := range entries {
		if e.IsDir() || path.Ext(e.Name()) != ".yaml" || e.Name() == intentsFile || hidden(e.Name()) {
			continue
		}
		errs = append(errs, l.flow(files, e.Name(), filepath.Join(where, e.Name()), where))
	}
	return errors.Join(errs...)
}

// hidden says whether a file is none of the author's: editors and file systems keep
// locks and copies beside the files, such as .#booking.yaml.
func hidden(name string) bool { return strings.HasPrefix(name, ".") }

// intentsFile holds the intents that the flows of a folder share.
const intentsFile = "intents.yaml"

// beside reads what stands beside the flows: shared intents and other wordings.
func (l *loader) beside(where string, files fs.FS) {
	if source, err := fs.ReadFile(files, intentsFile); err == nil {
		p, root := readFile(filepath.Join(where, intentsFile), source)
		if root != nil {
			for _, e := range p.sharedIntents(root) {
				l.intents[e.name] = e.value
			}
		}
		l.errs = append(l.errs, join(p.problems))
	} else if !errors.Is(err, fs.ErrNotExist) {
		l.errs = append(l.errs, fmt.Errorf("reading the shared intents in %s: %w", where, err))
	}
	l.texts(where, files)
}

// flow reads one file; what is wrong with its YAML is an error of its own.
func (l *loader) flow(files fs.FS, name, shown, folder string) error {
	source, err := fs.ReadFile(files, name)
	if err != nil {
		return fmt.Errorf("reading the flow %s: %w", shown, err)
	}
	p, root := readFile(shown, source)
	if root == nil {
		return join(p.problems)
	}
	flow := shown // of a file that does not even say its name
	if n := root.child("flow"); n != nil && n.shape == isText {
		flow = n.text
	}
	if before := l.flows[flow]; before != nil && before.folder == folder {
		p.failAt(root, "another file of %s has a flow %s too: rename one", folder, flow)
		return join(p.problems)
	}
	l.flows[flow] = &draft{parser: p, root: root, folder: folder, rank: l.rank}
	return nil
}

// library builds and checks what was read.
func (l *loader) library() (*Library, error) {
	lib := &Library{byName: map[string]*Flow{}, byHash: map[string]*Flow{}, rank: map[string]int{}}
	errs := l.errs
	for name, d := range l.flows {
		f, err := l.build(name, d)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		found := f.Check()
		for _, p := range found {
			if p.Severity == Warning {
				lib.warnings = append(lib.warnings, p)
			}
		}
		errs = append(errs, join(found))
		lib.rank[f.Name] = d.rank
		lib.byName[f.Name], lib.byHash[f.Hash] = f, f
		lib.flows = append(lib.flows, f)
	}
	byPlace(lib.warnings)
	slices.SortFunc(lib.flows, func(a, b *Flow) int { return strings.Compare(a.Name, b.Name) })
	errs = append(errs, l.strays(), lib.keywordsOnce(), lib.intentsOnce(), lib.othersKnown(), lib.unlocksOfOthers())
	lib.teach()
	if err := errors.Join(errs...); err != nil {
		return lib, err
	}
	return lib, nil
}

// build makes the flow with the texts that override its own.
func (l *loader) build(name string, d *draft) (*Flow, error) {
	d.shared = l.intents
	var own []*override
	for _, o := range l.overrides {
		if o.flow == name {
			own = append(own, o)
		}
	}
	if len(own) == 0 {
		return d.build(d.root)
	}
	original, err := d.build(d.root.clone())
	if err != nil {
		return nil, err
	}
	for _, o := range own {
		o.apply(d.parser, d.root)
	}
	f, err := d.build(d.root)
	if err != nil {
		return nil, err
	}
	for _, o := range own {
		o.compare(d.parser, original, f)
	}
	return f, join(d.problems)
}
