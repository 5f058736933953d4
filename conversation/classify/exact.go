package classify

import "math"

// Every node must read a text alike, whatever its processor: one that fuses a product
// and a sum rounds once instead of twice. An explicit conversion of each product
// forbids it, and logarithm and exponential are made of such steps here.

// logOf is the natural logarithm of x > 0, good to about twelve digits.
func logOf(x float64) float64 {
	fraction, exponent := math.Frexp(x) // exact; fraction in [0.5, 1)
	if fraction < math.Sqrt2/2 {
		fraction, exponent = fraction*2, exponent-1
	}
	z := (fraction - 1) / (fraction + 1)
	square := float64(z * z)
	sum := 0.0
	for n := 21; n >= 1; n -= 2 {
		sum = float64(sum*square) + 1/float64(n)
	}
	return float64(2*z*sum) + float64(float64(exponent)*math.Ln2)
}

// expOf is e to the x, good to about ten digits; beyond ±80 it stays where it is.
func expOf(x float64) float64 {
	x = max(-80, min(80, x))
	whole := math.Floor(x/math.Ln2 + 0.5)
	rest := x - float64(whole*math.Ln2)
	sum := inverses[len(inverses)-1]
	for n := len(inverses) - 2; n >= 0; n-- {
		sum = inverses[n] + float64(rest*sum)
	}
	return sum * math.Float64frombits(uint64(int(whole)+1023)<<52)
}

// inverses are those of the factorials, as far as they show in the sum.
var inverses = [...]float64{1, 1, 1. / 2, 1. / 6, 1. / 24, 1. / 120, 1. / 720, 1. / 5040, 1. / 40320, 1. / 362880}
