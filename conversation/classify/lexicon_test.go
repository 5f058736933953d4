package classify

import (
	"fmt"
	"testing"
	"testing/fstest"

	"parley/flows"
)

func TestLexicon(t *testing.T) {
	cases := map[string]string{
		// plain
		"yes": "yes", "YES": "yes", "Yes.": "yes", "yep!": "yes", "yeah it did": "yes", "si": "yes", "sí": "yes", "SÍ!!": "yes",
		"yeeees": "yes", "Yes please": "yes", "yes, thank you": "yes", "hola si": "yes", "claro que sí": "yes", "y": "yes", "👍": "yes", "👍🏽": "yes",
		"yes yes yes": "yes", "sii": "yes", "siiii": "yes", "of course": "yes", "yes it arrived this morning": "yes", "oui": "yes", "ja": "yes",
		"no": "no", "NO": "no", "nope": "no", "not me!!": "no", "No, it didn't": "no", "nooo": "no", "no gracias": "no", "todavía no": "no",
		"claro que no": "no", "no thanks": "no", "not yet": "no", "n": "no", "It wasn't me": "no", "no not yet": "no", "no, it never arrived": "no",
		"no llegó": "no", "no no": "no", "no no it was me": "", "👎": "no", "nein": "no", "não": "no", "no no no": "no",
		"help": "help", "AYUDA": "help", "i need help please": "help", "agent": "agent", "I want to talk to a person": "agent",
		"quiero hablar con un agente": "agent", "done": "done", "Listo!": "done", "thanks": "thanks", "Muchas gracias": "thanks", "thank you!": "thanks",
		"wrong number": "wrong_number", "número equivocado": "wrong_number", "sorry wrong number": "wrong_number", "SIM": "", "yes 👍": "yes", "no 👍": "", "help, thanks": "help", "thanks, done": "done",
		// not certain, and above all not the opposite
		"not a problem": "", "no problem": "", "no that was me": "", "no, it was me": "", "yes but it is broken": "", "N O": "", "know": "", "NOT": "", "not": "",
		"ok": "", "okay": "", "OK!": "", "yes and no": "", "yes no": "", "no yes": "", "no doubt": "", "no wait yes": "", "I said no such thing": "",
		"yes?": "", "no?": "", "not sure": "", "sure not": "", "not sure yes": "", "not yes": "", "I don't think so": "", "yes it did not": "",
		"did it arrive": "", "nothing arrived": "no", "it did arrive but no": "", "no me acuerdo": "", "no se": "", "si no llego": "", "si no": "",
		"yesterday": "", "nobody": "", "none": "", "si llega manana": "", "": "", "?": "", "...": "", "3": "", "no 2": "", "yes 2": "",
		"never mind": "", "of course not": "no", "absolutely not": "no", "no lo recibi": "no", "lo recibi": "yes", "ya no": "", "no ya llego": "",
		"not arrived": "no", "not it arrived": "", "no it arrived": "", "no i got it": "", "no problem it arrived": "", "👍👎": "",
		"no i did": "", "yes i didnt": "", "not correct": "no", "no correct": "", "not received it": "no", "im not sure": "", "no sure": "", "never i did": "",
	}
	for text, want := range cases {
		got, ok, later := Lexicon{}.Read(text, "en", flows.Intents())
		if got != want || ok != (want != "") {
			t.Errorf("%q is read as %q (sure: %v), want %q", text, got, ok, want)
		}
		if ok && later {
			t.Errorf("%q is both read and left for later", text)
		}
	}
}

// A NO that locks an account is one in the language that is spoken, however it is written,
// and what is not plainly one is none.
func TestAPlainNo(t *testing.T) {
	for text, want := range map[string]string{"NO": "no", "no.": "no", " No!": "no", "ＮＯ": "no", "Non": "no", "\tno\n": "no",
		"no that was me": "", "NOT": "", "know": "", "N O": "", "no\nyes": "", "yes\nno": ""} {
		language := map[bool]string{true: "fr", false: "en"}[text == "Non"]
		if got, ok, _ := (Lexicon{}).Read(text, language, []string{"yes", "no"}); got != want || ok != (want != "") {
			t.Errorf("%q is read as %q (sure: %v), want %q", text, got, ok, want)
		}
	}
}

