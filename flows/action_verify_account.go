package flows

// verifyAccount says that the customer of a locked account wants to be verified. It proves
// nothing and opens nothing: the business hears of it.
func (p *parser) verifyAccount(n *node) action {
	if !p.keys(n, "verify_account", keysOf[verifyKeys]()) {
		return &accountAction{}
	}
	return p.accountAction(n, "verify_account")
}
