package main

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/agentui"
	"parley/conversation/store/storetest"
)

// app is somebody's authenticator: the code of a step.
func app(t *testing.T, secret string, step int64) string {
	t.Helper()
	key, err := base32.StdEncoding.DecodeString(secret)
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha1.New, key)
	mac.Write([]byte{0, 0, 0, 0, byte(step >> 24), byte(step >> 16), byte(step >> 8), byte(step)})
	sum := mac.Sum(nil)
	n := 0
	for _, b := range sum[sum[19]&15:][:4] {
		n = n<<8 | int(b)
	}
	return fmt.Sprintf("%06d", (n&0x7fffffff)%1_000_000)
}

// TestSecondFactor: it is begun with the password, counts once a code has confirmed it, is
// asked for after the password, takes each code once, and goes with a password that
// somebody makes anew.
func TestSecondFactor(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		c := testConfig(url)
		c.PublicURL = ""
		s := serveTest(t, c)
		ann := s.seat("ann", agentui.RoleAgent)
		ann.wants("POST", "totp", typed{"password": "not it"}, http.StatusForbidden)
		ann.wants("PUT", "totp", typed{"code": "000000"}, http.StatusUnprocessableEntity)
		begun := ann.wants("POST", "totp", typed{"password": sentence}, http.StatusOK)
		secret := begun["secret"].(string)
		if !strings.HasPrefix(begun["uri"].(string), "otpauth://totp/Parley:ann?") || !strings.Contains(begun["uri"].(string), secret) {
			t.Errorf("%s", begun["raw"])
		}
		in := func(code string, want int) map[string]any {
			t.Helper()
			return s.desk().wants("POST", "session", typed{"name": "ann", "password": sentence, "code": code}, want)
		}
		in("", http.StatusNoContent) // it is not confirmed yet
		now := time.Now().Unix() / 30
		ann.wants("PUT", "totp", typed{"code": app(t, secret, now+4)}, http.StatusUnprocessableEntity)
		ann.wants("PUT", "totp", typed{"code": app(t, secret, now)}, http.StatusNoContent)
		if me := ann.wants("GET", "me", nil, http.StatusOK); me["totp"] != true || strings.Contains(me["raw"].(string), secret) {
			t.Errorf("%s", me["raw"])
		}
		if why := in("", http.StatusConflict); why["code"] != "code" {
			t.Errorf("%s", why["raw"])
		}
		wrong := in("000000", http.StatusUnauthorized)
		if other := s.desk().wants("POST", "session", typed{"name": "ann", "password": "wrong", "code": app(t, secret, now+1)}, http.StatusUnauthorized); other["raw"] != wrong["raw"] {
			t.Errorf("%s and %s", wrong["raw"], other["raw"])
		}
		later := func() { // tries are forgotten, and so, after a minute, is which code was taken
			if _, err := ledger(t, url).Exec(`DELETE FROM throttles`); err != nil {
				t.Fatal(err)
			}
		}
		later()
		in(app(t, secret, now), http.StatusUnauthorized) // it was good once
		code := app(t, secret, now+1)
		in(code, http.StatusNoContent)
		in(code, http.StatusUnauthorized)
		ann.wants("DELETE", "totp", typed{"password": sentence, "code": code}, http.StatusForbidden)
		later()
		if _, err := ledger(t, url).Exec(`UPDATE agents SET totp_step = 0`); err != nil {
			t.Fatal(err)
		}
		ann.wants("DELETE", "totp", typed{"password": "not it", "code": code}, http.StatusForbidden)
		ann.wants("DELETE", "totp", typed{"password": sentence, "code": code}, http.StatusNoContent)
		in("", http.StatusNoContent)
	})
}

// TestSecondFactorOfWhoLostIt: a password that the operator makes takes it away.
func TestSecondFactorOfWhoLostIt(t *testing.T) {
	c := testConfig(storetest.URL(t, "sqlite"))
	c.PublicURL = ""
	s := serveTest(t, c)
	ann := s.seat("ann", agentui.RoleAgent)
	secret := ann.wants("POST", "totp", typed{"password": sentence}, http.StatusOK)["secret"].(string)
	ann.wants("PUT", "totp", typed{"code": app(t, secret, time.Now().Unix()/30)}, http.StatusNoContent)
	first, hash, err := agentui.NewPassword()
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := s.house.store.SetPassword(t.Context(), "ann", hash, true); err != nil || !ok {
		t.Fatal(ok, err)
	}
	ann.wants("GET", "me", nil, http.StatusUnauthorized)
	s.desk().wants("POST", "session", typed{"name": "ann", "password": first, "new_password": sentence + "!"}, http.StatusNoContent)
}
