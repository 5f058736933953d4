package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"

	"parley/flows"
)

// tally counts how texts were understood.
type tally struct {
	names    []string
	meant    int // texts that mean one of the intents
	right    int // of these: understood as it
	best     int // of these: the best guess, sure or not
	unsure   int // of these: read as nothing
	opposite int // yes read as no, or no as yes
	polar    int // texts that mean yes or no
	others   int // texts that mean something else
	let      int // of these: read as nothing
	layers   map[string]int
	confused map[[2]string]int
	mistakes []mistake
}

// mistake is one text that was read as what it does not mean.
type mistake struct {
	text, label, read, layer string
	score                    float64
}

func newTally(names []string) *tally {
	return &tally{names: names, layers: map[string]int{}, confused: map[[2]string]int{}}
}

// elsewhereName is how a text is shown that means, or is read as, none of the intents.
const elsewhereName = "-"

func (t *tally) add(text, label string, u flows.Understood) {
	label = t.known(label)
	read := cmp.Or(u.Intent, elsewhereName)
	if u.Intent != "" {
		t.layers[u.Layer]++
	}
	if label == elsewhereName {
		t.others++
		if read == elsewhereName {
			t.let++
		}
	} else {
		t.count(label, read, u)
	}
	if read == label {
		return
	}
	t.confused[[2]string{label, read}]++
	if read != elsewhereName {
		score := u.Guess.Score
		if u.Layer != "model" {
			score = 1
		}
		t.mistakes = append(t.mistakes, mistake{text, label, read, u.Layer, score})
	}
}

func (t *tally) known(label string) string {
	if slices.Contains(t.names, label) {
		return label
	}
	return elsewhereName
}

// count counts a text that means one of the intents.
func (t *tally) count(label, read string, u flows.Understood) {
	t.meant++
	switch read {
	case label:
		t.right++
	case elsewhereName:
		t.unsure++
	}
	if cmp.Or(u.Intent, u.Guess.Intent) == label {
		t.best++
	}
	if label == "yes" || label == "no" {
		t.polar++
		if read != label && (read == "yes" || read == "no") {
			t.opposite++
		}
	}
}

// print shows what was counted.
func (t *tally) print(w io.Writer, worst int) {
	wrong := t.meant - t.right - t.unsure
	fmt.Fprintf(w, "%s, %s\n", plural(t.meant+t.others, "text"), plural(len(t.names), "intent"))
	fmt.Fprintf(w, "  accuracy              %s  read as what they mean; the best guess, sure or not: %s\n", share(t.right, t.meant), share(t.best, t.meant))
	fmt.Fprintf(w, "  unsure                %s  asked again or left to a person\n", share(t.unsure, t.meant))
	fmt.Fprintf(w, "  wrong                 %s  read as another intent\n", share(wrong, t.meant))
	fmt.Fprintf(w, "  wrong polarity        %s  yes read as no, or no as yes\n", share(t.opposite, t.polar))
	fmt.Fprintf(w, "  out-of-scope recall   %s  texts that mean something else, read as nothing\n", share(t.let, t.others))
	fmt.Fprintf(w, "  read by               words %d, lexicon %d, beginnings %d, examples %d\n", t.layers["word"], t.layers["lexicon"], t.layers["head"], t.layers["model"])
	t.table(w)
	t.worst(w, worst)
}

// share is a part of a whole; of nothing it is "-".
func share(part, whole int) string {
	if whole == 0 {
		return "     -       "
	}
	return fmt.Sprintf("%.3f (%d/%d)", float64(part)/float64(whole), part, whole)
}

// table lists what is taken for what, the most frequent first.
func (t *tally) table(w io.Writer) {
	const most = 20
	pairs := slices.SortedFunc(maps.Keys(t.confused), func(a, b [2]string) int {
		return cmp.Or(t.confused[b]-t.confused[a], cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
	})
	if len(pairs) == 0 {
		return
	}
	fmt.Fprintf(w, "\nconfusion (%s is something else)\n", elsewhereName)
	for _, p := range pairs[:min(len(pairs), most)] {
		fmt.Fprintf(w, "  %5d  %-28s read as %s\n", t.confused[p], p[0], p[1])
	}
	if len(pairs) > most {
		fmt.Fprintf(w, "         and %s more\n", plural(len(pairs)-most, "pair"))
	}
}

// worst lists the mistakes that would have been acted upon, the surest first.
func (t *tally) worst(w io.Writer, most int) {
	if len(t.mistakes) == 0 || most <= 0 {
		return
	}
	slices.SortStableFunc(t.mistakes, func(a, b mistake) int { return cmp.Compare(b.score, a.score) })
	fmt.Fprintln(w, "\nworst mistakes")
	for _, m := range t.mistakes[:min(len(t.mistakes), most)] {
		fmt.Fprintf(w, "  %.2f  %s read as %s by %s: %s\n", m.score, m.label, m.read, m.layer, m.text)
	}
}
