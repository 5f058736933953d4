package flows

import (
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mostAccount is how long an account's name may be, in bytes; mostNamed how many
// transactions one action may name.
const (
	mostAccount = 128
	mostNamed   = 20
)

var (
	errNoAccount      = errors.New("the account has no name that it can be locked by")
	errNoTransactions = errors.New("the transactions are not a list of 1 to 20 ids, or of objects with an id")
)

// GoodAccount says whether an account can be called so: at most 128 bytes of visible
// characters. "test:" begins the names of what test keys play with.
func GoodAccount(ref string) bool {
	return ref != "" && len(ref) <= mostAccount && utf8.ValidString(ref) && strings.TrimSpace(ref) == ref && !strings.HasPrefix(ref, "test:") &&
		!strings.ContainsFunc(ref, func(r rune) bool { return !unicode.IsGraphic(r) })
}

// Money reads an amount as flows keep it, {"amount": 12.5, "currency": "USD"}, from
// that or from "12.50 USD"; false: it is none.
func Money(v any) (any, bool) {
	m, ok := coerceMoney(v)
	if !ok {
		return nil, false
	}
	return m, true
}

// accountAction says something of an account and of transactions.
type accountAction struct {
	kind         string
	params       *data // account, and other texts
	transactions *data // nil: none
}

// accountAction reads an action's account, its transactions and the named texts.
func (p *parser) accountAction(n *node, kind string, texts ...string) *accountAction {
	if n.child("account") == nil {
		p.failAt(n, "%s without an account: add account: \"{{ account }}\"", kind)
	}
	a := &accountAction{kind: kind, params: p.params(n, append([]string{"account"}, texts...)...)}
	if list := n.child("transactions"); list != nil {
		a.transactions = p.data(list)
	}
	return a
}

func (a *accountAction) run(c *call) error {
	params, err := a.value(c)
	if err != nil {
		return err
	}
	c.want(Action{Kind: a.kind, Data: params})
	return nil
}

func (a *accountAction) exprs() []*expression {
	return append(a.params.exprs(), a.transactions.exprs()...)
}

func (a *accountAction) sets() []string { return nil }

// value gives what the action asks for. A name or a list that nothing can be done with
// is an error: nobody would be protected by it.
func (a *accountAction) value(c *call) (map[string]any, error) {
	params, err := a.params.fields(c)
	if err != nil {
		return nil, err
	}
	if account, _ := params["account"].(string); !GoodAccount(account) {
		return nil, errNoAccount
	}
	if a.transactions == nil {
		return params, nil
	}
	if params["transactions"], err = a.transactions.value(c); err != nil {
		return nil, err
	}
	if !haveIDs(params["transactions"]) {
		return nil, errNoTransactions
	}
	if sizeOf(params) > maxVars {
		return nil, errTooMuch
	}
	return params, nil
}

// haveIDs says whether every transaction of a list has an id.
func haveIDs(v any) bool {
	list, _ := v.([]any)
	for _, item := range list {
		id, _ := item.(string)
		if object, ok := item.(map[string]any); ok {
			id, _ = object["id"].(string)
		}
		if id == "" || len(id) > mostAccount {
			return false
		}
	}
	return len(list) > 0 && len(list) <= mostNamed
}

// Accounts lists the accounts that a run would speak of, were it to lock or to ask: what
// its flow's actions name with what the run knows now. One that is made of a secret is
// left out.
func (f *Flow) Accounts(sc Scope, run Run) []string {
	c := f.call(&sc, &run)
	defer f.giveBack(c)
	var names []string
	for _, a := range f.allActions() {
		of, ok := a.(*accountAction)
		if !ok || slices.ContainsFunc(a.exprs(), f.usesSecret) {
			continue
		}
		if name := of.account(c); GoodAccount(name) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// account is the account's name, as far as the run knows it.
func (a *accountAction) account(c *call) string {
	params, err := a.params.fields(c)
	if err != nil {
		return ""
	}
	account, _ := params["account"].(string)
	return account
}

// allActions lists what the flow may do, wherever it stands.
func (f *Flow) allActions() (all []action) {
	for _, s := range f.order {
		all = append(all, s.do...)
		for _, r := range append(slices.Clip(s.replies), s.onReplies...) {
			all = append(all, r.do...)
		}
		for _, h := range s.events {
			all = append(all, h.do...)
		}
	}
	for _, r := range f.onReplies {
		all = append(all, r.do...)
	}
	for _, h := range f.events {
		all = append(all, h.do...)
	}
	return all
}
