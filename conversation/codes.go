package conversation

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"parley/flows"
)

// mostCodes is how many codes one conversation keeps in mind: one for each purpose
// and a second customer on the same phone.
const mostCodes = 16

// deniedFor is how long no code of a purpose is sent after somebody said that they
// did not ask for it (ms).
const deniedFor = 24 * 3_600_000

// askCode has a code made for a run. Its outcome comes back as an event.
func (s *step) askCode(run string, a flows.Action) {
	purpose, _ := a.Data["purpose"].(string)
	s.record(Decision{About: "action", Choice: "issue_code " + purpose, Run: run})
	data := map[string]any{"language": s.languageOf(run)}
	for k, v := range a.Data {
		data[k] = v
	}
	if subject, _ := data["subject"].(string); subject == "" {
		data["subject"] = s.c.Phone
	}
	s.job(Job{Kind: JobIssue, Run: run, Data: data})
}

func (s *step) languageOf(run string) string {
	if i := s.run(run); i >= 0 && s.c.State.Runs[i].Language != "" {
		return s.c.State.Runs[i].Language
	}
	return s.c.State.Language
}

// spoken is the language of what is said about a code: that of its text, which is the
// line's where the code is out of mind. It is not the conversation's: flows choose theirs.
func (s *step) spoken(challenge string) string {
	language := ""
	for _, live := range s.c.State.Codes {
		if live.Challenge == challenge {
			language = live.Language
		}
	}
	return cmp.Or(language, s.c.State.Language, s.env.Line.Language)
}

// code texts a code. To those who opted out, and where the line's name is not let through,
// none is sent: the challenge ends.
func (s *step) code(c Code) {
	if s.env.Consent.State == OptedOut {
		s.record(Decision{About: "send", Choice: "refused", Why: "the customer has opted out", Class: flows.Code})
		s.failCode(c, "opted_out", "opted_out")
		return
	}
	if why := s.barred(); why != "" {
		s.record(Decision{About: "send", Choice: "refused", Why: why, Class: flows.Code})
		s.failCode(c, "sender", "refused")
		return
	}
	m := s.send(draft{class: flows.Code, text: c.Text, code: &c, before: time.UnixMilli(c.Until)})
	if m == nil {
		s.failCode(c, "too_late", "too_late")
		return
	}
	live := LiveCode{Challenge: c.Challenge, Purpose: c.Purpose, Subject: c.Subject, Run: c.Run, At: s.env.Now, Until: c.Until, Test: s.e.Test, Language: c.Language}
	if before, again := s.forgetCode(c.Challenge); again { // a NO may have been written since the first
		live.At, live.Again = before.At, before.Again
	}
	codes := slices.Clone(s.c.State.Codes)
	if len(codes) >= mostCodes {
		codes = slices.Delete(codes, 0, 1)
	}
	s.c.State.Codes = append(codes, live)
	s.c.State.Timers = append(s.c.State.Timers, Timer{Kind: TimerCode, Name: c.Challenge, At: c.Until})
}

// failCode ends a challenge whose code is not texted; told is the reason that callbacks have.
func (s *step) failCode(c Code, reason, told string) {
	s.endCode(c.Challenge, "failed", reason, 0)
	s.outcome(Verified{Challenge: c.Challenge, Purpose: c.Purpose, Subject: c.Subject, Run: c.Run, Outcome: "failed", Reason: told})
}

// forgetCode takes a code out of mind; false: it was not there.
func (s *step) forgetCode(challenge string) (live LiveCode, found bool) {
	i := slices.IndexFunc(s.c.State.Codes, func(l LiveCode) bool { return l.Challenge == challenge })
	if i < 0 {
		return LiveCode{}, false
	}
	live = s.c.State.Codes[i]
	s.c.State.Codes = slices.Delete(slices.Clone(s.c.State.Codes), i, i+1)
	s.c.State.Timers = slices.DeleteFunc(s.c.State.Timers, func(t Timer) bool { return t.Kind == TimerCode && t.Name == challenge })
	return live, true
}

// endCode ends a challenge in the same transaction.
func (s *step) endCode(challenge, as, reason string, pause int64) {
	s.effects = append(s.effects, Effect{Code: &Change{Challenge: challenge, To: as, Reason: reason, Pause: pause}})
}

// verified takes what became of a code.
func (s *step) verified(v Verified) {
	switch v.Outcome {
	case "paused":
		s.paused(v)
		return
	case "not_again":
		s.notAgain(v)
		return
	}
	live, _ := s.forgetCode(v.Challenge)
	s.used(live, v)
	s.record(Decision{About: "verification", Choice: v.Outcome, Why: v.Reason, Run: v.Run})
	s.proved(v)
	s.outcome(v)
}

// paused lets the customer know that somebody guesses their codes, and marks the account
// for a person.
func (s *step) paused(v Verified) {
	s.record(Decision{About: "verification", Choice: "paused", Why: "codes of this purpose are guessed"})
	s.account(AccountChange{Op: "guessed", Account: v.Subject, Cause: "code", Language: s.spoken(v.Challenge), Test: s.e.Test})
	if s.env.Consent.State != OptedOut {
		s.send(draft{class: flows.Alert, text: ownText("paused", s.spoken(v.Challenge), s.env.Line)})
	}
}

