package classify

import (
	"maps"
	"math"
	"slices"
)

// model reads texts as one of the classes that it was taught. It does not change
// once trained, and any number of goroutines may use it.
type model struct {
	classes  []string // sorted, then "": something else
	words    *vocabulary
	weights  []float32 // one row of len(classes) for each feature
	examples []vector  // by class, see from
	from     []int32   // the first example of each class, and the end
	turned   []bool    // of each example: it turns its meaning round
}

// How a model is trained: plain softmax regression by gradient descent, stopped
// early. Many examples of a class bear more: half of the features of a text are left
// out at random, so that no feature is leaned on alone.
const (
	firstRate = 6
	slowing   = 0.5
	passes    = 6
	many      = 30 // examples a class, on average
	manyRate  = 8
	manyTurns = 16
	manyDrop  = 0.6
	small     = 0.01 // a change that is not worth making
)

// train makes a model of examples by intent, and of texts that mean none of them. The same
// texts give the same model, bit by bit: they are taken in an order that is shuffled by
// fixed numbers.
func train(taught map[string][]string, others []string) *model {
	m := &model{classes: append(slices.Sorted(maps.Keys(taught)), "")}
	var texts [][]feature
	var class []int32
	for c, name := range m.classes {
		m.from = append(m.from, int32(len(texts)))
		list := taught[name]
		if name == "" {
			list = others
		}
		for _, text := range list {
			texts, class = append(texts, featuresOf(text)), append(class, int32(c))
			m.turned = append(m.turned, turns(text))
		}
	}
	m.from = append(m.from, int32(len(texts)))
	m.words = vocabularyOf(texts)
	for _, features := range texts {
		m.examples = append(m.examples, m.words.weigh(features))
	}
	m.weights = make([]float32, len(m.words.kinds)*len(m.classes))
	d := &descent{model: m, class: class, scores: make([]float32, len(m.classes)), chance: 1}
	if len(texts) > many*len(m.classes) {
		d.run(manyRate, manyTurns, manyDrop)
	} else {
		d.run(firstRate, passes, 0)
	}
	return m
}

// descent is a training under way.
type descent struct {
	*model
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
			d.learn(d.examples[i], d.class[i], step, drop)
		}
	}
}

// learn moves the weights so that the example is a little more of its class.
func (d *descent) learn(x vector, class int32, step float32, drop float64) {
	if drop > 0 {
		x = d.thinned(x, drop)
	}
	d.score(x, d.scores)
	softmax(d.scores)
	d.wrong = d.wrong[:0]
	for c := range d.scores {
		if int32(c) == class {
			d.scores[c]--
		}
		if p := d.scores[c]; p > small || p < -small {
			d.wrong = append(d.wrong, int32(c))
		}
	}
	n := len(d.classes)
	for i, id := range x.ids {
		row := d.weights[int(id)*n : int(id)*n+n]
		w := float32(-step * x.weights[i])
		for _, c := range d.wrong {
			row[c] += float32(w * d.scores[c])
		}
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
	out.weights = d.kept
	return out
}

// score adds up what each class makes of a text.
func (m *model) score(x vector, scores []float32) {
	clear(scores)
	n := len(m.classes)
	for i, id := range x.ids {
		w := x.weights[i]
		row := m.weights[int(id)*n : int(id)*n+n]
		scores := scores[:len(row)]
		for c, v := range row {
			scores[c] += float32(w * v)
		}
	}
}

// softmax turns scores into shares of one.
func softmax(scores []float32) {
	most := slices.Max(scores)
	sum := 0.0
	for c, s := range scores {
		e := expOf(float64(s - most))
		scores[c] = float32(e)
		sum += e
	}
	for c := range scores {
		scores[c] = float32(float64(scores[c]) / sum)
	}
}
