package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFlowsGraph(t *testing.T) {
	for format, wants := range map[string][]string{
		"mermaid": {"flowchart TD\n", `n1{{"ask"}}`, `-->|"yes"|`, `-->|"event order.refunded"|`},
		"dot":     {"digraph \"delivery_feedback\" {\n", `label="yes"`, `shape=hexagon`},
	} {
		code, out, errs := invoke(t, "", "flows", "graph", "delivery_feedback", "--format", format)
		if code != 0 {
			t.Errorf("%s: %d %s", format, code, errs)
		}
		says(t, out, wants...)
	}
	folder, _ := folderOf(t, helloChat)
	if code, out, errs := invoke(t, "", "flows", "graph", filepath.Join(folder, "hello.yaml")); code != 0 || !strings.Contains(out, "Says hello") {
		t.Errorf("%d %s%s", code, out, errs)
	}
	if code, _, errs := invoke(t, "", "flows", "graph", "nothing"); code != 1 || !strings.Contains(errs, "booking, delivery_feedback") {
		t.Errorf("%d %s", code, errs)
	}
}

func TestFlowsSchema(t *testing.T) {
	code, out, errs := invoke(t, "", "flows", "schema")
	if code != 0 || !strings.Contains(out, `"$schema": "https://json-schema.org/draft/2020-12/schema"`) {
		t.Errorf("%d %s", code, errs)
	}
}

