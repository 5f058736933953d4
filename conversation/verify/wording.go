package verify

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"parley/conversation"
	"parley/flows"
	"parley/outbound/segment"
)

// phrases are what a text with a code says, by language. It names the business and
// what the code does, and says never to share it; it holds no link and no phone
// number. Half of the people asked forwarded a code to a stranger; with such words
// one in twelve did (Siadati, Nguyen, Gupta, Jakobsson, Memon: Mind your SMSes, 2017).
// All are GSM-7, and one segment with a brand of 20 characters and an origin of 20.
var phrases = map[string]phrase{
	"en": {
		text: "{brand}: {code} is your code {purpose}. Never share it, even with us.", deny: " Not you? Reply NO.",
		purposes: map[Purpose]string{Login: "to log in", PasswordReset: "to RESET YOUR PASSWORD", Payment: "to confirm a payment",
			AccountUnlock: "to UNLOCK YOUR ACCOUNT", NumberChange: "to change your phone number", Custom: "to confirm it is you"},
		pay:    "to pay {amount} to {payee}",
		amount: "to pay {amount}", brief: "{brand}: {code} {purpose}. Never share it.",
	},
	"es": {
		text: "{brand}: {code} es su codigo {purpose}. No lo comparta, ni con nosotros.", deny: " No fue usted? Responda NO.",
		purposes: map[Purpose]string{Login: "para entrar", PasswordReset: "para CAMBIAR SU CLAVE", Payment: "para confirmar un pago",
			AccountUnlock: "para DESBLOQUEAR SU CUENTA", NumberChange: "para cambiar su telefono", Custom: "para confirmar que es usted"},
		pay:    "para pagar {amount} a {payee}",
		amount: "para pagar {amount}", brief: "{brand}: {code} {purpose}. No lo comparta.",
	},
	"fr": {
		text: "{brand}: {code} est votre code {purpose}. Ne le donnez à personne, ni à nous.", deny: " Pas vous? Répondez NON.",
		purposes: map[Purpose]string{Login: "de connexion", PasswordReset: "pour CHANGER VOTRE MOT DE PASSE", Payment: "pour confirmer un paiement",
			AccountUnlock: "pour DÉBLOQUER VOTRE COMPTE", NumberChange: "pour changer de numéro", Custom: "de confirmation"},
		pay:    "pour payer {amount} à {payee}",
		amount: "pour payer {amount}", brief: "{brand}: {code} {purpose}. Ne le donnez à personne.",
	},
	"de": {
		text: "{brand}: {code} ist Ihr Code {purpose}. Niemandem weitergeben, auch nicht uns.", deny: " Nicht Sie? Antworten Sie NEIN.",
		purposes: map[Purpose]string{Login: "zum Anmelden", PasswordReset: "für EIN NEUES PASSWORT", Payment: "für eine Zahlung",
			AccountUnlock: "zum ENTSPERREN", NumberChange: "für die neue Nummer", Custom: "zur Bestätigung"},
		pay:    "für {amount} an {payee}",
		amount: "für {amount}", brief: "{brand}: {code} {purpose}. Niemandem weitergeben.",
	},
	"pt": {
		text: "{brand}: {code} é o seu codigo {purpose}. Nunca o partilhe, nem connosco.", deny: " Nao foi voce? Responda NAO.",
		purposes: map[Purpose]string{Login: "para entrar", PasswordReset: "para MUDAR A SUA SENHA", Payment: "para confirmar um pagamento",
			AccountUnlock: "para DESBLOQUEAR A CONTA", NumberChange: "para mudar de numero", Custom: "de confirmacao"},
		pay:    "para pagar {amount} a {payee}",
		amount: "para pagar {amount}", brief: "{brand}: {code} {purpose}. Nunca o partilhe.",
	},
	"it": {
		text: "{brand}: {code} è il suo codice {purpose}. Non lo dia a nessuno, neanche a noi.", deny: " Non è lei? Risponda NO.",
		purposes: map[Purpose]string{Login: "per accedere", PasswordReset: "per CAMBIARE LA PASSWORD", Payment: "per un pagamento",
			AccountUnlock: "per SBLOCCARE IL CONTO", NumberChange: "per cambiare numero", Custom: "di conferma"},
		pay:    "per pagare {amount} a {payee}",
		amount: "per pagare {amount}", brief: "{brand}: {code} {purpose}. Non lo dia a nessuno.",
	},
}

// phrase is one language's words.
type phrase struct {
	text, deny string
	purposes   map[Purpose]string
	pay        string // of a payment whose amount and payee are known
	amount     string // the same, without the payee
	brief      string // the text in fewer words
}

// wording is what a text with a code is made of.
type wording struct {
	brand, language string
	purpose         Purpose
	about           *Paying // nil: not said
	autofill        Autofill
	digits          int
	canReply        bool
}

// wordingOf is what a challenge's text is made of when it leaves by this line.
func wordingOf(c Challenge, line conversation.Line) wording {
	return wording{brand: cmp.Or(line.Brand.Name, line.Number), language: cmp.Or(c.Language, line.Language), purpose: c.Purpose,
		about: c.About, autofill: c.Autofill, digits: c.Digits, canReply: !line.OneWay}
}

// Paying is what a payment's code confirms, as the text shows it.
type Paying struct{ Amount, Payee string }

// Autofill asks for a last line by which a phone fills the code in.
type Autofill struct {
	// Origin is the page's host: the last line is "@host #code", which browsers give to
	// that origin only (WICG, Origin-bound one-time codes delivered via SMS).
	Origin string `json:"origin,omitempty" maxLength:"40" doc:"Host of the page that asks for the code: the text ends in a line that only this origin can read (@host #code)."`
	// App is the 11 characters of Android's SMS Retriever API.
	App string `json:"app,omitempty" maxLength:"11" doc:"Hash of the Android app that reads the code (SMS Retriever): 11 characters."`
}

