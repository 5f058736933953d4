package store

import "time"

// How long what codes leave behind is kept, beyond its own end. Idempotency keys of
// requests for codes are among the challenges, and budgets look back fourteen days.
const (
	keepCodes   = keepDays
	keepPauses  = 24 * time.Hour
	keepTallies = 15 * 24 // hours
)

const (
	oldChallengesSQL = `SELECT id FROM challenges WHERE created_at < {now} - $1 ORDER BY created_at LIMIT $2`

	dropChallengeSQL = `DELETE FROM challenges WHERE id = $1 AND created_at < {now} - $2`

	oldGrantsSQL = `SELECT hash FROM grants WHERE created_at < {now} - $1 ORDER BY created_at LIMIT $2`

	dropGrantSQL = `DELETE FROM grants WHERE hash = $1 AND created_at < {now} - $2`

	oldPausesSQL = `SELECT key FROM pauses WHERE until_at < {now} - $1 LIMIT $2`

	dropPauseSQL = `DELETE FROM pauses WHERE key = $1 AND until_at < {now} - $2`

	// oldThrottlesSQL finds keys under which nothing happened for so long that nothing
	// of it counts: strangers choose some of them.
	oldThrottlesSQL = `SELECT key FROM throttles WHERE idle_at < {now} - $1 LIMIT $2`

	dropThrottleSQL = `DELETE FROM throttles WHERE key = $1 AND idle_at < {now} - $2`

	oldSignInsSQL = `SELECT hash FROM sign_ins WHERE seen_at < {now} - $1 LIMIT $2`

	dropSignInSQL = `DELETE FROM sign_ins WHERE hash = $1 AND seen_at < {now} - $2`

	oldTalliesSQL = `SELECT key, hour FROM tallies WHERE hour < {now} / 3600000 - $1 LIMIT $2`

	dropTallySQL = `DELETE FROM tallies WHERE key = $1 AND hour = $2`
)

// oldRows are the kinds of rows that go by one key.
var oldRows = []struct {
	look, drop string
	age        time.Duration
}{
	{oldChallengesSQL, dropChallengeSQL, keepCodes},
	{oldGrantsSQL, dropGrantSQL, keepCodes},
	{oldPausesSQL, dropPauseSQL, keepPauses},
	{oldThrottlesSQL, dropThrottleSQL, 0},
	{oldSignInsSQL, dropSignInSQL, keepDays},
}

// sweepCodes looks for what codes have left behind, and queues its end on deletes.
func sweepCodes(look, deletes *pipe, count func(int64)) {
	for _, old := range oldRows {
		age := old.age.Milliseconds()
		look.query(func(r row) error {
			var key string
			err := r.Scan(&key)
			deletes.affected(count, old.drop, key, age)
			return err
		}, old.look, age, int64(sweepSize))
	}
	look.query(func(r row) error {
		var key string
		var hour int64
		err := r.Scan(&key, &hour)
		deletes.affected(count, dropTallySQL, key, hour)
		return err
	}, oldTalliesSQL, int64(keepTallies), int64(sweepSize))
}
