package agentui

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// A second factor is a time-based one-time password (RFC 6238): SHA-1, six digits, steps of
// thirty seconds, which is what every authenticator app knows. A code of the step before
// or after is taken as well, for clocks that are wrong; none is taken twice.
const (
	totpStep   = 30 // seconds
	totpDrift  = 1  // steps
	totpDigits = 6
)

var base32Plain = base32.StdEncoding.WithPadding(base32.NoPadding)

// newTOTP is a secret of 160 bits, as RFC 4226 recommends.
func newTOTP() string {
	var b [20]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the process instead
	return base32Plain.EncodeToString(b[:])
}

// codeAt is the code of a step.
func codeAt(secret []byte, step int64, digits int) string {
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(step))
	mac := hmac.New(sha1.New, secret)
	mac.Write(counter[:])
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	n := binary.BigEndian.Uint32(sum[at:at+4]) & 0x7fffffff
	most := uint32(1)
	for range digits {
		most *= 10
	}
	return fmt.Sprintf("%0*d", digits, n%most)
}

// stepOf is the step that a code is of, about now; false: it is of none.
func stepOf(secret, code string, now time.Time) (step int64, ok bool) {
	key, err := base32Plain.DecodeString(secret)
	code = strings.ReplaceAll(code, " ", "")
	if err != nil || len(key) == 0 || len(code) != totpDigits {
		return 0, false
	}
	at := now.Unix() / totpStep
	for s := at - totpDrift; s <= at+totpDrift; s++ { // all of them, so that it takes as long
		if subtle.ConstantTimeCompare([]byte(codeAt(key, s, totpDigits)), []byte(code)) == 1 {
			step, ok = s, true
		}
	}
	return step, ok
}

// second takes the code of somebody's app, once. Without a second factor, anything will
// do.
func (a *Auth) second(r *http.Request, p Agent, code string) (bool, error) {
	if p.TOTP == "" {
		return true, nil
	}
	step, ok := stepOf(p.TOTP, code, time.Now())
	if !ok {
		return false, nil
	}
	return a.Agents.SpendTOTP(r.Context(), p.Name, step)
}

// SecondFactor is a secret for an authenticator app, shown once.
type SecondFactor struct {
	Secret string `json:"secret"`
	URI    string `json:"uri"` // otpauth://, which apps open
}

// beginTOTP makes a secret for somebody who gives their password; it counts once a code
// has confirmed it.
func (a *Auth) beginTOTP(w http.ResponseWriter, r *http.Request, _ SignIn, p Agent) {
	var c credentials
	if !read(w, r, &c) || !a.again(w, r, p, c) {
		return
	}
	secret := newTOTP()
	if err := a.Agents.BeginTOTP(r.Context(), p.Name, secret); err != nil {
		a.failed(w, err)
		return
	}
	q := url.Values{"secret": {secret}, "issuer": {"Parley"}}
	answer(w, http.StatusOK, SecondFactor{secret, "otpauth://totp/Parley:" + url.PathEscape(p.Name) + "?" + q.Encode()})
}

// confirmTOTP turns the second factor on, with a code of the app.
func (a *Auth) confirmTOTP(w http.ResponseWriter, r *http.Request, _ SignIn, p Agent) {
	var c credentials
	if !read(w, r, &c) || !a.counted(w, r, p.Name) {
		return
	}
	step, ok := stepOf(p.TOTPBegun, c.Code, time.Now())
	var err error
	if ok {
		ok, err = a.Agents.ConfirmTOTP(r.Context(), p.Name, p.TOTPBegun, step)
	}
	switch {
	case err != nil:
		a.failed(w, err)
	case !ok:
		problem(w, http.StatusUnprocessableEntity, "code", "this is not the code that the app shows now")
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

// endTOTP turns it off, for somebody who gives their password and a code.
func (a *Auth) endTOTP(w http.ResponseWriter, r *http.Request, _ SignIn, p Agent) {
	var c credentials
	if !read(w, r, &c) || !a.again(w, r, p, c) {
		return
	}
	if err := a.Agents.EndTOTP(r.Context(), p.Name); err != nil {
		a.failed(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// again lets somebody on who gives what they sign in with once more; otherwise the answer
// has been given.
func (a *Auth) again(w http.ResponseWriter, r *http.Request, p Agent, c credentials) bool {
	if !a.counted(w, r, p.Name) {
		return false
	}
	c.Name = p.Name
	known, err := a.try(r.Context(), c)
	ok := known != nil
	if err == nil && ok {
		ok, err = a.second(r, *known, c.Code)
	}
	switch {
	case err != nil:
		a.failed(w, err)
	case !ok:
		problem(w, http.StatusForbidden, "wrong", "password or code is wrong")
	}
	return err == nil && ok
}
