package flows

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

// rendering sets up a flow with one text and one piece of data of the same source.
func rendering(t *testing.T, source, lang string) (*Flow, error) {
	t.Helper()
	quoted, _ := json.Marshal(source)
	return Parse("x.yaml", []byte(`flow: x
languages: [en, es]
input: {name: {type: string, foreign: true}, n: integer, f: number, ok: boolean, list: list, day: date, hour: time, at: datetime, price: money, nick: {type: string, required: false}, people: {type: list, foreign: true}}
start: a
states:
  a:
    do: [{emit: {event: e, data: {v: `+string(quoted)+`}}}]
    say: `+string(quoted)+`
    end: z
`))
}

var sample = map[string]any{
	"name": "Ann\nhttps://evil.example/x 12345 B.", "n": 3.0, "f": 1000000.0, "ok": true,
	"list": []any{"a", "b", "c"}, "day": "2026-03-05", "hour": "15:30", "at": "2026-03-05T20:30:00Z",
	"price": map[string]any{"amount": 1234.5, "currency": "USD"}, "people": []any{"Bo\r\nwww.evil.example", "Al"},
}

var newYork = Scope{
	Now: time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC), Line: "+12025550100", CanReply: true, Opens: "9:00 AM",
	Brand:   Brand{Name: "Acme", Timezone: "America/New_York"},
	Contact: Contact{Name: "Ann bit.ly/x", Language: "en", Fields: map[string]any{"tier": "gold"}},
}

func TestTemplates(t *testing.T) {
	cases := []struct{ source, en, es string }{
		{"plain", "plain", "plain"},
		{"{{ brand }}: {{ n }} {{ f }} {{ ok }}", "Acme: 3 1000000 true", "Acme: 3 1000000 true"},
		{"hi {{ name }}.", "hi Ann B..", "hi Ann B.."},
		{"hi {{ name + '!' }}", "hi Ann B.!", "hi Ann B.!"},
		{"{{ people }}", "Bo and Al", "Bo y Al"},
		{"{{ map(people, # + '.') }}", "Bo. and Al.", "Bo. y Al."},
		{"{{ list }}", "a, b and c", "a, b y c"},
		{"{{ list[0:1] }}|{{ [] }}|{{ list[0:2] }}", "a||a and b", "a||a y b"},
		{"{{ nick }}|{{ nick ?? 'you' }}|{{ nick ?? n }}", "|you|3", "|you|3"},
		{"{{ price }} {{ money(price) }} {{ money(f) }}", "$1,234.50 $1,234.50 1,000,000.00", "1.234,50 USD 1.234,50 USD 1.000.000,00"},
		{"{{ money('12.50 USD') }}", "$12.50", "12,50 USD"},
		{"{{ money(nick) }}{{ date(nick) }}{{ time(nick) }}", "", ""},
		{"{{ day }}/{{ date(day, 'short') }}/{{ date(day, 'long') }}", "Thu, Mar 5/Mar 5/Thursday, March 5, 2026", "jueves 5 de marzo/5 mar/jueves 5 de marzo de 2026"},
		{"{{ time(hour) }} {{ time(at) }} {{ at }}", "3:30 PM 3:30 PM Thu, Mar 5 3:30 PM", "15:30 15:30 jueves 5 de marzo 15:30"},
		{"{{ date(at + duration('24h'), 'short') }}", "Mar 6", "6 mar"},
		{"{{ time(now) }} {{ now < at }} {{ day > now }}", "9:00 AM true true", "09:00 true true"},
		{"{{ n / 2 }} {{ f * 2 }} {{ f / 3 > 1 }} {{ n + 1 }}", "1.5 2000000 true 4", "1.5 2000000 true 4"},
		{"{{ contact.name }} {{ contact.fields.tier }}{{ contact.fields.none }}", "Ann gold", "Ann gold"},
		{"{{ line }} {{ can_reply }} {{ opens }} {{ last_text }}", "+12025550100 true 9:00 AM", "+12025550100 true 9:00 AM"},
		{"{{ reply.as }}{{ reply.text }}{{ reply.media }}{{ event.type }}{{ event.data.x }}", "", ""},
		{"{{ event.data.x.y ?? 'none' }}", "none", "none"},
		{"{{ {'a': {'b': n}}.a.b }} {{ \"}}\" }}", "3 }}", "3 }}"},
		{"{{ upper(list[0]) }}{{ len(list) }}", "A3", "A3"},
	}
	for _, c := range cases {
		f, err := rendering(t, c.source, "en")
		if err != nil {
			t.Errorf("%s: %v", c.source, err)
			continue
		}
		for lang, want := range map[string]string{"en": c.en, "es": c.es} {
			m := f.Start(newYork, Run{Vars: sample, Language: lang})
			got := ""
			if len(m.Says) > 0 {
				got = m.Says[0].Text
			}
			if got != want || m.Problem != "" {
				t.Errorf("%s in %s: got %q, want %q (%s)", c.source, lang, got, want, m.Problem)
			}
		}
	}
}

