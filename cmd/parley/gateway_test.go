package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/conversation/store/storetest"
	"parley/outbound/provider"
)

// script is one way through delivery_feedback.
type script struct {
	outcome string
	says    []string // what the customer types; each answers the text before it
	hears   []string // what the business sends, from the first text on
	event   string   // what the business hears besides run.ended
}

const (
	askedIt  = "How did it arrive? 1 fine, 2 damaged, 3 wrong item. You can send a photo."
	answered = "Thank you. A colleague will answer here shortly."
)

var scripts = []script{
	{"fine", []string{"Yes!", "1"}, []string{askedIt, "Glad to hear it. Thank you!"}, ""},
	{"damaged", []string{"yeah it did", "2, the box is crushed"}, []string{askedIt, answered}, "delivery.damaged"},
	{"missing", []string{"No, it didn't"}, []string{answered}, "delivery.missing"},
}

// TestProofGateway talks through a real gateway: texts are typed into fakesmsc,
// travel through Kannel to Parley, and Parley's answers come out of Kannel at
// fakesmsc again, with their delivery reports. In the middle of it Parley is
// restarted: the gateway tries again until it is back.
func TestProofGateway(t *testing.T) {
	t.Parallel()
	phones := size(10, 100)
	port := freePorts(t, 1)[0]
	at := fmt.Sprintf("127.0.0.1:%d", port)
	g := newGateway(t, phones, at)
	told := &business{count: map[string]int{}}
	database := storetest.URL(t, "sqlite")
	config := g.configFile(t, at, database, listen(t, told))
	s := serve(t, config)
	key := keyFor(t, config)

	begun := time.Now()
	var all sync.WaitGroup
	var done atomic.Int64
	turns := make(chan struct{}, 5) // as many hold their conversation at once
	for i := range phones {
		all.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns; done.Add(1) }()
			g.holds(t, at, key, i)
		})
	}
	eventually(t, "half of the phones are done", func() bool { return done.Load() >= int64(phones/2) })
	stopping := time.Now()
	s.stop()
	t.Logf("Parley was restarted in the middle; it took %.1f s to stop", time.Since(stopping).Seconds())
	s = serve(t, config)
	all.Wait()
	t.Logf("%d phones held %d kinds of conversation to the end in %.1f s", phones, len(scripts), time.Since(begun).Seconds())
	reports(t, database, phones)
	told.expect(t, phones)
	s.stop()
	if log := s.errors(); len(log) > 0 {
		t.Errorf("in Parley's log: %q", log)
	}
}

// holds lets one phone hold its conversation.
func (g *gateway) holds(t *testing.T, at, key string, i int) {
	h, talk := g.open(i), scripts[i%len(scripts)]
	body := fmt.Sprintf(`{"type":"order.delivered","to":"%s","data":{"name":"Ann","order":"A-%d"}}`, handsetOf(i), i)
	for try := 0; ; try++ { // the flow's key makes a repeat harmless
		_, err := postJSON(t.Context(), "http://"+at+"/v1/events", key, []byte(body))
		if err == nil {
			break
		}
		if try == 50 {
			t.Errorf("starting the conversation of %s: %v", handsetOf(i), err)
			return
		}
		time.Sleep(100 * time.Millisecond) // a refused post is tried again as a business would, not at once
	}
	first := fmt.Sprintf("Acme: Hi Ann, order A-%d was delivered. Did it arrive? Reply YES or NO.", i)
	for n, want := range append([]string{first}, talk.hears...) {
		if !h.hears(n+1, want) {
			return
		}
		if n < len(talk.says) {
			h.types(talk.says[n])
		}
	}
}

// keyFor makes an API key on the command line.
func keyFor(t *testing.T, config string) string {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(path, "keys", "create", "proof", "--config", config).Output()
	if err != nil {
		t.Fatalf("parley keys create: %v", err)
	}
	return strings.TrimSpace(string(out))
}

// reports waits until Kannel has reported every message as delivered.
func reports(t *testing.T, database string, phones int) {
	t.Helper()
	db := ledger(t, database)
	want := 0
	for i := range phones {
		want += 1 + len(scripts[i%len(scripts)].hears)
	}
	eventually(t, "every message is delivered", func() bool {
		return number(t, db, `SELECT count(*) FROM messages WHERE status = 'delivered'`) == want
	})
	if n := number(t, db, `SELECT count(*) FROM messages`); n != want {
		t.Errorf("%d messages are stored, %d were expected", n, want)
	}
	texts := number(t, db, `SELECT count(*) FROM events WHERE kind = 'text'`)
	t.Logf("%d messages delivered by the gateway's own reports, %d texts taken in", want, texts)
	if dead := number(t, db, `SELECT count(*) FROM dead_letters`); dead > 0 {
		t.Errorf("%d dead letters", dead)
	}
}

// business is whom Parley calls back.
type business struct {
	mu    sync.Mutex
	count map[string]int
	seen  map[string]bool
}

// ServeHTTP counts what is signed and new.
func (b *business) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	keys, err := provider.ParseKeys(testSecret)
	if err != nil {
		http.Error(w, "no keys", http.StatusInternalServerError)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	id, err := keys.Verify(r.Header, body, time.Now())
	var told struct{ Type string }
	if err != nil || json.Unmarshal(body, &told) != nil {
		http.Error(w, "not from Parley", http.StatusForbidden)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.seen == nil {
		b.seen = map[string]bool{}
	}
	if !b.seen[id] {
		b.count[told.Type]++
	}
	b.seen[id] = true
}

// expect waits until the business has heard of every outcome.
func (b *business) expect(t *testing.T, phones int) {
	t.Helper()
	want := map[string]int{}
	for i := range phones {
		if event := scripts[i%len(scripts)].event; event != "" {
			want[event]++
		} else {
			want["run.ended"]++
		}
	}
	for event, n := range want {
		eventually(t, fmt.Sprintf("the business has heard %d × %s", n, event), func() bool {
			b.mu.Lock()
			defer b.mu.Unlock()
			return b.count[event] == n
		})
	}
	t.Logf("the business heard %v", want)
}
