package conversation

import "strings"

// consentTexts are what the rules on consent ask us to say, by language; {brand}
// and {contact} are filled in. One GSM-7 segment with a brand of 20 characters.
var consentTexts = map[string]map[string]string{
	"stop": {
		"en": "{brand}: You are unsubscribed and will get no more texts. Reply START to get them again.",
		"es": "{brand}: Ya no recibira mas mensajes. Responda START para volver a recibirlos.",
		"fr": "{brand}: Vous ne recevrez plus de messages. Repondez START pour en recevoir a nouveau.",
		"de": "{brand}: Sie erhalten keine weiteren Nachrichten. Antworten Sie START, um sie wieder zu erhalten.",
		"pt": "{brand}: Voce nao recebera mais mensagens. Responda START para voltar a receber.",
		"it": "{brand}: Non ricevera altri messaggi. Risponda START per riceverli di nuovo.",
	},
	"stop_open": {
		"en": "{brand}: You are unsubscribed. If you meant something else{contact: contact us at }, or reply START.",
		"es": "{brand}: Ya no recibira mensajes. Si queria otra cosa{contact:, contacte }, o responda START.",
	},
	"start": {
		"en": "{brand}: You will get our texts again. Reply HELP for help, STOP to opt out.",
		"es": "{brand}: Volvera a recibir nuestros mensajes. Responda HELP para ayuda, STOP para no recibirlos.",
	},
	"help": {
		"en": "{brand}: You get texts about your orders, bookings and account.{contact: Contact: }. Reply STOP to opt out.",
		"es": "{brand}: Recibe mensajes sobre sus pedidos, citas y cuenta.{contact: Contacto: }. Responda STOP para no recibirlos.",
	},
	"sure": {
		"en": "To be sure: did you mean {choice}? Reply YES or NO.",
		"es": "Para estar seguros: quiso decir {choice}? Responda SI o NO.",
	},
	"number": {
		"en": "Which one do you mean? Please put its number before your answer, for example: {n} YES",
		"es": "A cual se refiere? Ponga su numero antes de la respuesta, por ejemplo: {n} SI",
		"fr": "De laquelle parlez-vous? Mettez son numero avant la reponse, par exemple: {n} OUI",
		"de": "Welche meinen Sie? Bitte setzen Sie die Nummer vor die Antwort, zum Beispiel: {n} JA",
		"pt": "A qual se refere? Ponha o numero antes da resposta, por exemplo: {n} SIM",
		"it": "A quale si riferisce? Metta il numero prima della risposta, per esempio: {n} SI",
	},
	"which": {
		"en": "We asked you two things. Is this your answer to 1 or 2?\n1: {first}\n2: {second}",
		"es": "Le preguntamos dos cosas. Responde a la 1 o a la 2?\n1: {first}\n2: {second}",
	},
}

// consentText gives one of consentTexts, English when the language has none.
func consentText(which, language string, line Line) string {
	language, _, _ = strings.Cut(language, "-")
	text := consentTexts[which][language]
	if text == "" {
		text = consentTexts[which]["en"]
	}
	before, rest, found := strings.Cut(text, "{contact:")
	if found {
		lead, after, _ := strings.Cut(rest, "}")
		if line.Brand.Contact == "" {
			lead = strings.TrimRight(lead, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ: ,")
			after = strings.TrimPrefix(after, ".")
		}
		text = before + lead + line.Brand.Contact + after
	}
	name := line.Brand.Name
	if name == "" {
		name = line.Number
	}
	return strings.ReplaceAll(text, "{brand}", name)
}
