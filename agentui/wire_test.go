package agentui

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"parley/conversation"
	"parley/conversation/verify"
	"parley/flows"
)

//go:generate go test -run TestWireTypes -update .

var update = flag.Bool("update", false, "write the page's wire types anew")

const wireFile = "web/src/console-wire.ts"

// wired are the types that go over the wire, each with what it is made of.
var wired = []any{
	Ways{}, Beginning{}, Begun{}, Startable{}, Sessions{},
	Me{}, Desks{}, Thread{}, Customer{}, Colleagues{}, Away{}, Search{}, Replies{}, SecondFactor{}, Command{}, Done{}, Refusal{},
	Numbers{}, Pictures{}, FlowNames{}, FlowNumbers{},
	Meanable{}, ListViews{}, Hello{}, Happening{}, Look{}, Resync{}, Following{},
}

// words are the values of string types that have few.
var words = map[reflect.Type][]string{
	reflect.TypeFor[Role]():                      saidBy(Roles),
	reflect.TypeFor[conversation.Owner]():        {"bot", "queue", "agent"},
	reflect.TypeFor[conversation.Kind]():         saidBy(conversation.Kinds),
	reflect.TypeFor[conversation.ConsentState](): {"", "in", "out"},
	reflect.TypeFor[flows.Class]():               {"", "code", "alert", "notice", "bulk"},
	reflect.TypeFor[flows.NodeKind]():            saidBy(flows.NodeKinds),
	reflect.TypeFor[verify.LockState]():          saidBy(verify.LockStates),
	reflect.TypeFor[conversation.Status](): {string(conversation.Queued), string(conversation.Sending), string(conversation.Sent), string(conversation.Delivered),
		string(conversation.Failed), string(conversation.Cancelled), string(conversation.Superseded), string(conversation.Expired)},
}

func saidBy[T ~string](all []T) (out []string) {
	for _, v := range all {
		out = append(out, string(v))
	}
	return out
}

// scribe writes TypeScript for Go types.
type scribe struct {
	done map[reflect.Type]bool
	out  strings.Builder
}

func (s *scribe) of(t reflect.Type) string {
	if all := words[t]; all != nil {
		return `"` + strings.Join(all, `" | "`) + `"`
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Int, reflect.Int64, reflect.Float64:
		return "number"
	case reflect.Slice:
		of := s.of(t.Elem())
		if strings.Contains(of, " ") {
			of = "(" + of + ")"
		}
		return of + "[]"
	case reflect.Map:
		return "Record<" + s.of(t.Key()) + ", " + s.of(t.Elem()) + ">"
	case reflect.Struct:
		s.write(t)
		return t.Name()
	}
	return "unknown"
}

func (s *scribe) write(t reflect.Type) {
	if s.done[t] {
		return
	}
	s.done[t] = true
	var body strings.Builder
	extends := ""
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			s.write(f.Type)
			extends = " extends " + f.Type.Name()
			continue
		}
		tag, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		if tag == "-" || !f.IsExported() {
			continue
		}
		if strings.Contains(rest, "omit") {
			tag += "?"
		}
		fmt.Fprintf(&body, "  %s: %s;\n", tag, s.of(f.Type))
	}
	fmt.Fprintf(&s.out, "\nexport interface %s%s {\n%s}\n", t.Name(), extends, body.String())
}

// TestWireTypes keeps the page's types the same as ours; -update writes them.
func TestWireTypes(t *testing.T) {
	s := &scribe{done: map[reflect.Type]bool{}}
	s.out.WriteString("// What the console's doors and its socket carry. Written from the Go types by go generate\n// ./agentui; not to be edited.\n")
	for _, v := range wired {
		s.write(reflect.TypeOf(v))
	}
	var names []string
	for op := range ops {
		names = append(names, `"`+op+`"`)
	}
	slices.Sort(names)
	fmt.Fprintf(&s.out, "\nexport type Op = %s;\n", strings.Join(names, " | "))
	if *update {
		if err := os.WriteFile(wireFile, []byte(s.out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if stands, err := os.ReadFile(wireFile); err != nil || string(stands) != s.out.String() {
		t.Errorf("%s is stale (%v): go generate ./agentui", wireFile, err)
	}
}

// TestOpsAreStepsOwn: what the console lets through is what Step knows.
func TestOpsAreStepsOwn(t *testing.T) {
	known := slices.DeleteFunc(conversation.Commands(), func(op string) bool { return op == "begin" }) // a door of its own: /begin
	for op := range ops {
		if !slices.Contains(known, op) {
			t.Errorf("Step knows no %s", op)
		}
	}
	if len(known) != len(ops) {
		t.Errorf("Step knows %v", known)
	}
}
