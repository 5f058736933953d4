package conversation_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/flows"
)

// editions are all files, and the same after an edit that moves every waiting run to
// the new version.
func editions(t *testing.T) (files [2]*flows.Library) {
	t.Helper()
	sources := map[string]string{"busy": busy, "later_on": laterOn}
	shipped, err := flows.Load([]string{"library"})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range shipped.All() {
		b, err := fs.ReadFile(flows.Shipped(), f.Name+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		sources[f.Name] = string(b)
	}
	for i := range files {
		dir := t.TempDir()
		for name, source := range sources {
			f, err := flows.Parse(name+".yaml", []byte(source))
			if err != nil {
				t.Fatal(err)
			}
			if i == 1 {
				var moves []string
				for _, state := range f.States() {
					way := state + ": " + state
					if edited, err := flows.Parse(name+".yaml", []byte(source+"\nmigrate: {"+way+"}\n")); err == nil && !strings.Contains(fmt.Sprint(edited.Check()), "cannot move") {
						moves = append(moves, way) // it waits
					}
				}
				source = strings.Replace(source, "title: ", "title: Edited. ", 1) + "\nmigrate: {" + strings.Join(moves, ", ") + "}\n"
			}
			if err := os.WriteFile(filepath.Join(dir, name+".yaml"), []byte(source), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if files[i], err = flows.Load([]string{dir}); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// busy does all that flows can do; laterOn is what it starts.
const (
	busy = `
flow: busy
title: Does everything at once
trigger: {events: [busy.go, order.delivered], keywords: ["BUSY {item}"], lookup: {url: "https://shop.example.com/item/{{ item }}", result: {left: integer}}}
overlap: parallel
late: read
input: {item: {type: string}, left: {type: integer}}
languages: [en, es]
start: call
on:
  error: {goto: person}
  events: {busy.stop: {goto: gone}, busy.again: {goto: call}}
  replies: [{match: [urgent], goto: person}]
states:
  call:
    do:
      - tag: {add: [busy], remove: [idle]}
      - schedule: {flow: later_on, after: 3h, name: "n {{ item }}", input: {n: 1}}
      - call: {url: "https://shop.example.com/x?i={{ item }}", result: {left: integer, slots: list}, on: {404: ask, failed: code}}
    branch: [{when: "(left ?? 0) > 3", goto: child}, {goto: ask}]
  child:
    do: [{start: {flow: later_on, input: {n: 2}, wait: true}}]
    branch: [{when: "event.data.outcome == 'yes'", goto: ask}, {goto: code}]
  ask:
    say: {en: "Which, {{ contact.name ?? '' }}?", es: "Cual?"}
    choose: {from: "slots ?? ['a', 'b 2']", as: slot, none: gone, goto: code}
    silence: [{after: 1h, say: {en: "Still there?", es: "Sigue?"}}, {at: "now + duration('1h')", between: ["09:00", "20:00"], goto: gone}]
    otherwise: {say: {en: "A number, please.", es: "Un numero."}, goto: person}
  code:
    do: [{issue_code: {purpose: payment, subject: "{{ item }}"}}, {start: {flow: later_on, input: {n: 3}}}]
    on: {events: {verification.failed: {goto: street}}}
    silence: {after: 15m, goto: gone}
  street:
    say: {en: "Which street?", es: "Que calle?"}
    capture: {street: {type: text}, photos: media}
    replies: [{intent: no, confirm: true, goto: gone}]
    silence: {after: 2h, goto: gone}
    goto: past
  past: {silence: [{at: "now - duration('1h')", goto: cancel}]}
  cancel: {do: [{cancel: {name: "n {{ item }}"}}], say: {en: "Thank you.", es: "Gracias."}, end: done}
  person: {handoff: {queue: q, then: ask}}
  gone: {end: gone}
`
	laterOn = `
flow: later_on
title: Asks something later on
trigger: {events: [later.on]}
input: {n: {type: integer, default: 0}}
languages: [en, es]
start: ask
states:
  ask:
    say: {en: "Acme: number {{ n }}? YES or NO", es: "Acme: numero {{ n }}? SI o NO"}
    replies: [{intent: yes, goto: yes}, {intent: no, goto: no}]
    silence: [{after: 1h, say: {en: "Well?", es: "Y?"}}, {after: 30h, goto: no}]
    otherwise: {say: {en: "YES or NO, please.", es: "SI o NO."}, tries: 2, goto: no}
  yes: {say: {en: "Fine.", es: "Bien."}, end: yes}
  no: {end: no}
`
)

// odd are texts that fit no flow in particular.
var odd = []string{"yes", "no", "1", "2", "9", "STOP", "START", "help", "thanks", "👍", "", "cancel", "what?", "2 yes", "\x1b\u202e", "ok",
	"BUSY tea", "busy", "urgent", "1 yes", "si", "sí gracias", "#2", "a", "3/5", "0", "99999999999999999999", strings.Repeat("lo ng ", 2000)}
