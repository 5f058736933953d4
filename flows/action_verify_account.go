package flows

// verifyAccountAction says that the customer of a locked account wants to be verified.
// It proves nothing and opens nothing: the business hears of it.
type verifyAccountAction struct{ accountParams }

func (p *parser) verifyAccount(n *node) *verifyAccountAction {
	a := &verifyAccountAction{}
	if p.keys(n, "verify_account", keysOf[verifyKeys]()) {
		a.accountParams = p.accountAnd(n, "verify_account")
	}
	return a
}

func (a *verifyAccountAction) run(c *call) error {
	params, err := a.value(c)
	if err != nil {
		return err
	}
	c.want(Action{Kind: "verify_account", Data: params})
	return nil
}

func (a *verifyAccountAction) sets() []string { return nil }
