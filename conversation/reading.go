package conversation

import (
	"strings"
	"unicode"

	"parley/flows"
)

// seenAfter is how long after the carrier took a question a text still belongs to
// the question before it: nobody reads and answers faster (ms).
const seenAfter = 5_000

// text reads what a customer wrote, in the order of flow-language.md, "Order of
// reading a text".
func (s *step) text(e Event) {
	said := flows.Said{Text: e.Text.Text, Media: e.Text.Media}
	if w, ok := carrierWords[e.Text.OptOut]; ok {
		s.answered = true
		s.consent(w, said)
		return
	}
	if w, ok := readConsent(e.Text.Text); ok {
		s.consent(w, said)
		return
	}
	switch {
	case len(e.Text.Burned) > 0:
		s.burned(e)
	case s.wrongNumber(said):
		s.consent(wordWrong, said)
	case s.deny(e, said):
	case s.env.Consent.State == OptedOut:
		s.record(Decision{About: "reading", Choice: "kept", Why: "the customer has opted out"})
	case !s.bot():
		s.record(Decision{About: "reading", Choice: string(s.c.State.Owner), Why: "a person has the conversation"})
		s.awaits()
		s.c.State.Wrote = s.env.Now
		s.noBesidePeople(e, said)
	case s.missing(e, said):
	case s.c.State.Pending != nil || s.calling():
		s.hold(e)
	default:
		s.read(e)
	}
}

// wrongNumber says whether whoever has the phone says that they are not the customer,
// unless the open question asks about just that.
func (s *step) wrongNumber(said flows.Said) bool {
	intent, ok, _ := s.env.Reader.Read(said.Text, s.c.State.Language, []string{"wrong_number"})
	if !ok || intent != "wrong_number" {
		return false
	}
	front, open := s.consider(s.front(), said)
	return !open || !front.reading.Fits
}

// hold keeps a text until the pending reading is decided.
func (s *step) hold(e Event) {
	size := e.Text.size()
	for _, h := range s.c.State.Held {
		size += h.Text.size()
	}
	if len(s.c.State.Held) >= MaxHeld || size > mostHeldBytes {
		s.forgetPending("too many texts are held: they are left to a person")
		s.handoff(Handing{Reason: "too_many_held", Note: "texts came faster than they could be read"})
		return
	}
	held := make([]Event, 0, len(s.c.State.Held)+1)
	s.c.State.Held = append(append(held, s.c.State.Held...), s.stamped(e))
	why := "an earlier text is still being read"
	if s.calling() {
		why = "the answer of a call is awaited"
	}
	s.record(Decision{About: "reading", Choice: "held", Why: why})
}

// size is how many bytes a text takes in the state, more or less.
func (t *Text) size() int {
	n := len(t.Text)
	for _, m := range t.Media {
		n += len(m.URL) + len(m.Type)
	}
	return n
}

// candidate is an open question and how it reads a text.
type candidate struct {
	i       int
	flow    *flows.Flow
	reading flows.Reading
	guess   flows.Guess // by examples, sure or not
	spent   Decision    // of a reading by an LLM: prompt, tokens and cost
}

// read gives a text to the question it belongs to.
func (s *step) read(e Event) {
	said := flows.Said{Text: e.Text.Text, Media: e.Text.Media}
	if s.which(e) {
		return
	}
	front, ok := s.consider(s.front(), said)
	if !ok {
		if s.bot() {
			s.unasked(e, said)
		}
		return
	}
	if strings.TrimSpace(said.Text) == "" && len(said.Media) > 0 {
		s.media(front, e, said)
		return
	}
	if s.byNumber(e, said) || s.alerts(front, e, said) || s.early(front, e, said) || s.ambiguous(front, e, said) {
		return
	}
	switch {
	case front.reading.Fits:
		s.take(front, said)
	case s.suspended(front.i, e, said):
	case s.urgent(said):
	case !s.bot(): // a version was gone
	case s.guessed(&front, said), s.skimmed(front, said):
	case front.reading.Later && s.classify(front, e):
	default:
		s.unread(front, e, likelyOf(front.guess))
	}
}

// unread deals with a text that the front question does not take: it may start a flow,
// answer an earlier question, or mean what it was guessed to mean.
func (s *step) unread(front candidate, e Event, likely Likely) {
	said := flows.Said{Text: e.Text.Text, Media: e.Text.Media}
	switch {
	case s.keyword(e), s.intended(e), s.late(said):
	case s.askBack(front, said, likely):
	default:
		s.thought = []Likely{guessOf(front.guess), likely}
		s.unfitting(front, said)
		s.thought = nil
	}
}

