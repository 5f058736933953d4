package verify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"parley/outbound/egress"
)

// SwapTimeout bounds one question to a SIM-swap service, and MostSwapBody its answer.
const (
	SwapTimeout  = 5 * time.Second
	MostSwapBody = 64 << 10
)

// Camara asks a mobile operator, or who resells them, by CAMARA's SIM Swap API
// (camaraproject/SimSwap, sim-swap.yaml 2.1.0: POST {URL}/check with phoneNumber in
// E.164 and maxAge in hours, 1 to 2400, answers {"swapped": bool}; with a two-legged
// token the number must be given). URL and Client must be set; Client is egress's.
type Camara struct {
	URL    string // what stands before /check: https://api.example.com/sim-swap/v2
	Client *http.Client
	Token  TokenSource

	breaker breaker
}

// TokenSource gives a bearer token; fresh: the last one was refused.
type TokenSource func(ctx context.Context, fresh bool) (string, error)

var errSwapAnswer = errors.New("the answer of the SIM-swap service cannot be read")

// Changed implements Swaps.
func (c *Camara) Changed(ctx context.Context, phone string, within time.Duration) (bool, error) {
	if !c.breaker.may(time.Now()) {
		return false, errOpen
	}
	swapped, err := c.ask(ctx, phone, within, false)
	if no, ok := errors.AsType[*refusal](err); ok && no.status == http.StatusUnauthorized {
		swapped, err = c.ask(ctx, phone, within, true)
	}
	if no, ok := errors.AsType[*refusal](err); ok && no.ofNumber() {
		err = fmt.Errorf("%w: %w", ErrNumberUnknown, err)
	}
	c.breaker.heard(time.Now(), err == nil || errors.Is(err, ErrNumberUnknown))
	return swapped, err
}

// refusal is an answer other than 200: its status, and CAMARA's code of it, if it has one.
type refusal struct {
	status int
	code   string
}

// Error implements error. It says nothing of the code, which may be any text.
func (r *refusal) Error() string {
	return fmt.Sprintf("the SIM-swap service answered %d", r.status)
}

// ofNumber says that the service answered about the number: it knows nobody of it, or does
// not look so far back (CAMARA's 400, 404 and 422: OUT_OF_RANGE, IDENTIFIER_NOT_FOUND,
// SERVICE_NOT_APPLICABLE). That is no service that fails, or one number could have it left
// alone for all. A 404 without a code comes from a wrong address, and these two codes from a
// token that is bound to one number, whoever is asked about.
func (r *refusal) ofNumber() bool {
	switch r.code {
	case "", "MISSING_IDENTIFIER", "UNNECESSARY_IDENTIFIER":
		return false
	}
	return r.status == http.StatusBadRequest || r.status == http.StatusNotFound || r.status == http.StatusUnprocessableEntity
}

func (c *Camara) ask(ctx context.Context, phone string, within time.Duration, fresh bool) (bool, error) {
	token, err := c.Token(ctx, fresh)
	if err != nil {
		return false, err
	}
	hours := min(max(1, int((within+time.Hour-1)/time.Hour)), 2400)
	body, err := json.Marshal(map[string]any{"phoneNumber": phone, "maxAge": hours})
	if err != nil {
		return false, errSwapAnswer
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(c.URL, "/")+"/check", bytes.NewReader(body))
	if err != nil {
		return false, errors.New("the SIM-swap service's URL cannot be read")
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	var answer struct {
		Swapped *bool `json:"swapped"`
	}
	if err = exchange(c.Client, r, &answer); err != nil {
		return false, err
	}
	if answer.Swapped == nil {
		return false, errSwapAnswer
	}
	return *answer.Swapped, nil
}

// exchange makes one request and decodes its answer, which must be a 200; any other is a
// *refusal. Errors say nothing of what was sent or answered: a number or a token may stand
// in it.
func exchange(client *http.Client, r *http.Request, into any) error {
	answer, err := client.Do(r)
	if err != nil {
		return fmt.Errorf("the SIM-swap service cannot be asked: %s", egress.Reason(err))
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if answer.StatusCode != http.StatusOK {
		var info struct {
			Code string `json:"code"`
		}
		if json.Unmarshal(body, &info) != nil { // or it broke off
			info.Code = ""
		}
		return &refusal{answer.StatusCode, info.Code}
	}
	if err != nil {
		return fmt.Errorf("the SIM-swap service cannot be asked: %s", egress.Reason(err))
	}
	if json.Unmarshal(body, into) != nil {
		return errSwapAnswer
	}
	return nil
}

// StaticToken is a token that does not change.
func StaticToken(token string) TokenSource {
	return func(context.Context, bool) (string, error) { return token, nil }
}

// ClientToken fetches tokens by OAuth 2.0 client credentials (RFC 6749, 4.4) and keeps
// each until half a minute before its end.
func ClientToken(client *http.Client, tokenURL, id, secret, scope string) TokenSource {
	var kept string
	var until time.Time
	one := make(chan struct{}, 1) // one fetches, and the others wait for its token
	return func(ctx context.Context, fresh bool) (string, error) {
		select {
		case one <- struct{}{}:
			defer func() { <-one }()
		case <-ctx.Done():
			return "", errors.New("waiting for a token of the SIM-swap service: timeout")
		}
		if !fresh && time.Now().Before(until) {
			return kept, nil
		}
		form := url.Values{"grant_type": {"client_credentials"}, "scope": {scope}}
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, tokenURL, strings.NewReader(form.Encode()))
		if err != nil {
			return "", errors.New("the token's URL cannot be read")
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret))
		var answer struct {
			Token   string `json:"access_token"`
			Expires int64  `json:"expires_in"`
		}
		if err := exchange(client, r, &answer); err != nil {
			return "", fmt.Errorf("fetching a token: %v", err) // its refusal is none of the service's
		}
		if answer.Token == "" {
			return "", errSwapAnswer
		}
		kept, until = answer.Token, time.Now().Add(time.Duration(answer.Expires-30)*time.Second)
		return kept, nil
	}
}
