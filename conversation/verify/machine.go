package verify

import "parley/flows"

// LockState is where an account stands.
type LockState string

// The states. In the last four what Scopes names is stopped.
const (
	Active    LockState = "active"
	Alerted   LockState = "alerted"   // payments look wrong; they are held, the rest goes on
	Locked    LockState = "locked"    // until two proofs, or two agents, unlock it
	Verifying LockState = "verifying" // a first proof is there, or the customer has asked how to give one
	Cooling   LockState = "cooling"   // it will be active soon, unless somebody says NO
	Suspended LockState = "suspended" // locked for 30 days: only two agents lead out of it
)

// LockStates are all of them.
var LockStates = []LockState{Active, Alerted, Locked, Verifying, Cooling, Suspended}

// lockTable is every way that there is from one state to another. What leads from a
// lock to Active is cool alone, and what leads to Cooling is unlock and agree: two
// proofs, or two agents.
var lockTable = []flows.Transition{
	{Event: "alert", From: states(Active, Alerted), To: string(Alerted)},
	{Event: "clear", From: states(Alerted), To: string(Active)}, // no alert is open any more
	{Event: "lock", From: states(Active, Alerted, Locked, Verifying, Cooling), To: string(Locked)},
	{Event: "lock", From: states(Suspended), To: string(Suspended)},        // it gets wider
	{Event: "ask", From: states(Locked, Verifying), To: string(Verifying)}, // it proves nothing
	{Event: "prove", From: states(Locked, Verifying), To: string(Verifying)},
	{Event: "give_up", From: states(Verifying), To: string(Locked)}, // time is over, or too much failed
	{Event: "unlock", From: states(Verifying), To: string(Cooling)},
	{Event: "agree", From: states(Locked, Verifying, Suspended), To: string(Cooling)},
	{Event: "cool", From: states(Cooling), To: string(Active)},
	{Event: "suspend", From: states(Locked), To: string(Suspended)},
}

func states(all ...LockState) []string {
	names := make([]string, len(all))
	for i, s := range all {
		names[i] = string(s)
	}
	return names
}

var lockMachine = machine(lockTable)

// The statuses of a refund.
const (
	RefundNone        = "none"        // the customer denied the payment; the business has not taken it up
	RefundPending     = "pending"     // taken up, and not decided yet
	RefundProvisional = "provisional" // credited until it is decided
	RefundDenied      = "denied"      // not credited, until that is final
	RefundFinal       = "final"       // credited for good, or denied for good
)

// RefundStatuses are all of them, in order.
var RefundStatuses = []string{RefundNone, RefundPending, RefundProvisional, RefundDenied, RefundFinal}

// refundTable names each way after the status that it leads to.
var refundTable = []flows.Transition{
	{Event: RefundPending, From: []string{RefundNone}, To: RefundPending},
	{Event: RefundProvisional, From: []string{RefundPending}, To: RefundProvisional},
	{Event: RefundDenied, From: []string{RefundPending}, To: RefundDenied},
	{Event: RefundFinal, From: []string{RefundProvisional, RefundDenied}, To: RefundFinal},
}

var refundMachine = machine(refundTable)

// machine makes one of a table of this file, which a test has seen to be sound.
func machine(table []flows.Transition) *flows.Machine {
	m, err := flows.NewMachine(table...)
	if err != nil {
		panic(err)
	}
	return m
}

// Shut says whether something of the account is stopped.
func (s LockState) Shut() bool {
	return s == Locked || s == Verifying || s == Cooling || s == Suspended
}
