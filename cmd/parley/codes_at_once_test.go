package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/conversation/store/storetest"
	"parley/conversation/verify"
)

// nodesOf are two servers on one database, or the one that SQLite has.
func nodesOf(t *testing.T, url string) []*server {
	t.Helper()
	nodes := []*server{serveTest(t, testConfig(url))}
	if strings.HasPrefix(url, "postgres:") {
		nodes = append(nodes, serveTest(t, testConfig(url)))
	}
	return nodes
}

// barrier lets through those who wait at it when all have come.
type barrier struct {
	all  sync.WaitGroup
	open chan struct{}
}

func newBarrier(n int) *barrier {
	g := &barrier{open: make(chan struct{})}
	g.all.Add(n)
	go func() { g.all.Wait(); close(g.open) }()
	return g
}

// held is the body of a request that is under way, whose bytes wait at the gate.
type held struct {
	io.Reader
	ctx  context.Context
	gate *barrier
	came sync.Once
}

func (h *held) Read(p []byte) (int, error) {
	h.came.Do(h.gate.all.Done)
	select {
	case <-h.gate.open:
		return h.Reader.Read(p)
	case <-h.ctx.Done():
		return 0, h.ctx.Err()
	}
}

// checksAtOnce makes n checks at servers by turns: every request is under way before the
// first of them is whole. It counts the answers by their status.
func checksAtOnce(t *testing.T, nodes []*server, id string, n int, body func(i int) map[string]any) map[int]int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answers := make(chan int, n)
	g := newBarrier(n)
	for i := range n {
		go func() {
			s := nodes[i%len(nodes)]
			text, err := json.Marshal(body(i))
			if err != nil {
				t.Error(err)
			}
			r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.house.address+"/v1/verifications/"+id+"/check", &held{Reader: strings.NewReader(string(text)), ctx: ctx, gate: g})
			if err != nil {
				t.Error(err)
			}
			r.ContentLength = int64(len(text))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", "Bearer "+s.key)
			answer, err := client.Do(r)
			if err != nil {
				t.Error(err)
				answers <- 0
				return
			}
			answer.Body.Close()
			answers <- answer.StatusCode
		}()
	}
	got := map[int]int{}
	for range n {
		got[<-answers]++
	}
	return got
}

// askedAtOnce does the same below the doors, where nothing could keep them apart.
func askedAtOnce(t *testing.T, nodes []*server, n int, check func(i int) verify.Check) map[int]int {
	t.Helper()
	g, answers := newBarrier(n), make(chan int, n)
	for i := range n {
		go func() {
			g.all.Done()
			<-g.open
			switch _, err := nodes[i%len(nodes)].house.codes.Check(t.Context(), check(i)); {
			case err == nil:
				answers <- http.StatusOK
			case errors.Is(err, verify.ErrRefused):
				answers <- http.StatusUnprocessableEntity
			default:
				t.Error(err)
				answers <- 0
			}
		}()
	}
	got := map[int]int{}
	for range n {
		got[<-answers]++
	}
	return got
}

// TestTwoHundredAtOnce: of two hundred wrong codes that are under way at the same time,
// at two nodes, five are compared, and the right one afterwards is refused; of a hundred
// right ones, one approves.
func TestTwoHundredAtOnce(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		nodes := nodesOf(t, url)
		s := nodes[0]
		wrong := func(code string) string {
			if another := "000001"; code != another {
				return another
			}
			return "000002"
		}
		refused := map[string]string{}
		for _, way := range []string{"through the doors", "below them"} {
			id, code := s.made(login("subject", "wrong "+way))
			var got map[int]int
			if way == "below them" {
				got = askedAtOnce(t, nodes, 200, func(int) verify.Check {
					return verify.Check{ID: id, Code: wrong(code), Purpose: verify.Login, Subject: "wrong " + way}
				})
			} else {
				got = checksAtOnce(t, nodes, id, 200, func(int) map[string]any { return tried(wrong(code), "subject", "wrong "+way) })
			}
			if got[http.StatusUnprocessableEntity] != 200 {
				t.Errorf("%s: %v", way, got)
			}
			c, _, err := s.house.store.Challenge(t.Context(), id)
			if err != nil || c.Attempts != 5 {
				t.Errorf("%s: %d attempts, %v", way, c.Attempts, err)
			}
			if status, _ := s.checks(id, tried(code, "subject", "wrong "+way)); status != http.StatusUnprocessableEntity {
				t.Errorf("%s: right, too late: %d", way, status)
			}
			refused[id] = "wrong " + way
		}
		s.fiveCompared(refused)
		for _, way := range []string{"through the doors", "below them"} {
			id, code := s.made(login("subject", "right "+way))
			var got map[int]int
			if way == "below them" {
				got = askedAtOnce(t, nodes, 100, func(int) verify.Check {
					return verify.Check{ID: id, Code: code, Purpose: verify.Login, Subject: "right " + way}
				})
			} else {
				got = checksAtOnce(t, nodes, id, 100, func(int) map[string]any { return tried(code, "subject", "right "+way) })
			}
			if got[http.StatusOK] != 1 || got[http.StatusUnprocessableEntity] != 99 {
				t.Errorf("%s: %v", way, got)
			}
		}
	})
}

// fiveCompared waits until the trail has the checks of codes: of each, five were wrong,
// and all others came too late.
func (s *server) fiveCompared(codes map[string]string) {
	s.t.Helper()
	for id, subject := range codes {
		var wrong, late, other int
		eventually(s.t, "the trail has all checks", func() bool {
			wrong, late, other = 0, 0, 0
			if err := verify.Entries(s.t.Context(), s.house.store, subject, time.Time{}, func(_ int64, e verify.Entry) {
				switch {
				case e.What != "verification.check" || e.ID != id:
				case e.Reason == "wrong":
					wrong++
				case e.Reason == "tried too often", e.Reason == "over a limit":
					late++
				default:
					other++
				}
			}); err != nil {
				s.t.Fatal(err)
			}
			return wrong+late+other >= 201
		})
		if wrong != 5 || late != 196 || other != 0 {
			s.t.Errorf("%s: %d wrong, %d too late, %d otherwise", subject, wrong, late, other)
		}
	}
}
