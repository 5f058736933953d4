package provider

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/conversation"
	"parley/flows"
)

// twilio speaks Twilio's Programmable Messaging
// (https://www.twilio.com/docs/messaging/api/message-resource). It is no Looker:
// messages cannot be found by an id of ours.
type twilio struct {
	settings Settings
	tokens   []string // live auth tokens: the primary, and others while one is promoted
	base     string
	client   *http.Client
}

// newTwilio needs account_sid and auth_token; the option messaging_service_sid
// sends through a Messaging Service, content_retention: discard has Twilio forget what
// texts said once they are delivered
// (https://www.twilio.com/docs/messaging/api/message-resource). Further secrets are further live auth tokens.
func newTwilio(s Settings) (Provider, error) {
	if err := need("account_sid", s.AccountSID, "auth_token", s.AuthToken); err != nil {
		return nil, err
	}
	if keep := s.Options["content_retention"]; keep != "" && keep != "discard" && keep != "retain" {
		return nil, errors.New("content_retention: want discard or retain") // Twilio refuses every message with another (its error 30029)
	}
	base := s.BaseURL
	if base == "" {
		base = "https://api.twilio.com"
	}
	base = strings.TrimSuffix(base, "/") + "/2010-04-01/Accounts/" + url.PathEscape(s.AccountSID) + "/Messages.json"
	return &twilio{settings: s, tokens: append([]string{s.AuthToken}, s.Secrets...), base: base, client: client(s)}, nil
}

// Receive reads an incoming message or a status callback. The id of our message
// comes back as the query parameter m, which the signature covers.
func (t *twilio) Receive(r Request) (Delivery, error) {
	isForm := strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded")
	form := url.Values{}
	var formErr error
	if isForm {
		form, formErr = url.ParseQuery(string(r.Body))
	}
	if !t.signed(r, form) {
		return Delivery{}, ErrSignature
	}
	if !isForm || formErr != nil {
		return Delivery{}, fmt.Errorf("%w: no form", ErrMalformed)
	}
	d := Delivery{ContentType: "text/xml", Answer: "<Response/>"}
	if status := form.Get("MessageStatus"); status != "" && !strings.HasPrefix(status, "receiv") {
		receipt, err := twilioReceipt(form, r.URL.Query().Get("m"))
		return d.withReceipt(receipt, err)
	}
	text, err := twilioText(form)
	return d.withText(text, err)
}

// signed checks X-Twilio-Signature with every live token, for the address with
// and without its port: proxies disagree about which one Twilio was given.
func (t *twilio) signed(r Request, form url.Values) bool {
	got := r.Header.Get("X-Twilio-Signature")
	if got == "" || r.URL == nil {
		return false
	}
	if want := r.URL.Query().Get("bodySHA256"); want != "" && len(form) == 0 {
		sum := sha256.Sum256(r.Body)
		if !same(strings.ToLower(want), hex.EncodeToString(sum[:])) {
			return false
		}
	} else if len(form) == 0 && len(r.Body) > 0 {
		return false // a body that nothing vouches for
	}
	var expected []string
	for _, address := range withAndWithoutPort(r.URL) {
		for _, token := range t.tokens {
			if token != "" {
				expected = append(expected, twilioSignature(token, address, form))
			}
		}
	}
	return sameAny(got, expected)
}

// twilioSignature computes the signature of
// https://www.twilio.com/docs/usage/security: the address, then every parameter's
// name and values, sorted, each value once.
func twilioSignature(token, address string, form url.Values) string {
	h := hmac.New(sha1.New, []byte(token))
	h.Write([]byte(address))
	names := make([]string, 0, len(form))
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		values := slices.Clone(form[name])
		slices.Sort(values)
		for _, v := range slices.Compact(values) {
			h.Write([]byte(name + v))
		}
	}
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

func withAndWithoutPort(u *url.URL) []string {
	with, without := *u, *u
	with.User, without.User = nil, nil
	with.Fragment, without.Fragment = "", ""
	without.Host = u.Hostname()
	if strings.Contains(without.Host, ":") {
		without.Host = "[" + without.Host + "]" // IPv6
	}
	if u.Port() == "" {
		with.Host = without.Host + map[string]string{"http": ":80", "https": ":443"}[u.Scheme]
	}
	return []string{with.String(), without.String()}
}

func twilioText(form url.Values) (Text, error) {
	t := Text{
		ID: first(form, "MessageSid", "SmsSid"), From: form.Get("From"), To: form.Get("To"),
		Text: form.Get("Body"), OptOut: word(form.Get("OptOutType")),
	}
	if err := checkIDs(t.ID); err != nil {
		return Text{}, err
	}
	n, err := strconv.Atoi(form.Get("NumMedia"))
	if form.Has("NumMedia") && (err != nil || n < 0 || n > maxMedia) {
		return Text{}, fmt.Errorf("%w: NumMedia", ErrMalformed)
	}
	for i := range n {
		t.Media = append(t.Media, flows.Media{
			URL:  form.Get("MediaUrl" + strconv.Itoa(i)),
			Type: form.Get("MediaContentType" + strconv.Itoa(i)),
		})
	}
	return t, t.check()
}

