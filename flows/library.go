package flows

import (
	"embed"
	"errors"
	"io/fs"
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
	rank     map[string]int   // by name: how late the flow's folder came
	begins   map[string]*Flow // by the intent whose examples start it
	lesson   *Lesson          // of these intents; nil: there are none
}

// LibraryOf is a library of exactly these versions; of two of one flow the later is
// the current one.
func LibraryOf(all ...*Flow) *Library {
	lib := &Library{byName: map[string]*Flow{}, byHash: map[string]*Flow{}}
	for _, f := range all {
		lib.byName[f.Name], lib.byHash[f.Hash] = f, f
	}
	for _, f := range lib.byName {
		lib.flows = append(lib.flows, f)
	}
	slices.SortFunc(lib.flows, func(a, b *Flow) int { return strings.Compare(a.Name, b.Name) })
	lib.teach()
	return lib
}

// keywordsOnce refuses a keyword that starts two flows of one folder; a later folder
// takes keywords over from an earlier one.
func (l *Library) keywordsOnce() error {
	var errs []error
	owner := map[string]*Flow{}
	for _, f := range l.flows {
		for _, k := range f.keywords {
			shape := k.shape()
			if other := owner[shape]; other != nil && other != f && l.rank[other.Name] == l.rank[f.Name] {
				p := &parser{origin: f.origin}
				p.failAt(k.at, "the keyword %s starts the flow %s too: use another", quote(k.source), other.Name)
				errs = append(errs, join(p.problems))
			}
			if other := owner[shape]; other == nil || l.rank[other.Name] < l.rank[f.Name] {
				owner[shape] = f
			}
		}
	}
	return errors.Join(errs...)
}

// intentsOnce refuses an intent whose examples start two flows of one folder.
func (l *Library) intentsOnce() error {
	var errs []error
	for i, f := range l.flows {
		for _, s := range f.starting {
			again := func(g *Flow) bool {
				return l.rank[g.Name] == l.rank[f.Name] && slices.ContainsFunc(g.starting, func(o starts) bool { return o.name == s.name })
			}
			if j := slices.IndexFunc(l.flows[:i], again); j >= 0 {
				p := &parser{origin: f.origin}
				p.failAt(s.at, "the intent %s starts the flow %s too: use another", quote(s.name), l.flows[j].Name)
				errs = append(errs, join(p.problems))
			}
		}
	}
	return errors.Join(errs...)
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

// Beside returns the flow whose file has this path, but for the ending: the flow of a
// file of dialogues. Without one it is the flow that is called like the file.
func (l *Library) Beside(file string) (*Flow, bool) {
	stem := func(file string) string { return strings.TrimSuffix(filepath.Clean(file), filepath.Ext(file)) }
	for _, f := range l.flows {
		if f.origin != nil && stem(f.origin.name) == stem(file) {
			return f, true
		}
	}
	return l.Current(filepath.Base(stem(file)))
}

// Successor returns the version that a waiting run of an earlier one moves to, and
// the state there.
func (l *Library) Successor(run Run) (*Flow, string, bool) {
	f, ok := l.byName[run.Flow]
	if !ok {
		return nil, "", false
	}
	state, ok := f.Successor(run)
	return f, state, ok
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
		if f.StartsOn(typ) {
			out = append(out, f)
		}
	}
	return out
}

// ForKeyword finds the flow that a text starts and the inputs it fills. The keyword
// with the most words wins, and among those one without arguments, and among those
// the flow of the later folder.
func (l *Library) ForKeyword(text string) (found *Flow, args map[string]any, ok bool) {
	h := hear(bounded(text))
	best := -1
	for _, f := range l.flows {
		a, score := f.keywordOf(h)
		if score > best || score >= 0 && score == best && l.rank[f.Name] > l.rank[found.Name] {
			found, args, best = f, a, score
		}
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
