package classify

import (
	"cmp"
	"math"
	"slices"
	"unicode/utf8"

	"parley/flows"
)

// Bounds of what a model looks at: a long text has said what it wants by then.
const (
	mostWords   = 60
	mostContent = 20 // words that are paired
)

// kind is a kind of feature. The features of one kind share a fixed part of a text's
// length, so that many characters do not outweigh few words.
type kind uint8

const (
	kindWord  kind = iota
	kindNext       // two words that follow one another
	kindPair       // two telling words, wherever they stand
	kindChars      // three or four characters of a word, ends included
	kinds
)

// shares is how much of a text's length each kind has.
var shares = [kinds]float64{kindWord: 1, kindNext: 0.5, kindPair: 1.5, kindChars: 1}

// feature is one property of a text by its hash, and how often it has it.
type feature struct {
	hash    uint64
	count   int
	kind    kind
	telling bool // a word that says what the text is about
}

// featuresOf lists the features of a text by hash, each once.
func featuresOf(text string) []feature {
	words := wordsOf(flows.Fold(text), mostWords)
	found := make([]uint64, 0, 24*len(words))
	stems, telling := make([]uint64, len(words)), make([]uint64, 0, mostContent)
	for i, w := range words {
		stems[i] = hashOf(kindWord, stem(w))
		round := turnsRound(w)
		found = append(found, marked(stems[i], kindWord, !common[w] && !round))
		if round { // one for all of them, beside their own
			stems[i] = turned
			found = append(found, marked(stems[i], kindWord, false))
		}
		if i > 0 {
			found = append(found, marked(mix(stems[i-1], stems[i], kindNext), kindNext, false))
		}
		if !common[w] && len(telling) < mostContent {
			telling = append(telling, stems[i])
		}
		found = characters(found, w)
	}
	for i, a := range telling {
		for _, b := range telling[i+1:] {
			if a != b {
				found = append(found, marked(mix(min(a, b), max(a, b), kindPair), kindPair, false))
			}
		}
	}
	return once(found)
}

// turned is the feature of any word that turns a meaning round.
var turned = hashOf(kindWord, "not")

// characters adds the runs of three and four characters of a word, its ends marked.
func characters(found []uint64, word string) []uint64 {
	var room [64]byte
	padded := append(append(append(room[:0], ' '), word...), ' ')
	var starts [64]int // of characters
	n := 0
	for i := 0; i < len(padded) && n < len(starts)-1; n++ {
		starts[n] = i
		_, size := utf8.DecodeRune(padded[i:])
		i += size
		starts[n+1] = i
	}
	for size := 3; size <= 4; size++ {
		for i := 0; i+size <= n; i++ {
			found = append(found, marked(hashOf(kindChars, string(padded[starts[i]:starts[i+size]])), kindChars, false))
		}
	}
	return found
}

// marked puts a feature's kind, and whether it is telling, into the lowest bits of its
// hash: plain numbers are sorted fastest.
func marked(hash uint64, k kind, telling bool) uint64 {
	hash = hash&^7 | uint64(k)<<1
	if telling {
		hash |= 1
	}
	return hash
}

// once sorts features and counts those that are the same.
func once(found []uint64) []feature {
	slices.Sort(found)
	out := make([]feature, 0, len(found))
	for _, f := range found {
		if n := len(out); n > 0 && out[n-1].hash == f {
			out[n-1].count++
			continue
		}
		out = append(out, feature{f, 1, kind(f >> 1 & 3), f&1 == 1})
	}
	return out
}

