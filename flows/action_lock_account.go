package flows

// lockAccountAction asks the business to suspend an account. Nothing unlocks.
type lockAccountAction struct {
	scope        string
	params       *data // account, reason
	transactions *data // nil: none
}

func (p *parser) lockAccount(n *node) *lockAccountAction {
	a := &lockAccountAction{}
	if !p.keys(n, "lock_account", "account scope reason transactions", "") {
		return a
	}
	if n.child("account") == nil {
		p.failAt(n, "lock_account without an account: add account: \"{{ account }}\"")
	}
	a.scope = p.oneOf(n.child("scope"), "scope", "purchases", "all")
	a.params = p.params(n, "account", "reason")
	if list := n.child("transactions"); list != nil {
		a.transactions = p.data(list)
	}
	return a
}

func (a *lockAccountAction) run(c *call) error {
	params, err := a.params.fields(c)
	if err != nil {
		return err
	}
	params["scope"] = a.scope
	if a.transactions != nil {
		if params["transactions"], err = a.transactions.value(c); err != nil {
			return err
		}
		if sizeOf(params) > maxVars {
			return errTooMuch
		}
	}
	c.want(Action{Kind: "lock_account", Data: params})
	return nil
}

func (a *lockAccountAction) exprs() []*expression {
	return append(a.params.exprs(), a.transactions.exprs()...)
}

func (a *lockAccountAction) sets() []string { return nil }
