package agentui

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/alexedwards/argon2id"

	"parley/conversation/verify"
)

// Auth signs people in to the console. Its fields are set before Handler.
type Auth struct {
	Agents Agents
	// Plain says that the console is reached by plain http, on this machine alone: its
	// cookie cannot be Secure then.
	Plain bool
	// Proxies are the networks of proxies whose X-Forwarded-For is believed; anybody
	// else's is not.
	Proxies []netip.Prefix
	// OIDC is the business's own way to sign in; nil: there is none.
	OIDC *OIDC
	// Lasting sign-ins do not end by themselves: the demo's clock is put forward by days.
	Lasting bool
	Log     *slog.Logger

	room chan struct{} // for passwords that are being tried
}

// How long somebody stays signed in, and how often a sign-in may be tried.
const (
	idleFor  = 12 * time.Hour
	wholeFor = 7 * 24 * time.Hour
	forEver  = 100 * 365 * 24 * time.Hour

	triesWithin = 15 * time.Minute
	mostByName  = 10
	mostByNet   = 50 // a whole office may share one
	atOnce      = 4  // passwords tried at once: each takes 19 MiB
	mostBody    = 4 << 10
	mostBrowser = 120 // bytes kept of what a browser calls itself
)

// Handler serves /console/api/session, /me, /sessions, /totp, /password, /ways and /oidc/.
func (a *Auth) Handler() http.Handler {
	a.room = make(chan struct{}, atOnce)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /console/api/session", a.signIn)
	mux.HandleFunc("DELETE /console/api/session", a.as(a.signOut))
	mux.HandleFunc("GET /console/api/me", a.as(a.me))
	mux.HandleFunc("GET /console/api/sessions", a.as(a.sessions))
	mux.HandleFunc("DELETE /console/api/sessions/{id}", a.as(a.endSession))
	mux.HandleFunc("POST /console/api/totp", a.as(a.beginTOTP))
	mux.HandleFunc("PUT /console/api/totp", a.as(a.confirmTOTP))
	mux.HandleFunc("DELETE /console/api/totp", a.as(a.endTOTP))
	mux.HandleFunc("PUT /console/api/password", a.as(a.changePassword))
	mux.HandleFunc("GET /console/api/ways", a.ways)
	if a.OIDC != nil {
		mux.HandleFunc("GET /console/api/oidc/start", a.toProvider)
		mux.HandleFunc("GET /console/api/oidc/callback", a.fromProvider)
	}
	return guarded(mux, mostBody)
}

// guarded refuses what comes from another site's page, and bodies over most bytes.
func guarded(next http.Handler, most int64) http.Handler {
	next = http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		r.Body = http.MaxBytesReader(w, r.Body, most)
		next.ServeHTTP(w, r)
	})
}

// credentials are what somebody types.
type credentials struct {
	Name     string `json:"name"`
	Password string `json:"password"`
	New      string `json:"new_password"` // when the password was made for them
	Code     string `json:"code"`         // of their second factor
}

// signIn answers 204 with a cookie, 401 for whatever does not fit (who that is, and
// whether there is such a person, cannot be told by it), 409 when a password of one's own
// has to be set with it or the code of a second factor is wanted, 429 after too many tries.
func (a *Auth) signIn(w http.ResponseWriter, r *http.Request) {
	var c credentials
	if !read(w, r, &c) {
		return
	}
	if a.OIDC != nil && a.OIDC.Only {
		problem(w, http.StatusForbidden, "oidc_only", "passwords open nothing here: "+a.OIDC.Title)
		return
	}
	c.Name = strings.ToLower(strings.TrimSpace(c.Name))
	if !a.counted(w, r, c.Name) {
		return
	}
	network := a.network(r)
	p, err := a.try(r.Context(), c)
	if err == nil && p != nil && p.TOTP != "" && c.Code == "" {
		problem(w, http.StatusConflict, "code", "type the code that your app shows")
		return
	}
	if err == nil && p != nil {
		var ok bool
		if ok, err = a.second(r, *p, c.Code); !ok {
			p = nil
		}
	}
	switch {
	case err != nil:
		a.failed(w, err)
	case p == nil:
		problem(w, http.StatusUnauthorized, "wrong", "name, password or code is wrong")
	case p.Once && c.New == "":
		problem(w, http.StatusConflict, "set_password", "set a password of your own: "+errPassword.Error())
	default:
		if p.Once && !a.setPassword(w, r, p.Name, c.Password, c.New) {
			return
		}
		a.begin(w, r, p.Name, network)
	}
}

// counted counts a try by name and network; false: there were too many, and the answer has
// been given.
func (a *Auth) counted(w http.ResponseWriter, r *http.Request, name string) bool {
	ok, err := a.Agents.TrySignIn(r.Context(), []verify.Hit{
		{Key: "signin/name/" + hashOf(name), Most: mostByName, Per: triesWithin},
		{Key: "signin/net/" + a.network(r), Most: mostByNet, Per: triesWithin},
	})
	switch {
	case err != nil:
		a.failed(w, err)
	case !ok:
		w.Header().Set("Retry-After", "450")
		problem(w, http.StatusTooManyRequests, "too_many", "too many tries: wait some minutes")
	}
	return err == nil && ok
}

