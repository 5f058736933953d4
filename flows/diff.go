package flows

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"parley/outbound/segment"
)

// Change is one thing that another version of a flow does otherwise to people.
type Change struct {
	Flow  string `json:"flow"`
	State string `json:"state,omitempty"` // "" : the flow as a whole
	Kind  string `json:"kind"`            // flow, setting, input, trigger, state, text, answer, silence, event, way, action
	Says  string `json:"says"`            // one sentence
	// Of a text:
	Language string `json:"language,omitempty"`
	Old      string `json:"old,omitempty"`
	New      string `json:"new,omitempty"`
	// Segments of Old and New, of their fixed words alone: what is filled in comes on top.
	OldSegments int `json:"old_segments,omitempty"`
	NewSegments int `json:"new_segments,omitempty"`
}

// Diff says what changes for people when a library takes the place of another:
// flows by name, the flow as a whole before its states in the order of the new file.
// Comments, order of keys and titles are no change.
func Diff(was, is *Library) []Change {
	var all []Change
	names := map[string]bool{}
	for _, f := range slices.Concat(was.flows, is.flows) {
		names[f.Name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		old, there := was.byName[name]
		now, still := is.byName[name]
		switch {
		case !there:
			all = append(all, Change{Flow: name, Kind: "flow", Says: "a new flow" + startedBy(now)})
		case !still:
			all = append(all, Change{Flow: name, Kind: "flow", Says: "the flow is gone: nothing starts it any more; live runs go on as they are"})
		case old.Hash != now.Hash:
			all = append(all, diffFlow(old, now)...)
		}
	}
	return all
}

func startedBy(f *Flow) string {
	root := treeOf(f)
	starts := append(named("the event ", listIn(root, "trigger", "events")), named("the keyword ", listIn(root, "trigger", "keywords"))...)
	starts = append(starts, named("the intent ", listIn(root, "trigger", "intents"))...)
	if len(starts) == 0 {
		return ", which another flow or nothing starts"
	}
	return ", started by " + strings.Join(starts, ", ")
}

func named(what string, items []string) (out []string) {
	for _, item := range items {
		out = append(out, what+item)
	}
	return out
}

// differ gathers the changes of one flow. It compares the canonical sources, so that
// what is not written about here still shows as a change of its state.
type differ struct {
	flow     string
	state    string
	old, now *Flow
	changes  []Change
}

func diffFlow(old, now *Flow) []Change {
	d := &differ{flow: now.Name, old: old, now: now}
	was, is := treeOf(old), treeOf(now)
	d.settings(was, is)
	d.inputs(was.at("input"), is.at("input"))
	d.set("trigger", "the event", listIn(was, "trigger", "events"), listIn(is, "trigger", "events"), "starts the flow")
	d.set("trigger", "the keyword", listIn(was, "trigger", "keywords"), listIn(is, "trigger", "keywords"), "starts the flow")
	d.set("trigger", "the intent", listIn(was, "trigger", "intents"), listIn(is, "trigger", "intents"), "starts the flow")
	d.rest("trigger", "what starts the flow", was.at("trigger", "lookup"), is.at("trigger", "lookup"))
	d.listening(was.at("on"), is.at("on"), "in every state, ")
	d.rest("answer", "the words and examples of its intents", was.at("intents"), is.at("intents"))
	for _, name := range keysIn(is.at("migrate")) {
		if to := wordOf(is.at("migrate", name), ""); to != wordOf(was.at("migrate", name), "") {
			d.add("state", "who waits in %s on an older version goes on in %s", name, to)
		}
	}
	for _, name := range now.States() {
		d.state = name
		if old.states[name] == nil {
			d.add("state", "a new state")
			continue
		}
		d.states(was.at("states", name), is.at("states", name))
	}
	for _, name := range old.States() {
		if d.state = name; now.states[name] == nil {
			d.add("state", "%s", gone(now, name))
		}
	}
	if len(d.changes) == 0 {
		d.state = ""
		d.add("setting", "another version, with no difference that people would see")
	}
	return d.changes
}

// gone says what becomes of those who wait in a state that is no more.
func gone(now *Flow, name string) string {
	if l := now.migrate[name]; l != nil {
		return "the state is gone; who waits there goes on in " + l.to
	}
	return "the state is gone; who waits there stays on the old version"
}

func (d *differ) add(kind, format string, args ...any) {
	d.changes = append(d.changes, Change{Flow: d.flow, State: d.state, Kind: kind, Says: fmt.Sprintf(format, args...)})
}

// settings compares what holds for the whole flow.
func (d *differ) settings(was, is *node) {
	d.value("class", string(d.old.Class), string(d.now.Class))
	d.value("brand", cmp.Or(d.old.Brand, "the line's"), cmp.Or(d.now.Brand, "the line's"))
	d.value("time zone", cmp.Or(d.old.Timezone, "the brand's"), cmp.Or(d.now.Timezone, "the brand's"))
	d.value("start", d.old.start, d.now.start)
	d.value("overlap", d.old.Overlap, d.now.Overlap)
	d.value("late", d.old.Late, d.now.Late)
	d.value("key", wordOf(was.at("key"), "none"), wordOf(is.at("key"), "none"))
	d.value("quiet", wordOf(was.at("quiet"), "the brand's"), wordOf(is.at("quiet"), "the brand's"))
	d.set("setting", "the language", d.old.Languages, d.now.Languages, "is spoken")
	if len(d.old.Languages) > 0 && d.old.Languages[0] != d.now.Languages[0] {
		d.value("language of those without one", d.old.Languages[0], d.now.Languages[0])
	}
}

func (d *differ) value(what, old, now string) {
	if old != now {
		d.add("setting", "%s is %s, before %s", what, now, old)
	}
}

// rest reports a part that is compared as a whole.
func (d *differ) rest(kind, what string, was, is *node) {
	if source(was) != source(is) {
		d.add(kind, "%s %s", what, changedHow(was, is))
	}
}

func changedHow(was, is *node) string {
	switch {
	case was == nil:
		return "is new"
	case is == nil:
		return "is gone"
	}
	return "changed"
}

// set compares two lists whose order says nothing.
func (d *differ) set(kind, what string, was, is []string, does string) {
	for _, item := range is {
		if !slices.Contains(was, item) {
			d.add(kind, "%s %s now %s", what, item, does)
		}
	}
	for _, item := range was {
		if !slices.Contains(is, item) {
			d.add(kind, "%s %s no longer %s", what, item, does)
		}
	}
}

// inputs compares what the business must and may send.
func (d *differ) inputs(was, is *node) {
	for _, v := range d.now.inputs {
		old := d.old.input(v.name)
		must := v.required && v.def == nil
		switch {
		case old == nil && must:
			d.add("input", "the input %s (%s) is new and required: events without it are refused", v.name, v.kind)
		case old == nil:
			d.add("input", "the input %s (%s) is new and optional", v.name, v.kind)
		case old.kind != v.kind:
			d.add("input", "the input %s is %s, before %s", v.name, v.kind, old.kind)
		case must && !(old.required && old.def == nil):
			d.add("input", "the input %s is now required: events without it are refused", v.name)
		case !must && old.required && old.def == nil:
			d.add("input", "the input %s is no longer required", v.name)
		}
	}
	for _, v := range d.old.inputs {
		if d.now.input(v.name) == nil {
			d.add("input", "the input %s is gone: it may still be sent and is ignored", v.name)
		}
	}
	for _, v := range d.now.inputs {
		if old := d.old.input(v.name); old != nil && old.kind == v.kind && old.required == v.required && source(was.at(v.name)) != source(is.at(v.name)) {
			d.add("input", "what the input %s may hold changed", v.name)
		}
	}
}

// text compares one text in every language that both versions speak.
func (d *differ) text(what string, was, is *node) {
	if source(was) == source(is) {
		return
	}
	for _, lang := range d.now.Languages {
		old, now := inLanguage(was, lang), inLanguage(is, lang)
		if old == now || !slices.Contains(d.old.Languages, lang) {
			continue
		}
		c := Change{Flow: d.flow, State: d.state, Kind: "text", Language: lang, Old: old, New: now}
		switch {
		case old == "":
			c.NewSegments = fixedSegments(now)
			c.Says = fmt.Sprintf("%s (%s) is new: %s, %s", what, lang, quoted(now), segments(now))
		case now == "":
			c.OldSegments = fixedSegments(old)
			c.Says = fmt.Sprintf("%s (%s) is gone: %s", what, lang, quoted(old))
		default:
			c.OldSegments, c.NewSegments = fixedSegments(old), fixedSegments(now)
			c.Says = fmt.Sprintf("%s (%s) is %s, before %s; %s, before %s", what, lang, quoted(now), quoted(old), segments(now), segments(old))
		}
		d.changes = append(d.changes, c)
	}
}

// inLanguage is the text as written for a language; a text without languages is the
// same in all.
func inLanguage(n *node, lang string) string {
	if n != nil && n.shape == isObject {
		n = n.child(lang)
	}
	if n == nil {
		return ""
	}
	return n.text
}

// fixedSegments counts what a text takes without what is filled in.
func fixedSegments(text string) int {
	if text == "" {
		return 0
	}
	return max(1, segment.Count(withoutExpressions(text)).Segments)
}

func withoutExpressions(text string) string {
	var out strings.Builder
	for {
		open := strings.Index(text, "{{")
		if open < 0 {
			break
		}
		end := closing(text, open+2)
		if end < 0 {
			break
		}
		out.WriteString(text[:open])
		text = text[end+2:]
	}
	out.WriteString(text)
	return out.String()
}

func segments(text string) string {
	n, least := fixedSegments(text), ""
	if strings.Contains(text, "{{") {
		least = "at least "
	}
	if n == 1 {
		return least + "1 segment"
	}
	return fmt.Sprintf("%s%d segments", least, n)
}

// quoted shows a whole text on one line.
func quoted(text string) string { return `"` + strings.ReplaceAll(text, "\n", " ⏎ ") + `"` }
