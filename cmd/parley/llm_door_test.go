package main

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/classify"
	"parley/conversation/store/storetest"
)

// TestLLMThroughTheDoors has a customer answer in words that nothing in the house reads,
// with a service that behaves and misbehaves in every way, and a second text close
// behind: each ends where it belongs, in order, is counted once, and replays without it.
func TestLLMThroughTheDoors(t *testing.T) {
	t.Parallel()
	const asked, other = "Please reply YES or NO.", "Thank you."
	body := func(text string) func(int, http.ResponseWriter) {
		return func(_ int, w http.ResponseWriter) { fmt.Fprint(w, text) }
	}
	status := func(code int, after string) func(w http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			if after != "" {
				w.Header().Set("Retry-After", after)
			}
			w.WriteHeader(code)
			fmt.Fprint(w, `{"error":{"message":"kaput","type":"x","code":"x"}}`)
		}
	}
	first := func(bad func(w http.ResponseWriter)) func(int, http.ResponseWriter) {
		return func(n int, w http.ResponseWriter) {
			if n == 1 {
				bad(w)
				return
			}
			fmt.Fprint(w, meaning("broken"))
		}
	}
	always := func(bad func(w http.ResponseWriter)) func(int, http.ResponseWriter) {
		return func(_ int, w http.ResponseWriter) { bad(w) }
	}
	slow := func(w http.ResponseWriter) { time.Sleep(2500 * time.Millisecond) } // longer than its client waits
	cut := func(w http.ResponseWriter) {
		w.Header().Set("Content-Length", "900")
		fmt.Fprint(w, `{"choices":[{"mess`)
	}
	const sorry = "We are sorry that it is broken."
	for _, c := range []struct {
		name   string
		answer func(int, http.ResponseWriter)
		said   string
		why    string // of the record by the layer llm
		asked  int
		tokens int // -1: as estimated
	}{
		{"it knows", body(meaning("broken")), sorry + " | " + willAnswer, "", 1, 1010},
		{"it is unsure", body(meaning("unsure")), asked + " | " + other, "it means nothing of what is listened for", 1, 1010},
		{"slow once", first(slow), sorry + " | " + willAnswer, "", 2, -1},
		{"slow twice", always(slow), asked + " | " + other, "timeout", 2, -1},
		{"busy once", first(status(429, "1")), sorry + " | " + willAnswer, "", 2, 1010},
		{"busy for long", always(status(429, "3600")), asked + " | " + other, "busy", 1, 0},
		{"slow, then down", func(n int, w http.ResponseWriter) {
			if n == 1 {
				slow(w)
			}
			status(503, "")(w)
		}, asked + " | " + other, "unavailable", 2, -1},
		{"down", always(status(503, "")), asked + " | " + other, "unavailable", 2, 0},
		{"a wrong key", always(status(401, "")), asked + " | " + other, "bad_key", 1, 0},
		{"malformed", body("<html>kaput</html>"), asked + " | " + other, "malformed", 1, -1},
		{"refusal", body(`{"choices":[{"message":{"refusal":"I cannot"}}],"usage":{"prompt_tokens":500,"completion_tokens":5,"total_tokens":505}}`), asked + " | " + other, "refusal", 1, 505},
		{"a built-in intent", body(meaning("yes")), asked + " | " + other, "wrong_intent", 1, 1010},
		{"one to be confirmed", body(meaning("refund")), asked + " | " + other, "wrong_intent", 1, 1010},
		{"no choices", body(`{"choices":[],"usage":{"prompt_tokens":500,"completion_tokens":0}}`), asked + " | " + other, "empty", 1, 500},
		{"cut once", first(cut), sorry + " | " + willAnswer, "", 2, -1},
		{"cut twice", always(cut), asked + " | " + other, "cut_off", 2, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			storetest.EachURL(t, func(t *testing.T, url string) {
				written := make(chan struct{}) // the second text is posted
				release := sync.OnceFunc(func() { close(written) })
				defer release()
				m := &model{answer: func(n int, w http.ResponseWriter) {
					<-written
					c.answer(n, w)
				}}
				config := withModel(t, url, m)
				if strings.HasPrefix(c.name, "slow") {
					config.LLM.Timeout = 1500 * time.Millisecond
				}
				s := serveTest(t, config)
				s.begins(s.key)
				s.texts("everything inside went kaput somehow")
				eventually(t, "the model is asked", func() bool { bodies, _ := m.asked(); return len(bodies) > 0 })
				s.texts("yes")
				release()
				eventually(t, "both texts are read", func() bool {
					state, _ := s.stored()
					return len(state.State.Runs) == 0 && state.State.Pending == nil && len(state.State.Held) == 0
				})
				eventually(t, "the answer is said", func() bool { return s.said() == c.said })
				bodies, keys := m.asked()
				if len(bodies) != c.asked || len(slices.Compact(keys)) != 1 {
					t.Errorf("asked %d times under %q", len(bodies), keys)
				}
				s.recorded(c.why)
				s.counted(url, c.tokens)
				s.replayed(url)
			})
		})
	}
}

