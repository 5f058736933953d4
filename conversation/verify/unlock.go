package verify

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"parley/conversation"
)

// Proof says that somebody has shown who they are, and by what.
type Proof struct {
	Class string `json:"class"`
	At    int64  `json:"at"`
	Who   string `json:"who"`
	Phone string `json:"phone,omitempty"` // the number that it is of: where a code went, or what was asked about
}

// ProofCode is a one-time code that was given where it was asked for. It never comes
// of a text; every other class is the business's word.
const ProofCode = "sms_code"

// ProofsGiven are the classes that the business vouches for: a session of its app, a
// passkey, a TOTP, a link to an address that has been known for 72 h, a person seen.
var ProofsGiven = []string{"app", "passkey", "totp", "email", inPerson}

// inPerson is the one proof that gives even a locked account another number, which a week
// later may help to unlock it: whoever holds any other had both proofs then. Without it an
// account whose number is lost, or was called wrong, could be unlocked by nobody.
const inPerson = "in_person"

// The bounds of an unlock.
const (
	proofsWithin = int64(15 * time.Minute / time.Millisecond)
	mostFailures = 3
	agreedWithin = day // a second agent, after the first
)

// Proposal is an agent's word that an account may be unlocked.
type Proposal struct {
	Agent  string `json:"agent"`
	Reason string `json:"reason"`
	At     int64  `json:"at"`
}

// prove takes a proof. Two of them unlock, within fifteen minutes: a code, and one
// that the business gives. The number is asked about whenever the business gives one,
// and so at most fifteen minutes before any unlock. Both are of the account's
// own number.
func (c *change) prove() error {
	class := c.event.Proof
	given := slices.Contains(ProofsGiven, class)
	if !given && class != ProofCode {
		return WrongError("proof: want one of app, passkey, totp, email and in_person")
	}
	if why := c.barred(given); why != "" {
		c.refuseUnlock(why)
		return nil
	}
	c.Proofs = slices.DeleteFunc(c.Proofs, func(p Proof) bool { return p.Class == class })
	number := c.Phone()
	if !given {
		number = c.event.Place.Phone
	}
	c.Proofs = append(c.Proofs, Proof{Class: class, At: c.at, Who: c.who(), Phone: number})
	c.audit("account.proof", class)
	c.fire("prove")
	if code, other := c.proven(); code && other {
		c.unlock("unlock", "proofs")
	}
	return nil
}

// mostAsks is how often within a day a text may ask for an account to be verified:
// texts can be forged, and the business is told of each.
const mostAsks = 3

// askedToVerify begins an attempt, for as long as a proof is good. It proves nothing:
// the business hears that its customer wants to be let in again, and by which way that
// can be is its own to say.
func (c *change) askedToVerify() {
	c.Asks = c.withinDay(c.Asks)
	switch {
	case c.State == Suspended:
		c.refuse("agents_only")
	case c.State != Locked && c.State != Verifying:
		c.refuse("not_locked")
	case c.at < c.BlockedTo:
		c.refuse("too_many_failures")
	case len(c.Asks) >= mostAsks:
		c.refuse("too_many_asks")
	default:
		c.rememberText()
		c.Asks, c.VerifyAt, c.moved = append(c.Asks, c.at), c.at, true
		c.fire("ask")
		c.audit("account.verification_asked", "")
		c.tell(conversation.AccountVerificationAsked{Account: c.Ref, Needs: c.Missing()}, false)
	}
}

// barred says why no proof is taken now; "": one is.
func (c *change) barred(given bool) string {
	switch {
	case c.State == Suspended:
		return "agents_only"
	case c.State != Locked && c.State != Verifying:
		return "not_locked"
	case c.at < c.BlockedTo:
		return "too_many_failures"
	case given:
		return c.numberMoved()
	case c.elsewhere(c.event.Place.Phone):
		return "number_changed"
	}
	return ""
}

// elsewhere says whether a number is not the account's: another one is known, at which
// its customer was texted last.
func (c *change) elsewhere(number string) bool { return c.Phone() != "" && number != c.Phone() }

// numberMoved says why the customer's number speaks against an unlock.
func (c *change) numberMoved() string {
	switch c.event.Moved {
	case NumberKept:
		return ""
	case NumberChanged:
		return "number_changed"
	}
	return "number_unknown"
}

