package outbound

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"parley/outbound/provider"
)

// pace keeps a line within its segments a second. What a claim brings is
// only known afterwards, so that a pace may run into debt by the further segments of
// long texts; it pays before the next claim.
type pace struct {
	mu      sync.Mutex
	full    float64 // over all nodes; 0: no limit
	bucket  *rate.Limiter
	blocked time.Time // no claim before: the carrier said so
}

// newPace makes a full bucket that holds a tenth of a second's segments, at least
// one: more would leave in one burst.
func newPace(perSecond float64) *pace {
	p := &pace{full: perSecond}
	if perSecond > 0 {
		p.bucket = rate.NewLimiter(rate.Limit(perSecond), burst(perSecond))
	}
	return p
}

func burst(perSecond float64) int { return max(1, min(256, int(perSecond/10))) }

// room says how many one-segment messages may go now, of at most n, and when there
// is no room, how long to wait for some. live nodes share the pace.
func (p *pace) room(now time.Time, live, n int) (int, time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if wait := p.blocked.Sub(now); wait > 0 {
		return 0, wait
	}
	if p.bucket == nil {
		return n, 0
	}
	share := p.full / float64(live)
	if p.bucket.Limit() != rate.Limit(share) {
		p.bucket.SetLimitAt(now, rate.Limit(share))
		p.bucket.SetBurstAt(now, burst(share))
	}
	tokens := p.bucket.TokensAt(now)
	if tokens >= 1 {
		return min(n, int(tokens)), 0
	}
	return 0, time.Duration((1-tokens)/share*float64(time.Second)) + time.Microsecond
}

// charge takes the segments of what was claimed.
func (p *pace) charge(now time.Time, segments int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.bucket != nil && segments > 0 { // a reservation holds a burst at most
		n := min(segments, p.bucket.Burst())
		p.bucket.ReserveN(now, n)
		segments -= n
	}
}

// block forbids claims until the time given.
func (p *pace) block(until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until.After(p.blocked) {
		p.blocked = until
	}
}

// fuse notices that a carrier is down or refuses everything, by many failures in a
// row that have nothing to do with the single message, and lets it rest.
type fuse struct {
	mu     sync.Mutex
	misses int
	until  time.Time // nothing is claimed before
}

// After outageAfter such failures in a row, the carrier rests for outagePause, and
// messages keep their attempts.
const (
	outageAfter = 10
	outagePause = 5 * time.Second
)

// note counts a send's end; down: the carrier rests from now on.
func (f *fuse) note(err *provider.Error, now time.Time) (down bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err == nil || err.Class != provider.Temporary && err.Class != provider.Config {
		f.misses = 0
		return false
	}
	if f.misses++; f.misses < outageAfter {
		return false
	}
	f.until = now.Add(outagePause)
	return true
}

// rest is for how long the carrier is still left alone.
func (f *fuse) rest(now time.Time) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.until.Sub(now)
}
