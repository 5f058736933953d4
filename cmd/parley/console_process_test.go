package main

import (
	"encoding/json"
	"maps"
	"net/http"
	"path/filepath"
	"testing"

	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/inbound"
	"parley/outbound/provider"
)

// spawned is a server like serveTest's whose `parley serve` is a process of its own: the
// carrier is outside of it, and the test reads its database beside it. The configuration is
// given as the file has it; carrier, line and what else every server has is added. The
// carrier keeps media, which is what keeps serves at its address.
func spawned(t *testing.T, more map[string]any, keeps http.Handler) (s *server, carrierAt string) {
	t.Helper()
	keys, err := provider.ParseKeys(testSecret)
	if err != nil {
		t.Fatal(err)
	}
	s = &server{t: t, logs: &syncBuffer{}, carrier: &provider.Carrier{Keys: keys}}
	outside := http.NewServeMux()
	outside.Handle("POST /", s.carrier)
	outside.Handle("GET /", keeps)
	carrierAt = "http://" + listen(t, outside)
	folder := t.TempDir()
	database := "sqlite:" + filepath.Join(folder, "parley.db")
	config := map[string]any{
		"name": "proof", "database": database, "listen": "127.0.0.1:0", "admin": "off",
		"carriers": map[string]any{"lab": map[string]any{"provider": "generic", "base_url": carrierAt, "secret": testSecret, "rate": 1000}},
		"lines":    []any{map[string]any{"number": testLine, "carrier": "lab", "brand": "acme"}},
		"brands":   map[string]any{"acme": map[string]any{"name": "Acme", "contact": "help@acme.example", "quiet": "off"}},
		"codes":    map[string]any{"keys": []any{map[string]any{"id": "t1", "secret": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}}},
	}
	maps.Copy(config, more)
	text, err := json.Marshal(config) // which is YAML as well
	if err != nil {
		t.Fatal(err)
	}
	p := serve(t, write(t, folder, "parley.yaml", string(text)))
	s.house = &house{address: p.address, config: Config{Database: database}, store: storetest.Open(t, store.Options{URL: database})}
	s.carrier.Webhook = "http://" + p.address + "/webhooks/lab"
	s.key = s.newKey("live", inbound.Scopes...)
	return s, carrierAt
}
