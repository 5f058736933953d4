package classify

import "slices"

// score adds up what each class makes of a text.
func (m *model) score(x vector, scores []float32) {
	clear(scores)
	m.gather(x, scores)
	n := len(m.classes)
	for i, id := range x.ids[x.shared:] {
		l := m.lones[id-m.words.shared]
		plus(scores, float32(x.weights[x.shared+i]*l.weight), m.own[int(l.example)*n:int(l.example)*n+n])
	}
}

// gather adds up the rows of the features that several examples have, four at a time:
// most of a training's time is spent here.
func (m *model) gather(x vector, scores []float32) {
	n := len(m.classes)
	row := func(i int) ([]float32, float32) {
		at := int(x.ids[i]) * n
		return m.weights[at : at+n : at+n], x.weights[i]
	}
	i := 0
	for ; i+4 <= x.shared; i += 4 {
		r0, w0 := row(i)
		r1, w1 := row(i + 1)
		r2, w2 := row(i + 2)
		r3, w3 := row(i + 3)
		r1, r2, r3, to := r1[:len(r0)], r2[:len(r0)], r3[:len(r0)], scores[:len(r0)]
		for c, v := range r0 {
			to[c] += float32(float32(w0*v)+float32(w1*r1[c])) + float32(float32(w2*r2[c])+float32(w3*r3[c]))
		}
	}
	for ; i < x.shared; i++ {
		r, w := row(i)
		plus(scores, w, r)
	}
}

// plus adds so much of a row.
func plus(to []float32, w float32, row []float32) {
	to = to[:len(row)]
	for c, v := range row {
		to[c] += float32(w * v)
	}
}

func squared(weights []float32) (sum float32) {
	for _, w := range weights {
		sum += float32(w * w)
	}
	return sum
}

// nothing is a difference of scores beyond which a share rounds to none.
const nothing = -20

// softmax turns scores into shares of one.
func softmax(scores []float32) {
	most := slices.Max(scores)
	sum := 0.0
	for c, s := range scores {
		if s -= most; s < nothing {
			scores[c] = 0
			continue
		}
		e := expOf(float64(s))
		scores[c] = float32(e)
		sum += e
	}
	for c := range scores {
		scores[c] = float32(float64(scores[c]) / sum)
	}
}
