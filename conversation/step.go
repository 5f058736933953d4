package conversation

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strconv"
	"time"

	"parley/flows"
)

// Step decides what one event does to one conversation. It is pure: the same
// values give the same values, and what it was given is not changed. The outcome
// says whether the event was applied; when it was not, the conversation comes
// back as it was and there are no effects.
func Step(env Env, c Conversation, e Event) (Conversation, []Effect, Outcome) {
	s := &step{env: env, was: c, c: c, e: e}
	s.c.Rev++
	s.c.State.Runs = slices.Clone(c.State.Runs)
	s.c.State.Timers = slices.Clone(c.State.Timers)
	s.out = Outcome{Status: Applied, Conversation: c.ID}
	s.migrate()
	s.decide()
	if s.out.Status != Applied {
		if e.Kind == KindTimer {
			c.WakeAt = s.earliest()
		}
		return c, nil, s.out
	}
	s.desk()
	s.wake()
	return s.c, s.effects, s.out
}

// step is one call of Step under way.
type step struct {
	env     Env
	was, c  Conversation
	e       Event
	effects []Effect
	out     Outcome
	said    int      // messages so far
	begun   int      // runs and jobs so far
	entered int      // states so far
	tests   []string // runs of test keys that began, which may have ended since
	moved   bool     // a run went on in a later version
	// unchosen is what the customer was asked to choose, while a text is read that is no
	// choice of it.
	unchosen *Which
	reads    bool     // a customer's text is being read, now or at last
	led      bool     // a text led to the call whose answer a run goes on with
	thought  []Likely // what the text was guessed to mean, for whoever reads it next
	// answered: the carrier has confirmed the consent word; we do not repeat it.
	answered bool
}

func (s *step) decide() {
	switch s.e.Kind {
	case KindText:
		s.c.State.Unasked = nil
		if s.c.State.Snoozed != 0 {
			s.wakeUp("the customer wrote")
		}
		s.text(s.e)
	case KindTrigger:
		s.trigger(*s.e.Trigger)
	case KindMessage:
		s.outgoing(*s.e.Outgoing)
	case KindEndRun:
		s.endRun(*s.e.EndRun)
	case KindTimer:
		s.timers()
	case KindSent:
		s.tookOff(*s.e.Settled)
	case KindFailed:
		s.failed(*s.e.Settled)
	case KindOptOut:
		s.carrierOptOut()
	case KindUnknown:
		s.unknownSubscriber()
	case KindResult:
		s.result(*s.e.Result)
	case KindAgent:
		s.agent(*s.e.Agent)
	case KindCode:
		s.code(*s.e.Code)
	case KindVerified:
		s.verified(*s.e.Verified)
	case KindPoisoned:
		s.poisoned(*s.e.Poisoned)
	default:
		s.refuse("an event of kind " + string(s.e.Kind) + " is unknown")
	}
	if s.out.Status == Applied {
		s.settleWaits()
		s.letGo()
	}
}

// refuse ends the step: the event is wrong by its own content.
func (s *step) refuse(problems ...string) {
	s.out = Outcome{Status: Refused, Conversation: s.c.ID, Problems: problems}
}

// ignore ends the step: the event is stale or changes nothing.
func (s *step) ignore() { s.out = Outcome{Status: Ignored, Conversation: s.c.ID} }

// record keeps a decision with the event.
func (s *step) record(d Decision) { s.effects = append(s.effects, Effect{Record: &d}) }

func (s *step) bot() bool { return s.c.State.Owner == "" || s.c.State.Owner == OwnerBot }

// scope is what a flow's expressions see.
func (s *step) scope() flows.Scope {
	now := time.UnixMilli(s.env.Now)
	if s.env.Line.Zone != nil {
		now = now.In(s.env.Line.Zone)
	} else {
		now = now.UTC()
	}
	var hours flows.Opening
	if s.env.Line.Open.some {
		hours = &s.env.Line.Open
	}
	return flows.Scope{
		Now: now, Hours: hours, Brand: s.env.Line.Brand, Line: s.c.Line, CanReply: !s.env.Line.OneWay,
		Opens:   s.env.Line.opens(now, s.c.State.Language),
		Contact: s.contact(), Trace: s.env.Trace,
	}
}

