package flows

import (
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// The moves of a run. Each takes a run by value and returns it changed, in
// Move.Run; the given Vars are never written to. A move that fails at run time sends
// nothing and asks for no actions: it goes to on.error, or to a person.

// Start enters the flow's first state. The run has Flow, Hash, ID, Language and
// Vars (by CheckInput).
func (f *Flow) Start(sc Scope, run Run) Move {
	return f.do(&sc, run, func(c *call) error {
		c.run.State = f.start
		return c.enter()
	})
}

// Answer applies a text as Read understood it.
func (f *Flow) Answer(sc Scope, run Run, said Said, r Reading) Move {
	said.Text = bounded(said.Text)
	return f.do(&sc, run, func(c *call) error {
		s, err := c.state()
		if err != nil {
			return err
		}
		c.run.LastText, c.said, c.reading = said.Text, said, r
		c.sc.Trace.sawAnswer(s, r)
		c.keep(s, said.Media)
		for name, v := range r.Captured {
			c.set(name, v)
		}
		if r.Reply < 0 && s.choose != nil && s.choose.next != nil {
			return c.follow(s.choose.next)
		}
		if r.Reply < 0 {
			return c.follow(s.next)
		}
		replies := s.replies
		if r.On {
			replies = s.urgent
		}
		if r.Reply >= len(replies) {
			return errors.New("the reading names a reply that the state does not have")
		}
		if err := c.carryOut(replies[r.Reply].do); err != nil {
			return err
		}
		if replies[r.Reply].next != nil {
			return c.follow(replies[r.Reply].next)
		}
		return c.follow(s.next)
	})
}

// Attach takes media that came without a text. They are stored where the state
// captures media, and never count as an answer that does not fit; ok is false when
// the state does not want them. A state that asks for media and nothing else goes
// on.
func (f *Flow) Attach(sc Scope, run Run, media []Media) (m Move, ok bool) {
	s := f.states[run.State]
	if s == nil || len(media) == 0 || !s.wantsMedia() {
		return Move{Run: run}, false
	}
	return f.do(&sc, run, func(c *call) error {
		c.said.Media = media
		c.keep(s, media)
		if len(s.replies) == 0 && s.wanted() == nil && s.next != nil {
			return c.follow(s.next)
		}
		c.waiting(s)
		return nil
	}), true
}

// Unfitting takes a text that nothing fitted: otherwise's say, tries times in one
// wait, then its goto. Without otherwise, or without a goto, a person is asked.
func (f *Flow) Unfitting(sc Scope, run Run, said Said) Move {
	said.Text = bounded(said.Text)
	return f.do(&sc, run, func(c *call) error {
		s, err := c.state()
		if err != nil {
			return err
		}
		c.run.LastText, c.said = said.Text, said
		c.run.Tries++
		c.keep(s, said.Media)
		o := s.otherwise
		switch {
		case o != nil && c.run.Tries <= o.tries:
			c.waiting(s)
			c.sc.Trace.saw(o.say.at)
			if err := c.speak(o.say, false); err != nil {
				return err
			}
			return c.dated(s, 0)
		case o != nil && o.next != nil:
			return c.follow(o.next)
		}
		c.move.Handoff = &Handoff{Note: "an answer was not understood", Unclear: true}
		return nil
	})
}

// Happened applies a business event: the state's on.events, else the flow's. ok is
// false when neither listens for it.
func (f *Flow) Happened(sc Scope, run Run, typ string, data map[string]any) (m Move, ok bool) {
	s := f.states[run.State]
	if s == nil {
		return Move{Run: run}, false
	}
	h := s.events[typ]
	if h == nil {
		h = f.events[typ]
	}
	if h == nil {
		return Move{Run: run}, false
	}
	return f.do(&sc, run, func(c *call) error {
		c.sc.Event = Event{typ, data}
		c.sc.Trace.saw(h.at)
		if err := c.carryOut(h.do); err != nil {
			return err
		}
		if h.next != nil {
			return c.follow(h.next)
		}
		c.waiting(s)
		return nil
	}), true
}

// Silent carries out one step of the wait's silence. A step that only speaks leaves
// the wait as it was: Moved is false.
func (f *Flow) Silent(sc Scope, run Run, step int) Move {
	return f.do(&sc, run, func(c *call) error {
		s, err := c.state()
		if err != nil {
			return err
		}
		if step < 0 || step >= len(s.silence) {
			return fmt.Errorf("the state %s has no step %d of silence", run.State, step)
		}
		st := s.silence[step]
		c.sc.Trace.saw(st.node)
		if err := c.speak(st.say, false); err != nil {
			return err
		}
		if err := c.dated(s, 0); err != nil {
			return err
		}
		if st.next != nil {
			return c.follow(st.next)
		}
		c.waiting(s)
		return nil
	})
}

// Return takes the run back from a person: handoff.then, or the end "by_agent".
func (f *Flow) Return(sc Scope, run Run) Move {
	return f.do(&sc, run, func(c *call) error {
		s := f.states[run.State]
		if s == nil || s.handoff == nil || s.handoff.then == nil {
			c.move.End = "by_agent"
			return nil
		}
		return c.follow(s.handoff.then)
	})
}

// Failed goes to on.error, or to a person, because of what the run asked for and
// did not get.
func (f *Flow) Failed(sc Scope, run Run, why error) Move {
	return f.do(&sc, run, func(*call) error { return why })
}

// Repeat asks the present question again, without its actions. Moved is false; a
// state that asks nothing says nothing.
func (f *Flow) Repeat(sc Scope, run Run) Move {
	return f.do(&sc, run, func(c *call) error { return c.again(false) })
}

// Resume is Repeat after an interruption, in the state's own words for that.
func (f *Flow) Resume(sc Scope, run Run) Move {
	return f.do(&sc, run, func(c *call) error { return c.again(true) })
}

// Retell says the present state's text once more, be it a question or not: the
// customer has asked how things stand. Moved is false.
func (f *Flow) Retell(sc Scope, run Run) Move {
	return f.do(&sc, run, func(c *call) error {
		s, err := c.state()
		if err != nil {
			return err
		}
		c.waiting(s)
		return c.ask(s, s.say, s.asks())
	})
}

// Listens says whether an event of the type would reach the run.
func (f *Flow) Listens(run Run, typ string) bool {
	s := f.states[run.State]
	return s != nil && (s.events[typ] != nil || f.events[typ] != nil)
}

// RunKey is the run's correlation key: one live run per key and phone. It is ""
// for a flow without key.
func (f *Flow) RunKey(sc Scope, vars map[string]any) (string, error) {
	if f.key == nil {
		return "", nil
	}
	c := f.call(&sc, &Run{Vars: vars})
	defer f.giveBack(c)
	key, err := f.key.render(c)
	switch {
	case err != nil:
		return "", fmt.Errorf("the key of the flow %s: %w", f.Name, err)
	case key == "" || utf8.RuneCountInString(key) > 200:
		return "", fmt.Errorf("the key of the flow %s has %d characters: 1 to 200 are allowed", f.Name, utf8.RuneCountInString(key))
	}
	return key, nil
}

// do carries out one input and turns what fails into on.error or a handoff.
func (f *Flow) do(sc *Scope, run Run, input func(*call) error) Move {
	c := f.call(sc, &run)
	defer f.giveBack(c)
	err := input(c)
	if err == nil {
		err = c.fits()
	}
	if err == nil {
		c.move.Run = c.run
		return c.move
	}
	failed := c.run.State
	problem := "in the state " + strconv.Quote(failed) + ": " + err.Error()
	if failed == lookingUp {
		problem = "looking up what a text asked for: " + err.Error()
	}
	c.run, c.own, c.move = run, false, Move{}
	if l := f.wayOut(failed); l != nil {
		c.run.State = failed
		if err := c.follow(l); err == nil && c.fits() == nil {
			c.move.Run, c.move.Problem = c.run, problem
			return c.move
		}
	}
	return Move{Run: run, Problem: problem, Handoff: &Handoff{Note: problem}}
}

// wayOut is where a run-time error in the state leads; nil: to a person.
func (f *Flow) wayOut(name string) *link {
	s := f.states[name]
	switch {
	case name == lookingUp: // nothing that on.error may count on is set
		return nil
	case s == nil || s.onError == nil:
		return f.onError
	}
	return s.onError
}