// recorded looks for the decision of the LLM's layer.
func (s *server) recorded(why string) {
	s.t.Helper()
	all := s.decisions()
	i := slices.IndexFunc(all, func(d conversation.Decision) bool { return d.Layer == "llm" })
	if i < 0 || all[i].Why != why || all[i].Prompt != classify.PromptVersion && why != "timeout" && why != "busy" {
		s.t.Errorf("%q is not recorded: %+v", why, all)
	}
	if why == "" && (all[i].Choice != "broken" || all[i].Intent != "broken" || all[i].Tokens != 1010 || all[i].Cost != 0.0011 || all[i].Second != "other_day") {
		s.t.Errorf("%+v", all[i])
	}
	if !slices.ContainsFunc(all, func(d conversation.Decision) bool { return d.Choice == "held" }) {
		s.t.Errorf("the second text was not held: %+v", all)
	}
}

// counted says whether the database has one question, of so many tokens.
func (s *server) counted(url string, tokens int) {
	s.t.Helper()
	db := ledger(s.t, url)
	if n := number(s.t, db, `SELECT count(*) FROM llm_calls WHERE settled = 1`); n != 1 {
		s.t.Errorf("%d questions are settled", n)
	}
	day := number(s.t, db, `SELECT sum(tokens) FROM llm_days`)
	call := number(s.t, db, `SELECT sum(tokens) FROM llm_calls`)
	if day != call || tokens >= 0 && day != tokens || tokens < 0 && day <= 1010 {
		s.t.Errorf("the day has %d tokens, the question %d, want %d", day, call, tokens)
	}
	if n := number(s.t, db, `SELECT sum(calls) FROM llm_days`); n != 1 {
		s.t.Errorf("%d questions are counted", n)
	}
}

// replayed says whether the stored events lead to the stored state, without a model.
func (s *server) replayed(url string) {
	s.t.Helper()
	w := &world{t: s.t, db: ledger(s.t, url)}
	c, _ := s.stored()
	if !w.replays(w.past(), c, s.log()) {
		s.t.Error("the replay went elsewhere")
	}
}

// TestLLMIsNotShownATestRun: nothing of a test key's leaves.
func TestLLMIsNotShownATestRun(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		m := &model{answer: func(_ int, w http.ResponseWriter) { fmt.Fprint(w, meaning("broken")) }}
		s := serveTest(t, withModel(t, url, m))
		s.begins(s.newKey("test", "events"))
		s.texts("everything inside went kaput somehow")
		eventually(t, "the text is read", func() bool {
			return slices.ContainsFunc(s.decisions(), func(d conversation.Decision) bool { return d.Choice == "unfitting" })
		})
		if bodies, _ := m.asked(); len(bodies) != 0 {
			t.Errorf("asked: %s", bodies)
		}
	})
}

// TestLLMBudget: when the day is spent the chain goes on without it, and restarts do not
// fill the purse.
func TestLLMBudget(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		m := &model{answer: func(_ int, w http.ResponseWriter) { fmt.Fprint(w, meaning("unsure")) }}
		c := withModel(t, url, m)
		c.LLM.DailyTokens = 3500 // one question is estimated as 2,000 and takes 1,010
		ask := func(n int, text string) {
			t.Run(text, func(t *testing.T) { // each on a server of its own
				s := serveTest(t, c)
				s.begins(s.key)
				s.texts(text)
				eventually(t, "otherwise", func() bool { return s.said() == "Please reply YES or NO." })
				s.texts("no")
				// said, not only decided: what this server leaves unsent, the next one sends
				eventually(t, "the run is over", func() bool { return s.said() == "Please reply YES or NO. | We look for it." })
				if bodies, _ := m.asked(); len(bodies) != n {
					t.Errorf("asked %d times", len(bodies))
				}
			})
		}
		ask(1, "everything inside went kaput somehow")
		ask(2, "somehow the inside is all kaput")
		ask(2, "kaput it is, all of it")
		answer, err := http.Get("http://" + serveTest(t, c).house.adminAddress + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range []string{"parley_llm_tokens_today 2020", "parley_llm_tokens_today_limit 3500", "parley_llm_cost_today 0.0022"} {
			if !strings.Contains(string(text), line+"\n") {
				t.Errorf("no %s", line)
			}
		}
	})
}
