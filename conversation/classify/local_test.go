package classify

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"parley/flows"
)

// parcels is a lesson as an author would write it.
func parcels() *flows.Lesson {
	return &flows.Lesson{Examples: map[string][]string{
		"damaged": {"the box was crushed", "it arrived broken", "my order is damaged", "the glass is in pieces", "there is a big scratch on it",
			"llego roto", "la caja esta aplastada", "el producto vino danado", "damaged"},
		"missing_item": {"one item is missing from my order", "there are only two of three in the box", "you forgot the charger", "the cable was not in the parcel", "part of it is not there",
			"falta un producto", "solo llegaron dos de tres", "no venia el cargador", "missing item"},
		"reschedule": {"can you come tomorrow instead", "please deliver it on friday", "i am not at home today, another day please", "change the delivery date", "could you bring it in the evening",
			"pueden venir manana", "otro dia por favor", "cambiar la fecha de entrega", "reschedule"},
	}}
}

var parcelIntents = []string{"damaged", "missing_item", "reschedule"}

func TestGuess(t *testing.T) {
	lesson := parcels()
	for text, want := range map[string]string{
		"The box is totally crushed 😡": "damaged", "it came broken": "damaged", "it is in pieces!!": "damaged", "una caja aplastada": "damaged",
		"you forgot the cable": "missing_item", "one of the items is missing": "missing_item", "faltan dos productos": "missing_item",
		"can you deliver on monday": "reschedule", "no, please come on friday": "reschedule", "otra fecha de entrega": "reschedule",
		// something else, or the opposite
		"yes": "", "no": "", "ok thanks": "", "who is this?": "", "what is the weather like": "", "my box of chocolates was delicious": "",
		"what": "", "when can i": "", "as you like it": "", "what about it": "", "the cable works": "", "no it is not broken": "", "it did not arrive broken": "", "No, it was not crushed": "", "no llego roto": "",
		"it is not damaged": "", "nothing is broken": "", "no esta roto": "", "": "", "???": "", "👍": "",
	} {
		g := Reader{}.Guess(lesson, text, parcelIntents)
		if got := g.Intent; g.Sure != (want != "") || g.Sure && got != want {
			t.Errorf("%q is read as %q (%.2f, sure: %v; then %s), want %q", text, got, g.Score, g.Sure, g.Second, want)
		}
	}
}

// A text that is about nothing, or that customers send to anybody, is no question of
// the author's, though all of its words are the examples' own.
func TestGuessWantsMoreThanCommonWords(t *testing.T) {
	lesson := &flows.Lesson{Examples: map[string][]string{"question": {"i have a question", "can you answer a question for me", "what can i ask you", "what do you offer", "who can tell me more",
		"what is this about please", "how is it when you can", "are you in"}}}
	for _, text := range []string{"what", "when you can", "what is this", "who are you", "can you help me", "when can you tell me", "really", "any evening", "any", "no idea", "hm", "as soon as possible"} {
		if g := (Reader{}).Guess(lesson, text, []string{"question"}); g.Sure {
			t.Errorf("%q is read as %+v", text, g)
		}
	}
}

// What is not listened for is something else, however plain.
func TestGuessListens(t *testing.T) {
	g := Reader{}.Guess(parcels(), "the box was crushed", []string{"missing_item", "reschedule"})
	if g.Sure || g.Intent == "damaged" {
		t.Errorf("%+v", g)
	}
	if g := (Reader{}).Guess(parcels(), "the box was crushed", []string{"unknown"}); g != (flows.Guess{}) {
		t.Errorf("%+v", g)
	}
}

