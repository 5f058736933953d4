package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"sync"
	"testing"

	"parley/agentui"
	"parley/conversation/store/storetest"
	"parley/outbound/provider"
)

// TestSpeedConsole holds the page to its budgets, in Chromium: how fast it is there with 500
// conversations on the desk and with 10,000, and how it bears a minute of fifty events a
// second. Each figure is printed beside its budget, and a budget that is broken fails. It
// runs under make bench only.
func TestSpeedConsole(t *testing.T) {
	benched(t)
	if missing := lacksBrowser(); missing != "" {
		t.Skip("not run: " + missing)
	}
	t.Run("500", func(t *testing.T) { consoleSpeed(t, 500, "there") })
	t.Run("10000", func(t *testing.T) { consoleSpeed(t, 10_000, "there") })
	t.Run("a minute", func(t *testing.T) { consoleSpeed(t, 10_000, "minute") })
}

// benched skips what is measured.
func benched(t *testing.T) {
	t.Helper()
	if os.Getenv("PARLEY_BENCH") == "" { // beside other tests the figures would be wrong
		t.Skip("not run: figures need a quiet machine; make bench prints them")
	}
}

func consoleSpeed(t *testing.T, many int, part string) {
	t.Helper()
	config := testConfig(storetest.URL(t, "sqlite"))
	config.PublicURL = ""
	s := serveTest(t, config)
	s.seat("ann", agentui.RoleAgent)
	c := newCrowd(s, config.Database)
	c.grows(0, many-1) // and the one that they are copies of
	c.talks(0, 200)
	c.talks(1, 10_000)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	network := &badNetwork{to: s.house.address, open: map[net.Conn]bool{}}
	go network.serve(l)
	t.Setenv("PARLEY_MANY", strconv.Itoa(many))
	t.Setenv("PARLEY_PART", part)
	t.Setenv("PARLEY_PROXY", "http://"+l.Addr().String())
	ctx, stop := context.WithCancel(t.Context())
	var pouring sync.WaitGroup
	defer pouring.Wait()
	defer stop()
	out, err := scripted(t, "budgets.mjs", "http://"+s.house.address, c.outside(ctx, network, &pouring))
	load, _ := os.ReadFile("/proc/loadavg") // elsewhere nobody can say
	t.Logf("%s(of %d cores; load of the last 1, 5 and 15 minutes, processes: %s)", out, runtime.NumCPU(), bytes.TrimSpace(load))
	if err != nil {
		t.Error(err)
	}
}

// outside is where the script is the customers and the weather.
func (c *crowd) outside(ctx context.Context, network *badNetwork, pouring *sync.WaitGroup) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /network", func(_ http.ResponseWriter, r *http.Request) { network.becomes(r.FormValue("how")) })
	mux.HandleFunc("POST /text", func(w http.ResponseWriter, r *http.Request) {
		i, _ := strconv.Atoi(r.FormValue("from")) // the script is ours
		if err := c.s.carrier.Text(r.Context(), provider.Text{From: customer(i), To: testLine, Text: r.FormValue("text")}); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	mux.HandleFunc("POST /pour", func(_ http.ResponseWriter, r *http.Request) {
		rate, _ := strconv.Atoi(r.FormValue("rate"))
		n, _ := strconv.Atoi(r.FormValue("n"))
		pouring.Add(1)
		defer pouring.Done()
		c.pours(ctx, float64(rate), n, func(i int) string { return customer(i * 7 % 400) })
	})
	mux.HandleFunc("GET /at", func(w http.ResponseWriter, r *http.Request) {
		i, _ := strconv.Atoi(r.FormValue("i"))
		_ = json.NewEncoder(w).Encode(c.id(i))
	})
	return mux
}
