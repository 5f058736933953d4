package flows

import "slices"

// Consenting is what a word of the rules on consent asks for.
type Consenting string

// What the words ask for. Cancel is an opt-out that customers also mean otherwise.
const (
	ConsentStop   Consenting = "stop"
	ConsentCancel Consenting = "cancel"
	ConsentStart  Consenting = "start"
	ConsentHelp   Consenting = "help"
)

// A consent word is the whole text, after case, accents, punctuation, emoji and
// courtesies are taken away: "Stop. Thank you!" is STOP, "STOP 12345" is not. It is
// read before everything else, so that no flow ever hears it.
//
// Sources: the words that CTIA, 47 CFR 64.1200(a)(10) and the carriers name
// (Twilio: STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT, START UNSTOP,
// HELP INFO; AWS adds ARRET, OPT-OUT, REMOVE, TD), and their common translations.
// YES is left to the questions that ask for it.
var consentWords = map[Consenting][]string{
	ConsentStop: {"stop", "stopall", "stop all", "stopp", "unsubscribe", "unsubscribe me", "unsub", "quit", "revoke",
		"optout", "opt out", "opt me out", "remove", "remove me", "stop texting me", "stop texting", "stop messaging me", "stop messages",
		"stop it", "do not text me", "dont text me", "td", "arret", "arreter", "alto", "baja", "parar", "pare",
		"basta", "abmelden", "cancelar suscripcion", "darme de baja"},
	ConsentCancel: {"cancel", "end"},
	ConsentStart:  {"start", "unstop", "subscribe", "opt in", "optin"},
	ConsentHelp:   {"help", "info", "ayuda", "aide", "hilfe", "ajuda", "aiuto", "help me"},
}

// consentOf is what each of the words asks for.
var consentOf = func() map[string]Consenting {
	out := map[string]Consenting{}
	for asked, words := range consentWords {
		for _, w := range words {
			out[w] = asked
		}
	}
	return out
}()

// consentCourtesies may stand around a consent word without changing it, as the
// courtesies of flows may. Around the answer to a question they would be part of it:
// "ok" may be the answer, "now" a time, "Ty" a name.
var consentCourtesies = []string{"thankyou", "ty", "svp", "now", "hi", "hello", "ok", "okay"}

// ConsentWord says whether a folded text is a consent word, and what it asks for.
func ConsentWord(folded string) (Consenting, bool) {
	if asked, ok := consentOf[folded]; ok {
		return asked, true
	}
	asked, ok := consentOf[trimCourtesies(folded, consentCourtesies...)]
	return asked, ok
}

// optsOut says whether a folded text is an opt-out.
func optsOut(folded string) bool {
	asked, _ := ConsentWord(folded)
	return slices.Contains([]Consenting{ConsentStop, ConsentCancel}, asked)
}
