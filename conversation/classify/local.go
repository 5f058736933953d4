package classify

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"parley/flows"
)

// Reader reads free text by all that needs neither network nor time: by the Lexicon
// for certain, and by the examples that authors gave for a guess.
//
// A guess is made by a linear model over words, pairs of words and characters. It is
// trained from a lesson once and kept with it, so that a version of a flow brings its
// own. Beside the author's intents it knows a class for what asks for something else
// (else.go), so that one intent is enough to be useful.
//
// Its zero value is ready to use.
type Reader struct{ Lexicon }

var (
	_ flows.Reader  = Reader{}
	_ flows.Guesser = Reader{}
)

// Enough is how likely a guess has to be right before anything is done by it. On
// flows of one to nine intents with five to ten examples each, made of public texts,
// three in four texts were read so, three in a thousand wrongly, and two to three in a
// hundred texts that asked for something else were taken for one of the intents.
const Enough = 0.7

// Guess implements flows.Guesser. It is never sure of a text that turns round what the
// nearest example says, however alike they are: "it is not damaged" is no damage.
func (Reader) Guess(lesson *flows.Lesson, text string, listen []string) flows.Guess {
	if lesson == nil {
		return flows.Guess{}
	}
	m := modelOf(lesson)
	o := m.opinion(text, listen)
	if o.first < 0 {
		return flows.Guess{}
	}
	g := flows.Guess{Intent: m.classes[o.first], Score: math.Round(o.certainty()*1000) / 1000}
	if o.second >= 0 {
		g.Second = m.classes[o.second]
	}
	g.Sure = g.Score >= Enough && o.telling && !o.opposed()
	return g
}

// Train makes the models of lessons, so that no text has to wait for one; nil lessons
// are passed by.
func Train(lessons ...*flows.Lesson) {
	for _, l := range lessons {
		if l != nil {
			modelOf(l)
		}
	}
}

func modelOf(lesson *flows.Lesson) *model {
	return lesson.Learned(func(examples map[string][]string) any { return train(examples, elsewhere) }).(*model)
}

// opinion is what a model makes of a text among the classes that are listened for.
type opinion struct {
	first, second int     // classes; -1: none
	share, next   float64 // of first and second by the linear model, all classes together one; without a second, of all else
	like          float64 // how near the nearest example of first is, 0 to 1
	other         float64 // the same, of its examples that turn round what the text does not, or the other way about
	known         float64 // how much of the text's words the model has met, 0 to 1
	telling       bool    // some of these say what the text is about; in a text that turns its meaning round, an example of first has one of them too
}

func (m *model) opinion(text string, listen []string) opinion {
	x := m.words.weigh(featuresOf(text))
	scores := make([]float32, len(m.classes))
	m.score(x, scores)
	softmax(scores)
	o := opinion{first: -1, second: -1, known: float64(x.known), telling: x.telling}
	for _, class := range listen {
		c, known := slices.BinarySearch(m.classes[:len(m.classes)-1], class)
		switch {
		case !known || c == o.first || c == o.second:
		case o.first < 0 || scores[c] > scores[o.first] || scores[c] == scores[o.first] && c < o.first:
			o.first, o.second = c, o.first
		case o.second < 0 || scores[c] > scores[o.second]:
			o.second = c
		}
	}
	if o.first < 0 {
		return o
	}
	o.share = float64(scores[o.first])
	o.next = 1 - o.share
	if o.second >= 0 {
		o.next = float64(scores[o.second])
	}
	o.compare(m, x, turns(text))
	return o
}

// compare looks for the nearest examples. "It is not broken" is not about what is "not
// there": that both turn something round is not enough.
func (o *opinion) compare(m *model, x vector, turned bool) {
	met := !turned
	for i := m.from[o.first]; i < m.from[o.first+1]; i++ {
		met = met || m.words.alike(m.examples[i], x)
		like := float64(m.examples[i].likeness(x))
		if m.turned[i] == turned {
			o.like = max(o.like, like)
		} else {
			o.other = max(o.other, like)
		}
	}
	o.telling = o.telling && met
}

// certainty is the chance that first is right. The figures were fitted once, by
// logistic regression, to small flows that were made of public training texts.
func (o opinion) certainty() float64 {
	ahead := o.share / (o.share + o.next + 1e-9)
	z := -4.5 + float64(0.23*odds(o.share)) + float64(3.8*max(o.like, o.other)) + float64(4.25*o.known) + float64(0.53*odds(ahead))
	return 1 / (1 + expOf(-z))
}

// odds is the logarithm of p against its opposite, within bounds.
func odds(p float64) float64 {
	p = max(1e-4, min(1-1e-4, p))
	return logOf(p / (1 - p))
}

// opposed says whether a text turns its meaning round where the nearest example does
// not, or the other way about.
func (o opinion) opposed() bool { return o.other > o.like }

// turns says whether one of the words is one that turns a meaning round. A "no" that is
// an answer of its own, and followed by what is wanted instead, does not.
func turns(text string) bool {
	text = strings.TrimSpace(text)
	if end := strings.IndexFunc(text, unicode.IsSpace); end >= 0 {
		first := text[:end]
		if bare := strings.TrimRight(first, ",.;:!-"); bare != first && strings.EqualFold(bare, "no") {
			text = text[end:]
		}
	}
	for w := range strings.FieldsSeq(flows.Fold(text)) {
		if turnsRound(w) {
			return true
		}
	}
	return false
}
