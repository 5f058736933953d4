package main

import (
	"net/netip"
	"strings"
	"time"

	"parley/agentui"
)

// ConsoleConfig is how people reach the console, and how work is given out there.
type ConsoleConfig struct {
	// Proxies are the addresses or networks of the proxies before this server, like
	// 10.0.0.0/8: what they say of where a request comes from is believed. Default none:
	// the address that connects counts.
	Proxies []string `yaml:"proxies"`
	// Flows are those that people at work may start by hand. Default: those of class notice
	// that an event starts; [] none.
	Flows []string `yaml:"flows"`
	// OIDC lets people sign in by the business's own provider.
	OIDC OIDCConfig `yaml:"oidc"`

	// Queues are how queues give out work, by the names that flows hand over to; "default" is
	// the queue of what no flow names one for.
	Queues map[string]QueueConfig `yaml:"queues"`
	// AwayAfter is how long somebody may be without the console open before rules take them
	// for away. Default 30s.
	AwayAfter time.Duration `yaml:"away_after"`

	proxies []netip.Prefix
	queues  agentui.Queues
}

// check reads the networks and the queues.
func (c *ConsoleConfig) check(bad func(format string, args ...any)) {
	c.OIDC.check(bad)
	c.checkQueues(bad)
	c.proxies = nil
	for i, text := range c.Proxies {
		if addr, err := netip.ParseAddr(text); err == nil {
			c.proxies = append(c.proxies, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(text)
		if err != nil || p.Bits() == 0 {
			bad("console.proxies[%d]: %q is no network; write it like 10.0.0.0/8", i, text)
			continue
		}
		c.proxies = append(c.proxies, p.Masked())
	}
}

// byPlainHTTP says whether people come by plain http: their cookies cannot be Secure then.
func byPlainHTTP(c Config) bool { return !strings.HasPrefix(c.PublicURL, "https://") }
