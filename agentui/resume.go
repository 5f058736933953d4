package agentui

import (
	"context"
	"slices"
	"time"

	"parley/conversation"
)

// hear gives an event to a seat: one that follows is told, one that is being replayed to
// is told later.
func (s *seat) hear(e conversation.FeedEntry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.live:
		s.event(e)
	case s.missed != nil && len(s.missed) < replayed:
		s.missed = append(s.missed, e)
	case s.missed != nil:
		s.close(closeIsSlow, "slow") // it comes back and reads everything anew
	}
}

// event tells one that follows, unless it was told; mu is held. Where one is missing between,
// since the hub began after the seat, the page is sent back: it says from where it follows.
func (s *seat) event(e conversation.FeedEntry) {
	switch {
	case e.Seq <= s.seq:
	case e.Seq > s.seq+1:
		s.close(closeIsSlow, "gap")
	default:
		s.seq = e.Seq
		s.send(happening(e))
	}
}

func happening(e conversation.FeedEntry) frame {
	return frame{"ev", Happening{e.Seq, e.Conversation, e.Rev, e.Kind}}
}

// resume tells what happened after a number, and then follows. Who was away too long, or
// counts by another epoch, reloads from the head that they are told.
func (s *seat) resume(ctx context.Context, epoch string, since int64) {
	s.mu.Lock()
	s.live, s.missed, s.seq = false, make([]conversation.FeedEntry, 0, 8), since
	s.mu.Unlock()
	now, head, err := s.console.Reads.FeedHead(ctx)
	if err != nil {
		s.close(closeTryLater, comeBack(time.Second))
		return
	}
	var entries []conversation.FeedEntry
	reason := ""
	switch {
	case epoch != now:
		reason = "epoch"
	case head-since > replayed:
		reason = "gap"
	case since > head:
		reason = "ahead"
	case since < head:
		if _, entries, err = s.console.Reads.Feed(ctx, since, replayed); err != nil {
			s.close(closeTryLater, comeBack(time.Second))
			return
		}
		if len(entries) == 0 || entries[0].Seq != since+1 {
			reason = "too_old"
		}
	}
	if reason != "" {
		s.send(frame{"resync", Resync{reason, now, head}})
		entries, since = nil, head
	}
	s.follow(entries, since)
}

// few frames, or events, are no burden: they are told without waiting for room.
const few = mostFrames / 4

// follow tells what was read and what came meanwhile, in order, and from then on
// everything as it comes. It waits for a browser that reads slowly, and nobody waits for it.
func (s *seat) follow(entries []conversation.FeedEntry, since int64) {
	seq := since
	for {
		for some := range slices.Chunk(entries, few) {
			for _, e := range some {
				if e.Seq > seq {
					seq = e.Seq
					s.send(happening(e))
				}
			}
			if !s.eased(few) {
				return
			}
		}
		if entries = s.caughtUp(seq); entries == nil {
			return
		}
	}
}

// caughtUp lets a seat that was told all up to seq follow, unless much has come meanwhile:
// that is returned, to be told first.
func (s *seat) caughtUp(seq int64) []conversation.FeedEntry {
	s.mu.Lock()
	defer s.mu.Unlock()
	missed := s.missed
	if len(missed) > few {
		s.missed = make([]conversation.FeedEntry, 0, few)
		return missed
	}
	s.missed, s.live, s.seq = nil, true, seq
	for _, e := range missed {
		s.event(e)
	}
	s.send(frame{"live", Following{s.seq}})
	return nil
}

// Resync says that a page has to read everything anew, as of Head.
type Resync struct {
	Reason string `json:"reason"` // epoch, gap, ahead, too_old
	Epoch  string `json:"epoch"`
	Head   int64  `json:"head"`
}

// Following says that a page has been told everything up to Head.
type Following struct {
	Head int64 `json:"head"`
}
