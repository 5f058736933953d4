package classify

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/flows"
)

// maxSkimmed bounds how many words may follow the answer that a text begins with.
const maxSkimmed = 20

// Skim implements flows.Reader for yes and no. It reads a text as Read does, typing
// errors and mere assent ("sounds good") included, or else by its beginning: "yes i
// need to know my balance", "no thats all thank you". What follows the answer must not
// be able to turn it round: no word that negates or contrasts, no question, no doubt, no
// answer of the other kind, nothing that is for another intent, no figures after a yes.
func (Lexicon) Skim(text, language string, listen []string) (intent string, ok bool) {
	h := hear(text, language)
	h.arrival = true
	if h.words == "" || h.asks || h.torn(text) {
		return "", false
	}
	m := h.agreed()
	if m == 0 {
		m = h.head(text)
	}
	if m == no && h.contrary() {
		return "", false
	}
	intent = chosen(m&polar, listen)
	return intent, intent != ""
}

// contrary says whether a text is plain noes before what says yes by itself ("no its
// fine"): what the no is about, only the question knows.
func (h *heard) contrary() bool {
	first, rest, found := strings.Cut(strings.TrimPrefix(h.words, "ok "), " ")
	for found {
		if m, _ := h.longestAt(first, no); m == 0 {
			return false
		}
		after := heard{words: rest, language: h.language, arrival: true}
		if after.agreed() == yes || after.head(rest) == yes {
			return true
		}
		first, rest, found = strings.Cut(rest, " ")
	}
	return false
}

// agreed is yes or no by all words of the text. An "ok" before a no leaves it open
// which of them is meant.
func (h *heard) agreed() meaning {
	m := h.certain()
	if m&mild != 0 && m&no != 0 {
		return 0
	}
	return m & polar
}

// head is yes or no by the beginning of the text.
func (h *heard) head(text string) meaning {
	if strings.Count(h.words, " ") > maxSkimmed {
		return 0
	}
	b := begun{text: text, heard: h}
	last := ""
	for rest := h.words; rest != ""; {
		m, end := h.longestAt(rest, ^meaning(0))
		if end == 0 {
			end = wordEnd(rest, 0)
		}
		if m&missing != 0 {
			m |= no
		}
		phrase := rest[:end]
		rest = strings.TrimPrefix(rest[end:], " ")
		if strings.ContainsAny(phrase, "0123456789") && (b.answer != no || last == b.phrase) {
			return 0 // it tells more than it was asked, or is itself a number: "no 5"
		}
		if sign, _ := utf8.DecodeRuneInString(phrase); m == 0 && sign >= utf8.RuneSelf && !unicode.IsLetter(sign) {
			return 0 // a face that may mean the opposite
		}
		last = phrase
		if b.answer == 0 && !b.begin(phrase, m, rest) || b.answer != 0 && b.phrase != phrase && !b.goOn(phrase, m, rest) {
			return 0
		}
	}
	return b.answer
}

// begun is how far a text has been read by its head.
type begun struct {
	text    string
	heard   *heard
	answer  meaning // yes, no; 0: none yet
	phrase  string  // that gave it
	okayed  bool    // after an "ok", which is half a yes
	weighed bool    // after a word by which one considers what was proposed
	thanked bool
	weak    bool // the answer is one only if nothing unknown follows
	plain   bool // a no by itself, of which trouble may be told
}

// begin reads a phrase before there is an answer. False: there will be none.
func (b *begun) begin(phrase string, m meaning, rest string) bool {
	b.thanked = b.thanked || m&thanks != 0 || strings.HasSuffix(phrase, "thanks")
	b.weighed = b.weighed || hesitations[phrase]
	switch {
	case phrase == "ok":
		b.okayed = true
		if b.weighed && !b.thanked && rest == "" {
			b.answer = yes
		}
	case b.okayed && (!b.thanked && m&(after|named) != 0 || promises[phrase]):
		b.answer = yes
	case m&(polar|nod|assent|refusal) == 0 && b.okayed && !b.thanked && (m == 0 || intends[phrase]) && rest != "":
		b.answer = yes // an "ok" and something to be done
	case m&(polar|nod|assent|refusal) == 0:
		return m&(filler|thanks|named) != 0
	case m&unclear != 0 && (m&refusal == 0 || rest == ""):
		return false
	case m&(yes|nod|assent) != 0:
		b.answer, b.weak = yes, !b.okayed && b.partial(phrase)
	case b.okayed && !declines[phrase]: // "ok no" is anybody's guess
		return false
	default:
		b.answer, b.weak = no, m&refusal == 0 && clause[phrase[:wordEnd(phrase, 0)]]
		b.plain = m&refusal == 0 && !b.weak
	}
	b.phrase = phrase
	return b.answer == 0 || b.stands(phrase, rest)
}

// hesitations say that an "ok" after them was considered: it answers, where a bare one
// may only have taken note. "Oh ok" has been told something.
var hesitations = set(`hm; hmm; well; um; uh; pues`)

// promises make a yes of an "ok", whatever thanks stand between them.
var promises = set(`will do; i will; ill; i will do; ill do it`)

// declines are noes that only decline an offer: an "ok" before them has heard it.
var declines = set(`no thanks; nope thanks; no need; no gracias; non merci; nein danke; nao obrigado; no grazie`)

