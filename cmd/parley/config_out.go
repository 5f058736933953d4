package main

import (
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"parley/outbound"
	"parley/outbound/egress"
	"parley/outbound/provider"
)

// CallbackConfig is one endpoint of the business.
type CallbackConfig struct {
	Name   string   `yaml:"name"`   // under which commands and dead letters know it; default the host of URL
	URL    string   `yaml:"url"`    // https, or with Private also http
	Secret string   `yaml:"secret"` // Standard Webhooks: whsec_ and base64
	Events []string `yaml:"events"` // types, "prefix.*" or "*"; default all
	// Private says that the address lies inside our own network, on purpose: it may
	// be any, and plain http. Default: public addresses only, by https.
	Private bool `yaml:"private"`
}

// CallConfig is one service, or one host, that flows may call.
type CallConfig struct {
	// Name by which flows call the service at URL: orders:/orders/7.
	Name string `yaml:"name"`
	// URL is what stands before the paths that flows write: https://shop.example.com/api.
	URL string `yaml:"url"`
	// Host, instead of Name and URL, is what flows may call by its whole address:
	// "api.example.com", by https, or "api.example.com:8443".
	Host string `yaml:"host"`
	// Headers are added to every call, over those that a flow sets: secrets belong
	// here and not into flows.
	Headers map[string]string `yaml:"headers"`
	// Private says that the host lies inside our own network, on purpose: its address
	// may be any, and plain http. Default: public addresses only, by https.
	Private bool `yaml:"private"`
}

// endpointName is what a callback endpoint may be called: like a host.
var endpointName = regexp.MustCompile(`^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$`)

// checkCallbacks completes the endpoints and says what is wrong with them.
func (c *Config) checkCallbacks(bad func(format string, args ...any)) {
	seen := map[string]bool{}
	for i := range c.Callbacks {
		cb := &c.Callbacks[i]
		u, err := url.Parse(cb.URL)
		if err != nil || egress.Check(u) != nil {
			bad("callbacks[%d].url: want an address like https://shop.example.com/parley, without a name or password in it", i)
			continue
		}
		if cb.Name == "" {
			cb.Name = strings.ToLower(u.Hostname())
		}
		switch {
		case !endpointName.MatchString(cb.Name):
			bad("callbacks[%d].name: %q cannot be a name; give it one of small letters, digits, dots and dashes, like shop", i, cb.Name)
		case seen[cb.Name]:
			bad("callbacks[%d].name: there are two endpoints called %s; give each a name of its own", i, cb.Name)
		}
		checkReach(bad, fmt.Sprintf("callbacks[%d].url", i), u, cb.Private)
		seen[cb.Name] = true
		if cb.Secret == "" {
			bad("callbacks[%d].secret: is missing; make one with: openssl rand -base64 32", i)
		}
		if len(cb.Events) == 0 {
			cb.Events = []string{"*"}
		}
	}
}

// callbacksOf makes what tells the business; its Store is missing.
func callbacksOf(c Config, log *slog.Logger) (*outbound.Callbacks, error) {
	client, err := egress.NewClient(egress.Config{Private: privateOf(c.Callbacks), Timeout: outbound.CallbackTimeout})
	if err != nil {
		return nil, fmt.Errorf("callbacks: %w", err)
	}
	all := &outbound.Callbacks{Client: client, Log: log}
	for i, cb := range c.Callbacks {
		keys, err := provider.ParseKeys(cb.Secret)
		if err != nil {
			return nil, fmt.Errorf("callbacks[%d].secret: %w", i, err)
		}
		all.Endpoints = append(all.Endpoints, outbound.Endpoint{Name: cb.Name, URL: cb.URL, Keys: keys, Events: cb.Events})
	}
	return all, nil
}

// privateOf lists the callback endpoints inside our own network.
func privateOf(all []CallbackConfig) (list []string) {
	for _, cb := range all {
		if u, err := url.Parse(cb.URL); err == nil && cb.Private {
			list = append(list, hostPort(u))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
