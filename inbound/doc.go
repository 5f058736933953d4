// Package inbound is the front door: carriers' webhooks (webhooks.go) and the
// business's API (api.go). Every door limits, verifies, and parses, in this order,
// and answers 2xx only when the engine has committed.
package inbound