// runID derives the id of a run that begins now. It carries the conversation.
func (s *step) runID() string {
	s.begun++
	id := s.c.ID + "." + strconv.FormatInt(s.c.Rev, 36)
	if s.begun > 1 {
		id += "-" + strconv.Itoa(s.begun)
	}
	return id
}

// derive hashes the conversation, its rev and n under a purpose.
func (s *step) derive(purpose string, n int) [32]byte {
	b := make([]byte, 0, 96)
	b = append(b, purpose...)
	b = append(b, 0)
	b = append(b, s.c.ID...)
	b = binary.BigEndian.AppendUint64(b, uint64(s.c.Rev))
	b = binary.BigEndian.AppendUint32(b, uint32(n))
	return sha256.Sum256(b)
}

// messageID is a UUIDv7 (RFC 9562) of now whose random bits are derived, so that
// a replay gives the same.
func (s *step) messageID(n int) string {
	h := s.derive("message", n)
	var u [16]byte
	binary.BigEndian.PutUint64(u[:8], uint64(s.env.Now)<<16)
	copy(u[6:], h[:10])
	u[6] = u[6]&0x0f | 0x70
	u[8] = u[8]&0x3f | 0x80
	var out [36]byte
	hex.Encode(out[:8], u[:4])
	hex.Encode(out[9:13], u[4:6])
	hex.Encode(out[14:18], u[6:8])
	hex.Encode(out[19:23], u[8:10])
	hex.Encode(out[24:], u[10:])
	out[8], out[13], out[18], out[23] = '-', '-', '-', '-'
	return string(out[:])
}

// tell lets the business know of something of Parley's own, when it listens.
func (s *step) tell(t Told, run string) {
	if s.env.Line.wants(t.Event()) {
		s.job(Job{Kind: JobCallback, Name: t.Event(), Run: run, Data: DataOf(t)})
	}
}

// callback tells the business what a flow emits, when it listens.
func (s *step) callback(event string, run string, data map[string]any) {
	if !s.env.Line.wants(event) {
		return
	}
	s.job(Job{Kind: JobCallback, Name: event, Run: run, Data: data})
}

// job asks for a slow effect and returns its id.
func (s *step) job(j Job) string {
	s.begun++
	h := s.derive("job", s.begun)
	j.ID = "job_" + hex.EncodeToString(h[:12])
	j.Conversation, j.Line, j.Phone = s.c.ID, s.c.Line, s.c.Phone
	j.Epoch, j.At, j.Test = s.c.State.Epoch, s.env.Now, s.e.Test || s.testing(j.Run)
	s.effects = append(s.effects, Effect{Job: &j})
	return j.ID
}

// testing says whether a run, which may have ended in this step, is a test key's:
// what it leads to later is marked as a test too.
func (s *step) testing(run string) bool {
	is := func(r Run) bool { return r.ID == run && r.Test }
	return slices.Contains(s.tests, run) || slices.ContainsFunc(s.c.State.Runs, is) || slices.ContainsFunc(s.was.State.Runs, is)
}

// run finds a live run; -1: there is none.
func (s *step) run(id string) int {
	return slices.IndexFunc(s.c.State.Runs, func(r Run) bool { return r.ID == id })
}

// front is the run whose question is open and was asked last; -1: none is open.
func (s *step) front() int { return s.openBefore(len(s.c.State.Runs)) }

// openBefore is the newest open question among the runs before i.
func (s *step) openBefore(i int) int {
	for i--; i >= 0; i-- {
		if s.c.State.Runs[i].Wait > 0 {
			return i
		}
	}
	return -1
}
