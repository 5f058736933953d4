package conversation

import (
	"regexp"

	"parley/flows"
)

// missingCode are the texts by which customers say that a code has not come, or ask for
// it once more, folded and without marks. They are whole texts: what says more is for
// somebody to read.
var missingCode = regexp.MustCompile(`^(?:(?:please|pls|hi|hello|hola|bonjour|hallo|ola|ciao|por favor|bitte) )?(?:` +
	`(?:can you |could you )?(?:resend|send again)(?: me)?(?: it| the code| my code| code)?(?: again)?|` +
	`(?:can you |could you )?send(?: me)? (?:it|the code|my code|code) (?:again|once more)|` +
	`(?:(?:can i |could i )?(?:get|have) |(?:i )?(?:need|want) |send(?: me)? )?(?:a new|another|new) code|` +
	`(?:i )?(?:did not|didnt|never|have not|havent|dont) (?:get|got|receive|received|see|have) (?:it|the code|my code|a code|any code|code)(?: yet)?|` +
	`(?:the |my )?code (?:has not|hasnt|did not|didnt|never) (?:come|came|arrive|arrived)(?: yet)?|` +
	`no code(?: yet| came| received| here)?|(?:the |my )?code not received|where is (?:the|my) code|wheres (?:the|my) code|` +
	`no (?:me )?(?:ha )?(?:llego|llegado|recibi|recibido)(?: (?:el|mi|ningun) codigo)?|no he recibido (?:el|mi|ningun) codigo|no me ha llegado(?: el codigo)?|` +
	`(?:reenvie|reenviar|reenvia|reenvien|reenvieme|reenviame)(?: el codigo)?|(?:envieme|enviame|mandeme|mandame|envie|manda) (?:el codigo )?(?:otra vez|de nuevo)|(?:necesito |quiero )?(?:otro|un nuevo|nuevo) codigo|` +
	`(?:je )?(?:nai )?(?:pas|rien) recu(?: (?:le|mon|de) code)?|(?:renvoyer|renvoyez|renvoie|renvoyez moi)(?: (?:le|mon) code| code)?|(?:un )?(?:nouveau|autre) code|` +
	`(?:ich habe )?(?:den|meinen|keinen) code (?:noch )?(?:nicht )?(?:bekommen|erhalten)|kein code(?: da| gekommen| bekommen| erhalten)?|(?:den )?code (?:bitte )?(?:nochmal|noch mal|nochmals|erneut) (?:senden|schicken)|(?:der |mein )?code (?:kam|ist) nicht(?: an| gekommen| da)?|(?:einen )?neuen code|` +
	`nao (?:recebi|chegou)(?: (?:o|meu|nenhum) codigo)?|(?:reenviar|reenvie|reenvia)(?: (?:o )?codigo)?|(?:mande|manda|envie|envia) (?:o codigo )?(?:de novo|outra vez)|(?:preciso de )?(?:outro|um novo|novo) codigo|` +
	`non ho ricevuto(?: (?:il|il mio|nessun) codice)?|non (?:mi )?e arrivato(?: il codice)?|(?:rimandi|rimanda|reinvia|reinviare|rinvia|rimandate)(?: il codice)?|(?:un )?(?:altro|nuovo) codice` +
	`)(?: please| pls| por favor| svp| sil vous plait| bitte| per favore)?$`)

// longestMissing is how long such a text is at most, in bytes.
const longestMissing = 80

// missing has the newest good code sent once more when its customer says that it has not
// come: once, and within the limits of its sends. It is the same code to the same phone,
// so that a forged text gets nothing by it. What fits an open question answers that.
func (s *step) missing(e Event, said flows.Said) bool {
	if len(said.Text) > longestMissing || len(said.Media) > 0 || !missingCode.MatchString(words(said.Text)) {
		return false
	}
	if front, open := s.consider(s.front(), said); open && front.reading.Fits {
		return false
	}
	at := s.written(e)
	for i := len(s.c.State.Codes) - 1; i >= 0; i-- {
		live := s.c.State.Codes[i]
		if at < live.At || s.env.Now >= live.Until {
			continue
		}
		if live.Again {
			return false
		}
		s.record(Decision{About: "verification", Choice: "send again", Why: "the customer says that the code has not come", Run: live.Run})
		s.askedAgain(i)
		return true
	}
	return false
}

func (s *step) askedAgain(i int) {
	codes := append([]LiveCode(nil), s.c.State.Codes...)
	codes[i].Again = true
	s.c.State.Codes = codes
	s.job(Job{Kind: JobResend, Run: codes[i].Run, Data: map[string]any{"challenge": codes[i].Challenge}})
}

// notAgain tells a customer that their code cannot be sent once more, or not yet.
func (s *step) notAgain(v Verified) {
	s.record(Decision{About: "verification", Choice: "not sent again", Why: "its sends are used up, or the last was a moment ago"})
	if s.env.Consent.State != OptedOut {
		s.send(draft{class: flows.Alert, text: ownText("code_waits", s.spoken(v.Challenge), s.env.Line)})
	}
}
