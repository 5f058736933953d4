package flows

// lockAccountAction has an account locked. Nothing unlocks.
type lockAccountAction struct {
	accountParams
	scope string
}

func (p *parser) lockAccount(n *node) *lockAccountAction {
	a := &lockAccountAction{}
	if !p.keys(n, "lock_account", keysOf[lockKeys]()) {
		return a
	}
	a.accountParams = p.accountAnd(n, "lock_account", "reason")
	a.scope = p.oneOf(n.child("scope"), "scope", scopeNames...)
	return a
}

func (a *lockAccountAction) run(c *call) error {
	params, err := a.value(c)
	if err != nil {
		return err
	}
	params["scope"] = a.scope
	c.want(Action{Kind: "lock_account", Data: params})
	return nil
}

func (a *lockAccountAction) sets() []string { return nil }