// hashOf is FNV-1a under the kind.
func hashOf(k kind, s string) uint64 {
	h := uint64(14695981039346656037)
	h = (h ^ uint64(k)) * 1099511628211
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

func mix(a, b uint64, k kind) uint64 {
	h := (a^uint64(k)+1)*0x9e3779b97f4a7c15 ^ (b + 0x7f4a7c15)
	h ^= h >> 32
	return h * 0xd6e8feb86659fd93
}

// vector is a text as a model sees it: the features it knows, by number, and how much
// each weighs. Its length is 1.
type vector struct {
	ids     []int32 // ascending
	weights []float32
	shared  int     // how many of them are features that several examples have: the first ones
	known   float32 // how much of its words the model has met, 0 to 1
	telling bool    // some of these say what it is about
}

// weigh makes a vector of the features that are known. A feature that many texts
// have weighs little.
func (v *vocabulary) weigh(features []feature) vector {
	out := vector{ids: make([]int32, 0, len(features)), weights: make([]float32, 0, len(features))}
	var raw [kinds]float64
	var lone vector
	unknown := 0.0
	for _, f := range features {
		id, ok := v.ids[f.hash]
		if !ok {
			if f.kind == kindWord {
				unknown += float64(v.rarest * v.rarest)
			}
			continue
		}
		out.telling = out.telling || f.telling
		w := float64(v.rarity[id]) * tallies[min(f.count, len(tallies))-1]
		raw[f.kind] += float64(w * w)
		to := &out
		if id >= v.shared {
			to = &lone
		}
		to.ids, to.weights = append(to.ids, id), append(to.weights, float32(w))
	}
	out.shared = len(out.ids)
	out.ids, out.weights = append(out.ids, lone.ids...), append(out.weights, lone.weights...)
	if raw[kindWord] > 0 {
		out.known = float32(raw[kindWord] / (raw[kindWord] + unknown))
	}
	total := 0.0
	for k, sum := range raw {
		if sum > 0 {
			total += shares[k]
		}
	}
	var scale [kinds]float32
	for k, sum := range raw {
		if sum > 0 {
			scale[k] = float32(math.Sqrt(shares[k] / sum / total))
		}
	}
	for i, id := range out.ids {
		out.weights[i] *= scale[v.kinds[id]]
	}
	return out
}

// vocabulary is the features of the texts that a model learned from.
type vocabulary struct {
	ids    map[uint64]int32 // those that several texts have come first, each part by hash
	shared int32            // how many these are
	kinds  []kind
	about  []bool // it says what a text is about
	rarity []float32
	rarest float64 // of a feature that no text has
}

// met is a feature, and how many texts have it.
type met struct {
	hash  uint64
	texts int
	kind  kind
	about bool
}

// vocabularyOf numbers the features by hash, so that the order of texts changes nothing:
// first those that at least so many texts have, then the others.
func vocabularyOf(texts [][]feature, several int) *vocabulary {
	v := &vocabulary{ids: make(map[uint64]int32, 48*len(texts)), rarest: 1 + logOf(float64(1+len(texts)))}
	var seen []met
	for _, features := range texts {
		for _, f := range features {
			i, known := v.ids[f.hash]
			if !known {
				i = int32(len(seen))
				v.ids[f.hash], seen = i, append(seen, met{f.hash, 0, f.kind, f.telling})
			}
			seen[i].texts++
		}
	}
	slices.SortFunc(seen, func(a, b met) int { return cmp.Compare(a.hash, b.hash) })
	v.kinds, v.about, v.rarity = make([]kind, 0, len(seen)), make([]bool, 0, len(seen)), make([]float32, 0, len(seen))
	rarities := make([]float32, len(texts)+1) // by how many texts have it: many features are alike in that
	for n := range rarities {
		rarities[n] = float32(1 + logOf(float64(1+len(texts))/float64(1+n)))
	}
	for _, lone := range []bool{false, true} {
		for _, m := range seen {
			if (m.texts < several) == lone {
				v.ids[m.hash] = int32(len(v.kinds))
				v.kinds, v.about, v.rarity = append(v.kinds, m.kind), append(v.about, m.about), append(v.rarity, rarities[m.texts])
			}
		}
		if !lone {
			v.shared = int32(len(v.kinds))
		}
	}
	return v
}

// tallies is how much more a feature counts that a text has once, twice …
var tallies = func() (t [8]float64) {
	for i := range t {
		t[i] = 1 + logOf(float64(i+1))
	}
	return t
}()

// alike says whether two texts have a word in common that says what they are about.
func (v *vocabulary) alike(a, b vector) bool {
	for i, j := 0, 0; i < len(a.ids) && j < len(b.ids); {
		switch x, y := a.ids[i], b.ids[j]; {
		case x < y:
			i++
		case x > y:
			j++
		case v.about[x]:
			return true
		default:
			i, j = i+1, j+1
		}
	}
	return false
}

// likeness is the cosine of two vectors, 0 to 1.
func (a vector) likeness(b vector) float32 {
	var sum float32
	for i, j := 0, 0; i < len(a.ids) && j < len(b.ids); {
		switch x, y := a.ids[i], b.ids[j]; {
		case x < y:
			i++
		case x > y:
			j++
		default:
			sum += float32(a.weights[i] * b.weights[j])
			i, j = i+1, j+1
		}
	}
	return sum
}
