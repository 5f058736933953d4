package flows_test

import (
	"fmt"

	"parley/conversation/classify"
	"parley/flows"
)

const pizza = `
flow: pizza
input: {name: string}
start: ask
states:
  ask:
    say: "Hi {{ name }}, was the pizza good?"
    replies:
      - {intent: no, goto: sorry}
      - {intent: yes, goto: thanks}
    silence: {after: 24h, goto: thanks}
  sorry: {do: [{emit: {event: pizza.bad, data: {name: "{{ name }}", said: "{{ reply.text }}"}}}], say: "Sorry. The next one is free.", end: bad}
  thanks: {say: "Thank you!", end: good}
`

// A run is a value: a move takes one and gives back another, with what is to be
// said and done.
func Example() {
	f, err := flows.Parse("pizza.yaml", []byte(pizza))
	if err != nil {
		fmt.Println(err)
		return
	}
	vars, problems := f.CheckInput(map[string]any{"name": "Ann"})
	if len(problems) > 0 {
		fmt.Println(problems)
		return
	}
	var sc flows.Scope
	m := f.Start(sc, flows.Run{ID: "1", Flow: f.Name, Hash: f.Hash, Vars: vars})
	fmt.Println(m.Says[0].Text)

	said := flows.Said{Text: "Nope!"}
	r := f.Read(sc, classify.Reader{}, m.Run, said)
	m = f.Answer(sc, m.Run, said, r)
	fmt.Println(m.Says[0].Text, m.Actions[0].Name, m.Actions[0].Data["said"], m.End)
	// Output:
	// Hi Ann, was the pizza good?
	// Sorry. The next one is free. pizza.bad Nope! bad
}

// Problems are shown with their place.
func ExampleParse() {
	_, err := flows.Parse("pizza.yaml", []byte("flow: pizza\nstart: ask\nstates:\n  ask: {say: Good?, gotoo: thanks}\n"))
	fmt.Println(err)
	// Output:
	// pizza.yaml:4:21: the state "ask" has no key "gotoo": did you mean goto?
	//       ask: {say: Good?, gotoo: thanks}
	//                         ^
}

func ExampleFlow_Check() {
	f, err := flows.Parse("pizza.yaml", []byte("flow: pizza\nstart: ask\nstates:\n  ask: {replies: [{match: [stop], goto: ask}]}\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range f.Check() {
		fmt.Println(p.Line, p.Severity, p.Message)
	}
	// Output:
	// 4 warning the state ask may wait for ever: add silence: {after: 24h, goto: STATE}
	// 4 warning the state ask asks without a word: give it a say
	// 4 error "STOP" opts the customer out and never reaches the flow: ask for another word
}

func ExampleLoad() {
	l, err := flows.Load([]string{"library"})
	if err != nil {
		fmt.Println(err)
		return
	}
	if f, ok := l.Current("delivery_feedback"); ok {
		fmt.Println(f.Name, f.Events)
	}
	// Output:
	// delivery_feedback [order.delivered]
}