// proven says which kinds of proofs are there. One of a number that is no longer the
// account's counts no more.
func (c *change) proven() (code, other bool) {
	for _, p := range c.Proofs {
		own := !c.elsewhere(p.Phone)
		code, other = code || own && p.Class == ProofCode, other || own && p.Class != ProofCode
	}
	return code, other
}

// Missing says what an unlock by proofs still wants: code, given, or both.
func (a Account) Missing() []string {
	var missing []string
	c := &change{Account: a}
	code, other := c.proven()
	if !code {
		missing = append(missing, ProofCode)
	}
	if !other {
		missing = append(missing, "one of "+strings.Join(ProofsGiven, ", "))
	}
	return missing
}

// refuseUnlock lets the business know as well: somebody may be trying.
func (c *change) refuseUnlock(why string) {
	c.refuse(why)
	c.audit("account.unlock_refused", why)
	c.tell(conversation.AccountUnlockRefused{Account: c.Ref, Reason: why}, false)
}

// failure counts a proof that failed. The third ends the attempt: for a day only
// agents can unlock.
func (c *change) failure() {
	if c.State != Locked && c.State != Verifying {
		c.refuse("not_locked")
		return
	}
	c.Failures++
	c.moved = true
	c.audit("account.proof_failed", c.event.Proof)
	if c.Failures < mostFailures {
		return
	}
	c.Failures, c.BlockedTo, c.Proofs, c.VerifyAt = 0, c.at+day, nil, 0
	c.fire("give_up")
	c.review("unlock_failures", true)
}

// agentName is what an agent may be called: one spelling, so that no lookalike passes
// for a second agent.
var agentName = regexp.MustCompile(`^[a-z0-9][a-z0-9._@-]{0,63}$`)

// GoodAgent says whether an agent can be called so: small letters, digits, dots and
// dashes, at most 64.
func GoodAgent(name string) bool { return agentName.MatchString(name) }

// agent takes the word of an agent: the first proposes, another agrees.
func (c *change) agent() error {
	name := strings.ToLower(c.event.Agent)
	switch {
	case !GoodAgent(name):
		return WrongError("agent: want a name of letters, digits, dots and dashes, at most 64")
	case strings.TrimSpace(c.event.Reason) == "":
		return WrongError("reason: say why the account may be unlocked, and what shows it")
	}
	c.event.Agent = name
	if c.State != Locked && c.State != Verifying && c.State != Suspended {
		c.refuseUnlock("not_locked")
		return nil
	}
	if why := c.numberMoved(); why != "" {
		c.refuseUnlock(why)
		return nil
	}
	proposer := ""
	if c.Proposal != nil {
		proposer = c.Proposal.Agent
	}
	switch {
	case c.event.Seen != nil && *c.event.Seen != proposer && proposer != name:
		c.refuse("moved_on")
	case c.Proposal == nil:
		c.Proposal, c.moved = &Proposal{Agent: name, Reason: c.event.Reason, At: c.at}, true
		c.audit("account.proposed", "")
	case c.Proposal.Agent == name:
		c.refuseUnlock("same_agent")
	default:
		c.audit("account.agreed", "with agent:"+c.Proposal.Agent)
		c.unlock("agree", "agents")
	}
	return nil
}

// unlock begins the time in which a NO can still take it back.
func (c *change) unlock(event, by string) {
	c.fire(event)
	c.forgetProofs()
	c.UnlockBy, c.UnlockAt = by, c.at+c.rules.cooling()
	if c.UnlockAt <= c.at {
		c.cool()
	}
}

// cool ends that time. What was alerted meanwhile is still to be answered.
func (c *change) cool() {
	by := c.UnlockBy
	c.fire("cool")
	c.forgetProofs()
	c.Scopes, c.Cause, c.Reason, c.LockedAt, c.EarlierAt, c.AskedAt, c.AppliedAt, c.Alarmed = nil, "", "", 0, c.AskedAt, 0, 0, false
	c.Failures, c.BlockedTo, c.Reviews, c.Contests = 0, 0, nil, nil
	c.audit("account.unlocked", by)
	c.tell(conversation.AccountUnlocked{Account: c.Ref, By: by, ChangePassword: c.ChangePassword()}, true)
	if c.open() {
		c.fire("alert")
	}
}
