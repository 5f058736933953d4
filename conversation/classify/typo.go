package classify

import "strings"

// A mistyped word is taken for a known one when they are one slip apart (a letter
// missing, added, changed, or two swapped), begin alike, and no other known word is as
// near. Short words are never mended: "now" and "know" are near "no". Nor is anything
// taken for a word that turns a meaning round.
const (
	shortestTypo  = 5 // letters
	shortestPolar = 6 // of what would be yes or no by itself
)

// learnTypos lists the words that may be meant by a mistyped one.
func (l *lists) learnTypos() {
	for w := range l.known {
		if len(w) < shortestTypo || !plainLetters(w) {
			continue
		}
		l.near[w] = append(l.near[w], w)
		for i := range len(w) {
			less := w[:i] + w[i+1:]
			if i == 0 || w[i] != w[i-1] { // a double letter gives the same word twice
				l.near[less] = append(l.near[less], w)
			}
		}
	}
}

// mend puts a word right: letters drawn out, two words glued together, a slip of the
// finger. typo says that it was not as the lists have it.
func (l *lists) mend(word string) (mended string, typo bool) {
	if l.known[word] || !plainLetters(word) {
		return word, false
	}
	if short := undrawn(word, 1); short != word {
		if double := undrawn(word, 2); !l.known[short] && l.known[double] {
			return double, false
		}
		word = short
		if l.known[word] {
			return word, false
		}
	}
	if apart := l.unglued(word); apart != "" {
		return apart, true
	}
	if meant := l.meant(word); meant != "" {
		return meant, true
	}
	return word, false
}

func plainLetters(w string) bool {
	for i := range len(w) {
		if w[i] < 'a' || w[i] > 'z' {
			return false
		}
	}
	return true
}

// undrawn shortens letters that stand three times or more: "yeeees" is "yes".
func undrawn(w string, to int) string {
	long := false
	for i := 2; i < len(w); i++ {
		long = long || w[i] == w[i-1] && w[i] == w[i-2]
	}
	if !long {
		return w
	}
	out := make([]byte, 0, len(w))
	for i := 0; i < len(w); {
		n := i + 1
		for n < len(w) && w[n] == w[i] {
			n++
		}
		keep := n - i
		if keep > 2 {
			keep = to
		}
		for range keep {
			out = append(out, w[i])
		}
		i = n
	}
	return string(out)
}

// gluedHeads are answers that are often written together with what follows.
var gluedHeads = []string{"ok", "sure", "thanks", "nothing", "else", "sir"}

// shortestGlued is how long the second of two other words must be that stand together;
// the first is longer. The second turns nothing round: "voisin" is not "voi sin".
const shortestGlued = 3

// gluedToNo are the words that may follow a "no" without a space: others make another
// word of it ("notable"). So may every spelling of thanks.
var gluedToNo = set(`thanks; need; needed; nothing; enough; sir; maam; more; other; further; query; queries; question; questions; issue; issues; problem; problems; doubt; doubts; please; thats; done`)

func (l *lists) unglued(word string) string {
	for _, head := range []string{"yes", "yeah", "okay"} {
		if rest, ok := strings.CutPrefix(word, head); ok && rest != "" && !strings.HasPrefix(rest, "ter") {
			return head + " " + rest // no other words begin like these
		}
	}
	for _, head := range gluedHeads {
		if rest, ok := strings.CutPrefix(word, head); ok && len(rest) > 1 && l.known[rest] {
			return head + " " + rest
		}
	}
	if rest, ok := strings.CutPrefix(word, "no"); ok && (gluedToNo[rest] || len(rest) >= shortestGlued && l.same[rest] == "thanks") {
		return "no " + rest
	}
	for i := shortestGlued + 1; i <= len(word)-shortestGlued; i++ {
		if l.known[word[:i]] && l.known[word[i:]] && l.phrases[word[i:]]&turner == 0 {
			return word[:i] + " " + word[i:]
		}
	}
	return ""
}

// meant finds the one known word that is a slip away; "": none, or several.
func (l *lists) meant(word string) string {
	if len(word) < shortestTypo {
		return ""
	}
	found := ""
	take := func(list []string) bool {
		for _, w := range list {
			switch {
			case w == found || w[0] != word[0] || !oneSlip(w, word):
			case found != "" && l.respell(found) != l.respell(w), !l.mends(w, word):
				return false
			default:
				found = w
			}
		}
		return true
	}
	if !take(l.near[word]) {
		return ""
	}
	buf := make([]byte, 0, 24)
	for i := range len(word) {
		buf = append(append(buf[:0], word[:i]...), word[i+1:]...)
		if !take(l.near[string(buf)]) {
			return ""
		}
	}
	return found
}

// mends says whether a word may be taken for w: never for one that turns a
// meaning round, or a sentence.
func (l *lists) mends(w, word string) bool {
	n := len(word)
	spelt := l.respell(w)
	m := l.phrases[spelt]
	if n > len(w) && word == w+"s" || n < len(w) && w == word+"s" {
		return false // several of them are another word
	}
	if spelt == "nothing" {
		return true
	}
	return !turning[w] && m&(turner|trouble) == 0 && (n >= shortestPolar || m&polar == 0)
}

// nearlyTurns says whether a word that nobody knows is a slip away from one that turns a
// meaning round: what it was meant to be is anybody's guess.
func (l *lists) nearlyTurns(word string) bool {
	if l.known[word] || !plainLetters(word) {
		return false
	}
	for w := range turning {
		if oneSlip(w, word) {
			return true
		}
	}
	return false
}

// oneSlip says whether two different words are one missing, added, changed or swapped
// letter apart.
func oneSlip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch len(b) - len(a) {
	case 0:
		if i == len(a) {
			return false
		}
		swapped := i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
		return swapped || a[i+1:] == b[i+1:]
	case 1:
		return a[i:] == b[i+1:]
	}
	return false
}
