//go:build !linux

package inbound

import "time"

// fine is nothing where there is no finer sleep than a timer's.
const fine = 0

func sleep(d time.Duration) { time.Sleep(d) }
