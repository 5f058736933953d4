package inbound

import (
	"syscall"
	"time"
)

// fine is how much of a wait is left to sleep. An idle Go process sleeps in whole
// milliseconds, so that its timers are up to one late, and a busy one's are not: that
// would tell whether something goes on in the background.
const fine = 1200 * time.Microsecond

// mostSleeping bounds the threads that sleep; who comes beyond it waits for a timer.
const mostSleeping = 32

var sleeping = make(chan struct{}, mostSleeping)

// sleep waits for a short time, to some ten microseconds.
func sleep(d time.Duration) {
	if d <= 0 {
		return
	}
	select {
	case sleeping <- struct{}{}:
		defer func() { <-sleeping }()
		left := syscall.NsecToTimespec(d.Nanoseconds())
		for syscall.Nanosleep(&left, &left) == syscall.EINTR { // the runtime's own signals interrupt it
		}
	default:
		time.Sleep(d)
	}
}
