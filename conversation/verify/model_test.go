package verify

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"
)

// model is the lock once more, written from the law and not from the code: it knows
// only what is needed to say whether an account is shut, may cool, or is free. All
// times are Unix ms; 0 is never.
type model struct {
	shut, cooling bool
	since, free   int64                 // of the lock; of the end of cooling
	proofs        map[string]proofGiven // by class
	phone         string                // where its customer was texted last
	texted        map[string]bool       // the numbers at which its customer was
	asked         int64                 // when a text asked to be verified
	first         string                // the agent who spoke
	firstAt       int64
	fails         int
	blocked       int64
	byText, codes []int64
	asks          []int64
	alerts        map[string]int64 // → when it expires
	denied        map[string]bool
	old           bool // locked for 30 days
}

// proofGiven is a proof, and the number that it is of.
type proofGiven struct {
	at int64
	of string
}

const minute, hours = int64(60_000), int64(3_600_000)

func within(all []int64, now, d int64) (n int) {
	for _, at := range all {
		if now-at < d {
			n++
		}
	}
	return n
}

// pass lets time do what it does.
func (m *model) pass(now int64) {
	maps.DeleteFunc(m.proofs, func(_ string, p proofGiven) bool { return now >= p.at+15*minute })
	if m.asked > 0 && now >= m.asked+15*minute {
		m.asked = 0
	}
	if m.firstAt > 0 && now >= m.firstAt+24*hours {
		m.first, m.firstAt = "", 0
	}
	if m.cooling && now >= m.free {
		m.shut, m.cooling, m.fails, m.blocked, m.codes = false, false, 0, 0, nil
	}
	if m.shut && !m.cooling && !m.trying() && now >= m.since+30*24*hours {
		m.old = true
	}
	for id, at := range m.alerts {
		if now >= at+72*hours {
			delete(m.alerts, id)
			delete(m.denied, id)
		}
	}
}

// trying says whether somebody is being verified.
func (m *model) trying() bool { return len(m.proofs) > 0 || m.asked > 0 }

func (m *model) lock(now int64) {
	if !m.shut || m.cooling || m.trying() {
		if !m.old {
			m.since = now
		}
	}
	if !m.shut {
		m.fails, m.blocked = 0, 0
	}
	m.shut, m.cooling = true, false
	m.forget()
}

func (m *model) forget() {
	clear(m.proofs)
	m.asked, m.first, m.firstAt = 0, "", 0
}

func (m *model) textLock(now int64) bool {
	unlocking := m.cooling || m.trying()
	if !m.shut && within(m.byText, now, 24*hours) >= 3 {
		return false
	}
	if !m.shut || unlocking {
		m.byText = append(m.byText, now)
	}
	m.lock(now)
	return true
}

// named takes a number from which a text named the account for its customer's, if they were
// texted there, or if no other number is known.
func (m *model) named(phone string) {
	if m.texted[phone] || m.phone == "" {
		m.phone = phone
	}
}

// see takes an event of the same kind as Apply does.
func (m *model) see(e AccountEvent, now int64) {
	m.pass(now)
	trying := m.shut && !m.cooling
	switch e.Op {
	case OpAlert:
		m.phone, m.texted[e.Place.Phone] = e.Place.Phone, true
		if e.Place != here { // no NO comes from there
			return
		}
		for _, t := range e.Transactions {
			if expires, known := m.alerts[t.ID]; !known || now >= expires && !m.denied[t.ID] {
				m.alerts[t.ID] = now + 24*hours
			}
		}
	case OpNumber: // the customer is there, and nowhere else
		if m.phone != e.Place.Phone {
			clear(m.texted)
		}
		m.phone, m.texted[e.Place.Phone] = e.Place.Phone, true
	case OpLock:
		if e.Cause != "reply_no" {
			m.lock(now)
			return
		}
		m.named(e.Place.Phone)
		late := len(e.Transactions) > 0
		for _, t := range e.Transactions {
			late = late && m.alerts[t.ID] > 0 && now >= m.alerts[t.ID]
		}
		if (!late || m.cooling || m.trying()) && m.textLock(now) {
			for _, t := range e.Transactions {
				m.denied[t.ID] = m.denied[t.ID] || now < m.alerts[t.ID]
			}
		}
	case OpContest:
		if m.phone == "" {
			m.phone = e.Place.Phone
		}
		m.codes = append(m.codes, now)
		if within(m.codes, now, 24*hours) >= 2 || m.cooling || m.trying() {
			m.textLock(now)
		}
	case OpFailure:
		if trying && !m.old {
			if m.fails++; m.fails == 3 {
				m.fails, m.blocked, m.asked = 0, now+24*hours, 0
				clear(m.proofs)
			}
		}
	case OpVerify:
		if trying && !m.old && now >= m.blocked && within(m.asks, now, 24*hours) < 3 {
			m.asks, m.asked = append(m.asks, now), now
			m.named(e.Place.Phone)
		}
	case OpProof:
		switch {
		case !trying || m.old || now < m.blocked, e.Proof == ProofCode && m.phone != "" && e.Place.Phone != m.phone:
			return
		case e.Proof == ProofCode:
			m.proofs[ProofCode] = proofGiven{now, e.Place.Phone}
		case e.Moved == NumberKept:
			m.proofs[e.Proof] = proofGiven{now, m.phone}
		default:
			return
		}
		if m.proven() {
			m.open(now)
		}
	case OpAgent:
		name := strings.ToLower(e.Agent)
		switch {
		case !trying || e.Moved != NumberKept:
		case m.first == "":
			m.first, m.firstAt = name, now
		case m.first != name:
			m.open(now)
		}
	}
}

