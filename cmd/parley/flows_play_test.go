package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const hello = `flow: hello
title: Says hello and asks one thing
class: notice
trigger: {events: [x.y]}
input: {name: {type: string, max: 10, foreign: true}}
start: ask
states:
  ask:
    say: "{{ brand }}: hello {{ name }}, tea? YES or NO."
    replies:
      - {intent: no, goto: done}
      - {intent: yes, goto: tea}
    silence:
      - {after: 1h, say: "{{ brand }}: tea?"}
      - {after: 2h, goto: done}
    otherwise: {say: "YES or NO please.", goto: done}
  tea:
    do: [{emit: {event: tea.wanted, data: {name: "{{ name }}", cups: 2}}}]
    say: "Here you are."
    goto: done
  done: {end: over}
`

const helloChat = `# tea
start {"name": "Ann"}
< Acme: hello Ann, tea? YES or NO.
# a comment stays

> yes
! tea.wanted {"cups": 2}
< Here you are.
= ended over

# none
start {"name": "Bob"}
< Acme: hello Bob, tea? YES or NO.
> no
= ended over
`

// folderOf is a folder with the flow and these dialogues.
func folderOf(t *testing.T, dialogues string) (folder, chat string) {
	t.Helper()
	folder = t.TempDir()
	write(t, folder, "hello.yaml", hello)
	return folder, write(t, folder, "hello.chat", dialogues)
}

func says(t *testing.T, out string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
}

func TestFlowsTestDiff(t *testing.T) {
	wrong := strings.Replace(strings.Replace(helloChat, "< Here you are.", "< There you are.", 1), "hello Bob", "hi Bob", 1)
	folder, _ := folderOf(t, wrong)
	code, out, errs := invoke(t, "", "flows", "test", folder)
	if code != 1 || strings.Contains(out, "\x1b") {
		t.Errorf("%d\n%s", code, out)
	}
	says(t, out, `hello.chat:8: "tea"`, "    7   ! tea.wanted", "    8 - < There you are.\n      + < Here you are.\n", "^", "    9   = ended over\n", `hello.chat:13: "none"`)
	says(t, errs, "2 of 2 dialogues went otherwise")
	code, out, errs = invoke(t, "", "flows", "test", folder, "--run", ": none$")
	if code != 1 || strings.Contains(out, `"tea"`) {
		t.Errorf("%d\n%s", code, out)
	}
	says(t, errs, "1 of 1")
	if code, _, errs := invoke(t, "", "flows", "test", folder, "--run", "nowhere"); code != 1 || !strings.Contains(errs, "no dialogue") {
		t.Errorf("%d %s", code, errs)
	}
	if code, out, _ := invoke(t, "", "flows", "test", folder, "--run", "("); code != 1 {
		t.Errorf("%d %s", code, out)
	}
}

func TestFlowsTestOfOneFile(t *testing.T) {
	folder, chat := folderOf(t, helloChat)
	for _, path := range []string{folder, chat, filepath.Join(folder, "hello.yaml")} {
		code, out, errs := invoke(t, "", "flows", "test", path)
		if code != 0 || !strings.Contains(out, "2 dialogues: good (1 file)") {
			t.Errorf("%s: %d\n%s%s", path, code, out, errs)
		}
	}
}

