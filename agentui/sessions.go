package agentui

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Me is who somebody is.
type Me struct {
	Name string `json:"name"`
	Role Role   `json:"role"`
	TOTP bool   `json:"totp"` // they have a second factor
}

func (a *Auth) me(w http.ResponseWriter, _ *http.Request, _ SignIn, p Agent) {
	answer(w, http.StatusOK, Me{p.Name, p.Role, p.TOTP != ""})
}

// Session is one sign-in as its owner sees it.
type Session struct {
	ID      string `json:"id"`
	Network string `json:"network"`
	Browser string `json:"browser"`
	Began   int64  `json:"began_at"` // Unix ms
	Seen    int64  `json:"seen_at"`  // Unix ms, to the minute
	This    bool   `json:"this"`
}

// Sessions are all of somebody's.
type Sessions struct {
	Sessions []Session `json:"sessions"`
}

// sessions lists where somebody is signed in.
func (a *Auth) sessions(w http.ResponseWriter, r *http.Request, s SignIn, p Agent) {
	list, err := a.Agents.SignIns(r.Context(), p.Name)
	if err != nil {
		a.failed(w, err)
		return
	}
	all := []Session{}
	for _, one := range list {
		all = append(all, Session{one.ID, one.Network, one.Browser, one.CreatedAt, one.SeenAt, one.ID == s.ID})
	}
	answer(w, http.StatusOK, Sessions{all})
}

// endSession signs somebody out elsewhere.
func (a *Auth) endSession(w http.ResponseWriter, r *http.Request, _ SignIn, p Agent) {
	ended, err := a.Agents.EndSignIn(r.Context(), p.Name, r.PathValue("id"))
	switch {
	case err != nil:
		a.failed(w, err)
	case !ended:
		problem(w, http.StatusNotFound, "not_found", "you are not signed in there")
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

// signOut ends this one.
func (a *Auth) signOut(w http.ResponseWriter, r *http.Request, s SignIn, p Agent) {
	if _, err := a.Agents.EndSignIn(r.Context(), p.Name, s.ID); err != nil {
		a.failed(w, err)
		return
	}
	http.SetCookie(w, a.cookie("", -1))
	w.WriteHeader(http.StatusNoContent)
}

// changePassword sets a new one and signs the person out everywhere, and in here anew.
func (a *Auth) changePassword(w http.ResponseWriter, r *http.Request, _ SignIn, p Agent) {
	var c credentials
	if !read(w, r, &c) {
		return
	}
	c.Name = p.Name
	known, err := a.try(r.Context(), c)
	switch {
	case err != nil:
		a.failed(w, err)
	case known == nil:
		problem(w, http.StatusForbidden, "wrong", "the password is wrong")
	case a.setPassword(w, r, p.Name, c.Password, c.New):
		a.begin(w, r, p.Name, a.network(r))
	}
}

// setPassword replaces a password; false: it could not, and the answer has been given.
func (a *Auth) setPassword(w http.ResponseWriter, r *http.Request, name, old, password string) bool {
	if err := goodPassword(name, password); err != nil || password == old {
		problem(w, http.StatusUnprocessableEntity, "password", errPassword.Error())
		return false
	}
	hash, err := hashed(password)
	if err == nil {
		_, err = a.Agents.SetPassword(r.Context(), name, hash, false)
	}
	if err != nil {
		a.failed(w, err)
		return false
	}
	return true
}

// network is where a request comes from, as limits count it: a /32, or a /64 of IPv6. A
// proxy is believed only if the configuration names it, and only for the last address
// that it did not add itself.
func (a *Auth) network(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	at, err := netip.ParseAddr(host)
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && err == nil && a.proxy(at); i-- {
		before, wrong := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if wrong != nil {
			break
		}
		at = before
	}
	if err != nil {
		return "unknown"
	}
	at = at.Unmap().WithZone("")
	if at.Is4() {
		return at.String()
	}
	p, err := at.Prefix(64)
	if err != nil {
		return "unknown"
	}
	return p.String()
}

func (a *Auth) proxy(at netip.Addr) bool {
	return slices.ContainsFunc(a.Proxies, func(p netip.Prefix) bool { return p.Contains(at.Unmap()) })
}
