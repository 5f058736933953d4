package verify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"
)

const minuteMs, hourMs, dayMs = int64(60_000), int64(3_600_000), 24 * int64(3_600_000)

func TestNumbersThatGetNoCodes(t *testing.T) {
	home := GateRules{Countries: []string{"US", "GB"}}.Complete()
	all := GateRules{Countries: []string{"*"}}.Complete()
	for _, c := range []struct{ number, home, all string }{
		{"+12025550123", "", ""},
		{"+447400123456", "", ""},
		{"+31612345678", "country", ""},
		{"+14165550123", "country", ""}, // Canada shares +1
		{"+442079460958", "number_type", "number_type"},
		{"+19005550123", "number_type", "number_type"},
		{"+18005550123", "number_type", "number_type"},
		{"+445612345678", "number_type", "number_type"}, // VoIP
		{"+447012345678", "number_type", "number_type"}, // personal
		{"+448431234567", "number_type", "number_type"}, // shared cost
		{"+881612345678", "number_type", "number_type"},
		{"+882161234567", "number_type", "number_type"},
		{"+883510012345", "number_type", "number_type"},
		{"+870773111632", "number_type", "number_type"},
		{"+999123456", "country", ""},
	} {
		if got := home.number(c.number); got != c.home {
			t.Errorf("%s: %q, want %q", c.number, got, c.home)
		}
		if got := all.number(c.number); got != c.all {
			t.Errorf("%s, all countries: %q, want %q", c.number, got, c.all)
		}
	}
	if none := (GateRules{}); none.number("+12025550123") != "country" {
		t.Error("without a country something is sent")
	}
}