func (m *model) open(now int64) {
	m.cooling, m.free, m.old = true, now+hours, false
	m.forget()
}

// proven says whether a code and another proof are there, of the account's number.
func (m *model) proven() bool {
	code, other := false, false
	for class, p := range m.proofs {
		if m.phone == "" || p.of == m.phone {
			code, other = code || class == ProofCode, other || class != ProofCode
		}
	}
	return code && other
}

// TestRandomLives holds the account against the model over random lives of texts, API
// calls, agents and timers: it is shut exactly when the model's is. The model leaves a
// lock by two proofs of different kinds, or by two agents, and in no other way; a code
// that went to another number than the account's is no proof.
func TestRandomLives(t *testing.T) {
	lives := 10_000
	if os.Getenv("PARLEY_PROOF") != "" {
		lives = 100_000
	}
	visited := map[LockState]int{}
	unlocked := 0
	for seed := range lives {
		unlocked += randomLife(t, uint64(seed), visited)
	}
	for _, s := range LockStates {
		if visited[s] < lives/100 {
			t.Errorf("%s was visited %d times only", s, visited[s])
		}
	}
	t.Logf("%d lives, %d unlocks, %v", lives, unlocked, visited)
}

var pauses = []time.Duration{0, time.Second, time.Minute, 5 * time.Minute, 14*time.Minute + 59*time.Second, 15 * time.Minute,
	time.Hour, 23 * time.Hour, 24 * time.Hour, 73 * time.Hour, 31 * 24 * time.Hour}

func randomLife(t *testing.T, seed uint64, visited map[LockState]int) (unlocked int) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 4))
	a, m, now := Account{Ref: "a"}, &model{alerts: map[string]int64{}, denied: map[string]bool{}, texted: map[string]bool{}, proofs: map[string]proofGiven{}}, int64(1_772_442_000_000)
	var log []string
	for range 30 {
		now += pauses[min(r.IntN(len(pauses)), r.IntN(len(pauses)))].Milliseconds()
		e := randomEvent(r, now)
		if e.Op == OpNumber && a.Version == 0 {
			continue // nobody knows the account
		}
		next, news, err := a.Apply(Rules{}, e, now)
		if err != nil {
			t.Fatalf("life %d: %s: %v", seed, e.Op, err)
		}
		m.see(e, now)
		log = append(log, fmt.Sprintf("%d %s %s%s%s%s %v → %s %s", now, e.Op, e.Cause, e.Proof, e.Agent, e.Moved, e.Transactions, next.State, news.Refused))
		if next.State.Shut() != m.shut || (next.State == Cooling) != m.cooling {
			t.Fatalf("life %d: the account is %s, the model shut %v, cooling %v\n%s", seed, next.State, m.shut, m.cooling, strings.Join(log, "\n"))
		}
		if a.State.Shut() && !next.State.Shut() {
			unlocked++
		}
		visited[next.State]++
		a = next
	}
	return unlocked
}

// randomEvent is one of what texts, the API, agents and timers can bring.
func randomEvent(r *rand.Rand, now int64) AccountEvent {
	id := []string{"t1", "t2", "t3"}[r.IntN(3)]
	where := []Place{here, here, there}[r.IntN(3)]
	moved := []string{NumberKept, NumberKept, NumberKept, NumberChanged, NumberUnknown, ""}[r.IntN(6)]
	switch r.IntN(16) {
	case 0:
		return at(where, alerting(id))
	case 1:
		return yes(id)
	case 2:
		return no(id)
	case 3:
		return no()
	case 4:
		return at(where, contest)
	case 5:
		return locking(Scopes[r.IntN(3)])
	case 6:
		return AccountEvent{Op: OpFailure, Proof: ProofCode}
	case 7, 8:
		return at(where, AccountEvent{Op: OpProof, Proof: ProofCode})
	case 9, 10:
		return AccountEvent{Op: OpProof, Proof: ProofsGiven[r.IntN(len(ProofsGiven))], Moved: moved}
	case 11, 12:
		return AccountEvent{Op: OpAgent, Agent: []string{"ann", "Ann", "ben"}[r.IntN(3)], Reason: "seen", Moved: moved}
	case 13:
		return at(where, AccountEvent{Op: OpVerify})
	case 14: // what opens nothing
		return []AccountEvent{at(where, AccountEvent{Op: OpSilenced, Cause: "stopped"}), {Op: OpGuessed, Cause: "code"}, {Op: OpReviewed, Reason: "seen"},
			{Op: OpPassword, AppliedAt: now + 1}, {Op: OpApplied, AppliedAt: now}, {Op: OpRefund, Status: "pending", Transactions: payments(id)},
			at(where, AccountEvent{Op: OpNumber})}[r.IntN(7)]
	}
	return tick
}
