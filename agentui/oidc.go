package agentui

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"parley/conversation/verify"
)

// OIDC lets people sign in by the business's own provider (OpenID Connect Core 1.0,
// authorization code flow with PKCE, RFC 7636). It lets nobody in who is not among the
// agents: who works here, and as what, is Parley's to say.
type OIDC struct {
	Issuer       string // its discovery document is below it
	ClientID     string
	ClientSecret string // "": a public client
	Claim        string // of the ID token that is somebody's name here; of an email, it must be verified
	Title        string // what the button says
	Only         bool   // passwords open nothing
	RedirectURL  string // /console/api/oidc/callback, as the browser reaches it
	Client       *http.Client

	mu       sync.Mutex
	provider *oidc.Provider // nil until it was found
}

// oidcWithin is how long somebody may take at the provider.
const oidcWithin = 10 * time.Minute

var errNobody = errors.New("the provider's answer names nobody who works here")

// found looks the provider up once it is needed: it may be down when Parley starts.
func (o *OIDC) found(ctx context.Context) (*oidc.Provider, *oauth2.Config, context.Context, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	ctx = oidc.ClientContext(ctx, o.Client)
	if o.provider == nil {
		p, err := oidc.NewProvider(ctx, o.Issuer)
		if err != nil {
			return nil, nil, nil, fmt.Errorf("looking up the provider: %w", err)
		}
		o.provider = p
	}
	return o.provider, &oauth2.Config{ClientID: o.ClientID, ClientSecret: o.ClientSecret, Endpoint: o.provider.Endpoint(),
		RedirectURL: o.RedirectURL, Scopes: []string{oidc.ScopeOpenID, "email", "profile"}}, ctx, nil
}

// Ways says how one signs in, to the page that asks it.
type Ways struct {
	Password bool   `json:"password"`
	OIDC     string `json:"oidc"` // what its button says; "": there is none
}

func (a *Auth) ways(w http.ResponseWriter, _ *http.Request) {
	out := Ways{Password: true}
	if a.OIDC != nil {
		out = Ways{!a.OIDC.Only, a.OIDC.Title}
	}
	answer(w, http.StatusOK, out)
}

// toProvider sends a browser there. What it has to bring back stands in a cookie of its
// own: state, nonce and the verifier, each random.
func (a *Auth) toProvider(w http.ResponseWriter, r *http.Request) {
	_, c, _, err := a.OIDC.found(r.Context())
	if err != nil {
		a.refuse(w, r, "oidc_down", err)
		return
	}
	state, nonce, verifier := newSecret(), newSecret(), oauth2.GenerateVerifier()
	http.SetCookie(w, a.oidcCookie(state+"."+nonce+"."+verifier, int(oidcWithin.Seconds())))
	http.Redirect(w, r, c.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), http.StatusSeeOther)
}

// fromProvider signs somebody in who comes back with a code.
func (a *Auth) fromProvider(w http.ResponseWriter, r *http.Request) {
	if !a.counted(w, r, "") {
		return
	}
	kept, err := r.Cookie(a.oidcCookie("", 0).Name)
	http.SetCookie(w, a.oidcCookie("", -1)) // good once
	parts := []string{"", "", ""}
	if err == nil {
		parts = strings.Split(kept.Value, ".")
	}
	q := r.URL.Query()
	switch {
	case len(parts) != 3 || parts[0] == "" || subtle.ConstantTimeCompare([]byte(parts[0]), []byte(q.Get("state"))) != 1:
		a.refuse(w, r, "oidc_stale", errors.New("the state is not the one that was sent"))
		return
	case q.Get("error") != "":
		a.refuse(w, r, "oidc_denied", errors.New("the provider refused"))
		return
	}
	name, subject, err := a.OIDC.who(r.Context(), q.Get("code"), q.Get("iss"), parts[1], parts[2])
	if err != nil {
		a.refuse(w, r, "oidc_down", err)
		return
	}
	ok := verify.GoodAgent(name)
	if ok {
		ok, err = a.Agents.BindOIDC(r.Context(), name, subject)
	}
	switch {
	case err != nil:
		a.refuse(w, r, "oidc_down", err)
	case !ok:
		a.refuse(w, r, "oidc_nobody", errNobody)
	default:
		w.Header().Set("Location", "/console/")
		a.beginWith(w, r, name, a.network(r), http.StatusSeeOther)
	}
}

// who redeems a code and reads whose it is: their name here ("": none), and what the
// provider calls them, which stays theirs when addresses change hands (Core, 5.7).
func (o *OIDC) who(ctx context.Context, code, issuer, nonce, verifier string) (name, subject string, err error) {
	p, c, ctx, err := o.found(ctx)
	if err != nil {
		return "", "", err
	}
	if issuer != "" && issuer != o.Issuer { // RFC 9207
		return "", "", fmt.Errorf("the answer is of the provider %q", issuer)
	}
	tokens, err := c.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		return "", "", fmt.Errorf("redeeming the code: %w", safe(err))
	}
	raw, _ := tokens.Extra("id_token").(string)
	id, err := p.Verifier(&oidc.Config{ClientID: o.ClientID}).Verify(ctx, raw)
	if err != nil {
		return "", "", fmt.Errorf("checking the ID token: %w", err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(nonce)) != 1 {
		return "", "", errors.New("the ID token is an answer to somebody else")
	}
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		return "", "", fmt.Errorf("reading the ID token: %w", err)
	}
	name, _ = claims[o.Claim].(string)
	if o.Claim == "email" && claims["email_verified"] != true {
		name = ""
	}
	return strings.ToLower(name), id.Issuer + " " + id.Subject, nil
}

// safe keeps what a provider wrote out of the log but for its error's code: a body may
// hold anything.
func safe(err error) error {
	var e *oauth2.RetrieveError
	if errors.As(err, &e) {
		return fmt.Errorf("the provider answered %d (%.40q)", e.Response.StatusCode, e.ErrorCode)
	}
	return err
}

// refuse sends a browser back to the page, which says why.
func (a *Auth) refuse(w http.ResponseWriter, r *http.Request, code string, why error) {
	a.Log.Warn("nobody was signed in by the provider", "code", code, "error", why)
	http.Redirect(w, r, "/console/?refused="+code, http.StatusSeeOther)
}

func (a *Auth) oidcCookie(value string, age int) *http.Cookie {
	return &http.Cookie{Name: a.cookieName() + "-oidc", Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: !a.Plain, SameSite: http.SameSiteLaxMode}
}