// A wrong number that is denied is none, whatever the language that the words are in.
func TestNoWrongNumber(t *testing.T) {
	for text, want := range map[string]bool{
		"no, número equivocado": true, "no wrong number": true, "não, é engano": true, "no, ha sbagliato numero": true, "non mauvais numéro": true, "no you have the wrong number": true,
		"no es el número equivocado": false, "no tiene el número equivocado": false, "não é o número errado": false, "não é engano": false, "non è il numero sbagliato": false,
		"non hai sbagliato numero": false, "no its not the wrong number": false, "it is not a wrong number": false,
	} {
		for _, language := range languages {
			if _, ok, _ := (Lexicon{}).Read(text, language, []string{"wrong_number"}); ok != want {
				t.Errorf("%s: %q is read as a wrong number: %v", language, text, ok)
			}
		}
	}
}

// Only what the question listens for is read, and whatever has words may be known
// to a slower classifier.
func TestLexiconListens(t *testing.T) {
	for _, c := range []struct {
		text    string
		intents []string
		want    string
		later   bool
	}{
		{"yes", []string{"no", "yes"}, "yes", false},
		{"yes", []string{"no"}, "", true},
		{"the box is wet", []string{"yes", "no"}, "", true},
		{"...", []string{"yes", "no"}, "", false},
		{"thanks", []string{"yes", "no"}, "", true},
		{"not received", []string{"yes", "no"}, "no", false},
		{"didn't get it", []string{"no"}, "", true}, // the code, perhaps: nothing is denied
		{"no, didn't get it", []string{"no"}, "no", false},
		{"yes done", []string{"done"}, "done", false},
		{"yes done", []string{"no", "yes"}, "yes", false},
		{"no wrong number", []string{"wrong_number"}, "wrong_number", false},
		{"wrong numbers", []string{"wrong_number"}, "", true},
		{"definately", []string{"yes"}, "", true}, // a slip: only Skim takes it
		{"not now", []string{"no", "yes"}, "", true},
		{"wrong number?", []string{"wrong_number"}, "", true},
		{"done?", []string{"done"}, "", true},
		{"not now", []string{"no", "later", "yes"}, "later", false},
	} {
		got, ok, later := Lexicon{}.Read(c.text, "es", c.intents)
		if got != c.want || ok != (c.want != "") || later != c.later {
			t.Errorf("%q for %v: %q, %v, %v", c.text, c.intents, got, ok, later)
		}
	}
}

