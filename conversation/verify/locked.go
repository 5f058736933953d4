package verify

import (
	"context"
	"time"

	"parley/conversation"
	"parley/flows"
)

// lockedTexts are what the customer of a locked account reads instead of a code for a
// new password. It holds no link and no number. All are one GSM-7 segment with a brand
// of 24 characters.
var lockedTexts = map[string]string{
	"en": "{brand}: your account is locked, so we sent no code for a new password. To unlock it, use our app or come to see us. No text can.",
	"es": "{brand}: su cuenta esta bloqueada, por eso no enviamos un codigo. Para desbloquearla use nuestra app o visitenos, nunca un SMS.",
	"fr": "{brand}: votre compte est bloqué, nous n'avons donc pas envoyé de code. Pour le débloquer: notre app ou sur place, jamais par SMS.",
	"de": "{brand}: Ihr Konto ist gesperrt, daher kam kein Code. Entsperren geht in unserer App oder bei uns vor Ort, nie per SMS.",
	"pt": "{brand}: a sua conta esta bloqueada, por isso nao enviamos um codigo. Para desbloquear use a nossa app ou visite-nos, nunca SMS.",
	"it": "{brand}: il suo conto è bloccato, quindi non inviamo un codice. Per sbloccarlo usi la nostra app o venga da noi, mai per SMS.",
}

// lockedAgain is how long nobody is told again that their account is locked, however
// often a code is asked for: whoever asks may be somebody else.
const lockedAgain = 24 * time.Hour

// tellLocked tells the customer why no code comes, once a day. Whoever asked for the
// code learns nothing by it. The text is lost when the process ends between the note
// that it went and its being stored: rather that than twice.
func (s *Service) tellLocked(ctx context.Context, c Challenge, line conversation.Line) error {
	fresh, err := s.Store.Pause(ctx, "locked/"+c.Subject, lockedAgain, "told")
	if err != nil || !fresh {
		return err
	}
	_, err = s.Submit(ctx, []conversation.Event{{
		Kind: conversation.KindMessage, Line: c.Line, Phone: c.Phone, Test: c.Test, Dedupe: "locked/" + c.ID,
		Outgoing: &conversation.Outgoing{Text: spoken(lockedTexts, line, c.Language), Class: flows.Alert},
	}})
	return err
}
