package flows

import (
	"strconv"
	"strings"
)

// maxChoices is how many elements are offered: what one digit picks.
const maxChoices = 9

// Choice is one numbered option as the customer saw it; it is kept with the run,
// so that an answer means what was offered, even if the list has changed since.
type Choice struct {
	Label string `json:"l"`
	Value any    `json:"v"`
}

// choose numbers a list that is known only at run time and picks from it.
type choose struct {
	at    *node
	from  *expression
	label *expression // nil: the element itself
	as    string
	none  *link // nil: a person
	next  *link // nil: the state's goto
}

func (p *parser) choose(n *node) *choose {
	if n == nil || !p.keys(n, "choose", keysOf[chooseKeys]()) {
		return nil
	}
	ch := &choose{at: n, none: p.link(n.child("none"), "none"), next: p.link(n.child("goto"), "choice")}
	if ch.from = p.bare(n.child("from"), "from"); ch.from == nil {
		p.failAt(n, "choose without a list: add from: EXPRESSION")
	}
	if ch.label = p.bare(n.child("label"), "label"); ch.label != nil {
		ch.label.item = true
	}
	as := n.child("as")
	if as == nil {
		p.failAt(n, "choose keeps the choice nowhere: add as: NAME")
		return ch
	}
	if ch.as = p.text(as, "as"); p.nameable(entry{ch.as, as, as}) && p.flow.vars[ch.as] == nil {
		p.flow.vars[ch.as] = &variable{name: ch.as, kind: kindAny, at: as}
	}
	return ch
}

// offer works out what the state offers. It returns the way on when there is
// nothing to choose from.
func (c *call) offer(ch *choose) (*link, error) {
	v, err := ch.from.value(c)
	if err != nil {
		return nil, err
	}
	list, ok := v.([]any)
	if !ok && v != nil {
		return nil, ch.from.broken()
	}
	list = list[:min(len(list), maxChoices)]
	c.run.Choices = make([]Choice, 0, len(list))
	for _, item := range list {
		label, err := c.labelOf(ch, item)
		if err != nil {
			return nil, err
		}
		if odd(item) {
			return nil, ch.from.broken()
		}
		c.run.Choices = append(c.run.Choices, Choice{Label: label, Value: item})
	}
	if len(list) > 0 {
		return nil, nil
	}
	c.run.Choices = nil
	if ch.none == nil {
		c.move.Handoff = &Handoff{Note: "there was nothing to choose from"}
	}
	return ch.none, nil
}

// labelOf is what one option is called.
func (c *call) labelOf(ch *choose, item any) (string, error) {
	v, foreign := item, c.flow.usesForeign(ch.from)
	if ch.label != nil {
		if c.item = item; foreign { // each value for itself: money and dates stay whole
			c.item = defuseAll(item)
		}
		foreign = c.flow.usesForeign(ch.label)
		var err error
		v, err = ch.label.value(c)
		c.item = nil
		if err != nil {
			return "", err
		}
	}
	b, err := c.print(nil, v, foreign)
	return strings.Join(strings.Fields(string(b)), " "), err
}

// choices writes the options, one to a line.
func (c *call) choices() string {
	var b strings.Builder
	for i, ch := range c.run.Choices {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(strconv.Itoa(i+1) + " " + ch.Label)
	}
	return b.String()
}

// pick reads a text as one of the options: by its number, whatever follows it, or
// by its label. A bare number is the option's, also where it is a label as well.
func (run *Run) pick(text, words string) (Choice, bool) {
	if words == "" {
		return Choice{}, false
	}
	_, bare := run.option(words)
	for _, ch := range run.Choices {
		if !bare && fold(ch.Label) == words {
			return ch, true
		}
	}
	isOption := func(w string) bool { _, ok := run.option(w); return ok }
	if severalOptions(words, isOption) {
		return Choice{}, false
	}
	return run.option(leadingNumber(text))
}

// option is the one that has the number.
func (run *Run) option(number string) (Choice, bool) {
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > len(run.Choices) {
		return Choice{}, false
	}
	return run.Choices[n-1], true
}

// exprs lists the expressions of a choose, which may be nil.
func (ch *choose) exprs() []*expression {
	if ch == nil {
		return nil
	}
	return those(ch.from, ch.label)
}
