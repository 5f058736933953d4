package flows

import (
	"errors"
	"path"
	"strings"
)

var errLoop = errors.New("one input entered a hundred states")

func (c *call) state() (*state, error) {
	if s := c.flow.states[c.run.State]; s != nil {
		return s, nil
	}
	return nil, errors.New("there is no such state")
}

// follow goes along a link and on, until a state waits or the run ends.
func (c *call) follow(l *link) error {
	if l == nil {
		return errors.New("there is no way to go on")
	}
	to, err := c.engine.fire(c.run.State, l)
	if err != nil {
		return err
	}
	c.sc.Trace.saw(l.at)
	c.run.State = to
	return c.enter()
}

// enter carries out the present state, and those that it leads to at once.
func (c *call) enter() error {
	for {
		if c.move.Entered++; c.move.Entered > maxMoves {
			return errLoop
		}
		s, err := c.state()
		if err != nil {
			return err
		}
		c.run.Tries, c.run.Choices = 0, nil
		c.move.Moved = true
		c.run.been(s.name)
		c.sc.Trace.saw(s.at)
		if err := c.carryOut(s.do); err != nil || c.move.Awaits != nil {
			return err
		}
		next, err := c.present(s)
		if err != nil || next == nil {
			return err
		}
		c.sc.Trace.saw(next.at)
		if c.run.State, err = c.engine.fire(c.run.State, next); err != nil {
			return err
		}
	}
}

// present says what the state says and offers, and then settles.
func (c *call) present(s *state) (*link, error) {
	if s.choose != nil {
		next, err := c.offer(s.choose)
		if err != nil || next != nil || c.move.Handoff != nil {
			return next, err
		}
	}
	if err := c.ask(s, s.say, false); err != nil {
		return nil, err
	}
	return c.settle(s)
}

// goOn carries out the rest of the state whose action has brought its result.
func (c *call) goOn() error {
	s, err := c.state()
	if err != nil {
		return err
	}
	c.move.Moved = true
	next, err := c.present(s)
	if err != nil || next == nil {
		return err
	}
	return c.follow(next)
}

// ask utters a text of the state, with what it offers below it unless the text has
// it elsewhere.
func (c *call) ask(s *state, t *texts, asks bool) error {
	said := len(c.move.Says)
	if err := c.utter(s, t, asks); err != nil || s.choose == nil || t.uses("choices") {
		return err
	}
	if len(c.move.Says) == said {
		c.move.Says = append(c.move.Says, Say{Asks: asks})
		if err := c.dated(s, said); err != nil {
			return err
		}
	}
	c.move.Says[said].Text = strings.TrimSpace(c.move.Says[said].Text + "\n" + c.choices())
	return nil
}

// settle ends, hands over or waits in the state, or returns the way on.
func (c *call) settle(s *state) (*link, error) {
	switch {
	case s.end != "":
		c.move.End = s.end
		return nil, nil
	case s.handoff != nil:
		return nil, c.handOver(s.handoff)
	case s.asks():
		c.waiting(s)
		if n := len(c.move.Says); n > 0 {
			c.move.Says[n-1].Asks = true
		}
		return nil, nil
	case len(s.branch) > 0:
		return c.choose(s.branch)
	case s.next != nil:
		return s.next, nil
	}
	c.waiting(s)
	return nil, nil
}

func (c *call) choose(branches []branch) (*link, error) {
	for _, b := range branches {
		if b.when == nil {
			return b.next, nil
		}
		holds, err := b.when.holds(c)
		if err != nil {
			return nil, err
		}
		if holds {
			return b.next, nil
		}
	}
	return nil, errors.New("no branch holds")
}

// handOver says what the customer hears meanwhile and asks for a person.
func (c *call) handOver(h *handoff) error {
	out := &Handoff{Queue: h.queue, Priority: h.priority}
	if h.note != nil {
		note, err := h.note.render(c)
		if err != nil {
			return err
		}
		out.Note = note
	}
	c.move.Handoff = out
	if c.sc.Opens != "" && h.closedSay != nil {
		return c.speak(h.closedSay, false)
	}
	return c.speak(h.say, false)
}

// waiting notes that the run waits in the state, and its clock.
func (c *call) waiting(s *state) {
	c.move.Asks = s.asks()
	c.move.Clock = len(s.silence) > 0
}

// utter says a text of the state with what stands beside it.
func (c *call) utter(s *state, t *texts, asks bool) error {
	said := len(c.move.Says)
	if err := c.speak(t, asks); err != nil {
		return err
	}
	for _, address := range s.media {
		url, err := address.render(c)
		if err != nil {
			return err
		}
		if url == "" {
			continue
		}
		if len(c.move.Says) == said {
			c.move.Says = append(c.move.Says, Say{Asks: asks})
		}
		last := &c.move.Says[len(c.move.Says)-1]
		last.Media = append(last.Media, Media{URL: url, Type: mediaTypes[strings.ToLower(path.Ext(url))]})
	}
	return c.dated(s, said)
}

// dated gives the texts said since then the state's send_before.
func (c *call) dated(s *state, said int) error {
	if s.before == nil || len(c.move.Says) == said {
		return nil
	}
	v, err := s.before.value(c)
	if err != nil {
		return err
	}
	before, ok := c.readTime(v)
	for i := said; ok && i < len(c.move.Says); i++ {
		c.move.Says[i].Before = before
	}
	return nil
}

// again asks the present question once more.
func (c *call) again(resumed bool) error {
	s, err := c.state()
	if err != nil || !s.asks() {
		return err
	}
	c.waiting(s)
	if resumed && s.resume != nil {
		return c.ask(s, s.resume, true)
	}
	return c.ask(s, s.say, true)
}

// speak adds a text in the run's language; nil says nothing.
func (c *call) speak(t *texts, asks bool) error {
	if t == nil {
		return nil
	}
	text, err := t.in(c.lang).render(c)
	if err != nil {
		return err
	}
	if text = closed(text); text != "" {
		c.move.Says = append(c.move.Says, Say{Text: text, Asks: asks})
	}
	return nil
}

// closed closes the gaps that expressions leave which come to nothing.
func closed(text string) string {
	for strings.Contains(text, "  ") {
		text = strings.ReplaceAll(text, "  ", " ")
	}
	return strings.TrimSpace(text)
}

func (s *state) wantsMedia() bool {
	for _, v := range s.captures {
		if v.kind == kindMedia {
			return true
		}
	}
	return false
}

// maxMedia bounds what one variable keeps.
const maxMedia = 20

// keep adds media to the state's media captures.
func (c *call) keep(s *state, media []Media) {
	if len(media) == 0 {
		return
	}
	for _, v := range s.captures {
		if v.kind != kindMedia {
			continue
		}
		c.sc.Trace.saw(v.at)
		old, _ := c.run.Vars[v.name].([]any)
		all := append(append([]any{}, old...), mediaValues(media)...)
		c.set(v.name, all[max(0, len(all)-maxMedia):])
	}
}
