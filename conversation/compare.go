package conversation

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"parley/flows"
)

// Difference is one line of a dialogue that came otherwise than it was written.
type Difference struct {
	Line  int    // of the file
	Added bool   // nothing was written for it: it belongs behind Line
	Got   string // the line as it came, "" : nothing came
	Err   error  // the line could not be carried out; what follows it was not played
}

// Compare carries out a written dialogue to its end and says what came otherwise;
// nil: nothing did. Lines that expect something are compared with what came since
// the line before that did something.
func (r *Rehearsal) Compare(d flows.Dialogue) []Difference {
	c := &comparison{Rehearsal: r, line: d.Line}
	for _, s := range d.Steps {
		switch s.Kind {
		case flows.StepBot, flows.StepEmitted, flows.StepState:
			c.expected = append(c.expected, s)
			continue
		}
		c.settle()
		c.line = s.Line
		if err := r.perform(s); err != nil {
			c.found = append(c.found, Difference{Line: s.Line, Err: err})
			return c.inOrder()
		}
	}
	c.settle()
	return c.inOrder()
}

func (c *comparison) inOrder() []Difference {
	slices.SortStableFunc(c.found, func(a, b Difference) int { return cmp.Compare(a.Line, b.Line) })
	return c.found
}

// comparison is a Compare under way.
type comparison struct {
	*Rehearsal
	line     int          // the last one that did something
	expected []flows.Step // since then
	found    []Difference
}

// settle compares what was expected since the last line that did something.
func (c *comparison) settle() {
	c.texts()
	for _, s := range c.expected {
		switch s.Kind {
		case flows.StepEmitted:
			if c.expectEmitted(s) != nil {
				c.found = append(c.found, Difference{Line: s.Line, Got: c.nearest(s)})
			}
		case flows.StepState:
			if c.expectState(s.Name, s.Text) != nil {
				c.found = append(c.found, Difference{Line: s.Line, Got: stateLine(c.stands())})
			}
		}
	}
	c.expected = nil
}

// texts lays what was said beside what was written, so that as many lines as
// possible match.
func (c *comparison) texts() {
	var wants []flows.Step
	for _, s := range c.expected {
		if s.Kind == flows.StepBot {
			wants = append(wants, s)
		}
	}
	said := c.Said()
	same := common(wants, said)
	i, j, after := 0, 0, c.line
	for i < len(wants) || j < len(said) {
		switch {
		case i < len(wants) && j < len(said) && said[j] == spoken(wants[i].Text, wants[i].Media):
			after, i, j = wants[i].Line, i+1, j+1
		case i < len(wants) && j < len(said) && same[i+1][j+1] == same[i][j]: // another text
			c.found = append(c.found, Difference{Line: wants[i].Line, Got: botLine(said[j])})
			after, i, j = wants[i].Line, i+1, j+1
		case j == len(said) || i < len(wants) && same[i+1][j] >= same[i][j+1]:
			c.found = append(c.found, Difference{Line: wants[i].Line})
			after, i = wants[i].Line, i+1
		default:
			c.found = append(c.found, Difference{Line: after, Added: true, Got: botLine(said[j])})
			j++
		}
	}
}

// common counts the texts that wants[i:] and said[j:] have in common, in order.
func common(wants []flows.Step, said []string) [][]int {
	n := make([][]int, len(wants)+1)
	for i := range n {
		n[i] = make([]int, len(said)+1)
	}
	for i := len(wants) - 1; i >= 0; i-- {
		text := spoken(wants[i].Text, wants[i].Media)
		for j := len(said) - 1; j >= 0; j-- {
			n[i][j] = max(n[i+1][j], n[i][j+1])
			if said[j] == text {
				n[i][j] = max(n[i][j], n[i+1][j+1]+1)
			}
		}
	}
	return n
}

func botLine(text string) string { return string(flows.StepBot) + " " + flows.OneLine(text) }

// nearest is the line for an event of the wanted type with other data: the fields
// that were written, as they came. "": there was none.
func (c *comparison) nearest(s flows.Step) string {
	for _, j := range c.emitted {
		if j.Name != s.Name {
			continue
		}
		shown := map[string]any{}
		for k := range s.Data {
			if v, ok := j.Data[k]; ok {
				shown[k] = v
			}
		}
		return EmittedLine(j.Name, shown)
	}
	return ""
}

// EmittedLine is the line of a dialogue that expects an event with the data.
func EmittedLine(name string, data map[string]any) string {
	line := string(flows.StepEmitted) + " " + name
	if len(data) == 0 {
		return line
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(data); err != nil {
		return line // data that no JSON can hold cannot be expected either
	}
	return line + " " + strings.TrimSpace(b.String())
}

// stateLine is the line for where the run stands; "": nothing is open.
func stateLine(where string) string {
	kind, name, ok := strings.Cut(where, " ")
	switch {
	case !ok || kind == "nothing":
		return ""
	case kind == "state" && name != "handoff" && name != "ended" && name != "state":
		where = name
	}
	return string(flows.StepState) + " " + strings.TrimSpace(where)
}

// Do carries out one line of a dialogue: whoever talks to a flow by hand.
func (r *Rehearsal) Do(s flows.Step) error { return r.perform(s) }
