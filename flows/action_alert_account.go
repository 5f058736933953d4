package flows

// alertAccount says that payments of an account look wrong, and that the customer is about
// to be asked. Until they answer, or the alert expires, a NO counts for them.
func (p *parser) alertAccount(n *node) action {
	if !p.keys(n, "alert_account", keysOf[alertKeys]()) {
		return &accountAction{}
	}
	a := p.accountAction(n, "alert_account")
	if a.transactions == nil {
		p.failAt(n, "alert_account without transactions: add transactions: [\"{{ transaction }}\"]")
	}
	return a
}
