package flows

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Dialogue is one written conversation of a .chat file: what is said and what
// must come of it. Carrying it out is conversation's work.
type Dialogue struct {
	Title string
	File  string
	Line  int
	Steps []Step
}

// StepKind is what one line of a dialogue is.
type StepKind string

// The kinds of steps.
const (
	StepStart    StepKind = "start"    // start {…}: the flow begins with Data
	StepEvent    StepKind = "event"    // event TYPE {…}: the business reports Name with Data
	StepBot      StepKind = "<"        // the bot says Text
	StepCustomer StepKind = ">"        // the customer says Text, with Media
	StepPass     StepKind = "~"        // For passes
	StepAgent    StepKind = "*"        // an agent acts: Name (take, reply, return, close, note), Text
	StepEmitted  StepKind = "!"        // Name was emitted, with at least Data
	StepState    StepKind = "="        // the run is in state, handoff or ended (Name), which one (Text)
	StepLanguage StepKind = "language" // @ lang Text
	StepAt       StepKind = "at"       // @ at: it is At, by the brand's clock
	StepContact  StepKind = "contact"  // @ contact {…}: what is known of the customer
	StepOneWay   StepKind = "one-way"  // @ one-way: the sender cannot receive answers
	StepCall     StepKind = "call"     // call STATUS {…}, call failed: the waiting call is answered
	StepZone     StepKind = "zone"     // @ zone Text: the brand's, an IANA zone
	StepHours    StepKind = "hours"    // @ hours Text: the agents', as in the configuration
)

// Step is one line of a dialogue.
type Step struct {
	Kind  StepKind
	Line  int
	Name  string
	Text  string
	Data  map[string]any
	Media []Media
	For   time.Duration
	At    string // as written: 2026-03-01T09:00, in the brand's zone
	// Status is that of a call's answer; 0: it failed.
	Status int
}

// Bounds of a .chat file.
const (
	maxDialogues = 500
	maxSteps     = 5000
)

// ParseDialogues reads a .chat file. Several dialogues of one file are parted by
// titles: a line "# title" at the top or after an empty line, before the dialogue's
// first start, event or ">". Other lines with # are comments. The error joins every
// *Problem; a mark of --update that nobody has removed is one.
func ParseDialogues(file string, source []byte) ([]Dialogue, error) {
	found, unread, err := ParseDraft(file, source)
	if err != nil || len(unread) > 0 {
		return nil, errors.Join(err, join(unread))
	}
	return found, nil
}

// ParseDraft is ParseDialogues for a file that may hold marks of --update: they are
// comments, and their problems come beside the dialogues.
func ParseDraft(file string, source []byte) (found []Dialogue, unread []*Problem, err error) {
	d := &dialogues{parser: newParser(file)}
	if found, err = d.read(source); err != nil {
		return nil, nil, err
	}
	d.marks()
	return found, d.problems, nil
}

// dialogues reads one file.
type dialogues struct {
	*parser
	found []Dialogue
	steps int
}

func (d *dialogues) read(source []byte) ([]Dialogue, error) {
	if !d.bounded(source) {
		return nil, join(d.problems)
	}
	d.lines = strings.Split(strings.ReplaceAll(string(bytes.TrimPrefix(source, byteOrderMark)), "\r\n", "\n"), "\n")
	for i := range d.lines {
		d.line(i)
		if len(d.problems) >= maxProblems {
			break
		}
	}
	for _, one := range d.found {
		if len(one.Steps) == 0 {
			d.failAt(&node{line: one.Line, col: 1}, "the dialogue %s has no lines: begin it with start", quote(one.Title))
		}
	}
	if err := join(d.problems); err != nil {
		return nil, err
	}
	return d.found, nil
}

func (d *dialogues) line(i int) {
	text := strings.TrimSpace(d.lines[i])
	switch {
	case text == "", isMark(text):
	case text[0] == '#':
		if d.isTitle(i) {
			d.begin(strings.TrimSpace(strings.TrimLeft(text, "#")), i)
		}
	case d.continues(i):
		steps := d.found[len(d.found)-1].Steps
		steps[len(steps)-1].Text += "\n" + text
	default:
		step := Step{Line: i + 1}
		if !d.step(&step, text, i) {
			return
		}
		if len(d.found) == 0 {
			d.begin("", i)
		}
		if d.steps++; d.steps > maxSteps {
			d.fail(i, "more than %d lines: split the file", maxSteps)
			return
		}
		last := &d.found[len(d.found)-1]
		last.Steps = append(last.Steps, step)
	}
}

// continues says whether an indented line goes on with what was said in the line
// before it.
func (d *dialogues) continues(i int) bool {
	if d.lines[i][0] != ' ' && d.lines[i][0] != '\t' || len(d.found) == 0 || strings.TrimSpace(d.lines[max(i-1, 0)]) == "" {
		return false
	}
	steps := d.found[len(d.found)-1].Steps
	if len(steps) == 0 {
		return false
	}
	last := &steps[len(steps)-1]
	return (last.Kind == StepBot || last.Kind == StepCustomer) && last.Line+strings.Count(last.Text, "\n")+1 == i+1
}

func (d *dialogues) begin(title string, i int) {
	if len(d.found) == maxDialogues {
		d.fail(i, "more than %d dialogues: split the file", maxDialogues)
		return
	}
	d.found = append(d.found, Dialogue{Title: title, File: d.name, Line: i + 1})
}

