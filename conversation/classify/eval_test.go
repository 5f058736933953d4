package classify

import (
	"bufio"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/flows"
)

// row is one labelled text.
type row struct{ text, label string }

func rowsOf(t *testing.T, path string) []row {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows []row
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if p := strings.Split(lines.Text(), "\t"); len(p) > 1 {
			rows = append(rows, row{p[0], p[1]})
		}
	}
	return rows
}

// TestOwnTexts holds a flow to texts written by hand: nothing that is acted upon may be
// wrong, and most must be acted upon.
func TestOwnTexts(t *testing.T) {
	l := parcelWords(t, "")
	right, meant := 0, 0
	for _, r := range rowsOf(t, "testdata/delivery.tsv") {
		u := l.Read(Reader{}, r.text, "en")
		want := strings.TrimPrefix(r.label, "-")
		if u.Intent != "" && u.Intent != want {
			t.Errorf("%q is read as %s by %s (%.2f), want %q", r.text, u.Intent, u.Layer, u.Guess.Score, want)
		}
		if want != "" {
			meant++
		}
		if want != "" && u.Intent == want {
			right++
		}
	}
	fmt.Printf("own texts: %d of %d are acted upon, none wrongly\n", right, meant)
	if float64(right) < 0.8*float64(meant) {
		t.Errorf("only %d of %d are acted upon", right, meant)
	}
}

// TestEval measures the model on public data (PARLEY_EVAL=DIR, see docs/replies.md):
// what is trained on and what is measured on never share a text.
func TestEval(t *testing.T) {
	dir := os.Getenv("PARLEY_EVAL")
	if dir == "" {
		t.Skip("PARLEY_EVAL names no folder with data from outside")
	}
	file := func(name string) []row { return rowsOf(t, filepath.Join(dir, name)) }
	valid := file("banking77_valid.tsv")
	held := map[string]bool{}
	for _, r := range valid {
		held[letters(r.text)] = true
	}
	full := slices.DeleteFunc(file("banking77_train.tsv"), func(r row) bool { return held[letters(r.text)] })
	for _, c := range []struct {
		name   string
		train  []row
		target float64
	}{{"5-shot", file("banking77_train_5.tsv"), 0.68}, {"10-shot", file("banking77_train_10.tsv"), 0.78}, {"full", full, 0.92}} {
		start := time.Now()
		m := taughtBy(c.train)
		took := time.Since(start)
		accuracy := m.accuracy(valid)
		fmt.Printf("Banking77 %-8s accuracy %.4f  target %.2f  (%d texts, trained in %v)\n", c.name, accuracy, c.target, len(c.train), took.Round(time.Millisecond))
		if accuracy < c.target {
			t.Errorf("Banking77 %s: %.4f are read rightly, aimed at %.2f", c.name, accuracy, c.target)
		}
	}
	if in, out := clinc(file("clinc150_train.tsv"), file("clinc150_val.tsv")); in < 0.90 || out < 0.45 {
		t.Errorf("CLINC150: %.4f in scope, aimed at 0.90, and %.3f out of scope, aimed at 0.45", in, out)
	}
	smallFlows(append(file("clinc150_train.tsv"), full...))
	crowd(append(file("clinc150_train.tsv"), full...), valid)
}

// made is a small flow that is made of the train sets: one to nine intents with five
// to ten examples each, and as many texts that ask for something else as for one.
func made(by map[string][]string, oos []string, seed uint64) (lesson *flows.Lesson, own []string, texts []row) {
	chance := rand.New(rand.NewPCG(seed, 7))
	names := slices.Sorted(maps.Keys(by))
	chance.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	lesson = &flows.Lesson{Examples: map[string][]string{}}
	own = names[:1+chance.IntN(9)]
	for _, name := range own {
		list := slices.Clone(by[name])
		chance.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		n := 5 + chance.IntN(6)
		lesson.Examples[name] = append(slices.Clone(list[:n]), strings.ReplaceAll(name, "_", " "))
		for _, text := range list[n:min(len(list), n+60/len(own))] {
			texts = append(texts, row{text, name})
		}
	}
	for i := range 60 {
		other := by[names[20+i]]
		if i%3 == 0 {
			other = oos
		}
		texts = append(texts, row{other[chance.IntN(len(other))], ""})
	}
	return lesson, own, texts
}