// consider reads the text by run i's question; false: there is no such question.
func (s *step) consider(i int, said flows.Said) (candidate, bool) {
	if i < 0 {
		return candidate{}, false
	}
	f, ok := s.version(i)
	if !ok {
		return candidate{}, false
	}
	return candidate{i: i, flow: f, reading: f.Read(s.scope(), s.env.Reader, s.c.State.Runs[i].Run, said)}, true
}

// written is when a text left the customer: by the carrier's clock where that can
// be right, else now.
func (s *step) written(e Event) int64 {
	if e.At > 0 && e.At < s.env.Now && s.env.Now-e.At < 3_600_000 {
		return e.At
	}
	return s.env.Now
}

// early deals with a text that was sent before the front question can have been
// seen. It belongs to the question before: an older run's, which is still open, or
// this run's own last one, which is answered already. False: read it as usual.
func (s *step) early(front candidate, e Event, said flows.Said) bool {
	run := s.c.State.Runs[front.i]
	at := s.written(e)
	if run.OpenAt > 0 && at >= run.OpenAt+seenAfter || s.e.Test { // played customers answer at once
		return false
	}
	unseen := run.OpenAt == 0 || at < run.OpenAt
	older, ok := s.consider(s.openBefore(front.i), said)
	if !ok {
		return s.repeated(front, said) || unseen && !front.reading.Fits && s.unrelated(front, e, said)
	}
	risky := s.c.State.Runs[older.i].Alert || run.Alert || older.reading.Confirm || front.reading.Confirm
	switch {
	case older.reading.Fits && front.reading.Fits && risky:
		s.askWhich(older, front, said)
	case older.reading.Fits:
		s.takeBehind(older, e, said)
	case front.reading.Fits && !unseen:
		return false
	case unseen:
		if !s.urgent(said) {
			s.unfitting(older, said)
		}
	default:
		return false
	}
	return true
}

// unrelated deals with a text that was sent before the only open question could be
// seen and that does not happen to fit it: it adds to the answer before, or, where
// there was none, it is read as if nothing were open.
func (s *step) unrelated(front candidate, e Event, said flows.Said) bool {
	run := s.c.State.Runs[front.i]
	if run.Before == "" {
		s.unasked(e, said)
		return true
	}
	s.record(Decision{About: "reading", Choice: "addition", Run: run.ID, Flow: run.Flow, State: run.Before,
		Why: "sent before the next question could be seen"})
	return true
}

// repeated says whether a text only repeats the answer that brought up the front
// question; then it is kept and moves nothing.
func (s *step) repeated(front candidate, said flows.Said) bool {
	run := s.c.State.Runs[front.i]
	if run.Before == "" {
		return false
	}
	last := run.Run
	last.State = run.Before
	earlier := front.flow.Read(s.scope(), s.env.Reader, last, said)
	if !earlier.Fits || earlier.Reply < 0 {
		return false
	}
	s.record(Decision{About: "reading", Choice: "repetition", Run: run.ID, Flow: run.Flow, State: run.Before,
		Why: "sent before the next question could be seen, and fits the one answered before"})
	return true
}

// suspended offers the text to the questions behind the front one: only their
// exact words count.
func (s *step) suspended(front int, e Event, said flows.Said) bool {
	for i := s.openBefore(front); i >= 0; i = s.openBefore(i) {
		c, ok := s.consider(i, said)
		if ok && c.reading.Fits && c.reading.Exact {
			s.takeBehind(c, e, said)
			return true
		}
	}
	return false
}

// urgent offers the text to all runs, those that ask nothing and those whose question
// is behind the front one: their emergency words hold in every state. The newest is
// asked first.
func (s *step) urgent(said flows.Said) bool {
	for i := len(s.c.State.Runs) - 1; i >= 0; i-- {
		if c, ok := s.consider(i, said); ok && c.reading.Fits && c.reading.On {
			s.take(c, said)
			return true
		}
	}
	return false
}