func TestFlowsCopy(t *testing.T) {
	t.Chdir(t.TempDir())
	code, out, errs := invoke(t, "", "flows", "copy", "booking")
	if code != 0 {
		t.Fatalf("%d %s", code, errs)
	}
	says(t, out, "wrote flows/booking.yaml", "wrote flows/booking.chat", "parley flows test flows", "flows: [library, ./flows]")
	if code, out, errs := invoke(t, "", "flows", "test", "flows"); code != 0 {
		t.Errorf("the copy does not hold: %d\n%s%s", code, out, errs)
	}
	if code, out, errs := invoke(t, "", "flows", "check", "flows"); code != 0 {
		t.Errorf("%d\n%s%s", code, out, errs)
	}
	own := "# my own\n"
	if err := os.WriteFile("flows/booking.yaml", []byte(own), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := invoke(t, "", "flows", "copy", "booking"); code != 1 || !strings.Contains(errs, "--force") {
		t.Errorf("%d %s", code, errs)
	}
	if b, _ := os.ReadFile("flows/booking.yaml"); string(b) != own {
		t.Error("an own file was overwritten")
	}
	if code, _, errs := invoke(t, "", "flows", "copy", "booking", "--force"); code != 0 {
		t.Errorf("%d %s", code, errs)
	}
	code, out, errs = invoke(t, "", "flows", "copy", "booking", "--to", "mine", "--as", "visit")
	if code != 0 || !strings.Contains(out, "starts by what starts booking too") {
		t.Errorf("%d %s%s", code, out, errs)
	}
	b, err := os.ReadFile("mine/visit.yaml")
	if err != nil || !strings.HasPrefix(string(b), "# yaml-language-server: $schema=flow.schema.json\nflow: visit\n") {
		t.Errorf("%v %.80s", err, b)
	}
	if code, out, errs := invoke(t, "", "flows", "test", "mine"); code != 0 {
		t.Errorf("%d\n%s%s", code, out, errs)
	}
	for _, wrong := range [][]string{{"nothing"}, {"booking", "--as", "../up"}, {"../booking"}} {
		if code, out, _ := invoke(t, "", append([]string{"flows", "copy"}, wrong...)...); code != 1 {
			t.Errorf("%v: %d %s", wrong, code, out)
		}
	}
}

func TestFlowsPreview(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	if err := os.Mkdir("flows", 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, folder, "flows/n.yaml", `flow: n
title: Texts of many kinds
trigger: {events: [x.y]}
languages: [en, es]
input: {name: {type: string, max: 150}, code: {type: string, pattern: "/[A-Z]{2}-[0-9]{3}/"}, amount: money, slots: list}
start: a
states:
  a:
    say: {en: "{{ brand }}: {{ name }} pays {{ money(amount) }} for {{ code }}", es: "{{ brand }}: ¿{{ name }} paga {{ money(amount) }} por {{ code }}? “si”"}
    choose: {from: slots, as: slot, goto: z}
    silence: {after: 1h, goto: z}
  z: {end: z}
`)
	code, out, errs := invoke(t, "", "flows", "preview", "n", "name=Zoe")
	if code != 0 {
		t.Fatalf("%d %s", code, errs)
	}
	says(t, out, "Acme: Zoe pays $49.90 for AA-111", "1 first", "UCS-2", `because of '“' (U+201C)`, "2 texts, ", "made up: ", "code=AA-111", "; es ")
	for line := range strings.Lines(out) {
		if len([]rune(strings.TrimRight(line, "\n"))) > previewWidth {
			t.Errorf("more than %d columns: %s", previewWidth, line)
		}
	}
	code, out, _ = invoke(t, "", "flows", "preview", "n", "--lang", "en", "--worst")
	if code != 0 || strings.Contains(out, "; es ") || !strings.Contains(out, strings.Repeat("x", 70)) {
		t.Errorf("%d\n%s", code, out)
	}
	if code, _, errs := invoke(t, "", "flows", "preview", "n", "--lang", "fr"); code != 1 || !strings.Contains(errs, "no texts in fr") {
		t.Errorf("%d %s", code, errs)
	}
	write(t, folder, "parley.yaml", "brands: {shop: {name: Shop Ltd}}\ncarriers: {lab: {provider: loopback, secret: \""+testSecret+"\"}}\nlines: [{number: \"+12025550177\", carrier: lab, brand: shop}]\n")
	code, out, errs = invoke(t, "", "flows", "preview", "n")
	if code != 0 {
		t.Fatalf("%d %s", code, errs)
	}
	says(t, out, "from +12025550177, brand Shop Ltd\n", "Shop Ltd: Ann pays")
}

func TestChatCommands(t *testing.T) {
	code, out, errs := invoke(t, ".help\n.state\n.vars\nhm\n.why\n~ 2h\n.lang es\nsi\n[photo a.jpg] 2, la caja\n.state\n* reply at once\n.bogus\n.lang\n.quit\nnever read\n",
		"chat", "delivery_feedback", "name=Ann")
	if code != 0 {
		t.Fatalf("%d %s%s", code, out, errs)
	}
	says(t, out, "made up: order=A-1001", "time passes", "delivery_feedback is in ask (en) and waits for an answer", "order=A-1001", "a silence falls due in ", "reading: unfitting in ask",
		"< Como llego?", "= handoff deliveries", `! delivery.damaged`, `"bogus" begins no line`, "which one? .lang es")
	if strings.Contains(out, "\x1b") || strings.Contains(out, "never read") {
		t.Errorf("%s", out)
	}
	code, out, _ = invoke(t, `.event order.refunded {"order":"A-1"}`+"\n.state\n.vars\n", "chat", "delivery_feedback", "name=Ann", "order=A-1")
	if code != 0 {
		t.Errorf("%d %s", code, out)
	}
	says(t, out, "order A-1 was refunded", "nothing is open")
	if strings.Contains(out, "made up") {
		t.Errorf("it made up what was given:\n%s", out)
	}
}

// Secrets are not shown.
func TestChatHidesSecrets(t *testing.T) {
	folder := t.TempDir()
	file := write(t, folder, "s.yaml", "flow: s\ntitle: Has a secret\ntrigger: {events: [x.y]}\ninput: {pin: {type: string, secret: true, max: 8}}\nstart: a\nstates:\n  a: {say: \"{{ brand }}: go? YES or NO\", replies: [{intent: yes, goto: z}], silence: {after: 1h, goto: z}}\n  z: {end: z}\n")
	_, out, _ := invoke(t, ".vars\n", "chat", file, "pin=\"abcd\"")
	if strings.Contains(out, "abcd") || !strings.Contains(out, "pin=(secret)") {
		t.Errorf("%s", out)
	}
}

// A file need not be called like its flow.
func TestFlowsOfFilesWithOtherNames(t *testing.T) {
	folder := t.TempDir()
	file := write(t, folder, "greeting.yaml", hello)
	write(t, folder, "greeting.chat", helloChat)
	for _, args := range [][]string{{"test", folder}, {"test", file}, {"test", filepath.Join(folder, ".", "greeting.chat"), "--coverage"}, {"graph", file}, {"preview", file}} {
		if code, out, errs := invoke(t, "", append([]string{"flows"}, args...)...); code != 0 {
			t.Errorf("%v: %d\n%s%s", args, code, out, errs)
		}
	}
}

// What only the configuration can tell is said of flows where there is one.
func TestFlowsCheckKnowsTheSenders(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "asks.yaml", "flow: asks\ntrigger: {events: [e]}\nstart: a\nstates:\n  a: {say: \"{{ brand }}: well?\", replies: [{any: true, goto: z}], silence: {after: 1h, goto: z}}\n  z: {end: z}\n")
	config := write(t, t.TempDir(), "parley.yaml", strings.Replace(strings.Replace(minimal, "%s", t.TempDir(), 1), `number: "+12025550100"`, "number: ACME", 1))
	code, out, errs := invoke(t, "", "-c", config, "flows", "check", folder)
	if code != 0 || !strings.Contains(out, "asks.yaml:5:3: warning: the state a asks a question, and the sender ACME receives no answers") || !strings.Contains(out, "1 flow: usable, with 1 warning") {
		t.Errorf("%d %s%s", code, out, errs)
	}
	write(t, folder, "asks.yaml", "flow: asks\nbrand: nobody\nstart: z\nstates:\n  z: {end: z}\n")
	if code, out, errs = invoke(t, "", "-c", config, "flows", "check", "--format", "json", folder); code != 1 || !strings.Contains(out, `"rule": "the-configuration-has-no-brand"`) {
		t.Errorf("%d %s%s", code, out, errs)
	}
	if code, out, errs = invoke(t, "", "-c", folder+"/none.yaml", "flows", "check", folder); code != 0 || errs != "" {
		t.Errorf("without a configuration: %d %s%s", code, out, errs)
	}
	broken := write(t, folder, "parley.conf", "lines: [")
	if code, out, errs = invoke(t, "", "-c", broken, "flows", "check", folder); code != 0 || !strings.Contains(errs, "senders and brands are not checked") {
		t.Errorf("with a broken one: %d %s%s", code, out, errs)
	}
}
