package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/conversation/store/storetest"
	"parley/outbound/provider"
)

// TestProofLLMCrash kills the server while it waits for the LLM's answer. The text is read
// without it in time, and behind it the one that came meanwhile; the job is rescued and asks
// nobody again, and what it may have taken is counted once.
func TestProofLLMCrash(t *testing.T) {
	if size(0, 1) == 0 { // it waits out a lease
		t.Skip("not run: half a minute of waiting: PARLEY_PROOF=1, or make proof")
	}
	for _, engine := range storetest.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, storetest.URL(t, engine), 100)
			asked := make(chan struct{}, 9)
			hang := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				asked <- struct{}{}
				select {
				case <-r.Context().Done():
				case <-time.After(5 * time.Second):
				}
			}))
			t.Cleanup(hang.Close)
			s := serve(t, w.llmConfig("one", "127.0.0.1:0", hang.URL))
			mouth := w.mouth(s, 10*time.Second)
			say := func(text string) {
				t.Helper()
				if err := mouth.Text(t.Context(), provider.Text{From: testPhone, To: testLine, Text: text}); err != nil {
					t.Fatal(err)
				}
			}
			say("KAPUT")
			eventually(t, "the question is open", func() bool {
				return number(t, w.db, `SELECT count(*) FROM messages WHERE status IN ('sent', 'delivered')`) == 1
			})
			say("everything inside went kaput somehow")
			eventually(t, "the LLM is asked", func() bool { return len(asked) == 1 })
			<-asked
			if n := number(t, w.db, `SELECT sum(calls) FROM llm_days`); n != 1 {
				t.Errorf("%d questions are counted before the kill", n)
			}
			before := number(t, w.db, `SELECT sum(tokens) FROM llm_days`)
			say("yes") // held behind the first
			s.kill()
			s = serve(t, w.llmConfig("one", s.address, hang.URL))
			for deadline := time.Now().Add(40 * time.Second); len(w.carrier.Messages()) < 3 && time.Now().Before(deadline); {
				time.Sleep(50 * time.Millisecond) // the conversation's timer is 15 s, of another process
			}
			if m := w.carrier.Messages(); len(m) != 3 || m[1].Text != "Please reply YES or NO." || m[2].Text != "Thank you." {
				t.Fatalf("said %+v; the log:\n%s", m, s.log)
			}
			const open = `SELECT count(*) FROM river_job WHERE state NOT IN ('completed', 'discarded', 'cancelled')`
			for deadline := time.Now().Add(90 * time.Second); number(t, w.db, open) > 0 && time.Now().Before(deadline); {
				time.Sleep(200 * time.Millisecond) // River looks for lost jobs twice a minute
			}
			if n := number(t, w.db, open); n != 0 {
				t.Errorf("%d jobs were not rescued", n)
			}
			if calls, tokens := number(t, w.db, `SELECT sum(calls) FROM llm_days`), number(t, w.db, `SELECT sum(tokens) FROM llm_days`); calls != 1 || tokens != before || before < 1000 {
				t.Errorf("%d questions and %d tokens, %d before the kill", calls, tokens, before)
			}
			if len(asked) != 0 {
				t.Errorf("asked again %d times", len(asked))
			}
			say("KAPUT")
			eventually(t, "the conversation goes on", func() bool { return len(w.carrier.Messages()) == 4 })
			s.stop()
			if log := s.errors(); len(log) > 0 {
				t.Errorf("in the log: %q", log)
			}
		})
	}
}

// llmConfig writes a server's file with an LLM and the flow that needs it.
func (w *world) llmConfig(name, listen, llm string) string {
	w.t.Helper()
	flow := strings.Replace(llmFlow, "input: {order: {type: string, max: 20}}", "input: {order: {type: string, max: 20, default: A-1}}", 1)
	write(w.t, filepath.Join(w.folder, "flows"), "kaput.yaml", strings.Replace(flow, "trigger: {events: [parcel.came]}", "trigger: {events: [parcel.came], keywords: [KAPUT]}", 1))
	file := w.config(name, listen, "off")
	text, err := os.ReadFile(file)
	if err != nil {
		w.t.Fatal(err)
	}
	return write(w.t, w.folder, name+".yaml", fmt.Sprintf("%s\nllm: {base_url: %q, model: m, private: true}\n", text, llm))
}
