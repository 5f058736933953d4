package verify

import (
	"cmp"
	"net/netip"
	"strings"
	"time"
)

// Limit is how often something may happen.
type Limit struct {
	Most int           `yaml:"most" json:"most"`
	Per  time.Duration `yaml:"per" json:"per"`
}

// Settings are what a business may choose about its codes. The zero value of a field
// means its default.
type Settings struct {
	TTL time.Duration // of a code; default 5 min, at most 10 (ASVS 5.0 6.5.5)
	// Checks of one code; default 5, the last of which may succeed.
	Checks int
	// Sends of one code, the first included; default 3.
	Sends int
	// Cooldowns between sends; default 30, 60, 120 s.
	Cooldowns []time.Duration
	// Rotate sends another code each time; by default it is the same one, because
	// texts arrive out of order.
	Rotate bool

	// Codes that one client network asks for of one subject; default 5 an hour and 10 a
	// day. Those to one number are the gate's to limit.
	SubjectSendsHour Limit
	SubjectSendsDay  Limit
	NetworkSends     Limit // codes asked for from one client network; default 20 an hour
	// Checks from one network that were not right; default 60 in five minutes.
	NetworkChecks Limit
	// The same of all clients together whose network one caller (an API key, or the texts of
	// one conversation) does not name; default 1000 codes an hour, and 600 checks in five
	// minutes.
	CallerSends  Limit
	CallerChecks Limit
	// Wrong codes for one subject and purpose; default 10 an hour and 20 a day. Then
	// the purpose pauses, never the account.
	SubjectHour Limit
	SubjectDay  Limit
	// Wrong codes for one number; default 20 a day.
	NumberChecks Limit
	// Wrong codes for a block of a thousand numbers; default 60 an hour.
	BlockChecks Limit
	// Wrong codes in all: beyond it codes get eight digits and the business is told;
	// default 100 a minute.
	Global Limit
}

// Defaults are what absent settings mean.
var Defaults = Settings{
	TTL: 5 * time.Minute, Checks: 5, Sends: 3, Cooldowns: []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute},
	SubjectSendsHour: Limit{5, time.Hour}, SubjectSendsDay: Limit{10, 24 * time.Hour}, NetworkSends: Limit{20, time.Hour},
	NetworkChecks: Limit{60, 5 * time.Minute}, CallerSends: Limit{1000, time.Hour}, CallerChecks: Limit{600, 5 * time.Minute}, SubjectHour: Limit{10, time.Hour}, SubjectDay: Limit{20, 24 * time.Hour},
	NumberChecks: Limit{20, 24 * time.Hour}, BlockChecks: Limit{60, time.Hour}, Global: Limit{100, time.Minute},
}

// LongestTTL is how long a code may be good at most.
const LongestTTL = 10 * time.Minute

// or is the limit, or another where there is none.
func (l Limit) or(other Limit) Limit {
	if l.Most == 0 {
		return other
	}
	return l
}

func (l Limit) hit(key string) Hit { return Hit{Key: key, Most: l.Most, Per: l.Per} }

