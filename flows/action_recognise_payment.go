package flows

// recognisePaymentAction says that the customer recognises payments that they were asked about:
// these, and nothing else, are cleared. It opens nothing that is locked.
type recognisePaymentAction struct{ accountParams }

func (p *parser) recognisePayment(n *node) *recognisePaymentAction {
	a := &recognisePaymentAction{}
	if !p.keys(n, "recognise_payment", keysOf[recogniseKeys]()) {
		return a
	}
	a.accountParams = p.accountAnd(n, "recognise_payment")
	if a.transactions == nil {
		p.failAt(n, "recognise_payment without transactions: add transactions: [\"{{ transaction }}\"]")
	}
	return a
}

func (a *recognisePaymentAction) run(c *call) error {
	params, err := a.value(c)
	if err != nil {
		return err
	}
	c.want(Action{Kind: "recognise_payment", Data: params})
	return nil
}

func (a *recognisePaymentAction) sets() []string { return nil }
