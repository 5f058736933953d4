package store

import (
	"maps"
	"slices"

	"github.com/google/uuid"

	"parley/conversation"
	"parley/conversation/verify"
)

// pausing is what pauses, by key, because a check has reached a limit.
type pausing map[string]*pause

type pause struct {
	verify.Hit
	by    *spending
	fresh bool // it did not pause before
}

// reached notes what pauses since a check; of two pauses the longer one holds. A check that
// counts for its client alone pauses nothing anew: a pause is over before its limit is.
func (all pausing) reached(v *spending, counts *counting, now int64) {
	if v.ofClient() {
		return
	}
	for _, h := range counts.over(v.hits, now) {
		if longest := all[h.Pauses]; h.Pause > 0 && (longest == nil || h.Pause > longest.Pause) {
			all[h.Pauses] = &pause{Hit: h, by: v}
		}
	}
}

func (all pausing) write(p *pipe) {
	for _, key := range slices.Sorted(maps.Keys(all)) {
		one := all[key]
		p.affected(func(n int64) { one.fresh = n == 1 }, pauseKeySQL, key, one.Pause.Milliseconds(), "guessing")
	}
}

// told is who is to hear of it, in the same transaction: the business, and of a long pause
// the customer. Whether there is one is found out behind the answer.
func (all pausing) told(now int64) []conversation.Job {
	var jobs []conversation.Job
	for _, key := range slices.Sorted(maps.Keys(all)) {
		one := all[key]
		if !one.fresh {
			continue
		}
		what := conversation.VerificationAlarm{What: "paused", Purpose: string(one.by.Purpose), Subject: one.by.out.Challenge.Whose()}
		if one.Client {
			what.What, what.Network = "client", one.by.Client
		}
		alarm := telling(what, now)
		alarm.Test = one.by.Test
		jobs = append(jobs, alarm)
		if one.Heard {
			jobs = append(jobs, conversation.Job{ID: "paused_" + uuid.NewString(), Kind: conversation.JobPaused, Data: map[string]any{"challenge": one.by.ID}, At: now, Test: one.by.Test})
		}
	}
	return jobs
}
