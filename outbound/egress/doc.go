// Package egress is the only way by which Parley calls addresses that somebody
// else named: configurations, flows, carriers. What it lets through cannot be
// turned against the network that Parley runs in (server-side request forgery).
//
// The address is judged when it is dialled, after its name was resolved, so that
// a name which answers differently the second time (DNS rebinding) gains nothing.
// The ranges are those of IANA's special-purpose registries, as code.dny.dev/ssrf
// keeps them; outside of 2000::/3 no IPv6 address is called at all, which takes in
// the embedded IPv4 addresses of ::ffff:0:0/96 and 64:ff9b::/96.
package egress
