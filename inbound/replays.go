package inbound

import (
	"sync"
	"time"
)

// replays remembers the signed webhooks that were accepted, for longer than a
// signature is good. It only makes the answer to a replay honest (403): what a
// webhook carries is deduplicated by the database, on every node and across
// restarts. The zero value is ready.
type replays struct {
	mu      sync.Mutex
	current map[string]struct{}
	last    map[string]struct{}
	turned  time.Time
}

// replayWindow is longer than the five minutes either way for which Standard
// Webhooks accepts a timestamp; mostReplays bounds the memory of one window.
const (
	replayWindow = 11 * time.Minute
	mostReplays  = 200_000
)

func (r *replays) seen(nonce string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.turn(now)
	if _, ok := r.current[nonce]; ok {
		return true
	}
	_, ok := r.last[nonce]
	return ok
}

func (r *replays) remember(nonce string, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.turn(now)
	r.current[nonce] = struct{}{}
}

// turn begins a new generation when the window is over or full.
func (r *replays) turn(now time.Time) {
	if r.current != nil && now.Sub(r.turned) < replayWindow && len(r.current) < mostReplays {
		return
	}
	r.last, r.current, r.turned = r.current, map[string]struct{}{}, now
}