// TestSkim: a text is read by its beginning where nothing after it could turn that
// round, and a slip is no bar.
func TestSkim(t *testing.T) {
	for text, want := range map[string]string{
		"yes i need to know my balance": "yes", "no thats all thank you": "no", "Yes, the driver left it with my neighbour": "yes",
		"definately": "yes", "sounds good": "yes", "ok will do": "yes", "yesplease": "yes", "nothing else thanks": "no", "no thanks for your wonderful help": "no", "sure no problem": "yes",
		"sí, lo dejaron con el vecino": "yes", "oui le voisin l'a pris": "yes", "ja der nachbar hat es angenommen": "yes",
		// what follows may turn it round, or asks, or is another answer
		"yes but it is broken": "", "yes except the lid": "", "yes i never got it": "", "yes, do you deliver on sundays?": "", "yes where is it": "", "yes after i get my refund": "",
		"no its fine": "", "no that was me": "", "no i got it": "", "no wait yes": "", "yes can i talk to someone": "", "yes later": "", "yes 2": "", "no 5 main street": "",
		"no queries": "no", "no toppings": "no", "no it is broken": "no", "no scratches": "", "no esta roto": "", "no everything perfect": "", "now": "", "know what": "", "not bad": "", "ok": "", "ok thanks": "", "ok the box is empty": "", "ok no": "", "ok i didnt get it": "",
		"ok sam": "yes", "no rory": "no", "perfect, thank you Charlie": "yes", "ok sam it is broken": "", "im david": "", "its anna": "", "sam": "", "iam david": "",
		"ok thanks will do": "yes", "ok thanks sam": "", "no thanks thats perfect": "", "no thats perfect": "", "no, thanks to sam it came": "",
		"please carry on": "yes", "it would be great if it came": "", "i will wait": "", "i will wait for it": "", "sure i will wait": "yes", "please replace it": "", "i dont have any issues": "", "i dont have any more questions": "no", "rather not": "no",
		// an ok that was considered is more than a nod; a polite no after one declines
		"hmm ok": "yes", "well okay": "yes", "hmmk": "yes", "oh ok": "", "hmm": "", "hmm ok thanks": "", "hmm ok no": "",
		"ok no thanks": "no", "okay no need": "no", "ok thank you no thanks": "no", "ok no thanks its fine": "", "ok no way": "", "ok nothing": "", "ok gracias": "",
		// slips and words written together
		"nothign else": "no", "nothink more": "no", "nothans": "no", "nothanx": "no", "nomore questions": "no", "mo thanks": "no", "bo thank you": "no", "nodone": "no", "noproblem": "", "noted": "", "notable": "", "mothers": "",
		// declining without a no, and conditions that are none
		"i don't think so, thanks": "no", "i don't think so": "", "there is nothing more": "no", "there is nothing broken": "", "no no": "no", "no no it was me": "",
		"yes if possible": "yes", "yes if you insist": "yes", "yes if it comes": "", "yes if you bring it back": "",
		"please confirm my booking": "yes", "confirm the appointment please": "yes", "please confirm my booking is not lost": "", "this is the correct address": "yes", "this is not the correct address": "",
		// a no said twice is no clearer, and a si inside may be if
		"no no its fine": "", "no nope all good": "", "confirme si llega": "", "perfecto sí gracias": "yes", "perfecto, sí, mañana no puedo": "",
		"yes said nobody": "", "yes 🙄": "", "sure 😂": "", "yes 😊": "yes", "nope 🙄": "", "thats all": "", "im good": "", "si llega manana": "", "sino": "", "i am looking for my parcel": "", "nothing is broken": "", "it is not damaged": "", "no me quejo": "",
	} {
		got, ok := Lexicon{}.Skim(text, "en", []string{"no", "yes"})
		if got != want || ok != (want != "") {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
}

// A yes is none when what follows may be a mistyped not.
func TestSkimOfAMistypedNot(t *testing.T) {
	for _, text := range []string{"definitely nto", "absolutely nt me", "certainly nit", "surelyn ot", "claro que nso", "absolument ps", "absolument aps", "sicher nciht", "natürlich nich", "ovviamente nno", "certo che noo"} {
		if got, ok := (Lexicon{}).Skim(text, "en", []string{"no", "yes"}); ok && got != "no" {
			t.Errorf("%q is read as %s", text, got)
		}
	}
	for _, text := range []string{"definitely the best driver", "absolutely nice people", "claro que el paquete llego", "natürlich der nachbar hat es"} {
		if got, _ := (Lexicon{}).Skim(text, "en", []string{"no", "yes"}); got != "yes" {
			t.Errorf("%q is read as %q", text, got)
		}
	}
}

// TestSkimAbroad: in each language an offer is declined without its bare no, and what
// was asked is told to go ahead; the same words about something else say nothing.
func TestSkimAbroad(t *testing.T) {
	for language, texts := range map[string]map[string]string{
		"es": {"no hay nada más": "no", "creo que no, gracias": "no", "creo que no": "", "por ahora no gracias": "no", "nada más por hoy": "no", "confirme la cita por favor": "yes",
			"pues ok": "yes", "ok no gracias": "no", "ok no": "", "no hay nada roto": "", "confirme si la cita es hoy": "", "confirmo si llega": "", "perfecto, sí, mañana no puedo": "", "perfecto sí gracias": "yes", "claro que sí vale": "yes"},
		"fr": {"je n'ai besoin de rien d'autre": "no", "je ne pense pas, merci": "no", "je ne pense pas": "", "pas pour le moment merci": "no", "confirmez le rendez-vous svp": "yes",
			"ok non merci": "no", "rien de cassé": ""},
		"de": {"ich brauche sonst nichts": "no", "nichts weiter danke": "no", "ich glaube nicht, danke": "no", "ich glaube nicht": "", "bestätigen Sie den Termin bitte": "yes",
			"ok nein danke": "no", "nichts kaputt": ""},
		"pt": {"não tenho mais nada": "no", "acho que não, obrigado": "no", "acho que não": "", "por enquanto não obrigada": "no", "pode confirmar a consulta": "yes",
			"ok não obrigado": "no", "nada quebrado": ""},
		"it": {"non ho altro": "no", "credo di no, grazie": "no", "credo di no": "", "per ora no grazie": "no", "confermi l'appuntamento": "yes",
			"ok no grazie": "no", "niente di rotto": ""},
	} {
		for text, want := range texts {
			if got := asked(text, language, []string{"no", "yes"}); got != want {
				t.Errorf("%s: %q is read as %q, want %q", language, text, got, want)
			}
		}
	}
}

// Every built-in intent has words in every language, and no phrase means two things.
func TestLists(t *testing.T) {
	l, err := readLists(wordFiles)
	if err != nil {
		t.Fatal(err)
	}
	for phrase, m := range l.phrases {
		switch m & intents {
		case 0, yes, no, help, agent, later, done, thanks, wrongNumber, yes | done:
		default:
			t.Errorf("%q carries two intents (%b)", phrase, m)
		}
		if m&intents != 0 && m&unclear != 0 || m&(yes|assent) != 0 && m&(no|refusal) != 0 {
			t.Errorf("%q means one thing and another (%b)", phrase, m)
		}
		if _, consent := flows.ConsentWord(phrase); consent && m&(later|done) != 0 {
			t.Errorf("%q is a word of the rules on consent and never heard", phrase)
		}
		if flows.Fold(phrase) != phrase {
			t.Errorf("%q is not folded and never matches", phrase)
		}
	}
	for _, wrong := range []string{"yes: yes\nyess: yep", "yes: (yes|of (course|all))", "yes: yes (it did", "yes: yes) it did"} {
		if _, err := readLists(fstest.MapFS{"words/en.txt": {Data: []byte(wrong)}}); err == nil {
			t.Errorf("%q was read", wrong)
		}
	}
}

func FuzzLexicon(f *testing.F) {
	f.Add("yes")
	f.Add("nooo wait")
	f.Fuzz(func(t *testing.T, text string) {
		if intent, ok, _ := (Lexicon{}).Read(text, "en", []string{"no", "yes"}); ok && intent != "no" && intent != "yes" {
			t.Errorf("%q is read as %q, which nobody asked for", text, intent)
		}
		read, certain, _ := Lexicon{}.Read(text, "en", []string{"no", "yes"})
		if skimmed, ok := (Lexicon{}).Skim(text, "en", []string{"no", "yes"}); certain && ok && skimmed != read {
			t.Errorf("%q is read as %s by every word, and as %s by its head", text, read, skimmed)
		}
	})
}

func BenchmarkLexicon(b *testing.B) {
	for name, text := range map[string]string{"plain": "Yes it did, thanks", "mistyped": "yess i recieved it alredy thnak you", "other": "my neighbour took it in and the box looks wet on one side",
		"beginning": "no thats all thank you for your help, have a nice day", "long": "could somebody please tell me why the parcel that i ordered two weeks ago is still not here and what you are going to do about it now because i need it"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, ok, _ := (Lexicon{}).Read(text, "en", []string{"no", "yes"}); !ok {
					Lexicon{}.Skim(text, "en", []string{"no", "yes"})
				}
			}
		})
	}
}

func ExampleLexicon() {
	intent, ok, _ := Lexicon{}.Read("Yeah it did!", "en", []string{"no", "yes"})
	fmt.Println(intent, ok)
	// Output: yes true
}

func BenchmarkLists(b *testing.B) {
	for b.Loop() {
		if _, err := readLists(wordFiles); err != nil {
			b.Fatal(err)
		}
	}
}
