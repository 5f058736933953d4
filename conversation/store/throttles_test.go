package store_test

import (
	"testing"
	"time"

	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/conversation/verify"
)

// TestAnotherWindow: what was counted by one length of a window is not held against
// another, or a limit that was made longer would never end.
func TestAnotherWindow(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		wrong := func(per time.Duration, n int64) int64 { return must(s.Wrong(ctx, n, per))(t).Window }
		check(t, "not counted", wrong(time.Minute, 150) == 150)
		check(t, "counted on", wrong(time.Hour, 1) == 1)
		check(t, "not counted on", wrong(time.Hour, 1) == 2)

		try := func(per time.Duration) bool {
			return must(s.TrySignIn(ctx, []verify.Hit{{Key: "sign-in/ann", Most: 3, Per: per}}))(t)
		}
		for range 3 {
			check(t, "refused too early", try(time.Minute))
		}
		check(t, "not refused", !try(time.Minute))
		for range 3 {
			check(t, "the old count holds", try(24*time.Hour))
		}
		check(t, "not refused", !try(24*time.Hour))
	})
}
