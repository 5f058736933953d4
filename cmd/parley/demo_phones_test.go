package main

import (
	"testing"
	"time"
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
