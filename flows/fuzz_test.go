package flows

import (
	"io/fs"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// quick fails a fuzz input that takes long: flow files may come from strangers.
func quick(t *testing.T, what string) func() {
	begun := time.Now()
	return func() {
		if d := time.Since(begun); d > 5*time.Second {
			t.Errorf("%s took %s", what, d)
		}
	}
}

func FuzzParse(f *testing.F) {
	files, _ := fs.Glob(Shipped(), "*.yaml")
	for _, name := range files {
		source, _ := fs.ReadFile(Shipped(), name)
		f.Add(source)
	}
	for _, s := range []string{
		"flow: x\nstart: a\nstates: {a: {end: z}}", head + "  a: {say: {en: '{{ name }}'}, goto: z}" + tail,
		"a: &b [*b]", "? - - - x", "{{{{[[[[", "flow: |\n  x\n", "- - - - - -", "\"\\u0000\": 1", "a: 1e999", "a: .nan", "\t", "a:\n\tb: 1", "%YAML 1.2\n---\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		defer quick(t, "parsing")()
		flow, err := Parse("x.yaml", source)
		if err != nil {
			if len(Problems(err)) == 0 {
				t.Errorf("an error without a problem: %v", err)
			}
			return
		}
		flow.Check()
		again, err := Compile(flow.Source())
		if err != nil || again.Hash != flow.Hash {
			t.Fatalf("the stored version is another: %v\n%s", err, flow.Source())
		}
		drive(t, flow)
	})
}

// drive takes a flow of a stranger through a few moves.
func drive(t *testing.T, f *Flow) {
	vars, _ := f.CheckInput(map[string]any{"name": "Ann", "order": "A-1", "n": 3.0})
	m := f.Start(Scope{}, Run{Vars: vars})
	for _, text := range []string{"yes", "2, x", "5 march at 3pm"} {
		if m.End != "" || m.Problem != "" {
			return
		}
		said := Said{Text: text}
		if r := f.Read(Scope{}, nil, m.Run, said); r.Fits {
			m = f.Answer(Scope{}, m.Run, said, r)
		} else {
			m = f.Unfitting(Scope{}, m.Run, said)
		}
		for _, s := range m.Says {
			if utf8.RuneCountInString(s.Text) > maxText {
				t.Errorf("a text of %d characters", utf8.RuneCountInString(s.Text))
			}
		}
	}
}

func FuzzTemplate(f *testing.F) {
	for _, s := range []string{
		"hi {{ name }}", "{{ n + 1 }}", "{{ date(now, 'short') }} {{ money(n) }}", "{{ list }}", "{{", "}}", "{{ }}", "{{ {a: {b: 1}}.a }}",
		"{{ map(list, # + 'x') }}", "{{ 1..9 }}", "{{ reply.media }}", "{{ event.data.x ?? 'no' }}", "{{ contact.fields.a }}", "{{ \"}}\" }}",
		"{{ 1 / 0 }}", "{{ name[0:99] }}", "{{ int(name) }}", "{{ filter(list, # matches name) }}", "{{ -n ** 9 ** 9 }}", "{{ sum(1..99999) }}",
	} {
		f.Add(s, "Ann http://x.example 12345")
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		defer quick(t, "rendering")()
		p := newParser("x.yaml")
		p.flow = &Flow{Languages: []string{"en"}, states: map[string]*state{}, vars: map[string]*variable{
			"name": {name: "name", kind: kindString, foreign: true}, "n": {name: "n", kind: kindInteger}, "list": {name: "list", kind: kindList}}}
		tmpl := p.template(&node{shape: isText, text: text, line: 1, col: 1}, "say", true)
		p.compileAll()
		if len(p.problems) > 0 {
			return
		}
		if err := p.flow.buildMachine(); err != nil {
			t.Fatal(err)
		}
		c := p.flow.call(&Scope{}, &Run{Vars: map[string]any{"name": name, "n": 3.0, "list": []any{"a", name}}})
		defer p.flow.giveBack(c)
		out, err := tmpl.render(c)
		if err == nil && utf8.RuneCountInString(out) > maxText && len(tmpl.exprs()) > 0 {
			t.Errorf("a text of %d characters", utf8.RuneCountInString(out))
		}
		if err != nil && len(name) > 4 && strings.Contains(err.Error(), name) && !strings.Contains(text, name) {
			t.Errorf("an error with the customer's words in it: %v", err)
		}
	})
}

func FuzzDialogue(f *testing.F) {
	files, _ := fs.Glob(Shipped(), "*.chat")
	for _, name := range files {
		source, _ := fs.ReadFile(Shipped(), name)
		f.Add(source)
	}
	f.Add([]byte("# a\nstart {\"a\": 1}\n> [photo x.jpg] y\n~ 3d\n* take Bo\n= ended x\n@ at 2026-01-01T00:00\n"))
	f.Fuzz(func(t *testing.T, source []byte) {
		defer quick(t, "reading a dialogue")()
		found, err := ParseDialogues("x.chat", source)
		if err != nil && len(Problems(err)) == 0 {
			t.Errorf("an error without a problem: %v", err)
		}
		for _, d := range found {
			if len(d.Steps) == 0 {
				t.Error("a dialogue without steps")
			}
		}
	})
}

func FuzzRead(f *testing.F) {
	flow, err := Parse("x.yaml", []byte(head+`  a:
    replies: [{match: ["1", yes, /x+y/], goto: z}]
    capture: {q: datetime}
    goto: b
  b: {capture: {r: money}, goto: c}
  c: {capture: {s: date}, goto: d}
  d: {capture: {t: time}, goto: z}`+tail))
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{"1", "2, box", "tomorrow at 3pm", "$1,234.50", "5/3", "1️⃣", "¿sí?", "\x00", "99999999999999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range []string{"a", "b", "c", "d"} {
			run := Run{State: name, Language: "en"}
			r := flow.Read(Scope{}, nil, run, Said{Text: text})
			if !r.Fits {
				continue
			}
			if m := flow.Answer(Scope{}, run, Said{Text: text}, r); m.Problem != "" {
				t.Errorf("%q in %s: %s", text, name, m.Problem)
			}
		}
	})
}
