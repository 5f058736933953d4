package provider

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"parley/conversation"
	"parley/outbound/segment"
)

// kannel speaks to a Kannel 1.4 smsbox (https://www.kannel.org, user guide,
// chapters "Setting up SMS services" and "Using the HTTP interface to send SMS").
//
// Kannel signs nothing: a secret in the addresses stands in, so bind both sides
// to loopback or a private network. The service that hands us texts is
//
//	group = sms-service
//	keyword = default
//	catch-all = true
//	max-messages = 0
//	omit-empty = true
//	concatenation = true
//	get-url = "https://sms.example.com/webhooks/gw?secret=SECRET&from=%p&to=%P&text=%b&id=%I&time=%T&charset=%C&coding=%c"
//
// (post-url takes the same address.) omit-empty matters: without it Kannel texts
// "<Empty reply from service provider>" to the customer. In the group smsbox,
//
//	http-request-retry = 10000
//	http-queue-delay = 2
//
// matter as much: without them Kannel drops a text that we could not take at once,
// while we are restarted for one. And global-sender must not be there: %P would give
// it instead of the number that the customer texted.
type kannel struct {
	settings Settings
	secrets  []string
	base     string
	client   *http.Client
}

// newKannel needs base_url (of the smsbox, "http://127.0.0.1:13013"), username,
// password and secret. Options: numbers "digits" sends without +, smsc chooses an
// SMSC, dlr_mask replaces 31.
func newKannel(s Settings) (Provider, error) {
	err := need("base_url", s.BaseURL, "username", s.Username, "password", s.Password, "secret", s.Secret)
	if err != nil {
		return nil, err
	}
	if len(s.Secret) < 16 || strings.ContainsFunc(s.Secret, isOdd) {
		return nil, fmt.Errorf("secret must have at least 16 letters, digits, - or _: it is all that protects the webhook")
	}
	base := strings.TrimSuffix(s.BaseURL, "/") + "/cgi-bin/sendsms"
	return &kannel{settings: s, secrets: append([]string{s.Secret}, s.Secrets...), base: base, client: client(s)}, nil
}

// isOdd finds what would have to be escaped in an address: Kannel reads a % in
// dlr-url as one of its own codes.
func isOdd(r rune) bool {
	return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '_'
}

// Receive reads a text or a delivery report; both come in the query. The answer is
// 200 with an empty body: Kannel would text anything else to the customer.
func (k *kannel) Receive(r Request) (Delivery, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if !sameAny(query.Get("secret"), k.secrets) {
		return Delivery{}, ErrSignature
	}
	if err != nil {
		return Delivery{}, fmt.Errorf("%w: the query", ErrMalformed)
	}
	d := Delivery{ContentType: "text/plain"}
	if query.Has("dlr") {
		receipt, err := kannelReceipt(query)
		return d.withReceipt(receipt, err)
	}
	text, err := kannelText(query)
	return d.withText(text, err)
}

func kannelText(query url.Values) (Text, error) {
	t := Text{
		ID: query.Get("id"), From: plus(query.Get("from")), To: plus(query.Get("to")),
		Text: kannelDecode(query.Get("text"), query.Get("charset"), query.Get("coding")), At: kannelTime(query.Get("time")),
	}
	return t, t.check()
}

// plus gives an international number its +; short codes and names stay.
func plus(s string) string {
	s = strings.TrimSpace(s) // a + that arrived unescaped is a space
	if len(s) <= 8 || strings.Trim(s, "0123456789") != "" {
		return s
	}
	return "+" + strings.TrimPrefix(s, "00")
}

// kannelDecode turns the bytes of %b into text, by %C and %c. What cannot be read
// becomes U+FFFD: a customer's text with one damaged character is worth keeping.
func kannelDecode(b, charset, coding string) string {
	charset = strings.ToUpper(charset)
	switch {
	case slices.Contains([]string{"UTF-16BE", "UTF-16", "UCS-2", "ISO-10646-UCS-2"}, charset), charset == "" && coding == "2":
		b = fromUTF16(b)
	case slices.Contains([]string{"ISO-8859-1", "LATIN1", "WINDOWS-1252"}, charset):
		b = fromWindows1252(b)
	}
	return strings.ReplaceAll(strings.ToValidUTF8(b, "\uFFFD"), "\x00", "\uFFFD")
}

// above7F are what Windows-1252 has at 0x80 to 0x9F, where ISO 8859-1 has controls that
// no text holds: what is called ISO 8859-1 is read the same, as browsers do
// (https://encoding.spec.whatwg.org/#names-and-labels).
var above7F = []rune("€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ")

func fromWindows1252(b string) string {
	r := make([]rune, len(b))
	for i := range len(b) {
		if r[i] = rune(b[i]); r[i] >= 0x80 && r[i] <= 0x9F {
			r[i] = above7F[r[i]-0x80]
		}
	}
	return string(r)
}

