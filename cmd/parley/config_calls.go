package main

import (
	"cmp"
	"fmt"
	"log/slog"
	"net/url"
	"strings"

	"parley/flows"
	"parley/outbound"
	"parley/outbound/egress"
)

// checkCalls says what is wrong with the services and hosts that flows may call.
func (c *Config) checkCalls(bad func(format string, args ...any)) {
	seen := map[string]bool{}
	for i, call := range c.Calls {
		name := cmp.Or(call.Name, strings.ToLower(call.Host))
		switch {
		case call.Name != "" || call.URL != "":
			checkService(i, call, bad)
		default:
			checkHost(i, call, bad)
		}
		if seen[name] {
			bad("calls[%d]: %s is there twice", i, name)
		}
		seen[name] = true
		for header, value := range call.Headers {
			if !outbound.Sendable(header, value) {
				bad("calls[%d].headers: %q or its value cannot be sent", i, header)
			}
		}
	}
}

func checkHost(i int, call CallConfig, bad func(format string, args ...any)) {
	u, err := url.Parse("https://" + call.Host)
	plain := err == nil && u.Host == call.Host && u.Hostname() != "" && !strings.HasSuffix(u.Host, ":") && !strings.ContainsAny(call.Host, "*@ ")
	switch {
	case !plain:
		bad("calls[%d].host: want a host like api.example.com or api.example.com:8443, not %q", i, call.Host)
	case !call.Private && !egress.Public(u.Hostname()):
		bad("calls[%d].host: %s is a private address; if that is meant, add private: true", i, call.Host)
	}
}

func checkService(i int, call CallConfig, bad func(format string, args ...any)) {
	switch {
	case call.Host != "":
		bad("calls[%d]: host beside name and url: a service has its host in url", i)
	case !flows.IsService(call.Name):
		bad("calls[%d].name: %q cannot name a service; use small letters, digits, - and _, like orders", i, call.Name)
	default:
		checkAddress(bad, fmt.Sprintf("calls[%d].url", i), call.URL, "https://shop.example.com/api", call.Private)
	}
}

// callerOf makes what carries out the flows' calls.
func callerOf(c Config) (*outbound.Caller, error) {
	var private []string
	caller := &outbound.Caller{Services: map[string]outbound.Service{}}
	for i, call := range c.Calls {
		host := call.Host
		if call.Name == "" {
			caller.Hosts = append(caller.Hosts, outbound.CallHost{Host: host, Headers: call.Headers, Plain: call.Private})
		} else {
			u, err := url.Parse(call.URL)
			if err != nil {
				return nil, fmt.Errorf("calls[%d].url: %w", i, err)
			}
			host = hostPort(u)
			caller.Services[call.Name] = outbound.Service{URL: u, Headers: call.Headers, Plain: call.Private}
		}
		if call.Private {
			private = append(private, host)
		}
	}
	client, err := egress.NewClient(egress.Config{Private: private, Timeout: outbound.CallTimeout, MostBody: outbound.MostCallBody})
	if err != nil {
		return nil, fmt.Errorf("calls: %w", err)
	}
	caller.Client = client
	return caller, nil
}

// missServices warns of the flows that call a service which the configuration does
// not name: their customers would be left to a person.
func missServices(c Config, library *flows.Library, log *slog.Logger) {
	named := map[string]bool{}
	for _, call := range c.Calls {
		named[call.Name] = true
	}
	for _, f := range library.All() {
		for _, service := range f.Services() {
			if !named[service] {
				log.Warn("a flow calls a service that calls: in the configuration does not name", "flow", f.Name, "service", service)
			}
		}
	}
}