// isTitle says whether a comment is a dialogue's title: the first comment of its
// block, with a beginning behind it.
func (d *dialogues) isTitle(i int) bool {
	if i > 0 && strings.TrimSpace(d.lines[i-1]) != "" {
		return false
	}
	// Only a little ahead, so that a file of comments is not read over and over.
	for _, next := range d.lines[i+1 : min(len(d.lines), i+40)] {
		next = strings.TrimSpace(next)
		switch {
		case next == "" || next[0] == '#' || next[0] == '@':
		case next[0] == '>', next == "start", strings.HasPrefix(next, "start "), strings.HasPrefix(next, "event "):
			return true
		default:
			return false
		}
	}
	return false
}

func (d *dialogues) fail(i int, format string, args ...any) bool {
	d.failAt(d.at(i), format, args...)
	return false
}

// at is the place where what is written in a line begins.
func (d *dialogues) at(i int) *node {
	indent := len(d.lines[i]) - len(strings.TrimLeft(d.lines[i], " \t"))
	return &node{line: i + 1, col: indent + 1}
}

// step reads one line.
func (d *dialogues) step(s *Step, text string, i int) bool {
	mark, rest, _ := strings.Cut(text, " ")
	rest = strings.TrimSpace(rest)
	switch mark {
	case "start", "event":
		s.Kind = StepKind(mark)
		return d.business(s, rest, i)
	case "call":
		s.Kind = StepCall
		return d.answered(s, rest, i)
	case "<", ">":
		s.Kind = StepKind(mark)
		s.Media, s.Text = Attachments(rest)
		if s.Text == "" && len(s.Media) == 0 && s.Kind == StepBot {
			return d.fail(i, "nothing is said: write the text after %s", mark)
		}
		return true
	case "~":
		s.Kind = StepPass
		var err error
		if s.For, err = ParseDuration(rest); err != nil || s.For == 0 {
			return d.fail(i, "%s is no span of time: write it like 30m, 24h or 3d", quote(rest))
		}
		return true
	case "!":
		s.Kind = StepEmitted
		return d.business(s, rest, i)
	case "*":
		s.Kind = StepAgent
		s.Name, s.Text, _ = strings.Cut(rest, " ")
		return d.agent(s, i)
	case "=":
		s.Kind = StepState
		s.Name, s.Text, _ = strings.Cut(rest, " ")
		return d.expected(s, i)
	case "@":
		return d.setting(s, rest, i)
	}
	return d.fail(i, "%s begins no line: use start, event, call, <, >, ~, *, !, =, @ or #", quote(mark))
}

// AgentLines are what an agent does in a dialogue.
var AgentLines = []string{"take", "reply", "return", "close", "note"}

func (d *dialogues) agent(s *Step, i int) bool {
	if slices.Contains(AgentLines, s.Name) {
		return true
	}
	d.failAs("agents-do-no-such-thing", d.at(i), fmt.Sprintf("%s %s: %s", s.Kind, quote(s.Name), suggest(s.Name, AgentLines)))
	return false
}

// expected reads "= NAME", "= handoff QUEUE", "= ended OUTCOME", "= state NAME".
func (d *dialogues) expected(s *Step, i int) bool {
	s.Text = strings.TrimSpace(s.Text)
	switch s.Name {
	case "handoff", "ended", "state":
	case "":
		return d.fail(i, "= of nothing: name a state, handoff QUEUE or ended OUTCOME")
	default:
		if s.Text != "" {
			return d.fail(i, "= %s with more behind it: name a state, handoff QUEUE or ended OUTCOME", s.Name)
		}
		s.Name, s.Text = "state", s.Name
	}
	return true
}

// business reads what stands behind start, event and !: a type but for start, and
// optional JSON.
func (d *dialogues) business(s *Step, rest string, i int) bool {
	if s.Kind != StepStart {
		s.Name, rest, _ = strings.Cut(rest, " ")
		if !isWord(s.Name) {
			return d.fail(i, "%s is no event type: write it before the data", quote(s.Name))
		}
	}
	return d.object(s, rest, i)
}

// answered reads what stands behind call: a status and optional JSON, or failed.
func (d *dialogues) answered(s *Step, rest string, i int) bool {
	status, rest, _ := strings.Cut(rest, " ")
	if status == "failed" {
		if strings.TrimSpace(rest) != "" {
			return d.fail(i, "call failed with more behind it: a call that failed has no answer")
		}
		return true
	}
	n, err := strconv.Atoi(status)
	if err != nil || n < 100 || n > 599 {
		return d.fail(i, "call %s: write an HTTP status, as in call 200 {...}, or call failed", quote(status))
	}
	s.Status = n
	return d.object(s, rest, i)
}

// object reads optional JSON.
func (d *dialogues) object(s *Step, rest string, i int) bool {
	rest = strings.TrimSpace(rest)
	if rest == "" {
		return true
	}
	dec := json.NewDecoder(bytes.NewReader([]byte(rest)))
	if err := dec.Decode(&s.Data); err != nil {
		return d.json(i, rest, err)
	}
	if _, err := dec.Token(); err != io.EOF || s.Data == nil {
		return d.json(i, rest, errors.New("one object {...} is expected"))
	}
	return true
}

func (d *dialogues) json(i int, rest string, err error) bool {
	at := strings.Index(d.lines[i], rest)
	col := utf8.RuneCountInString(d.lines[i][:max(at, 0)]) + 1
	d.failAt(&node{line: i + 1, col: col}, "the data is not readable as JSON: %s", firstLine(err.Error()))
	return false
}