// What came is written; only what differed changes; the marks keep the tests red.
func TestFlowsTestUpdate(t *testing.T) {
	wrong := strings.NewReplacer("< Here you are.", "< There you are.", `"cups": 2`, `"cups": 3`, "= ended over\n\n# none", "= tea\n\n# none").Replace(helloChat)
	wrong = strings.Replace(wrong, "> no\n= ended over\n", "> hm\n< a text that never came\n~ 3h\n! never.happened {}\n", 1)
	wrong = strings.Replace(wrong, "< a text that never came\n", "", 1)
	folder, chat := folderOf(t, wrong)
	code, out, errs := invoke(t, "", "flows", "test", folder, "--update")
	if code != 0 {
		t.Fatalf("%d\n%s%s", code, out, errs)
	}
	says(t, out, "6 lines written")
	b, err := os.ReadFile(chat)
	if err != nil {
		t.Fatal(err)
	}
	const mark = "# CHECK: written by --update"
	want := strings.NewReplacer("< Here you are.\n", "< Here you are.\n"+mark+"\n", `! tea.wanted {"cups": 2}`+"\n", `! tea.wanted {"cups":2}`+"\n"+mark+"\n",
		"= ended over\n\n# none", "= ended over\n"+mark+"\n\n# none").Replace(helloChat)
	want = strings.Replace(want, "> no\n= ended over\n", "> hm\n< YES or NO please.\n"+mark+"\n~ 3h\n< Acme: tea?\n"+mark+"\n"+mark+": nothing of the kind came: ! never.happened {}\n", 1)
	want = strings.Replace(want, "~ 3h\n< Acme: tea?\n"+mark+"\n", "~ 3h\n< Acme: tea?\n"+mark+"\n", 1)
	if string(b) != want {
		t.Errorf("written:\n%s\nwant:\n%s", b, want)
	}
	code, out, errs = invoke(t, "", "flows", "test", folder)
	if code != 1 {
		t.Errorf("nobody has read the lines, and the test is green: %s%s", out, errs)
	}
	says(t, out, "hello.chat:8:1: written by --update: read it, then remove the mark")
	if code, out, errs = invoke(t, "", "flows", "test", folder, "--update"); code != 0 || !strings.Contains(out, "nothing to update") {
		t.Errorf("again: %d\n%s%s", code, out, errs)
	}
	write(t, folder, "hello.chat", strings.ReplaceAll(string(b), mark, "# read"))
	if code, out, errs := invoke(t, "", "flows", "test", folder); code != 0 {
		t.Errorf("read: %d\n%s%s", code, out, errs)
	}
}

func TestFlowsTestUpdateRefuses(t *testing.T) {
	folder, chat := folderOf(t, strings.Replace(helloChat, `{"name": "Bob"}`, `{}`, 1))
	before, _ := os.ReadFile(chat)
	code, _, errs := invoke(t, "", "flows", "test", folder, "--update")
	after, _ := os.ReadFile(chat)
	if code != 1 || !strings.Contains(errs, "hello.chat:12: this line cannot be updated") || string(before) != string(after) {
		t.Errorf("%d %s\n%s", code, errs, after)
	}
}

func TestFlowsTestCoverage(t *testing.T) {
	folder, _ := folderOf(t, helloChat)
	code, out, errs := invoke(t, "", "flows", "test", folder, "--coverage")
	if code != 0 {
		t.Errorf("%d\n%s%s", code, out, errs)
	}
	says(t, out, "hello: 55% (5 of 9)", "hello.yaml:14: no dialogue reaches the silence 1h of the state ask", "hello.yaml:15: no dialogue reaches the silence 2h of the state ask",
		"hello.yaml:16: no dialogue reaches the otherwise say of the state ask", "the otherwise to done of the state ask")
	code, _, errs = invoke(t, "", "flows", "test", folder, "--coverage", "--min", "100")
	if code != 1 || !strings.Contains(errs, "less than 100%") {
		t.Errorf("%d %s", code, errs)
	}
	if code, _, errs = invoke(t, "", "flows", "test", folder, "--min", "100"); code != 1 || !strings.Contains(errs, "--min goes with --coverage") {
		t.Errorf("--min alone: %d %s", code, errs)
	}
	all := helloChat + `
# silence
start {"name": "Ann"}
< Acme: hello Ann, tea? YES or NO.
> hm
< YES or NO please.
~ 1h
< Acme: tea?
~ 1h
= ended over

# nonsense
start {"name": "Ann"}
< Acme: hello Ann, tea? YES or NO.
> hm
< YES or NO please.
> hm
= ended over
`
	folder, _ = folderOf(t, all)
	code, out, errs = invoke(t, "", "flows", "test", folder, "--coverage", "--min", "100")
	if code != 0 || !strings.Contains(out, "hello: 100% (9 of 9)") {
		t.Errorf("%d\n%s%s", code, out, errs)
	}
}

func TestPaint(t *testing.T) {
	if got := (paint{}).in(red, "x"); got != "x" {
		t.Errorf("%q", got)
	}
	if got := (paint{on: true}).in(red, "x"); got != "\x1b[31mx\x1b[0m" {
		t.Errorf("%q", got)
	}
	for _, c := range []struct {
		name, value string
		want        bool
	}{{"NO_COLOR", "1", false}, {"NO_COLOR", "", true}, {"TERM", "dumb", false}} {
		p := &Program{Env: func(name string) (string, bool) { return c.value, name == c.name }}
		if c.name == "NO_COLOR" || c.value != "" {
			p.Env = func(name string) (string, bool) {
				if name == c.name {
					return c.value, true
				}
				return "", false
			}
		}
		if p.wantsColour() != c.want {
			t.Errorf("%s=%q", c.name, c.value)
		}
	}
}
