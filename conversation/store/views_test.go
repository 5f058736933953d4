package store_test

import (
	"testing"

	"parley/agentui"
	"parley/conversation/store"
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
