package conversation

import "strings"

// ownTexts are what Parley says of its own, by language: what the rules on consent ask for,
// what clears up an answer, and that somebody will answer. {brand} is filled in, and what
// stands between {contact: and } comes before the brand's contact, where it has one. One
// GSM-7 segment with a brand of 20 characters.
var ownTexts = map[string]map[string]string{
	"stop": {
		"en": "{brand}: You are unsubscribed and will get no more texts. Reply START to get them again.",
		"es": "{brand}: Ya no recibira mas mensajes. Responda START para volver a recibirlos.",
		"fr": "{brand}: Vous ne recevrez plus de messages. Repondez START pour en recevoir a nouveau.",
		"de": "{brand}: Sie erhalten keine weiteren Nachrichten. Antworten Sie START, um sie wieder zu erhalten.",
		"pt": "{brand}: Voce nao recebera mais mensagens. Responda START para voltar a receber.",
		"it": "{brand}: Non ricevera altri messaggi. Risponda START per riceverli di nuovo.",
	},
	"stop_open": {
		"en": "{brand}: You are unsubscribed. Reply START if you meant something else.{contact: Or contact us: }",
		"es": "{brand}: Ya no recibira mensajes. Responda START si queria otra cosa.{contact: O contacte: }",
		"fr": "{brand}: Vous ne recevrez plus de messages. Repondez START si vous vouliez dire autre chose.{contact: Ou contactez: }",
		"de": "{brand}: Sie erhalten keine Nachrichten mehr. Antworten Sie START, wenn Sie etwas anderes meinten.{contact: Kontakt: }",
		"pt": "{brand}: Nao recebera mais mensagens. Responda START se queria dizer outra coisa.{contact: Ou contacte: }",
		"it": "{brand}: Non ricevera altri messaggi. Risponda START se intendeva altro.{contact: O contatti: }",
	},
	"start": {
		"en": "{brand}: You will get our texts again. Reply HELP for help, STOP to opt out.",
		"es": "{brand}: Volvera a recibir nuestros mensajes. Responda HELP para ayuda, STOP para no recibirlos.",
		"fr": "{brand}: Vous recevrez de nouveau nos messages. Repondez HELP pour de l'aide, STOP pour ne plus les recevoir.",
		"de": "{brand}: Sie erhalten unsere Nachrichten wieder. Antworten Sie HELP, wenn Sie Hilfe brauchen, STOP zum Abmelden.",
		"pt": "{brand}: Voltara a receber as nossas mensagens. Responda HELP para ajuda, STOP para nao as receber.",
		"it": "{brand}: Ricevera di nuovo i nostri messaggi. Risponda HELP per aiuto, STOP per non riceverli.",
	},
	"help": {
		"en": "{brand}: You get texts about your orders, bookings and account.{contact: Contact: } Reply STOP to opt out.",
		"es": "{brand}: Recibe mensajes sobre sus pedidos, citas y cuenta.{contact: Contacto: } Responda STOP para no recibirlos.",
		"fr": "{brand}: Vous recevez des messages sur vos commandes, rendez-vous et votre compte.{contact: Contact: } Repondez STOP pour arreter.",
		"de": "{brand}: Sie erhalten Nachrichten zu Bestellungen, Terminen und Konto.{contact: Kontakt: } Antworten Sie STOP zum Abmelden.",
		"pt": "{brand}: Recebe mensagens sobre as suas encomendas, marcacoes e conta.{contact: Contacto: } Responda STOP para nao as receber.",
		"it": "{brand}: Riceve messaggi su ordini, appuntamenti e conto.{contact: Contatto: } Risponda STOP per non riceverli.",
	},
	"sure": {
		"en": "To be sure: did you mean {choice}? Reply YES or NO.",
		"es": "Para estar seguros: quiso decir {choice}? Responda SI o NO.",
		"fr": "Pour etre surs: vouliez-vous dire {choice}? Repondez OUI ou NON.",
		"de": "Zur Sicherheit: meinten Sie {choice}? Antworten Sie JA oder NEIN.",
		"pt": "Para ter a certeza: queria dizer {choice}? Responda SIM ou NAO.",
		"it": "Per essere sicuri: intendeva {choice}? Risponda SI o NO.",
	},
	"yes_no": {
		"en": "Reply YES or NO.",
		"es": "Responda SI o NO.",
		"fr": "Repondez OUI ou NON.",
		"de": "Antworten Sie JA oder NEIN.",
		"pt": "Responda SIM ou NAO.",
		"it": "Risponda SI o NO.",
	},
	"number": {
		"en": "Which one do you mean? Please put its number before your answer, for example: {n} YES",
		"es": "A cual se refiere? Ponga su numero antes de la respuesta, por ejemplo: {n} SI",
		"fr": "De laquelle parlez-vous? Mettez son numero avant la reponse, par exemple: {n} OUI",
		"de": "Welche meinen Sie? Bitte setzen Sie die Nummer vor die Antwort, zum Beispiel: {n} JA",
		"pt": "A qual se refere? Ponha o numero antes da resposta, por exemplo: {n} SIM",
		"it": "A quale si riferisce? Metta il numero prima della risposta, per esempio: {n} SI",
	},
	"denied": {
		"en": "{brand}: Thank you. That code no longer works, and we send no more of them today. Never share a code, even with us.",
		"es": "{brand}: Gracias. Ese codigo ya no vale y hoy no enviaremos mas. Nunca comparta un codigo, ni con nosotros.",
		"fr": "{brand}: Merci. Ce code n'est plus valable et nous n'en enverrons plus aujourd'hui. Ne donnez jamais un code, meme a nous.",
		"de": "{brand}: Danke. Der Code gilt nicht mehr, heute senden wir keinen weiteren. Geben Sie Codes nie weiter, auch nicht an uns.",
		"pt": "{brand}: Obrigado. Esse codigo ja nao vale e hoje nao enviaremos mais. Nunca partilhe um codigo, nem connosco.",
		"it": "{brand}: Grazie. Quel codice non vale piu e oggi non ne invieremo altri. Non dia mai un codice, neanche a noi.",
	},
	"denied_used": {
		"en": "{brand}: Thank you. Somebody had used that code. We are seeing to your account now. Never share a code, even with us.",
		"es": "{brand}: Gracias. Alguien ya uso ese codigo. Nos ocupamos ahora de su cuenta. Nunca comparta un codigo, ni con nosotros.",
		"fr": "{brand}: Merci. Quelqu'un a utilise ce code. Nous nous occupons de votre compte. Ne donnez jamais un code, meme a nous.",
		"de": "{brand}: Danke. Jemand hat den Code benutzt. Wir sehen jetzt nach Ihrem Konto. Geben Sie Codes nie weiter, auch nicht an uns.",
		"pt": "{brand}: Obrigado. Alguem ja usou esse codigo. Estamos a tratar da sua conta. Nunca partilhe um codigo, nem connosco.",
		"it": "{brand}: Grazie. Qualcuno ha usato quel codice. Ci occupiamo ora del suo conto. Non dia mai un codice, neanche a noi.",
	},
	"burned": {
		"en": "{brand}: Never text a code to anyone, even us. That one no longer works. If somebody asked you for it, they are not from {brand}.",
		"es": "{brand}: Nunca envie un codigo a nadie, ni a nosotros. Ese ya no vale. Si alguien se lo pidio, no es de {brand}.",
		"fr": "{brand}: N'envoyez jamais un code, meme a nous. Celui-ci n'est plus valable. Qui vous l'a demande n'est pas de {brand}.",
		"de": "{brand}: Senden Sie Codes an niemanden, auch nicht an uns. Dieser gilt nicht mehr. Wer danach fragte, ist nicht von {brand}.",
		"pt": "{brand}: Nunca envie um codigo a ninguem, nem a nos. Esse ja nao vale. Quem o pediu nao e da {brand}.",
		"it": "{brand}: Non invii mai un codice a nessuno, neanche a noi. Quello non vale piu. Chi lo ha chiesto non e di {brand}.",
	},
	"paused": {
		"en": "{brand}: Somebody entered wrong codes for your account again and again. We send none of this kind for a day. Never share a code.",
		"es": "{brand}: Alguien probo codigos equivocados con su cuenta. Hoy no enviaremos mas de este tipo. No comparta nunca un codigo.",
		"fr": "{brand}: Quelqu'un essaie des codes errones pour votre compte. Nous n'en envoyons plus pendant un jour. Ne les donnez jamais.",
		"de": "{brand}: Jemand probiert falsche Codes bei Ihrem Konto. Einen Tag lang senden wir keine mehr. Geben Sie Codes nie weiter.",
		"pt": "{brand}: Alguem tentou codigos errados na sua conta. Durante um dia nao enviaremos mais. Nunca partilhe um codigo.",
		"it": "{brand}: Qualcuno prova codici sbagliati sul suo conto. Per un giorno non ne inviamo altri. Non dia mai un codice.",
	},
	"wrong_number": {
		"en": "{brand}: Thank you. We will not text this number again. Reply START to undo this.",
		"es": "{brand}: Gracias. No escribiremos mas a este numero. Responda START para anularlo.",
		"fr": "{brand}: Merci. Nous n'ecrirons plus a ce numero. Repondez START pour annuler.",
		"de": "{brand}: Danke. Wir schreiben dieser Nummer nicht mehr. Antworten Sie START, um das aufzuheben.",
		"pt": "{brand}: Obrigado. Nao escreveremos mais para este numero. Responda START para anular.",
		"it": "{brand}: Grazie. Non scriveremo piu a questo numero. Risponda START per annullare.",
	},
	"code_waits": {
		"en": "{brand}: Your code may take a minute. If it does not come, ask for another one where you need it.",
		"es": "{brand}: Su codigo puede tardar un minuto. Si no llega, pida otro donde lo necesita.",
		"fr": "{brand}: Votre code peut prendre une minute. S'il n'arrive pas, demandez-en un autre la ou il vous le faut.",
		"de": "{brand}: Ihr Code kann eine Minute brauchen. Kommt er nicht, fordern Sie ihn dort neu an, wo Sie ihn brauchen.",
		"pt": "{brand}: O seu codigo pode demorar um minuto. Se nao chegar, peca outro onde precisa dele.",
		"it": "{brand}: Il codice puo richiedere un minuto. Se non arriva, ne chieda un altro dove le serve.",
	},
	"handed": {
		"en": "{brand}: Thank you. Somebody will answer you here.",
		"es": "{brand}: Gracias. Alguien le respondera aqui.",
		"fr": "{brand}: Merci. Quelqu'un vous repondra ici.",
		"de": "{brand}: Danke. Jemand wird Ihnen hier antworten.",
		"pt": "{brand}: Obrigado. Alguem lhe respondera aqui.",
		"it": "{brand}: Grazie. Qualcuno le rispondera qui.",
	},
	"handed_closed": {
		"en": "{brand}: Thank you. We answer here from {opens}.",
		"es": "{brand}: Gracias. Respondemos aqui desde {opens}.",
		"fr": "{brand}: Merci. Nous repondons ici a partir de {opens}.",
		"de": "{brand}: Danke. Wir antworten hier ab {opens}.",
		"pt": "{brand}: Obrigado. Respondemos aqui a partir de {opens}.",
		"it": "{brand}: Grazie. Rispondiamo qui da {opens}.",
	},
	"which_code": {
		"en": "Is your NO for 1 or 2?\n1: the code we sent you\n2: {second}",
		"es": "Su NO es para 1 o 2?\n1: el codigo que le enviamos\n2: {second}",
		"fr": "Votre NON est pour 1 ou 2?\n1: le code envoye\n2: {second}",
		"de": "Gilt Ihr NEIN 1 oder 2?\n1: dem Code, den wir sandten\n2: {second}",
		"pt": "O seu NAO e para 1 ou 2?\n1: o codigo que enviamos\n2: {second}",
		"it": "Il suo NO e per 1 o 2?\n1: il codice inviato\n2: {second}",
	},
	"which": {
		"en": "We asked you two things. Is this your answer to 1 or 2?\n1: {first}\n2: {second}",
		"es": "Le preguntamos dos cosas. Responde a la 1 o a la 2?\n1: {first}\n2: {second}",
		"fr": "Nous avons pose deux questions. Repondez-vous a la 1 ou a la 2?\n1: {first}\n2: {second}",
		"de": "Wir haben zwei Fragen gestellt. Gilt Ihre Antwort 1 oder 2?\n1: {first}\n2: {second}",
		"pt": "Fizemos duas perguntas. Responde a 1 ou a 2?\n1: {first}\n2: {second}",
		"it": "Le abbiamo fatto due domande. Risponde alla 1 o alla 2?\n1: {first}\n2: {second}",
	},
}

// ownText gives one of ownTexts, English when the language has none.
func ownText(which, language string, line Line) string {
	language, _, _ = strings.Cut(language, "-")
	text := ownTexts[which][language]
	if text == "" {
		text = ownTexts[which]["en"]
	}
	if before, rest, found := strings.Cut(text, "{contact:"); found {
		lead, after, _ := strings.Cut(rest, "}")
		contact := ""
		if line.Brand.Contact != "" {
			contact = strings.TrimSuffix(lead+line.Brand.Contact, ".") + "."
		}
		text = before + contact + after
	}
	name := line.Brand.Name
	if name == "" {
		name = line.Number
	}
	return strings.ReplaceAll(text, "{brand}", name)
}
