package main

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"testing"
	"time"

	"parley/conversation/store/storetest"
	"parley/conversation/verify"
)

// timingPairs are compared, one of a customer and one of nobody, by turns.
const timingPairs = 2000

// idle is long enough for what a request begins in the background.
const idle = 12 * time.Millisecond

// TestSpeedNobodyIsTold prints how long the doors take for a customer's number and for
// a subject that nobody knows: medians may differ by less than 5 % and 0.2 ms. It runs
// under make bench only.
func TestSpeedNobodyIsTold(t *testing.T) {
	if os.Getenv("PARLEY_BENCH") == "" { // beside other tests the figures would be wrong
		t.Skip("not run: figures need a quiet machine; make bench prints them")
	}
	storetest.EachURL(t, func(t *testing.T, url string) {
		config := testConfig(url)
		lots := verify.Limit{Most: 1_000_000, Per: time.Hour}
		config.Codes.Limits = LimitsConfig{lots, lots, lots, lots, lots, lots, lots, lots, verify.Limit{Most: 1_000_000, Per: time.Minute}}
		config.Codes.Budgets = BudgetsConfig{BlockHour: 1e6, HomeDay: 1e6, HomeHour: 1e6}
		config.Codes.Cooldowns = []time.Duration{time.Second}
		s := serveTest(t, config)
		took := map[string]*[2][]time.Duration{"create": {}, "check": {}, "resend": {}, "cancel": {}}
		timed := func(what string, known int, method, path string, body any) map[string]any {
			begun := time.Now()
			status, out := s.do(method, path, s.key, body)
			took[what][known] = append(took[what][known], time.Since(begun))
			if status == http.StatusTooManyRequests || status >= 500 {
				t.Fatalf("%s: %d %v", what, status, out)
			}
			return out
		}
		var ids [2][]string
		each := func(do func(i, known int)) { // which of a pair comes first goes by turns
			for i := range timingPairs {
				do(i, i%2)
				do(i, 1-i%2)
			}
		}
		subject := func(i, known int) string { return fmt.Sprintf("timing-%d-%05d", known, i) }
		each(func(i, known int) {
			body := map[string]any{"purpose": "login", "subject": subject(i, known)}
			if known == 1 {
				body["to"] = fmt.Sprintf("+1202%07d", 2_000_100+i)
			}
			ids[known] = append(ids[known], timed("create", known, http.MethodPost, "/v1/verifications", body)["id"].(string))
			time.Sleep(idle) // what one begins in the background must not fall to the other
		})
		each(func(i, known int) {
			timed("check", known, http.MethodPost, "/v1/verifications/"+ids[known][i]+"/check", map[string]any{"code": "000000", "purpose": "login", "subject": subject(i, known)})
		})
		each(func(i, known int) {
			timed("resend", known, http.MethodPost, "/v1/verifications/"+ids[known][i]+"/resend", nil)
			time.Sleep(idle) // as above
		})
		each(func(i, known int) {
			timed("cancel", known, http.MethodDelete, "/v1/verifications/"+ids[known][i], nil)
			time.Sleep(idle) // as above
		})
		for _, what := range []string{"create", "check", "resend", "cancel"} {
			nobody, customer := median(took[what][0]), median(took[what][1])
			apart := customer - nobody
			share := 100 * float64(apart) / float64(nobody)
			t.Logf("%-8s nobody %v, a customer %v: %+.1f %%, %+.3f ms (required: less than 5 %% and 0.2 ms)", what, nobody, customer, share, apart.Seconds()*1000)
			if share > 5 || share < -5 || apart.Abs() > 200*time.Microsecond {
				t.Errorf("%s tells a customer from nobody", what)
			}
		}
	})
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}