// network is what a client's address counts as: its /32, or /64 of IPv6, which one
// customer has to themselves. "": no address was given, or it is none.
func network(ip string) string {
	a, err := netip.ParseAddr(strings.TrimSpace(ip))
	if err != nil {
		return ""
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	p, err := a.Prefix(64)
	if err != nil {
		return ""
	}
	return p.String()
}

// CallerMark begins what stands for the network of clients that a caller does not name.
const CallerMark = "by "

// client is what whoever asks counts as: the client's network, or, so that leaving the
// address out is no way around a limit, the caller that asks in its place: an API key, or
// the texts of one conversation (texter).
func client(ip, caller string) string {
	return cmp.Or(network(ip), CallerMark+caller)
}

// texter is what whoever asks by text counts as: their conversation. All of them together
// would be stopped by the one who texts most.
func texter(caller, conversation string) string { return CallerMark + caller + " " + conversation }

// unnamed says that a client is only known by its caller.
func unnamed(client string) bool { return strings.HasPrefix(client, CallerMark) }

// block is a number's block of a thousand: bots take numbers in a row.
func block(phone string) string {
	r := []rune(phone) // a decoy's is a name
	return string(r[:max(0, len(r)-3)])
}

// whom is what checks count under: the number, or for a decoy its subject, so that a
// subject nobody knows is limited like any other.
func whom(phone, subject string) string {
	if phone == "" {
		return "?" + subject
	}
	return phone
}

// sendHits are what asking for a code counts under, before anybody knows to whom it
// goes: what a refusal at the door goes by must not depend on the number, nor on what
// the subject's owner asked for from elsewhere, or it would tell of them. Clients that a
// caller does not name share one count for each subject. What test keys do counts
// apart: it costs nobody anything, and must not use up what customers have.
func (s *Settings) sendHits(subject, client string, test bool) []Hit {
	return inMode([]Hit{
		s.SubjectSendsHour.hit("ask/hour/" + client + "/" + subject),
		s.SubjectSendsDay.hit("ask/day/" + client + "/" + subject),
		s.clientSends(client),
	}, test)
}

// clientSends is what every code that a client asks for counts under, another send and a
// request that is in vain included.
func (s *Settings) clientSends(client string) Hit {
	most := s.NetworkSends
	if unnamed(client) {
		most = s.CallerSends
	}
	h := most.hit("send/net/" + client)
	h.InVain = true
	return h
}

// inMode keeps what test keys count apart.
func inMode(hits []Hit, test bool) []Hit {
	for i := range hits {
		hits[i].Key = ofMode(hits[i].Key, test)
	}
	return hits
}

// Hits are what a check counts under, unless it is right: what the challenge is about,
// and the client. A check that is not compared with anything
// is no guess, and counts for the client alone: or strangers could pause whom they
// like. A right code takes back the subject's wrong ones of this purpose, and nothing
// else: somebody with an account of their own must not take back what others count under
// too, nor guess at one number and take it back with another.
func (v Spend) Hits(c Challenge, compared bool) []Hit {
	s, subject, phone := v.settings, c.Subject, c.Phone
	if !compared {
		subject, phone = "?"+v.Client, ""
	}
	hour, today := s.SubjectHour.hit(subjectKey("hour", v.Purpose, subject)), s.SubjectDay.hit(subjectKey("day", v.Purpose, subject))
	if compared {
		hour.Pauses, hour.Pause, hour.Forgiven = PauseKey(v.Purpose, subject), pausedFor, rules[v.Purpose].own
		today.Pauses, today.Pause, today.Forgiven = PauseKey(v.Purpose, subject), pausedLong, rules[v.Purpose].own
		today.Heard = true
	}
	hits := []Hit{
		hour, today,
		s.NumberChecks.hit("check/number/" + whom(phone, subject)),
		s.BlockChecks.hit("check/block/" + block(whom(phone, subject))),
	}
	return inMode(append(hits, v.clientHits(subject, compared)...), v.Test)
}

// clientHits are what a check counts under for its client: all of theirs, and, where it is
// a guess, those at one subject's codes. One client has one guess less than pauses the
// purpose: it takes two to keep the customer from their codes.
func (v Spend) clientHits(subject string, compared bool) []Hit {
	most := v.settings.NetworkChecks
	if unnamed(v.Client) {
		most = v.settings.CallerChecks
	}
	all := most.hit(clientKey(v.Client))
	all.Client = true
	if !compared || unnamed(v.Client) {
		return []Hit{all}
	}
	alone := Limit{Most: max(1, v.settings.SubjectHour.Most-1), Per: v.settings.SubjectDay.Per}
	one := alone.hit(subjectKey("client/"+v.Client, v.Purpose, subject))
	one.Client, one.Forgiven = true, rules[v.Purpose].own
	one.Pauses, one.Pause = "told/"+one.Key, one.Per
	return []Hit{all, one}
}

// pausedFor is how long a purpose pauses for a subject whose codes are guessed;
// pausedLong, when it goes on for a day.
const (
	pausedFor  = 30 * time.Minute
	pausedLong = 24 * time.Hour
)

func clientKey(client string) string { return "check/net/" + client }

func subjectKey(window string, purpose Purpose, subject string) string {
	return "check/" + window + "/" + string(purpose) + "/" + subject
}

// complete fills in the defaults.
func (s Settings) complete() Settings {
	d := Defaults
	s.TTL, s.Checks, s.Sends = cmp.Or(s.TTL, d.TTL), cmp.Or(s.Checks, d.Checks), cmp.Or(s.Sends, d.Sends)
	if len(s.Cooldowns) == 0 {
		s.Cooldowns = d.Cooldowns
	}
	for _, l := range []struct{ to, or *Limit }{
		{&s.SubjectSendsHour, &d.SubjectSendsHour}, {&s.SubjectSendsDay, &d.SubjectSendsDay}, {&s.NetworkSends, &d.NetworkSends}, {&s.NetworkChecks, &d.NetworkChecks},
		{&s.CallerSends, &d.CallerSends}, {&s.CallerChecks, &d.CallerChecks},
		{&s.SubjectHour, &d.SubjectHour}, {&s.SubjectDay, &d.SubjectDay}, {&s.NumberChecks, &d.NumberChecks}, {&s.BlockChecks, &d.BlockChecks}, {&s.Global, &d.Global},
	} {
		*l.to = l.to.or(*l.or)
	}
	return s
}
