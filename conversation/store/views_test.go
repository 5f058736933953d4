package store_test

import (
	"fmt"
	"testing"

	"parley/agentui"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
)

// viewLife: what somebody keeps stands in the order in which it was first kept, is theirs,
// and there is no more of it than there may be; what is there may still be changed then.
func viewLife(t *testing.T, s *store.Store) {
	ctx := t.Context()
	late, mine := agentui.ListView{Name: "zzz late", Which: "waiting", Queue: "q", Label: "late", Priority: "alert", Flow: "parcel"}, agentui.ListView{Name: "aaa", Which: "mine"}
	keep := func(v agentui.ListView) bool { return must(s.SaveView(ctx, "vic", v, 2))(t) }
	check(t, "not kept", keep(late))
	if err := store.Exec(ctx, s, `UPDATE views SET at = at - 1000`); err != nil {
		t.Fatal(err)
	}
	check(t, "not kept either", keep(mine))
	check(t, "a third", !keep(agentui.ListView{Name: "bbb", Which: "all"}))
	late.Label = ""
	check(t, "not changed", keep(late))
	all := must(s.Views(ctx, "vic"))(t)
	check(t, "not as they were kept", len(all) == 2 && all[0] == late && all[1] == mine)
	check(t, "somebody else's", len(must(s.Views(ctx, "vera"))(t)) == 0 && !must(s.DropView(ctx, "vera", "aaa"))(t))
	check(t, "not taken out", must(s.DropView(ctx, "vic", "aaa"))(t) && len(must(s.Views(ctx, "vic"))(t)) == 1)
}

// TestViewsAtOnce: the last place goes to one of the tabs that save at the same moment.
func TestViewsAtOnce(t *testing.T) {
	s := storetest.Open(t, store.Options{URL: storetest.URL(t, "postgres")}) // SQLite's writer is alone
	check(t, "no agent", must(s.AddAgent(t.Context(), agentui.Agent{Name: "vic", Role: "agent"}))(t))
	for _, text := range []string{
		`CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.1); RETURN NEW; END'`,
		`CREATE TRIGGER slow BEFORE INSERT ON views FOR EACH ROW EXECUTE FUNCTION slow()`,
	} {
		if err := store.Exec(t.Context(), s, text); err != nil {
			t.Fatal(err)
		}
	}
	const tabs = 4
	kept := make(chan bool, tabs)
	for i := range tabs {
		go func() {
			ok, err := s.SaveView(t.Context(), "vic", agentui.ListView{Name: fmt.Sprint("v", i)}, 1)
			kept <- ok || err != nil
		}()
	}
	n := 0
	for range tabs {
		if <-kept {
			n++
		}
	}
	check(t, fmt.Sprint(n, " were kept"), n == 1 && len(must(s.Views(t.Context(), "vic"))(t)) == 1)
}
