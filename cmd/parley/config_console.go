package main

import (
	"net/netip"
	"strings"
)

// ConsoleConfig is how people reach the console.
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

	proxies []netip.Prefix
}

// check reads the networks.
func (c *ConsoleConfig) check(bad func(format string, args ...any)) {
	c.OIDC.check(bad)
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
