package store_test

import (
	"fmt"
	"strings"
	"testing"

	"parley/agentui"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
)

// TestDeskPages: pages of the list follow each other without a gap and without a double,
// what is put aside comes last, and a page is read along the index, wherever it begins.
func TestDeskPages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		text := `INSERT INTO desk (conversation, line, phone, owner, agent, since, priority, urgency, snoozed) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
			SELECT 'p' || i, '+1', '' || i, 'queue', CASE WHEN i % 100 = 0 THEN 'ann' ELSE '' END, i / 50, CASE i % 3 WHEN 0 THEN 'alert' WHEN 1 THEN 'notice' ELSE 'bulk' END, CASE i % 3 WHEN 0 THEN 0 WHEN 1 THEN 2 ELSE 3 END, CASE WHEN i % 7 = 0 THEN i ELSE 0 END FROM n`
		check(t, "not filled", store.Exec(ctx, s, text) == nil && store.Exec(ctx, s, `ANALYZE`) == nil)
		for agent, want := range map[string]int{"": 5000, "ann": 50} {
			seen, after, aside := map[string]bool{}, agentui.Place{}, false
			for {
				page := must(s.Desk(ctx, agent, after, 333))(t)
				for _, d := range page {
					check(t, "twice: "+d.Conversation, !seen[d.Conversation])
					check(t, "behind what is put aside: "+d.Conversation, d.Snoozed > 0 || !aside)
					seen[d.Conversation], aside = true, d.Snoozed > 0
				}
				if len(page) < 333 {
					break
				}
				after = agentui.PlaceOf(page[332])
			}
			check(t, fmt.Sprintf("%q has %d of %d", agent, len(seen), want), len(seen) == want)
		}
		plan := must(store.Explain(ctx, s, store.DeskRowsSQL, "", int64(0), int64(2), int64(70), "p3", int64(500)))(t)
		check(t, plan, strings.Contains(plan, "desk_order") && (strings.Contains(plan, "SEARCH d ") || strings.Contains(plan, "Index Cond: (ROW(")) && !strings.Contains(plan, "ORDER BY"))
	})
}
