package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"parley/conversation"
	"parley/conversation/verify"
)

const (
	ofAccount = `ref, state, version, check_at, data FROM accounts WHERE ref`

	accountSQL = `SELECT ` + ofAccount + ` = $1`

	lockAccountsSQL = `SELECT ` + ofAccount + ` IN ({ids}) ORDER BY ref {lock}`

	newAccountSQL = `INSERT INTO accounts (ref, state, version, data, created_at, updated_at)
		VALUES {each}($1, 'active', 0, '', {now}, {now}){/each} ON CONFLICT DO NOTHING`

	saveAccountSQL = `UPDATE accounts SET state = $2, version = $3, check_at = $4, data = $5, updated_at = {now} WHERE ref = $1`

	// lockedCodesSQL ends the codes that were out when an account is locked, but for
	// those that help to unlock it. From outside they look as they did.
	lockedCodesSQL = `UPDATE challenges SET status = 'canceled', reason = 'account_locked', sealed = '', work_at = 0, finished_at = {now}
		WHERE subject = $1 AND purpose <> 'account_unlock' AND status IN ('pending', 'sent')`

	// lockedGrantsSQL ends what approvals before that are still good for. It comes second:
	// who was approved while the first one waited is seen. Older grants are over anyway;
	// they are found by their age, since there is no index by subject.
	lockedGrantsSQL = `UPDATE grants SET expires_at = {now}
		WHERE subject = $1 AND redeemed_at = 0 AND expires_at > {now} AND created_at > {now} - $2`

	dueAccountsSQL = `SELECT ref FROM accounts WHERE check_at > 0 AND check_at <= {now} ORDER BY check_at LIMIT $1`
)

// testAccounts begins the keys of the accounts that test keys play with: they share
// nothing with live ones. No account may be called so (flows.GoodAccount).
const testAccounts = "test:"

func accountKey(ref string, test bool) string {
	if test {
		return testAccounts + ref
	}
	return ref
}

// accountAsk is one event for one account; new: it may be the first that is heard of it.
type accountAsk struct {
	ref   string
	test  bool
	new   bool
	event verify.AccountEvent
}

func (k accountAsk) key() string { return accountKey(k.ref, k.test) }

// decided is what became of the accounts of one transaction.
type decided struct {
	accounts map[string]verify.Account // by key, as they are now
	refused  []string                  // of each ask, in order; "": it was carried out
	wrong    []error                   // of each ask: it is wrong by its own content
	jobs     []conversation.Job
	notices  []verify.Notice
}

// lockAccounts queues the rows of those asked for, sorted, so that no two of these
// wait for each other; found gets them.
func lockAccounts(p *pipe, asks []accountAsk, found map[string]verify.Account) {
	keys, born := make(map[string]bool), make(map[string]bool)
	for _, k := range asks {
		keys[k.key()] = true
		if k.new {
			born[k.key()] = true
		}
	}
	var rows [][]any
	for _, key := range slices.Sorted(maps.Keys(born)) {
		rows = append(rows, []any{key})
	}
	p.each(nil, newAccountSQL, rows)
	p.inList(func(r row) error {
		key, a, err := scanAccount(r)
		found[key] = a
		return err
	}, lockAccountsSQL, slices.Sorted(maps.Keys(keys)))
}

// decideAccounts carries out what was asked, in order, of accounts that are locked. It
// queues on p what has to be written, and returns the rest.
func decideAccounts(p *pipe, rules verify.Rules, now int64, asks []accountAsk, found map[string]verify.Account) (*decided, error) {
	d := &decided{accounts: maps.Clone(found), refused: make([]string, len(asks)), wrong: make([]error, len(asks))}
	locked := make(map[string]bool) // by key, whatever came after it
	for i, k := range asks {
		before := d.accounts[k.key()]
		before.Ref, before.Test = k.ref, k.test
		next, news, err := before.Apply(rules, k.event, now)
		if err != nil {
			d.wrong[i], d.accounts[k.key()] = err, before
			continue
		}
		d.refused[i], d.accounts[k.key()] = news.Refused, next
		locked[k.key()] = locked[k.key()] || next.State == verify.Locked && before.State != verify.Locked
		d.notices = append(d.notices, news.Notices...)
		for _, n := range news.Notices {
			d.jobs = append(d.jobs, jobsOf(n, next, now)...)
		}
		if err := audit(p, now, news.Audit...); err != nil {
			return nil, err
		}
	}
	for _, key := range slices.Sorted(maps.Keys(d.accounts)) {
		before, there := found[key]
		if a := d.accounts[key]; a.Changed(before) {
			if !there {
				return nil, errors.New("an account changed that has no row")
			}
			data, err := json.Marshal(a)
			if err != nil {
				return nil, fmt.Errorf("encoding an account: %w", err)
			}
			p.exec(saveAccountSQL, key, string(a.State), a.Version, a.CheckAt, string(data))
			if locked[key] {
				p.exec(lockedCodesSQL, key)
				p.exec(lockedGrantsSQL, key, verify.GrantsLast.Milliseconds())
			}
		}
	}
	return d, nil
}

