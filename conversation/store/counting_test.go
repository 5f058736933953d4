package store_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/conversation/verify"
)

func never(verify.Challenge) bool { return false }

// tries checks codes of many customers from one network, on two nodes at once, right or
// wrong, and gives what became of them.
func tries(t *testing.T, nodes []*store.Store, settings *verify.Settings, from string, n int, right func(i int) bool) []verify.Spent {
	t.Helper()
	all := make([]verify.Spent, n)
	var group sync.WaitGroup
	for i := range n {
		id, subject := fmt.Sprintf("ver_%s_%d", from, i), fmt.Sprintf("%s-%d", from, i)
		opened := must(nodes[0].Open(t.Context(), asked(id, subject, phone(100+i), verify.Login), time.Minute, nil, verify.Entry{What: "verification.asked"}))(t)
		check(t, "not opened", opened.Challenge.Open)
		check(t, "not made", alter(t, nodes[0], phone(100+i), conversation.Change{Challenge: id, Made: made(1)}, nil))
	}
	for i := range n {
		v := verify.Spend{ID: fmt.Sprintf("ver_%s_%d", from, i), Purpose: verify.Login, Subject: fmt.Sprintf("%s-%d", from, i), Client: from}
		group.Go(func() {
			var err error
			if all[i], err = nodes[i%len(nodes)].Spend(t.Context(), v.With(settings, never, func(verify.Challenge) bool { return right(i) })); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	return all
}

// TestGuessesAtOnceAreCountedOneByOne: what many guess at the same time, on two nodes, in
// shared transactions and under keys that have no rows yet, is not one guess more than
// the limit; nor is a right code taken behind it. Right ones count nothing.
func TestGuessesAtOnceAreCountedOneByOne(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		nodes := []*store.Store{storetest.Open(t, store.Options{URL: url}), storetest.Open(t, store.Options{URL: url})}
		lots := verify.Limit{Most: 1_000_000, Per: time.Hour}
		settings := verify.Settings{NetworkChecks: verify.Limit{Most: 10, Per: time.Hour}, SubjectHour: lots, SubjectDay: lots, NumberChecks: lots, BlockChecks: lots}
		for round := range 8 {
			from := fmt.Sprintf("198.51.100.%d", round)
			counted := 0
			for _, s := range tries(t, nodes, &settings, from, 40, func(int) bool { return false }) {
				if len(s.Over) == 0 {
					counted++
				}
				check(t, "taken", s.Spent && !s.Right)
			}
			if counted != 10 {
				t.Errorf("%d guesses were compared, want 10", counted)
			}
		}
		var taken atomic.Int64
		for _, s := range tries(t, nodes, &settings, "203.0.113.1", 40, func(i int) bool { return i%2 == 0 }) {
			if s.Right {
				taken.Add(1)
				check(t, "right, but over", len(s.Over) == 0)
			}
		}
		check(t, "the right ones counted", must(store.Ask(t.Context(), nodes[0], `SELECT n0 FROM throttles WHERE key = 'check/net/203.0.113.1'`))(t) >= 10)
		for i, s := range tries(t, nodes, &settings, "203.0.113.2", 40, func(int) bool { return true }) {
			if !s.Right {
				t.Errorf("the right code %d of 40 is refused: %+v", i, s)
			}
		}
	})
}

// TestTheLastAttemptIsCompared: of three checks in one transaction on a challenge of two
// attempts, two are compared, and the trail says that they were wrong.
func TestTheLastAttemptIsCompared(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		check(t, "not opened", open(t, s, asked("ver_l", "ul", phone(90), verify.Login)).Challenge.Open)
		check(t, "not made", alter(t, s, phone(90), conversation.Change{Challenge: "ver_l", Made: made(1)}, nil))
		var compared, refused atomic.Int64
		var group sync.WaitGroup
		for range 5 {
			group.Go(func() {
				v := verify.Spend{ID: "ver_l", Purpose: verify.Login, Subject: "ul", Client: "192.0.2.1"}
				got, err := s.Spend(t.Context(), v.With(&verify.Defaults, never, func(verify.Challenge) bool { return false }))
				switch {
				case err != nil:
					t.Error(err)
				case got.Spent && got.Reason == "wrong":
					compared.Add(1)
				case !got.Spent && got.Reason == "tried too often":
					refused.Add(1)
				default:
					t.Errorf("%+v", got)
				}
			})
		}
		group.Wait()
		if compared.Load() != 2 || refused.Load() != 3 {
			t.Errorf("%d compared, %d refused", compared.Load(), refused.Load())
		}
	})
}

