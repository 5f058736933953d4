package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"parley/conversation"
	"parley/conversation/classify"
	"parley/flows"
)

// intentsLearn reads what agents have labelled. It writes no file: what it proposes is
// for a human to accept.
type intentsLearn struct {
	Flow     string `required:"" help:"The flow whose intents are meant: its name or its file."`
	Database string `placeholder:"URL" help:"Where the labels are; default the configuration's."`
	Since    string `default:"30d" help:"From when: a span (12h, 30d), a day (2026-03-05) or a moment (RFC 3339)."`
}

// Help is what parley intents learn --help adds.
func (c *intentsLearn) Help() string {
	return `Prints lines to copy into the flow's intents, as a diff, and what speaks against others.

Labels come from the console and POST /v1/labels. A text that the flow reads rightly already is passed by; one
that holds what was masked (a number, a name) is left out; one that would pull against another
intent is shown apart. Read every line before you accept it: a customer wrote it.`
}

// Run prints the proposal.
func (c *intentsLearn) Run(ctx context.Context, p *Program, all *commands) error {
	since, err := moment(c.Since, time.Now())
	if err != nil {
		return err
	}
	_, f, err := flowNamed(c.Flow)
	if err != nil {
		return err
	}
	s, err := all.storeAt(ctx, p, c.Database)
	if err != nil {
		return err
	}
	defer s.Close()
	labels, err := s.Labels(ctx, f.Name, since)
	if err != nil {
		return err
	}
	if len(labels) == 0 {
		return fmt.Errorf("there are no labels of %s since %s: agents write them in the console, POST /v1/labels does", f.Name, since.Format(time.DateOnly))
	}
	l, err := newLearning(f, labels)
	if err != nil {
		return err
	}
	l.print(p.Out)
	return nil
}

// lesson is one text, however often it was labelled.
type lesson struct {
	text, language string
	by             map[string]int // labels
	agents         map[string]bool
}

// learning is what can be made of labels.
type learning struct {
	flow      *flows.Flow
	listening *flows.Listening
	labels    int
	right     int // labels that are read as what they mean
	masked    int // labels that hold what was masked
	keywords  []proposal
	examples  []proposal
	against   []string
}

// proposal is one line to accept.
type proposal struct {
	intent, language, text string
	times, agents          int
	nearest                string // what the flow would guess now
}

func newLearning(f *flows.Flow, labels []conversation.Label) (*learning, error) {
	listening, err := f.Listening("")
	if err != nil {
		return nil, err
	}
	l := &learning{flow: f, listening: listening, labels: len(labels)}
	for _, one := range l.gather(labels) {
		l.judge(one)
	}
	order := func(a, b proposal) int {
		return cmp.Or(cmp.Compare(a.intent, b.intent), cmp.Compare(a.language, b.language), b.times-a.times, cmp.Compare(a.text, b.text))
	}
	slices.SortFunc(l.keywords, order)
	slices.SortFunc(l.examples, order)
	return l, nil
}

// gather puts labels of the same words together, in the order in which they came.
func (l *learning) gather(labels []conversation.Label) []*lesson {
	var all []*lesson
	by := map[string]*lesson{}
	for _, one := range labels {
		text := strings.Join(strings.Fields(conversation.Mask(one.Text)), " ")
		if strings.ContainsAny(text, "[]") {
			l.masked++
			continue
		}
		language := l.flow.Speaks(one.Language)
		key := language + "\x00" + flows.Fold(text)
		if by[key] == nil {
			by[key] = &lesson{text: text, language: language, by: map[string]int{}, agents: map[string]bool{}}
			all = append(all, by[key])
		}
		by[key].by[one.Intent]++
		by[key].agents[one.Agent] = true
	}
	return all
}

// Bounds of what is worth a line.
const (
	mostLearned   = 200 // characters: longer texts teach little
	keywordWords  = 3
	keywordLabels = 3 // as often a short text must have been labelled to be an exact word
)

// judge finds out what is to be done with one text.
func (l *learning) judge(one *lesson) {
	var intents []string
	times := 0
	for intent, n := range one.by {
		intents, times = append(intents, intent), times+n
	}
	slices.Sort(intents)
	say := func(format string, args ...any) {
		l.against = append(l.against, quoted(one.text)+": "+fmt.Sprintf(format, args...))
	}
	if len(intents) > 1 {
		say("labelled %s", strings.Join(intents, " and "))
		return
	}
	intent, u := intents[0], l.listening.Read(classify.Reader{}, one.text, one.language)
	switch {
	case intent == u.Intent, intent == elsewhereName && u.Intent == "":
		l.right += times
	case intent == elsewhereName:
		say("labelled as none of the flow's, and read as %s by %s", u.Intent, u.Layer)
	case !slices.Contains(l.listening.Names, intent):
		say("labelled %s, which the flow does not have", intent)
	case slices.Contains(flows.Intents(), intent):
		say("labelled %s, which is built in: its words are not the flow's", intent)
	case u.Intent != "":
		say("labelled %s, and read as %s by %s", intent, u.Intent, u.Layer)
	case u.Guess.Close() && u.Guess.Intent != intent:
		say("labelled %s, and near to %s (%.2f): more of both would be needed", intent, u.Guess.Intent, u.Guess.Score)
	case len(one.text) > mostLearned:
		say("labelled %s, and too long to teach it", intent)
	default:
		l.propose(one, intent, times, u.Guess)
	}
}

func (l *learning) propose(one *lesson, intent string, times int, g flows.Guess) {
	p := proposal{intent: intent, language: one.language, text: one.text, times: times, agents: len(one.agents), nearest: "nothing"}
	if g.Intent != "" {
		p.nearest = fmt.Sprintf("%s %.2f", g.Intent, g.Score)
	}
	if words := strings.Fields(flows.Fold(one.text)); len(words) > 0 && len(words) <= keywordWords && times >= keywordLabels {
		l.keywords = append(l.keywords, p)
		return
	}
	l.examples = append(l.examples, p)
}

// print shows the proposal.
func (l *learning) print(w io.Writer) {
	fmt.Fprintf(w, "# %s of %s: %d are read rightly already, %d hold what was masked and are left out\n", plural(l.labels, "label"), l.flow.Name, l.right, l.masked)
	if len(l.keywords)+len(l.examples) > 0 {
		fmt.Fprint(w, " intents:\n")
	}
	var intents []string
	for _, p := range append(slices.Clone(l.keywords), l.examples...) {
		intents = append(intents, p.intent)
	}
	slices.Sort(intents)
	for _, intent := range slices.Compact(intents) {
		fmt.Fprintf(w, "   %s:\n", intent)
		proposed(w, "keywords", intent, l.keywords)
		proposed(w, "examples", intent, l.examples)
	}
	if len(l.against) > 0 {
		fmt.Fprint(w, "# not proposed:\n")
	}
	for _, line := range l.against {
		fmt.Fprintf(w, "# ! %s\n", line)
	}
}

func proposed(w io.Writer, key, intent string, all []proposal) {
	language := ""
	for _, p := range all {
		if p.intent != intent {
			continue
		}
		if language == "" {
			fmt.Fprintf(w, "     %s:\n", key)
		}
		if p.language != language {
			language = p.language
			fmt.Fprintf(w, "       %s:\n", language)
		}
		fmt.Fprintf(w, "+        - %s  # labelled %s by %s; nearest now: %s\n", quoted(p.text), plural(p.times, "time"), plural(p.agents, "agent"), p.nearest)
	}
}

// quoted is a text as YAML and terminals can bear it: JSON's strings are YAML's too.
func quoted(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		return `"?"` // texts can always be shown
	}
	return string(b)
}