// What fails at run time sends nothing at all, and says so without the data.
func TestTemplatesFail(t *testing.T) {
	for _, source := range []string{"{{ 1 / (n - 3) }}", "{{ date(name) }}", "{{ event.data.x.y }}", "{{ list[9] }}", "{{ int(name) }}", "{{ money('12') }}"} {
		f, err := rendering(t, source, "en")
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		m := f.Start(newYork, Run{Vars: sample, Language: "en"})
		if m.Problem == "" || m.Handoff == nil || len(m.Says)+len(m.Actions) > 0 {
			t.Errorf("%s: %+v", source, m)
		}
	}
}

// A value that is exactly one expression keeps its type in data, and the business
// gets what the stranger wrote as it was.
func TestDataKeepsTypes(t *testing.T) {
	for source, want := range map[string]any{
		"{{ n }}": 3.0, "{{ n + 1 }}": 4, "n {{ n }}": "n 3", "{{ ok }}": true, "{{ list }}": []any{"a", "b", "c"}, "{{ day }}": "2026-03-05",
		"{{ day ?? '' }}": "2026-03-05", "{{ nick }}": nil, "{{ nick ?? [] }}": []any{}, "{{ price }}": sample["price"], "{{ at }}": "2026-03-05T20:30:00Z",
		"{{ now }}": "2026-03-02T09:00:00-05:00", "{{ name }}": sample["name"], "plain": "plain", "{{ len(list) }}": 3, "{{ split('a b', ' ') }}": []any{"a", "b"},
	} {
		f, err := rendering(t, source, "en")
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		m := f.Start(newYork, Run{Vars: sample, Language: "en"})
		if m.Problem != "" {
			t.Errorf("%s: %s", source, m.Problem)
			continue
		}
		if got := m.Actions[0].Data["v"]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %#v, want %#v", source, got, want)
		}
	}
}

