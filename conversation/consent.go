package conversation

import (
	"slices"
	"strings"
	"unicode"

	"parley/flows"
)

// consentWord is what a word of the rules on consent asks for.
type consentWord = flows.Consenting

const (
	wordStop   = flows.ConsentStop
	wordCancel = flows.ConsentCancel
	wordStart  = flows.ConsentStart
	wordHelp   = flows.ConsentHelp
	// wordWrong is said by somebody who is not the customer: an opt-out.
	wordWrong consentWord = "wrong_number"
)

// carrierWords are what a carrier's own opt-out service reports that it acted on
// (Twilio's OptOutType).
var carrierWords = map[string]consentWord{"STOP": wordStop, "START": wordStart, "HELP": wordHelp}

// readConsent says whether a text is a consent word, and which.
func readConsent(text string) (consentWord, bool) {
	if text = strings.TrimSpace(text); len(text) > 80 {
		return "", false
	}
	return flows.ConsentWord(words(text))
}

// words is a text reduced to its words: folded, without emoji and other signs.
func words(text string) string {
	folded := flows.Fold(text)
	plain := strings.Map(func(r rune) rune {
		if r == ' ' || unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, folded)
	if plain == folded {
		return folded
	}
	return strings.Join(strings.Fields(plain), " ")
}

// consent carries out a consent word. It comes before everything else, whoever
// owns the conversation.
func (s *step) consent(w consentWord, said flows.Said) {
	switch w {
	case wordHelp:
		s.answer("help", "asked for help")
		s.helped(said)
	case wordStart:
		again := s.env.Consent.State == OptedIn
		s.setConsent(OptedIn, "text", string(w))
		if !again {
			s.answer("start", "opted in")
		}
	case wordWrong:
		again := s.env.Consent.State == OptedOut
		s.optOut("text", string(w))
		if !s.e.Test { // see setConsent
			s.effects = append(s.effects, Effect{Code: &Change{To: "suspended", Reason: string(w), Phone: s.c.Phone}})
		}
		s.tell(NumberWrong{Word: string(w)}, "")
		if !again {
			s.answer("wrong_number", "is not the customer")
		}
	default:
		again := s.env.Consent.State == OptedOut
		open := len(s.c.State.Runs) > 0
		s.optOut("text", string(w))
		switch {
		case again:
			s.record(Decision{About: "consent", Choice: "no answer", Why: "had opted out before"})
		case open && w == wordCancel:
			s.answer("stop_open", "opted out by a word that may have meant the open question")
			s.tell(OptOutWhileOpen{Word: string(w)}, "")
			s.handoff(Handing{Reason: "opt_out_while_open", Note: "texted " + strings.ToUpper(string(w)) + " while a question was open"})
		default:
			s.answer("stop", "opted out")
		}
	}
}

// helped gives HELP to the front question as well, if that listens for it and the
// customer can have seen it: the rules say who is texting, the flow what to do next.
func (s *step) helped(said flows.Said) {
	i := s.front()
	if i < 0 || s.env.Consent.State == OptedOut || !s.bot() || s.c.State.Pending != nil || s.calling() || s.c.State.Runs[i].OpenAt == 0 {
		return
	}
	f, ok := s.version(i)
	if !ok {
		return
	}
	if r := f.Read(s.scope(), fixed(wordHelp), s.c.State.Runs[i].Run, said); r.Fits && r.Intent == string(wordHelp) {
		r.Exact = true
		s.take(candidate{i: i, flow: f, reading: r}, said)
	}
}

// answer sends one of the texts that the rules on consent ask for. It goes out
// also to those who opted out: the confirmation is the one text they still get.
func (s *step) answer(which, why string) {
	s.record(Decision{About: "consent", Choice: which, Why: why})
	if s.answered {
		return
	}
	s.send(draft{class: "notice", text: ownText(which, s.c.State.Language, s.env.Line), exempt: true})
}

// setConsent writes what the phone has said. What a test key plays is not the
// word of whoever has the number.
func (s *step) setConsent(state ConsentState, source, word string) {
	if s.e.Test {
		s.record(Decision{About: "consent", Choice: "not written", Why: "it was played for a test key"})
		return
	}
	c := Consent{Phone: s.c.Phone, State: state, At: s.env.Now, Source: source, Word: word}
	s.env.Consent = c
	s.effects = append(s.effects, Effect{Consent: &c})
	s.tell(ConsentChanged{State: string(state), Source: source}, "")
}

// optOut ends everything that would text the customer: queued messages, live
// runs, waiting starts.
func (s *step) optOut(source, word string) {
	s.setConsent(OptedOut, source, word)
	s.effects = append(s.effects, Effect{Cancel: &Cancel{Conversation: s.c.ID, As: Cancelled, Reason: "opted_out"}})
	runs := slices.Clone(s.c.State.Runs)
	for len(s.c.State.Runs) > 0 {
		s.endAt(len(s.c.State.Runs)-1, "opted_out")
	}
	s.c.State.Queued, s.c.State.Which = nil, nil
	for len(s.c.State.Codes) > 0 {
		live, _ := s.forgetCode(s.c.State.Codes[0].Challenge)
		s.endCode(live.Challenge, "canceled", "opted_out", 0)
		s.outcome(Verified{Challenge: live.Challenge, Purpose: live.Purpose, Subject: live.Subject, Run: live.Run, Outcome: "failed", Reason: "opted_out"})
	}
	s.forgetPending("the customer has opted out")
	s.silenced("stopped", "", runs...)
	s.unanswered("opt_out_while_open", "opted out while an alert was open", runs...)
}

// unknownSubscriber keeps a number from proving anything: the carrier knows nobody of it,
// and whoever gets it next is somebody else. Texts still go: one such answer may be wrong.
func (s *step) unknownSubscriber() {
	if s.e.Test {
		s.ignore()
		return
	}
	const reason = "unknown_subscriber"
	s.record(Decision{About: "send", Choice: "no subscriber", Why: "the carrier knows nobody of this number"})
	s.effects = append(s.effects, Effect{Code: &Change{To: "suspended", Reason: reason, Phone: s.c.Phone}})
	s.tell(NumberWrong{Word: reason}, "")
}

// carrierOptOut mirrors the carrier's own opt-out list.
func (s *step) carrierOptOut() {
	if s.env.Consent.State == OptedOut {
		s.ignore()
		return
	}
	s.record(Decision{About: "consent", Choice: "stop", Why: "the carrier blocks this phone"})
	s.optOut("carrier", "")
}
