package classify

import "strings"

// longestPhrase bounds what longest compares.
const longestPhrase = 40

// The lists are plain text, because they are long and reviewed by people who speak
// the languages: phrases between semicolons, folded.

// cores are the words and phrases that carry an intent wherever they stand among
// fillers. None of them may be turned round by a filler.
var cores = table(coreWords)

var coreWords = map[string]string{
	"yes": `yes; yeah; yep; yup; yea; yess; yas; ye; affirmative; correct; absolutely; definitely; of course; sure;
		yes it did; yeah it did; it did; yes it was; yes i did; i did; yes i do; i do; yes i am; yes it is; yes i will;
		yes it has; it has arrived; it arrived; yes it arrived; arrived; i got it; got it yes; received it; i received it; yes i have;
		yes i got it; yes i received it; that is correct; thats correct; thats right; that is right; that was me; it was me;
		si; sip; claro; claro que si; por supuesto; correcto; afirmativo; efectivamente;
		si llego; ya llego; llego bien; si lo recibi; lo recibi; ya lo recibi; si fui yo; fui yo;
		oui; ouais; ja; jawohl; certo; genau; 👍; 👍👍; ✅`,
	"no": `no; nope; nah; nop; noo; nay; never; negative; no way; absolutely not; definitely not; of course not; not yet; not me;
		no not yet; no it did not; no it didnt; it did not; it didnt; it has not; it hasnt; no it has not; no it hasnt;
		no i did not; no i didnt; i did not; i didnt; no i do not; no i dont; no it was not; no it wasnt; it was not me; it wasnt me;
		that was not me; that wasnt me; not arrived; no it never arrived; it never arrived; never arrived; it never came; not received; did not arrive;
		didnt arrive; has not arrived; hasnt arrived; havent received it; i havent received it; i have not received it; didnt get it; i didnt get it; i did not get it;
		no llego; no ha llegado; no lo recibi; no lo he recibido; todavia no; aun no; claro que no; por supuesto que no; nunca; nunca llego; para nada;
		no fui yo; yo no fui; yo no; negativo;
		non; nein; nao; nee; 👎; 👎👎; ❌`,
	"help":  `help; help me; i need help; need help; can you help; can you help me; info; ayuda; ayudame; ayudeme; necesito ayuda; aide; aidez moi; hilfe; ajuda; aiuto`,
	"agent": `agent; human; operator; representative; a person; real person; a real person; customer service; speak to someone; talk to someone; speak to an agent; talk to an agent; speak to a person; talk to a person; talk to a human; speak to a human; i want to talk to someone; i want to speak to someone; i want to talk to a person; i want to speak to an agent; call me; agente; un agente; humano; una persona; persona real; operador; operadora; hablar con alguien; hablar con un agente; hablar con una persona; quiero hablar con alguien; quiero hablar con un agente; quiero hablar con una persona; conseiller; mitarbeiter; atendente; operatore`,
	"done":  `done; finished; completed; all done; im done; i am done; ready; listo; lista; hecho; terminado; ya esta; termine; fini; fertig; pronto; fatto`,
	"thanks": `thanks; thank you; thx; ty; cheers; thanks a lot; thank you very much; many thanks; much appreciated;
		gracias; muchas gracias; mil gracias; merci; danke; obrigado; obrigada; grazie; 🙏`,
	"wrong_number": `wrong number; you have the wrong number; this is the wrong number; you have a wrong number; wrong person; i dont know you; numero equivocado; se equivoco de numero; se ha equivocado de numero; persona equivocada; mauvais numero; falsche nummer; numero errado; numero sbagliato; sorry wrong number`,
}

// phrases are read only as the whole text: with words around them they could mean
// something else. An empty intent means that the text is known to be unclear.
var phrases = table(map[string]string{
	"yes": `y; sii; ya lo tengo`,
	"no":  `n`,
	"":    `not a problem; no problem; no worries; know; not; right; fine; ok; okay; k; vale; bueno; bien; no no; not no; not never`,
})

// fillers change nothing beside a core of any intent.
var fillers = set(`hi; hello; hey; hola; buenas; buenos dias; buenas tardes; good morning; please; pls; plz; por favor; porfavor;
	sir; maam; madam; senor; senora; guys; friend; amigo; bitte; sorry; perdon;
	today; yesterday; this morning; hoy; ayer; well; um; uh; im sure`)

func table(in map[string]string) map[string]string {
	out := map[string]string{}
	for intent, list := range in {
		for _, phrase := range strings.Split(list, ";") {
			out[strings.Join(strings.Fields(phrase), " ")] = intent
		}
	}
	return out
}

func set(list string) map[string]bool {
	out := map[string]bool{}
	for _, phrase := range strings.Split(list, ";") {
		out[strings.Join(strings.Fields(phrase), " ")] = true
	}
	return out
}

// local are whole texts that are plain in one language and mean something else in
// others ("SIM" asks about a card).
var local = map[string]map[string]string{
	"pt": {"sim": "yes", "s": "yes"},
	"es": {"s": "yes"},
}

// soft intents give way to any other: "no, thanks" is no.
var soft = map[string]bool{"thanks": true}
