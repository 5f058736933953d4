package classify

import (
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// model reads texts as one of the classes that it was taught. It does not change
// once trained, and any number of goroutines may use it.
type model struct {
	classes  []string // sorted, then "": something else
	words    *vocabulary
	weights  []float32 // one row of len(classes) for each feature that several examples have
	examples []vector  // by class, see from
	// What only one example has is learned by that example alone: whenever it moves the
	// weights of one such feature, it moves those of all others by the same, as much as it
	// has of them. So one row of an example stands for all of these.
	own    []float32 // one row for each example
	lones  []lone    // by feature, from words.shared on
	from   []int32   // the first example of each class, and the end
	turned []bool    // of each example: it turns its meaning round
}

// lone is a feature that one example has.
type lone struct {
	example int32
	weight  float32
}

// How a model is trained: plain softmax regression by gradient descent, stopped
// early. Many examples of a class bear more: three quarters of the features of a text
// are left out at random, so that no feature is leaned on alone, and what three such
// trainings come to is averaged.
const (
	fewRate   = 3
	fewTurns  = 2
	slowing   = 0.5
	many      = 30 // examples a class, on average
	manyRate  = 8
	manyTurns = 20
	manyDrop  = 0.75
	manyTimes = 3
	small     = 0.01 // a change that is not worth making
)

// train makes a model of examples by intent, and of texts that mean none of them. The same
// texts give the same model, bit by bit: they are taken in an order that is shuffled by
// fixed numbers.
func train(taught map[string][]string, others []string) *model {
	d := untrained(taught, others)
	if len(d.class) > many*len(d.classes) { // features are left out one by one: each has its own row
		d.see(1)
		d.average(manyTimes)
	} else {
		d.see(2)
		d.run(fewRate, fewTurns, 0)
	}
	return d.model
}

// untrained gathers the examples.
func untrained(taught map[string][]string, others []string) *descent {
	m := &model{classes: append(slices.Sorted(maps.Keys(taught)), "")}
	d := &descent{model: m, scores: make([]float32, len(m.classes)), chance: 1}
	var said []string
	for c, name := range m.classes {
		m.from = append(m.from, int32(len(said)))
		list := taught[name]
		if name == "" {
			list = others
		}
		for _, text := range list {
			said, d.class = append(said, text), append(d.class, int32(c))
			m.turned = append(m.turned, turns(text))
		}
	}
	m.from = append(m.from, int32(len(said)))
	d.texts = make([][]feature, len(said))
	each(len(said), func(i int) { d.texts[i] = featuresOf(said[i]) })
	return d
}

// see makes the vocabulary and room for the weights. A feature has a row of its own when
// at least several examples have it.
func (d *descent) see(several int) {
	m := d.model
	m.words = vocabularyOf(d.texts, several)
	m.lones = make([]lone, len(m.words.kinds)-int(m.words.shared))
	m.examples = make([]vector, len(d.texts))
	each(len(d.texts), func(e int) {
		x := m.words.weigh(d.texts[e])
		for i, id := range x.ids[x.shared:] { // nobody else has these
			m.lones[id-m.words.shared] = lone{int32(e), x.weights[x.shared+i]}
		}
		m.examples[e] = x
	})
	m.weights = make([]float32, int(m.words.shared)*len(m.classes))
	if len(m.lones) > 0 {
		m.own = make([]float32, len(d.texts)*len(m.classes))
	}
}

// each does something for every number below n, on all processors: what is done for one
// must touch nothing of another.
func each(n int, do func(i int)) {
	const atOnce = 64
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), 1+n/atOnce) {
		all.Go(func() {
			for to := int(next.Add(atOnce)); to < n+atOnce; to = int(next.Add(atOnce)) {
				for i := to - atOnce; i < min(to, n); i++ {
					do(i)
				}
			}
		})
	}
	all.Wait()
}
