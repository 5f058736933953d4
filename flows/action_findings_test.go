package flows

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// do makes a flow of one state with the action.
func do(action string) string { return head + "  a: {do: [{" + action + "}], end: z}" }

const shop = `url: 'https://x.example/a'`

func TestActionFindings(t *testing.T) {
	cases := []struct{ name, source, want string }{
		{"no address", do("call: {}"), "6:19 call without an address: add url: https://..."},
		{"no scheme", do("call: {url: 'x.example/{{ name }}'}"), "6:25 url must begin with https:// and a host"},
		{"ftp", do("call: {url: 'ftp://x.example/'}"), "6:25 url must begin with https:// and a host"},
		{"all from an expression", do("call: {url: '{{ name }}'}"), "6:25 url must begin with https:// and a host"},
		{"host from an expression", do("call: {url: 'https://{{ name }}/x'}"), "6:25 an expression in the host of url"},
		{"host continued by an expression", do("call: {url: 'https://x.example{{ name }}/x'}"), "6:25 an expression in the host of url"},
		{"host behind a user", do("call: {url: 'https://x.example@evil.example/'}"), "6:25 url has no readable host"},
		{"no host", do("call: {url: 'https:///x'}"), "6:25 url has no readable host"},
		{"backslash", do(`call: {url: 'https://x.example\\evil/x'}`), "6:25 url has no readable host"},
		{"service without a path", do("call: {url: 'orders:a/{{ name }}'}"), "6:25 the service orders without a path: write it like orders:/orders/7"},
		{"service or host", do("call: {url: 'orders://x.example/'}"), "6:25 url must begin with https:// and a host, or with a service"},
		{"service of an expression", do("call: {url: '{{ name }}:/a'}"), "6:25 url must begin with https:// and a host, or with a service"},
		{"service's name", do("call: {url: 'Orders:/a'}"), "6:25 url must begin with https:// and a host, or with a service"},
		{"service's blank", do("call: {url: 'orders:/a b'}"), "6:25 url holds a blank"},
		{"service as an attachment", head + "  a: {say: x, media: 'orders:/a.jpg', end: z}" + tail, "6:22 media is no web address"},
		{"our own header", do("call: {" + shop + ", headers: {Parley-Phone: x}}"), "6:58 the header Parley-Phone is set by Parley"},
		{"fragment", do("call: {url: 'https://x.example/a#b'}"), "6:25 url holds a blank, a backslash or a #"},
		{"method", do("call: {" + shop + ", method: FETCH}"), `6:56 method cannot be "FETCH"`},
		{"body of a GET", do("call: {" + shop + ", method: GET, json: {a: 1}}"), "6:67 a GET has no body"},
		{"header name", do("call: {" + shop + ", headers: {'a b': x}}"), `6:58 "a b" is no name of a header`},
		{"our header", do("call: {" + shop + ", headers: {Host: x}}"), "6:58 the header Host is set by Parley"},
		{"result type", do("call: {" + shop + ", result: {a: text}}"), `6:60 the type of a cannot be "text"`},
		{"result name", do("call: {" + shop + ", result: {event: string}}"), "6:57 event is always there"},
		{"result path", do("call: {" + shop + ", result: {a: {type: string, from: a..b}}}"), `6:81 "a..b" is no path into the answer`},
		{"result of two types", do("call: {" + shop + ", result: {name: integer}}"), "6:57 name is integer here and string elsewhere"},
		{"answer", do("call: {"+shop+", on: {600: z}}") + tail, `6:53 "600" is no answer`},
		{"answer in words", do("call: {"+shop+", on: {okay: z}}") + tail, `6:53 "okay" is no answer`},
		{"answer to nowhere", do("call: {" + shop + ", on: {ok: q}}"), `6:57 there is no state "q"`},
		{"call not last", head + "  a: {do: [{call: {" + shop + "}}, {tag: x}], end: z}", "6:19 an action that waits for a result stands last in do"},
		{"call in a reply", head + "  a: {replies: [{any: true, goto: z, do: [{call: {" + shop + "}}]}]}" + tail, "6:50 an action that waits for a result stands in a state's do"},
		{"wait in an event", head + "  a: {on: {events: {e: {do: [{start: {flow: x, wait: true}}]}}}, silence: {after: 1h, goto: z}}" + tail, "6:38 an action that waits for a result stands in a state's do"},
		{"after ok", head + "  a: {do: [{call: {" + shop + ", on: {ok: z}}}], goto: z}" + tail, "6:3 after its call this state does nothing: on.ok leads elsewhere [warning]"},
		{"unset result", head + "  a: {do: [{call: {" + shop + ", result: {left: integer}}}], branch: [{when: left > 0, goto: z}, {goto: z}]}" + tail, "6:92 left may be unset here"},
		{"set before the call", head + "  a: {do: [{set: {left: 1}}, {call: {" + shop + ", result: {left: integer}}}], branch: [{when: left > 0, goto: z}, {goto: z}]}" + tail, "6:110 left may be unset here"},
		{"unset after failure", head + "  a: {do: [{call: {" + shop + ", result: {left: integer}, on: {failed: f}}}], goto: z}\n  f: {say: {en: \"{{ left }}\", es: x}, end: z}" + tail, "7:21 left may be unset here"},
		{"calls in a circle", head + "  a: {do: [{call: {" + shop + ", on: {failed: a}}}], goto: z}" + tail, "6:61 a loop without a wait (a > a)"},
		{"no label", do("tag: []"), "6:18 tag names no label"},
		{"label", do("tag: 'a b'"), `6:18 a tag "a b" is no name`},
		{"added and removed", do("tag: {add: [a], remove: [a]}"), `6:18 "a" is added and removed`},
		{"start without a flow", do("start: {}"), "6:20 start without a flow"},
		{"input of start", do("start: {flow: y, input: [a]}"), "6:37 input is a list: write NAME: VALUE"},
		{"schedule without a time", do("schedule: {flow: y}"), "6:23 schedule without a time"},
		{"schedule at two times", do("schedule: {flow: y, at: now, after: 2h}"), "6:49 at and after in one schedule"},
		{"schedule at no moment", do("schedule: {flow: y, at: name}"), `6:37 "name" is string, not a moment`},
		{"cancel without a name", do("cancel: {}"), "6:21 cancel without a name"},
		{"code without a purpose", do("issue_code: {}"), "6:25 issue_code without a purpose"},
		{"purpose", do("issue_code: {purpose: pay}"), `6:35 purpose cannot be "pay"`},
		{"lock without an account", do("lock_account: {}"), "6:27 lock_account without an account"},
		{"scope", do("lock_account: {account: a, scope: none}"), `6:47 scope cannot be "none"`},
		{"an unlock", do("unlock_account: {account: a}"), `6:13 an action has no key "unlock_account"`},
	}
	for _, c := range cases {
		if got := findings(c.source); !strings.Contains(got, c.want) {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestLookupFindings(t *testing.T) {
	flow := func(trigger, states string) string {
		return "flow: x\ntrigger: {keywords: ['X {a}'], lookup: {" + trigger + "}}\ninput: {a: string, b: string, c: {type: string, required: false}}\nstart: s\nstates:\n" + states
	}
	const good = "  s: {say: '{{ a }} {{ b }}', end: z}\n"
	cases := []struct{ name, source, want string }{
		{"fills no input", flow(shop+", result: {q: string}", good), `2:78 lookup fills "q", which is no input`},
		{"another type", flow(shop+", result: {b: integer}", good), "2:78 b is integer here and string under input"},
		{"ok", flow(shop+", result: {b: string}, on: {ok: s}", good), "2:99 after its lookup a run enters its first state: leave ok out"},
		{"not filled", flow(shop+", result: {c: string}", good), "2:22 a text with this keyword cannot fill the input b"},
		{"by what it looks up", flow("url: 'https://x.example/{{ b }}', result: {b: string}", good), "2:68 b may be unset here"},
		{"after it failed", flow(shop+", result: {b: string}, on: {404: u}", good+"  u: {say: '{{ b }}', end: z}"), "7:16 b may be unset here"},
		{"without a keyword", strings.Replace(flow(shop+", result: {b: string}", good), "keywords: ['X {a}']", "events: [e]", 1), "2:32 no text starts this flow"},
	}
	for _, c := range cases {
		if got := findings(c.source); !strings.Contains(got, c.want) {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
	named := strings.Replace(good, "'{{ a", "'{{ brand }}: {{ a", 1)
	if got := findings(flow(shop+", result: {b: string}, on: {404: u}", named+"  u: {say: '{{ brand }}: {{ a }}', end: z}")); got != "" {
		t.Errorf("a good lookup: %s", got)
	}
}

// Flows of one library are known together.
func TestStartsOfOtherFlowsAreChecked(t *testing.T) {
	const other = "flow: y\ninput: {a: string, b: {type: string, required: false}}\nstart: s\nstates: {s: {end: z}}\n"
	for action, want := range map[string]string{
		"start: {flow: z}":                           `6:20: there is no flow "z"`,
		"start: {flow: y}":                           "6:20: the flow y needs the input a",
		"start: {flow: y, input: {a: x, q: x}}":      `6:20: the flow y has no input "q"`,
		"schedule: {flow: y, after: 1h}":             "6:23: the flow y needs the input a",
		"start: {flow: y, input: {a: '{{ name }}'}}": "",
	} {
		dir := t.TempDir()
		for name, source := range map[string]string{"x": do(action), "y": other} {
			if err := os.WriteFile(filepath.Join(dir, name+".yaml"), []byte(source), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		_, err := Load([]string{dir})
		if got := ""; want == "" {
			if err != nil {
				t.Errorf("%s: %v", action, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s:\n got %v%s\nwant %s", action, err, got, want)
		}
	}
}

// A service is written by its name; what it may be called is the configuration's.
func TestServices(t *testing.T) {
	f, err := Parse("x.yaml", []byte("flow: x\ninput: {a: string}\ntrigger: {keywords: ['X {a}'], lookup: {url: 'people:/me'}}\nstart: s\nstates:\n"+
		"  s: {do: [{call: {url: 'orders:/o/{{ a }}?q={{ a }}'}}], goto: t}\n  t: {do: [{call: {url: 'orders:/all'}}], goto: u}\n  u: {do: [{call: {"+shop+"}}], end: z}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(f.Services(), " "); got != "people orders" {
		t.Errorf("services %s", got)
	}
	for value, want := range map[string]string{"7/8": "orders:/o/7%2F8?q=7%2F8", "..": "", "://evil.example": "orders:/o/:%2F%2Fevil.example?q=%3A%2F%2Fevil.example"} {
		m := f.Start(Scope{}, Run{Vars: map[string]any{"a": value}})
		got := ""
		if m.Awaits != nil {
			got, _ = m.Awaits.Data["url"].(string)
		}
		if got != want || want != "" && m.Awaits.Name != "orders" {
			t.Errorf("%q gives %q, want %q", value, got, want)
		}
	}
}

// A lookup brings what the text has not filled, whether there is a default or not.
func TestLookupFillsDefaults(t *testing.T) {
	f, err := Parse("x.yaml", []byte("flow: x\ninput: {a: string, b: {type: string, default: q}}\ntrigger: {keywords: ['X {a}', 'Y {a} {b}'], lookup: {"+shop+
		", result: {b: string}}}\nstart: s\nstates:\n  s: {end: z}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{"X 1": true, "Y 1 2": false} {
		_, args, _ := LibraryOf(f).ForKeyword(text)
		if vars, lookUp, problems := f.CheckText(args); lookUp != want || len(problems) > 0 || vars["b"] == nil {
			t.Errorf("%s: %v %v %v", text, vars, lookUp, problems)
		}
	}
}

// Whatever a variable holds, the call goes to the path and the argument that the
// author wrote.
func TestAddressesAreEscaped(t *testing.T) {
	f, err := Parse("x.yaml", []byte(head+"  a: {do: [{call: {url: 'https://x.example/o/{{ name }}/z?q={{ name }}&r=1'}}], end: z}"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"a b":      "https://x.example/o/a%20b/z?q=a+b&r=1",
		"a/x?y#z":  "https://x.example/o/a%2Fx%3Fy%23z/z?q=a%2Fx%3Fy%23z&r=1",
		"../x":     "",
		"a\\..\\b": "",
		"é&=":      "https://x.example/o/%C3%A9&=/z?q=%C3%A9%26%3D&r=1",
		"..":       "",
		".":        "",
	} {
		m := f.Start(Scope{}, Run{Vars: map[string]any{"name": name, "n": 1}})
		got := ""
		if m.Awaits != nil {
			got, _ = m.Awaits.Data["url"].(string)
		}
		if got != want || (want == "") != (m.Handoff != nil) {
			t.Errorf("%q gives %q, want %q; %+v", name, got, want, m.Handoff)
		}
	}
}