func TestWhatIsKnownOfASubject(t *testing.T) {
	const now, old, other = 400 * dayMs, "+12025550123", "+12025550199"
	r := GateRules{}.Complete()
	known := Person{Now: now, Phone: old, ConfirmedAt: now - dayMs}
	with := func(change func(*Person)) Person { p := known; change(&p); return p }
	for _, c := range []struct {
		name    string
		purpose Purpose
		to      string
		is      Person
		want    string
	}{
		{"nothing is known", PasswordReset, old, Person{Now: now}, ""},
		{"its number", PasswordReset, old, known, ""},
		{"another number", PasswordReset, other, known, "number_changed"},
		{"another number, unlocking", AccountUnlock, other, known, "number_changed"},
		{"another number, to log in", Login, other, known, ""},
		{"a new number, and nobody agreed", NumberChange, other, known, "unproven"},
		{"a new number, and the old one agreed", NumberChange, other, with(func(p *Person) { p.AgreedAt = now - 15*minuteMs + 1 }), ""},
		{"it agreed too long ago", NumberChange, other, with(func(p *Person) { p.AgreedAt = now - 15*minuteMs }), "unproven"},
		{"the old number is to agree", NumberChange, old, known, ""},
		{"a first number", NumberChange, other, Person{Now: now}, ""},
		{"a first number, and the account has another", NumberChange, other, Person{Now: now, Told: old}, "unproven"},
		{"a first number, the account's", NumberChange, old, Person{Now: now, Told: old}, ""},
		{"it changed a day ago, and is to agree", NumberChange, old, with(func(p *Person) { p.ChangedAt = now - dayMs }), "number_changed"},
		{"stale, and is to agree", NumberChange, old, with(func(p *Person) { p.ConfirmedAt = now - 181*dayMs }), "number_stale"},
		{"paused", NumberChange, other, with(func(p *Person) { p.PausedUntil = now + 1 }), "paused"},
		{"locked, to reset", PasswordReset, old, with(func(p *Person) { p.Locked = true }), "account_locked"},
		{"locked, to change the number", NumberChange, other, with(func(p *Person) { p.Locked = true }), "account_locked"},
		{"locked, to unlock", AccountUnlock, old, with(func(p *Person) { p.Locked = true }), ""},
		{"the account's number, to unlock", AccountUnlock, old, Person{Now: now, Told: old}, ""},
		{"another than the account's, to unlock", AccountUnlock, other, Person{Now: now, Told: old}, "number_changed"},
		{"no longer paused", Login, old, with(func(p *Person) { p.PausedUntil = now }), ""},
		{"changed a day ago", PasswordReset, old, with(func(p *Person) { p.ChangedAt = now - dayMs }), "number_changed"},
		{"changed a day ago, to log in", Login, old, with(func(p *Person) { p.ChangedAt = now - dayMs }), ""},
		{"changed 72 h ago", PasswordReset, old, with(func(p *Person) { p.ChangedAt = now - 72*hourMs }), ""},
		{"suspended", Login, old, with(func(p *Person) { p.Suspended = "wrong_number" }), "number_suspended"},
		{"suspended, another than its own", Login, other, with(func(p *Person) { p.Suspended = "wrong_number" }), "number_suspended"},
		{"suspended, and none is its own", PasswordReset, other, Person{Now: now, Suspended: "wrong_number"}, "number_suspended"},
		{"suspended, and is to agree", NumberChange, old, with(func(p *Person) { p.Suspended = "wrong_number" }), "number_suspended"},
		{"suspended, to take the place of another", NumberChange, other, with(func(p *Person) { p.Suspended, p.AgreedAt = "wrong_number", now }), "number_suspended"},
		{"180 days", PasswordReset, old, with(func(p *Person) { p.ConfirmedAt = now - 180*dayMs }), ""},
		{"stale", PasswordReset, old, with(func(p *Person) { p.ConfirmedAt = now - 180*dayMs - 1 }), "number_stale"},
		{"stale, to log in", Login, old, with(func(p *Person) { p.ConfirmedAt = now - 300*dayMs }), ""},
	} {
		if got := r.person(Challenge{Purpose: c.purpose, Phone: c.to}, c.is); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	locked := with(func(p *Person) { p.Locked = true })
	for proof, want := range map[string]string{"app": "account_locked", "passkey": "account_locked", "totp": "account_locked", "email": "account_locked", "in_person": ""} {
		if got := r.person(Challenge{Purpose: NumberChange, Proof: proof, Phone: other}, locked); got != want {
			t.Errorf("locked, shown by %s: %q, want %q", proof, got, want)
		}
	}
	for _, is := range []Person{known, with(func(p *Person) { p.Suspended = "wrong_number" }), with(func(p *Person) { p.ConfirmedAt = 0 })} {
		for _, to := range []string{old, other} {
			if got := r.person(Challenge{Purpose: NumberChange, Proof: "passkey", Phone: to}, is); got != "" {
				t.Errorf("shown by another factor, to %s: %q", to, got)
			}
		}
	}
}

func TestSwapsFailClosedAndOpen(t *testing.T) {
	down := errors.New("down")
	for _, c := range []struct {
		name    string
		needed  bool
		age     time.Duration
		changed bool
		err     error
		reason  string
		again   bool
	}{
		{"not changed", true, 0, false, nil, "", false},
		{"changed", true, 0, true, nil, "sim_swap", false},
		{"changed, to log in", false, 0, true, nil, "sim_swap", false},
		{"no answer", true, time.Second, false, down, "", true},
		{"no answer for half of its life", true, 150 * time.Second, false, down, "sim_swap_unknown", false},
		{"a number that it does not know", true, time.Second, false, fmt.Errorf("404: %w", ErrNumberUnknown), "sim_swap_unknown", false},
		{"one that it does not know, to log in", false, time.Second, false, ErrNumberUnknown, "", false},
		{"no answer, to log in", false, time.Second, false, down, "", false},
	} {
		ch := Challenge{CreatedAt: 1000, ExpiresAt: 301_000, Now: 1000 + c.age.Milliseconds()}
		if reason, again := judgeSwap(ch, c.needed, c.changed, c.err); reason != c.reason || again != c.again {
			t.Errorf("%s: %q %v, want %q %v", c.name, reason, again, c.reason, c.again)
		}
	}
}

// TestReasonsAreKept: what the gate says reaches callbacks as refused, and no more.
func TestReasonsAreKept(t *testing.T) {
	for _, reason := range []string{"country", "number_type", "block_budget", "country_budget", "network_budget", "spend", "paused", "number_limit",
		"unproven", "number_changed", "number_suspended", "number_stale", "sim_swap", "sim_swap_unknown"} {
		if !private[reason] {
			t.Errorf("%s would be told", reason)
		}
	}
}

// scale notes what is weighed, and has it decided by counts.
type scale struct {
	knows
	counts Counts
	sends  []Send
}

func (s *scale) Weigh(_ context.Context, send Send, decide func(Counts) Verdict) (Verdict, error) {
	s.sends = append(s.sends, send)
	return decide(s.counts), nil
}

// TestWhatANumberCountsUnder: the first send of each code, whatever it is for; test keys
// apart, and nothing but this keeps a test from being made.
func TestWhatANumberCountsUnder(t *testing.T) {
	const to = "+12025550123"
	for _, c := range []struct {
		name   string
		code   Challenge
		counts Counts
		keys   []string
		want   string
	}{
		{"the first send", Challenge{Phone: to}, Counts{}, []string{"send/hour/" + to, "send/day/" + to}, ""},
		{"for another subject and purpose", Challenge{Phone: to, Subject: "b", Purpose: Payment}, Counts{}, []string{"send/hour/" + to, "send/day/" + to}, ""},
		{"the second send", Challenge{Phone: to, Sends: 1}, Counts{}, nil, ""},
		{"of a full number", Challenge{Phone: to}, Counts{NumberFull: true, Block: Count{HourSent: 10}}, []string{"send/hour/" + to, "send/day/" + to}, "number_limit"},
		{"a test", Challenge{Phone: to, Test: true}, Counts{Block: Count{HourSent: 10}}, []string{"test:send/hour/" + to, "test:send/day/" + to}, ""},
		{"a test of a full number", Challenge{Phone: to, Test: true}, Counts{NumberFull: true}, []string{"test:send/hour/" + to, "test:send/day/" + to}, "number_limit"},
	} {
		s := &scale{counts: c.counts}
		g := Gate{Store: s, Rules: GateRules{Countries: []string{"US"}}.Complete(), Log: slog.New(slog.DiscardHandler)}
		reason, err := g.Judge(t.Context(), c.code)
		if err != nil || reason != c.want || len(s.sends) != 1 {
			t.Fatalf("%s: %q, %v, weighed %d times", c.name, reason, err, len(s.sends))
		}
		send := s.sends[0]
		var keys []string
		for _, h := range send.Hits {
			keys = append(keys, h.Key)
		}
		if !slices.Equal(keys, c.keys) || send.N != c.code.Sends+1 || (send.Country == "") != c.code.Test {
			t.Errorf("%s: %+v", c.name, send)
		}
	}
}

// TestAskingCountsForTheAsker: by the subject and the client's network, and by no number.
func TestAskingCountsForTheAsker(t *testing.T) {
	s := Settings{}.complete()
	key := func(subject, ip string, test bool) string { return s.sendHits(subject, network(ip), test)[0].Key }
	one := key("u", "198.51.100.7", false)
	for name, other := range map[string]string{
		"another subject": key("v", "198.51.100.7", false), "another network": key("u", "198.51.100.8", false),
		"no network": key("u", "", false), "a test": key("u", "198.51.100.7", true), "a subject with a slash": key("198.51.100.7/u", "", false),
	} {
		if other == one {
			t.Errorf("%s counts the same: %s", name, one)
		}
	}
	if key("u", "2001:db8::1", false) != key("u", "2001:db8::2", false) || key("u", "nonsense", false) != key("u", "", false) {
		t.Error("one client has two counts")
	}
}

// TestNumbersThatMoved: what an unlock goes by.
func TestNumbersThatMoved(t *testing.T) {
	const now, phone = 400 * dayMs, "+12025550123"
	down := errors.New("down")
	for _, c := range []struct {
		name   string
		is     Person
		failed error
		number string
		swaps  Swaps
		want   string
	}{
		{"nothing is known", Person{Now: now}, nil, phone, nil, NumberKept},
		{"its number", Person{Now: now, Phone: phone, ConfirmedAt: now}, nil, phone, swapping{}, NumberKept},
		{"the database is away", Person{}, down, phone, nil, NumberUnknown},
		{"another number", Person{Now: now, Phone: "+12025550199"}, nil, phone, nil, NumberChanged},
		{"suspended", Person{Now: now, Phone: phone, Suspended: "wrong_number"}, nil, phone, nil, NumberChanged},
		{"suspended, and none is its own", Person{Now: now, Suspended: "wrong_number"}, nil, phone, nil, NumberChanged},
		{"changed a moment less than a week ago", Person{Now: now, Phone: phone, ChangedAt: now - 7*dayMs + 1}, nil, phone, nil, NumberChanged},
		{"another SIM within a week", Person{Now: now}, nil, phone, swappedBefore(168*time.Hour - 1), NumberChanged},
		{"another SIM before that", Person{Now: now}, nil, phone, swappedBefore(168 * time.Hour), NumberKept},
		{"changed a week ago", Person{Now: now, Phone: phone, ChangedAt: now - 7*dayMs}, nil, phone, nil, NumberKept},
		{"another SIM", Person{Now: now}, nil, phone, swapping{changed: true}, NumberChanged},
		{"another SIM, of the number that is known", Person{Now: now, Phone: phone}, nil, "", swapping{changed: true}, NumberChanged},
		{"nobody can tell", Person{Now: now}, nil, phone, swapping{err: down}, NumberUnknown},
		{"no number to ask about", Person{Now: now}, nil, "", swapping{err: down}, NumberKept},
	} {
		g := Gate{Store: knows{c.is, c.failed}, Swaps: c.swaps, Log: slog.New(slog.DiscardHandler)}
		if got := g.NumberMoved(t.Context(), "acc-1", c.number); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

type swapping struct {
	changed bool
	err     error
}

func (s swapping) Changed(context.Context, string, time.Duration) (bool, error) {
	return s.changed, s.err
}

// swappedBefore is how long ago a SIM was changed.
type swappedBefore time.Duration

func (s swappedBefore) Changed(_ context.Context, _ string, within time.Duration) (bool, error) {
	return time.Duration(s) < within, nil
}

type knows struct {
	is  Person
	err error
}

func (k knows) Person(context.Context, string, string, Purpose) (Person, error) { return k.is, k.err }

func (k knows) Weigh(context.Context, Send, func(Counts) Verdict) (Verdict, error) {
	return Verdict{}, errors.New("not asked here")
}

// TestWhoseSIMIsAskedAbout: of guarded purposes and of a number that is to be replaced it
// is needed; naming other purposes adds to them.
func TestWhoseSIMIsAskedAbout(t *testing.T) {
	const old, other = "+12025550123", "+12025550199"
	none := GateRules{}.Complete()
	named := GateRules{SwapFor: []Purpose{Login, NumberChange}}.Complete()
	for _, c := range []struct {
		name   string
		rules  GateRules
		of     Challenge
		bound  string
		number string
		needed bool
	}{
		{"a reset", none, Challenge{Purpose: PasswordReset, Phone: old}, "", old, true},
		{"an unlock, others named", named, Challenge{Purpose: AccountUnlock, Phone: old}, old, old, true},
		{"a payment", named, Challenge{Purpose: Payment, Phone: old}, old, "", false},
		{"a login", none, Challenge{Purpose: Login, Phone: old}, old, "", false},
		{"a login, named", named, Challenge{Purpose: Login, Phone: old}, old, old, false},
		{"another number", none, Challenge{Purpose: NumberChange, Phone: other}, old, old, true},
		{"another number, named", named, Challenge{Purpose: NumberChange, Phone: other}, old, old, true},
		{"the number itself is to agree", none, Challenge{Purpose: NumberChange, Phone: old}, old, old, true},
		{"another number, by another factor", none, Challenge{Purpose: NumberChange, Proof: "totp", Phone: other}, old, "", false},
		{"a first number", none, Challenge{Purpose: NumberChange, Phone: other}, "", "", false},
		{"a first number, named", named, Challenge{Purpose: NumberChange, Phone: other}, "", other, false},
	} {
		number, within, needed := c.rules.swapOf(c.of, Person{Phone: c.bound})
		if number != c.number || needed != c.needed || (within == 168*time.Hour) != (number != "") {
			t.Errorf("%s: %q within %s %v, want %q %v", c.name, number, within, needed, c.number, c.needed)
		}
	}
	idle := Person{Phone: old, Now: 181 * dayMs}
	for _, p := range []Purpose{Login, Payment, Custom} {
		if number, within, needed := none.swapOf(Challenge{Purpose: p, Phone: old}, idle); number != old || within != 2400*time.Hour || needed {
			t.Errorf("%s to a number that has long given no code: %q within %s %v", p, number, within, needed)
		}
		if number, _, _ := none.swapOf(Challenge{Purpose: p, Phone: other}, idle); number != "" {
			t.Errorf("%s to another number: %q", p, number)
		}
	}
}
