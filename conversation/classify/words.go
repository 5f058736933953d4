package classify

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"parley/flows"
)

// The word lists are plain text, one file a language, because they are long and
// reviewed by people who speak the languages. A line is "section: phrase; phrase"; a
// phrase may have alternatives, as in "(it|this) (never |)came", none of them inside
// another. Accents and capitals may be written: texts and lists are folded alike.
//
//   - an intent's name: phrases that carry it wherever they stand among fillers;
//   - missing: a no to whether something came. It denies nothing else, so that Read
//     takes it only from a question that can be said yes to;
//   - fillers change nothing beside any intent, mild ones change nothing beside an
//     intent that is not yes or no;
//   - assent, refusal: yes and no where an ordinary question asks, not an alert;
//     after: what makes a yes of an "ok" before it, and may follow a yes;
//   - names: by which the one who asks may be addressed, "ok Sam";
//   - unclear: phrases that look like an answer and are none;
//   - enough: what ends a talk, and is no only after another no;
//   - nod: yes by itself, nothing beside another intent than no;
//   - turns: words after which the beginning of a text does not tell its end; trouble:
//     such that only follow a no;
//   - opens: words that begin a sentence of their own after "no";
//   - same A: other ways to write A, in lists and texts alike;
//   - own SECTION: only where the conversation is in the file's language.
//
//go:embed words/*.txt
var wordFiles embed.FS

// meaning is what a phrase may stand for, as bits.
type meaning uint32

// The intents come first, as flows.Intents has them; sections says what a file calls each.
const (
	yes meaning = 1 << iota
	no
	help
	agent
	later
	done
	thanks
	wrongNumber
	filler
	mild
	assent
	refusal
	after
	unclear
	turner
	trouble
	opens
	nod
	enough
	missing
	named
)

const (
	intents = yes | no | help | agent | later | done | thanks | wrongNumber
	polar   = yes | no
)

var sections = map[string]meaning{
	"yes": yes, "no": no, "help": help, "agent": agent, "later": later, "done": done, "thanks": thanks, "wrong_number": wrongNumber,
	"fillers": filler, "mild": mild, "assent": assent, "refusal": refusal, "after": after, "unclear": unclear, "turns": turner, "trouble": trouble, "opens": opens, "nod": nod, "enough": enough, "missing": missing, "names": named,
}

// lists are the word lists as they are looked up: folded, and each phrase in the
// spelling that same gives it.
type lists struct {
	same    map[string]string             // spelling → the one that the lists use
	phrases map[string]meaning            // in every conversation
	own     map[string]map[string]meaning // by language of the conversation
	first   map[string]int                // words that begin a phrase or a spelling → bytes of the longest
	known   map[string]bool               // every word: none of them is a typo of another
	near    map[string][]string           // a word without one of its letters → the words
}

// words are the lists, read when the first text comes.
var words = sync.OnceValue(func() *lists {
	l, err := readLists(wordFiles)
	if err != nil {
		panic(err) // a test reads them
	}
	return l
})

func readLists(files fs.FS) (*lists, error) {
	l := &lists{same: map[string]string{}, phrases: map[string]meaning{}, own: map[string]map[string]meaning{},
		first: map[string]int{}, known: map[string]bool{}, near: map[string][]string{}}
	paths, err := fs.Glob(files, "words/*.txt")
	if err != nil {
		return nil, err
	}
	sources := map[string][]string{}
	for _, path := range paths { // spellings first: all phrases are kept in them
		source, err := fs.ReadFile(files, path)
		if err != nil {
			return nil, err
		}
		sources[path] = strings.Split(string(source), "\n")
		for n, line := range sources[path] {
			if err := cmp.Or(l.spellings(line), flat(line)); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", path, n+1, err)
			}
		}
	}
	for _, path := range paths {
		lang := strings.TrimSuffix(strings.TrimPrefix(path, "words/"), ".txt")
		for n, line := range sources[path] {
			if err := l.section(lang, line); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", path, n+1, err)
			}
		}
	}
	for w := range turning {
		l.add(l.phrases, w, turner)
	}
	for w := range common {
		l.known[w] = true
	}
	l.learnTypos()
	return l, nil
}

func (l *lists) spellings(line string) error {
	name, list, ok := strings.Cut(line, ":")
	to, isSame := strings.CutPrefix(name, "same ")
	if !ok || !isSame {
		return nil
	}
	for _, phrase := range phrasesOf(list) {
		if other := l.same[phrase]; other != "" && other != flows.Fold(to) {
			return fmt.Errorf("%q is spelt %q and %q", phrase, other, to)
		}
		l.same[phrase] = flows.Fold(to)
		l.note(phrase)
	}
	l.note(flows.Fold(to))
	return nil
}

func (l *lists) section(lang, line string) error {
	name, list, ok := strings.Cut(line, ":")
	if line == "" || line[0] == '#' || strings.HasPrefix(name, "same ") {
		return nil
	}
	into := l.phrases
	if own, isOwn := strings.CutPrefix(name, "own "); isOwn {
		if l.own[lang] == nil {
			l.own[lang] = map[string]meaning{}
		}
		name, into = own, l.own[lang]
	}
	m := sections[name]
	if !ok || m == 0 {
		return fmt.Errorf("%q is no section", name)
	}
	for _, phrase := range phrasesOf(list) {
		l.add(into, phrase, m)
		if m == missing { // after a no it only says what the no is about
			l.add(into, "no "+phrase, no)
		}
	}
	return nil
}

func (l *lists) add(into map[string]meaning, phrase string, m meaning) {
	l.note(phrase)
	phrase = l.respell(phrase)
	l.note(phrase)
	into[phrase] |= m
}

// note keeps the words of a phrase, so that a text's words can be told from typos.
func (l *lists) note(phrase string) {
	for i, w := range strings.Fields(phrase) {
		l.known[w] = true
		if i == 0 {
			l.first[w] = max(l.first[w], len(phrase))
		}
	}
}

// phrasesOf lists the folded phrases of a line, alternatives written out.
func phrasesOf(list string) []string {
	var out []string
	for _, phrase := range strings.Split(list, ";") {
		for _, one := range alternatives(phrase) {
			if one = flows.Fold(one); one != "" {
				out = append(out, one)
			}
		}
	}
	return out
}

// flat says what is wrong with the alternatives of a line: none may stand in another.
func flat(line string) error {
	open := false
	for _, r := range line {
		if r == '(' && open || r == ')' && !open {
			return fmt.Errorf("the alternatives of %q stand in one another, or begin or end nowhere", line)
		}
		open = r == '(' || open && r != ')' && r != ';'
	}
	if open {
		return fmt.Errorf("the alternatives of %q do not end", line)
	}
	return nil
}

// alternatives writes "(a|b) c" out as "a c" and "b c".
func alternatives(phrase string) []string {
	before, rest, ok := strings.Cut(phrase, "(")
	if !ok {
		return []string{phrase}
	}
	inner, after, _ := strings.Cut(rest, ")")
	var out []string
	for _, tail := range alternatives(after) {
		for choice := range strings.SplitSeq(inner, "|") {
			out = append(out, before+choice+tail)
		}
	}
	return out
}
