package flows

// lockAccount has an account locked. Nothing unlocks.
func (p *parser) lockAccount(n *node) action {
	if !p.keys(n, "lock_account", keysOf[lockKeys]()) {
		return &accountAction{}
	}
	a := p.accountAction(n, "lock_account", "reason")
	a.params.put("scope", p.oneOf(n.child("scope"), "scope", scopeNames...))
	return a
}
