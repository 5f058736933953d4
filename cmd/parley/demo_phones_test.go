package main

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"parley/agentui"
	"parley/conversation/store/storetest"
)

// TestDemoTravels: whoever keeps clicking gets no further ahead than the clock can follow,
// and none of it is lost by an overflow.
func TestDemoTravels(t *testing.T) {
	d, month := new(demo), 31*24*time.Hour
	for range 5000 { // 425 years: more than a time.Duration holds
		d.travel(month)
	}
	if wanted := time.Duration(d.wanted.Load()); wanted < month || wanted > 2*month {
		t.Errorf("it is to travel %v", wanted)
	}
	for range 5000 {
		d.passed.Store(d.wanted.Load())
		d.travel(month)
	}
	if wanted := time.Duration(d.wanted.Load()); wanted < demoEnd || wanted > demoEnd+month {
		t.Errorf("it has travelled %v", wanted)
	}
}

// TestDemoKeepsItsAgent: whoever lets a week pass at the phone is not signed out of the
// console by it.
func TestDemoKeepsItsAgent(t *testing.T) {
	var passed atomic.Int64
	c := testConfig(storetest.URL(t, "sqlite"))
	c.PublicURL, c.ahead = "", func() time.Duration { return time.Duration(passed.Load()) }
	s := serveTest(t, c)
	ann := s.enters("ann", agentui.RoleLead)
	passed.Store(int64(7 * 24 * time.Hour))
	if _, err := s.house.store.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	ann.wants("GET", "desk", nil, http.StatusOK)
}
