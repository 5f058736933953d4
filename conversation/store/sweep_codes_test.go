package store_test

import (
	"testing"

	"parley/conversation/store"
)

// codesSweep ends the life of codes: what they left behind is old, and goes.
func codesSweep(t *testing.T, s *store.Store) {
	ctx := t.Context()
	check(t, "codes are swept too early", must(s.Sweep(ctx))(t) == 0)
	for _, age := range []string{
		`UPDATE challenges SET created_at = 1, expires_at = 1`, `UPDATE grants SET created_at = 1`, `UPDATE pauses SET until_at = 1`,
		`UPDATE throttles SET idle_at = 1`, `UPDATE tallies SET hour = hour - 1000`,
	} {
		if err := store.Exec(ctx, s, age); err != nil {
			t.Fatalf("%s: %v", age, err)
		}
	}
	check(t, "what codes left behind is not swept", must(s.Sweep(ctx))(t) >= 5)
	check(t, "something of it is left", must(s.Sweep(ctx))(t) == 0)
	_, found, err := s.Challenge(ctx, "ver_1")
	check(t, "a challenge is left", err == nil && !found)
}
