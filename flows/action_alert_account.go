package flows

// alertAccountAction says that payments of an account look wrong, and that the customer is
// about to be asked. Until they answer, or the alert expires, a NO counts for them.
type alertAccountAction struct{ accountParams }

func (p *parser) alertAccount(n *node) *alertAccountAction {
	a := &alertAccountAction{}
	if !p.keys(n, "alert_account", keysOf[alertKeys]()) {
		return a
	}
	a.accountParams = p.accountAnd(n, "alert_account")
	if a.transactions == nil {
		p.failAt(n, "alert_account without transactions: add transactions: [\"{{ transaction }}\"]")
	}
	return a
}

func (a *alertAccountAction) run(c *call) error {
	params, err := a.value(c)
	if err != nil {
		return err
	}
	c.want(Action{Kind: "alert_account", Data: params})
	return nil
}

func (a *alertAccountAction) sets() []string { return nil }
