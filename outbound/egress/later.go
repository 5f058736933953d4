package egress

import (
	"net/http"
	"strconv"
	"time"
)

// longestAfter bounds what RetryAfter believes: twelve days.
const longestAfter = 1 << 20 * time.Second

// RetryAfter is how long a service wants to be left alone, by the header of that name:
// seconds or a date (RFC 9110, section 10.2.3). 0: it did not say.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil {
		return time.Duration(max(0, min(seconds, int(longestAfter/time.Second)))) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, min(at.Sub(now), longestAfter))
	}
	return 0
}
