package store_test

import (
	"testing"

	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/conversation/verify"
)

// TestTheDatabaseKnowsTheBounds: whatever a statement says, no challenge has more tries
// than it may, none lives longer than ten minutes, and of a subject and purpose one is open.
func TestTheDatabaseKnowsTheBounds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, id := range []string{"ver_1", "ver_2"} {
			open(t, s, asked(id, "u-"+id, phone(50), verify.Login))
		}
		for change, want := range map[string]bool{
			`attempts = most_attempts`:                          true,
			`attempts = most_attempts + 1`:                      false,
			`expires_at = created_at + 600000`:                  true,
			`expires_at = created_at + 600001`:                  false,
			`subject = 'u-ver_1', open = 0`:                     true,
			`subject = 'u-ver_1', open = 1`:                     false,
			`subject = 'u-ver_1', open = 1, purpose = 'custom'`: true,
		} {
			if err := store.Exec(t.Context(), s, `UPDATE challenges SET `+change+` WHERE id = 'ver_2'`); (err == nil) != want {
				t.Errorf("%s: %v", change, err)
			}
			if err := store.Exec(t.Context(), s, `UPDATE challenges SET attempts = 0, subject = 'u-ver_2', open = 1, purpose = 'login' WHERE id = 'ver_2'`); err != nil {
				t.Fatal(err)
			}
		}
	})
}
