package flows

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// Read says how the state that waits understands a text. First come on.replies, the
// state's own before the flow's, then the state's replies, then its captures. Within replies all
// exact words go before all patterns, these before intents, these before any:
// true; within one layer the author's order decides.
func (f *Flow) Read(sc Scope, rd Reader, run Run, said Said) Reading {
	s := f.states[run.State]
	if s == nil || !s.asks() && len(s.urgent) == 0 {
		return Reading{Reply: -1}
	}
	said.Text = bounded(said.Text)
	words := fold(said.Text)
	later := false
	if r, ok := match(s.urgent, s.urgentIntents, rd, run.Language, said.Text, words, &later); ok {
		r.On = true
		return r
	}
	if r, ok := match(s.replies, s.intents, rd, run.Language, said.Text, words, &later); ok {
		return r
	}
	if s.choose != nil {
		if chosen, ok := run.pick(said.Text, words); ok && f.names(s, rd, run, chosen, said.Text, words) {
			return Reading{Fits: true, Layer: "word", Exact: true, Reply: -1, As: chosen.Label, Captured: map[string]any{s.choose.as: chosen.Value}}
		}
		return Reading{Reply: -1, Later: later}
	}
	if r, ok := s.read(f.answer(sc, run, said), said); ok {
		return r
	}
	return Reading{Reply: -1, Later: later || words != "" && s.wanted() != nil}
}

// names says whether a text that picks an option says no more than that. A choice beside
// the YES and NO of an alert is of what is wrong: "1 yes" and "2 is mine" choose nothing,
// "2 no" does.
func (f *Flow) names(s *state, rd Reader, run Run, chosen Choice, text, words string) bool {
	yes := func(r *reply) bool { return r.intent == "yes" }
	if f.Class != Alert || !slices.ContainsFunc(s.replies, yes) || fold(chosen.Label) == words {
		return true
	}
	if _, bare := run.option(words); bare || rd == nil {
		return bare
	}
	rest := strings.Join(strings.Fields(text)[1:], " ")
	intent, ok, _ := rd.Read(rest, run.Language, []string{"no", "yes"})
	return ok && intent == "no"
}

// maxSaid bounds what is read of a customer's text.
const maxSaid = 4 * maxText

func bounded(text string) string {
	if len(text) > maxSaid {
		text = strings.ToValidUTF8(text[:maxSaid], "")
	}
	return text
}

// match tries the replies in layers. It notes in later that a slow classifier may
// know what the Reader did not.
func match(replies []*reply, intents []string, rd Reader, language, text, words string, later *bool) (Reading, bool) {
	if len(replies) == 0 {
		return Reading{}, false
	}
	if words != "" {
		if i := byWord(replies, text, words); i >= 0 {
			return replies[i].reading(i, "word"), true
		}
		for i, r := range replies {
			for _, re := range r.patterns {
				if re.MatchString(text) {
					return r.reading(i, "pattern"), true
				}
			}
		}
	}
	if len(intents) > 0 && rd != nil && text != "" {
		intent, ok, maybe := rd.Read(text, language, intents)
		*later = *later || maybe && !ok
		if i := slices.IndexFunc(replies, func(r *reply) bool { return r.intent == intent }); ok && i >= 0 && intent != "" {
			r := replies[i].reading(i, "lexicon")
			r.Exact = slices.Contains(plainWords[intent], words) && inLetters(text)
			return r, true
		}
	}
	if i := slices.IndexFunc(replies, func(r *reply) bool { return r.any }); i >= 0 && words != "" {
		return replies[i].reading(i, "any"), true
	}
	return Reading{}, false
}

// plainWords are the words that say an intent and nothing else: they count as
// exact, like the words that an author wrote.
var plainWords = map[string][]string{
	"yes": {"yes", "y", "si", "oui", "ja", "sim"},
	"no":  {"no", "n", "non", "nein", "nao"},
}

// inLetters says whether a text is letters and the marks that end sentences: a word in
// quotes or brackets is shown, not said.
func inLetters(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsSpace(r) && !unicode.In(r, unicode.M, unicode.Cf) && !strings.ContainsRune(".,!…-！。，'’", r)
	})
}