// jobsOf makes a callback of a notice, and a business event for each conversation that
// shall hear of it. What transactions it names is for the business only: a run that
// lists its own must not take these for its key.
func jobsOf(n verify.Notice, a verify.Account, now int64) (jobs []conversation.Job) {
	job := func(kind string, at verify.Place, data map[string]any) {
		jobs = append(jobs, conversation.Job{ID: newsID(), Kind: kind, Name: n.Event(), Conversation: at.Conversation, Line: at.Line, Phone: at.Phone,
			Run: at.Run, Data: data, At: now, Test: a.Test})
	}
	if !n.Quiet {
		var about verify.Place
		if len(n.Places) > 0 {
			about = n.Places[0]
		}
		job(conversation.JobCallback, about, conversation.DataOf(n.Told))
	}
	if !n.Heard {
		return jobs
	}
	for _, place := range n.Places {
		data := conversation.DataOf(n.Told)
		delete(data, "transactions")
		job(conversation.JobNews, place, data)
	}
	return jobs
}

// newsID names a callback or an event: random, because a refusal changes no version
// that an id could be derived from.
func newsID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the process instead
	return "acc_" + hex.EncodeToString(b[:])
}

func scanAccount(r row) (key string, a verify.Account, err error) {
	var data string
	if err = r.Scan(&key, &a.State, &a.Version, &a.CheckAt, &data); err != nil || data == "" {
		return key, a, err
	}
	if err = json.Unmarshal([]byte(data), &a); err != nil {
		err = fmt.Errorf("reading an account: %w", err)
	}
	return key, a, err
}

// asksOf reads what a batch's effects want of accounts.
func asksOf(effects []conversation.Effect) (asks []accountAsk) {
	for _, e := range effects {
		c := e.Account
		if c == nil {
			continue
		}
		k := accountAsk{ref: c.Account, test: c.Test, event: verify.AccountEvent{Op: verify.Op(c.Op), Said: c.Said, Asked: c.Asked, Who: c.Cause, Scope: c.Scope, Cause: c.Cause, Reason: c.Reason,
			Transactions: c.Transactions, Place: verify.Place{Conversation: c.Conversation, Line: c.Line, Phone: c.Phone, Run: c.Run}}}
		switch k.event.Op {
		case verify.OpAlert, verify.OpLock, verify.OpContest, verify.OpGuessed:
			k.new = true
		case verify.OpProof, verify.OpFailure:
			k.event.Proof = verify.ProofCode
		}
		asks = append(asks, k)
	}
	return asks
}

// writeAccounts decides what becomes of the accounts that the batch's events ask for.
// What is wrong by its own content is kept in the audit trail: it must not take the
// batch down.
func (b *batch) writeAccounts(ctx context.Context, p *pipe, effects []conversation.Effect) ([]conversation.Job, error) {
	asks := asksOf(effects)
	if len(asks) == 0 {
		return nil, nil
	}
	found := make(map[string]verify.Account)
	look := new(pipe)
	lockAccounts(look, asks, found)
	if err := b.tx.flush(ctx, look); err != nil {
		return nil, err
	}
	d, err := decideAccounts(p, b.s.rules, b.now, asks, found)
	if err != nil {
		return nil, err
	}
	for i, wrong := range d.wrong {
		if wrong != nil {
			k := asks[i]
			entry := verify.Entry{What: "account.impossible", Who: k.event.Who, Subject: verify.Masked(k.ref), ID: k.event.Place.Run, Detail: string(k.event.Op) + ": " + wrong.Error()}
			if err := audit(p, b.now, entry); err != nil {
				return nil, err
			}
		}
	}
	return d.jobs, nil
}