// smallFlows measures what flows would do, and whether scores are what they say.
func smallFlows(rows []row) {
	by := map[string][]string{}
	for _, r := range rows {
		by[r.label] = append(by[r.label], r.text)
	}
	oos := by["oos"]
	delete(by, "oos")
	var in, right, wrong, out, taken int
	var guesses, hits [10]int
	for seed := range uint64(80) {
		lesson, own, texts := made(by, oos, seed)
		for _, r := range texts {
			g := Reader{}.Guess(lesson, r.text, own)
			bucket := min(int(g.Score*10), 9)
			guesses[bucket]++
			if g.Intent == r.label {
				hits[bucket]++
			}
			switch {
			case r.label == "" && g.Sure:
				taken++
			case g.Sure && g.Intent == r.label:
				right++
			case g.Sure:
				wrong++
			}
			if r.label == "" {
				out++
			} else {
				in++
			}
		}
	}
	of := func(a, b int) float64 { return float64(a) / float64(max(b, 1)) }
	fmt.Printf("small flows: %.3f read as what they mean, %.4f as another intent; %.3f of texts that mean none are taken for one\n", of(right, in), of(wrong, in), of(taken, out))
	fmt.Print("small flows: of guesses with a score of")
	for b := 5; b < 10; b++ {
		fmt.Printf("  0.%d: %.2f right", b, of(hits[b], guesses[b]))
	}
	fmt.Println()
}

// crowd measures what two hundred intents with ten examples each cost.
func crowd(rows, texts []row) {
	const intents, examples = 200, 10
	lesson := map[string][]string{}
	for _, r := range rows {
		if list := lesson[r.label]; len(list) < examples && (list != nil || len(lesson) < intents) {
			lesson[r.label] = append(list, r.text)
		}
	}
	start := time.Now()
	m := train(lesson, elsewhere)
	took := time.Since(start)
	start = time.Now()
	for _, r := range texts {
		m.opinion(r.text, m.classes)
	}
	fmt.Printf("%d intents with %d examples: trained in %v, %v a text, %d MiB\n", len(lesson), examples, took.Round(time.Millisecond),
		(time.Since(start) / time.Duration(len(texts))).Round(time.Microsecond), 4*len(m.weights)>>20)
}

func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(text))
}

// lessonOf makes of rows what flows make of an author's examples.
func lessonOf(rows []row) map[string][]string {
	lesson := map[string][]string{}
	for _, r := range rows {
		lesson[r.label] = append(lesson[r.label], r.text)
	}
	for name := range lesson {
		lesson[name] = append(lesson[name], strings.ReplaceAll(name, "_", " "))
	}
	return lesson
}

func taughtBy(rows []row) *model { return train(lessonOf(rows), elsewhere) }

func (m *model) accuracy(rows []row) float64 {
	right := 0
	for _, r := range rows {
		if m.classes[m.opinion(r.text, m.classes).first] == r.label {
			right++
		}
	}
	return float64(right) / float64(len(rows))
}

// clinc measures what is read as what it means, and what as nothing: first whatever the
// certainty, then with the one that flows ask for, which it returns.
func clinc(rows, valid []row) (in, out float64) {
	verdicts := taughtBy(rows).verdicts(valid)
	for _, b := range []float64{0, Enough} {
		var wrong float64
		in, wrong, out = within(verdicts, b)
		fmt.Printf("CLINC150 at %.2f     in-scope accuracy %.4f (wrong %.4f)  out-of-scope recall %.3f  target 0.45 at 0.90\n", b, in, wrong, out)
	}
	return in, out
}

// verdict is what was made of a text. The class oos is one that is not listened for.
type verdict struct {
	certainty float64
	out       bool // it means something else
	right     bool
}

func (m *model) verdicts(rows []row) []verdict {
	listen := slices.DeleteFunc(slices.Clone(m.classes), func(c string) bool { return c == "oos" })
	var list []verdict
	for _, r := range rows {
		o := m.opinion(r.text, listen)
		v := verdict{o.certainty(), r.label == "oos", m.classes[o.first] == r.label}
		if m.opinion(r.text, []string{"oos"}).share > o.share {
			v.certainty = -1
		}
		list = append(list, v)
	}
	return list
}

// within is how many of the texts that mean an intent are read as it, or as another
// one, with at least this certainty; and how many others are read as nothing.
func within(verdicts []verdict, bound float64) (right, wrong, nothing float64) {
	var in, out float64
	for _, v := range verdicts {
		read := v.certainty >= bound
		switch {
		case v.out && !read:
			nothing++
		case read && v.right:
			right++
		case read && !v.out:
			wrong++
		}
		if v.out {
			out++
		} else {
			in++
		}
	}
	return right / in, wrong / in, nothing / max(out, 1)
}