// take carries out what a reading means for the run that asked.
func (s *step) take(c candidate, said flows.Said) {
	if c.reading.Confirm && !c.reading.Exact {
		s.askSure(c, said)
		return
	}
	run := &s.c.State.Runs[c.i]
	s.record(Decision{About: "reading", Choice: choiceOf(c.reading), Layer: c.reading.Layer, Intent: c.reading.Intent,
		Score: c.guess.Score, Second: c.guess.Second, Prompt: c.spent.Prompt, Tokens: c.spent.Tokens, Cost: c.spent.Cost, Run: run.ID, Flow: run.Flow, State: run.State})
	s.out.Run = run.ID
	run.LastText = said.Text
	run.answered(s.env.Now, c.reading.As)
	s.c.State.Answered, s.c.State.AnsweredAt = run.ID, s.env.Now
	s.move(c.i, c.flow.Answer(s.scope(), run.Run, said, c.reading))
}

func choiceOf(r flows.Reading) string {
	switch {
	case r.As != "":
		return r.As
	case r.Intent != "":
		return r.Intent
	case r.Reply < 0:
		return "captured"
	}
	return "reply"
}

func (s *step) unfitting(c candidate, said flows.Said) {
	run := &s.c.State.Runs[c.i]
	s.record(Decision{About: "reading", Choice: "unfitting", Run: run.ID, Flow: run.Flow, State: run.State})
	s.out.Run = run.ID
	run.LastText = said.Text
	s.move(c.i, c.flow.Unfitting(s.scope(), run.Run, said))
}

// media takes media without words: they are no answer, so that nothing they do not
// fit is said of them. They belong to the front question if that collects media
// and can have been seen, else to the run that took the last answer.
func (s *step) media(front candidate, e Event, said flows.Said) {
	run := s.c.State.Runs[front.i]
	seen := run.OpenAt > 0 && s.written(e) >= run.OpenAt+seenAfter
	switch {
	case seen && s.attach(front, said.Media):
	case s.joins(said):
	case !seen && s.attach(front, said.Media):
	default:
		s.record(Decision{About: "reading", Choice: "media kept", Run: run.ID, Flow: run.Flow, State: run.State, Why: "nothing that is open asks for media"})
	}
}

// attach gives media without words to the question, if it collects media.
func (s *step) attach(c candidate, media []flows.Media) bool {
	run := s.c.State.Runs[c.i]
	m, ok := c.flow.Attach(s.scope(), run.Run, media)
	if ok {
		s.record(Decision{About: "reading", Choice: "media", Layer: "media", Run: run.ID, Flow: run.Flow, State: run.State})
		s.out.Run = run.ID
		s.c.State.Runs[c.i].answered(s.env.Now, "")
		s.move(c.i, m)
	}
	return ok
}

// joinsFor is how long after an answer media without words still belongs to the
// run that asked (ms).
const joinsFor = 600_000

// joins gives media to the run that took the last answer, for a while.
func (s *step) joins(said flows.Said) bool {
	if s.env.Now-s.c.State.AnsweredAt >= joinsFor {
		return false
	}
	c, ok := s.consider(s.run(s.c.State.Answered), said)
	return ok && s.attach(c, said.Media)
}

// unasked reads a text while no question is open.
func (s *step) unasked(e Event, said flows.Said) {
	if strings.TrimSpace(said.Text) == "" && len(said.Media) > 0 && s.joins(said) {
		return
	}
	switch {
	case s.saidNo(e, said), s.byNumber(e, said), s.urgent(said):
	case s.keyword(e):
	case courtesy(said.Text) && len(said.Media) == 0:
		s.record(Decision{About: "reading", Choice: "courtesy", Why: "nothing is open"})
	case s.intended(e), s.late(said), s.defaultFlow():
	default:
		s.handOver(Handing{Reason: "unclear", Note: "wrote while nothing was asked"})
	}
}

// politeWords on their own need no answer when nothing is open.
var politeWords = map[string]bool{
	"": true, "thanks": true, "thank you": true, "thx": true, "ty": true, "ok": true, "okay": true, "k": true, "ok thanks": true,
	"ok thank you": true, "great": true, "cool": true, "perfect": true, "gracias": true, "muchas gracias": true, "vale": true,
	"ok gracias": true, "merci": true, "danke": true, "obrigado": true, "obrigada": true, "grazie": true, "thanks a lot": true,
}

// courtesy says whether a text is only thanks, an ok, or bare emoji.
func courtesy(text string) bool {
	if !politeWords[words(text)] {
		return false
	}
	return !strings.ContainsFunc(text, func(r rune) bool { return r == '?' || unicode.IsDigit(r) })
}