var (
	originHost = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?\.)+[a-z]{2,24}$`)
	appHash    = regexp.MustCompile(`^[A-Za-z0-9+/]{11}$`)

	errOrigin = fmt.Errorf("%w: autofill.origin: want a host such as login.example.com", ErrAsked)
	errApp    = fmt.Errorf("%w: autofill.app: want the 11 characters of the app's hash", ErrAsked)
	errBoth   = fmt.Errorf("%w: autofill: name an origin or an app, not both", ErrAsked)
)

func (a Autofill) check() error {
	switch {
	case a.Origin != "" && a.App != "":
		return errBoth
	case a.Origin != "" && !originHost.MatchString(a.Origin):
		return errOrigin
	case a.App != "" && !appHash.MatchString(a.App):
		return errApp
	}
	return nil
}

// line is what the text ends in. In the origin's line the code stands without a gap.
func (a Autofill) line() string {
	switch {
	case a.Origin != "":
		return "\n@" + a.Origin + " #" + conversation.CodeBlank
	case a.App != "":
		return "\n" + a.App
	}
	return ""
}

// mostForApps is how many bytes of a text Android's SMS Retriever reads.
const mostForApps = 140

// mostShown is how much of a name is shown, in characters: a stranger may have chosen it.
const mostShown = 24

// MostSegments is how many segments the longest text with a code takes by a line, without
// a last line for a page or an app.
func MostSegments(line conversation.Line) int {
	most := 0
	for _, purpose := range Purposes {
		_, n := wordingOf(Challenge{Purpose: purpose, Digits: rules[purpose].digits}, line).write()
		most = max(most, n)
	}
	return most
}

// form is one way of writing a text.
type form struct {
	folded bool // names in letters that texts have, where there are such
	brief  bool
	payee  bool // is named
	deny   bool // "Not you? Reply NO."
}

// forms are tried in this order, until one is a single segment: a text in two parts costs
// twice and arrives less. What names letters that texts do not have makes it one of 70
// characters (UCS-2) instead of 160.
var forms = []form{
	{payee: true, deny: true}, {folded: true, payee: true, deny: true},
	{payee: true}, {folded: true, payee: true},
	{folded: true, brief: true, payee: true, deny: true}, {folded: true, brief: true, payee: true},
	{folded: true, deny: true}, {folded: true}, {folded: true, brief: true, deny: true}, {folded: true, brief: true},
}

// write gives the text with blanks for the code, and how many segments it takes with
// one: more than one only where the business's own name is too long for it.
func (w wording) write() (text string, segments int) {
	for _, f := range forms {
		if f.deny && !w.canReply {
			continue
		}
		text = w.in(f) + w.autofill.line()
		full := fill(text, NewSecret(strings.Repeat("0", w.digits)))
		segments = segment.Count(full).Segments
		if segments <= 1 && (w.autofill.App == "" || len(full) <= mostForApps) {
			break
		}
	}
	return text, segments
}

// in is the text in one form, without its last line.
func (w wording) in(f form) string {
	language, _, _ := strings.Cut(w.language, "-")
	p, ok := phrases[language]
	if !ok {
		p = phrases["en"]
	}
	name := shown
	if f.folded {
		name = func(s string) string { return segment.Fold(shown(s)) }
	}
	purpose := p.purposes[w.purpose]
	if w.about != nil {
		pay := p.pay
		if !f.payee {
			pay = p.amount
		}
		purpose = strings.NewReplacer("{amount}", w.about.Amount, "{payee}", name(w.about.Payee)).Replace(pay)
	}
	body := p.text
	if f.brief {
		body = p.brief
	}
	text := strings.NewReplacer("{brand}", name(w.brand), "{code}", conversation.CodeBlank, "{purpose}", purpose).Replace(body)
	if f.deny {
		text += p.deny
	}
	return text
}

// shown is a name as texts have it: it can make no other text of ours, and is short.
func shown(name string) string {
	r := []rune(flows.Defuse(name))
	return strings.TrimSpace(string(r[:min(len(r), mostShown)]))
}

// fill puts the code into its blanks.
func fill(text string, code Secret) string {
	text = strings.ReplaceAll(text, "#"+conversation.CodeBlank, "#"+code.Reveal())
	return strings.ReplaceAll(text, conversation.CodeBlank, grouped(code.Reveal()))
}

// amounts and currencies, as ISO 4217 and people write them.
var (
	amountForm   = regexp.MustCompile(`^[0-9]{1,9}([.,][0-9]{1,3})?$`)
	currencyForm = regexp.MustCompile(`^[A-Z]{3}$`)
)

// payingOf reads what a transaction says of a payment: amount, currency and payee, as
// texts or numbers. nil: it says nothing that can be shown.
func payingOf(transaction map[string]any) *Paying {
	amount := strings.TrimSpace(fmt.Sprint(transaction["amount"]))
	if f, ok := transaction["amount"].(float64); ok {
		amount = strconv.FormatFloat(f, 'f', -1, 64)
		if _, cents, _ := strings.Cut(amount, "."); len(cents) == 1 {
			amount += "0"
		}
	}
	currency, _ := transaction["currency"].(string)
	payee, _ := transaction["payee"].(string)
	if !amountForm.MatchString(amount) || !currencyForm.MatchString(currency) || flows.Defuse(payee) == "" {
		return nil
	}
	return &Paying{Amount: amount + " " + currency, Payee: payee}
}
