package store

import (
	"slices"
	"strings"

	"parley/conversation"
)

const (
	// codeTakenSQL notes that a code is out. What is sealed of it is erased, unless it
	// may have to be sent again, or another text with it is still to go: this one's fate
	// may have come late.
	codeTakenSQL = `UPDATE challenges SET status = 'sent',
			sealed = CASE WHEN (rotate = 1 OR sends >= most_sends) AND NOT EXISTS (SELECT 1 FROM messages AS other
				WHERE other.conversation = challenges.conversation AND other.status IN ('queued', 'sending')
				AND other.challenge = challenges.id AND other.id <> $2) THEN '' ELSE sealed END
		WHERE id = $1 AND status IN ('pending', 'sent')
		AND EXISTS (SELECT 1 FROM messages WHERE id = $2 AND status = 'sending' AND node = $3 AND attempt = $4)`

	// codeLostSQL wakes the loop for a code that nobody will get: it ends the challenge
	// and lets the conversation know. One that was sent before is still good, and one whose
	// attempts are all spent ends without it, or is about to be approved.
	codeLostSQL = `UPDATE challenges SET reason = 'undeliverable', work_at = {now}
		WHERE id = $1 AND status = 'pending' AND (sends >= asked + again OR sends >= most_sends) AND attempts < most_attempts`
)

// settleCodes queues what settled messages mean for the codes that they bring, before
// the messages themselves: challenges are locked first.
func settleCodes(p *pipe, all []*settling) {
	codes := slices.DeleteFunc(slices.Clone(all), func(s *settling) bool { return s.Challenge == "" })
	slices.SortStableFunc(codes, func(x, y *settling) int { return strings.Compare(x.Challenge, y.Challenge) })
	for _, s := range codes {
		switch s.Status {
		case conversation.Sent, conversation.Delivered:
			p.exec(codeTakenSQL, s.Challenge, s.Message, s.Node, int64(s.Attempt))
		case conversation.Queued:
		default:
			p.exec(codeLostSQL, s.Challenge)
		}
	}
}