// outcome lets the business and the run that asked hear what became of a code.
func (s *step) outcome(v Verified) {
	about := AboutVerification{Verification: v.Challenge, Purpose: v.Purpose, Subject: v.Subject}
	var told Told
	switch v.Outcome {
	case "approved":
		told = VerificationApproved{about}
	case "expired":
		told = VerificationExpired{about}
	default:
		told = VerificationFailed{about, v.Reason}
	}
	s.tell(told, v.Run)
	s.happen(v.Run, told.Event(), DataOf(told))
}

// codeExpired ends a code whose time is over.
func (s *step) codeExpired(challenge string) {
	live, ok := s.forgetCode(challenge)
	if !ok {
		return
	}
	s.endCode(challenge, "expired", "", 0)
	s.record(Decision{About: "verification", Choice: "expired", Run: live.Run})
	s.outcome(Verified{Challenge: challenge, Purpose: live.Purpose, Subject: live.Subject, Run: live.Run, Outcome: "expired"})
}

// deny reads a plain NO as the answer to "not you?" while a code is good: it was not
// asked for by whoever has the phone. False: the text is read on. Where an open question
// takes a NO as well, the customer is asked which is meant; an alert's NO counts for
// both, because both are safe and the two together are an attack.
func (s *step) deny(e Event, said flows.Said) bool {
	live, ok := s.deniable(e, said)
	if !ok {
		return s.denyUsed(e, said)
	}
	front, asked := s.consider(s.front(), said)
	asked = asked && s.bot() && front.reading.Fits
	if asked && !s.c.State.Runs[front.i].Alert {
		s.askWhichCode(live, front, said)
		return true
	}
	s.denied(live)
	return !asked
}

// deniable is the newest code that a text can be about, when the text says no and
// nothing else.
func (s *step) deniable(e Event, said flows.Said) (LiveCode, bool) {
	at := s.written(e)
	for _, live := range slices.Backward(s.c.State.Codes) {
		if at < live.At || s.env.Now >= live.Until {
			continue
		}
		intent, ok, _ := s.env.Reader.Read(said.Text, cmp.Or(s.c.State.Language, live.Language), []string{"no"})
		return live, ok && intent == "no" && len(said.Media) == 0
	}
	return LiveCode{}, false
}

// denied cancels a code that nobody asked for, and pauses its purpose. The account is
// not touched: that takes a second such code (the pause's own rule, in the
// transaction).
func (s *step) denied(live LiveCode) {
	s.forgetCode(live.Challenge)
	s.record(Decision{About: "verification", Choice: "denied", Why: "the customer did not ask for the code", Run: live.Run})
	s.endCode(live.Challenge, "canceled", "denied", deniedFor)
	s.account(AccountChange{Op: "contest", Account: live.Subject, Cause: "unexpected_code", Run: live.Run, Language: cmp.Or(s.c.State.Language, live.Language), Test: live.Test})
	s.outcome(Verified{Challenge: live.Challenge, Purpose: live.Purpose, Subject: live.Subject, Run: live.Run, Outcome: "failed", Reason: "denied"})
	s.send(draft{class: flows.Alert, text: ownText("denied", cmp.Or(live.Language, s.c.State.Language), s.env.Line)})
}

// burned ends codes that the customer texted to us: somebody may have asked them for
// these. They are warned, and nothing else is made of the text. Of a code that came
// by another line its own conversation hears.
func (s *step) burned(e Event) {
	language := ""
	for _, challenge := range e.Text.Burned {
		live, ok := s.forgetCode(challenge)
		s.record(Decision{About: "verification", Choice: "burned", Why: "its code came as a text", Run: live.Run})
		if !ok {
			s.endCode(challenge, "burned", "", 0)
			continue
		}
		language = live.Language
		s.endCode(challenge, "canceled", "texted", 0)
		s.outcome(Verified{Challenge: challenge, Purpose: live.Purpose, Subject: live.Subject, Run: live.Run, Outcome: "failed", Reason: "texted"})
	}
	if s.env.Consent.State == OptedOut {
		return
	}
	s.send(draft{class: flows.Alert, text: ownText("burned", cmp.Or(language, s.c.State.Language), s.env.Line)})
}

// askWhichCode asks whether a NO was meant for a code or for the open question.
func (s *step) askWhichCode(live LiveCode, front candidate, said flows.Said) {
	s.c.State.Which = &Which{Text: Text{Text: said.Text}, Code: live.Challenge, Newer: s.c.State.Runs[front.i].ID}
	text := ownText("which_code", cmp.Or(live.Language, s.c.State.Language), s.env.Line)
	text = strings.ReplaceAll(text, "{second}", s.gist(front))
	s.record(Decision{About: "reading", Choice: "ask which", Run: s.c.State.Runs[front.i].ID, Why: "fits the open question and a code that is still good"})
	s.send(draft{class: flows.Alert, text: text})
}

// whichCode reads the answer to askWhichCode; false: it was no choice.
func (s *step) whichCode(w *Which, said flows.Said) bool {
	first, _, _ := strings.Cut(words(said.Text), " ")
	i := slices.IndexFunc(s.c.State.Codes, func(l LiveCode) bool { return l.Challenge == w.Code })
	switch {
	case first == "1" && i >= 0:
		s.denied(s.c.State.Codes[i])
		return true
	case first == "2":
		original := flows.Said{Text: w.Text.Text}
		if c, ok := s.consider(s.run(w.Newer), original); ok && c.reading.Fits {
			s.take(c, original)
			return true
		}
	}
	return false
}
