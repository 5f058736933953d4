package inbound

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/conversation/verify"
)

// mountVerifications registers the operations on one-time codes. Those that whoever
// types names into a page can bring about answer evenly.
func (a *API) mountVerifications(api huma.API, guard func(huma.Context, func(huma.Context))) {
	op := func(id, method, path string, status int, summary string) huma.Operation {
		o := operation(guard, id, method, path, "verifications", status, summary)
		o.Errors = append(o.Errors, http.StatusTooManyRequests)
		o.MaxBodyBytes = 16 << 10
		o.Middlewares = append(huma.Middlewares{arriving}, o.Middlewares...)
		return o
	}
	huma.Register(api, op("create-verification", http.MethodPost, "/v1/verifications", http.StatusCreated,
		"Text a one-time code. The answer is the same for a number that cannot be texted, and without to, for a subject that nobody knows: keep the id in the session that asked, show nothing else."), evenly(a.createVerification))
	huma.Register(api, op("check-verification", http.MethodPost, "/v1/verifications/{id}/check", http.StatusOK,
		"Check a code. Wrong, expired, used, unknown and tried too often are answered alike."), evenly(a.checkVerification))
	huma.Register(api, op("resend-verification", http.MethodPost, "/v1/verifications/{id}/resend", http.StatusOK,
		"Text the code once more."), evenly(a.resendVerification))
	huma.Register(api, op("get-verification", http.MethodGet, "/v1/verifications/{id}", http.StatusOK,
		"Read where a verification stands, and why. For the business's eyes: what it says of a number must not reach whoever asks for codes."), a.getVerification)
	huma.Register(api, op("cancel-verification", http.MethodDelete, "/v1/verifications/{id}", http.StatusNoContent,
		"Cancel a code."), evenly(a.cancelVerification))
	huma.Register(api, op("redeem-grant", http.MethodPost, "/v1/grants/redeem", http.StatusOK,
		"Use the grant of an approved password_reset, once, when the new password is set. It is no session, and replaces no second factor. The customer is texted that the password was changed."), a.redeemGrant)
}

// VerificationInput is POST /v1/verifications.
type VerificationInput struct {
	Keyed
	Body struct {
		To          string          `json:"to,omitempty" maxLength:"32" doc:"The customer's phone, E.164. Leave it out when nobody of this name is known: the answer is the same, and nothing is sent." example:"+12025550123"`
		Purpose     string          `json:"purpose" enum:"login,password_reset,payment,account_unlock,number_change,custom"`
		Subject     string          `json:"subject" minLength:"1" maxLength:"128" doc:"Whose code it is, as you call them: one live code for each subject and purpose." example:"user-17"`
		Language    string          `json:"language,omitempty" maxLength:"35" pattern:"^[A-Za-z0-9-]*$" doc:"BCP 47"`
		IP          string          `json:"ip,omitempty" maxLength:"64" doc:"Address of the client that asks: its network has limits of its own. Without it all clients of your key share one count, so that one can use it up for the others, and whoever is refused can tell that others asked."`
		Transaction map[string]any  `json:"transaction,omitempty" doc:"What the code confirms; the check needs the same. amount, currency and payee are shown in the text."`
		Autofill    verify.Autofill `json:"autofill,omitempty"`
		Proof       string          `json:"proof,omitempty" enum:"app,passkey,totp,email,in_person" doc:"Of number_change: by what you know that it is your customer who asks. Without it the number before must have agreed, by a code of number_change given within fifteen minutes."`
		Line        string          `json:"line,omitempty" maxLength:"32"`
		Brand       string          `json:"brand,omitempty" maxLength:"64"`
	}
}

// VerificationBody is a verification as the API shows it.
type VerificationBody struct {
	ID        string    `json:"id"`
	Status    string    `json:"status" enum:"pending,sent,approved,max_attempts,expired,canceled,failed"`
	ExpiresAt time.Time `json:"expires_at"`
	SendsLeft int       `json:"sends_left"`
	Reason    string    `json:"reason,omitempty" doc:"Of failed and canceled; only read by GET."`
	Purpose   string    `json:"purpose,omitempty"`
	Subject   string    `json:"subject,omitempty"`
	Network   string    `json:"network,omitempty" doc:"Where it was asked for: the client's address, or the /64 of an IPv6 one; only read by GET. \"by key_…\" or \"by flow …\": the request named none."`
}

