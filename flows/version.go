package flows

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// Flow is one version of a flow, compiled. It does not change after Parse or
// Compile, and any number of goroutines may use it.
type Flow struct {
	Name      string
	Title     string
	Class     Class
	Brand     string   // "" : the line's
	Languages []string // BCP 47; the first is the fallback
	Late      string   // read, agent, ignore
	Overlap   string   // queue, replace, parallel
	HasKey    bool
	Events    []string // types that start a run
	Hash      string   // identity of the version

	file      string
	lines     []string
	at        *node
	source    []byte
	start     string
	states    map[string]*state
	order     []*state // as written; sorted by name when compiled from a stored flow
	inputs    []*variable
	vars      map[string]*variable // inputs, captures and set variables
	key       *template
	keywords  []keyword
	events    map[string]*happening
	onReplies []*reply
	onIntents []string
	onError   *link

	zones   sync.Map  // IANA name → *time.Location
	engines sync.Pool // of *engine
}

// Source returns the canonical source: JSON with sorted keys, from which Compile
// makes the same version with the same Hash.
func (f *Flow) Source() []byte { return slices.Clone(f.source) }

// Speaks returns the flow's language for a wanted BCP 47 tag: the same, the same
// base ("es" for "es-MX"), or the flow's first.
func (f *Flow) Speaks(want string) string {
	if slices.Contains(f.Languages, want) {
		return want
	}
	for _, l := range f.Languages {
		if want != "" && strings.EqualFold(base(l), base(want)) {
			return l
		}
	}
	return f.Languages[0]
}

// base is the language of a tag without region or script.
func base(tag string) string {
	b, _, _ := strings.Cut(tag, "-")
	return b
}

// Secret says whether the variable holds what no log, prompt or screen may show.
func (f *Flow) Secret(name string) bool {
	v := f.vars[name]
	return v != nil && v.secret
}

// Answers picks what the customer answered out of a run's variables: those that
// states capture and that are not secret.
func (f *Flow) Answers(vars map[string]any) map[string]any {
	answers := map[string]any{}
	for _, s := range f.order {
		for _, v := range s.captures {
			if value, ok := vars[v.name]; ok && !f.Secret(v.name) {
				answers[v.name] = value
			}
		}
	}
	return answers
}

// States lists the names of the states, in the order of the file.
func (f *Flow) States() []string {
	var names []string
	for _, s := range f.order {
		names = append(names, s.name)
	}
	return names
}

// zone returns the brand's clock; an unknown name is UTC.
func (f *Flow) zone(name string) *time.Location {
	if name == "" || name == "UTC" {
		return time.UTC
	}
	if z, ok := f.zones.Load(name); ok {
		return z.(*time.Location)
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		z = time.UTC
	}
	f.zones.Store(name, z)
	return z
}