// TestWhatHasToBeHashedWaits: a check whose code has to be hashed first spends and counts
// nothing; behind a limit it is refused without.
func TestWhatHasToBeHashedWaits(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		check(t, "not opened", open(t, s, asked("ver_w", "uw", phone(91), verify.Login)).Challenge.Open)
		check(t, "not made", alter(t, s, phone(91), conversation.Change{Challenge: "ver_w", Made: made(1)}, nil))
		settings := verify.Defaults
		settings.NetworkChecks = verify.Limit{Most: 1, Per: time.Hour}
		v := verify.Spend{ID: "ver_w", Purpose: verify.Login, Subject: "uw", Client: "192.0.2.9"}
		for _, id := range []string{"ver_w", "ver_nobody"} {
			v.ID = id
			compared := func(verify.Challenge) bool { t.Error("compared"); return true }
			got := must(s.Spend(t.Context(), v.With(&settings, func(verify.Challenge) bool { return true }, compared)))(t)
			check(t, "does not wait", got.Waits && !got.Spent && !got.Right && len(got.Over) == 0)
		}
		v.ID = "ver_w"
		got := must(s.Spend(t.Context(), v.With(&settings, never, never)))(t)
		check(t, "no attempt", !got.Waits && got.Spent && got.Challenge.Attempts == 1)
		got = must(s.Spend(t.Context(), v.With(&settings, func(verify.Challenge) bool { return true }, never)))(t)
		check(t, "hashed behind the limit", len(got.Over) == 1 && !got.Spent && got.Challenge.Attempts == 1 && got.Reason == "over a limit")
	})
}

// TestADeadlockIsTriedAgain: a check that the database gives up for the sake of another
// transaction is carried out after it, once; who asked hears nothing of it.
func TestADeadlockIsTriedAgain(t *testing.T) {
	ctx, url := t.Context(), storetest.URL(t, "postgres")
	s := storetest.Open(t, store.Options{URL: url})
	check(t, "not opened", open(t, s, asked("ver_d", "ud", phone(92), verify.Login)).Challenge.Open)
	check(t, "not made", alter(t, s, phone(92), conversation.Change{Challenge: "ver_d", Made: made(1)}, nil))
	wrong := verify.Spend{ID: "ver_d", Purpose: verify.Login, Subject: "ud", Client: "192.0.2.7"}.With(&verify.Defaults, never, never)
	must(s.Spend(ctx, wrong))(t) // what it counts under has rows now
	other := must(pgx.Connect(ctx, url))(t)
	defer other.Close(ctx)
	must(other.Exec(ctx, `SET deadlock_timeout = '20s'`))(t) // so that it is the check that is given up
	must(other.Exec(ctx, `BEGIN; SELECT 1 FROM throttles WHERE key = 'check/net/192.0.2.7' FOR UPDATE`))(t)
	done := make(chan error, 1)
	go func() { _, err := s.Spend(ctx, wrong); done <- err }()
	waits(t, s, 1)
	must(other.Exec(ctx, `UPDATE challenges SET about = about WHERE id = 'ver_d'; COMMIT`))(t)
	if err := <-done; err != nil {
		t.Error(err)
	}
	check(t, "not two attempts", ask(t, s, `SELECT attempts FROM challenges WHERE id = 'ver_d'`) == 2)
	check(t, "not counted twice", ask(t, s, `SELECT n0 + n1 FROM throttles WHERE key = 'check/net/192.0.2.7'`) == 2)
}

// waits returns when so many statements wait for a lock.
func waits(t *testing.T, s *store.Store, n int64) {
	t.Helper()
	text := `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
	for until := time.Now().Add(5 * time.Second); ask(t, s, text) < n && time.Now().Before(until); {
		time.Sleep(time.Millisecond) // another process's wait has no channel
	}
}