// CheckInput is POST /v1/verifications/{id}/check.
type CheckInput struct {
	ID      string `path:"id" maxLength:"64"`
	RawBody []byte
	Body    struct {
		Code        string         `json:"code" maxLength:"64" doc:"As it was typed."`
		Purpose     string         `json:"purpose" enum:"login,password_reset,payment,account_unlock,number_change,custom"`
		Subject     string         `json:"subject" minLength:"1" maxLength:"128"`
		Transaction map[string]any `json:"transaction,omitempty"`
		IP          string         `json:"ip,omitempty" maxLength:"64"`
	}
}

// CheckedBody is the answer to the right code.
type CheckedBody struct {
	Status string `json:"status" enum:"approved"`
	Grant  string `json:"grant,omitempty" doc:"Of password_reset: good for ten minutes, once, for setting a password."`
}

// ResendInput is POST /v1/verifications/{id}/resend.
type ResendInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body *struct {
		IP string `json:"ip,omitempty" maxLength:"64"`
	} `required:"false"`
}

// OfVerification names a verification.
type OfVerification struct {
	ID string `path:"id" maxLength:"64"`
}

// RedeemInput is POST /v1/grants/redeem.
type RedeemInput struct {
	Body struct {
		Grant string `json:"grant" minLength:"1" maxLength:"128"`
	}
}

// RedeemedBody says what a grant was good for.
type RedeemedBody struct {
	Subject string `json:"subject"`
	Scope   string `json:"scope" example:"set-password"`
}

func (a *API) createVerification(ctx context.Context, in *VerificationInput) (*One[VerificationBody], error) {
	switch {
	case a.Codes == nil:
		return nil, noCodes()
	case !storableText(in.Body.Subject):
		return nil, invalid("subject", "it holds U+0000")
	}
	if err := storable(in.RawBody); err != nil {
		return nil, err
	}
	to, err := a.numberOf(in.Body.To)
	if err != nil {
		return nil, err
	}
	line, err := a.Route(in.Body.Line, in.Body.Brand, to)
	if err != nil && !errors.Is(err, ErrNoRoute) {
		return nil, invalid("line", err.Error())
	} // else no line reaches this number: the code fails later, so that the answer says nothing of the number, nor of whether there is one
	purpose, err := verify.ParsePurpose(in.Body.Purpose)
	if err != nil {
		return nil, invalid("purpose", err.Error())
	}
	key := caller(ctx)
	r := verify.Request{To: to, Line: line, Purpose: purpose, Subject: in.Body.Subject, Language: in.Body.Language, IP: in.Body.IP,
		Transaction: in.Body.Transaction, Autofill: in.Body.Autofill, Proof: in.Body.Proof, Test: key.Test(), By: key.ID}
	if in.IdempotencyKey != "" {
		r.Origin = "api/" + key.ID + "/" + in.IdempotencyKey
	}
	c, err := a.Codes.Create(ctx, r)
	if err != nil {
		return nil, a.verificationError(err)
	}
	return &One[VerificationBody]{shownVerification(c)}, nil
}

// numberOf reads the phone of a request; "" stays "".
func (a *API) numberOf(to string) (string, error) {
	if to == "" {
		return "", nil
	}
	phone, err := a.Phone(to)
	if err != nil {
		return "", invalid("to", err.Error())
	}
	return phone, nil
}

func (a *API) checkVerification(ctx context.Context, in *CheckInput) (*One[CheckedBody], error) {
	if a.Codes == nil {
		return nil, noCodes()
	}
	if !storableText(in.Body.Subject) {
		return nil, a.verificationError(verify.ErrRefused)
	}
	if err := storable(in.RawBody); err != nil {
		return nil, err
	}
	key := caller(ctx)
	grant, err := a.Codes.Check(ctx, verify.Check{ID: in.ID, Code: in.Body.Code, Purpose: verify.Purpose(in.Body.Purpose), Subject: in.Body.Subject,
		Transaction: in.Body.Transaction, IP: in.Body.IP, Test: key.Test(), By: key.ID})
	if err != nil {
		return nil, a.verificationError(err)
	}
	return &One[CheckedBody]{CheckedBody{Status: "approved", Grant: grant.Reveal()}}, nil
}

