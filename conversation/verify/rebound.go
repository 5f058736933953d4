package verify

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"parley/conversation"
	"parley/flows"
)

// Rebinding is a number that took the place of another, which has not been told.
type Rebinding struct {
	Subject  string
	Previous string // the number before
	Line     string // by which to tell it
	Language string
	At       int64 // Unix ms
}

// changedTexts are what the number before is told. It asks for no answer: nothing would
// act on one. It holds no link and no number, and asks nobody to call: that is what
// those who imitate it would do. All are one GSM-7 segment with a brand of 24 characters.
var changedTexts = map[string]string{
	"en": "{brand}: This is no longer the phone number of your account. Was it not you? Tell us at once, in our app or where you usually reach us.",
	"es": "{brand}: Este ya no es el telefono de su cuenta. No fue usted? Avisenos enseguida, en nuestra app o donde suele contactarnos.",
	"fr": "{brand}: Ce numéro n'est plus celui de votre compte. Pas vous? Dites-le-nous vite, dans notre app ou là où vous nous joignez.",
	"de": "{brand}: Dies ist nicht mehr die Telefonnummer Ihres Kontos. Waren Sie das nicht? Sagen Sie es uns sofort, in der App oder wie sonst auch.",
	"pt": "{brand}: Este ja nao é o telefone da sua conta. Nao foi voce? Avise-nos ja, na nossa app ou onde costuma contactar-nos.",
	"it": "{brand}: Questo non è più il numero del suo conto. Non è stato lei? Ce lo dica subito, nella nostra app o dove ci contatta di solito.",
}

// spoken is one of the texts in a language, or the line's own, else in English, with
// the line's brand in it.
func spoken(texts map[string]string, line conversation.Line, language string) string {
	language, _, _ = strings.Cut(cmp.Or(language, line.Language), "-")
	text, ok := texts[language]
	if !ok {
		text = texts["en"]
	}
	return strings.ReplaceAll(text, "{brand}", shown(cmp.Or(line.Brand.Name, line.Number)))
}

// mostRebound is how many are told in one go.
const mostRebound = 20

// tellPrevious tells numbers that they no longer stand for an account. It is carried
// out again until it worked; whoever is told twice has been told once.
func (s *Service) tellPrevious(ctx context.Context) {
	list, err := s.Store.Rebound(ctx, mostRebound)
	if err != nil {
		return // the loop says so for the codes
	}
	for _, b := range list {
		if err := s.tellOne(ctx, b); err != nil && ctx.Err() == nil {
			s.Log.Warn("a number has yet to be told that it was changed", "error", err)
		}
	}
}

func (s *Service) tellOne(ctx context.Context, b Rebinding) error {
	line, ok := s.Line(b.Line)
	if !ok {
		s.Log.Error("nobody can tell a number that it was changed: its line is gone")
		return s.Store.ToldRebound(ctx, b)
	}
	sum := sha256.Sum256([]byte(b.Subject + "\x00" + b.Previous))
	_, err := s.Submit(ctx, []conversation.Event{{
		Kind: conversation.KindMessage, Line: b.Line, Phone: b.Previous, Test: b.Subject != plain(b.Subject),
		Dedupe:   "rebound/" + hex.EncodeToString(sum[:16]) + "/" + strconv.FormatInt(b.At, 10),
		Outgoing: &conversation.Outgoing{Text: spoken(changedTexts, line, b.Language), Class: flows.Alert},
	}})
	if err != nil {
		return err
	}
	return s.Store.ToldRebound(ctx, b)
}
