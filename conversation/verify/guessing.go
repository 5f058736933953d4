package verify

import (
	"context"
	"slices"

	"parley/conversation"
)

// unusual is how many times as many wrong codes as usual are a sign of guessing.
const unusual = 5

// guessing says whether somebody tries codes everywhere: more wrong ones in a window than
// may be, or in an hour more than five times what an hour of the last week had in the
// median of its days. An hour in which no more than the bound of a window were wrong is
// never unusual: where there are few codes, chance alone makes a multiple.
func (w WrongCodes) guessing(most int64) bool {
	days := w.Days
	slices.Sort(days[:])
	usual := days[len(days)/2] / 24
	return w.Window > most || w.Hour > max(most, unusual*usual)
}

// countWrong counts the wrong codes of all nodes, and opens or closes the breaker. While
// there are none here, it looks for those of other nodes only when told to.
func (s *Service) countWrong(ctx context.Context, others bool) {
	n := s.wrongs.Swap(0)
	if n == 0 && !s.tense.Load() && !others {
		return
	}
	all, err := s.Store.Wrong(ctx, n, s.Settings.Global.Per)
	if err != nil {
		s.wrongs.Add(n)
		return
	}
	tense := all.guessing(int64(s.Settings.Global.Most))
	if s.tense.Swap(tense) == tense || !tense {
		return
	}
	s.Log.Error("codes are being guessed: more wrong ones than codes.limits.global allows; new codes have eight digits", "wrong", all.Window, "this hour", all.Hour)
	s.Alarm(ctx, conversation.VerificationAlarm{What: "guessing", Count: all.Window})
}

// Paused is the event by which the conversation of a challenge hears that codes of its
// purpose pause for a day, because they are guessed: the customer is told, and a person is
// to look. False: there is nobody to tell.
func (s *Service) Paused(ctx context.Context, challenge string) (conversation.Event, bool, error) {
	c, found, err := s.Store.Challenge(ctx, challenge)
	if err != nil || !found || c.Decoy() {
		return conversation.Event{}, false, err
	}
	e := verified(c, "paused", "", nil)
	e.Dedupe = "code/" + c.ID + "/paused"
	return e, true, nil
}

// PauseKey is under what codes of a purpose for a subject are paused.
func PauseKey(p Purpose, subject string) string { return "code/" + string(p) + "/" + subject }
