package main

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"parley/conversation/store/storetest"
	"parley/conversation/verify"
)

const (
	timingPairs = 2000 // compared, one of a customer and one of nobody, by turns
	timingLanes = 4    // pairs at a time
	burstPairs  = 150  // of bursts
	burstSize   = 32   // codes asked for at once
)

// timing is a house without limits, and how long its doors took: for nobody, and for
// a customer.
type timing struct {
	*server
	mu   sync.Mutex
	took map[string]*[2][]time.Duration
}

func newTiming(t *testing.T, url string) *timing {
	config := testConfig(url)
	lots := verify.Limit{Most: 1_000_000, Per: time.Hour}
	config.Codes.Limits = LimitsConfig{lots, lots, lots, lots, lots, lots, lots, lots, lots, lots, lots, lots, verify.Limit{Most: 1_000_000, Per: time.Minute}}
	config.Codes.Budgets = BudgetsConfig{BlockHour: 1e6, HomeDay: 1e6, HomeHour: 1e6}
	config.Codes.Cooldowns = []time.Duration{time.Second}
	return &timing{server: serveTest(t, config), took: map[string]*[2][]time.Duration{}}
}

// timed makes a request and notes how long it took.
func (m *timing) timed(what string, known int, method, path string, body any) map[string]any {
	begun := time.Now()
	status, out := m.do(method, path, m.key, body)
	took := time.Since(begun)
	if status == http.StatusTooManyRequests || status >= 500 {
		m.t.Errorf("%s: %d %v", what, status, out)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.took[what] == nil {
		m.took[what] = new([2][]time.Duration)
	}
	m.took[what][known] = append(m.took[what][known], took)
	return out
}

// create asks for a code of a customer's, or of nobody's.
func (m *timing) create(what string, i, known int) string {
	body := map[string]any{"purpose": "login", "subject": fmt.Sprintf("%s-%d-%05d", what, known, i)}
	if known == 1 {
		body["to"] = fmt.Sprintf("+1202%07d", 2_000_100+i)
	}
	id, _ := m.timed(what, known, http.MethodPost, "/v1/verifications", body)["id"].(string)
	return id
}

// byTurns does something for every pair, some at a time; which of a pair comes first
// goes by turns.
func byTurns(n, lanes int, do func(i, known int)) {
	var all sync.WaitGroup
	for lane := range lanes {
		all.Go(func() {
			for i := lane; i < n; i += lanes {
				do(i, i/lanes%2)
				do(i, 1-i/lanes%2)
			}
		})
	}
	all.Wait()
}

// alike compares the two: medians may differ by less than percent and most.
func (m *timing) alike(what string, percent float64, most time.Duration) {
	m.t.Helper()
	nobody, customer := m.took[what][0], m.took[what][1]
	apart := median(customer) - median(nobody)
	share := 100 * float64(apart) / float64(median(nobody))
	m.t.Logf("%-22s nobody %v, a customer %v: %+.1f %%, %+.3f ms (required: less than %.0f %% and %v); 99th of 100: %v, %v; means %+.3f ms",
		what, median(nobody), median(customer), share, apart.Seconds()*1000, percent, most, nobody[len(nobody)*99/100], customer[len(customer)*99/100], 1000*(mean(customer)-mean(nobody)))
	if share > percent || share < -percent || apart.Abs() > most {
		m.t.Errorf("%s tells a customer from nobody", what)
	}
}

// TestSpeedNobodyIsTold prints how long the doors take for a customer's number and for
// a subject that nobody knows, alone and behind a burst of codes asked for: what a
// request begins in the background must not show in the next one. It runs under make
// bench only.
func TestSpeedNobodyIsTold(t *testing.T) {
	benched(t)
	storetest.EachURL(t, func(t *testing.T, url string) {
		m := newTiming(t, url)
		ids := [2][]string{make([]string, timingPairs), make([]string, timingPairs)}
		byTurns(timingPairs, timingLanes, func(i, known int) { ids[known][i] = m.create("create", i, known) })
		at := func(i, known int) string { return "/v1/verifications/" + ids[known][i] }
		byTurns(timingPairs, timingLanes, func(i, known int) {
			m.timed("check", known, http.MethodPost, at(i, known)+"/check", map[string]any{"code": "000000", "purpose": "login", "subject": fmt.Sprintf("create-%d-%05d", known, i)})
		})
		byTurns(timingPairs, timingLanes, func(i, known int) { m.timed("resend", known, http.MethodPost, at(i, known)+"/resend", nil) })
		byTurns(timingPairs, timingLanes, func(i, known int) { m.timed("cancel", known, http.MethodDelete, at(i, known), nil) })
		byTurns(burstPairs, 1, m.burst)
		for _, what := range []string{"create", "check", "resend", "cancel"} {
			m.alike(what, 5, 200*time.Microsecond)
		}
		m.alike("a code after a burst", 5, time.Millisecond)  // fewer pairs
		m.alike("a check in a burst", 15, 3*time.Millisecond) // which its own clients slow down
	})
}

// burst asks for many codes at once, for customers or for nobody, and then does what
// has the same work for both: whoever sends many requests sees more of what they begin.
func (m *timing) burst(i, known int) {
	var all sync.WaitGroup
	for j := range burstSize {
		all.Go(func() { m.create("a burst", timingPairs+i*burstSize+j, known) })
	}
	time.Sleep(6 * time.Millisecond) // what the burst began is under way
	all.Go(func() {
		m.timed("a check in a burst", known, http.MethodPost, "/v1/verifications/ver_aaaaaaaaaaaaaaaaaaaaaaaaaa/check", map[string]any{"code": "000000", "purpose": "login", "subject": "probe"})
	})
	all.Wait()
	m.timed("a code after a burst", known, http.MethodPost, "/v1/verifications", map[string]any{"purpose": "login", "subject": fmt.Sprintf("after-%d-%d", known, i)})
	time.Sleep(60 * time.Millisecond) // what one burst began must not fall to the next
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

func mean(all []time.Duration) (seconds float64) {
	for _, one := range all {
		seconds += one.Seconds() / float64(len(all))
	}
	return seconds
}