// No small change of a text makes another reading.
func TestGuessIgnores(t *testing.T) {
	lesson := parcels()
	want := Reader{}.Guess(lesson, "the box was crushed", parcelIntents)
	for _, text := range []string{"THE BOX WAS CRUSHED", " the  box was crushed!! ", "The box, was crushed.", "thé box was crushed"} {
		if got := (Reader{}).Guess(lesson, text, parcelIntents); got != want {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
}

// TestModelIsTheSameEverywhere trains in another process, and in other orders of maps
// and languages: every weight has the same bits. The sum is kept, so that another
// processor is held to it too.
func TestModelIsTheSameEverywhere(t *testing.T) {
	const want = "3f0a7c875e2728de"
	sum := func() string {
		m := train(parcels().Examples, elsewhere)
		h := uint64(14695981039346656037)
		for _, w := range slices.Concat(m.weights, m.own) {
			h = (h ^ uint64(math.Float32bits(w))) * 1099511628211
		}
		return fmt.Sprintf("%x", h)
	}
	if os.Getenv("PARLEY_TRAIN") != "" {
		fmt.Println("sum", sum())
		return
	}
	for range 3 {
		if got := sum(); got != want {
			t.Fatalf("the weights sum up to %s, want %s", got, want)
		}
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), "PARLEY_TRAIN=1", "GOMAXPROCS=1")
	out, err := cmd.Output()
	if err != nil || !strings.Contains(string(out), "sum "+want) {
		t.Errorf("another process: %s %v", out, err)
	}
}

// One row for all that only one example has learns what a row for each would have.
func TestLonesLearnTogether(t *testing.T) {
	lesson, _ := manyIntents(12, 10)
	together, apart := train(lesson.Examples, elsewhere), untrained(lesson.Examples, elsewhere)
	apart.see(1)
	apart.run(fewRate, fewTurns, 0)
	if len(together.lones) < 300 || len(apart.lones) > 0 {
		t.Fatalf("%d and %d features of one example: the test proves nothing", len(together.lones), len(apart.lones))
	}
	one, other := make([]float32, len(apart.classes)), make([]float32, len(apart.classes))
	for _, text := range []string{"my card is lost", "the parcel seems broken, can you help", "refund late please", "what is this"} {
		together.score(together.words.weigh(featuresOf(text)), one)
		apart.score(apart.words.weigh(featuresOf(text)), other)
		for c := range one {
			if diff := math.Abs(float64(one[c] - other[c])); diff > 1e-4 {
				t.Errorf("%q: class %d scores %v and %v", text, c, one[c], other[c])
			}
		}
	}
}

// The exact functions are good enough, and bounded.
func TestExact(t *testing.T) {
	for x := -30.0; x < 30; x += 0.37 {
		if got, want := expOf(x), math.Exp(x); math.Abs(got/want-1) > 1e-10 {
			t.Errorf("exp %v: %v, want %v", x, got, want)
		}
		if got := logOf(math.Exp(x)); math.Abs(got-x) > 1e-11 {
			t.Errorf("log of exp %v: %v", x, got)
		}
	}
	if expOf(1e9) != expOf(80) || expOf(-1e9) != expOf(-80) {
		t.Error("exp is not bounded")
	}
}

// A text as long as carriers and strangers make them costs no more than a long one.
func TestGuessOfLongTexts(t *testing.T) {
	for _, text := range []string{strings.Repeat("a", 6400), strings.Repeat("word ", 1280), strings.Repeat("é", 3000), strings.Repeat("box crushed again ", 300)} {
		if n := len(featuresOf(text)); n > 3000 {
			t.Errorf("%d features of %.20q...", n, text)
		}
	}
}

func FuzzGuess(f *testing.F) {
	f.Add("the box was crushed")
	f.Add("no\xff 😡")
	lesson := parcels()
	f.Fuzz(func(t *testing.T, text string) {
		g := Reader{}.Guess(lesson, text, parcelIntents)
		if g.Intent != "" && !slices.Contains(parcelIntents, g.Intent) || math.IsNaN(g.Score) || g.Score < 0 || g.Score > 1 {
			t.Errorf("%q: %+v", text, g)
		}
	})
}

// many makes a lesson of n intents with examples each, of made-up words that some
// intents share.
func manyIntents(n, examples int) (*flows.Lesson, []string) {
	things := strings.Fields("card order parcel refund invoice booking password address table ticket phone account bill transfer room seat window engine garden printer")
	doings := strings.Fields("lost broken late wrong cancel change pay find open close")
	ways := []string{"my %[1]s is %[2]s", "can you help, the %[1]s seems %[2]s", "i want to %[2]s a %[1]s today", "what do i do about a %[2]s %[1]s", "%[1]s %[2]s please", "tell me how to %[2]s the %[1]s i bought",
		"there is a problem with the %[1]s, %[2]s again", "%[2]s my %[1]s before friday", "somebody said the %[1]s was %[2]s", "is it possible that the %[1]s got %[2]s"}
	lesson := &flows.Lesson{Examples: map[string][]string{}}
	var names []string
	for i := range n {
		thing, doing := things[i%len(things)], doings[i/len(things)%len(doings)]
		name := thing + "_" + doing
		names = append(names, name)
		for e := range examples {
			lesson.Examples[name] = append(lesson.Examples[name], fmt.Sprintf(ways[e%len(ways)], thing, doing))
		}
	}
	slices.Sort(names)
	return lesson, names
}

func BenchmarkTrain(b *testing.B) {
	for _, c := range []struct{ intents, examples int }{{3, 8}, {12, 10}, {60, 10}, {200, 5}, {200, 10}} {
		b.Run(fmt.Sprintf("%dx%d", c.intents, c.examples), func(b *testing.B) {
			lesson, _ := manyIntents(c.intents, c.examples)
			var m *model
			b.ReportAllocs()
			for b.Loop() {
				m = train(lesson.Examples, elsewhere)
			}
			b.ReportMetric(float64(4*len(m.weights))/(1<<20), "MiB-weights")
		})
	}
}

func BenchmarkGuess(b *testing.B) {
	for _, c := range []struct{ intents, examples int }{{3, 8}, {12, 10}, {60, 10}, {200, 10}} {
		b.Run(fmt.Sprintf("%dx%d", c.intents, c.examples), func(b *testing.B) {
			lesson, names := manyIntents(c.intents, c.examples)
			Train(lesson)
			b.ReportAllocs()
			for b.Loop() {
				Reader{}.Guess(lesson, "hello, i think that the parcel you sent me last week got lost somewhere on its way", names)
			}
		})
	}
}

func ExampleReader_Guess() {
	lesson := &flows.Lesson{Examples: map[string][]string{
		"opening_hours": {"what time do you close today", "are you open on sunday", "until when can I come"},
	}}
	guess := Reader{}.Guess(lesson, "Until when are you open on saturday?", []string{"opening_hours"})
	fmt.Println(guess.Intent, guess.Sure)
	guess = Reader{}.Guess(lesson, "tell me a story", []string{"opening_hours"})
	fmt.Println(guess.Sure)
	// Output:
	// opening_hours true
	// false
}