// nobody is compared with when there is no such person, so that it takes as long.
const nobody = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// try finds the person whom name and password fit; nil: nobody.
func (a *Auth) try(ctx context.Context, c credentials) (*Agent, error) {
	p, found, err := a.Agents.Agent(ctx, c.Name)
	if err != nil {
		return nil, err
	}
	hash := nobody
	if found && p.DisabledAt == 0 {
		hash = p.Password
	}
	select {
	case a.room <- struct{}{}:
		defer func() { <-a.room }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if len(c.Password) > 4*mostPassword {
		c.Password = ""
	}
	fits, err := argon2id.ComparePasswordAndHash(c.Password, hash)
	if err != nil || !fits || hash == nobody {
		return nil, err
	}
	return &p, nil
}

// begin signs somebody in, in this browser.
func (a *Auth) begin(w http.ResponseWriter, r *http.Request, name, network string) {
	a.beginWith(w, r, name, network, http.StatusNoContent)
}

func (a *Auth) beginWith(w http.ResponseWriter, r *http.Request, name, network string, status int) {
	secret := newSecret()
	if err := a.endHere(r); err != nil {
		a.failed(w, err)
		return
	}
	browser := strings.ToValidUTF8(r.UserAgent(), "")
	s := SignIn{ID: hashOf(newSecret())[:16], Hash: hashOf(secret), Agent: name, Network: network, Browser: browser[:min(len(browser), mostBrowser)]}
	s.Browser = strings.ToValidUTF8(strings.ReplaceAll(s.Browser, "\x00", ""), "")
	if err := a.Agents.BeginSignIn(r.Context(), s); err != nil {
		a.failed(w, err)
		return
	}
	http.SetCookie(w, a.cookie(secret, int(wholeFor.Seconds())))
	w.WriteHeader(status)
}

// endHere ends what this browser was signed in as until now: its cookie is replaced, and
// its other windows are told at their next check.
func (a *Auth) endHere(r *http.Request) error {
	s, p, found, err := a.here(r)
	if err != nil || !found {
		return err
	}
	_, err = a.Agents.EndSignIn(r.Context(), p.Name, s.ID)
	return err
}

// Enter lets whoever holds the secret in as an agent, by a link: for the demo alone, which
// is on this machine.
func (a *Auth) Enter(agent, secret string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.URL.Query().Get("key")), []byte(secret)) != 1 {
			problem(w, http.StatusForbidden, "wrong", "this link is of another demo")
			return
		}
		w.Header().Set("Location", "/console/")
		a.beginWith(w, r, agent, a.network(r), http.StatusSeeOther)
	})
}

// cookie holds what somebody is known by. __Host- binds it to this host and to https.
func (a *Auth) cookie(secret string, age int) *http.Cookie {
	return &http.Cookie{Name: a.cookieName(), Value: secret, Path: "/", MaxAge: age, HttpOnly: true, Secure: !a.Plain, SameSite: http.SameSiteLaxMode}
}

func (a *Auth) cookieName() string {
	if a.Plain {
		return "parley"
	}
	return "__Host-parley"
}

// Who says who is signed in; false: nobody, and the answer has been given.
func (a *Auth) Who(w http.ResponseWriter, r *http.Request) (SignIn, Agent, bool) {
	s, p, found, err := a.here(r)
	switch {
	case err != nil:
		a.failed(w, err)
	case !found:
		problem(w, http.StatusUnauthorized, "sign_in", "sign in first")
	}
	return s, p, err == nil && found
}

// here finds who is signed in in the browser that asks.
func (a *Auth) here(r *http.Request) (s SignIn, p Agent, found bool, err error) {
	c, err := r.Cookie(a.cookieName())
	if err != nil || len(c.Value) > 64 {
		return SignIn{}, Agent{}, false, nil
	}
	return a.signedIn(r.Context(), hashOf(c.Value))
}

// signedIn finds a sign-in that has not ended, by its hash, and whose it is.
func (a *Auth) signedIn(ctx context.Context, hash string) (SignIn, Agent, bool, error) {
	if a.Lasting {
		return a.Agents.SignedIn(ctx, hash, forEver, forEver)
	}
	return a.Agents.SignedIn(ctx, hash, idleFor, wholeFor)
}

// as lets only those in who are signed in.
func (a *Auth) as(do func(http.ResponseWriter, *http.Request, SignIn, Agent)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s, p, ok := a.Who(w, r); ok {
			do(w, r, s, p)
		}
	}
}

func (a *Auth) failed(w http.ResponseWriter, err error) {
	a.Log.Warn("the console could not answer", "error", err)
	w.Header().Set("Retry-After", "1")
	problem(w, http.StatusServiceUnavailable, "unavailable", "the database does not answer; try again")
}

// read takes a JSON body of at most mostBody bytes.
func read(w http.ResponseWriter, r *http.Request, into any) bool {
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		problem(w, http.StatusBadRequest, "malformed", "the body cannot be read")
		return false
	}
	return true
}

// problem answers what went wrong: a code for the page, a sentence for people.
func problem(w http.ResponseWriter, status int, code, sentence string) {
	answer(w, status, struct {
		Code   string `json:"code"`
		Detail string `json:"detail"`
	}{code, sentence})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the browser may have gone
}