func TestDefuse(t *testing.T) {
	for in, want := range map[string]string{
		"Ann": "Ann", "Ann-Marie O'Neil": "Ann-Marie O'Neil", "Ann 123": "Ann 123", "Ann 1234": "Ann", "J. Smith": "J. Smith",
		"a\nb": "a b", "see http://x.y/z now": "see now", "evil.com": "", "evil.com/path?q": "", "www.evil": "", "call ١٢٣٤٥": "call",
		"a\u202eb\x00": "ab", "12 34": "12 34", "1http://x.y234": "1", "AT&T": "AT&T", "ev1111il.com": "",
		"call 202 555 01 23": "call", "+1 (202) 55-50-12": "", "2.0.2.5.5.5.0": "", "24 7 Shop 365": "24 7 Shop 365", "": "", "Zoë": "Zoë",
	} {
		if got := Defuse(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

// Dates stay readable inside a stranger's list; nothing that holds another number
// passes for one.
func TestDefuseAllKeepsDates(t *testing.T) {
	for in, want := range map[string]string{
		"2026-03-05": "2026-03-05", "2026-03-05T15:30:00Z": "2026-03-05T15:30:00Z", "2026-03-05T15:30:00+02:00": "2026-03-05T15:30:00+02:00",
		"2026-03-05T15:30:00.600123456Z": "-03-05T15:30:Z", "6001-23-45": "-23-45", "2026-03-05 call": "-03-05 call", "evil.com": "",
	} {
		if got := defuseAll([]any{map[string]any{"a": in}}).([]any)[0].(map[string]any)["a"]; got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestCheckInput(t *testing.T) {
	f := mustParse(t, `flow: x
input:
  order: {type: string, max: 5}
  n: {type: integer, min: 1, max: 9, default: 2}
  kind: {type: string, values: [a, b], required: false}
  code: {type: string, pattern: "[A-Z]-[0-9]+", required: false}
  price: {type: money, required: false}
  day: {type: date, required: false}
start: a
states: {a: {end: z}}
`)
	vars, problems := f.CheckInput(map[string]any{"order": "A-1", "extra": 1, "price": "12.50 USD", "n": 3.0})
	want := map[string]any{"order": "A-1", "n": 3, "price": map[string]any{"amount": 12.5, "currency": "USD"}}
	if len(problems) > 0 || !reflect.DeepEqual(vars, want) {
		t.Errorf("got %v, %v", vars, problems)
	}
	if vars, _ := f.CheckInput(map[string]any{"order": "A"}); vars["n"] != 2 {
		t.Errorf("no default: %v", vars)
	}
	for name, c := range map[string]struct {
		value any
		want  string
	}{
		"order": {"longer than five", "order must be at most 5 characters."},
		"n":     {0, "n must be at least 1."},
		"kind":  {"c", "kind must be one of a, b."},
		"code":  {"xA-1", "code does not have the form that the flow asks for."},
		"price": {12.5, `price must be money such as {"amount": 12.5, "currency": "USD"} or "12.50 USD".`},
		"day":   {"5 March", `day must be a date such as "2026-03-05".`},
	} {
		data := map[string]any{"order": "A-1"}
		data[name] = c.value
		if _, problems := f.CheckInput(data); len(problems) != 1 || problems[0] != c.want {
			t.Errorf("%s: %q, want %q", name, problems, c.want)
		}
	}
	if _, problems := f.CheckInput(nil); len(problems) != 1 || problems[0] != "order is missing: the flow x needs a text." {
		t.Errorf("%q", problems)
	}
	if _, problems := f.CheckInput(map[string]any{"order": 17}); len(problems) != 1 || problems[0] != "order must be a text." {
		t.Errorf("%q", problems)
	}
}

// A run that comes back from storage knows only one kind of number: whole ones
// still count.
func TestStoredNumbers(t *testing.T) {
	f := mustParse(t, "flow: x\nstart: a\nstates: {a: {do: [{set: {n: '{{ (n ?? 6) + 1 }}', half: '{{ n / 2 }}'}}], say: '{{ n % 4 }} {{ n }} {{ half }}', end: z}}")
	for _, seven := range []any{6, 6.0} {
		if m := f.Start(Scope{}, Run{Vars: map[string]any{"n": seven}}); m.Problem != "" || m.Says[0].Text != "3 7 3" {
			t.Errorf("%T: %+v", seven, m)
		}
	}
}

// What is set from a stranger's words stays a stranger's.
func TestForeignSpreads(t *testing.T) {
	f := mustParse(t, `flow: x
input: {name: {type: string, foreign: true}}
start: a
states:
  a: {do: [{set: {whole: "Dear {{ first }}"}}], goto: b}
  b: {do: [{set: {first: "{{ name }}"}}, {set: {whole: "Dear {{ first }}", fine: "http://ours.example"}}], say: "{{ whole }}: {{ fine }}", end: z}
`)
	m := f.Start(Scope{}, Run{Vars: map[string]any{"name": "Ann http://evil.example"}})
	if m.Problem != "" || m.Says[0].Text != "Dear Ann: http://ours.example" {
		t.Errorf("%+v", m)
	}
}

// What is chosen from a stranger's list stays a stranger's.
func TestForeignIsChosen(t *testing.T) {
	f := mustParse(t, `flow: x
input: {shops: {type: list, foreign: true}}
start: a
states:
  a: {say: "Which?", choose: {from: shops, label: item.name, as: shop, goto: b}}
  b: {say: "{{ shop.name }}", goto: z}
  z: {end: z}
`)
	m := f.Start(Scope{}, Run{Vars: map[string]any{"shops": []any{map[string]any{"name": "Corner http://evil.example"}}}})
	if m.Problem != "" || m.Says[0].Text != "Which?\n1 Corner" {
		t.Errorf("%+v", m)
	}
	m = say(f, m.Run, "1")
	if m.Problem != "" || m.Says[0].Text != "Corner" {
		t.Errorf("%+v", m)
	}
}
