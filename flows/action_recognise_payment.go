package flows

// recognisePayment says that the customer recognises payments that they were asked about:
// these, and nothing else, are cleared. It opens nothing that is locked.
func (p *parser) recognisePayment(n *node) action {
	if !p.keys(n, "recognise_payment", keysOf[recogniseKeys]()) {
		return &accountAction{}
	}
	a := p.accountAction(n, "recognise_payment")
	if a.transactions == nil {
		p.failAt(n, "recognise_payment without transactions: add transactions: [\"{{ transaction }}\"]")
	}
	return a
}