// clause are words that begin a sentence: more than "yes" is said, and what follows is
// part of it.
var clause = set(`i; im; ive; it; its; they; we; my; you; youre; was; didnt; dont; havent; hasnt; cant; wont; wasnt; never`)

// partial says whether a phrase is an answer only as far as it goes: it begins a
// sentence, or merely praises.
func (b *begun) partial(phrase string) bool {
	first := phrase[:wordEnd(phrase, 0)]
	m, _ := b.heard.longestAt(first, polar)
	return clause[first] || m == 0
}

// unfinished are the beginnings of sentences that say yes only if nothing follows.
var unfinished = set(`im; ive; i will; i can`)

// aid are words for help that people thank for as often as they ask for it; mere are
// such that turn round neither a yes nor a no before them. A no may be for now.
var (
	aid  = set(`help; support; info; information; assistance`)
	mere = set(`because; cuz; only; while; till; until; think; hope; means`)
)

// intends are words by which one begins to say what one will do, or is to be done: after
// an "ok" they make it a yes.
var intends = set(`i; im; ive; we; please; just; let; send; take; keep; leave; go; make; do`)

// goOn says whether a phrase may come after the answer without turning it round.
func (b *begun) goOn(phrase string, m meaning, rest string) bool {
	if rest != "" && unfinished[phrase] {
		m &^= yes
	}
	b.thanked = b.thanked || m&thanks != 0 || strings.HasSuffix(phrase, "thanks")
	other := agent | later | wrongNumber | help
	if b.thanked || !b.weak && aid[phrase] {
		other &^= help // "no thanks for your wonderful help"
	}
	if mere[phrase] || b.answer == no && m&later != 0 && m&intents == later {
		m &^= turner | later
	}
	if b.plain && m&(yes|nod|other&^help) == 0 && !turning[phrase] {
		return true // whatever else a plain no is followed by, it stays one
	}
	if phrase == "si" && !b.stands(phrase, rest) {
		return false // "confirme si llega": if it does
	}
	harmless := m&unclear == 0 || m&(filler|mild) != 0
	switch {
	case m&named != 0 && !clause[b.phrase[:wordEnd(b.phrase, 0)]], b.answer == yes && m&after != 0:
		return true // "im david" is none
	case b.weak && !b.thanked && (m&^named == 0 || m&done != 0), !b.plain && m&trouble != 0, m&other != 0:
		return false
	case b.answer == yes && m == 0 && words().nearlyTurns(phrase):
		return false // "definitely nto"
	case b.answer == yes:
		return m&(after|assent) != 0 || harmless && m&(no|refusal|enough|turner) == 0
	case turning[phrase] || m&(no|refusal|enough|opens) != 0:
		return m&(yes|nod) == 0
	}
	return harmless && m&(yes|nod|turner) == 0
}

// stands says whether a head is an answer of its own. "No" may belong to the word after
// it ("no queries"), and "si" may be if: then a mark has to part them, or what comes
// next has to begin a sentence.
func (b *begun) stands(head, rest string) bool {
	if rest == "" || head != "no" && head != "si" && head != "nao" {
		return true
	}
	if head == "si" && strings.ContainsAny(b.text, "íìÍÌ") || parted(b.text, head) {
		return true
	}
	next := rest[:wordEnd(rest, 0)]
	if m, _ := b.heard.longestAt(rest, ^meaning(0)); m&^named == 0 && head == "no" && b.heard.language == "en" && !spared[next] && !clause[next] && !romance[next] {
		return true // "no toppings": whatever it is, they do not want it
	}
	m, _ := b.heard.longestAt(rest, thanks|opens|polar|refusal|enough|assent)
	return m != 0
}

// spared are troubles that one is glad not to have ("no scratches"), and words that make
// something else of the no before them.
var spared = set(`scratch; scratches; dent; dents; crack; cracks; mark; marks; damages; defect; defects; fault; faults; error; errors; mistake; mistakes; trouble; troubles; pain; fever; symptoms; harm; hurry; rush; pressure; stress; fuss; drama; surprise; surprises; complaint; delay; delays; need; brainer; bother; sweat; biggie; biggy; difference; charge; charges; cost; fee; fees; reason; wonder; doubts; one; body; thing; time; way; sign; trace; luck; answer; reply; news; word; go`)

// romance are words that follow a Spanish, Portuguese or Italian "no", which turns them
// round: "no esta roto", "no me quejo".
var romance = set(`esta; estan; es; son; era; fue; fui; ha; han; he; hay; me; te; se; lo; la; le; les; nos; mi; tengo; tiene; quiero; quiere; puedo; puede; sirve; funciona; falta; veo; creo; recibi; llego; llega; viene; vino; foi; estou; sou; tem; tenho; ho; hai; avete; abbiamo; sono; ci; mi; si; e`)

// parted says whether a mark stands between the head and what follows.
func parted(text, head string) bool {
	found := false
	for f := range strings.FieldsSeq(text) {
		if found {
			return flows.Fold(f) == "" // "no - …"
		}
		if found = flows.Fold(f) == head; found {
			if last, _ := utf8.DecodeLastRuneInString(f); unicode.IsPunct(last) && last != '\'' {
				return true
			}
		}
	}
	return false
}
