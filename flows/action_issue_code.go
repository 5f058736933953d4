package flows

// issueCodeAction asks for a one-time code. Its outcome comes back as a business
// event; no action checks a code.
type issueCodeAction struct{ params *data }

func (p *parser) issueCode(n *node) action {
	a := &issueCodeAction{}
	if !p.keys(n, "issue_code", keysOf[issueCodeKeys]()) {
		return a
	}
	if n.child("purpose") == nil {
		p.failAt(n, "issue_code without a purpose: add purpose: payment")
	}
	a.params = p.params(n, "subject", "transaction", "ip")
	a.params.put("purpose", p.oneOf(n.child("purpose"), "purpose", purposeNames...))
	return a
}

func (a *issueCodeAction) run(c *call) error {
	params, err := a.params.fields(c)
	if err != nil {
		return err
	}
	c.want(Action{Kind: "issue_code", Data: params})
	return nil
}

func (a *issueCodeAction) exprs() []*expression { return a.params.exprs() }

func (a *issueCodeAction) sets() []string { return nil }
