package conversation

import (
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write docs/callbacks.md anew")

const callbacksFile = "../docs/callbacks.md"

// callbacksHead stands before what is written from the types; verifyingFile between
// them, because cmd/parley runs what it shows.
const (
	callbacksHead = `# Callbacks

<!-- Written from conversation/told*.go and conversation/testdata/verifying.md: go generate ./conversation -->

Parley tells your own system what happens: a run began or ended, a message was delivered or failed, a person is needed, a customer opted out. It
posts JSON to every endpoint under ` + "`callbacks:`" + ` of parley.yaml:

` + "```yaml config" + `
callbacks:
  - name: shop                                  # default: the host
    url: https://shop.example.com/parley
    secret: "${CALLBACK_SECRET}"                # openssl rand -base64 32
    events: ["run.*", delivery.damaged]         # default: all
` + "```" + `

Besides the events below, flows emit their own (` + "`emit`" + ` in [flows.md](flows.md#emit)) under names that their authors choose, with the data that they give.

Every callback has this form. ` + "`line` and `phone`" + ` are the sender and the customer, ` + "`run`" + ` is one passage of a customer through a flow, as ` + "`POST /v1/events`" + ` returned it; what is not known is left out, and ` + "`test`" + ` is there only when a
test key began it all:

` + "```json" + `
{"type": "run.ended", "timestamp": "2026-03-01T12:00:00Z", "data": {},
 "conversation": "…", "run": "…", "line": "+12025550100", "phone": "+12025550123", "test": true}
` + "```" + `

## What your endpoint does

1. Check the signature, as below; answer 401 if it does not fit.
2. Drop what has a ` + "`webhook-id`" + ` that you have had already, and answer 2xx: a callback may come twice, and in any order. ` + "`timestamp`" + ` is when it happened.
3. Keep it, answer 2xx within 15 seconds, and work on it afterwards. Do not answer with a redirect: none is followed.

Whatever else you answer, or nothing, means *later*: it is tried again, ten times over about three days, after
25 s, 1 min 40 s, 5 min, 17 min, 50 min, 2.5 h, 7.6 h, 23 h and 68 h, plus at most a tenth each (a Retry-After is respected, up to a day). Then it is given up and kept for 30 days: ` + "`parley dead list`, `parley dead retry ID`" + `.
410 means *never again*: the endpoint is disabled until ` + "`parley callbacks enable NAME`" + `, or until its address is changed; ` + "`parley callbacks list`" + ` shows it.
`
	verifyingFile = "testdata/verifying.md"
)

// TestCallbacksAreDocumented keeps docs/callbacks.md the same as the types; -update
// writes it.
func TestCallbacksAreDocumented(t *testing.T) {
	docs, told := map[string]typeDoc{}, 0
	for _, name := range []string{"told.go", "told_accounts.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		maps.Copy(docs, readTypes(file))
		told += methods(file)
	}
	b := &strings.Builder{}
	verifying, err := os.ReadFile(verifyingFile)
	if err != nil {
		t.Fatal(err)
	}
	b.WriteString(callbacksHead + string(verifying))
	seen := map[string]bool{}
	for _, one := range ToldExamples {
		if seen[one.Event()] {
			t.Errorf("%s has two examples", one.Event())
		}
		seen[one.Event()] = true
		document(t, b, docs, one)
	}
	if len(seen) != told {
		t.Errorf("%d of %d types have an example", len(seen), told)
	}
	if *update {
		if err := os.WriteFile(callbacksFile, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(callbacksFile)
	if err != nil || string(got) != b.String() {
		t.Errorf("docs/callbacks.md is stale (%v): go generate ./conversation", err)
	}
}

// typeDoc is a type's comment and those of its fields, by their Go names.
type typeDoc struct {
	text   string
	fields map[string]string
}

func readTypes(file *ast.File) map[string]typeDoc {
	docs := map[string]typeDoc{}
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.TYPE {
			continue
		}
		for _, spec := range g.Specs {
			s := spec.(*ast.TypeSpec)
			one := typeDoc{text: joined(g.Doc), fields: map[string]string{}}
			if st, ok := s.Type.(*ast.StructType); ok {
				for _, f := range st.Fields.List {
					for _, name := range f.Names {
						one.fields[name.Name] = joined(f.Doc) + joined(f.Comment)
					}
				}
			}
			docs[s.Name.Name] = one
		}
	}
	return docs
}

func joined(c *ast.CommentGroup) string {
	return strings.Join(strings.Fields(c.Text()), " ")
}

// methods counts the types that have an Event.
func methods(file *ast.File) (n int) {
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil && f.Name.Name == "Event" {
			n++
		}
	}
	return n
}

func document(t *testing.T, b *strings.Builder, docs map[string]typeDoc, told Told) {
	t.Helper()
	typ := reflect.TypeOf(told)
	text := strings.TrimPrefix(docs[typ.Name()].text, typ.Name()+" says that ")
	text = strings.TrimPrefix(text, typ.Name()+" is ")
	text = strings.ToUpper(text[:1]) + text[1:]
	fmt.Fprintf(b, "\n## %s\n\n%s\n\n| field of data | meaning |\n|---|---|\n", told.Event(), text)
	for _, f := range reflect.VisibleFields(typ) {
		if f.Anonymous {
			continue
		}
		owner := typ
		if len(f.Index) > 1 {
			owner = typ.Field(f.Index[0]).Type
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		meaning := docs[owner.Name()].fields[f.Name]
		if name == "" || meaning == "" {
			t.Errorf("%s.%s has no JSON name or no comment", owner.Name(), f.Name)
		}
		fmt.Fprintf(b, "| `%s` | %s |\n", name, meaning)
	}
	example, err := json.Marshal(told)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(b, "\n```json\n%s\n```\n", example)
}

// TestEndTellsAnswers: run.ended carries what the customer answered, and none of
// what the flow calls secret.
func TestEndTellsAnswers(t *testing.T) {
	k := newTalk(t, answersFlow)
	if out := k.start("survey", map[string]any{"order": "A-7", "pin": 1}); out.Status != Applied {
		t.Fatalf("%+v", out)
	}
	var ended *Job
	for _, text := range []string{"very good", "4711"} {
		k.taken().after(time.Second).text(text)
		for _, f := range k.effects {
			if f.Job != nil && f.Job.Name == "run.ended" {
				ended = f.Job
			}
		}
	}
	if ended == nil {
		t.Fatal("the run has not ended")
	}
	answers, _ := ended.Data["answers"].(map[string]any)
	if len(answers) != 1 || answers["opinion"] != "very good" || ended.Data["outcome"] != "done" || ended.Data["key"] != "A-7" {
		t.Errorf("told %v", ended.Data)
	}
}

const answersFlow = `
flow: survey
title: Asks for an opinion
class: notice
key: "{{ order }}"
trigger: {events: [survey.sent]}
input: {order: {type: string, required: true}, pin: {type: integer, secret: true}}
start: ask
states:
  ask:
    say: "How was it?"
    capture: {opinion: {type: text}}
    silence: {after: 1h, goto: gone}
    goto: pin
  pin:
    say: "And your number?"
    capture: {pin: {type: integer}}
    silence: {after: 1h, goto: gone}
    goto: over
  over: {say: "Thanks", end: done}
  gone: {end: silent}
`

// What is told without going by way of JSON is the same as by it.
func TestDataOfRuns(t *testing.T) {
	for _, told := range []Told{
		HandoffRequested{Queue: "q", Reason: "flow"}, RunStarted{Flow: "f", Key: "k"}, RunStarted{Flow: "f", Late: true},
		RunEnded{Flow: "f", Key: "k", Outcome: "done"}, RunEnded{Flow: "f", Outcome: "done", Answers: map[string]any{"n": 1, "l": []any{"a"}}},
	} {
		want, err := json.Marshal(told)
		if err != nil {
			t.Fatal(err)
		}
		var fields map[string]any
		if err := json.Unmarshal(want, &fields); err != nil {
			t.Fatal(err)
		}
		got, _ := json.Marshal(DataOf(told))
		if want, _ = json.Marshal(fields); string(got) != string(want) {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
