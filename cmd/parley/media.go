package main

import (
	"context"
	"fmt"
	"net/url"

	"parley/outbound"
	"parley/outbound/egress"
)

// mediaAtOnce bounds how many media are held in memory: 5 MiB each at most.
const mediaAtOnce = 8

// fetcherOf makes what brings customers' media. A carrier whose base_url lies inside
// our own network may keep them there; no other private address is asked.
func fetcherOf(c Config) (*outbound.Fetcher, error) {
	var private []string
	for _, carrier := range c.Carriers {
		u, err := url.Parse(carrier.BaseURL)
		if err != nil || u.Host == "" {
			continue
		}
		private = append(private, hostPort(u))
	}
	client, err := egress.NewClient(egress.Config{Private: private, Timeout: outbound.MediaTimeout, MostBody: outbound.MostMedia})
	if err != nil {
		return nil, fmt.Errorf("media: %w", err)
	}
	return outbound.NewFetcher(client, mediaAtOnce), nil
}

// media brings what a customer of the line sent.
func (p *prepared) media(ctx context.Context, line, address string) (string, []byte, error) {
	m, err := p.fetcher.Fetch(ctx, p.carriers[p.lines[line].Carrier].Provider, address)
	return m.Type, m.Data, err
}