// twilioStatuses maps MessageStatus; what is not in it is kept and changes nothing.
var twilioStatuses = map[string]conversation.Status{
	"accepted": conversation.Queued, "scheduled": conversation.Queued, "queued": conversation.Queued, "sending": conversation.Queued,
	"sent":      conversation.Sent,
	"delivered": conversation.Delivered, "read": conversation.Delivered,
	"undelivered": conversation.Failed, "failed": conversation.Failed, "canceled": conversation.Failed,
}

func twilioReceipt(form url.Values, message string) (conversation.Receipt, error) {
	r := conversation.Receipt{
		ProviderID: first(form, "MessageSid", "SmsSid"), Message: message,
		Status: twilioStatuses[form.Get("MessageStatus")], Raw: word(form.Get("MessageStatus")), Error: word(form.Get("ErrorCode")),
	}
	r.OptedOut, r.Unknown = twilioClasses[r.Error] == OptedOut, r.Error == twilioUnknown
	return r, checkIDs(r.ProviderID, message)
}

// Send posts to the Messages resource.
func (t *twilio) Send(ctx context.Context, o Outgoing) (Accepted, error) {
	form := url.Values{"To": {o.To}, "From": {o.From}, "Body": {o.Text}}
	for _, m := range o.Media {
		form.Add("MediaUrl", m.URL)
	}
	if o.Callback != "" {
		form.Set("StatusCallback", withQuery(o.Callback, "m="+url.QueryEscape(o.ID)))
	}
	if sid := t.settings.Options["messaging_service_sid"]; sid != "" {
		form.Set("MessagingServiceSid", sid)
	}
	if keep := t.settings.Options["content_retention"]; keep != "" {
		form.Set("ContentRetention", keep)
	}
	if !o.ExpiresAt.IsZero() { // 1 to 36,000 seconds
		left := int(time.Until(o.ExpiresAt).Seconds())
		form.Set("ValidityPeriod", strconv.Itoa(max(1, min(left, 36000))))
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, t.base, strings.NewReader(form.Encode()))
	if err != nil {
		return Accepted{}, &Error{Class: Config, Code: "base_url"}
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(t.settings.AccountSID, t.settings.AuthToken)
	answer, failed := exchange(t.client, r)
	if failed != nil {
		return Accepted{}, failed
	}
	return twilioAnswer(answer)
}

// Unlock implements Keeper: with media authentication turned on, Twilio asks for what
// the API asks for (https://www.twilio.com/docs/messaging/api/media-resource).
func (t *twilio) Unlock(r *http.Request) {
	own, err := url.Parse(t.base)
	if err == nil && r.URL.Scheme == own.Scheme && r.URL.Host == own.Host {
		r.SetBasicAuth(t.settings.AccountSID, t.settings.AuthToken)
	}
}

// twilioUnknown means that the number "is unknown and may no longer exist"
// (https://www.twilio.com/docs/api/errors/30005).
const twilioUnknown = "30005"

// twilioClasses maps the codes that say more than the HTTP status
// (https://www.twilio.com/docs/api/errors).
var twilioClasses = map[string]Class{
	"21610": OptedOut,
	"21211": Invalid, "21614": Invalid, "21217": Invalid, "21265": Invalid,
	"21612": Rejected, "21617": Rejected, "21602": Rejected, "21266": Rejected,
	"21408": Config, "21606": Config, "21603": Config, "21659": Config, "20003": Config, "20404": Config, "30002": Config, "30032": Config, "30034": Config,
	"20429": Throttled, "21611": Throttled, "30001": Throttled, "14107": Throttled,
}

func twilioAnswer(r reply) (Accepted, error) {
	var body struct {
		SID  string `json:"sid"`
		Code int    `json:"code"`
	}
	jsonErr := json.Unmarshal(r.body, &body)
	if r.status >= 200 && r.status < 300 {
		if jsonErr != nil || checkIDs(body.SID) != nil {
			return Accepted{}, &Error{Class: Ambiguous, Code: "no_sid"}
		}
		return Accepted{IDs: []string{body.SID}}, nil
	}
	e := byStatus(r, time.Now())
	if body.Code != 0 {
		e.Code = strconv.Itoa(body.Code)
		if class, ok := twilioClasses[e.Code]; ok && r.status < 500 {
			e.Class = class
		}
	}
	return Accepted{}, e
}

// first gives the first of names that has a value.
func first(form url.Values, names ...string) string {
	for _, name := range names {
		if v := form.Get(name); v != "" {
			return v
		}
	}
	return ""
}

// withQuery adds encoded parameters to an address that may have some already.
func withQuery(address, query string) string {
	if strings.Contains(address, "?") {
		return address + "&" + query
	}
	return address + "?" + query
}
