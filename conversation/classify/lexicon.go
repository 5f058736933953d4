// Package classify finds out what a customer means. The lexicon knows a text by
// its words alone: fast, deterministic, and silent when it is not certain. A model of
// the flow's own examples guesses then (local.go), and an LLM is asked last (llm.go);
// flows decides what either may settle.
package classify

import (
	"slices"
	"strings"

	"parley/flows"
)

// Lexicon reads the built-in intents in English, Spanish, French, German, Portuguese
// and Italian (words/*.txt). A wrong reading is worse than none, and a reading of the
// wrong polarity worst of all.
//
// It is as strict as the question needs. Read reads a text only when every word of it
// is known and all of them mean one thing; one strange word makes it unsure. Skim is
// for ordinary questions, where asking again costs more than it saves: it goes by the
// answer that a text begins with.
//
// Its zero value is ready to use.
type Lexicon struct{}

var _ flows.Reader = Lexicon{}

// maxWords bounds what is read by all its words: a longer text says more than yes.
const maxWords = 12

// Read implements flows.Reader. A yes that is mistyped is none here: what a text opens
// must not hang on a slip. later is true for any text with words that it does not read
// for certain.
func (Lexicon) Read(text, language string, listen []string) (intent string, ok, later bool) {
	h := hear(text, language)
	if h.words == "" {
		return "", false, false
	}
	h.arrival = slices.Contains(listen, "yes")
	m := h.certain()
	asked := h.asks && m&(polar|done|wrongNumber) != 0
	if asked || m&polar != 0 && (m&mild != 0 || h.torn(text)) || m&yes != 0 && h.mistyped {
		return "", false, true
	}
	if intent := chosen(m&intents, listen); intent != "" {
		return intent, true, false
	}
	return "", false, true
}

// strict is what Read knows of a phrase.
const strict = intents | filler | mild | unclear | nod | missing

// certain is what all words of the text mean together: intents that go together, and
// mild when a word is only certain beside other intents than yes and no. 0: unsure.
func (h *heard) certain() meaning {
	if strings.Count(h.words, " ") >= maxWords {
		return 0
	}
	return h.all(h.words)
}

// torn says whether a no is parted by a mark from what says yes: "no, fui yo" is not
// "no fui yo".
func (h *heard) torn(text string) bool {
	first, rest, found := strings.Cut(h.words, " ")
	return found && (first == "no" || first == "nao") && parted(text, first) && h.all(rest)&yes != 0
}

// denied says whether a no belongs to the verb after it: "no es el número equivocado" is
// the right one.
func (h *heard) denied() bool {
	last := ""
	for word := range strings.SplitSeq(h.words, " ") {
		if (last == "no" || last == "nao" || last == "non") && romance[word] && !parted(h.text, last) {
			return true
		}
		last = word
	}
	return false
}

// all is what the words mean together when each of them belongs to a known phrase.
func (h *heard) all(words string) meaning {
	t := tiling{h: h, whole: len(words), steps: maxSteps}
	found, ok := t.lay(words)
	if !ok || found&no != 0 && found&wrongNumber != 0 && h.denied() {
		return 0
	}
	return together(found)
}

// tiling lays phrases over a text, the longest first, until none of its words is left.
type tiling struct {
	h     *heard
	whole int // bytes of all words
	steps int // that may still be tried
}

const maxSteps = 100

func (t *tiling) lay(rest string) (found meaning, ok bool) {
	if rest == "" {
		return 0, true
	}
	for below := len(rest) + 1; t.steps > 0; {
		t.steps--
		m, end := t.h.phraseAt(rest, below, strict)
		switch {
		case end == 0:
			return 0, false
		case end == 1 && m&polar != 0 && t.whole > 1: // "y" is an answer by itself only
			return 0, false
		case m&unclear != 0 && (end == t.whole || m&(filler|mild) == 0):
			t.steps = 0 // however else the words could be read
			return 0, false
		}
		if tail, ok := t.lay(strings.TrimPrefix(rest[end:], " ")); ok {
			return tail | t.h.means(m), true
		}
		below = end
	}
	return 0, false
}

// means is what one phrase adds to the meaning of a text.
func (h *heard) means(m meaning) meaning {
	switch {
	case m&missing != 0 && h.arrival:
		return no
	case m&missing != 0:
		return 0
	case m&(intents|nod) != 0:
		return m & (intents | nod)
	case m&filler == 0:
		return mild
	}
	return 0
}

// together says what intents mean that stand in one text. Thanks give way to any, a
// wrong number to none.
func together(found meaning) meaning {
	m := found & intents
	if found&nod != 0 && m&^thanks == 0 || m&no != 0 && found&nod != 0 {
		m |= yes
	}
	if m != thanks {
		m &^= thanks
	}
	switch m {
	case yes, no, help, agent, later, done, thanks, wrongNumber, yes | done:
	case no | wrongNumber:
		m = wrongNumber
	case help | agent:
		m = agent
	default:
		return 0
	}
	return m | found&mild
}

// chosen is the first of the intents listened for that is meant.
func chosen(m meaning, listen []string) string {
	for _, name := range listen {
		if b := sections[name] & intents; b != 0 && m&b != 0 && slices.Contains(builtIn, name) {
			return name
		}
	}
	return ""
}

// builtIn are the intents that have words.
var builtIn = flows.Intents()