func (a *API) resendVerification(ctx context.Context, in *ResendInput) (*One[VerificationBody], error) {
	if a.Codes == nil {
		return nil, noCodes()
	}
	if !verify.GoodID(in.ID) {
		return nil, a.verificationError(verify.ErrRefused)
	}
	ip := ""
	if in.Body != nil {
		ip = in.Body.IP
	}
	key := caller(ctx)
	c, err := a.Codes.Resend(ctx, in.ID, ip, key.ID, key.Test())
	if err != nil {
		return nil, a.verificationError(err)
	}
	return &One[VerificationBody]{shownVerification(c)}, nil
}

func (a *API) getVerification(ctx context.Context, in *OfVerification) (*One[VerificationBody], error) {
	if a.Codes == nil {
		return nil, noCodes()
	}
	if !verify.GoodID(in.ID) {
		return nil, huma.Error404NotFound("there is no such verification")
	}
	c, found, err := a.Codes.Look(ctx, in.ID, caller(ctx).Test())
	if err != nil {
		return nil, a.unavailable(err)
	}
	if !found {
		return nil, huma.Error404NotFound("there is no such verification")
	}
	body := shownVerification(c)
	body.Status, body.Reason, body.Purpose, body.Subject, body.Network = string(c.Status), c.Reason, string(c.Purpose), c.Whose(), c.Client
	if c.Decoy() && c.Status.Live() {
		body.Reason = "no_number"
	}
	return &One[VerificationBody]{body}, nil
}

func (a *API) cancelVerification(ctx context.Context, in *OfVerification) (*struct{}, error) {
	if a.Codes == nil {
		return nil, noCodes()
	}
	if !verify.GoodID(in.ID) {
		return nil, nil
	}
	key := caller(ctx)
	if err := a.Codes.Cancel(ctx, in.ID, key.ID, key.Test()); err != nil {
		return nil, a.unavailable(err)
	}
	return nil, nil
}

func (a *API) redeemGrant(ctx context.Context, in *RedeemInput) (*One[RedeemedBody], error) {
	if a.Codes == nil {
		return nil, noCodes()
	}
	r, err := a.Codes.Redeem(ctx, verify.NewSecret(in.Body.Grant), caller(ctx).Test())
	if errors.Is(err, verify.ErrRefused) {
		return nil, huma.Error422UnprocessableEntity("the grant is not accepted")
	}
	if err != nil {
		return nil, a.unavailable(err)
	}
	return &One[RedeemedBody]{RedeemedBody{Subject: r.Subject, Scope: r.Scope}}, nil
}

// shownVerification is what whoever asked may see: nothing that depends on the number.
func shownVerification(c verify.Challenge) VerificationBody {
	return VerificationBody{ID: c.ID, Status: string(verify.Pending), ExpiresAt: time.UnixMilli(c.ExpiresAt).UTC(), SendsLeft: c.SendsLeft()}
}

func noCodes() error {
	return huma.Error503ServiceUnavailable("codes are not configured: see codes.keys in parley.yaml")
}

// verificationError is the answer to what went wrong with a code. There is one text
// for every code that is not accepted.
func (a *API) verificationError(err error) error {
	var limited *verify.LimitedError
	switch {
	case errors.Is(err, verify.ErrRefused):
		return huma.Error422UnprocessableEntity(verify.ErrRefused.Error())
	case errors.Is(err, verify.ErrMalformed):
		return huma.Error400BadRequest(verify.ErrMalformed.Error())
	case errors.As(err, &limited):
		status := huma.Error429TooManyRequests(limited.Error())
		if limited.Live {
			status = huma.Error409Conflict(limited.Error())
		}
		seconds := max(1, int((limited.RetryAfter + time.Second - 1).Seconds()))
		return huma.ErrorWithHeaders(status, http.Header{"Retry-After": {strconv.Itoa(seconds)}})
	case errors.Is(err, verify.ErrAsked):
		return huma.Error422UnprocessableEntity(err.Error())
	}
	return a.unavailable(err)
}
