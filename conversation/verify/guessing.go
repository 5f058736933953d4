package verify

import "slices"

// unusual is how many times as many wrong codes as usual are a sign of guessing.
const unusual = 5

// guessing says whether somebody tries codes everywhere: more wrong ones in a window than
// may be, or in an hour more than five times what an hour of the last week had in the
// median of its days. An hour in which no more than the bound of a window were wrong is
// never unusual: where there are few codes, chance alone makes a multiple.
func (w WrongCodes) guessing(most int64) bool {
	days := w.Days
	slices.Sort(days[:])
	usual := days[len(days)/2] / 24
	return w.Window > most || w.Hour > max(most, unusual*usual)
}
