package flows

import (
	"slices"
	"strings"
)

// keyword is a text that starts a flow: words, and arguments in braces that fill
// inputs. The last argument takes the rest of the text.
type keyword struct {
	at     *node
	source string
	tokens []piece
	whole  string // its words; "" : it has arguments
}

type piece struct {
	word string // folded
	arg  string // or the input it fills
}

func (p *parser) keyword(n *node) (keyword, bool) {
	k := keyword{at: n, source: p.text(n, "a keyword")}
	var words []string
	for _, w := range strings.Fields(k.source) {
		if arg, ok := strings.CutPrefix(w, "{"); ok && strings.HasSuffix(arg, "}") {
			k.tokens = append(k.tokens, piece{arg: strings.TrimSuffix(arg, "}")})
			continue
		}
		for f := range strings.FieldsSeq(Fold(w)) {
			k.tokens, words = append(k.tokens, piece{word: f}), append(words, f)
		}
	}
	if len(k.tokens) == 0 || k.tokens[0].arg != "" || len(k.tokens) > 10 {
		if n.shape == isText {
			p.failAt(n, `%s is no keyword: begin with a word, as in "TRACK {order}"`, quote(k.source))
		}
		return k, false
	}
	if len(words) == len(k.tokens) {
		k.whole = strings.Join(words, " ")
	}
	return k, true
}

// heard is a text as keywords are compared with it.
type heard struct {
	whole string   // folded, without courtesies
	words []string // as written
	first string   // the first word of all when folded
}

func hear(text string) heard {
	h := heard{whole: fold(text), words: strings.Fields(text)}
	if len(h.words) > 0 {
		h.first, _, _ = strings.Cut(Fold(h.words[0]), " ")
	}
	return h
}

// words counts the keyword's fixed words: the more, the more certain.
func (k keyword) words() int {
	n := 0
	for _, t := range k.tokens {
		if t.arg == "" {
			n++
		}
	}
	return n
}

// match reads the text as this keyword and returns its arguments, each of the type
// of its input.
func (k *keyword) match(f *Flow, h heard) (map[string]any, bool) {
	if k.whole != "" {
		return nil, h.whole == k.whole
	}
	if h.first != k.tokens[0].word {
		return nil, false
	}
	args := map[string]any{}
	rest, left := h.words, "" // left of a word such as RE-ORDER, which is two when folded
	for i, t := range k.tokens {
		if len(rest) == 0 && left == "" {
			return nil, false
		}
		if t.arg == "" {
			if left == "" {
				left, rest = Fold(rest[0]), rest[1:]
			}
			word, more, _ := strings.Cut(left, " ")
			if word != t.word {
				return nil, false
			}
			left = more
			continue
		}
		if left != "" {
			return nil, false
		}
		raw := rest[:1]
		rest = rest[1:]
		if i == len(k.tokens)-1 {
			raw, rest = h.words[len(h.words)-len(rest)-1:], nil
		}
		v, ok := f.argument(t.arg, plainArgument(raw))
		if !ok {
			return nil, false
		}
		args[t.arg] = v
	}
	return args, len(rest) == 0 && left == ""
}

// plainArgument joins the words of an argument without the courtesies and the full stop that
// people put behind it: "TRACK A1 please!".
func plainArgument(words []string) string {
	for n := min(len(words)-1, 4); n > 0; n-- {
		if from := len(words) - n; slices.Contains(courtesies, Fold(strings.Join(words[from:], " "))) {
			words, n = words[:from], min(from-1, 4)+1
		}
	}
	text := strings.Join(words, " ")
	if short := strings.TrimRight(text, ".,;!?"); short != "" {
		return short
	}
	return text
}

// StartsOn says whether a business event of the type starts the flow.
func (f *Flow) StartsOn(typ string) bool { return slices.Contains(f.Events, typ) }

// Knows says whether a business event of the type starts the flow or is heard in any
// of its states.
func (f *Flow) Knows(typ string) bool {
	return f.StartsOn(typ) || f.events[typ] != nil || slices.ContainsFunc(f.order, func(s *state) bool { return s.events[typ] != nil })
}

// keywordOf is the flow's keyword that fits the text best, by its arguments and how
// certain it is; -1: none fits.
func (f *Flow) keywordOf(h heard) (args map[string]any, best int) {
	best = -1
	for i := range f.keywords {
		k := &f.keywords[i]
		a, fits := k.match(f, h)
		if !fits {
			continue
		}
		score := 2 * k.words()
		if k.whole != "" {
			score++
		}
		if score > best {
			args, best = a, score
		}
	}
	if args == nil && best >= 0 {
		args = map[string]any{}
	}
	return args, best
}

// argument reads one argument of a text as the input wants it.
func (f *Flow) argument(name, raw string) (any, bool) {
	v := f.input(name)
	if v == nil {
		return nil, false
	}
	var value any = raw
	if v.kind != kindString {
		read := captureReaders[v.kind]
		if read == nil {
			return nil, false
		}
		var ok bool
		if value, ok = read(v, &answer{text: raw, language: f.Languages[0]}); !ok {
			return nil, false
		}
	}
	value, problem := v.check(value)
	return value, problem == ""
}
