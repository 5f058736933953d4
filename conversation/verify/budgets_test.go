package verify

import (
	"testing"

	"parley/conversation"
)

func TestBudgets(t *testing.T) {
	r := GateRules{Home: []string{"US"}, PerCode: map[string]int64{"default": 50_000, "DE": 90_000}, PerDay: map[string]int64{"default": 1_000_000, "FR": 0}}.Complete()
	hour := func(sent, approved int64) Count {
		return Count{HourSent: sent, HourApproved: approved, DaySent: sent, DayApproved: approved}
	}
	day := func(sent, approved int64) Count { return Count{DaySent: sent, DayApproved: approved} }
	for _, c := range []struct {
		name    string
		country string
		n       Counts
		want    string
		told    string
	}{
		{"nothing yet", "NL", Counts{}, "", ""},
		{"ten in a block, none approved", "US", Counts{Block: hour(10, 0)}, "block_budget", "pumping"},
		{"nine in a block", "US", Counts{Block: hour(9, 0)}, "", ""},
		{"ten in a block, two approved", "US", Counts{Block: hour(10, 2)}, "block_budget", "pumping"},
		{"ten in a block, three approved", "US", Counts{Block: hour(10, 3)}, "", ""},
		{"a block that was pumped", "US", Counts{Blocked: true, Block: hour(0, 0)}, "block_budget", ""},
		{"three abroad in an hour", "NL", Counts{Country: hour(3, 0)}, "country_budget", "pumping"},
		{"three abroad, one approved", "NL", Counts{Country: hour(3, 1)}, "", ""},
		{"three at home", "US", Counts{Country: hour(3, 0)}, "", ""},
		{"sixty at home", "US", Counts{Country: hour(60, 0)}, "country_budget", "pumping"},
		{"twenty abroad in a day", "NL", Counts{Country: day(20, 0)}, "country_budget", "pumping"},
		{"a country with history, day", "NL", Counts{Country: Count{DaySent: 299, Best: 1000}}, "", ""},
		{"a country with history, over", "NL", Counts{Country: Count{DaySent: 300, Best: 1000}}, "country_budget", "pumping"},
		{"a country with history, hour", "NL", Counts{Country: Count{DaySent: 33, HourSent: 33, Best: 1000}}, "country_budget", "pumping"},
		{"a country with history, less in the hour", "NL", Counts{Country: Count{DaySent: 32, HourSent: 32, Best: 1000}}, "", ""},
		{"a busy day", "NL", Counts{Country: Count{DaySent: 1299, DayApproved: 1000}}, "", ""},
		{"a busy hour", "NL", Counts{Country: Count{DaySent: 119, HourSent: 119, HourApproved: 100, DayApproved: 100}}, "", ""},
		{"a busy hour, over", "NL", Counts{Country: Count{DaySent: 120, HourSent: 120, HourApproved: 100, DayApproved: 100}}, "country_budget", "pumping"},
		{"five of a network", "US", Counts{HasNetwork: true, Network: hour(5, 0), Pair: day(5, 0)}, "network_budget", ""},
		{"a busy network", "US", Counts{HasNetwork: true, Network: hour(119, 100), Pair: day(1, 0)}, "", ""},
		{"a busy network, over", "US", Counts{HasNetwork: true, Network: hour(120, 100), Pair: day(1, 0)}, "network_budget", ""},
		{"a network's busy day", "US", Counts{HasNetwork: true, Network: day(1299, 1000), Pair: day(1, 0)}, "", ""},
		{"ten of a network in a day", "US", Counts{HasNetwork: true, Network: day(10, 0), Pair: day(1, 0)}, "network_budget", ""},
		{"its second country", "US", Counts{HasNetwork: true, Spread: day(1, 0)}, "", ""},
		{"its third country", "US", Counts{HasNetwork: true, Spread: day(2, 0)}, "network_budget", ""},
		{"one of its two countries", "US", Counts{HasNetwork: true, Spread: day(2, 0), Pair: day(1, 0)}, "", ""},
		{"no network", "US", Counts{Spread: day(9, 0)}, "", ""},
		{"the last of the money", "US", Counts{Country: Count{DayCost: 950_000}}, "", ""},
		{"no money", "US", Counts{Country: Count{DayCost: 950_001}}, "spend", "spend"},
		{"no money, dearer", "DE", Counts{Country: Count{DayCost: 950_000}}, "spend", "spend"},
		{"nothing at all", "FR", Counts{}, "spend", "spend"},
	} {
		v := r.weigh(c.n, c.country)
		told := ""
		for _, m := range v.Marks {
			alarm, _ := m.Told.(conversation.VerificationAlarm)
			told = alarm.What
			if alarm.Country != c.country || m.For <= 0 {
				t.Errorf("%s: %+v", c.name, m)
			}
		}
		if v.Reason != c.want || told != c.told {
			t.Errorf("%s: %q, told %q; want %q, %q", c.name, v.Reason, told, c.want, c.told)
		}
	}
}

// TestNetworks: an address counts as itself, however it is written, and one of IPv6 as its
// /64.
func TestNetworks(t *testing.T) {
	for ip, want := range map[string]string{
		"198.51.100.7": "198.51.100.7", "::ffff:198.51.100.7": "198.51.100.7", "::FFFF:c633:6407": "198.51.100.7", " 198.51.100.7 ": "198.51.100.7",
		"2001:db8:0:7::1": "2001:db8:0:7::/64", "2001:DB8:0:7:ffff::1%eth0": "2001:db8:0:7::/64", "198.51.100.7:80": "", "": "", "nobody": "",
	} {
		if got := network(ip); got != want {
			t.Errorf("%q: %q, want %q", ip, got, want)
		}
	}
}
