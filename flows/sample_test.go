package flows

import (
	"strings"
	"testing"
	"time"
)

// What is made up for an input is what the input takes, of every type and limit.
func TestSamples(t *testing.T) {
	var inputs []string
	for _, k := range inputKinds {
		inputs = append(inputs, "a_"+k+": "+k)
	}
	inputs = append(inputs, `short: {type: string, max: 3}`, `long: {type: string, min: 30}`, `few: {type: integer, min: 5, max: 7}`, `less: {type: number, max: 0.5}`,
		`one: {type: string, values: [x, y]}`, `code: {type: string, pattern: "/[A-Z]{2}-[0-9]{3,5}(a|b)?x+/"}`, `set: {type: string, default: d}`, `name: {type: string, max: 2}`)
	f, err := Parse("x.yaml", []byte("flow: x\nstart: a\ninput: {"+strings.Join(inputs, ", ")+"}\nstates: {a: {end: z}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	data, made := f.Samples(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), map[string]any{"one": "y"})
	vars, problems := f.CheckInput(data)
	if len(problems) > 0 || vars["one"] != "y" || vars["set"] != "d" {
		t.Errorf("%v %v", problems, vars)
	}
	if len(made) != len(inputs)-2 {
		t.Errorf("made up %v", made)
	}
}
