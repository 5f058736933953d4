package classify

import "math"

// descent is a training under way.
type descent struct {
	*model
	texts  [][]feature
	class  []int32 // of each example
	scores []float32
	wrong  []int32 // classes that have to change
	kept   []float32
	chance uint64
}

// next is a number of a fixed sequence (Knuth's MMIX generator), below n.
func (d *descent) next(n int) int {
	d.chance = d.chance*6364136223846793005 + 1442695040888963407
	return int((d.chance >> 33) % uint64(n))
}

// average trains so many times, which differ in the order of the examples and in what
// is left out, and keeps the mean of the weights.
func (d *descent) average(times int) {
	sum := make([]float32, len(d.weights))
	for range times {
		clear(d.weights)
		d.run(manyRate, manyTurns, manyDrop)
		for i, w := range d.weights {
			sum[i] += float32(w / float32(times))
		}
	}
	d.weights = sum
}

func (d *descent) run(rate float64, turns int, drop float64) {
	order := make([]int, len(d.examples))
	for i := range order {
		order[i] = i
	}
	for turn := range turns {
		for i := len(order) - 1; i > 0; i-- {
			j := d.next(i + 1)
			order[i], order[j] = order[j], order[i]
		}
		step := float32(rate / (1 + float64(float64(turn)*slowing)))
		for _, i := range order {
			d.learn(i, step, drop)
		}
	}
}

// learn moves the weights so that the example is a little more of its class.
func (d *descent) learn(example int, step float32, drop float64) {
	x, n := d.examples[example], len(d.classes)
	if drop > 0 {
		x = d.thinned(x, drop)
	}
	clear(d.scores)
	d.gather(x, d.scores)
	var own []float32
	if lones := x.weights[x.shared:]; len(lones) > 0 {
		own = d.own[example*n : example*n+n]
		plus(d.scores, squared(lones), own)
	}
	softmax(d.scores)
	d.wrong = d.wrong[:0]
	for c := range d.scores {
		if int32(c) == d.class[example] {
			d.scores[c]--
		}
		if p := d.scores[c]; p > small || p < -small {
			d.wrong = append(d.wrong, int32(c))
		}
	}
	for i, id := range x.ids[:x.shared] {
		d.correct(d.weights[int(id)*n:int(id)*n+n], float32(-step*x.weights[i]))
	}
	if own != nil {
		d.correct(own, -step)
	}
}

// correct moves a row against what was wrong.
func (d *descent) correct(row []float32, by float32) {
	for _, c := range d.wrong {
		row[c] += float32(by * d.scores[c])
	}
}

// thinned leaves out some of the features and lets the others weigh more.
func (d *descent) thinned(x vector, drop float64) vector {
	const fine = 1 << 10
	more := float32(1 / math.Sqrt(1-drop))
	d.kept = d.kept[:0]
	out := vector{ids: make([]int32, 0, len(x.ids))}
	for i, id := range x.ids {
		if float64(d.next(fine)) >= float64(drop*fine) {
			out.ids, d.kept = append(out.ids, id), append(d.kept, float32(x.weights[i]*more))
		}
	}
	out.weights, out.shared = d.kept, len(d.kept)
	return out
}