func fromUTF16(b string) string {
	units := make([]uint16, (len(b)+1)/2)
	for i := range len(b) / 2 {
		units[i] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
	}
	if len(b)%2 != 0 {
		units[len(units)-1] = 0xFFFD // half a character
	}
	return string(utf16.Decode(units))
}

func toUTF16(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		b.WriteByte(byte(u >> 8))
		b.WriteByte(byte(u))
	}
	return b.String()
}

// kannelTime reads %T (seconds since 1970) or %t ("2026-03-01 12:00", UTC).
func kannelTime(s string) time.Time {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n > 0 && n < 1<<40 {
		return time.Unix(n, 0).UTC()
	}
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	return time.Time{}
}

// kannelStatuses maps the bits of dlr-mask: delivered, not delivered, queued on
// the SMSC, accepted by the SMSC, rejected by the SMSC.
var kannelStatuses = map[string]conversation.Status{
	"1": conversation.Delivered, "2": conversation.Failed, "4": conversation.Sent, "8": conversation.Sent, "16": conversation.Failed,
}

// kannelReceipt reads what our own dlr-url asked for. Kannel gives no id when it takes a
// message: ours serves as the provider's.
func kannelReceipt(query url.Values) (conversation.Receipt, error) {
	r := conversation.Receipt{
		ProviderID: query.Get("m"), Message: query.Get("m"),
		Status: kannelStatuses[query.Get("dlr")], Raw: word(query.Get("dlr")),
	}
	if r.Status == conversation.Failed {
		r.Error = kannelError(query.Get("answer"))
	}
	return r, checkIDs(r.ProviderID)
}

// kannelError takes stat and err out of an SMPP receipt ("id:… stat:UNDELIV
// err:039 text:…"), and nothing of its text.
func kannelError(answer string) string {
	answer, _, _ = strings.Cut(answer, "text:")
	var found []string
	for _, field := range strings.Fields(answer) {
		name, value, ok := strings.Cut(field, ":")
		if ok && value != "" && (name == "stat" || name == "err") {
			found = append(found, word(value))
		}
	}
	return strings.Join(found[:min(2, len(found))], " ")
}

// Send asks the smsbox. Kannel cuts long texts into parts by itself.
func (k *kannel) Send(ctx context.Context, o Outgoing) (Accepted, error) {
	if len(o.Media) > 0 {
		return Accepted{}, &Error{Class: Rejected, Code: "no_media"}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, k.base+"?"+k.query(o).Encode(), nil)
	if err != nil {
		return Accepted{}, &Error{Class: Config, Code: "base_url"}
	}
	// A GET over a kept connection would be repeated by net/http when the
	// connection breaks, and the text sent twice.
	r.Close = true
	answer, failed := exchange(k.client, r)
	if failed != nil {
		return Accepted{}, failed
	}
	return kannelAnswer(answer, o.ID)
}

func (k *kannel) query(o Outgoing) url.Values {
	to := o.To
	if k.settings.Options["numbers"] == "digits" {
		to = strings.TrimPrefix(to, "+")
	}
	q := url.Values{"username": {k.settings.Username}, "password": {k.settings.Password}, "from": {o.From}, "to": {to}}
	if segment.Count(o.Text).Encoding == segment.UCS2 {
		q.Set("text", toUTF16(o.Text)) // no charset: Kannel would convert once more
		q.Set("coding", "2")
	} else {
		q.Set("text", o.Text)
		q.Set("coding", "0")
		q.Set("charset", "UTF-8")
	}
	if smsc := k.settings.Options["smsc"]; smsc != "" {
		q.Set("smsc", smsc)
	}
	if !o.ExpiresAt.IsZero() { // in minutes
		q.Set("validity", strconv.Itoa(max(1, int(time.Until(o.ExpiresAt).Minutes()))))
	}
	if o.Callback != "" {
		mask := k.settings.Options["dlr_mask"]
		if mask == "" {
			mask = "31"
		}
		q.Set("dlr-mask", mask)
		q.Set("dlr-url", withQuery(o.Callback, "secret="+url.QueryEscape(k.settings.Secret)+"&m="+url.QueryEscape(o.ID)+"&dlr=%d&answer=%A"))
	}
	return q
}

// kannelAnswer reads "0: Accepted for delivery" and "3: Queued for later delivery"
// as yes. A 503 says that nothing was taken: no bearerbox is connected.
func kannelAnswer(r reply, id string) (Accepted, error) {
	body := strings.TrimSpace(string(r.body))
	if r.status >= 200 && r.status < 300 {
		if strings.HasPrefix(body, "0:") || strings.HasPrefix(body, "3:") {
			return Accepted{IDs: []string{id}}, nil
		}
		return Accepted{}, &Error{Class: Ambiguous, Code: "odd_reply"}
	}
	e := byStatus(r, time.Now())
	if r.status == http.StatusServiceUnavailable {
		e.Class = Temporary
	}
	return Accepted{}, e
}