// byWord finds the reply whose word is the whole text, else the one whose option
// number the text begins with. Two numbers alone ("1 or 2") choose nothing.
func byWord(replies []*reply, text, words string) int {
	for i, r := range replies {
		if slices.Contains(r.words, words) {
			return i
		}
	}
	option := leadingNumber(text)
	if option == "" {
		return -1
	}
	chosen := -1
	for i, r := range replies {
		if chosen < 0 && slices.Contains(r.numbers, option) {
			chosen = i
		}
	}
	isOption := func(w string) bool {
		return slices.ContainsFunc(replies, func(r *reply) bool { return slices.Contains(r.numbers, w) })
	}
	if chosen >= 0 && severalOptions(words, isOption) {
		return -1
	}
	return chosen
}

// severalOptions says whether a text is nothing but options and small words between
// them, and names more than one.
func severalOptions(words string, isOption func(string) bool) bool {
	first, several := "", false
	for w := range strings.SplitSeq(words, " ") {
		switch {
		case isOption(w):
			first = cmp.Or(first, w)
			several = several || w != first
		case !slices.Contains(betweens, w):
			return false
		}
	}
	return several
}

var betweens = []string{"or", "and", "o", "y", "e", "ou", "et", "oder", "und", "maybe"}

func (r *reply) reading(i int, layer string) Reading {
	return Reading{Fits: true, Layer: layer, Exact: layer == "word", Reply: i, As: r.as, Intent: r.intent, Confirm: r.confirm}
}

// Denies says whether a text that was read so leads where a plain NO leads in the run's
// state, in whatever words: the safe answer of an alert. been: the run has been there.
func (f *Flow) Denies(run Run, r Reading) (denies, been bool) {
	s := f.states[run.State]
	if s == nil || !r.Fits || r.Reply < 0 {
		return false, false
	}
	replies := s.replies
	if r.On {
		replies = s.urgent
	}
	if r.Reply >= len(replies) {
		return false, false
	}
	read := replies[r.Reply]
	to := s.leads(read)
	for _, no := range append(slices.Clip(s.urgent), s.replies...) {
		if no.intent == "no" && s.leads(no) == to && read.intent != "yes" && !read.confirm {
			return true, slices.Contains(Visited(run.Path), to)
		}
	}
	return false, false
}

// DeniesPart says whether a text that was read so may lead, by way of states that do not
// wait, to where a plain NO leads: it denies some of what is asked about, if not all.
func (f *Flow) DeniesPart(run Run, r Reading) bool {
	s := f.states[run.State]
	if s == nil || !r.Fits || r.Intent == "yes" || r.Confirm {
		return false
	}
	ends := map[string]bool{}
	for _, no := range append(slices.Clip(s.urgent), s.replies...) {
		ends[s.leads(no)] = ends[s.leads(no)] || no.intent == "no"
	}
	found := false
	f.walk([]string{s.chosen(r)}, func(at *state) (onwards []string) {
		if at == nil {
			return nil
		}
		if found = found || ends[at.name]; found || at.waits() || at.end != "" {
			return nil
		}
		for _, b := range at.branch {
			onwards = append(onwards, b.next.to)
		}
		if at.next != nil {
			onwards = append(onwards, at.next.to)
		}
		return onwards
	})
	return found
}

// chosen is the state that a reading leads to; "": nobody knows.
func (s *state) chosen(r Reading) string {
	replies := s.replies
	if r.On {
		replies = s.urgent
	}
	switch {
	case r.Reply >= len(replies):
		return ""
	case r.Reply >= 0:
		return s.leads(replies[r.Reply])
	case s.choose != nil && s.choose.next != nil:
		return s.choose.next.to
	}
	return ""
}

// leads is the state that a reply leads to.
func (s *state) leads(r *reply) string {
	switch {
	case r.next != nil:
		return r.next.to
	case s.next != nil:
		return s.next.to
	}
	return ""
}

// read tries the captures. Media alone fill a state that wants nothing else.
func (s *state) read(a *answer, said Said) (Reading, bool) {
	r := Reading{Fits: true, Layer: "media", Reply: -1}
	v := s.wanted()
	if v == nil {
		return r, len(s.captures) > 0 && len(said.Media) > 0 && s.next != nil
	}
	value, ok := v.capture(a)
	r.Layer, r.Captured = "capture", map[string]any{v.name: value}
	return r, ok
}

func (f *Flow) answer(sc Scope, run Run, said Said) *answer {
	zone := f.clock(sc.Brand)
	return &answer{
		text:     strings.TrimSpace(strings.ReplaceAll(said.Text, "\x00", "")),
		language: run.Language,
		now:      sc.Now.In(f.zone(zone)),
		open:     sc.Hours,
		american: base(run.Language) == "en" && (strings.HasPrefix(zone, "America/") || strings.HasPrefix(zone, "US/")),
	}
}
