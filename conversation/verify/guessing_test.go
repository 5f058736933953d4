package verify

import "testing"

func TestGuessing(t *testing.T) {
	busy := [7]int64{2400, 4800, 2400, 2400, 0, 9600, 2400} // 100 an hour in the median
	for _, c := range []struct {
		name string
		w    WrongCodes
		want bool
	}{
		{"nothing", WrongCodes{}, false},
		{"as many as may be", WrongCodes{Window: 100, Hour: 100}, false},
		{"one more within a minute", WrongCodes{Window: 101, Hour: 101}, true},
		{"a slow guesser where little happens", WrongCodes{Window: 2, Hour: 101}, true},
		{"a slow guesser where much happens", WrongCodes{Window: 9, Hour: 501, Days: busy}, true},
		{"a busy hour of a busy week", WrongCodes{Window: 9, Hour: 500, Days: busy}, false},
	} {
		if got := c.w.guessing(100); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
