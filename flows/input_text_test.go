package flows

import (
	"reflect"
	"strings"
	"testing"
)

func TestReadInput(t *testing.T) {
	f, err := Parse("typed.yaml", []byte(`flow: typed
title: Takes one of each
start: a
input:
  s: string
  i: integer
  n: number
  b: boolean
  d: date
  m: money
  l: list
states:
  a: {end: done}
`))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, text string
		want       any // nil: refused
	}{
		{"s", " 007 ", "007"}, {"i", "12", 12}, {"i", "1,200", nil}, {"i", "1.5", nil}, {"n", "1.5", 1.5}, {"n", "NaN", nil}, {"n", "x", nil},
		{"b", "Yes", true}, {"b", "0", false}, {"b", "maybe", nil}, {"d", "2026-03-05", "2026-03-05"}, {"m", "12.50 USD", "12.50 USD"},
		{"l", "a | b", []any{"a", "b"}}, {"l", `["a",1]`, []any{"a", 1.0}}, {"l", "[a", nil}, {"other", "5", "5"},
	} {
		got, problem := f.ReadInput(c.name, c.text)
		if !reflect.DeepEqual(got, c.want) || (problem == "") != (c.want != nil) {
			t.Errorf("%s of %q: %#v, %q", c.name, c.text, got, problem)
		}
		if problem != "" && !strings.HasPrefix(problem, c.name+" must be ") {
			t.Errorf("the problem does not say which and what: %q", problem)
		}
	}
}
