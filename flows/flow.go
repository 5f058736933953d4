package flows

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"parley/outbound/quiet"
)

// Flow is one version of a flow, compiled. It does not change after Parse or
// Compile, and any number of goroutines may use it.
type Flow struct {
	Name      string
	Title     string
	Class     Class
	Brand     string        // "" : the line's
	Languages []string      // BCP 47; the first is the fallback
	Late      string        // read, agent, ignore
	Overlap   string        // queue, replace, parallel
	Timezone  string        // IANA; "" : the brand's
	Quiet     *quiet.Window // nil: the line's
	HasKey    bool
	Events    []string // types that start a run
	Hash      string   // identity of the version

	origin    *origin
	at        *node
	source    []byte
	start     string
	states    map[string]*state
	order     []*state // as written; sorted by name when compiled from a stored flow
	inputs    []*variable
	vars      map[string]*variable // inputs, captures and set variables
	key       *template
	keywords  []keyword
	intents   map[string]*intent // the flow's own and the shared ones that it uses
	lookup    *request           // of a text that started the run; nil: none
	starting  []starts           // intents with examples that start it
	lesson    *Lesson            // nil: no intent has examples
	local     bool               // no text of it leaves the building
	others    []other            // flows that this one starts
	sees      []string           // of the contact, what its expressions read
	tags      bool               // it labels the contact
	events    map[string]*happening
	onReplies []*reply
	onError   *link
	migrate   map[string]*link // by the old state's name

	zones   sync.Map  // IANA name → *time.Location
	engines sync.Pool // of *engine
}

// Source returns the canonical source: JSON with sorted keys, from which Compile
// makes the same version with the same Hash.
func (f *Flow) Source() []byte { return slices.Clone(f.source) }

// Successor says where a waiting run of an earlier version goes on in this one; false:
// it stays on its own.
func (f *Flow) Successor(run Run) (state string, ok bool) {
	if l := f.migrate[run.State]; l != nil && run.Flow == f.Name && run.Hash != f.Hash {
		return l.to, true
	}
	return "", false
}

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

// Answers picks what the conversation has filled out of a run's variables: captures,
// choices, set and the results of calls, never what is secret, and of the inputs only
// those that a state captured anew.
func (f *Flow) Answers(vars map[string]any) map[string]any {
	answers := map[string]any{}
	for name, value := range vars {
		if f.vars[name] != nil && !f.Secret(name) && (f.input(name) == nil || f.captured(name)) {
			answers[name] = value
		}
	}
	return answers
}

// captured says whether a state stores an answer under the name.
func (f *Flow) captured(name string) bool {
	return slices.ContainsFunc(f.order, func(s *state) bool {
		return slices.ContainsFunc(s.captures, func(v *variable) bool { return v.name == name })
	})
}

// Queue is where the flow asks for people: the queue that most of its states hand over
// to, of several the first by name; "": none of them names one.
func (f *Flow) Queue() (queue string) {
	asked := map[string]int{}
	for _, s := range f.order {
		if s.handoff != nil && s.handoff.queue != "" {
			asked[s.handoff.queue]++
		}
	}
	for _, name := range slices.Sorted(maps.Keys(asked)) {
		if asked[name] > asked[queue] {
			queue = name
		}
	}
	return queue
}

// States lists the names of the states, in the order of the file.
func (f *Flow) States() []string {
	var names []string
	for _, s := range f.order {
		names = append(names, s.name)
	}
	return names
}

// Zone is the clock of the flow's dates and hours: its own, else the brand's.
func (f *Flow) Zone(b Brand) *time.Location { return f.zone(f.clock(b)) }

// clock names the zone that the flow's dates and hours are in.
func (f *Flow) clock(b Brand) string { return cmp.Or(f.Timezone, b.Timezone) }

// zone returns the clock of that name; an unknown one is UTC.
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
