package main

import (
	"net/url"
	"strings"

	"parley/agentui"
	"parley/outbound/egress"
)

// OIDCConfig is the business's own way to sign in to the console (OpenID Connect).
type OIDCConfig struct {
	// Issuer is the provider's address, below which its discovery document lies:
	// https://login.example.com/realms/acme.
	Issuer       string `yaml:"issuer"`
	ClientID     string `yaml:"client_id"`
	ClientSecret string `yaml:"client_secret"` // "": a public client
	// Claim of the ID token is somebody's name in parley agents. Default email, which has to
	// be verified; preferred_username is another.
	Claim string `yaml:"claim"`
	// Title is what the button says. Default "Sign in with" and the issuer's host.
	Title string `yaml:"title"`
	// Only refuses passwords.
	Only bool `yaml:"only"`
	// Private says that the issuer lies inside our own network, on purpose: it may be any
	// address then, and plain http.
	Private bool `yaml:"private"`
}

const mostTitle = 60 // characters of a button

// check completes what was left out and says what is wrong.
func (c *OIDCConfig) check(bad func(format string, args ...any)) {
	if *c == (OIDCConfig{}) {
		return
	}
	u := checkAddress(bad, "console.oidc.issuer", c.Issuer, "https://login.example.com", c.Private)
	if u == nil {
		return
	}
	if c.ClientID == "" {
		bad("console.oidc.client_id: is missing")
	}
	if c.Claim == "" {
		c.Claim = "email"
	}
	if c.Title == "" {
		c.Title = "Sign in with " + u.Hostname()
	}
	if len([]rune(c.Title)) > mostTitle {
		bad("console.oidc.title: want at most %d characters", mostTitle)
	}
}

// oidc makes what sends people to the provider; nil: there is none.
func (h *house) oidc() (*agentui.OIDC, error) {
	c := h.config.Console.OIDC
	if c.Issuer == "" {
		return nil, nil
	}
	u, err := url.Parse(c.Issuer)
	if err != nil {
		return nil, err
	}
	var private []string
	if c.Private {
		private = []string{hostPort(u)}
	}
	client, err := egress.NewClient(egress.Config{Private: private, MostBody: mostKeys})
	if err != nil {
		return nil, err
	}
	return &agentui.OIDC{Issuer: c.Issuer, ClientID: c.ClientID, ClientSecret: c.ClientSecret, Claim: c.Claim, Title: c.Title, Only: c.Only,
		RedirectURL: strings.TrimSuffix(h.config.PublicURL, "/") + "/console/api/oidc/callback", Client: client}, nil
}

// mostKeys bounds what a provider answers: large ones publish dozens of keys.
const mostKeys = 512 << 10
